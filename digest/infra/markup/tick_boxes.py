"""Tick boxes: `- [ ]` and `- [x]` begin items of a list of tasks (github.github.com/gfm, 5.3)."""

import re
from collections.abc import Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BOX = re.compile(r"\[(?P<mark>[ xX])\](?=\s)")
_BEGINNING_OF_ITEM = ["list_item_open", "paragraph_open", "inline"]
_BOXES = {" ": "☐", "x": "☑"}


def write_tick_boxes(state: StateCore) -> None:
    """Write a box that readers know in place of the brackets."""
    types = [token.type for token in state.tokens]
    for position in range(len(types)):
        if types[position : position + 3] == _BEGINNING_OF_ITEM:
            _write_box(state.tokens[position + 2].children or [])


def _write_box(tokens: Sequence[Token]) -> None:
    if not tokens or tokens[0].type != "text":
        return
    first = tokens[0]
    match = _BOX.match(first.content)
    if match:
        box = _BOXES[match["mark"].lower()]
        first.content = f"{box}{first.content[match.end() :]}"

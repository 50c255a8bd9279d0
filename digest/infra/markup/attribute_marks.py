"""Attribute marks: `{.button}` or `{width=200}` behind a space or on the next line, as is easily typed."""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

#: What the library takes right behind a link or an image.
_MARK = re.compile(
    r"[ \t]*\{\s*(?:\.(?P<name>button)|width=(?P<width>\d+))\s*\}"
)
_CARRIERS = {"link_close": "link_open", "image": "image"}


def attach_marks(state: StateCore) -> None:
    """Give each such mark to the link or the image before it."""
    for token in state.tokens:
        if token.type == "inline":
            _attach_in(token.children or [])


def _attach_in(tokens: list[Token]) -> None:
    position = 1
    while position < len(tokens):
        token = tokens[position]
        match = _MARK.match(token.content) if token.type == "text" else None
        carrier = _carrier_before(tokens, position)
        if match is None or carrier is None:
            position += 1
            continue
        if match["name"]:
            carrier.attrJoin("class", match["name"])
        else:
            carrier.attrSet("width", match["width"])
        token.content = token.content[match.end() :]
        if tokens[position - 1].type == "softbreak":
            del tokens[position - 1]
        else:
            position += 1


def _carrier_before(tokens: list[Token], position: int) -> Token | None:
    """Return the link or image that ends before a token, in its line or in the one above."""
    position -= 1
    if tokens[position].type == "softbreak":
        position -= 1
    if position < 0:
        return None
    end = tokens[position]
    while position >= 0:
        token = tokens[position]
        if token.type == _CARRIERS.get(end.type) and token.level == end.level:
            return token
        position -= 1
    return None

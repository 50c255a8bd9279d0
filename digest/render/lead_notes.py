"""Lead notes: a body's footnotes, as small numbers and a list behind its text.

They do not lead to each other: an address within a mail (`#note1`) does nothing in many mail programs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: The type of the number that a note begins with; its content is the number.
NUMBER = "footnote_number"
#: Templates of ours and of others colour this class, in light and dark.
_OPENING = '<div class="quiet">\n'
_CLOSING = "</div>\n"


def number_of_note(meta: Mapping[str, Any]) -> str:
    """Return the number that readers see, of a note or of its place, by what its token says."""
    return str(int(meta["id"]) + 1)


def add_note_rules(parser: MarkdownIt) -> None:
    """Let a parser write notes in this way."""
    parser.add_render_rule("footnote_ref", _render_place)
    parser.add_render_rule(NUMBER, _render_number)
    parser.add_render_rule("footnote_block_open", _render_as(_OPENING))
    parser.add_render_rule("footnote_block_close", _render_as(_CLOSING))
    for name in ("footnote_open", "footnote_close", "footnote_anchor"):
        parser.add_render_rule(name, _render_as(""))


def number_notes(tokens: Sequence[Token]) -> None:
    """Put its number at the beginning of each note."""
    for position, token in enumerate(tokens):
        if token.type == "footnote_open":
            first_text = next(
                other for other in tokens[position:] if other.type == "inline"
            )
            mark = Token(NUMBER, "", 0, content=number_of_note(token.meta))
            first_text.children = [mark, *(first_text.children or [])]


def _render_as(html: str) -> Callable[..., str]:
    def write_html(*_: object) -> str:
        return html

    return write_html


def _render_place(
    _: object, tokens: Sequence[Token], at: int, *__: object
) -> str:
    return f"<sup>{number_of_note(tokens[at].meta)}</sup>"


def _render_number(
    _: object, tokens: Sequence[Token], at: int, *__: object
) -> str:
    return f"<sup>{tokens[at].content}</sup> "

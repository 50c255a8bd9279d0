"""Comments: `<!-- … -->`, between those who write; no reader sees them.

As in CommonMark (section 4.6, kind 2) one may span several lines, blank ones among them. What stands
behind its end on the same line is text.
"""

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType

#: The type of a comment's token; its content is the comment as it was typed.
COMMENT = "comment"
OPENING = "<!--"
CLOSING = "-->"
_INLINE = re.compile(r"<!--.*?-->", re.DOTALL)


def add_comments(parser: MarkdownIt) -> None:
    """Let a parser take comments for comments, and print none of them."""
    interrupts: RuleOptionsType = {
        "alt": ["paragraph", "reference", "blockquote", "list"]
    }
    parser.block.ruler.before("heading", COMMENT, _read_block, interrupts)
    parser.inline.ruler.before("html_inline", COMMENT, _read_inline)
    parser.add_render_rule(COMMENT, _render_nothing)


def _render_nothing(*_: object) -> str:
    return ""


def _read_block(
    state: StateBlock, start_line: int, end_line: int, silent: object
) -> bool:
    """Read a comment that begins a line."""
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith(OPENING, start):
        return False
    end = _find_end(state, start, end_line)
    if end is None:
        return False
    if silent:
        return True
    token = state.push(COMMENT, "", 0)
    token.content = state.src[start:end]
    last_line = start_line + token.content.count("\n")
    token.map = [start_line, last_line + 1]
    token.block = True
    state.line = last_line + 1
    if state.src[end : state.eMarks[last_line]].strip():
        _begin_line_at(state, last_line, end)
        state.line = last_line
    return True


def _find_end(state: StateBlock, start: int, end_line: int) -> int | None:
    """Return where a comment ends; None if the block that it is in ends first."""
    end_of_block = state.eMarks[end_line - 1]
    closing = state.src.find(CLOSING, start + len(OPENING), end_of_block)
    if closing < 0:
        return None
    return closing + len(CLOSING)


def _begin_line_at(state: StateBlock, line: int, position: int) -> None:
    """Let the parser go on within a line, as if it began there."""
    rest = state.src[position : state.eMarks[line]]
    state.bMarks[line] = position
    state.tShift[line] = len(rest) - len(rest.lstrip(" \t"))
    state.sCount[line] = state.blkIndent


def _read_inline(state: StateInline, silent: object) -> bool:
    """Read a comment among words."""
    match = _INLINE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push(COMMENT, "", 0)
        token.content = match.group()
    state.pos = match.end()
    return True

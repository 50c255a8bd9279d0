"""Inline Markdown: write plain text and addresses so that nothing in them is a mark; read back."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from markdown_it.token import Token

from digest.edition.problems import Problems
from digest.infra.markup.comments import COMMENT
from digest.infra.running_text import fold_spaces
from digest.infra.web_address import find_address_fault

_SPECIAL = re.compile(
    r"[\\`*_\[\]<]|&(?=#?\w+;)|\{(?=[#.]|lang=)|\{(?=\s*block\s*:)|~(?=~)",
    re.IGNORECASE,
)
_SPECIAL_IN_ADDRESS = re.compile(r"[\\()<]|&(?=#?\w+;)")
#: Characters that open a list, a quote, a heading, a rule or a fence at a line's beginning.
_LINE_OPENING = re.compile(r"^(?:(?=[>#+=~-])|(?P<number>\d{1,9})(?=[.)]))")
_CLOSING_HASHES = re.compile(r"#+$")
_PLAIN_TOKENS = frozenset(
    {"text", "text_special", "softbreak", "hardbreak", COMMENT}
)
#: Marks that leads know, and plain text does not: readers would see them.
_MARK_OF_LEADS = re.compile(
    r"~~(?=\S)[^~]+~~|\[\^[^\]\s]+\]|\{\.[a-z][^{}]*\}|<!--"
)
_MARKS_AT_END = re.compile(r"\{[^{}]*\}\s*$")


def escape_text(text: str) -> str:
    """Write text so that Markdown takes nothing in it for a mark."""
    return _SPECIAL.sub(_with_backslashes, text)


def escape_heading(text: str) -> str:
    """Write text behind `# `, where trailing #s would close it."""
    return _CLOSING_HASHES.sub(_with_backslashes, escape_text(text))


def escape_line(text: str) -> str:
    """Write text that begins a line."""
    return _LINE_OPENING.sub(_with_backslash_behind, escape_text(text))


def escape_address(url: str) -> str:
    """Write an address between the brackets of a link."""
    return _SPECIAL_IN_ADDRESS.sub(_with_backslashes, url)


def _with_backslashes(match: re.Match[str]) -> str:
    return "".join(f"\\{character}" for character in match.group())


def _with_backslash_behind(match: re.Match[str]) -> str:
    """Escape what follows an opening; `1.` opens a list and `1\\.` does not."""
    number = match["number"] or ""
    return f"{number}\\"


def read_plain(
    children: Sequence[Token],
    line: int,
    problems: Problems,
    *,
    has_marks: bool = False,
) -> str:
    """Return inline tokens as plain text; that of a story may end with its marks (`has_marks`)."""
    marks = {child.type for child in children} - _PLAIN_TOKENS
    if marks:
        problems.add(
            line,
            r"expected plain text; write a star, bracket or backtick as \*, \[ or \`",
        )
    for child in children:
        _note_mark_of_leads(child, line, problems, has_marks=has_marks)
    return join_text(children)


def note_comment(line: int, problems: Problems) -> None:
    """Note a comment that would not be kept where it is."""
    problems.add_typed(line, "a comment stands in the text of a lead only")


def _note_mark_of_leads(
    child: Token, line: int, problems: Problems, *, has_marks: bool
) -> None:
    if child.type == COMMENT:
        note_comment(line, problems)
    if child.type != "text":
        return
    words = child.content
    if has_marks:
        words = _MARKS_AT_END.sub("", words)
    match = _MARK_OF_LEADS.search(words)
    if match:
        problems.add_typed(
            line,
            f"readers would see {match.group()}: take it out, or write \\ before it",
        )


def join_text(children: Iterable[Token]) -> str:
    """Return the text of tokens on one line."""
    text = "".join(child.content or " " for child in children)
    return fold_spaces(text)


def without_empty(tokens: Iterable[Token]) -> list[Token]:
    """Return tokens without the parser's tokens of empty text."""
    return [token for token in tokens if token.type != "text" or token.content]


def is_web(url: str) -> bool:
    """Return True if an address is of the web and names a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def check_address(url: str, line: int, problems: Problems) -> None:
    """Note an address that no reader of a story could open."""
    if not is_web(url):
        problems.add(
            line, f"expected a web address such as https://…, found {url!r}"
        )
        return
    fault = find_address_fault(url)
    if fault:
        problems.add_typed(line, f"{url!r} leads nowhere: {fault}")

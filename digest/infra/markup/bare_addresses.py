"""Bare addresses: `https://…`, `www.…` and `name@example.org` in a sentence are links.

As in GitHub's Markdown (github.github.com/gfm, 6.9), but that the punctuation and brackets of all
languages are the sentence's, and that `www.` leads to https.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_WEB = r"(?:https?://|www\.)[^\s<>\"“”„«»‹›「」『』《》【】、。，；：！？（）\[\]\x00-\x1f\u200b\u2066-\u2069]+"
_MAIL = r"[a-z0-9][a-z0-9._%+-]*@(?:[a-z0-9-]+\.)+[a-z]{2,}"
_BARE = re.compile(
    rf"(?<![\w@/.+-])(?:(?P<web>{_WEB})|(?P<mail>{_MAIL}(?![\w@])))",
    re.IGNORECASE,
)
#: What ends a sentence or a phrase, and no address.
_CLOSING = "?!.,:;*_~'’‘…"
_HOST = re.compile(r"(?:https?://|www\.)\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Bare:
    """An address among words: where it begins and ends, and where it leads."""

    start: int
    end: int
    url: str


def link_bare_addresses(state: StateCore) -> None:
    """Make links of the addresses in running text, but not within links."""
    for token in state.tokens:
        if token.type == "inline":
            token.children = list(_with_links(token.children or []))


def _with_links(tokens: list[Token]) -> Iterator[Token]:
    link_depth = 0
    for token in tokens:
        if token.type.startswith("link_"):
            link_depth += token.nesting
        if token.type == "text" and not link_depth:
            yield from _split_at_addresses(token)
        else:
            yield token


def _split_at_addresses(text: Token) -> Iterator[Token]:
    position = 0
    for bare in _addresses_in(text.content):
        if bare.start > position:
            yield text.copy(content=text.content[position : bare.start])
        yield from _link_tokens(text, bare)
        position = bare.end
    if position < len(text.content) or not text.content:
        yield text.copy(content=text.content[position:])


def _addresses_in(text: str) -> Iterator[_Bare]:
    for match in _BARE.finditer(text):
        words = match.group()
        if match["mail"]:
            yield _Bare(match.start(), match.end(), f"mailto:{words}")
            continue
        words = _without_closing(words)
        if not _HOST.match(words):
            continue
        url = words
        if words.lower().startswith("www."):
            url = f"https://{words}"
        yield _Bare(match.start(), match.start() + len(words), url)


def _without_closing(words: str) -> str:
    """Return an address without the punctuation and the bracket that close its sentence."""
    while words:
        last = words[-1]
        is_extra_bracket = last == ")" and words.count(")") > words.count("(")
        if last not in _CLOSING and not is_extra_bracket:
            break
        words = words[:-1]
    return words


def _link_tokens(text: Token, bare: _Bare) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": bare.url})
    words = text.copy(content=text.content[bare.start : bare.end])
    closing = Token("link_close", "a", -1)
    for token in (opening, closing):
        token.markup = "autolink"
        token.info = "auto"
        token.level = text.level
    words.level = text.level + 1
    return [opening, words, closing]

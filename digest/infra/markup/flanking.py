"""Flanking: bold, italic and struck words where a language has no spaces around them.

CommonMark (section 6.2) leaves the stars standing in これは**「鉛の基準」**です: a bracket is inside
them and a letter outside. Next to a Chinese, Japanese or Korean character, as in
github.com/tats-u/markdown-cjk-friendly, they count.
"""

import unicodedata
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")


class FlankingInline(ParserInline):
    """The parser of running text, with the rules of another one."""

    def __init__(self, other: ParserInline) -> None:
        super().__init__()
        self.ruler = other.ruler
        self.ruler2 = other.ruler2

    def parse(
        self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]
    ) -> list[Token]:
        """Read a text, and return its tokens; as in the library, with another state."""
        state = _FlankingState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _FlankingState(StateInline):
    """A state of the parser that counts marks next to such a character."""

    def scanDelims(self, start: int, canSplitWord: Any) -> Scanned:  # noqa: N802, N803 - names of the library
        """Return a run of marks, and whether it can open or close."""
        scanned = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return scanned
        before = self.src[start - 1 : start]
        behind = self.src[start + scanned.length :][:1]
        can_open = _is_punctuation(behind) and _is_unspaced(before)
        can_close = _is_punctuation(before) and _is_unspaced(behind)
        return Scanned(
            scanned.can_open or can_open,
            scanned.can_close or can_close,
            scanned.length,
        )


def _is_punctuation(character: str) -> bool:
    if not character:
        return False
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_unspaced(character: str) -> bool:
    """Return whether a character is a letter of a script that has no spaces between words."""
    if not character or not character.isalnum():
        return False
    return unicodedata.name(character, "").startswith(_SCRIPTS)

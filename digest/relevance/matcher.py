"""Thousands of phrases looked for in one pass, in time linear in the text (Aho and Corasick, 1975).

The automaton is ahocorasick_rs; ours are only the borders of words.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from digest.relevance.text import fold, tidy

#: From here on are scripts that set no spaces between words (Thai, Lao, Khmer, Han, Kana).
_SPACED = (
    range(0xE00, 0xF00),
    range(0x1780, 0x1800),
    range(0x2E80, 0xA4D0),
    range(0xF900, 0xFB00),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a phrase stands in a text."""

    start: int
    end: int
    phrase: int  #: its place in the list given


class Matcher:
    """Phrases, ready to be found whatever their capitals, accents, apostrophes and hyphens.

    A phrase that ends in `*` finds every word that begins so.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        folded = [fold(tidy(p)) for p in phrases]
        self._open = [p.endswith("*") for p in folded]
        # a phrase without a letter would match everywhere, and the automaton takes none empty
        self._phrases = [p.rstrip("*").strip() or "\0\0" for p in folded]
        self._automaton = AhoCorasick(self._phrases)

    def find(self, folded: str) -> Iterator[Hit]:
        """Yield each whole phrase in folded text, those inside longer ones too."""
        for which, start, end in self._automaton.find_matches_as_indexes(
            folded, overlapping=True
        ):
            whole = self._open[which] or _border(folded, end - 1, end)
            if whole and _border(folded, start, start - 1):
                yield Hit(start, end, which)


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Return hits without those that lie in or over a longer one, in reading order."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, h.phrase)):
        if not any(k.start < hit.end and hit.start < k.end for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def _border(text: str, inside: int, outside: int) -> bool:
    """Say whether a word may begin or end between two neighbouring characters."""
    if not 0 <= outside < len(text):
        return True
    return not (_wordy(text[inside]) and _wordy(text[outside]))


def _wordy(c: str) -> bool:
    return (c.isalnum() or c == "_") and not any(ord(c) in some for some in _SPACED)

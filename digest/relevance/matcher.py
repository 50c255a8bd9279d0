"""Matcher: find thousands of phrases in one pass, in time linear in the text.

The automaton (Aho and Corasick, 1975) is that of ahocorasick_rs; what is added here is that
a phrase must begin and end where words do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from digest.relevance.running_text import fold_text, normalize_text

#: Scripts that set no spaces between words: Thai and Lao, Khmer, Han and Kana.
_SCRIPTS_WITHOUT_SPACES = (
    range(0xE00, 0xF00),
    range(0x1780, 0x1800),
    range(0x2E80, 0xA4D0),
    range(0xF900, 0xFB00),
)
#: In place of a phrase without a letter, which would match everywhere; the automaton takes no
#: empty phrase. No article holds two NUL characters.
_NEVER_MATCHES = "\0\0"


@dataclass(frozen=True, slots=True)
class Hit:
    """A match of a phrase in a text."""

    start: int
    end: int
    phrase: int  #: its position in the list given


class Matcher:
    """Phrases, ready to be found whatever their capitals, accents, apostrophes and hyphens.

    A phrase that ends in `*` finds every word that begins so.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        folded = [fold_text(normalize_text(phrase)) for phrase in phrases]
        self._is_prefix = [phrase.endswith("*") for phrase in folded]
        self._phrases = [
            phrase.rstrip("*").strip() or _NEVER_MATCHES for phrase in folded
        ]
        self._automaton = AhoCorasick(self._phrases)

    def find_phrases(self, folded: str) -> Iterator[Hit]:
        """Yield each whole phrase in folded text, those inside longer ones too."""
        matches = self._automaton.find_matches_as_indexes(
            folded, overlapping=True
        )
        for phrase, start, end in matches:
            ends_well = self._is_prefix[phrase] or _is_border(
                folded, end - 1, end
            )
            if ends_well and _is_border(folded, start, start - 1):
                yield Hit(start, end, phrase)


def longest_hits(hits: Iterable[Hit]) -> list[Hit]:
    """Return hits without those that lie in or over a longer one, in reading order."""
    by_length = sorted(
        hits, key=lambda hit: (hit.start - hit.end, hit.start, hit.phrase)
    )
    longest: list[Hit] = []
    for hit in by_length:
        if not any(
            other.start < hit.end and hit.start < other.end for other in longest
        ):
            longest.append(hit)
    return sorted(longest, key=lambda hit: hit.start)


def _is_border(text: str, inside: int, outside: int) -> bool:
    """Return True if a word may begin or end between two neighbouring characters."""
    if not 0 <= outside < len(text):
        return True
    return not (_is_word_part(text[inside]) and _is_word_part(text[outside]))


def _is_word_part(character: str) -> bool:
    if character != "_" and not character.isalnum():
        return False
    code = ord(character)
    return not any(code in script for script in _SCRIPTS_WITHOUT_SPACES)

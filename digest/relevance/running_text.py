"""Running text: normalize it for reading, fold it for matching, split it into sentences.

Folding keeps the length of a text: a position in the folded text is one in the original.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

#: Words whose full stop ends no sentence, as newspapers write them.
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen lt col sgt capt rev hon st jr sr inc corp co ltd "
    "no nos vs v "
    "u.s u.k d.c e.g i.e a.m p.m jan feb mar apr aug sept oct nov dec mme mlle hr fr "
    "z.b bzw c".split()
)
_SENTENCE_END = re.compile(
    r"[.!?…]+[\"”’»')\]]*\s+(?=[\"“‘«'(\[]?[A-Z0-9À-ÞΑ-ΩА-Я])|[。！？]+[」』”]*|\n\s*\n"
)
_LAST_WORD = re.compile(r"[\w.]+(?=\.[\"”’»')\]]*\s*$)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BROKEN_WORD = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")
_BLANK_LINE = re.compile(r"\n\s*\n")

_APOSTROPHES = "'’‘ʼ`´"
_HYPHENS = "-‐‑‒–—−"
#: Letters before a full stop that are looked at for an abbreviation.
_ABBREVIATION_LENGTH = 30


def normalize_text(text: str) -> str:
    """Return text composed (NFC), without invisible characters, one space between words.

    Paragraphs stay apart by a blank line. A word broken over two lines is joined again.
    """
    composed = unicodedata.normalize("NFC", text)
    visible = _INVISIBLE.sub("", composed)
    joined = _BROKEN_WORD.sub("", visible)
    paragraphs = [" ".join(part.split()) for part in _BLANK_LINE.split(joined)]
    return "\n\n".join(filter(None, paragraphs))


def _folding_table() -> dict[int, str]:
    """Return a table for `str.translate` that maps one character to exactly one.

    Letters become small and lose their accents; those that would need two letters stay.
    """
    table = {ord(apostrophe): "'" for apostrophe in _APOSTROPHES}
    table |= {ord(hyphen): " " for hyphen in _HYPHENS}
    for code in (
        *range(0x41, 0x5B),
        *range(0xC0, 0x530),
        *range(0x1E00, 0x2000),
    ):
        small = chr(code).lower()
        base_letter = unicodedata.normalize("NFD", small)[:1]
        table[code] = base_letter if len(base_letter) == 1 else chr(code)
    return table


_FOLDING_TABLE = _folding_table()


def fold_text(text: str) -> str:
    """Return text in small plain letters, character for character: offsets stay true.

    Accents go, typographic apostrophes become plain, hyphens and dashes become spaces.
    """
    return text.translate(_FOLDING_TABLE)


def accents_agree(phrase: str, words: str) -> bool:
    """Return True if a text has no accents or those of the phrase: pêche, not péché."""
    if words.isascii() or phrase.isascii():
        return True
    expected = unicodedata.normalize("NFC", phrase).lower()
    actual = unicodedata.normalize("NFC", words).lower()
    return all(
        _may_stand_for(letter, expected_letter)
        for letter, expected_letter in zip(actual, expected, strict=False)
    )


def _may_stand_for(character: str, expected: str) -> bool:
    """Return True unless both are letters and differ: hyphens and apostrophes may."""
    both_letters = character.isalpha() and expected.isalpha()
    return character == expected or not both_letters


def split_sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of `text`."""
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        if mark.group()[0] == ".":
            earliest = max(start, mark.start() - _ABBREVIATION_LENGTH)
            if _ends_with_abbreviation(text[earliest : mark.end()]):
                continue
        yield start, mark.end()
        start = mark.end()
    if start < len(text):
        yield start, len(text)


class Sentences:
    """The sentences of one text, looked up by position."""

    def __init__(self, text: str) -> None:
        self.spans = list(split_sentences(text))
        self._starts = [start for start, _ in self.spans]

    def span_around(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of all sentences that hold some of start to end."""
        if not self.spans:
            return start, end
        first = self.spans[self._number_at(start)]
        last = self.spans[self._number_at(max(end - 1, start))]
        return first[0], last[1]

    def _number_at(self, position: int) -> int:
        return max(bisect_right(self._starts, position) - 1, 0)


def _ends_with_abbreviation(sentence: str) -> bool:
    last_word = _LAST_WORD.search(sentence.rstrip())
    if not last_word:
        return False
    word = last_word.group().lower()
    is_initial = len(word) == 1 and word.isalpha()
    return is_initial or word in ABBREVIATIONS

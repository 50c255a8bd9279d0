"""Running text: made plain for reading, folded for matching, cut into sentences."""

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
_END = re.compile(
    r"[.!?…]+[\"”’»')\]]*\s+(?=[\"“‘«'(\[]?[A-Z0-9À-ÞΑ-ΩА-Я])|[。！？]+[」』”]*|\n\s*\n"
)
_LAST_WORD = re.compile(r"[\w.]+(?=\.[\"”’»')\]]*\s*$)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BROKEN_WORD = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")
_BLANK_LINE = re.compile(r"\n\s*\n")

_APOSTROPHES = "'’‘ʼ`´"
_HYPHENS = "-‐‑‒–—−"


def tidy(text: str) -> str:
    """Return text composed (NFC), without invisible characters, one space between words.

    Paragraphs stay apart by a blank line. A word broken over two lines is mended.
    """
    plain = _BROKEN_WORD.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    return "\n\n".join(
        p for part in _BLANK_LINE.split(plain) if (p := " ".join(part.split()))
    )


def _folds() -> dict[int, str]:
    """One plain letter for each letter that has one: no text changes its length by folding."""
    table = {ord(c): "'" for c in _APOSTROPHES} | {ord(c): " " for c in _HYPHENS}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x530), *range(0x1E00, 0x2000)):
        low = chr(code).lower()
        base = unicodedata.normalize("NFD", low)[:1]
        if len(base) == 1:
            table[code] = base
        else:
            table[code] = chr(code)
    return table


_FOLD = _folds()


def fold(text: str) -> str:
    """Return text in small plain letters, character for character: offsets stay true.

    Accents go, typographic apostrophes become plain, hyphens and dashes become spaces.
    """
    return text.translate(_FOLD)


def accents_agree(phrase: str, found: str) -> bool:
    """Say whether a phrase may stand so: without accents, or with its own (pêche, not péché)."""
    if found.isascii() or phrase.isascii():
        return True
    ours, theirs = (unicodedata.normalize("NFC", t).lower() for t in (phrase, found))
    return all(
        o == t or not (o.isalpha() and t.isalpha())
        for o, t in zip(ours, theirs, strict=False)
    )


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of `text`."""
    start = 0
    for mark in _END.finditer(text):
        if mark.group()[0] == "." and _abbreviated(
            text[max(start, mark.start() - 30) : mark.end()]
        ):
            continue
        yield start, mark.end()
        start = mark.end()
    if start < len(text):
        yield start, len(text)


class Sentences:
    """The sentences of one text, to be asked by position."""

    def __init__(self, text: str) -> None:
        self.spans = list(sentences(text))
        self._starts = [a for a, _ in self.spans]

    def number(self, position: int) -> int:
        """Return which sentence holds a position."""
        return max(bisect_right(self._starts, position) - 1, 0)

    def around(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of all sentences that hold some of start to end."""
        if not self.spans:
            return start, end
        return self.spans[self.number(start)][0], self.spans[
            self.number(max(end - 1, start))
        ][1]


def _abbreviated(sentence: str) -> bool:
    last = _LAST_WORD.search(sentence.rstrip())
    if last:
        word = last.group().lower()
    else:
        word = ""
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha())

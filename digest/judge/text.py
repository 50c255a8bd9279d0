"""Names and sentences in running text."""

import re
from collections.abc import Iterable, Iterator

APOSTROPHES, HYPHENS = "['’‘ʼ]", "[-‐‑–]"

#: Words whose full stop ends no sentence, as American newspapers write them.
ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen rep gov gen lt col sgt capt rev hon st jr sr inc corp co ltd no vs v "
    "u.s u.k d.c e.g i.e a.m p.m jan feb mar apr aug sept oct nov dec".split()
)
_END = re.compile(r"[.!?…]+[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9À-Þ])|\n\s*\n")
_LAST_WORD = re.compile(r"[\w.]+(?=\.[\"”’')\]]*\s*$)")


def pattern(phrase: str) -> str:
    """Return a regular expression for a phrase, across line breaks and typographic marks."""
    words = []
    for word in phrase.split():
        letters = (
            APOSTROPHES if c in "'’‘ʼ" else HYPHENS if c in "-‐‑–" else re.escape(c) for c in word
        )
        words.append("".join(letters))
    joined = r"\s+".join(words)
    before = r"(?<!\w)" if phrase[:1].isalnum() else ""
    after = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return before + joined + after


def any_of(phrases: Iterable[str], flags: int = 0) -> re.Pattern[str]:
    """Return one expression for all phrases, longest first; without any it matches nothing."""
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile("|".join(f"(?:{pattern(p)})" for p in longest) or r"(?!)", flags)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each sentence of `text`."""
    start = 0
    for mark in _END.finditer(text):
        if mark.group()[0] == "." and _abbreviated(text[start : mark.end()]):
            continue
        yield start, mark.end()
        start = mark.end()
    if start < len(text):
        yield start, len(text)


def _abbreviated(sentence: str) -> bool:
    last = _LAST_WORD.search(sentence.rstrip())
    word = last.group().lower() if last else ""
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha())

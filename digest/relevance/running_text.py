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
    "vs v "
    "u.s u.k d.c e.g i.e a.m p.m mme mlle hr fr z.b bzw c chr u.a d.h e.v s.a s.l ca evtl ggf inkl "
    "vgl sog mio mrd sra dra dña mons mgr dhr mevr drs".split()
)
#: Likewise, but words too: they end no sentence before a figure only.
ABBREVIATIONS_BEFORE_FIGURES = frozenset(
    "no nos nr núm jan feb mar apr aug sept oct nov dec art tel pág págs fig vol bd".split()
)
_SENTENCE_END = re.compile(
    r"[.!?…]+(?: ?[»”])?[\"”’»')\]]*\s+(?=[\"“„‚‘«‹'(\[¿¡—–-]{0,2}\s?[A-Z0-9À-ÞΑ-ΩА-Я])"
    r"|[。！？]+[」』”]*|\n\s*\n"
)
_LAST_WORD = re.compile(r"[\w.’'&]+(?=\.[\"”’»')\]]*\s*$)")
#: “am 8. Mai”, “3. März”: a day's number ends no sentence where a month follows it.
_ORDINAL = re.compile(r"(?:^|[\s(])\d{1,2}\.\s*$")
_MONTH_FOLLOWS = re.compile(
    r"(?:Jan|Jän|Feb|M[aä]r|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[kc]t|Nov|De[zc])[a-zä]*\b"
    r"|(?:Jahrhundert|Lebensjahr|Bezirk|Bundes|Senat|Zivil|Straf|Geburtstag|Platz|Liga|Klasse|Mal|Tag)\w*"
)
#: “3. Soccer Aid raised …”: the number of an item of a list, at the beginning of a paragraph.
_ITEM_NUMBER = re.compile(r"\s*\d{1,2}\.\s*$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BROKEN_WORD = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")
_BLANK_LINE = re.compile(r"\n\s*\n")

#: German capitalises every noun, so that a capital beside a name says nothing there.
_GERMAN_SMALL_WORD = re.compile(
    r"\b(?:[Dd](?:er|ie|as|en|em|es)|und|ist|nicht|mit|von|vo[rm]|ein(?:e[rmn]?)?)\b"
)
#: Share of such words among all; in running German it is about a fifth.
_GERMAN_SHARE = 0.08
_GERMAN_SAMPLE = 1500  #: characters

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
            if _ends_with_abbreviation(
                text[earliest : mark.end()],
                before_figure=text[mark.end() : mark.end() + 1].isdigit(),
            ):
                continue
            if _ends_with_number(text[earliest : mark.end()], text, mark.end()):
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


def _ends_with_abbreviation(sentence: str, *, before_figure: bool) -> bool:
    last_word = _LAST_WORD.search(sentence.rstrip())
    if not last_word:
        return False
    word = last_word.group().lower()
    is_initial = len(word) == 1 and word.isalpha()
    abbreviations = ABBREVIATIONS
    if before_figure:
        abbreviations = ABBREVIATIONS | ABBREVIATIONS_BEFORE_FIGURES
    return is_initial or word in abbreviations


def _ends_with_number(sentence: str, text: str, end: int) -> bool:
    """Return True if the full stop is that of an ordinal, or of an item of a list."""
    if _ITEM_NUMBER.fullmatch(sentence):
        return True
    is_ordinal = bool(_ORDINAL.search(sentence))
    return is_ordinal and bool(_MONTH_FOLLOWS.match(text, end))


def is_german(text: str) -> bool:
    """Return True if a text reads as German, by its small words."""
    sample = text[:_GERMAN_SAMPLE]
    small_words = len(_GERMAN_SMALL_WORD.findall(sample))
    return small_words > _GERMAN_SHARE * len(sample.split())

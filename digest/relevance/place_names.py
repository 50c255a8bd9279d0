"""Where in an article's text a name stands: body, quote, caption, byline, related links.

Extracted text has no markup any more, so a paragraph is known by how it begins, ends and reads.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.model import Place

_I = re.IGNORECASE

#: How outlets introduce links to other articles, in the languages of the press we know.
_RELATED = (
    r"related(?: (?:articles?|stories|story|coverage|links?|reading|content))?"
    r"|read (?:more|next|also)"
    r"|see also|also read|also on this page|more (?:from|on|in|about|coverage|stories)\b[^:.]{0,40}"
    r"|recommended(?: for you| reading)?|you may also like|don['’]t miss|further reading|most read"
    r"|most popular|trending|latest (?:news|stories)|what to read next|keep reading|up next"
    r"|in other news|elsewhere|more news|more|filed under|tags?|topics?"
    r"|à lire aussi|lire aussi|sur le même sujet|à lire également|voir aussi"
    r"|lesen sie auch|mehr zum thema|auch interessant|siehe auch|lees ook|meer over"
    r"|lea también|le puede interesar|te puede interesar|más información|leggi anche|leia também"
)
_RELATED_LINE = re.compile(rf"\W*(?:{_RELATED})\s*[:|»>→–—-]\s*\S", _I)
_RELATED_HEADING = re.compile(rf"\W*(?:{_RELATED})\s*[:»>→]?\s*$", _I)
_TITLE_LIKE = 25  #: words; a longer line is no headline of another article
_ENDS_PROSE = re.compile(r"[.!?…。！？][\"”’»')\]]*$")

_BYLINE = re.compile(
    r"(?:by|par|von|por|di|door|af|av|words by|written by|story by|opinion by|reporting by"
    r"|additional reporting by|text by)\b[:\s]+(?=\w)",
    _I,
)
_BYLINE_WORDS = 14
_NAME = r"[A-ZÀ-Þ][\w’'.-]+(?: [A-ZÀ-Þ][\w’'.-]*){1,3}"
_ABOUT_AUTHOR = re.compile(
    rf"(?:The (?:author|writer|reviewer|columnist)|About the author|{_NAME}),?"
    r" (?:is|was|serves as|works as|has been|writes|covers|reports)\b"
)
_AUTHOR_WORDS = re.compile(
    r"\b(?:the (?:author|writer|reviewer|columnist)\b|author of|writes (?:about|for|on)|wrote this"
    r"|(?:is|was) an? (?:freelance )?(?:writer|columnist|reporter|journalist|contributor)"
    r"|contributing (?:writer|editor)|follow (?:him|her|them) on|twitter\.com|@\w+)",
    _I,
)

_CAPTION = re.compile(
    r"\W*(?:photos?|photograph|image|picture|pictured|caption|foto|bild|graphic|illustration|video"
    r"|file)\b(?:\s*[:(/—–-]|\s+(?:by|courtesy|credit|from|provided|shows)\b)",
    _I,
)
_CREDIT = re.compile(
    r"(?:\((?:photo|image|file|courtesy|credit|ap|getty|reuters|afp|illustration|graphic|map)\b[^)]*"
    r"(?:\)|$)|\b(?:ap photo|getty images|courtesy of [^.]{2,60}|via (?:ap|getty|reuters)"
    r"|handout via [^.]{2,40}|photo by [^.]{2,40})\)?)\W*$",
    _I,
)
_CAPTION_WORDS = 70

_QUOTES = {"“": "”", "«": "»", "„": "“”", '"': '"', "「": "」"}
_MARK = re.compile(r"[“”«»„\"「」]")
_FEW = 3  #: words; what is shorter between quotation marks is a name or a scare quote, not speech


@dataclass(frozen=True, slots=True)
class Speech:
    """One stretch between quotation marks, the marks included."""

    start: int
    end: int


class Layout:
    """The paragraphs of one text and what is said in it."""

    def __init__(self, text: str, authors: Sequence[str] = ()) -> None:
        self._text = text
        self._authors = authors
        self.paragraphs = list(_paragraphs(text))
        self._starts = [a for a, _ in self.paragraphs]
        self._places = list(self._sort())
        self.speeches = [s for span in self.paragraphs for s in _speeches(text, *span)]

    def place(self, start: int, end: int) -> Place:
        """Return where a stretch of the text lies."""
        place = self._places[self._number(start)]
        if place == Place.BODY and self.speech(start, end):
            return Place.QUOTE
        return place

    def paragraph(self, position: int) -> tuple[int, int]:
        """Return the span of the paragraph that holds a position."""
        return self.paragraphs[self._number(position)]

    def speech(self, start: int, end: int) -> Speech | None:
        """Return the quoted words that hold a stretch, if it is speech and more than a name."""
        holding = (s for s in self.speeches if s.start < start and end < s.end)
        rest = (s for s in holding if len(_words(self._without(s, start, end))) >= _FEW)
        return next(rest, None)

    def _without(self, s: Speech, start: int, end: int) -> str:
        return self._text[s.start : start] + self._text[end : s.end]

    def _number(self, position: int) -> int:
        return max(bisect_right(self._starts, position) - 1, 0)

    def _sort(self) -> Iterator[Place]:
        listing = False
        for number, (start, end) in enumerate(self.paragraphs):
            text = self._text[start:end]
            if _RELATED_HEADING.match(text):
                listing = True
            elif listing and not _titular(text):
                listing = False
            yield self._sorted(text, listing, len(self.paragraphs) - number)

    def _sorted(self, text: str, listing: bool, from_end: int) -> Place:
        if listing or _RELATED_LINE.match(text):
            return Place.RELATED
        words = len(_words(text))
        if (
            words <= _BYLINE_WORDS
            and _BYLINE.match(text)
            and not _ENDS_PROSE.search(text)
        ):
            return Place.BYLINE
        if from_end <= 2 and self._about_author(text):
            return Place.BYLINE
        if words <= _CAPTION_WORDS and (_CAPTION.match(text) or _CREDIT.search(text)):
            return Place.CAPTION
        return Place.BODY

    def _about_author(self, text: str) -> bool:
        if any(text.startswith(name) for name in self._authors if " " in name):
            return bool(_ABOUT_AUTHOR.match(text))
        return bool(_ABOUT_AUTHOR.match(text) and _AUTHOR_WORDS.search(text))


def _titular(text: str) -> bool:
    """Say whether a paragraph reads as a headline: short, and not ended as prose is."""
    return len(_words(text)) <= _TITLE_LIKE and not _ENDS_PROSE.search(text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for part in text.split("\n\n"):
        yield start, start + len(part)
        start += len(part) + 2


def _speeches(text: str, start: int, end: int) -> Iterator[Speech]:
    """Yield what stands between quotation marks; what is never closed ends with its paragraph."""
    opened = -1
    closers = ""
    for mark in _MARK.finditer(text, start, end):
        if opened >= 0 and mark.group() in closers:
            yield Speech(opened, mark.end())
            opened = -1
        elif opened < 0 and mark.group() in _QUOTES:
            opened = mark.start()
            closers = _QUOTES[mark.group()]
    if opened >= 0:
        yield Speech(opened, end)

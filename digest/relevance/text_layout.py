"""Text layout: classify the paragraphs of an article, and find the speech in them.

A place is body, quote, caption, byline or related links. Extracted text has no markup any
more, so a paragraph is recognised by how it begins, ends and reads.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.model import MentionPlace

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
#: Words; a longer line is no headline of another article.
_MAX_HEADLINE_WORDS = 25
_ENDS_PROSE = re.compile(r"[.!?…。！？][\"”’»')\]]*$")

_BYLINE = re.compile(
    r"(?:by|par|von|por|di|door|af|av|words by|written by|story by|opinion by|reporting by"
    r"|additional reporting by|text by)\b[:\s]+(?=\w)",
    _I,
)
_MAX_BYLINE_WORDS = 14
_PERSON = r"[A-ZÀ-Þ][\w’'.-]+(?: [A-ZÀ-Þ][\w’'.-]*){1,3}"
_ABOUT_AUTHOR = re.compile(
    rf"(?:The (?:author|writer|reviewer|columnist)|About the author|{_PERSON}),?"
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
    r"(?:\((?:photo|image|file|courtesy|credit|ap|getty|reuters|afp"
    r"|illustration|graphic|map)\b[^)]*"
    r"(?:\)|$)|\b(?:ap photo|getty images|courtesy of [^.]{2,60}|via (?:ap|getty|reuters)"
    r"|handout via [^.]{2,40}|photo by [^.]{2,40})\)?)\W*$",
    _I,
)
_MAX_CAPTION_WORDS = 70
#: A note on the author is one of so many last paragraphs.
_LAST_PARAGRAPHS = 2

#: The marks that may close what each mark opens.
_CLOSING_MARKS = {"“": "”", "«": "»", "„": "“”", '"': '"', "「": "」"}
_QUOTATION_MARK = re.compile(r"[“”«»„\"「」]")
#: Words; what is shorter between quotation marks is a name or a scare quote, not speech.
_MIN_SPEECH_WORDS = 3
_WORD = re.compile(r"\w+")


#: What marks a paragraph as paid for, in the languages of the press we know.
_ADVERTISEMENT = re.compile(
    r"^\W*(?:advertisement|advertorial|sponsored|paid (?:content|post"
    r"|for by)|partner content|promoted|anzeige"
    r"|werbung|advertentie|publicité|publicidad|publicidade|patrocinado"
    r"|contenu sponsorisé)\b\s*(?:$|[:|—–-])"
    r"|\((?:adv|anzeige|werbung|publicité|publicidad|advertentie)\.?\)\W*$",
    _I,
)
#: How readers are invited to subscribe, join or give. It opens a short paragraph.
_INVITATION = re.compile(
    r"^\W*(?:sign up|subscribe|get (?:our|the|breaking)|join (?:us|now)"
    r"|become a member|donate|support us|register"
    r"|enter your email|newsletter|abonnez-vous|inscrivez-vous|recevez"
    r"|faites un don|jetzt (?:abonnieren|spenden)"
    r"|newsletter bestellen|abonnieren sie|melden sie sich|suscríbete"
    r"|apúntate|recibe|dona|hazte socio"
    r"|assine|inscreva-se|subscreva|faça um donativo|word (?:nu )?lid"
    r"|meld u aan|schrijf u in|doneer)\b",
    _I,
)
#: An invitation in the midst of a short paragraph.
_JOIN = re.compile(
    r"\b(?:sign up (?:for|to|here)|become a member of|subscribe to|word lid van|werden sie mitglied"
    r"|devenez membre|hazte soci[oa] de|torne-se sócio|get our (?:\w+ )?(?:email|newsletter))\b",
    _I,
)
_MAX_INVITATION_WORDS = 35
#: A credit: who made or gave a picture. It ends a caption.
_CREDIT_LINE = re.compile(
    r"(?:^|[.!?)”\"’]\s+|\()(?:photo(?:graph)?s?|picture|image|foto|bild"
    r"|fotografía|credit|crédit photo|credits?)"
    r"\s?(?:by\b|:|©|/)",
    _I,
)
#: A number to call, as helplines are given below an article.
_HELPLINE = re.compile(
    r"\b(?:call|phone|ring|text|contact|helpline|freephone|llame|appelez"
    r"|anrufen|bel)\b[^.]{0,80}\d[\d ]{5,}\d",
    _I,
)


@dataclass(frozen=True, slots=True)
class Speech:
    """One stretch between quotation marks, the marks included."""

    start: int
    end: int


class TextLayout:
    """The paragraphs of one text, each with its place, and the speech in them."""

    def __init__(self, text: str, authors: Sequence[str] = ()) -> None:
        self._text = text
        self._authors = authors
        self.paragraphs = list(_paragraph_spans(text))
        self._starts = [start for start, _ in self.paragraphs]
        self._places = list(self._classify_paragraphs())
        self.speeches = [
            speech
            for start, end in self.paragraphs
            for speech in _speeches_in(text, start, end)
        ]

    def place_at(self, start: int, end: int) -> MentionPlace:
        """Return where a stretch of the text lies."""
        place = self._places[self._paragraph_number(start)]
        if place == MentionPlace.BODY and self._is_spoken(start, end):
            return MentionPlace.QUOTE
        return place

    def is_paid_or_invites(self, start: int) -> bool:
        """Return True if the paragraph of a place is an advertisement, or invites to sign up."""
        first, last = self.paragraph_at(start)
        paragraph = self._text[first:last]
        if _ADVERTISEMENT.search(paragraph):
            return True
        is_short = _count_words(paragraph) <= _MAX_INVITATION_WORDS
        return is_short and bool(
            _INVITATION.match(paragraph) or _JOIN.search(paragraph)
        )

    def is_credit(self, start: int) -> bool:
        """Return True if a place lies in the credit of a picture."""
        first, last = self.paragraph_at(start)
        if _count_words(self._text[first:last]) > _MAX_CAPTION_WORDS:
            return False
        credit = _CREDIT_LINE.search(self._text, first, start)
        if credit is None:
            return False
        return "." not in self._text[credit.end() : start].rstrip(".")

    def is_helpline(self, start: int) -> bool:
        """Return True if a place lies in the numbers to call below an article."""
        number = self._paragraph_number(start)
        is_last = (
            number > 0 and len(self.paragraphs) - number <= _LAST_PARAGRAPHS
        )
        first, last = self.paragraph_at(start)
        return is_last and bool(_HELPLINE.search(self._text, first, last))

    def paragraph_at(self, position: int) -> tuple[int, int]:
        """Return the span of the paragraph that holds a position."""
        return self.paragraphs[self._paragraph_number(position)]

    def speeches_between(self, start: int, end: int) -> list[Speech]:
        """Return the speeches that lie wholly in a stretch of the text."""
        return [
            speech
            for speech in self.speeches
            if start <= speech.start and speech.end <= end
        ]

    def _is_spoken(self, start: int, end: int) -> bool:
        """Return True if speech holds a stretch and is more than the stretch: a name alone."""
        for speech in self.speeches:
            if speech.start < start and end < speech.end:
                around = (
                    self._text[speech.start : start]
                    + self._text[end : speech.end]
                )
                if _count_words(around) >= _MIN_SPEECH_WORDS:
                    return True
        return False

    def _paragraph_number(self, position: int) -> int:
        return max(bisect_right(self._starts, position) - 1, 0)

    def _classify_paragraphs(self) -> Iterator[MentionPlace]:
        """Yield the place of each paragraph.

            A heading such as “Related stories” opens a list that continues while lines read as
        headlines.
        """
        in_related_list = False
        for number, (start, end) in enumerate(self.paragraphs):
            text = self._text[start:end]
            if _RELATED_HEADING.match(text):
                in_related_list = True
            elif in_related_list and not _reads_as_headline(text):
                in_related_list = False
            if in_related_list:
                yield MentionPlace.RELATED
            else:
                is_near_end = len(self.paragraphs) - number <= _LAST_PARAGRAPHS
                yield self._place_of_paragraph(text, is_near_end=is_near_end)

    def _place_of_paragraph(
        self, text: str, *, is_near_end: bool
    ) -> MentionPlace:
        if _RELATED_LINE.match(text):
            return MentionPlace.RELATED
        if is_near_end and self._is_about_author(text):
            return MentionPlace.BYLINE
        return _place_of_short_paragraph(text)

    def _is_about_author(self, text: str) -> bool:
        if not _ABOUT_AUTHOR.match(text):
            return False
        full_names = (author for author in self._authors if " " in author)
        names_author = any(text.startswith(name) for name in full_names)
        return names_author or bool(_AUTHOR_WORDS.search(text))


def _reads_as_headline(text: str) -> bool:
    """Return True if a paragraph is short and does not end as prose does."""
    return _count_words(text) <= _MAX_HEADLINE_WORDS and not _ENDS_PROSE.search(
        text
    )


def _place_of_short_paragraph(text: str) -> MentionPlace:
    """Recognise a byline or a caption; what is longer than these are is body."""
    word_count = _count_words(text)
    if word_count <= _MAX_BYLINE_WORDS and _is_byline(text):
        return MentionPlace.BYLINE
    if word_count <= _MAX_CAPTION_WORDS and _is_caption(text):
        return MentionPlace.CAPTION
    return MentionPlace.BODY


def _is_byline(text: str) -> bool:
    return bool(_BYLINE.match(text)) and not _ENDS_PROSE.search(text)


def _is_caption(text: str) -> bool:
    return bool(_CAPTION.match(text) or _CREDIT.search(text))


def _count_words(text: str) -> int:
    return len(_WORD.findall(text))


def _paragraph_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for paragraph in text.split("\n\n"):
        yield start, start + len(paragraph)
        start += len(paragraph) + 2


def _speeches_in(text: str, start: int, end: int) -> Iterator[Speech]:
    """Yield the texts between quotation marks in a paragraph.

    What is never closed ends with the paragraph.
    """
    opened_at: int | None = None
    closing_marks = ""
    for match in _QUOTATION_MARK.finditer(text, start, end):
        mark = match.group()
        if opened_at is None:
            if mark in _CLOSING_MARKS:
                opened_at = match.start()
                closing_marks = _CLOSING_MARKS[mark]
        elif mark in closing_marks:
            yield Speech(opened_at, match.end())
            opened_at = None
    if opened_at is not None:
        yield Speech(opened_at, end)

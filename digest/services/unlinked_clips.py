"""Unlinked clips: what was printed, or said on air or by phone, as a person typed it.

Input: the fields that a person filled in. Output: the article they make, or what is wrong with
each of them.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from digest.edition.internal_content import cut_text
from digest.errors import DigestError
from digest.model import Article, make_unlinked_address

#: Name of the reader of a text that a person typed.
TYPED = "typed"
#: Characters of a sentence that a person types.
MAX_QUOTE_LENGTH = 2000
MAX_HEADLINE_LENGTH = 300  #: characters, typed or cut from the sentence
MAX_OUTLET_LENGTH = 200  #: characters; as many as the database takes
MAX_PLACE_LENGTH = 80  #: characters of page or minute
#: Characters of a headline that is cut from the sentence, as of a post without a title.
MAX_CUT_HEADLINE_LENGTH = 120
#: The time of what came out on a day, for it is known no better: no zone puts it on another day.
MIDDAY = time(12)


@dataclass(frozen=True, slots=True)
class UnlinkedClip:
    """What was printed, or said on air or by phone, as a person typed it."""

    outlet: str
    title: str = ""  #: "" if the sentence stands for it
    day: date | None = None  #: when it came out; None for today
    place: str = ""  #: page or minute
    quote: str = ""  #: the sentence, as it was printed or said


class ClipField(StrEnum):
    """A field of a clip, as the command's options and the desk's form name it."""

    OUTLET = "outlet"
    TITLE = "title"
    DAY = "date"
    PLACE = "place"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class ClipProblem:
    """What is wrong with a field of a clip."""

    field: ClipField
    limit: int = 0  #: the most characters it may have, if it has more
    last_day: date | None = None  #: today, if its day is still to come

    def __str__(self) -> str:
        option = f"--{self.field}"
        if self.limit:
            return f"{option}: expected at most {self.limit} characters"
        if self.last_day:
            return f"{option}: expected a day up to today, {self.last_day}"
        if self.field == ClipField.TITLE:
            return "a clip without an address needs --title, or --quote with the sentence"
        return f"a clip without an address needs {option}"


class ClipRefused(DigestError):
    """A clip cannot be taken; `problems` says of each field what is wrong with it."""

    def __init__(self, problems: tuple[ClipProblem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def clean_clip(clip: UnlinkedClip) -> UnlinkedClip:
    """Return a clip whose words are plain: one line each, no control characters."""
    from digest.collect import plain_words

    return replace(
        clip,
        outlet=plain_words(clip.outlet),
        title=plain_words(clip.title),
        place=plain_words(clip.place),
        quote=plain_words(clip.quote),
    )


def find_problems(clip: UnlinkedClip, today: date) -> tuple[ClipProblem, ...]:
    """Return what is wrong with a clip, in the order of its fields."""
    problems = []
    if not clip.outlet:
        problems.append(ClipProblem(ClipField.OUTLET))
    if not (clip.title or clip.quote):
        problems.append(ClipProblem(ClipField.TITLE))
    if clip.day and clip.day > today:
        problems.append(ClipProblem(ClipField.DAY, last_day=today))
    limits = (
        (ClipField.OUTLET, clip.outlet, MAX_OUTLET_LENGTH),
        (ClipField.TITLE, clip.title, MAX_HEADLINE_LENGTH),
        (ClipField.PLACE, clip.place, MAX_PLACE_LENGTH),
        (ClipField.QUOTE, clip.quote, MAX_QUOTE_LENGTH),
    )
    for field, words, limit in limits:
        if len(words) > limit:
            problems.append(ClipProblem(field, limit))
    return tuple(problems)


def article_of_clip(
    clip: UnlinkedClip, language: str, now: datetime, zone: ZoneInfo
) -> Article:
    """Return a clip as an article; the same facts make the same article.

    `language` is its outlet's. Raises ClipRefused if outlet or words are missing, a field is too
    long, or its day is still to come.
    """
    clip = clean_clip(clip)
    today = now.astimezone(zone).date()
    problems = find_problems(clip, today)
    if problems:
        raise ClipRefused(problems)
    title = clip.title or cut_text(clip.quote, MAX_CUT_HEADLINE_LENGTH)
    day = clip.day or today
    address = make_unlinked_address(
        clip.outlet, title, day.isoformat(), clip.place
    )
    published = now
    if clip.day:
        published = time_on_day(clip.day, now, zone)
    return Article(
        key=address,
        url=address,
        outlet=clip.outlet,
        title=title,
        summary=clip.quote,
        text=clip.quote,
        published=published,
        language=language,
        reader=TYPED,
        place=clip.place,
    )


def time_on_day(day: date, now: datetime, zone: ZoneInfo) -> datetime:
    """Return a time at which something came out on a day: midday, but not a time to come."""
    midday = datetime.combine(day, MIDDAY, zone).astimezone(now.tzinfo)
    return min(midday, now)

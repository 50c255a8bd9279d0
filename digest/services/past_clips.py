"""Past clips: preview a sheet of them, and store those that are new.

`preview_clips` writes nothing; `import_clips` reads the sheet again and stores. A past clip is an
article of its outlet, judged by headline, note and what else the sheet has. Its page is fetched only
if a person asks for it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from digest.collect.feeds.aggregators import advice_for_person
from digest.collect.sheets.clip_rows import SheetClip
from digest.collect.sheets.clip_sheet import (
    ClipFile,
    ClipSheet,
    ClipWish,
    RowNote,
    read_clip_file,
)
from digest.collect.sheets.doubles import (
    ClipMemory,
    Double,
    key_of_clip,
    words_of_clip,
)
from digest.edition import EditionWindow
from digest.errors import DigestError
from digest.infra.sheets.words import normalize_words
from digest.model import SHEET, Article
from digest.ports import Progress
from digest.services.articles import Articles
from digest.services.drafts import Drafts
from digest.services.feeds import Feeds
from digest.services.known_clips import KnownDifference, find_differences
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store

#: The time of what came out on a day, for it is known no better: no zone puts it on another day.
MIDDAY = time(12)
ONE_DAY = timedelta(days=1)
#: Name of the reader of words that a sheet has.
SHEET_READER = "sheet"
#: Why a past clip has no text.
NOT_FETCHED = "its page was not fetched: it came in a sheet of past clips"


@dataclass(frozen=True, slots=True)
class OfferedClips:
    """How many clips are of the present window of a newsletter, which offers them as usual."""

    newsletter: str  #: its title
    clips: int


@dataclass(frozen=True, slots=True)
class ClipsPreview:
    """What importing a sheet would do."""

    sheets: tuple[ClipSheet, ...]
    notes: tuple[str, ...]  #: guesses, and things that a person should check
    new: tuple[
        Article, ...
    ]  #: as they would be stored, in the order of their rows
    doubles: tuple[Double, ...]
    offered: tuple[OfferedClips, ...]
    #: how many clips are filed under a section by a word of the sheet, by its key
    filed: Mapping[str, int]
    #: words of the column of sections that name none, and how often they stand there
    unknown_words: Mapping[str, int]
    #: what rows of known clips say beyond their articles
    differences: tuple[KnownDifference, ...] = ()
    #: a date that can be read in two ways; "" if none: else nothing is imported without an answer
    undecided_date: str = ""

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return sum(sheet.rows for sheet in self.sheets)

    @property
    def clips(self) -> tuple[SheetClip, ...]:
        """All clips of the sheets, new or not."""
        return tuple(clip for sheet in self.sheets for clip in sheet.clips)

    @property
    def linked(self) -> int:
        """How many new clips have an address."""
        return sum(article.has_link for article in self.new)

    @property
    def blank(self) -> int:
        """How many rows are empty."""
        return sum(sheet.blank for sheet in self.sheets)

    @property
    def passed_over(self) -> tuple[RowNote, ...]:
        """The rows that cannot be clips."""
        return tuple(
            note for sheet in self.sheets for note in sheet.passed_over
        )

    @property
    def set_aside(self) -> tuple[RowNote, ...]:
        """The rows that may be clips, and lack something."""
        return tuple(note for sheet in self.sheets for note in sheet.set_aside)

    @property
    def known(self) -> tuple[Double, ...]:
        """The clips that are in the database."""
        return tuple(one for one in self.doubles if one.article)

    @property
    def kept_notes(self) -> dict[int, str]:
        """The notes that are stored with known articles, by their ids."""
        return {
            one.article: one.kept_note
            for one in self.differences
            if one.kept_note
        }

    @property
    def changes_nothing(self) -> bool:
        """Whether importing the sheet would store nothing."""
        return not self.new and not self.kept_notes

    @property
    def repeated(self) -> tuple[Double, ...]:
        """The clips that the sheet has in an earlier row."""
        return tuple(one for one in self.doubles if not one.article)


@dataclass(frozen=True, slots=True)
class ClipsImported:
    """What importing a sheet did."""

    preview: ClipsPreview
    added: int
    #: how many of these are in each section of the newsletter; "" for none
    by_section: Mapping[str, int]
    pages_read: int = 0
    notes_kept: int = 0  #: notes stored with articles that were known
    pages_unread: int = 0  #: pages that were asked for and could not be read


class PastClips:
    """The import of past clips into one working folder."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Articles,
        feeds: Feeds,
        drafts: Mapping[str, Drafts],
        clock: Callable[[], datetime],
    ) -> None:
        """`drafts` are those of each newsletter, by its key."""
        self._settings = settings
        self._store = store
        self._press = press
        self._feeds = feeds
        self._drafts = drafts
        self._clock = clock

    # Queries

    def preview_clips(self, file: Path, wish: ClipWish) -> ClipsPreview:
        """Return what importing a sheet would do; nothing is written. Raises DigestError."""
        today = self._clock().astimezone(self._settings.newsletter.zone).date()
        read = read_clip_file(file, wish, self._settings.outlets, today)
        clips = [clip for sheet in read.sheets for clip in sheet.clips]
        memory = self._recall(clips)
        new: list[SheetClip] = []
        doubles: list[Double] = []
        for clip in clips:
            double = memory.find_double(clip)
            if double is None:
                new.append(clip)
            else:
                doubles.append(double)
        articles = [self._as_article(clip, file) for clip in new]
        return ClipsPreview(
            sheets=read.sheets,
            notes=read.notes,
            new=tuple(articles),
            doubles=tuple(doubles),
            offered=tuple(self._count_offered(articles)),
            filed=dict(_count_filed(articles)),
            unknown_words=dict(self._count_unknown_words(new)),
            differences=self._find_differences(doubles),
            undecided_date=_find_undecided(read),
        )

    # Commands

    def import_clips(
        self,
        file: Path,
        wish: ClipWish,
        progress: Progress = lambda *_: None,
    ) -> ClipsImported:
        """Store the clips of a sheet that are new, judge them, and read their pages if wished.

        Raises DigestError, before anything is written, if the sheet cannot be read, or its dates
        can be read in two ways.
        """
        preview = self.preview_clips(file, wish)
        if preview.undecided_date:
            raise DigestError(words_for_undecided(preview.undecided_date))
        ids = self._store.articles.add_past_clips(
            preview.new, self._clock(), pages_wait=wish.reads_pages
        )
        noted = self._store.articles.add_notes(preview.kept_notes)
        if not ids and not noted:
            return ClipsImported(preview, 0, {})
        earliest = self._find_earliest(preview.new, noted)
        pages_read = 0
        pages_unread = 0
        if wish.reads_pages:
            report = self._feeds.read_waiting_pages(progress)
            pages_read = sum(tally.read for tally in report.values())
            pages_unread = sum(
                tally.unread.total() for tally in report.values()
            )
        self._press.analyse_new(earliest)
        return ClipsImported(
            preview,
            len(ids),
            dict(self._count_sections(frozenset(ids), earliest)),
            pages_read=pages_read,
            notes_kept=len(noted),
            pages_unread=pages_unread,
        )

    # Inside

    def _find_differences(
        self, doubles: Sequence[Double]
    ) -> tuple[KnownDifference, ...]:
        """Return what rows of known clips say beyond their articles."""
        in_database = [double for double in doubles if double.article]
        ids = list({double.article for double in in_database})
        stored = self._store.articles.get_clip_details(ids)
        zone = self._settings.newsletter.zone
        return tuple(find_differences(in_database, stored, zone))

    def _find_earliest(
        self, new: Iterable[Article], noted: Sequence[int]
    ) -> datetime:
        """Return when the first of the new articles, and of those with new notes (ids), came out."""
        details = self._store.articles.get_clip_details(noted)
        times = [one.published for one in new]
        times += [one.published for one in details.values()]
        return min(filter(None, times), default=self._clock())

    def _recall(self, clips: Sequence[SheetClip]) -> ClipMemory:
        """Return what is stored already of some clips."""
        memory = ClipMemory()
        if not clips:
            return memory
        keys = list({key_of_clip(clip) for clip in clips})
        memory.remember_keys(self._store.articles.find_known_keys(keys))
        days = [clip.date for clip in clips]
        start = datetime.combine(min(days) - ONE_DAY, time(), UTC)
        end = datetime.combine(max(days) + ONE_DAY + ONE_DAY, time(), UTC)
        memory.remember_stored(
            self._store.articles.list_clips_between(start, end),
            frozenset(map(words_of_clip, clips)),
            self._settings.newsletter.zone,
        )
        return memory

    def _as_article(self, clip: SheetClip, file: Path) -> Article:
        """Return a clip as an article."""
        key = key_of_clip(clip)
        unread = ""
        if clip.url:
            unread = advice_for_person(clip.url) or NOT_FETCHED
        return Article(
            key=key,
            url=clip.url or key,
            outlet=clip.outlet,
            title=clip.title,
            summary=clip.note,
            published=self._time_of(clip),
            authors=clip.authors,
            feed=f"{SHEET}{quote(file.name)}",
            label=clip.label,
            language=self._language_of(clip.outlet),
            text=clip.text,
            unread=unread,
            reader=SHEET_READER,
            section=self._section_of(clip),
            place=clip.place,
        )

    def _time_of(self, clip: SheetClip) -> datetime:
        """Return a time on the day of a clip: midday; of what came out today, now."""
        now = self._clock()
        zone = self._settings.newsletter.zone
        if clip.date == now.astimezone(zone).date():
            return now
        return datetime.combine(clip.date, MIDDAY, zone).astimezone(UTC)

    def _language_of(self, outlet: str) -> str:
        for watched in self._settings.outlets:
            if watched.name == outlet:
                return watched.language
        return ""

    def _section_of(self, clip: SheetClip) -> str:
        """Return the key of the section that a clip is filed under; "" if its words name none."""
        for word in clip.section_words:
            key = self._section_keys.get(normalize_words(word))
            if key:
                return key
        return ""

    @cached_property
    def _section_keys(self) -> dict[str, str]:
        """The sections of all newsletters, by their keys and titles in plain words."""
        keys: dict[str, str] = {}
        for newsletter in self._settings.newsletters:
            scoped = self._settings.for_newsletter(newsletter.key)
            for section in scoped.sections:
                keys.setdefault(normalize_words(section.key), section.key)
                keys.setdefault(normalize_words(section.title), section.key)
        return keys

    def _count_unknown_words(self, clips: Sequence[SheetClip]) -> Counter[str]:
        return Counter(
            word
            for clip in clips
            for word in clip.section_words
            if normalize_words(word) not in self._section_keys
        )

    def _count_offered(
        self, articles: Sequence[Article]
    ) -> Iterator[OfferedClips]:
        """Yield for each newsletter how many clips are of its present window, if any are."""
        for newsletter in self._settings.newsletters:
            drafts = self._drafts[newsletter.key]
            day = drafts.find_next_date()
            if day is None:
                continue
            covered = drafts.find_covered_window(day)
            number = sum(
                _is_of_window(article, covered) for article in articles
            )
            if number:
                yield OfferedClips(newsletter.title, number)

    def _count_sections(
        self, ids: frozenset[int], since: datetime
    ) -> Counter[str]:
        return Counter(
            judged.judgement.section
            for judged in self._press.list_ranked(since)
            if judged.article.id in ids
        )


def _count_filed(articles: Iterable[Article]) -> Counter[str]:
    return Counter(filter(None, (article.section for article in articles)))


def words_for_undecided(example: str) -> str:
    """Return in words what a person has to say of dates that can be read in two ways."""
    return (
        f"nothing says whether {example} names the day or the month first; "
        f"--dates day-first or --dates month-first does"
    )


def _find_undecided(read: ClipFile) -> str:
    for sheet in read.sheets:
        if sheet.dates.undecided:
            return sheet.dates.undecided
    return ""


def _is_of_window(article: Article, covered: EditionWindow) -> bool:
    """Return whether an edition may take a clip, which counts as seen when it came out."""
    published = article.published
    if published is None:
        return False
    return covered.holds_article(published, published)

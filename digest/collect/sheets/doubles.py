"""Doubles: tell which clips of a sheet came twice, in the sheet or in the database. Pure.

Two clips are one if they have the same address, however it is spelled, or the same outlet, headline
and day. A short headline ("Letters", "The week in pictures") names no single piece where both have
addresses, and two pages of a day's paper are two pieces.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo

from digest.collect.feeds.clean import article_key
from digest.collect.feeds.dedupe import MIN_TITLE_WORDS
from digest.collect.sheets.clip_rows import SheetClip
from digest.collect.sheets.outlet_names import fold_outlet
from digest.infra.letters import fold_letters
from digest.model import KnownClip, is_unlinked, make_unlinked_address

#: Outlet and headline, folded, and the day.
Words = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Double:
    """A clip that is there already."""

    clip: SheetClip
    #: the row of the sheet that has it; 0 if it is in the database
    line: int = 0
    article: int = 0  #: id of the article that it is; 0 if the sheet has it
    sheet: str = ""  #: that has it
    because: str = ""  #: by what it is known


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A clip that came before."""

    key: str
    place: str
    words: int  #: in its headline
    line: int = 0
    article: int = 0
    sheet: str = ""
    title: str = ""


@dataclass(slots=True)
class ClipMemory:
    """Memory of clips, in which others are looked up."""

    by_key: dict[str, _Earlier] = field(default_factory=dict)
    by_words: dict[Words, list[_Earlier]] = field(default_factory=dict)

    def remember_stored(
        self,
        stored: Iterable[KnownClip],
        sought: frozenset[Words],
        zone: tzinfo,
    ) -> None:
        """Remember stored articles whose words may be those of a clip."""
        days = {day for _outlet, _title, day in sought}
        for one in stored:
            day = one.published.astimezone(zone).date()
            if day not in days:
                continue
            words = (fold_outlet(one.outlet), fold_letters(one.title), day)
            if words not in sought:
                continue
            earlier = _Earlier(
                one.key, one.place, len(one.title.split()), article=one.id
            )
            self.by_words.setdefault(words, []).append(earlier)

    def remember_keys(self, ids: dict[str, int]) -> None:
        """Remember stored articles by their keys."""
        for key, number in ids.items():
            self.by_key[key] = _Earlier(key, "", 0, article=number)

    def find_double(self, clip: SheetClip) -> Double | None:
        """Return what a clip is the double of; None if it is new, and is remembered then."""
        key = key_of_clip(clip)
        earlier = self.by_key.get(key)
        if earlier:
            because = "the same address"
            if earlier.title and earlier.title != fold_letters(clip.title):
                because = "the same address with another headline"
            if not clip.url:
                because = "the same outlet, headline, day and place"
            return _double_of(clip, earlier, because)
        words = words_of_clip(clip)
        for earlier in self.by_words.get(words, ()):
            if clip.title and _is_same_piece(clip, earlier):
                because = "the same outlet, headline and day"
                return _double_of(clip, earlier, because)
        self._remember(clip, key, words)
        return None

    def _remember(self, clip: SheetClip, key: str, words: Words) -> None:
        earlier = _Earlier(
            key,
            clip.place,
            len(clip.title.split()),
            line=clip.line,
            sheet=clip.sheet,
            title=words[1],
        )
        self.by_key[key] = earlier
        self.by_words.setdefault(words, []).append(earlier)


def key_of_clip(clip: SheetClip) -> str:
    """Return the key under which a clip is stored."""
    if clip.url:
        return article_key(clip.url)
    return make_unlinked_address(
        clip.outlet, clip.title, clip.date.isoformat(), clip.place
    )


def words_of_clip(clip: SheetClip) -> Words:
    """Return the words by which a clip is told without its address."""
    return fold_outlet(clip.outlet), fold_letters(clip.title), clip.date


def _is_same_piece(clip: SheetClip, earlier: _Earlier) -> bool:
    """Return whether two clips of the same outlet, headline and day are one."""
    if clip.url and not is_unlinked(earlier.key):
        return earlier.words >= MIN_TITLE_WORDS
    has_two_places = bool(clip.place and earlier.place)
    return not has_two_places or clip.place == earlier.place


def _double_of(clip: SheetClip, earlier: _Earlier, because: str) -> Double:
    return Double(clip, earlier.line, earlier.article, earlier.sheet, because)

"""Columns of clips: which of them holds what, by their headings and by what their cells hold.

Input is the headings of a sheet (none if it has no such row), some of its rows, and the columns that
a person has named; output is `ClipColumns`. DigestError if a named column does not exist, or no
column says when clips came out, or none what they are. Columns are counted from 0.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from digest.collect.sheets.clip_dates import is_whole_date, may_be_date
from digest.collect.sheets.clip_headings import (
    HeadingMatch,
    match_heading,
    speaks_of_figures,
)
from digest.collect.sheets.heading_words import HEADINGS
from digest.errors import DigestError

#: The parts of a clip, in the order in which their columns are found.
PARTS = tuple(HEADINGS)
FINDING_ORDER = (
    "address", "date", "headline", "outlet", "place", "quote", "lead", "note", "section", "author",
    "year", "month", "day",
)  # fmt: skip
#: Parts of which a row has one at least that tells of a clip.
TELLING = ("headline", "quote", "address")
#: Parts that hold an address or a date where a heading says so only if the cells do too.
MIN_SHARE = 0.3
#: The same where no heading says so.
MIN_SHARE_ALONE = 0.6
MIN_HEADLINE_WORDS = 3
MAX_OUTLET_WORDS = 6
MAX_OTHERS = 0.3  #: share of cells that may be dates, numbers or addresses
MAX_NUMBERS = 0.8  #: share of numbers from which on no cell names an outlet
WEB_BEGINNINGS = ("http://", "https://", "www.")
SCHEMELESS = re.compile(
    r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/\S*)?", re.IGNORECASE
)
NUMBER = re.compile(r"[\d\s.,%€$£-]+")


@dataclass(frozen=True, slots=True)
class ClipColumns:
    """What each column of a sheet of clips holds."""

    index_by_part: Mapping[str, int]
    headings: tuple[str, ...]
    #: parts that no heading names: their columns were found by what the cells hold
    guessed: tuple[str, ...] = ()
    #: whether addresses are behind the cells of another column
    has_links: bool = False

    @property
    def unread(self) -> tuple[str, ...]:
        """The headings of columns that are not read."""
        read = set(self.index_by_part.values())
        return tuple(
            heading
            for index, heading in enumerate(self.headings)
            if heading and index not in read
        )

    def indexes_of(self, parts: Iterable[str]) -> set[int]:
        """Return the columns of some parts, of those that the sheet has."""
        return {
            index for part, index in self.index_by_part.items() if part in parts
        }

    def heading_of(self, part: str) -> str:
        """Return the heading of the column of a part; "" if there is none."""
        index = self.index_by_part.get(part)
        if index is None:
            return ""
        return self.headings[index]


@dataclass(frozen=True, slots=True)
class _Profile:
    """What the cells of a column hold, of those that hold anything."""

    filled: int = 0
    addresses: float = 0  #: share of cells that are an address
    dates: float = 0  #: share of cells that may be a date
    whole_dates: float = 0  #: share of cells that can be nothing else
    numbers: float = 0  #: share of cells that are figures
    words: float = 0  #: in a cell, at the median
    variety: float = 0  #: share of different cells

    @property
    def is_text(self) -> bool:
        """Whether most cells are words, not addresses."""
        return self.addresses <= 0.5

    @property
    def is_like_headlines(self) -> bool:
        """Whether the cells are several words each, and differ."""
        is_worded = self.words >= MIN_HEADLINE_WORDS and self.variety > 0.5
        return is_worded and self.is_text and self.whole_dates <= 0.5

    @property
    def is_like_outlets(self) -> bool:
        """Whether the cells are a few words each, and neither dates nor numbers."""
        is_short = 0 < self.words <= MAX_OUTLET_WORDS
        others = max(self.addresses, self.dates, self.numbers)
        return is_short and others <= MAX_OTHERS


@dataclass(slots=True)
class _Search:
    """The search for the columns of a sheet."""

    headings: Sequence[str]
    profiles: Sequence[_Profile]
    linked: frozenset[int]  #: columns with links behind their cells
    index_by_part: dict[str, int] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)

    def is_free(self, index: int) -> bool:
        """Return whether a column holds anything, and no part yet."""
        is_used = index in self.index_by_part.values()
        return self.profiles[index].filled > 0 and not is_used


def identify_clip_columns(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    overrides: Mapping[str, str],
    linked: frozenset[int] = frozenset(),
) -> ClipColumns:
    """Return what the columns of a sheet hold; `overrides` maps parts to columns a person named.

    `linked` are the columns with links behind their cells. Raises DigestError.
    """
    width = max([len(headings), *map(len, rows)], default=0)
    names = [_name_column(headings, index) for index in range(width)]
    profiles = [_profile_column(rows, index) for index in range(width)]
    search = _Search(names, profiles, linked)
    _take_overrides(search, overrides)
    matches = [match_heading(heading) for heading in names]
    for part in FINDING_ORDER:
        if part not in search.index_by_part:
            _find_by_heading(search, part, matches)
    _find_by_cells(search, has_headings=any(matches))
    columns = ClipColumns(
        search.index_by_part,
        tuple(names),
        tuple(search.guessed),
        has_links=bool(linked),
    )
    shown = headings
    if not any(headings) and rows:
        shown = rows[0]
    _check_columns(columns, shown)
    return columns


def is_address(cell: str) -> bool:
    """Return whether a cell is a web address, also one without http:// before it."""
    text = cell.strip().lower()
    if any(map(str.isspace, text)):
        return False
    if text.startswith(WEB_BEGINNINGS):
        return True
    return "/" in text and SCHEMELESS.fullmatch(text) is not None


def _name_column(headings: Sequence[str], index: int) -> str:
    """Return the heading of a column, or its number."""
    if index < len(headings) and headings[index]:
        return headings[index]
    return f"column {index + 1}"


def _profile_column(rows: Sequence[Sequence[str]], index: int) -> _Profile:
    column = [row[index].strip() for row in rows if index < len(row)]
    cells = list(filter(None, column))
    if not cells:
        return _Profile()
    count = len(cells)
    return _Profile(
        filled=count,
        addresses=sum(map(is_address, cells)) / count,
        dates=sum(map(may_be_date, cells)) / count,
        whole_dates=sum(map(is_whole_date, cells)) / count,
        numbers=sum(map(_is_number, cells)) / count,
        words=median(map(_count_words, cells)),
        variety=len(set(cells)) / count,
    )


def _count_words(cell: str) -> int:
    return len(cell.split())


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def _take_overrides(search: _Search, overrides: Mapping[str, str]) -> None:
    """Take the columns that a person has named. Raises DigestError if one does not exist."""
    indexes = {
        _fold_heading(heading): index
        for index, heading in reversed(list(enumerate(search.headings)))
    }
    for part, heading in overrides.items():
        index = indexes.get(_fold_heading(heading))
        if part not in PARTS or index is None:
            raise _no_column_error(search, part, heading)
        search.index_by_part[part] = index


def _no_column_error(search: _Search, part: str, heading: str) -> DigestError:
    return DigestError(
        f"expected --column {'|'.join(PARTS)}=NAME, with one of the columns "
        f"{', '.join(search.headings) or 'none'}; found {part}={heading}"
    )


def _fold_heading(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def _find_by_heading(
    search: _Search, part: str, matches: Sequence[Sequence[HeadingMatch]]
) -> None:
    """Take the column whose heading names a part best, unless its cells contradict."""
    candidates = [
        (match.rank, index)
        for index, each in enumerate(matches)
        for match in each
        if match.part == part
        and index not in search.index_by_part.values()
        and _may_hold(search, index, part)
    ]
    if candidates:
        search.index_by_part[part] = min(candidates)[1]


def _may_hold(search: _Search, index: int, part: str) -> bool:
    """Return whether the cells of a column may be of a part that its heading names."""
    profile = search.profiles[index]
    if not profile.filled:
        return True
    match part:
        case "address":
            is_linked = index in search.linked
            return is_linked or profile.addresses >= MIN_SHARE
        case "date":
            return profile.dates >= MIN_SHARE
        case "outlet":
            return profile.is_text and profile.numbers < MAX_NUMBERS
    return profile.is_text


def _find_by_cells(search: _Search, *, has_headings: bool) -> None:
    """Find the columns that no heading names by what their cells hold.

    Short words may be of anything: they are taken for outlets only where addresses do not say
    those, or no heading is known.
    """
    _guess_part(search, "address", _best_address(search))
    _guess_part(search, "date", _best_date(search))
    _guess_part(search, "headline", _best_headline(search))
    if "address" not in search.index_by_part or not has_headings:
        _guess_part(search, "outlet", _best_outlet(search))
    if not has_headings:
        _guess_part(search, "note", _best_note(search))


def _guess_part(search: _Search, part: str, index: int | None) -> None:
    if index is not None and part not in search.index_by_part:
        search.index_by_part[part] = index
        search.guessed.append(part)


def _best_address(search: _Search) -> int | None:
    return _best_by(search, lambda profile: profile.addresses)


def _best_date(search: _Search) -> int | None:
    return _best_by(search, lambda profile: profile.whole_dates)


def _best_by(search: _Search, share: Callable[[_Profile], float]) -> int | None:
    shares = [
        (share(profile), -index)
        for index, profile in enumerate(search.profiles)
        if search.is_free(index)
    ]
    best = max(shares, default=(0, 0))
    if best[0] < MIN_SHARE_ALONE:
        return None
    return -best[1]


def _best_headline(search: _Search) -> int | None:
    """Return the first free column of differing words, as headlines are."""
    return _first_like(search, lambda profile: profile.is_like_headlines)


def _best_outlet(search: _Search) -> int | None:
    """Return the first free column of short words beside the headlines, as names of outlets are."""
    if "headline" not in search.index_by_part:
        return None
    return _first_like(search, lambda profile: profile.is_like_outlets)


def _first_like(
    search: _Search, is_like: Callable[[_Profile], bool]
) -> int | None:
    """Return the first free column whose heading means nothing else, and whose cells are such."""
    for index, profile in enumerate(search.profiles):
        has_other_meaning = speaks_of_figures(search.headings[index])
        if search.is_free(index) and is_like(profile) and not has_other_meaning:
            return index
    return None


def _best_note(search: _Search) -> int | None:
    for index, profile in enumerate(search.profiles):
        is_text = profile.words >= MIN_HEADLINE_WORDS
        if search.is_free(index) and is_text and profile.addresses < 0.5:
            return index
    return None


def _check_columns(columns: ClipColumns, cells: Sequence[str]) -> None:
    """Raise DigestError if nothing says when clips came out, or what they are; it shows some cells."""
    shown = ", ".join(filter(None, cells)) or "nothing"
    parts = columns.index_by_part
    if "date" not in parts and "year" not in parts:
        raise DigestError(
            f"no column of dates was found among {shown}; --column date=NAME says which it is"
        )
    if not columns.indexes_of(TELLING):
        raise DigestError(
            f"no column of headlines or addresses was found among {shown}; "
            f"--column headline=NAME says which it is"
        )

"""Date titles: dates in rows of their own, which say of when the clips below them are.

A diary has "March 2024" in a row of its own above bare days, or "Monday, 4 March 2024" above clips
without a date. Input is the grid of a sheet; output is the same grid with whole dates in its rows. A
sheet whose rows are dated themselves stays as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.collect.sheets.clip_dates import (
    DAY_AND_MONTH,
    ClipDay,
    DateRules,
    is_whole_date,
    read_day,
    words_of_date,
)
from digest.collect.sheets.clip_grid import Grid, GridRow
from digest.collect.sheets.clip_headings import match_heading
from digest.collect.sheets.month_names import usual_languages
from digest.errors import DigestError

#: Share of the clips by which a column decides how the sheet is dated; a guess of ours.
MIN_SHARE = 0.5
#: Words beside the figures of a title: "Januar", "enero de"; of a whole day also that of the week.
MAX_WORDS_OF_MONTH = 2
MAX_WORDS_OF_DAY = 4
#: "5", "5.", "5th", "Mo 5.", as a diary has it below the name of a month.
BARE_DAY = re.compile(
    r"(?:[^\W\d_]{1,10}\.?,?\s+)?(\d{1,2})(?:\.|st|nd|rd|th|º|ª|er)?",
    re.IGNORECASE,
)
LAST_DAY = 31
FIGURES = re.compile(r"[\d\s.,%]+")
WORD = re.compile(r"[^\W\d_]+")
YEAR_OF_NONE = 1904  #: a leap year, in which every day of a month can be read
#: What the column of dates is called where the sheet has none.
HEADING = "the rows above"


@dataclass(frozen=True, slots=True)
class DatedGrid:
    """A grid whose rows have whole dates."""

    grid: Grid
    #: the column of dates that is certain now, by its heading; "" if nothing was changed
    column: str = ""
    note: str = ""  #: what was done, for a person to check


@dataclass(frozen=True, slots=True)
class _Title:
    """What a row of its own says of the dates below it."""

    text: str
    day: ClipDay
    has_year: bool

    @property
    def is_year(self) -> bool:
        """Whether it says a year and no more."""
        return self.day.precision == "year"


def spread_dates(
    grid: Grid, today: date, year: int | None, *, named_date: str = ""
) -> DatedGrid:
    """Return a grid in which the dates of title rows are in the rows below them.

    `year` is that of months without one; `named_date` the column of dates, if a person named it.
    """
    languages = usual_languages(
        word for row in grid.rows for word in _words_of_lone_cell(row)
    )
    rules = DateRules(today, languages=languages, year=YEAR_OF_NONE)
    titles = {
        place: title
        for place, row in enumerate(grid.rows)
        if (title := _read_title(_lone_cell(row), rules))
    }
    first = _last_title(grid.titles, rules)
    if not titles:
        return DatedGrid(grid)
    clips = [
        row
        for place, row in enumerate(grid.rows)
        if place not in titles and len(row.filled) > 1
    ]
    if _are_dated(clips):
        return DatedGrid(grid)
    column = _find_column(grid, clips, named_date)
    return _fill_grid(grid, titles, first, column, year)


def _lone_cell(row: GridRow) -> str:
    """Return the only words of a row, beside which only figures stand; "" if there are others."""
    if row.is_blank or row.links or row.problem:
        return ""
    words, *others = (row.cells[index].strip() for index in row.filled)
    if not all(map(FIGURES.fullmatch, others)):
        return ""
    return words


def _words_of_lone_cell(row: GridRow) -> list[str]:
    return words_of_date(_lone_cell(row))


def _read_title(cell: str, rules: DateRules) -> _Title | None:
    """Return what a lone cell says of dates; None if it is none."""
    if not cell or (cell.isdigit() and len(cell) != 4):
        return None
    try:
        day = read_day(cell, rules)
    except DigestError:
        return None
    if day is None:
        return None
    limit = MAX_WORDS_OF_MONTH
    if day.precision == "day":
        limit = MAX_WORDS_OF_DAY
    if len(WORD.findall(cell.partition("T")[0])) > limit:
        return None
    return _Title(cell, day, day.day.year != YEAR_OF_NONE)


def _last_title(cells: Sequence[str], rules: DateRules) -> _Title | None:
    """Return what the last title above the headings says of dates."""
    for cell in reversed(cells):
        title = _read_title(cell, rules)
        if title:
            return title
    return None


def _are_dated(rows: Sequence[GridRow]) -> bool:
    """Return whether rows have whole dates of their own."""
    dated = sum(any(map(is_whole_date, row.cells)) for row in rows)
    return dated >= MIN_SHARE * len(rows)


def _find_column(
    grid: Grid, rows: Sequence[GridRow], named_date: str
) -> int | None:
    """Return the column of days; None if the sheet has none."""
    candidates = [
        index
        for index, heading in enumerate(grid.headings)
        if heading == named_date or _is_of_days(heading)
    ]
    if not grid.headings:
        candidates.append(0)
    for index in candidates:
        if _count_incomplete(rows, index) >= MIN_SHARE * len(rows):
            return index
    return None


def _is_of_days(heading: str) -> bool:
    """Return whether a heading speaks of dates or days."""
    best = match_heading(heading)[:1]
    return any(match.part in ("date", "day") for match in best)


def _count_incomplete(rows: Sequence[GridRow], index: int) -> int:
    """Count the rows that a title would complete in a column."""
    cells = [row.cells[index].strip() for row in rows if index < len(row.cells)]
    return sum(not cell or _is_part(cell) for cell in cells)


def _is_part(cell: str) -> bool:
    """Return whether a cell says a day, with its month at most."""
    is_day = BARE_DAY.fullmatch(cell) is not None
    return is_day or DAY_AND_MONTH.fullmatch(cell) is not None


def _fill_grid(
    grid: Grid,
    titles: dict[int, _Title],
    first: _Title | None,
    column: int | None,
    year: int | None,
) -> DatedGrid:
    """Put the dates of titles into the rows below; without a column of days, into one of their own."""
    width = max([len(grid.headings), *(len(row.cells) for row in grid.rows)])
    headings = grid.headings
    index = column
    if index is None:
        index = width
        headings = (*headings, *[""] * (width - len(headings)), HEADING)
    filler = _Filler(year)
    filler.meet_title(first)
    rows = []
    for place, row in enumerate(grid.rows):
        if place in titles:
            filler.meet_title(titles[place])
            rows.append(replace(row, is_date_title=True))
        else:
            rows.append(filler.fill_row(row, index))
    if not filler.filled:
        return DatedGrid(grid)
    name = f"column {index + 1}"
    if index < len(headings) and headings[index]:
        name = headings[index]
    example = next(iter(titles.values())).text
    note = f"rows dated by one above them, such as “{example}”: {filler.filled}; please check them"
    return DatedGrid(
        replace(grid, rows=tuple(rows), headings=headings), name, note
    )


@dataclass(slots=True)
class _Filler:
    """Completes the dates of rows by the titles met so far."""

    year: int | None  #: of months without one
    title: _Title | None = None
    filled: int = 0  #: rows

    def meet_title(self, title: _Title | None) -> None:
        """Take a title into account; a year alone is that of the months below it."""
        if title is None:
            return
        self.title = title
        if title.has_year:
            self.year = title.day.day.year

    def fill_row(self, row: GridRow, index: int) -> GridRow:
        """Return a row with its whole date; as it is if it has one, or is no clip."""
        if row.problem or len(row.filled) < 2:
            return row
        cells = [*row.cells, *[""] * (index + 1 - len(row.cells))]
        completed = self._complete_date(cells[index].strip())
        if not completed:
            return row
        cells[index] = completed
        self.filled += 1
        return replace(row, cells=tuple(cells))

    def _complete_date(self, cell: str) -> str:
        """Return the whole date of a cell, in ISO 8601 where it can be; "" if nothing completes it."""
        title = self.title
        if title is None:
            return ""
        if not cell:
            return "-".join(self._parts_of(title))
        return self._complete_part(title, cell)

    def _complete_part(self, title: _Title, cell: str) -> str:
        """Return the whole date of a day, or of a day and month; "" if the title lacks the rest."""
        day = _bare_day_of(cell)
        if day and not title.is_year:
            return self._join_day(title, day)
        if self.year and DAY_AND_MONTH.fullmatch(cell):
            return _with_year(cell, self.year)
        return ""

    def _join_day(self, title: _Title, day: int) -> str:
        """Return a day of a title's month; without a year as a diary would write it in a line."""
        if not self.year:
            return f"{day} {title.text}"
        return f"{self.year}-{title.day.day.month:02}-{day:02}"

    def _parts_of(self, title: _Title) -> Iterator[str]:
        """Yield year, month and day of a title, as far as it says them."""
        if not self.year:
            return
        yield str(self.year)
        if title.is_year:
            return
        yield f"{title.day.day.month:02}"
        if title.day.precision == "day":
            yield f"{title.day.day.day:02}"


def _bare_day_of(cell: str) -> int:
    """Return the day of a month that a cell is; 0 if it is none."""
    match = BARE_DAY.fullmatch(cell)
    if match is None or int(match[1]) > LAST_DAY:
        return 0
    return int(match[1])


def _with_year(cell: str, year: int) -> str:
    """Return a day and month in figures with a year behind them, by the sign between them."""
    sign = next(sign for sign in cell if not sign.isdigit())
    return f"{cell.rstrip('.')}{sign}{year}"

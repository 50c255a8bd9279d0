"""Sheets of past clips: read a file into clips, and rows that are none with the reason.

Input is a file, what a person says of it (`ClipWish`), and the outlets of feeds.yaml; output is a
`ClipFile`. Each row that is read is a clip, is blank, is passed over, or is set aside. DigestError if
the file cannot be read, or no sheet of it has columns of clips.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from digest.collect.sheets.clip_columns import (
    TELLING,
    ClipColumns,
    identify_clip_columns,
)
from digest.collect.sheets.clip_dates import DateRules
from digest.collect.sheets.clip_grid import Grid, GridRow, read_grids
from digest.collect.sheets.clip_headings import speaks_other_language
from digest.collect.sheets.clip_rows import RowReader, SheetClip
from digest.collect.sheets.date_column import DateContext, decide_date_rules
from digest.collect.sheets.date_titles import spread_dates
from digest.collect.sheets.outlet_names import OutletNames
from digest.collect.sheets.years import year_in
from digest.errors import DigestError
from digest.settings import Outlet

SAMPLE_SIZE = 300  #: rows by which columns are found
SHOWN_LENGTH = 80  #: characters that are shown of a row
#: Parts that a row takes from the one above where a person says so.
FILLED_DOWN = ("date", "outlet")


@dataclass(frozen=True, slots=True)
class ClipWish:
    """What a person says of an import of clips beside the file."""

    column_overrides: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()  #: of a workbook; () for all
    encoding: str = ""
    day_first: bool | None = None  #: how 03/04/2026 is read; None if not said
    year: int | None = None  #: of dates without one
    #: whether an empty date or outlet is that of the row above
    fills_down: bool = False
    reads_pages: bool = False  #: whether the pages of addresses are fetched


@dataclass(frozen=True, slots=True)
class RowNote:
    """A row that is no clip, with the reason."""

    sheet: str
    line: int
    reason: str
    shown: str = ""  #: how the row begins


@dataclass(frozen=True, slots=True)
class ClipSheet:
    """What one sheet of a file holds."""

    name: str  #: "" for text
    heading_line: int  #: 0 if it has no headings
    columns: ClipColumns
    dates: DateRules
    clips: tuple[SheetClip, ...]
    blank: int  #: rows with nothing in them
    passed_over: tuple[
        RowNote, ...
    ]  #: rows that cannot be clips: totals, headings
    set_aside: tuple[
        RowNote, ...
    ]  #: rows that may be clips, and lack something
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return (
            len(self.clips)
            + self.blank
            + len(self.passed_over)
            + len(self.set_aside)
        )


@dataclass(frozen=True, slots=True)
class ClipFile:
    """What a file holds."""

    sheets: tuple[ClipSheet, ...]
    notes: tuple[str, ...]


def read_clip_file(
    file: Path, wish: ClipWish, outlets: Sequence[Outlet], today: date
) -> ClipFile:
    """Return the clips of a file, and the rows that are none. Raises DigestError."""
    try:
        grids = read_grids(
            file,
            wish.encoding,
            list(wish.column_overrides.values()),
            wish.sheets,
        )
    except OSError as error:
        raise DigestError(
            f"{file}: cannot be read ({error.strerror})"
        ) from error
    names = OutletNames(outlets)
    sheets: list[ClipSheet] = []
    problems: list[str] = []
    for grid in grids.grids:
        try:
            sheets.append(_read_sheet(grid, file, wish, names, today))
        except DigestError as error:
            problems.append(f"{_name_grid(grid)}{error}")
    if not sheets:
        raise DigestError(f"{file}: {'; '.join(problems) or 'is empty'}")
    notes = [f"not read: {problem}" for problem in problems]
    return ClipFile(tuple(sheets), (*grids.notes, *notes))


def _name_grid(grid: Grid) -> str:
    if not grid.name:
        return ""
    return f"the sheet {grid.name}: "


def _read_sheet(
    grid: Grid, file: Path, wish: ClipWish, names: OutletNames, today: date
) -> ClipSheet:
    """Return the clips of a sheet. Raises DigestError if it has no columns of clips."""
    year = wish.year or year_in((grid.name, *grid.titles, file.stem), today)
    named_columns = dict(wish.column_overrides)
    dated = spread_dates(
        grid, today, year, named_date=named_columns.get("date", "")
    )
    grid = dated.grid
    if dated.column:
        named_columns.setdefault("date", dated.column)
    filled = [row for row in grid.rows if _is_of_sample(row)]
    sample = [row.cells for row in filled[:SAMPLE_SIZE]]
    columns = identify_clip_columns(
        grid.headings, sample, named_columns, grid.linked_columns
    )
    rows: Sequence[GridRow] = grid.rows
    if wish.fills_down:
        rows = list(_fill_down(rows, columns))
    dates = _decide_dates(grid, rows, columns, wish, year, today)
    if dated.note:
        dates = replace(dates, notes=(dated.note, *dates.notes))
    reader = RowReader(grid.name, columns, dates, names, wish.reads_pages)
    return _sort_rows(rows, reader, grid)


def _is_of_sample(row: GridRow) -> bool:
    """Return whether a row shows what the columns hold."""
    return not (row.is_blank or row.problem or row.is_date_title)


def _decide_dates(
    grid: Grid,
    rows: Sequence[GridRow],
    columns: ClipColumns,
    wish: ClipWish,
    year: int | None,
    today: date,
) -> DateRules:
    index = columns.index_by_part.get("date", -1)
    cells = [
        row.cells[index].strip()
        for row in rows
        if 0 <= index < len(row.cells) and row.cells[index].strip()
    ]
    is_european = grid.has_semicolons or any(
        map(speaks_other_language, columns.headings)
    )
    context = DateContext(
        today,
        columns.heading_of("date"),
        wish.day_first,
        is_european,
        year,
    )
    return decide_date_rules(cells, context)


def _fill_down(
    rows: Sequence[GridRow], columns: ClipColumns
) -> Iterator[GridRow]:
    """Yield the rows; those that tell of something get an empty date or outlet from above."""
    indexes = columns.indexes_of(FILLED_DOWN)
    telling = columns.indexes_of(TELLING)
    above: dict[int, str] = {}
    for row in rows:
        is_telling = not telling.isdisjoint(row.filled) or bool(row.links)
        cells = list(row.cells)
        for index in indexes & set(range(len(cells))):
            if cells[index].strip():
                above[index] = cells[index]
            elif is_telling:
                cells[index] = above.get(index, "")
        yield replace(row, cells=tuple(cells))


def _sort_rows(
    rows: Sequence[GridRow], reader: RowReader, grid: Grid
) -> ClipSheet:
    clips: list[SheetClip] = []
    passed_over: list[RowNote] = []
    set_aside: list[RowNote] = []
    blank = 0
    for row in rows:
        if row.is_blank:
            blank += 1
            continue
        reason = reader.reason_to_pass_over(row)
        if reason:
            passed_over.append(_note_row(grid, row, reason))
            continue
        try:
            clips.append(reader.read_clip(row))
        except DigestError as error:
            set_aside.append(_note_row(grid, row, str(error)))
    return ClipSheet(
        grid.name,
        grid.heading_line,
        reader.columns,
        reader.dates,
        tuple(clips),
        blank,
        tuple(passed_over),
        tuple(set_aside),
        reader.dates.notes,
    )


def _note_row(grid: Grid, row: GridRow, reason: str) -> RowNote:
    words = " | ".join(" ".join(cell.split()) for cell in row.cells if cell)
    return RowNote(grid.name, row.line, reason, words[:SHOWN_LENGTH])

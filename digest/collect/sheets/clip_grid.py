"""Grids: the rows of a sheet of clips, with the links behind its cells, and the row of its headings.

Input is a file in any form that `infra.sheets` reads; output is a `Grid` for each sheet of it. What is
merged over several rows is in each of them. The headings may stand under titles, be unknown or be
missing. Lines are counted from 1, columns from 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digest.collect.sheets.clip_columns import is_address
from digest.collect.sheets.clip_dates import is_whole_date
from digest.collect.sheets.clip_headings import count_headings
from digest.errors import DigestError
from digest.infra.sheets.cell_links import (
    CellLink,
    hides_links,
    link_of_formula,
    read_cell_links,
)
from digest.infra.sheets.file_rows import (
    Layout,
    Row,
    RowKind,
    layout_of,
    read_start,
    rows_of,
)
from digest.infra.sheets.workbook import find_area, list_filled_sheets

#: Rows among which the headings are looked for: titles may stand above them.
MAX_HEADING_ROWS = 30
#: Parts of a clip that a row of headings names at least.
MIN_HEADINGS = 2
WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a sheet."""

    line: int
    cells: tuple[str, ...]
    #: addresses behind cells, by column
    links: Mapping[int, str]
    problem: str = ""  #: why it cannot be used; "" if it can
    #: whether it says of when the rows below it are, and nothing else
    is_date_title: bool = False

    @property
    def filled(self) -> list[int]:
        """The columns that hold anything."""
        return [index for index, cell in enumerate(self.cells) if cell.strip()]

    @property
    def is_blank(self) -> bool:
        """Whether nothing is in it."""
        return not self.problem and not self.filled and not self.links


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet: its rows below the headings."""

    name: str  #: of the sheet; "" for text
    headings: tuple[str, ...]  #: () if it has none
    heading_line: int  #: 0 if it has none
    titles: tuple[str, ...]  #: words above the headings
    rows: tuple[GridRow, ...]
    has_semicolons: bool = False  #: as spreadsheets write CSV in Europe

    @property
    def linked_columns(self) -> frozenset[int]:
        """The columns with links behind their cells."""
        return frozenset(column for row in self.rows for column in row.links)


@dataclass(frozen=True, slots=True)
class GridFile:
    """The sheets of a file that hold anything, and what a person should know of how it is read."""

    grids: tuple[Grid, ...]
    notes: tuple[str, ...]


def read_grids(
    file: Path,
    encoding: str = "",
    named_columns: Sequence[str] = (),
    sheets: Sequence[str] = (),
) -> GridFile:
    """Return the sheets of a file, those of some names if any are given. Raises DigestError.

    `named_columns` are headings that a person has named: the row that has them is that of headings.
    """
    layout = layout_of(file, CLIPS, encoding)
    if layout.is_text:
        grid = _read_grid(file, layout, named_columns)
        return GridFile((grid,), layout.notes)
    names = list_filled_sheets(file, read_start(file))
    missing = [name for name in sheets if name not in names]
    if missing:
        raise DigestError(
            f"{file}: has no sheet {', '.join(missing)} with anything in it; it has "
            f"{', '.join(names)}"
        )
    grids = [
        _read_grid(file, replace(layout, sheet_name=name), named_columns)
        for name in sheets or names
    ]
    unread = [name for name in names if sheets and name not in sheets]
    notes = []
    if hides_links(file):
        notes.append(
            "links behind cells are not seen in this kind of file; if it has some, save it as .xlsx"
        )
    if unread:
        notes.append(f"not read: the sheets {', '.join(unread)}")
    return GridFile(tuple(grids), tuple(notes))


def _read_grid(
    file: Path, layout: Layout, named_columns: Sequence[str]
) -> Grid:
    if layout.is_text:
        rows = [_row_of_text(row) for row in rows_of(file, layout)]
    else:
        rows = list(_rows_of_spreadsheet(file, layout))
    place = _find_heading_row(rows, named_columns)
    top = rows[: max(place, 0)]
    titles = tuple(
        cell.strip() for row in top for cell in row.cells if cell.strip()
    )
    headings: tuple[str, ...] = ()
    heading_line = 0
    if place >= 0:
        headings = tuple(map(_clean_heading, rows[place].cells))
        heading_line = rows[place].line
    below = rows[place + 1 :]
    return Grid(
        layout.sheet_name,
        headings,
        heading_line,
        titles,
        tuple(below),
        layout.delimiter == ";",
    )


def _row_of_text(row: Row) -> GridRow:
    """Return a row of a text; a formula HYPERLINK in it is a link."""
    links = {}
    cells = []
    for column, cell in enumerate(row.cells):
        text = cell.removeprefix("\ufeff")
        link = _formula_in(text)
        if link:
            links[column] = link.address
            text = link.text or link.address
        cells.append(text)
    return GridRow(row.line, tuple(cells), links, row.problem)


def _formula_in(text: str) -> CellLink | None:
    if "HYPERLINK" not in text.upper():
        return None
    return link_of_formula(text)


def _rows_of_spreadsheet(file: Path, layout: Layout) -> Iterator[GridRow]:
    area = find_area(file, layout.sheet_name)
    links = read_cell_links(file, layout.sheet_name)
    rows = [(row.line, list(row.cells)) for row in rows_of(file, layout)]
    by_line = dict(rows)
    for (top, first_column), (bottom, _) in area.merged:
        column = first_column - area.first_column
        _fill_down(by_line, top + 1, bottom + 1, column)
    links_by_line: dict[int, dict[int, CellLink]] = {}
    for (line, column), link in links.items():
        own_links = links_by_line.setdefault(line, {})
        own_links[column - area.first_column] = link
    for line, cells in rows:
        own_links = links_by_line.get(line, {})
        for column, link in own_links.items():
            if 0 <= column < len(cells) and not cells[column]:
                cells[column] = link.text
        addresses = {
            column: link.address
            for column, link in own_links.items()
            if link.address.lower().startswith(WEB)
        }
        yield GridRow(line, tuple(cells), addresses)


def _fill_down(
    rows: Mapping[int, list[str]], first: int, last: int, column: int
) -> None:
    """Put what is merged over several rows into each of them."""
    first_row = rows.get(first, [])
    if not 0 <= column < len(first_row):
        return
    for line in range(first + 1, last + 1):
        cells = rows.get(line, [])
        if column < len(cells):
            cells[column] = first_row[column]


# Headings


def _find_heading_row(
    rows: Sequence[GridRow], named_columns: Sequence[str]
) -> int:
    """Return the place (from 0) of the row of headings; -1 if there is none."""
    top = rows[:MAX_HEADING_ROWS]
    if named_columns:
        named = _find_named_row(top, named_columns)
        if named is not None:
            return named
    counts = [
        count_headings(list(map(_clean_heading, row.cells))) for row in top
    ]
    most = max(counts, default=0)
    if most >= MIN_HEADINGS:
        return counts.index(most)
    return _find_unknown_headings(top)


def _find_named_row(
    rows: Sequence[GridRow], named_columns: Sequence[str]
) -> int | None:
    names = {" ".join(name.split()).casefold() for name in named_columns}
    for place, row in enumerate(rows):
        cells = {_clean_heading(cell).casefold() for cell in row.cells}
        if names <= cells:
            return place
    return None


def _find_unknown_headings(rows: Sequence[GridRow]) -> int:
    """Return the row above the first clip if its cells may be headings in a language not known."""
    for place, row in enumerate(rows):
        if not _looks_like_clip(row):
            continue
        above = place - 1
        if above < 0 or not _may_be_headings(rows[above], row):
            return -1
        return above
    return -1


def _looks_like_clip(row: GridRow) -> bool:
    is_told = any(is_address(cell) or is_whole_date(cell) for cell in row.cells)
    return len(row.filled) > 1 and is_told


def _may_be_headings(row: GridRow, below: GridRow) -> bool:
    """Return whether a row has about as many words as the one below, all different."""
    cells = [row.cells[index].strip() for index in row.filled]
    is_wide = len(cells) > 1 and len(cells) >= len(below.filled) - 1
    return is_wide and len(set(cells)) == len(cells)


def _clean_heading(cell: str) -> str:
    text = cell.removeprefix("\ufeff").strip().strip('"')
    return " ".join(text.split())


def _is_heading_row(cells: Sequence[str]) -> bool:
    return count_headings(list(cells)) >= MIN_HEADINGS


def _is_lone_address(cell: str) -> bool:
    text = cell.strip(' "\r\n')
    return text.startswith(WEB) and not any(map(str.isspace, text))


CLIPS = RowKind("clips", _is_heading_row, _is_lone_address, "http")

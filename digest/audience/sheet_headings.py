"""Sheet headings: find their row, identify the columns, and yield the rows of people below.

The headings may stand under titles, be in a language that is not known, or be missing. Other
information of a sheet, such as the colours of its rows, becomes a column here. Rows are counted
from 1, columns from 0.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from digest.audience.address import addresses_in, is_address, mailboxes_in
from digest.audience.colours import distinguishing_marks
from digest.audience.columns import Columns, has_address, identify_columns
from digest.audience.status_headings import COLOUR_HEADING
from digest.infra.sheets.file_rows import Layout, Row, lines_of, rows_of

#: Rows among which the headings are looked for: titles may stand above them.
MAX_HEADING_ROWS = 30

#: The columns of a text that holds any number of mailboxes in a line.
MAILBOX_COLUMNS = Columns(
    {"address": 0, "name": 1},
    (),
    ("address", "name"),
    has_headings=False,
    has_person_per_cell=True,
)
#: The columns of a list in one line, or in several, of nothing but addresses.
ADDRESS_LIST_COLUMNS = Columns(
    {"address": 0},
    (),
    ("address",),
    has_headings=False,
    has_person_per_cell=True,
)


@dataclass(frozen=True, slots=True)
class Headings:
    """The rows above the people of a sheet."""

    row: int  #: below which the people stand; 0 if there are no headings
    columns: Columns
    #: words above the headings, and the name of the sheet
    titles: tuple[str, ...] = ()


@dataclass(slots=True)
class _Top:
    """The first rows of a sheet, down to its headings or its first address."""

    titles: list[str] = field(default_factory=list)
    first_row: Row | None = None  #: the first one that is not empty
    heading_row: Row | None = None
    heading_number: int = 0


def find_headings(
    file: Path, layout: Layout, column_overrides: Mapping[str, str]
) -> Headings:
    """Return the headings of a sheet; `column_overrides` maps parts to columns a person named.

    Raises DigestError if no row is one of headings and the first one holds no address.
    """
    top = _read_top(file, layout, column_overrides)
    titles = tuple(top.titles)
    if top.heading_row is not None:
        columns = identify_columns(
            _heading_cells(top.heading_row),
            column_overrides,
            f"{file}:{top.heading_row.line}",
        )
        return Headings(top.heading_number, columns, titles)
    if layout.is_text and _is_text_of_mailboxes(file, layout):
        return Headings(0, MAILBOX_COLUMNS, titles)
    if top.first_row is not None and not column_overrides:
        headings = _find_unknown_headings(file, layout)
        if headings:
            return replace(headings, titles=titles)
    columns = _columns_without_headings(file, top.first_row, column_overrides)
    return Headings(0, columns, titles)


def _read_top(
    file: Path, layout: Layout, column_overrides: Mapping[str, str]
) -> _Top:
    """Return the first rows of a sheet, and that of its headings if it is known."""
    top = _Top()
    if layout.sheet_name:
        top.titles.append(layout.sheet_name)
    for number, row in enumerate(rows_of(file, layout), 1):
        cells = _heading_cells(row)
        if not any(cells):
            continue
        if has_address(cells, column_overrides):
            top.heading_row = row
            top.heading_number = number
            break
        top.first_row = top.first_row or row
        has_address_cell = any(map(_is_address_cell, cells))
        if not has_address_cell:
            top.titles.extend(filter(None, cells))
        if has_address_cell or number >= MAX_HEADING_ROWS:
            break
    return top


def _columns_without_headings(
    file: Path, first_row: Row | None, column_overrides: Mapping[str, str]
) -> Columns:
    """Return the columns of a list without headings. Raises DigestError if it has no address."""
    cells: list[str] = []
    line = 1
    if first_row is not None:
        cells = first_row.cells
        line = first_row.line
    address_indexes = _address_indexes(cells)
    if not address_indexes:
        headings = list(map(_clean_heading, cells))
        return identify_columns(headings, column_overrides, f"{file}:{line}")
    if len(address_indexes) > 1:
        return ADDRESS_LIST_COLUMNS
    address_index = address_indexes[0]
    names = [f"column {number}" for number in range(1, len(cells) + 1)]
    names[address_index] = "address"
    unread = tuple(name for name in names if name != "address")
    return Columns(
        {"address": address_index}, unread, tuple(names), has_headings=False
    )


# Headings in languages that are not known


def _find_unknown_headings(file: Path, layout: Layout) -> Headings | None:
    """Return headings in languages that are not known; None if it is not clear which row they are.

    They are the row above the first address, if it has as many cells, all of them different, and
    only one of them stands above addresses.
    """
    heading_number = 0
    headings: list[str] = []
    address_index = -1
    for number, row in enumerate(
        islice(rows_of(file, layout), MAX_HEADING_ROWS), 1
    ):
        cells = _heading_cells(row)
        indexes = _address_indexes(cells)
        if address_index >= 0:
            if indexes not in ([], [address_index]):
                return None
        elif indexes:
            is_table = len(cells) > 1 and len(cells) == len(headings)
            if not is_table or len(indexes) > 1:
                return None
            address_index = indexes[0]
        elif any(cells):
            heading_number = number
            headings = cells
    if address_index < 0 or not _are_unique(headings, address_index):
        return None
    address_override = {"address": headings[address_index]}
    location = f"{file}:{heading_number}"
    columns = identify_columns(headings, address_override, location)
    return Headings(heading_number, columns)


def _are_unique(headings: Sequence[str], address_index: int) -> bool:
    """Return whether all headings differ, and that of the addresses is not empty."""
    return bool(headings[address_index]) and len(set(headings)) == len(headings)


def _heading_cells(row: Row) -> list[str]:
    return list(map(_clean_heading, row.cells))


def _clean_heading(cell: str) -> str:
    return cell.removeprefix("\ufeff").strip().strip('"')


def _address_indexes(cells: Sequence[str]) -> list[int]:
    """Return the cells (from 0) that hold an address."""
    return [index for index, cell in enumerate(cells) if _is_address_cell(cell)]


def _is_address_cell(cell: str) -> bool:
    """Return whether the first that may be an address in a cell is one."""
    addresses = addresses_in(_clean_heading(cell))
    return bool(addresses) and is_address(addresses[0])


# Texts of mailboxes


def _is_text_of_mailboxes(file: Path, layout: Layout) -> bool:
    """Return whether the lines of a text hold nothing but mailboxes, and one of them several."""
    has_several = False
    for row in islice(lines_of(file, layout), MAX_HEADING_ROWS):
        text = row.cells[0]
        addresses = [mailbox.address for mailbox in mailboxes_in(text)]
        if not all(map(is_address, addresses)):
            return False
        if len(addresses) > 1 or "<" in text:
            has_several = True
    return has_several


def _rows_of_mailboxes(lines: Iterable[Row]) -> Iterator[Row]:
    """Yield a row for each mailbox of some lines, and one for each line without any."""
    for row in lines:
        mailboxes = [] if row.problem else mailboxes_in(row.cells[0])
        if not mailboxes:
            yield row
        for mailbox in mailboxes:
            yield Row(row.line, [mailbox.address, mailbox.name])


# Colours


def add_colour_column(
    file: Path, layout: Layout, headings: Headings
) -> tuple[Layout, Headings]:
    """Return a sheet with a column for the colours of its rows, where those distinguish them."""
    layout_without_marks = replace(layout, marks={})
    rows = rows_below(file, layout_without_marks, headings)
    filled_lines = [row.line for row in rows if any(row.cells)]
    marks = distinguishing_marks(layout.marks, filled_lines)
    if not marks:
        return layout_without_marks, headings
    columns = replace(
        headings.columns,
        headings=(*headings.columns.headings, COLOUR_HEADING),
        unread=(*headings.columns.unread, COLOUR_HEADING),
    )
    return replace(layout, marks=marks), replace(headings, columns=columns)


def rows_below(file: Path, layout: Layout, headings: Headings) -> Iterator[Row]:
    """Return the rows of people; each cell as one of its own where each is of another person."""
    if headings.columns == MAILBOX_COLUMNS:
        return _rows_of_mailboxes(lines_of(file, layout))
    return _rows_of_table(file, layout, headings)


def _rows_of_table(
    file: Path, layout: Layout, headings: Headings
) -> Iterator[Row]:
    """Yield the rows below the headings of a table, with their marks, or one for each cell."""
    columns = headings.columns
    for row in islice(rows_of(file, layout), headings.row, None):
        if layout.marks and any(row.cells):
            yield _add_mark(row, layout.marks, len(columns.headings) - 1)
        elif columns.has_person_per_cell and not row.problem:
            yield from _split_into_people(row)
        else:
            yield row


def _split_into_people(row: Row) -> list[Row]:
    """Return a row for each cell of a row, as each is of another person."""
    return [Row(row.line, [cell]) for cell in row.cells if cell.strip()]


def _add_mark(row: Row, marks: Mapping[int, str], width: int) -> Row:
    """Return a row of a width with its mark as the last cell."""
    padding = [""] * (width - len(row.cells))
    return Row(
        row.line, [*row.cells[:width], *padding, marks.get(row.line, "")]
    )

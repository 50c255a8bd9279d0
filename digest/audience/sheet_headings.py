"""Sheet headings: where those of a sheet stand, what its columns are, and which rows are below.

The headings may stand under titles, be in a language that is not known, or be missing. What a
sheet holds besides its cells, as the colours of its rows, becomes a column here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from digest.audience.address import addresses_in, checked, is_address, mailboxes_in
from digest.audience.colours import telling
from digest.audience.columns import Columns, columns, has_address
from digest.audience.reading import Layout, Row, lines_of, rows_of
from digest.audience.status_headings import COLOUR_HEADING
from digest.errors import DigestError

#: rows among which the headings are looked for: titles may stand above them
HEADING_ROWS = 30

#: The columns of a text that holds any number of mailboxes in a line.
MAILBOXES = Columns(
    {"address": 0, "name": 1}, (), ("address", "name"), headed=False, spread=True
)


def find_columns(
    file: Path, layout: Layout, told: Mapping[str, str]
) -> tuple[int, Columns, tuple[str, ...]]:
    """Return below which row (from 1; 0 for none) the people stand, what the columns are, and
    the words above them.

    Raises DigestError if no row is one of headings and the first one holds no address.
    """
    first: Row | None = None
    number = 0
    if layout.sheet_name:
        titles = [layout.sheet_name]
    else:
        titles = []
    for number, row in enumerate(rows_of(file, layout), 1):
        cells = [_heading(c) for c in row.cells]
        if not any(cells):
            continue
        if has_address(cells, told):
            return number, columns(cells, told, f"{file}:{row.line}"), tuple(titles)
        first = first or row
        if not any(_is_address_cell(c) for c in cells):
            titles.extend(c for c in cells if c)
        if number >= HEADING_ROWS or any(_is_address_cell(c) for c in cells):
            break
    if layout.delimiter and _is_text_of_mailboxes(file, layout):
        return 0, MAILBOXES, tuple(titles)
    return (*_without_headings(file, layout, told, first), tuple(titles))


def _without_headings(
    file: Path, layout: Layout, told: Mapping[str, str], first: Row | None
) -> tuple[int, Columns]:
    """Return what `find_columns` does for a list with headings that are not known, or with none."""
    if first:
        place = next((n for n, c in enumerate(first.cells) if _is_address_cell(c)), -1)
    else:
        place = -1
    if first is not None and not told:
        headed = _headings_by_cells(file, layout)
    else:
        headed = None
    if headed:
        above, cells, place = headed
        named = columns(cells, {"address": cells[place]}, f"{file}:{above}")
        return above, named
    if first is None or place < 0:
        if first:
            line = first.line
        else:
            line = 1
        columns(
            [_heading(c) for c in first.cells] if first else [], told, f"{file}:{line}"
        )
    assert first is not None  # noqa: S101 # `columns` has raised
    names = [f"column {n}" for n in range(1, len(first.cells) + 1)]
    names[place] = "address"
    unread = tuple(name for name in names if name != "address")
    if (
        sum(_is_address_cell(cell) for cell in first.cells) > 1
    ):  # a list in one line, or in several
        spread = Columns({"address": 0}, (), ("address",), headed=False, spread=True)
        return 0, spread
    return 0, Columns({"address": place}, unread, tuple(names), headed=False)


def _headings_by_cells(file: Path, layout: Layout) -> tuple[int, list[str], int] | None:
    """Return the row of headings (from 1), its cells, and the one of addresses; None if unclear.

    For headings in languages that are not known: the row above the first address, if it has as
    many cells, all of them different, and only one of them stands above addresses.
    """
    above: tuple[int, list[str]] | None = None
    found: tuple[int, list[str], int] | None = None
    for number, row in enumerate(islice(rows_of(file, layout), HEADING_ROWS), 1):
        cells = [_heading(cell) for cell in row.cells]
        places = [n for n, cell in enumerate(cells) if _is_address_cell(cell)]
        if found and places not in ([], [found[2]]):
            return None
        if not found and places:
            if (
                above is None
                or len(places) > 1
                or len(above[1]) != len(cells)
                or len(cells) < 2
            ):
                return None
            found = (*above, places[0])
        if any(cells) and not found:
            above = number, cells
    if found is None or not found[1][found[2]] or len(set(found[1])) < len(found[1]):
        return None
    return found


def _is_text_of_mailboxes(file: Path, layout: Layout) -> bool:
    """Say whether the lines of a text hold nothing but mailboxes, and one of them several."""
    several = False
    for row in islice(lines_of(file, layout), HEADING_ROWS):
        found = mailboxes_in(row.cells[0])
        if found and not all(is_address(address) for _, address in found):
            return False
        several = several or len(found) > 1 or "<" in row.cells[0]
    return several


def _heading(cell: str) -> str:
    return cell.removeprefix("\ufeff").strip().strip('"')


def _is_address_cell(cell: str) -> bool:
    try:
        return any(checked(told) for told in addresses_in(_heading(cell)))
    except DigestError:
        return False


def with_marks(
    file: Path, layout: Layout, start: int, found: Columns
) -> tuple[Layout, Columns]:
    """Return a sheet with a column for the colours of its rows, where those tell them apart."""
    rows = rows_below(file, replace(layout, marks={}), start, found)
    marks = telling(layout.marks, (row.line for row in rows if any(row.cells)))
    if not marks:
        return replace(layout, marks={}), found
    headings = (*found.headings, COLOUR_HEADING)
    unread = (*found.unread, COLOUR_HEADING)
    return replace(layout, marks=marks), replace(
        found, headings=headings, unread=unread
    )


def rows_below(file: Path, layout: Layout, start: int, told: Columns) -> Iterator[Row]:
    """Yield the rows of people; each cell as one of its own where each is of another person."""
    if told == MAILBOXES:
        yield from _rows_of_mailboxes(lines_of(file, layout))
        return
    width = len(told.headings) - 1
    for row in islice(rows_of(file, layout), start, None):
        if layout.marks and any(row.cells):
            padding = [""] * (width - len(row.cells))
            yield Row(
                row.line, [*row.cells[:width], *padding, layout.marks.get(row.line, "")]
            )
            continue
        if not told.spread or row.why:
            yield row
            continue
        for cell in filter(str.strip, row.cells):
            yield Row(row.line, [cell])


def _rows_of_mailboxes(lines: Iterable[Row]) -> Iterator[Row]:
    """Yield a row for each mailbox of some lines, and one for each line without any."""
    for line in lines:
        if line.why:
            found = []
        else:
            found = mailboxes_in(line.cells[0])
        if not found:
            yield line
        for name, address in found:
            yield Row(line.line, [address, name])

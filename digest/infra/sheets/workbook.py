"""Spreadsheets: read the rows of one sheet as text, by default the first that holds anything.

Input is a file in a format of Excel or OpenDocument; output is cells as text, with row numbers
from 1. DigestError if the file cannot be opened, has a password, or has nothing in it.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from digest.errors import DigestError

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ZIP_SIGNATURE = b"PK\x03\x04"
OLE2_SIGNATURE = b"\xd0\xcf\x11\xe0"  #: the container of .xls
MAX_UNPACKED_SIZE = 1_000_000_000  #: bytes that a packed spreadsheet may become
BYTES_PER_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheet of a spreadsheet that is read, and what a person should know of the others."""

    name: str
    notes: tuple[str, ...] = ()


def is_spreadsheet(file: Path, start: bytes) -> bool:
    """Return whether a file is a spreadsheet, by its first bytes or its name."""
    has_signature = start.startswith((ZIP_SIGNATURE, OLE2_SIGNATURE))
    return has_signature or file.suffix.casefold() in SUFFIXES


def is_zipped(start: bytes) -> bool:
    """Return whether a file that starts with these bytes is a ZIP archive."""
    return start.startswith(ZIP_SIGNATURE)


@dataclass(frozen=True, slots=True)
class SheetArea:
    """Where the cells of a sheet are."""

    first_column: (
        int  #: of the sheet (from 0), in which the first cell of each row is
    )
    #: cells that are merged into one: first and last row and column of each, from 0
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def list_filled_sheets(file: Path, start: bytes) -> list[str]:
    """Return the sheets that hold anything, at least one. Raises DigestError if none does."""
    if is_zipped(start):
        _refuse_archive_bomb(file)
    with _open_workbook(file) as book:
        names = _filled_sheet_names(book)
    if not names:
        raise DigestError(
            f"{file}: this spreadsheet has no sheet with anything in it"
        )
    return names


def find_area(file: Path, sheet_name: str) -> SheetArea:
    """Return where the cells of a sheet are. Raises DigestError if the file cannot be opened."""
    with _open_workbook(file) as book:
        sheet = book.get_sheet_by_name(sheet_name)
        first_column = 0
        if sheet.start:
            first_column = sheet.start[1]
        return SheetArea(first_column, tuple(sheet.merged_cell_ranges or ()))


def describe_sheets(file: Path, start: bytes) -> Sheets:
    """Return the sheet that is read, and notes on the others. Raises DigestError if none is."""
    names = list_filled_sheets(file, start)
    if len(names) == 1:
        return Sheets(names[0])
    others = ", ".join(names[1:])
    return Sheets(
        names[0],
        (f"read: the sheet {names[0]}; not read: the sheets {others}",),
    )


def read_spreadsheet_cells(
    file: Path, sheet_name: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet: number and cells."""
    with _open_workbook(file) as book:
        sheet = book.get_sheet_by_name(sheet_name)
        rows_above = 0
        if sheet.start:
            rows_above = sheet.start[0]
        for number, row in enumerate(sheet.iter_rows(), 1):
            if number > rows_above or any(row):
                yield number, list(map(_cell_text, row))


def _refuse_archive_bomb(file: Path) -> None:
    """Raise DigestError if an archive would become too large when it is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable_error(file, error) from error
    if size > MAX_UNPACKED_SIZE:
        megabytes = size // BYTES_PER_MEGABYTE
        raise DigestError(
            f"{file}: unpacked it has {megabytes} MB; save it as CSV"
        )


def _open_workbook(file: Path):  # type: ignore[no-untyped-def] # calamine's own type, imported when needed
    import python_calamine as calamine

    try:
        return calamine.load_workbook(str(file))
    except calamine.PasswordError as error:
        raise DigestError(
            f"{file}: has a password; save it without one, or as CSV"
        ) from error
    except (calamine.CalamineError, OSError) as error:
        raise _unreadable_error(file, error) from error


def _filled_sheet_names(book) -> list[str]:  # type: ignore[no-untyped-def] # as above
    """Return the sheets of a workbook that hold anything."""
    names = []
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).iter_rows()
        if any(map(any, rows)):
            names.append(name)
    return names


def _cell_text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, times in ISO 8601."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _unreadable_error(file: Path, error: Exception) -> DigestError:
    return DigestError(
        f"{file}: this spreadsheet cannot be opened ({error}); save it as CSV"
    )

"""Rows of a file of people: CSV in any dialect, or a spreadsheet; each row with its line.

A row that cannot be told from the next (a quote that is never closed) is given with the reason,
and reading goes on with the next line: one mistake costs one row, never those after it.
"""

import csv
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, NamedTuple

from digest.audience.colours import marks_of
from digest.audience.columns import has_address
from digest.audience.encoding import Encoding, encoding_of
from digest.errors import DigestError

LARGEST = 100_000  #: characters of one row; more is no list of people
LONGEST_CELL = 60  #: lines that a quoted cell may have
DELIMITERS = ",;\t|"
SAMPLE = 40  #: lines by which the delimiter is told
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ZIPPED, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # ZIP; the OLE2 container of .xls
UNPACKED = 1_000_000_000  #: bytes that a packed spreadsheet may become
SEPARATOR_LINE = re.compile(
    r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE
)  # Excel's own hint
UNCLOSED = "a quote is opened and never closed"
TOO_LONG = "it is longer than any row of people"


class Row(NamedTuple):
    """A row of a file (a tuple: there may be millions)."""

    line: int  #: where it ends, from 1
    cells: list[str]
    why: str = ""  #: why it cannot be used; "" if it can


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read."""

    encoding: Encoding
    delimiter: str = ""  #: "" for a spreadsheet
    skipped: int = 0  #: lines before the first row: Excel's sep=
    notes: tuple[str, ...] = ()  #: what a person should know of how it is read
    sheet_name: str = ""  #: that of the sheet that is read
    marks: Mapping[int, str] = field(default_factory=dict)  #: rows and their colours


def layout_of(file: Path, encoding: str = "") -> Layout:
    """Return how a file is to be read; `encoding` where a person says it. Raises DigestError."""
    with file.open("rb") as raw:
        start = raw.read(8)
    if start.startswith((ZIPPED, OLD)) or file.suffix.casefold() in SPREADSHEETS:
        name, notes = _of_spreadsheet(file, start)
        marks = marks_of(file, name) if start.startswith(ZIPPED) else {}
        return Layout(Encoding(""), "", 0, notes, name, marks)
    found = encoding_of(file, encoding)
    with file.open(encoding=found.name, errors="replace", newline="") as lines:
        sample = [line for _, line in zip(range(SAMPLE), _lines(lines), strict=False)]
    told = SEPARATOR_LINE.fullmatch(sample[0]) if sample else None
    delimiter = told[1] if told else _delimiter(sample)
    return Layout(found, delimiter, 1 if told else 0, _of_encoding(found))


def rows_of(file: Path, layout: Layout) -> Iterator[Row]:
    """Yield the rows of a file, empty ones too. Raises DigestError if it is not readable."""
    if not layout.delimiter:
        yield from _spreadsheet_rows(file)
        return
    with file.open(
        encoding=layout.encoding.name, errors="replace", newline=""
    ) as lines:
        yield from _csv_rows(lines, layout)


def lines_of(file: Path, layout: Layout) -> Iterator[Row]:
    """Yield the lines of a text as rows of one cell, empty ones too."""
    with file.open(encoding=layout.encoding.name, errors="replace", newline="") as text:
        for number, line in enumerate(_lines(text), 1):
            if number > layout.skipped:
                why = TOO_LONG if len(line) >= LARGEST else ""
                yield Row(
                    number, [line[:200] if why else line.replace("\0", "").strip()], why
                )


# CSV


def _delimiter(sample: Sequence[str]) -> str:
    """Return what parts the cells: what gives headings, and most lines the same number of cells."""

    def fitness(delimiter: str) -> tuple[bool, float, int]:
        rows = [_cells(line, delimiter) or [] for line in sample if line.strip()]
        headed = any(
            len(row) > 1 and has_address([c.strip("\ufeff ") for c in row], {})
            for row in rows
        )
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, number = max(widths.items(), key=lambda item: item[1], default=(0, 0))
        return headed, number / max(1, len(rows)), width

    return max(DELIMITERS, key=fitness)


def _lines(file: IO[str]) -> Iterator[str]:
    """Yield the lines of a file; of one that is too long, its beginning."""
    while line := file.readline(LARGEST):
        if len(line) == LARGEST and line[-1] not in "\r\n":
            while (more := file.readline(LARGEST)) and more[-1] not in "\r\n":
                pass
        yield line


def _csv_rows(file: IO[str], layout: Layout) -> Iterator[Row]:
    delimiter, lines = layout.delimiter, _Numbered(file)
    width = 0
    for _ in range(layout.skipped):
        lines.take()
    while (line := lines.take()) is not None:
        number = lines.number
        if len(line) >= LARGEST:
            yield Row(number, [line[:200]], TOO_LONG)
        elif '"' not in line:
            cells = line.rstrip("\r\n").split(delimiter)
            width = width or len(cells)
            yield Row(number, cells)
        elif (quoted := _cells(line, delimiter)) is not None:
            width = width or len(quoted)
            yield Row(number, quoted)
        else:
            whole = _closed(line, lines, delimiter, width)
            width = width or len(whole or ())
            if whole:
                yield Row(lines.number, whole)
            else:
                yield Row(number, _loose(line, delimiter), UNCLOSED)


class _Numbered:
    """Lines with their numbers, some of which may be put back."""

    def __init__(self, file: IO[str]) -> None:
        self.number = 0
        self._lines, self._back = _lines(file), deque[str]()

    def take(self) -> str | None:
        """Return the next line without its NULs; None at the end."""
        line = self._back.popleft() if self._back else next(self._lines, None)
        if line is None:
            return None
        self.number += 1
        return line.replace("\0", "") if "\0" in line else line

    def put_back(self, lines: Sequence[str]) -> None:
        """Let these lines be taken once more."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def _closed(
    first: str, lines: _Numbered, delimiter: str, width: int
) -> list[str] | None:
    """Return the cells of a row that goes on over several lines; None if its quote stays open.

    It stays open if no line closes it soon, or if a line before that is a row of its own, with an
    address and as many cells as the others: a quote that closes there was meant for another cell.
    """
    taken: list[str] = []
    whole = first
    while len(taken) < LONGEST_CELL and len(whole) < LARGEST:
        more = lines.take()
        if more is None:
            break
        taken.append(more)
        if _is_row(more, delimiter, width):
            break
        whole += more
        cells = _cells(whole, delimiter)
        if cells is not None:
            return cells
    lines.put_back(taken)
    return None


def _is_row(line: str, delimiter: str, width: int) -> bool:
    """Say whether a line within quotes looks like a row of its own."""
    if "@" not in line or (width > 1 and delimiter not in line):
        return False
    cells = _loose(line, delimiter)
    return len(cells) == max(width, 1) and any(_is_lone_address(cell) for cell in cells)


def _is_lone_address(cell: str) -> bool:
    text = cell.strip(' "\r\n')
    return text.count("@") == 1 and not any(c.isspace() for c in text) and "." in text


def _cells(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line; None if a quote is open at its end."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as e:
        if "unexpected end" in str(e):
            return None
    return _loose(line, delimiter)


def _loose(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line in which quotes stand anywhere."""
    try:
        found = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        found = []
    if sum(map(len, found)) < len(line.strip()) // 2 or any(
        "\n" in cell for cell in found
    ):
        found = [cell.strip('"\r\n') for cell in line.split(delimiter)]
    return found


def _of_encoding(found: Encoding) -> tuple[str, ...]:
    if found.guessed and found.sample:
        return (
            f"the encoding is a guess: {found.name} (it reads {found.sample}); "
            f"--encoding NAME says which it is",
        )
    if found.damaged:
        return ("some letters of the file are damaged: it is not wholly in UTF-8",)
    return ()


# Spreadsheets


def _of_spreadsheet(file: Path, start: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the sheet that is read, and notes on it. Raises DigestError if there is none."""
    if start.startswith(ZIPPED):
        _refuse_bomb(file)
    with _opened(file) as book:
        names = [name for name in book.sheet_names if _has_rows(book, name)]
    if not names:
        raise DigestError(f"{file}: this spreadsheet has no sheet with anything in it")
    notes = [f"read: the sheet {names[0]}"]
    if len(names) > 1:
        notes.append(f"not read: the sheets {', '.join(names[1:])}")
    return names[0], ("; ".join(notes),) if len(names) > 1 else ()


def _refuse_bomb(file: Path) -> None:
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile as e:
        raise _no_spreadsheet(file, e) from e
    if size > UNPACKED:
        raise DigestError(
            f"{file}: unpacked it has {size // 1_000_000} MB; save it as CSV"
        )


def _spreadsheet_rows(file: Path) -> Iterator[Row]:
    with _opened(file) as book:
        name = next(name for name in book.sheet_names if _has_rows(book, name))
        sheet = book.get_sheet_by_name(name)
        above = sheet.start[0] if sheet.start else 0
        for number, row in enumerate(sheet.iter_rows(), 1):
            if number > above or any(row):
                yield Row(number, [_text(value) for value in row])


def _opened(file: Path):  # type: ignore[no-untyped-def] # calamine's own type, imported when needed
    import python_calamine as calamine

    try:
        return calamine.load_workbook(str(file))
    except calamine.PasswordError as e:
        raise DigestError(
            f"{file}: has a password; save it without one, or as CSV"
        ) from e
    except (calamine.CalamineError, OSError) as e:
        raise _no_spreadsheet(file, e) from e


def _has_rows(book, name: str) -> bool:  # type: ignore[no-untyped-def] # as above
    return any(any(row) for row in book.get_sheet_by_name(name).iter_rows())


def _text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, times in ISO 8601."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _no_spreadsheet(file: Path, e: Exception) -> DigestError:
    return DigestError(
        f"{file}: this spreadsheet cannot be opened ({e}); save it as CSV"
    )

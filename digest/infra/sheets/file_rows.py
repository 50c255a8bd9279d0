"""Rows of a sheet: CSV in any dialect, or a spreadsheet; each row with its line.

Input is a file, what its rows are of (`RowKind`), and, if a person gives it, its encoding.
`layout_of` detects how the file is to be read, `rows_of` yields its rows; DigestError if it cannot be
read. A row that cannot be separated from the next (a quote that is never closed) is yielded with the
problem, and reading goes on with the next line: one mistake costs one row, never those after it.
"""

import csv
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from digest.infra.sheets.encoding import Encoding, encoding_of
from digest.infra.sheets.workbook import (
    describe_sheets,
    is_spreadsheet,
    read_spreadsheet_cells,
)

MAX_ROW_LENGTH = 100_000  #: characters of one row; more is no row of a list
START_SIZE = 8  #: bytes by which a spreadsheet is told
SHOWN_LENGTH = 200  #: characters that are shown of a row that is longer
MAX_LINES_OF_CELL = 60  #: lines that a quoted cell may have
DELIMITERS = ",;\t|"
SAMPLE_SIZE = 40  #: lines by which the delimiter is detected
#: Excel's own hint at the delimiter, in the first line.
SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
UNCLOSED = "a quote is opened and never closed"


@dataclass(frozen=True, slots=True)
class RowKind:
    """What the rows of a sheet are of: how they are told from headings, and from one another."""

    name: str  #: "people" or the like
    #: whether cells are headings of such a sheet
    is_heading_row: Callable[[Sequence[str]], bool]
    #: whether a cell, as a line of text has it, is what each row has once
    is_telling_cell: Callable[[str], bool]
    #: sign that each such cell has; "" if there is none
    telling_sign: str = ""

    @property
    def too_long(self) -> str:
        """Why a row that is too long cannot be used."""
        return f"it is longer than any row of {self.name}"


class Row(NamedTuple):
    """A row of a file (a tuple: there may be millions)."""

    line: int  #: where it ends, from 1
    cells: list[str]
    problem: str = ""  #: why it cannot be used; "" if it can

    @property
    def is_blank(self) -> bool:
        """Whether the row is empty."""
        return not self.problem and not any(map(str.strip, self.cells))


@dataclass(frozen=True, slots=True)
class Layout:
    """Layout of a file: encoding, delimiter and the like."""

    encoding: Encoding
    kind: RowKind
    delimiter: str = ""  #: "" for a spreadsheet
    skipped_lines: int = 0  #: lines before the first row: Excel's sep=
    notes: tuple[str, ...] = ()  #: what a person should know of how it is read
    sheet_name: str = ""  #: that of the sheet that is read
    #: rows (from 1) and their colours
    marks: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        """Whether the file is CSV, not a spreadsheet."""
        return bool(self.delimiter)


@dataclass(frozen=True, slots=True, order=True)
class _Fitness:
    """How well a delimiter fits a sample of lines: the greatest one is taken."""

    has_headings: bool
    #: the share of rows that have the most usual number of cells
    regularity: float
    width: int  #: that number of cells


def layout_of(file: Path, kind: RowKind, encoding: str = "") -> Layout:
    """Return how a file is to be read; `encoding` if a person gives it. Raises DigestError."""
    start = read_start(file)
    if is_spreadsheet(file, start):
        sheets = describe_sheets(file, start)
        return Layout(
            Encoding(""), kind, notes=sheets.notes, sheet_name=sheets.name
        )
    return _layout_of_csv(file, kind, encoding_of(file, encoding))


def read_start(file: Path) -> bytes:
    """Return the first bytes of a file, which say whether it is a spreadsheet."""
    with file.open("rb") as content:
        return content.read(START_SIZE)


def _layout_of_csv(file: Path, kind: RowKind, encoding: Encoding) -> Layout:
    with _open_text(file, encoding) as text:
        sample = list(islice(_read_lines(text), SAMPLE_SIZE))
    notes = _encoding_notes(encoding)
    separator = SEPARATOR_LINE.fullmatch(sample[0]) if sample else None
    if separator:
        return Layout(
            encoding, kind, separator[1], skipped_lines=1, notes=notes
        )
    delimiter = _detect_delimiter(sample, kind)
    return Layout(encoding, kind, delimiter, notes=notes)


def rows_of(file: Path, layout: Layout) -> Iterator[Row]:
    """Yield the rows of a file, empty ones too. Raises DigestError if it is not readable."""
    if not layout.is_text:
        for number, cells in read_spreadsheet_cells(file, layout.sheet_name):
            yield Row(number, cells)
        return
    with _open_text(file, layout.encoding) as text:
        yield from _read_csv_rows(text, layout)


def lines_of(file: Path, layout: Layout) -> Iterator[Row]:
    """Yield the lines of a text as rows of one cell, empty ones too."""
    with _open_text(file, layout.encoding) as text:
        for number, line in enumerate(_read_lines(text), 1):
            if number <= layout.skipped_lines:
                continue
            if len(line) >= MAX_ROW_LENGTH:
                yield Row(number, [line[:SHOWN_LENGTH]], layout.kind.too_long)
            else:
                yield Row(number, [line.replace("\0", "").strip()])


def _open_text(file: Path, encoding: Encoding) -> IO[str]:
    return file.open(encoding=encoding.name, errors="replace", newline="")


def _encoding_notes(encoding: Encoding) -> tuple[str, ...]:
    if encoding.is_guess and encoding.sample:
        return (
            f"the encoding is a guess: {encoding.name} (it reads {encoding.sample}); "
            f"--encoding NAME says which it is",
        )
    if encoding.is_damaged:
        return (
            "some letters of the file are damaged: it is not wholly in UTF-8",
        )
    return ()


def _detect_delimiter(sample: Sequence[str], kind: RowKind) -> str:
    """Return what separates the cells of a sample of lines."""
    lines = [line for line in sample if line.strip()]
    return max(
        DELIMITERS, key=lambda delimiter: _fitness(delimiter, lines, kind)
    )


def _fitness(delimiter: str, lines: Sequence[str], kind: RowKind) -> _Fitness:
    rows = [_parse_cells(line, delimiter) or [] for line in lines]
    wide_rows = [row for row in rows if len(row) > 1]
    has_headings = any(map(kind.is_heading_row, map(_strip_cells, wide_rows)))
    widths = Counter(map(len, wide_rows))
    if not widths:
        return _Fitness(has_headings, 0, 0)
    width, count = widths.most_common(1)[0]
    return _Fitness(has_headings, count / len(rows), width)


def _strip_cells(cells: Sequence[str]) -> list[str]:
    return [cell.strip("\ufeff ") for cell in cells]


def _read_lines(file: IO[str]) -> Iterator[str]:
    """Yield the lines of a file; of one that is too long, its beginning."""
    while line := file.readline(MAX_ROW_LENGTH):
        if len(line) == MAX_ROW_LENGTH and not _ends_line(line):
            _skip_rest_of_line(file)
        yield line


def _skip_rest_of_line(file: IO[str]) -> None:
    while chunk := file.readline(MAX_ROW_LENGTH):
        if _ends_line(chunk):
            return


def _ends_line(text: str) -> bool:
    return text[-1] in "\r\n"


def _read_csv_rows(file: IO[str], layout: Layout) -> Iterator[Row]:
    delimiter = layout.delimiter
    lines = _NumberedLines(file)
    width = 0
    for _ in range(layout.skipped_lines):
        lines.next_line()
    while (line := lines.next_line()) is not None:
        if len(line) >= MAX_ROW_LENGTH:
            yield Row(lines.number, [line[:SHOWN_LENGTH]], layout.kind.too_long)
            continue
        if '"' not in line:
            row = Row(lines.number, line.rstrip("\r\n").split(delimiter))
        else:
            row = _read_quoted_row(line, lines, layout, width)
        yield row
        if not row.problem:
            width = width or len(row.cells)


class _NumberedLines:
    """Lines with their numbers, some of which may be put back."""

    def __init__(self, file: IO[str]) -> None:
        self.number = 0  #: of the line that was returned last, from 1
        self._lines = _read_lines(file)
        self._returned_lines = deque[str]()

    def next_line(self) -> str | None:
        """Return the next line without its NULs; None at the end."""
        if self._returned_lines:
            line: str | None = self._returned_lines.popleft()
        else:
            line = next(self._lines, None)
        if line is None:
            return None
        self.number += 1
        if "\0" in line:
            return line.replace("\0", "")
        return line

    def put_back(self, lines: Sequence[str]) -> None:
        """Let these lines be read once more."""
        self._returned_lines.extendleft(reversed(lines))
        self.number -= len(lines)


def _read_quoted_row(
    line: str, lines: _NumberedLines, layout: Layout, width: int
) -> Row:
    """Return the row that begins in a line with quotes."""
    number = lines.number
    cells = _parse_cells(line, layout.delimiter)
    if cells is not None:
        return Row(number, cells)
    cells = _parse_cells_over_lines(line, lines, layout, width)
    if cells:
        return Row(lines.number, cells)
    return Row(number, _parse_cells_loosely(line, layout.delimiter), UNCLOSED)


def _parse_cells_over_lines(
    first_line: str, lines: _NumberedLines, layout: Layout, width: int
) -> list[str] | None:
    """Return the cells of a row that goes on over several lines; None if its quote stays open.

    It stays open if no line closes it soon, or if a line before that is a row of its own, with a
    telling cell and as many cells as the others: a quote that closes there was meant for another cell.
    """
    lines_read: list[str] = []
    text = first_line
    while len(lines_read) < MAX_LINES_OF_CELL and len(text) < MAX_ROW_LENGTH:
        line = lines.next_line()
        if line is None:
            break
        lines_read.append(line)
        if _looks_like_row(line, layout, width):
            break
        text += line
        cells = _parse_cells(text, layout.delimiter)
        if cells is not None:
            return cells
    lines.put_back(lines_read)
    return None


def _looks_like_row(line: str, layout: Layout, width: int) -> bool:
    """Return whether a line within quotes looks like a row of its own, as wide as the others."""
    kind = layout.kind
    if kind.telling_sign not in line:
        return False
    if width > 1 and layout.delimiter not in line:
        return False
    cells = _parse_cells_loosely(line, layout.delimiter)
    if len(cells) != max(width, 1):
        return False
    return any(map(kind.is_telling_cell, cells))


def _parse_cells(line: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line; None if a quote is open at its end."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
    return _parse_cells_loosely(line, delimiter)


def _parse_cells_loosely(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line with quotes in any place."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    if _is_misparsed(cells, line):
        return [cell.strip('"\r\n') for cell in line.split(delimiter)]
    return cells


def _is_misparsed(cells: Sequence[str], line: str) -> bool:
    """Return whether cells are far shorter than their line, or one of them holds the line's end."""
    if sum(map(len, cells)) < len(line.strip()) // 2:
        return True
    return any("\n" in cell for cell in cells)

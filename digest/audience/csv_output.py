"""Output as CSV: people, and rows that were not imported, safe to open in a spreadsheet.

A cell that a spreadsheet would take for a formula gets a ' before it; the import takes it off.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from digest.audience.columns import Columns
from digest.model import Subscriber

FIELDS = ("address", "name", "tags", "consent_source", "consent_at", "left_at")
NEWSLETTERS = "newsletters"  #: the column that the import knows, too
#: What a spreadsheet takes for a formula (owasp.org/www-community/attacks/CSV_Injection).
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be used."""

    line: int  #: where it ends, from 1
    reason: str
    cells: tuple[str, ...]  #: its cells, as they were


def write_csv(
    file: TextIO,
    people: Iterable[Subscriber],
    newsletters: Mapping[int, Sequence[str]] | None = None,
) -> None:
    """Write people as CSV that a spreadsheet will not run.

    `newsletters` are the keys of what each gets, by their ids: a column of its own, if given.
    """
    writer = csv.writer(file)
    if newsletters is None:
        writer.writerow(FIELDS)
    else:
        writer.writerow([*FIELDS, NEWSLETTERS])
    for person in people:
        cells = [_escape_cell(getattr(person, name)) for name in FIELDS]
        if newsletters is not None:
            cells.append(", ".join(newsletters.get(person.id, ())))
        writer.writerow(cells)


def make_rejection_writer(
    file: TextIO, columns: Columns
) -> Callable[[RejectedRow], None]:
    """Return what writes refused rows as CSV: line, reason, and the row as it was."""
    writer = csv.writer(file)
    writer.writerow(["line", "why", *map(_escape_cell, columns.headings)])

    def write_row(refused: RejectedRow) -> None:
        cells = map(_escape_cell, refused.cells)
        writer.writerow([refused.line, _escape_cell(refused.reason), *cells])

    return write_row


def _escape_cell(value: object) -> str:
    """Return a value as a cell that a spreadsheet does not take for a formula."""
    text = _cell_text(value)
    if text.startswith(FORMULA_SIGNS):
        return f"'{text}"
    return text


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def unescape_formula(text: str) -> str:
    """Return a cell without the ' that `_escape_cell` puts before a formula."""
    unescaped = text.removeprefix("'")
    if unescaped != text and unescaped.startswith(FORMULA_SIGNS):
        return unescaped
    return text

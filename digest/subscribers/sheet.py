"""Sheets of subscribers (CSV), in and out, row by row: a million take no more memory than ten."""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from digest.errors import DigestError
from digest.model import Subscriber
from digest.subscribers.address import checked
from digest.subscribers.columns import Columns, columns

FIELDS = ("address", "name", "tags", "consent_source", "consent_at", "left_at")
#: What a spreadsheet takes for a formula (owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LARGEST = 100_000  #: characters of one cell; more is no list of people
AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be used."""

    line: int
    why: str
    row: tuple[str, ...]


class Sheet:
    """An open sheet: its columns, and its people as they are asked for."""

    def __init__(self, file: Path, rows: Iterator[list[str]], told: Columns, line: "Line") -> None:
        self.file, self.columns = file, told
        self._rows, self._line = rows, line

    def people(
        self, source: str, now: datetime, refuse: Callable[[Refused], None]
    ) -> Iterator[Subscriber]:
        """Yield the people; tell `refuse` of each row that cannot be used.

        `source` and `now` stand in where the sheet does not say how and when they agreed.
        """
        for row in self._rows:
            if any(map(str.strip, row)):
                try:
                    yield _person(row, self.columns.places, source, now)
                except DigestError as e:
                    refuse(Refused(self._line(), str(e), tuple(row)))


Line = Callable[[], int]


@contextmanager
def open_sheet(file: Path, told: Mapping[str, str] | None = None) -> Iterator[Sheet]:
    """Open a sheet, whatever its encoding and delimiter; `told` maps parts to headings.

    Raises DigestError if it is no sheet with a column of addresses.
    """
    before = csv.field_size_limit(LARGEST)
    try:
        with file.open(encoding=_encoding(file), errors="replace", newline="") as lines:
            first = lines.readline(LARGEST)
            lines.seek(0)
            reader = csv.reader(lines, delimiter=_delimiter(first.removeprefix("\ufeff")))
            headings = [h.removeprefix("\ufeff").strip() for h in next(reader, [])]
            found = columns(headings, told or {}, f"{file}:1")
            yield Sheet(file, _readable(file, reader), found, lambda: reader.line_num)
    except OSError as e:
        raise DigestError(f"{file}: cannot be read ({e.strerror})") from e
    finally:
        csv.field_size_limit(before)


def write_csv(file: TextIO, people: Iterable[Subscriber]) -> None:
    """Write people as CSV that a spreadsheet will not run."""
    writer = csv.writer(file)
    writer.writerow(FIELDS)
    for p in people:
        writer.writerow([_cell(getattr(p, field)) for field in FIELDS])


def write_refused(file: TextIO, told: Columns) -> Callable[[Refused], None]:
    """Return what writes refused rows as CSV: line, reason, and the row as it was."""
    writer = csv.writer(file)
    writer.writerow(["line", "why", *map(_cell, told.headings)])
    return lambda refused: writer.writerow(
        [refused.line, _cell(refused.why), *map(_cell, refused.row)]
    )


# Reading


def _encoding(file: Path) -> str:
    """Return the encoding of a file: by its mark, UTF-8 if it is that, else Windows'."""
    with file.open("rb") as raw:
        start = raw.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            while some := raw.read(AT_ONCE):
                decoder.decode(some)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"  # what spreadsheets on Windows still write
    return "utf-8-sig"


def _delimiter(first: str) -> str:
    return max(",;\t|", key=first.count)


def _readable(file: Path, reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as e:
        line = getattr(reader, "line_num", 0)
        raise DigestError(f"{file}:{line}: this is no CSV ({e})") from e


def _person(
    row: Sequence[str], places: Mapping[str, int], source: str, now: datetime
) -> Subscriber:
    def cell(part: str) -> str:
        at = places.get(part, -1)
        return _unquoted(row[at].strip()) if 0 <= at < len(row) else ""

    address = checked(row[places["address"]] if places["address"] < len(row) else "")
    return Subscriber(
        address=address,
        name=cell("name") or " ".join(filter(None, (cell("first"), cell("last")))),
        consent_source=cell("consent_source") or source,
        consent_at=_moment(cell("consent_at")) or now,
        left_at=_moment(cell("left_at")),
        tags=_tags(cell("tags")),
    )


def _tags(text: str) -> tuple[str, ...]:
    """Return tags, as programs write them: a, b; or "a","b"."""
    if not text:
        return ()
    parts = (t.strip(" \"'") for t in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(t.casefold() for t in parts if t))


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DigestError(f"expected a time such as 2026-02-27T09:00:00Z, found {text!r}") from None


# Writing


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA) else text


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text

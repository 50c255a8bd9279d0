"""Subscribers as CSV, in and out."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from digest.errors import DigestError
from digest.model import Subscriber
from digest.settings.models import ADDRESS

ALIASES = {"email": "address", "e-mail": "address", "email address": "address", "mail": "address"}
FIELDS = ("address", "name", "consent_source", "consent_at", "left_at")
#: What a spreadsheet takes for a formula (owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def checked(address: str) -> str:
    """Return an address as it may stand in a message. Raises DigestError otherwise."""
    address = address.strip()
    if not ADDRESS.fullmatch(address) or len(address) > 254 or not address.isascii():  # RFC 5321
        raise DigestError(f"expected a mail address such as ada@example.org, found {address!r}")
    return address


def read_csv(
    file: Path, source: str, now: datetime, refuse: Callable[[str], None]
) -> Iterator[Subscriber]:
    """Yield the people of a file; tell `refuse` of each row that cannot be used, by line.

    `source` and `now` stand in where the file does not say how and when consent was given.
    Raises DigestError if the file is no CSV with a column of addresses.
    """
    with io.StringIO(_text(file), newline="") as lines:
        rows = csv.DictReader(lines)
        columns = {_column(name): name for name in rows.fieldnames or ()}
        if "address" not in columns:
            found = ", ".join(rows.fieldnames or ()) or "nothing"
            raise DigestError(f"{file}:1: expected a column address (or email), found {found}")
        for row in rows:
            cells = {field: (row[name] or "").strip() for field, name in columns.items()}
            if any(cells.values()):
                try:
                    yield _person(cells, source, now)
                except DigestError as e:
                    refuse(f"{file}:{rows.line_num}: {e}")


def write_csv(file: TextIO, people: Iterable[Subscriber]) -> None:
    """Write people as CSV that a spreadsheet will not run."""
    writer = csv.writer(file)
    writer.writerow(FIELDS)
    for p in people:
        writer.writerow([_cell(getattr(p, field)) for field in FIELDS])


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as e:
        raise DigestError(f"{file}: cannot be read ({e.strerror})") from e
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")  # what spreadsheets on Windows still write


def _column(name: str) -> str:
    plain = name.strip().lower()
    return ALIASES.get(plain, plain.replace(" ", "_"))


def _person(cells: dict[str, str], source: str, now: datetime) -> Subscriber:
    return Subscriber(
        address=checked(cells["address"]),
        name=_unquoted(cells.get("name", "")),
        consent_source=_unquoted(cells.get("consent_source", "")) or source,
        consent_at=_moment(cells.get("consent_at", "")) or now,
        left_at=_moment(cells.get("left_at", "")),
    )


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise DigestError(f"expected a time such as 2026-02-27T09:00:00Z, found {text!r}") from None


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA) else text


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text

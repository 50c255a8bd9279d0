"""Edition scope: stores of one newsletter, whose editions their callers name by the day alone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine

from digest.model import AuditEntry, EditionKey


class EditionScope:
    """Base of what reads and writes the rows of one newsletter's editions."""

    def __init__(self, engine: Engine, newsletter: str) -> None:
        self._engine = engine
        self._newsletter = newsletter

    def _key(self, day: date) -> EditionKey:
        """Return the key of this newsletter's edition of a day."""
        return EditionKey(self._newsletter, day)

    def _is_own(self, column: ColumnElement[EditionKey]) -> ColumnElement[bool]:
        """Return the condition that a column names an edition of this newsletter.

        It is a range of the column's index.
        """
        return (column >= self._key(date.min)) & (column <= self._key(date.max))


def audit_entry_of(
    at: datetime, person: str, action: str, key: EditionKey | None
) -> AuditEntry:
    """Return the entry of an act, and of the edition that it concerns, if it does any."""
    if key is None:
        return AuditEntry(at, person, action)
    return AuditEntry(at, person, action, key.day, key.newsletter)


def edition_columns(key: EditionKey) -> dict[str, Any]:
    """Return the columns by which the table of editions names one."""
    return {"key": key, "newsletter": key.newsletter, "date": key.day}

"""Editions, as their Markdown text, and approvals."""

from datetime import date, datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.sqlite import insert

from digest.model import Approval
from digest.store.tables import approval, edition


class Editions:
    """What staff made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, day: date, source: str, now: datetime) -> None:
        """Store an edition's text, replacing an earlier one of that date."""
        values = {"date": day, "source": source, "changed_at": now}
        statement = insert(edition).values(values)
        with self._engine.begin() as c:
            c.execute(statement.on_conflict_do_update(index_elements=["date"], set_=values))

    def source(self, day: date) -> str | None:
        """Return an edition's text, or None if there is none of that date."""
        with self._engine.connect() as c:
            return c.scalar(select(edition.c.source).where(edition.c.date == day))

    def dates(self) -> list[date]:
        """Return the dates of all editions, newest first."""
        with self._engine.connect() as c:
            return list(c.scalars(select(edition.c.date).order_by(edition.c.date.desc())))

    def approved(self) -> list[date]:
        """Return the dates of editions that a person said yes to, changed since or not."""
        with self._engine.connect() as c:
            return list(c.scalars(select(approval.c.edition)))

    def latest(self) -> date | None:
        """Return the newest edition's date."""
        with self._engine.connect() as c:
            newest: date | None = c.scalar(select(func.max(edition.c.date)))
            return newest

    def approve(self, yes: Approval) -> None:
        """Store an approval, replacing an earlier one of that edition."""
        values = {
            "edition": yes.edition,
            "content_hash": yes.content_hash,
            "by": yes.by,
            "at": yes.at,
        }
        statement = insert(approval).values(values)
        with self._engine.begin() as c:
            c.execute(statement.on_conflict_do_update(index_elements=["edition"], set_=values))

    def approval(self, day: date) -> Approval | None:
        """Return the last approval given to an edition, valid still or not."""
        with self._engine.connect() as c:
            row = c.execute(select(approval).where(approval.c.edition == day)).first()
            return Approval(**row._mapping) if row else None

"""Fillings: what the machine put into editions in work; until when each person has seen them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.store.editions import Change, base_of, keep_revision, locked, swapped
from digest.store.publications import refuse_if_locked
from digest.store.tables import approval, edition, filling, look, revision


@dataclass(frozen=True, slots=True)
class Filling:
    """What the machine put into an edition, as JSON takes it, and when."""

    base: Mapping[str, Any]
    came: Mapping[str, str]  #: since the first draft: times in ISO 8601, by address
    went: list[dict[str, str]]  #: what the machine replaced: headline, outlet, url, at
    mark: str  #: changes whenever there may be something new to fill in
    begun: datetime
    filled: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An edition as somebody took it away to work on."""

    source: str
    base: Mapping[str, Any] | None
    revision: int  #: id of the newest change; 0 if there was none


@dataclass(frozen=True, slots=True)
class Look:
    """Until when a person has seen an edition."""

    seen: datetime  #: in visits before this one
    present: datetime  #: the last sign of them


class Fillings:
    """What the machine put into editions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, day: date) -> Filling | None:
        """Return how an edition is filled, or None if it is not."""
        columns = [c for c in filling.c if c.name != "edition"]
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(filling.c.edition == day)).first()
            if row:
                return Filling(**row._mapping)
            return None

    def days(self, first: date) -> list[date]:
        """Return the dates of editions that are filled, from a date on."""
        dates = select(filling.c.edition).where(filling.c.edition >= first)
        with self._engine.connect() as c:
            return list(c.scalars(dates.order_by(filling.c.edition)))

    def begin(self, day: date, source: str, made: Filling) -> bool:
        """Store a first draft; False, and nothing stored, if there is an edition of that date."""
        values = {"date": day, "source": source, "changed_at": made.filled}
        with self._engine.begin() as c:
            added = insert(edition).values(values).on_conflict_do_nothing()
            if c.scalar(added.returning(edition.c.date)) is None:
                return False
            _store(c, day, made)
            return True

    def replace(self, day: date, source: str, was: str, made: Filling, by: str) -> bool:
        """Store a draft in place of an edition, which is kept; False if that reads otherwise.

        Raises AlreadySent.
        """
        values = {"date": day, "source": source, "changed_at": made.filled}
        with self._engine.begin() as c:
            refuse_if_locked(c, day)
            if not swapped(c, was, values):
                return False
            kept = {
                "edition": day,
                "source": was,
                "at": made.filled,
                "was_rejected": None,
            }
            keep_revision(c, Change("drafted it anew", by), kept)
            _store(c, day, made)
            return True

    def fill(
        self,
        day: date,
        source: str,
        was: str,
        made: Filling,
        approved_at: datetime | None,
    ) -> bool:
        """Store what was filled in; False if the edition reads otherwise by now, or was approved.

        `approved_at` is the time of the approval that the caller knows of, None if of none. Raises
        AlreadySent.
        """
        values = {"date": day, "source": source, "changed_at": made.filled}
        given = select(approval.c.at).where(approval.c.edition == day)
        with self._engine.begin() as c:
            refuse_if_locked(c, day)
            if source != was:
                held = swapped(c, was, values)
            else:
                held = locked(c, day, was)
            if not held or c.scalar(given) != approved_at:
                c.rollback()
                return False
            _store(c, day, made)
            return True

    def note_mark(self, day: date, mark: str) -> None:
        """Store that nothing new was to be filled in."""
        with self._engine.begin() as c:
            c.execute(update(filling).where(filling.c.edition == day).values(mark=mark))

    def newest_change(self, day: date) -> int:
        """Return the id of the newest change by a person; 0 if there was none."""
        with self._engine.connect() as c:
            return _newest_revision(c, day)

    def versions(self, day: date, after: int) -> list[tuple[str, Mapping[str, Any]]]:
        """Return text and base of an edition before each change by a person after a change (id)."""
        mine = (
            (revision.c.edition == day)
            & (revision.c.id > after)
            & revision.c.base.is_not(None)
        )
        columns = select(revision.c.source, revision.c.base).where(mine)
        with self._engine.connect() as c:
            rows = c.execute(columns.order_by(revision.c.id))
            return [(row.source, row.base) for row in rows]

    # Texts that are worked on elsewhere

    def snapshot(self, day: date) -> Snapshot | None:
        """Return an edition with what is needed to bring a text back; None if there is none."""
        with self._engine.connect() as c:
            source = c.scalar(select(edition.c.source).where(edition.c.date == day))
            if source is None:
                return None
            return Snapshot(source, base_of(c, day), _newest_revision(c, day))

    def bring_back(
        self,
        day: date,
        text: str,
        now: datetime,
        taken: Snapshot,
        was: str,
        change: Change,
    ) -> bool:
        """Store a text that was taken away before the machine filled in more.

        The base is again that of the time, so that what came since counts as not seen rather than
        as taken out; it has to be filled in again. False if the edition does not read `was`.
        """
        with self._engine.begin() as c:
            if not swapped(c, was, {"date": day, "source": text, "changed_at": now}):
                return False
            kept = {"edition": day, "source": was, "at": now, "was_rejected": None}
            keep_revision(c, change, kept)
            earlier = {"base": taken.base, "mark": ""}
            c.execute(update(filling).where(filling.c.edition == day).values(earlier))
            return True

    # Who has seen what

    def looked(self, day: date, who: str) -> Look | None:
        """Return until when a person has seen an edition; None if they never did."""
        mine = (look.c.edition == day) & (look.c.who == who)
        with self._engine.connect() as c:
            row = c.execute(select(look.c.seen, look.c.present).where(mine)).first()
            if row:
                return Look(row.seen, row.present)
            return None

    def note_look(self, day: date, who: str, seen: Look) -> None:
        """Store until when a person has seen an edition."""
        statement = insert(look).values({"edition": day, "who": who, **asdict(seen)})
        upsert = statement.on_conflict_do_update(
            index_elements=["edition", "who"], set_=asdict(seen)
        )
        with self._engine.begin() as c:
            c.execute(upsert)


def _store(c: Connection, day: date, made: Filling) -> None:
    values = asdict(made)
    statement = insert(filling).values({"edition": day, **values})
    c.execute(statement.on_conflict_do_update(index_elements=["edition"], set_=values))


def _newest_revision(c: Connection, day: date) -> int:
    newest = select(func.max(revision.c.id)).where(revision.c.edition == day)
    return c.scalar(newest) or 0

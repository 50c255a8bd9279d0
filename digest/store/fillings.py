"""Fillings: what the machine put into drafts; until when each person has seen an edition."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.store.publications import refuse_if_locked
from digest.store.revisions import (
    EditionChange,
    PreviousText,
    keep_revision,
    lock_if_unchanged,
    newest_revision,
    read_base,
    replace_if_unchanged,
    restore_base,
)
from digest.store.tables import approval, edition, filling, look, revision

FILLING_COLUMNS = [column for column in filling.c if column.name != "edition"]


@dataclass(frozen=True, slots=True)
class Filling:
    """The stories that the machine put into an edition, as JSON data, and when."""

    base: Mapping[str, Any]
    #: since the first draft: times in ISO 8601, by address
    came: Mapping[str, str]
    #: what the machine replaced: headline, outlet, url, at
    went: list[dict[str, str]]
    mark: str  #: changes whenever there may be something new to fill in
    begun: datetime
    filled: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An edition at the time when a person began to edit it."""

    source: str
    base: Mapping[str, Any] | None
    revision: int  #: id of the newest change; 0 if there was none


@dataclass(frozen=True, slots=True)
class Look:
    """Until when a person has seen an edition."""

    seen: datetime  #: in visits before this one
    present: datetime  #: the last sign of them


class Fillings:
    """The stories that the machine put into editions, and the visits of each person."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get_filling(self, day: date) -> Filling | None:
        """Return how an edition is filled, or None if it is not."""
        current = select(*FILLING_COLUMNS).where(filling.c.edition == day)
        with self._engine.connect() as connection:
            row = connection.execute(current).first()
        if row is None:
            return None
        return Filling(**row._mapping)

    def list_filled_dates(self, first: date) -> list[date]:
        """Return the dates of editions that are filled, from a date on."""
        dates = (
            select(filling.c.edition)
            .where(filling.c.edition >= first)
            .order_by(filling.c.edition)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(dates))

    def add_first_draft(self, day: date, source: str, filled: Filling) -> bool:
        """Store a first draft; False, and nothing stored, if there is an edition of that date."""
        add_edition = (
            insert(edition)
            .values(
                date=day,
                source=source,
                changed_at=filled.filled,
            )
            .on_conflict_do_nothing()
            .returning(edition.c.date)
        )
        with self._engine.begin() as connection:
            if connection.scalar(add_edition) is None:
                return False
            _store_filling(connection, day, filled)
            return True

    def replace_draft(
        self, day: date, source: str, was: str, filled: Filling, by: str
    ) -> bool:
        """Store a draft in place of an edition, which is kept; False if that reads otherwise.

        Raises AlreadySent.
        """
        values = {"date": day, "source": source, "changed_at": filled.filled}
        change = EditionChange("drafted it anew", by)
        previous = PreviousText(day, was, filled.filled)
        with self._engine.begin() as connection:
            refuse_if_locked(connection, day)
            if not replace_if_unchanged(connection, was, values):
                return False
            keep_revision(connection, change, previous)
            _store_filling(connection, day, filled)
            return True

    def save_filling(
        self,
        day: date,
        source: str,
        was: str,
        filled: Filling,
        approved_at: datetime | None,
    ) -> bool:
        """Store what was filled in; False if the edition reads otherwise by now, or was approved.

        `approved_at` is the time of the approval that the caller knows of, None if of none. Raises
        AlreadySent.
        """
        values = {"date": day, "source": source, "changed_at": filled.filled}
        last_approval = select(approval.c.at).where(approval.c.edition == day)
        with self._engine.begin() as connection:
            refuse_if_locked(connection, day)
            if source == was:
                is_unchanged = lock_if_unchanged(connection, day, was)
            else:
                is_unchanged = replace_if_unchanged(connection, was, values)
            if (
                not is_unchanged
                or connection.scalar(last_approval) != approved_at
            ):
                connection.rollback()
                return False
            _store_filling(connection, day, filled)
            return True

    def save_mark(self, day: date, mark: str) -> None:
        """Store that nothing new was to be filled in."""
        set_mark = (
            update(filling).where(filling.c.edition == day).values(mark=mark)
        )
        with self._engine.begin() as connection:
            connection.execute(set_mark)

    def get_newest_change(self, day: date) -> int:
        """Return the id of the newest change by a person; 0 if there was none."""
        with self._engine.connect() as connection:
            return newest_revision(connection, day)

    def list_versions(
        self, day: date, after: int
    ) -> list[tuple[str, Mapping[str, Any]]]:
        """Return text and base of an edition before each change by a person after a change (id)."""
        oldest_first = (
            select(revision.c.source, revision.c.base)
            .where(
                revision.c.edition == day,
                revision.c.id > after,
                revision.c.base.is_not(None),
            )
            .order_by(revision.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(oldest_first)
            return [(row.source, row.base) for row in rows]

    # Texts that are worked on elsewhere

    def take_snapshot(self, day: date) -> Snapshot | None:
        """Return an edition with what is needed to bring a text back; None if there is none."""
        find_source = select(edition.c.source).where(edition.c.date == day)
        with self._engine.connect() as connection:
            source = connection.scalar(find_source)
            if source is None:
                return None
            return Snapshot(
                source=source,
                base=read_base(connection, day),
                revision=newest_revision(connection, day),
            )

    def restore_text(
        self,
        day: date,
        text: str,
        now: datetime,
        taken: Snapshot,
        was: str,
        change: EditionChange,
    ) -> bool:
        """Store a text that was taken away before the machine filled in more.

        The base is again that of the time, so that what came since counts as not seen rather than
        as taken out; it has to be filled in again. False if the edition does not read `was`.
        """
        values = {"date": day, "source": text, "changed_at": now}
        previous = PreviousText(day, was, now)
        with self._engine.begin() as connection:
            if not replace_if_unchanged(connection, was, values):
                return False
            keep_revision(connection, change, previous)
            restore_base(connection, day, taken.base)
            return True

    # Persons' visits

    def get_look(self, day: date, person: str) -> Look | None:
        """Return until when a person has seen an edition; None if they never did."""
        last_look = select(look.c.seen, look.c.present).where(
            look.c.edition == day,
            look.c.who == person,
        )
        with self._engine.connect() as connection:
            row = connection.execute(last_look).first()
        if row is None:
            return None
        return Look(row.seen, row.present)

    def save_look(self, day: date, person: str, last_look: Look) -> None:
        """Store until when a person has seen an edition."""
        values = asdict(last_look)
        store_look = (
            insert(look)
            .values(edition=day, who=person, **values)
            .on_conflict_do_update(
                index_elements=["edition", "who"],
                set_=values,
            )
        )
        with self._engine.begin() as connection:
            connection.execute(store_look)


def _store_filling(connection: Connection, day: date, filled: Filling) -> None:
    values = asdict(filled)
    store_filling = (
        insert(filling)
        .values(edition=day, **values)
        .on_conflict_do_update(index_elements=["edition"], set_=values)
    )
    connection.execute(store_filling)

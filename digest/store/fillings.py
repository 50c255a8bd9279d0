"""Fillings: what the machine put into drafts; until when each person has seen an edition."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.model import EditionKey
from digest.store.edition_scope import EditionScope, edition_columns
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
from digest.store.tables import (
    approval,
    edition,
    filling,
    look,
    proposal,
    publication,
    rejection,
    revision,
    schedule,
    sending,
)

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


#: Tables of what belongs to a draft, and goes with it.
DRAFT_TABLES = (filling, look, proposal, rejection, revision, schedule)


class Fillings(EditionScope):
    """The stories that the machine put into editions, and the visits of each person."""

    def get_filling(self, day: date) -> Filling | None:
        """Return how an edition is filled, or None if it is not."""
        key = self._key(day)
        current = select(*FILLING_COLUMNS).where(filling.c.edition == key)
        with self._engine.connect() as connection:
            row = connection.execute(current).first()
        if row is None:
            return None
        return Filling(**row._mapping)

    def list_filled_dates(self, first: date) -> list[date]:
        """Return the dates of editions that are filled, from a date on."""
        dates = (
            select(filling.c.edition)
            .where(
                self._is_own(filling.c.edition),
                filling.c.edition >= self._key(first),
            )
            .order_by(filling.c.edition)
        )
        with self._engine.connect() as connection:
            return [key.day for key in connection.scalars(dates)]

    def add_first_draft(self, day: date, source: str, filled: Filling) -> bool:
        """Store a first draft; False, and nothing stored, if there is an edition of that date."""
        key = self._key(day)
        add_edition = (
            insert(edition)
            .values(
                **edition_columns(key),
                source=source,
                changed_at=filled.filled,
            )
            .on_conflict_do_nothing()
            .returning(edition.c.key)
        )
        with self._engine.begin() as connection:
            if connection.scalar(add_edition) is None:
                return False
            _store_filling(connection, key, filled)
            return True

    def replace_draft(
        self, day: date, source: str, was: str, filled: Filling, by: str
    ) -> bool:
        """Store a draft in place of an edition, which is kept; False if that reads otherwise.

        Raises AlreadySent.
        """
        key = self._key(day)
        values = edition_columns(key) | {
            "source": source,
            "changed_at": filled.filled,
        }
        change = EditionChange("drafted it anew", by)
        previous = PreviousText(key, was, filled.filled)
        with self._engine.begin() as connection:
            refuse_if_locked(connection, key)
            if not replace_if_unchanged(connection, was, values):
                return False
            keep_revision(connection, change, previous)
            _store_filling(connection, key, filled)
            return True

    def discard_draft(self, day: date, was: str) -> bool:
        """Delete a draft and all that belongs to it; False if it reads otherwise by now.

        False also if it is approved by now, or its audience is frozen. Raises AlreadySent.
        """
        key = self._key(day)
        is_held = or_(
            exists().where(approval.c.edition == key),
            exists().where(sending.c.edition == key),
            exists().where(publication.c.edition == key),
        )
        with self._engine.begin() as connection:
            refuse_if_locked(connection, key)
            is_unchanged = lock_if_unchanged(connection, key, was)
            if not is_unchanged or connection.scalar(select(is_held)):
                return False
            for table in DRAFT_TABLES:
                connection.execute(delete(table).where(table.c.edition == key))
            connection.execute(delete(edition).where(edition.c.key == key))
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
        key = self._key(day)
        values = edition_columns(key) | {
            "source": source,
            "changed_at": filled.filled,
        }
        last_approval = select(approval.c.at).where(approval.c.edition == key)
        with self._engine.begin() as connection:
            refuse_if_locked(connection, key)
            if source == was:
                is_unchanged = lock_if_unchanged(connection, key, was)
            else:
                is_unchanged = replace_if_unchanged(connection, was, values)
            if (
                not is_unchanged
                or connection.scalar(last_approval) != approved_at
            ):
                connection.rollback()
                return False
            _store_filling(connection, key, filled)
            return True

    def save_mark(self, day: date, mark: str) -> None:
        """Store that nothing new was to be filled in."""
        key = self._key(day)
        set_mark = (
            update(filling).where(filling.c.edition == key).values(mark=mark)
        )
        with self._engine.begin() as connection:
            connection.execute(set_mark)

    def get_newest_change(self, day: date) -> int:
        """Return the id of the newest change by a person; 0 if there was none."""
        key = self._key(day)
        with self._engine.connect() as connection:
            return newest_revision(connection, key)

    def list_versions(
        self, day: date, after: int
    ) -> list[tuple[str, Mapping[str, Any]]]:
        """Return text and base of an edition before each change by a person after a change (id)."""
        key = self._key(day)
        oldest_first = (
            select(revision.c.source, revision.c.base)
            .where(
                revision.c.edition == key,
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
        key = self._key(day)
        find_source = select(edition.c.source).where(edition.c.key == key)
        with self._engine.connect() as connection:
            source = connection.scalar(find_source)
            if source is None:
                return None
            return Snapshot(
                source=source,
                base=read_base(connection, key),
                revision=newest_revision(connection, key),
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
        key = self._key(day)
        values = edition_columns(key) | {"source": text, "changed_at": now}
        previous = PreviousText(key, was, now)
        with self._engine.begin() as connection:
            if not replace_if_unchanged(connection, was, values):
                return False
            keep_revision(connection, change, previous)
            restore_base(connection, key, taken.base)
            return True

    # Persons' visits

    def get_look(self, day: date, person: str) -> Look | None:
        """Return until when a person has seen an edition; None if they never did."""
        key = self._key(day)
        last_look = select(look.c.seen, look.c.present).where(
            look.c.edition == key,
            look.c.who == person,
        )
        with self._engine.connect() as connection:
            row = connection.execute(last_look).first()
        if row is None:
            return None
        return Look(row.seen, row.present)

    def save_look(self, day: date, person: str, last_look: Look) -> None:
        """Store until when a person has seen an edition."""
        key = self._key(day)
        values = asdict(last_look)
        store_look = (
            insert(look)
            .values(edition=key, who=person, **values)
            .on_conflict_do_update(
                index_elements=["edition", "who"],
                set_=values,
            )
        )
        with self._engine.begin() as connection:
            connection.execute(store_look)


def _store_filling(
    connection: Connection, key: EditionKey, filled: Filling
) -> None:
    values = asdict(filled)
    store_filling = (
        insert(filling)
        .values(edition=key, **values)
        .on_conflict_do_update(index_elements=["edition"], set_=values)
    )
    connection.execute(store_filling)

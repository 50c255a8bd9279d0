"""Who gets the newsletter, who left, whom nobody may mail, and the keys that sign their links."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import Arrival, Clause, Refusal, Subscriber, Suppression
from digest.store.folding import fold, hash_of
from digest.store.importing import Imported, own_standing, take_batch
from digest.store.importing import add_tags as _add_tags
from digest.store.notices import forget_notices
from digest.store.subscriber_filters import matches, wanting
from digest.store.tables import (
    delivery,
    erased,
    pending,
    sending,
    signing_key,
    subscriber,
    suppression,
    tag,
)

__all__ = ["Imported", "Subscribers", "fold"]

BATCH = 1000
ERASED = "erased"  #: stands where an address was


class Subscribers:
    """Addresses with their consent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, people: Iterable[Subscriber]) -> Imported:
        """Add those not yet known, and their tags to those who are.

        One who left stays gone, and whoever is suppressed or was erased stays out.
        """
        return self.take(Arrival(p, own_standing(p)) for p in people)

    def take(
        self, arrivals: Iterable[Arrival], now: datetime | None = None
    ) -> Imported:
        """Take the people of a list with their standing there; return what became of them.

        A yes adds those not yet known, and their tags to those who are; it undoes no no that we
        hold. A no is taken, of readers known here too. Who has not confirmed is counted only.
        `now` is when a suppression begins; by default when the person agreed to mail.
        """
        counts = Imported()
        rest = iter(arrivals)
        while some := list(islice(rest, BATCH)):
            with (
                self._engine.begin() as c
            ):  # a short transaction each: others write meanwhile
                take_batch(c, some, counts, now)
        return counts

    def all(
        self, where: Sequence[Clause] = (), *, active_only: bool = False
    ) -> Iterator[Subscriber]:
        """Yield subscribers by address, those who meet a filter; those who were erased never."""
        query = select(subscriber).where(
            subscriber.c.address != "", *map(matches, where)
        )
        if active_only:
            query = query.where(wanting())
        with self._engine.connect() as c:
            rows = c.execution_options(yield_per=BATCH).execute(
                query.order_by(subscriber.c.folded)
            )
            for some in rows.partitions():
                tags = _tags(c, [row.id for row in some])
                yield from (_subscriber(row, tags.get(row.id, ())) for row in some)

    def count(self, where: Sequence[Clause] = ()) -> int:
        """Count those who want mail and may be mailed, and meet a filter."""
        query = (
            select(func.count())
            .select_from(subscriber)
            .where(wanting(), *map(matches, where))
        )
        with self._engine.connect() as c:
            return c.scalar(query) or 0

    def find(self, address: str) -> Subscriber | None:
        """Find by address, without regard to case."""
        return self._one(subscriber.c.folded == fold(address))

    def get(self, number: int) -> Subscriber | None:
        """Return a subscriber by id; None if there is none, or they were erased."""
        return self._one((subscriber.c.id == number) & (subscriber.c.address != ""))

    def leave(self, subscriber_id: int, now: datetime) -> None:
        """Record a no. The first one's time is kept."""
        mine = (subscriber.c.id == subscriber_id, subscriber.c.left_at.is_(None))
        with self._engine.begin() as c:
            c.execute(update(subscriber).where(*mine).values(left_at=now))

    def keys(self, now: datetime) -> list[str]:
        """Return the signing keys, oldest first; make the first one when there is none."""
        with self._engine.begin() as c:
            first = {"id": 1, "key": secrets.token_hex(32), "created_at": now}
            c.execute(insert(signing_key).values(first).on_conflict_do_nothing())
            return list(c.scalars(select(signing_key.c.key).order_by(signing_key.c.id)))

    def new_key(self, now: datetime) -> None:
        """Sign with a new key from now on; what older keys signed stays good."""
        self.keys(now)
        after = select(func.max(signing_key.c.id) + 1).scalar_subquery()
        fresh = {"id": after, "key": secrets.token_hex(32), "created_at": now}
        with self._engine.begin() as c:
            c.execute(insert(signing_key).values(fresh))

    def rename(self, subscriber_id: int, name: str) -> None:
        """Give a subscriber another name."""
        mine = update(subscriber).where(subscriber.c.id == subscriber_id)
        with self._engine.begin() as c:
            c.execute(mine.values(name=name))

    def set_tags(self, subscriber_id: int, tags: Iterable[str]) -> None:
        """Give a subscriber exactly these tags."""
        with self._engine.begin() as c:
            c.execute(delete(tag).where(tag.c.subscriber == subscriber_id))
            _add_tags(c, [(subscriber_id, name) for name in tags])

    # Those nobody may mail

    def suppress(
        self, address: str, reason: Refusal, now: datetime, detail: str = ""
    ) -> None:
        """Let nobody mail an address; the first reason is kept."""
        values = {
            "folded": fold(address),
            "reason": reason,
            "at": now,
            "detail": detail[:500],
        }
        with self._engine.begin() as c:
            c.execute(insert(suppression).values(values).on_conflict_do_nothing())

    def allow(self, address: str) -> bool:
        """Take a suppression back; say whether there was one."""
        this = delete(suppression).where(suppression.c.folded == fold(address))
        with self._engine.begin() as c:
            return c.execute(this).rowcount == 1

    def suppressed(self, address: str = "") -> Iterator[Suppression]:
        """Yield the addresses that nobody may mail, or only this one if it is among them."""
        query = select(suppression).order_by(suppression.c.folded)
        if address:
            query = query.where(suppression.c.folded == fold(address))
        with self._engine.connect() as c:
            for row in c.execute(query):
                yield Suppression(row.folded, Refusal(row.reason), row.at, row.detail)

    # One person's data

    def erase(self, person: Subscriber, now: datetime) -> None:
        """Forget a person, but for a hash by which no import brings them back.

        Their deliveries stay counted, without an address.
        """
        folded = fold(person.address)
        key = self.keys(now)[0]
        blank = dict.fromkeys(("address", "name", "consent_source"), "")
        gone = blank | {"folded": f"{ERASED} {person.id}"}
        with self._engine.begin() as c:
            kept = insert(erased).values(hash=hash_of(key, folded), at=now)
            c.execute(kept.on_conflict_do_nothing())
            c.execute(delete(tag).where(tag.c.subscriber == person.id))
            c.execute(delete(pending).where(pending.c.folded == folded))
            forget_notices(c, person.address)
            c.execute(delete(suppression).where(suppression.c.folded == folded))
            left = {"left_at": func.coalesce(subscriber.c.left_at, now)}
            mine = subscriber.c.id == person.id
            c.execute(update(subscriber).where(mine).values(gone | left))
            theirs = update(delivery).where(*_deliveries_of(person))
            c.execute(theirs.values(address="", detail=""))

    def told_of(self, person: Subscriber) -> list[tuple[date, str, str]]:
        """Return the editions a person was to get: date, state (if it is its own), detail."""
        columns = (delivery.c.edition, delivery.c.state, delivery.c.detail)
        rows = select(*columns).where(*_deliveries_of(person))
        with self._engine.connect() as c:
            found = c.execute(rows.order_by(delivery.c.edition))
            return [(row.edition, row.state or "", row.detail) for row in found]

    def _one(self, which: ColumnElement[bool]) -> Subscriber | None:
        with self._engine.connect() as c:
            row = c.execute(select(subscriber).where(which)).first()
            if row:
                return _subscriber(row, _tags(c, [row.id]).get(row.id, ()))
            return None


def _deliveries_of(person: Subscriber) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of a person's deliveries: looked up edition by edition, by their key."""
    return delivery.c.edition.in_(
        select(sending.c.edition)
    ), delivery.c.subscriber == person.id


def _tags(c: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = select(tag).where(tag.c.subscriber.in_(ids)).order_by(tag.c.name)
    found: dict[int, tuple[str, ...]] = {}
    for row in c.execute(rows):
        found[row.subscriber] = (*found.get(row.subscriber, ()), row.name)
    return found


def _subscriber(row: Row[Any], tags: tuple[str, ...]) -> Subscriber:
    values = dict(row._mapping)
    del values["folded"]
    return Subscriber(**values, tags=tags)

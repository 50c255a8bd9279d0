"""Who gets the newsletter, who left, and the keys that sign their links."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.model import Subscriber
from digest.store.tables import signing_key, subscriber

BATCH = 1000


@dataclass(slots=True)
class Imported:
    """Counts of one import."""

    added: int = 0
    known: int = 0
    left: int = 0  #: said no earlier; left alone


class Subscribers:
    """Addresses with their consent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, people: Iterable[Subscriber]) -> Imported:
        """Add those not yet known. One who left stays gone, whatever the list says."""
        counts, rest = Imported(), iter(people)
        with self._engine.begin() as c:
            while batch := {fold(p.address): p for p in islice(rest, BATCH)}:
                _add_batch(c, batch, counts)
        return counts

    def all(self, active_only: bool = False) -> Iterator[Subscriber]:
        """Yield subscribers by address."""
        query = select(subscriber).order_by(subscriber.c.folded)
        if active_only:
            query = query.where(subscriber.c.left_at.is_(None))
        with self._engine.connect() as c:
            for row in c.execute(query):
                yield _subscriber(row)

    def count(self) -> int:
        """Count those who want mail."""
        with self._engine.connect() as c:
            wanting = select(func.count()).where(subscriber.c.left_at.is_(None))
            return c.scalar(wanting.select_from(subscriber)) or 0

    def find(self, address: str) -> Subscriber | None:
        """Find by address, without regard to case."""
        with self._engine.connect() as c:
            row = c.execute(select(subscriber).where(subscriber.c.folded == fold(address))).first()
            return _subscriber(row) if row else None

    def leave(self, subscriber_id: int, now: datetime) -> None:
        """Record a no. The first one's time is kept."""
        gone = update(subscriber).where(
            subscriber.c.id == subscriber_id, subscriber.c.left_at.is_(None)
        )
        with self._engine.begin() as c:
            c.execute(gone.values(left_at=now))

    def keys(self, now: datetime) -> list[str]:
        """Return the signing keys, oldest first; make the first one when there is none."""
        with self._engine.begin() as c:
            first = {"id": 1, "key": secrets.token_hex(32), "created_at": now}
            c.execute(insert(signing_key).values(first).on_conflict_do_nothing())
            return list(c.scalars(select(signing_key.c.key).order_by(signing_key.c.id)))


def fold(address: str) -> str:
    """Return what makes two spellings of an address the same subscriber.

    RFC 5321, 2.4 lets the local part depend on case; in practice none does, and mailing one person
    twice is the worse mistake.
    """
    return address.strip().casefold()


def _add_batch(c: Connection, batch: dict[str, Subscriber], counts: Imported) -> None:
    known = _known(c, list(batch))
    counts.known += sum(left is None for left in known.values())
    counts.left += sum(left is not None for left in known.values())
    rows = [_row(folded, p) for folded, p in batch.items() if folded not in known]
    if rows:
        c.execute(insert(subscriber), rows)
        counts.added += len(rows)


def _known(c: Connection, folded: Sequence[str]) -> dict[str, datetime | None]:
    query = select(subscriber.c.folded, subscriber.c.left_at)
    return {
        row.folded: row.left_at for row in c.execute(query.where(subscriber.c.folded.in_(folded)))
    }


def _row(folded: str, p: Subscriber) -> dict[str, Any]:
    return {
        "folded": folded,
        "address": p.address,
        "name": p.name,
        "consent_source": p.consent_source,
        "consent_at": p.consent_at,
        "left_at": p.left_at,
    }


def _subscriber(row: Row[Any]) -> Subscriber:
    values = dict(row._mapping)
    del values["folded"]
    return Subscriber(**values)

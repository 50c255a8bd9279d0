"""What the provider told, once each: fates, suppressions, and uncertain deliveries settled."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.model import Event, Fate, Refusal, State
from digest.store.subscribers import fold
from digest.store.tables import chunk, delivery, event, sending, subscriber, suppression

#: For how long ids are kept. Providers try again for a day (SendGrid's troubleshooting page).
REMEMBERED = timedelta(days=30)
WHY = {Fate.BOUNCED: Refusal.BOUNCED, Fate.COMPLAINED: Refusal.COMPLAINED, Fate.LEFT: Refusal.ASKED}
#: A later fate that weighs less changes nothing: a complaint is not undone by "delivered".
WEIGHT = {"": 0, Fate.DELIVERED: 1, Fate.BOUNCED: 2, Fate.LEFT: 3, Fate.COMPLAINED: 4}


class Events:
    """The provider's word."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, events: Sequence[Event], now: datetime) -> int:
        """Take events in, in one transaction; those that came before change nothing.

        Returns how many were new.
        """
        with self._engine.begin() as c:
            c.execute(delete(event).where(event.c.at < now - REMEMBERED))
            fresh = _unseen(c, events, now)
            for one in fresh:
                _settle(c, one)
                if one.fate in WHY:
                    _bar(c, one, now)
        return len(fresh)

    def fates(self, day: date) -> dict[str, int]:
        """Count an edition's deliveries by what became of them afterwards."""
        counted = select(delivery.c.fate, func.count().label("number")).where(
            delivery.c.edition == day, delivery.c.fate != ""
        )
        with self._engine.connect() as c:
            kept = c.scalar(select(sending.c.kept).where(sending.c.edition == day))
            if kept:
                return dict(kept["fates"])
            return {row.fate: row.number for row in c.execute(counted.group_by(delivery.c.fate))}


def _unseen(c: Connection, events: Sequence[Event], now: datetime) -> list[Event]:
    first = {e.id: e for e in reversed(events)}
    fresh: list[Event] = []
    for one in first.values():
        row = insert(event).values(id=one.id, at=now).on_conflict_do_nothing()
        if c.scalar(row.returning(event.c.id)):
            fresh.append(one)
    return sorted(fresh, key=lambda e: e.at)


def _settle(c: Connection, one: Event) -> None:
    """Note a delivery's fate; one that was uncertain has been handed over, as is plain now."""
    if not one.edition or not one.subscriber:
        return
    this = (delivery.c.edition == one.edition, delivery.c.subscriber == one.subscriber)
    lighter = [fate for fate, weight in WEIGHT.items() if weight < WEIGHT[one.fate]]
    mine = update(delivery).where(*this, func.lower(delivery.c.address) == one.address.lower())
    c.execute(mine.where(delivery.c.fate.in_(lighter)).values(fate=one.fate))
    known = f"the provider says {one.fate}"
    in_chunk = exists().where(
        chunk.c.edition == delivery.c.edition,
        chunk.c.no == delivery.c.chunk,
        chunk.c.state == State.UNCERTAIN,
    )
    unsure = mine.where(
        (delivery.c.state == State.UNCERTAIN) | (delivery.c.state.is_(None) & in_chunk)
    )
    c.execute(unsure.values(state=State.ACCEPTED, detail=known))


def _bar(c: Connection, one: Event, now: datetime) -> None:
    """Let nobody mail an address any more."""
    folded = fold(one.address)
    values = {"folded": folded, "reason": WHY[one.fate], "at": now, "detail": one.detail}
    c.execute(insert(suppression).values(values).on_conflict_do_nothing())
    if one.fate is Fate.LEFT:
        gone = (subscriber.c.folded == folded, subscriber.c.left_at.is_(None))
        c.execute(update(subscriber).where(*gone).values(left_at=now))

"""What the provider told, once each: fates, suppressions, and uncertain deliveries settled."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Engine,
    Integer,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import Event, Fate, Refusal, State
from digest.store.calling_off import CALLED_OFF
from digest.store.folding import fold
from digest.store.importing import erased_of
from digest.store.tables import chunk, delivery, event, sending, subscriber, suppression

#: For how long ids are kept. Providers try again for a day (SendGrid's troubleshooting page).
REMEMBERED = timedelta(days=30)
BATCH = 1000  #: addresses of one question: databases limit what it may hold
WHY = {
    Fate.BOUNCED: Refusal.BOUNCED,
    Fate.COMPLAINED: Refusal.COMPLAINED,
    Fate.LEFT: Refusal.ASKED,
}
#: A later fate that weighs less changes nothing: a complaint is not undone by "delivered".
#: "Processed" is none: it settles what was uncertain, and that is all.
WEIGHT = {
    "": 0,
    Fate.PROCESSED: 0,
    Fate.DEFERRED: 1,
    Fate.DELIVERED: 2,
    Fate.DROPPED: 3,
    Fate.BLOCKED: 3,
    Fate.BOUNCED: 4,
    Fate.LEFT: 5,
    Fate.COMPLAINED: 6,
}
#: These prove that the provider took a hand-over, not that it let it leave: one that was taken back
#: may be told of so, and proves nothing of the hand-over that came after it.
TAKEN_IN = frozenset({Fate.PROCESSED, Fate.DROPPED})
#: These prove that mail to this reader left, whichever hand-over it was.
LEFT_BEHIND = tuple(f for f in WEIGHT if f and f not in TAKEN_IN)

# Each statement is built once, and given all events together: rows in one order, so that two
# processes that are told of the same readers wait for each other and never in a ring.

MINE = update(delivery).where(
    delivery.c.edition == bindparam("day", type_=Date),
    delivery.c.subscriber == bindparam("who", type_=Integer),
    # folded by us: databases lower letters beyond ASCII each in its own way
    exists().where(
        subscriber.c.id == bindparam("who", type_=Integer),
        subscriber.c.folded == bindparam("mailed"),
    ),
)
FATED = MINE.where(
    case(WEIGHT, value=delivery.c.fate, else_=0) < bindparam("weight", type_=Integer)
).values(fate=bindparam("told"))
UNSURE_CHUNK = exists().where(
    chunk.c.edition == delivery.c.edition,
    chunk.c.no == delivery.c.chunk,
    chunk.c.state == State.UNCERTAIN,
)
UNSURE = (delivery.c.state == State.UNCERTAIN) | (
    delivery.c.state.is_(None) & UNSURE_CHUNK
)
SAME_BATCH = exists().where(
    chunk.c.edition == delivery.c.edition,
    chunk.c.no == delivery.c.chunk,
    chunk.c.batch == bindparam("batch"),
)
#: What is to be handed over (again), or was called off. Who is told to have got it is not mailed
#: once more, and is known to have got it, whatever a person or a cancel said before.
QUEUED_CHUNK = exists().where(
    chunk.c.edition == delivery.c.edition,
    chunk.c.no == delivery.c.chunk,
    (chunk.c.state == State.QUEUED)
    | ((chunk.c.state == State.EXCLUDED) & (chunk.c.detail == CALLED_OFF)),
)
NOT_HANDED = or_(
    delivery.c.state == State.QUEUED,
    (delivery.c.state == State.EXCLUDED) & (delivery.c.detail == CALLED_OFF),
    delivery.c.state.is_(None) & QUEUED_CHUNK,
)
KNOWN = {"state": State.ACCEPTED, "detail": bindparam("known")}
SURE = MINE.where(UNSURE, bindparam("any_batch", type_=Boolean) | SAME_BATCH).values(
    KNOWN
)
LEFT_ALL_THE_SAME = MINE.where(NOT_HANDED).values(KNOWN)
GONE = (
    update(subscriber)
    .where(subscriber.c.folded == bindparam("gone"), subscriber.c.left_at.is_(None))
    .values(left_at=bindparam("now"))
)


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
            _settle(c, fresh)
            _bar(c, fresh, now)
        return len(fresh)

    def settle_known(self, day: date) -> None:
        """Call accepted what is uncertain although the provider told before that it left."""
        told = (delivery.c.edition == day, delivery.c.fate.in_(LEFT_BEHIND))
        known = {"state": State.ACCEPTED, "detail": "the provider says that it left"}
        with self._engine.begin() as c:
            c.execute(update(delivery).where(*told, UNSURE).values(known))

    def fates(self, day: date) -> dict[str, int]:
        """Count an edition's deliveries by what became of them afterwards."""
        counted = select(delivery.c.fate, func.count().label("number")).where(
            delivery.c.edition == day, delivery.c.fate != ""
        )
        with self._engine.connect() as c:
            kept = c.scalar(select(sending.c.kept).where(sending.c.edition == day))
            if kept:
                return dict(kept["fates"])
            return {
                row.fate: row.number
                for row in c.execute(counted.group_by(delivery.c.fate))
            }


def _unseen(c: Connection, events: Sequence[Event], now: datetime) -> list[Event]:
    first = {e.id: e for e in reversed(events)}
    if not first:
        return []
    rows = [{"id": name, "at": now} for name in sorted(first)]
    made = insert(event).on_conflict_do_nothing().returning(event.c.id)
    return [first[name] for name in c.scalars(made, rows)]


def _settle(c: Connection, events: Iterable[Event]) -> None:
    """Note deliveries' fates; one that was uncertain has been handed over, as is plain now."""
    rows = [
        {"day": e.edition, "who": e.subscriber, "mailed": fold(e.address), "told": e.fate,
         "weight": WEIGHT[e.fate], "known": f"the provider says {e.fate}", "batch": e.batch,
         "any_batch": not e.batch or e.fate not in TAKEN_IN}
        for e in sorted(events, key=lambda e: (e.edition or date.min, e.subscriber, e.at))
        if e.edition and e.subscriber
    ]  # fmt: skip
    if rows:
        c.execute(FATED, rows)
        c.execute(SURE, rows)
    left = [row for row in rows if row["told"] in LEFT_BEHIND]
    if left:
        c.execute(LEFT_ALL_THE_SAME, left)


def _bar(c: Connection, events: Iterable[Event], now: datetime) -> None:
    """Let nobody mail these addresses any more.

    Nothing is written of who was erased: their address would be known again.
    """
    noes = sorted((e for e in events if e.fate in WHY), key=lambda e: fold(e.address))
    gone = _forgotten(c, [fold(e.address) for e in noes])
    rows = [
        {"folded": folded, "reason": WHY[e.fate], "at": now, "detail": e.detail}
        for e in noes
        if (folded := fold(e.address)) not in gone
    ]
    if rows:
        c.execute(insert(suppression).on_conflict_do_nothing(), rows)
    left = [
        {"gone": r["folded"], "now": now} for r in rows if r["reason"] == Refusal.ASKED
    ]
    if left:
        c.execute(GONE, left)


def _forgotten(c: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that were erased."""
    found: set[str] = set()
    for start in range(0, len(folded), BATCH):
        found |= erased_of(c, folded[start : start + BATCH])
    return found

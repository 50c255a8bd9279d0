"""A hand-over in statements, each built once.

Building a statement takes SQLAlchemy longer than SQLite takes to run it, and a send runs each for
every thousand readers, some of them for every reader.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Integer,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    update,
)

from digest.model import Chunk, Outcome, State
from digest.store.tables import chunk, delivery, sending, subscriber, suppression

DAY = bindparam("day", type_=Date)
NO = bindparam("number", type_=Integer)
WHO = bindparam("who", type_=Integer)
RUNS = exists().where(sending.c.edition == DAY, sending.c.halt == "")
#: A chunk as long as this claim of it stands: whoever slept through being taken for dead must not
#: write over what its successor does.
LEASE = (
    chunk.c.edition == DAY,
    chunk.c.no == NO,
    chunk.c.attempt == bindparam("attempt_no", type_=Integer),
    chunk.c.state == State.CLAIMED,
)
THIS = update(chunk).where(*LEASE)
ONE = update(delivery).where(delivery.c.edition == DAY, delivery.c.subscriber == WHO)
MINE = (delivery.c.edition == DAY, delivery.c.chunk == NO, delivery.c.state.is_(None))

#: In words: that is how the index of those is found.
QUEUED = (chunk.c.edition == DAY, chunk.c.state == literal_column(f"'{State.QUEUED}'"))
#: The next queued chunk. One that somebody else is just claiming is passed by (SQLite has but one
#: writer, and does without).
FIRST = (
    select(chunk.c.no)
    .where(*QUEUED)
    .order_by(chunk.c.no)
    .limit(1)
    .with_for_update(skip_locked=True)
)
TAKEN = (
    update(chunk)
    .where(*QUEUED, chunk.c.no == FIRST.scalar_subquery(), RUNS)
    .values(
        state=State.CLAIMED,
        attempt=chunk.c.attempt + 1,
        claimed_at=bindparam("now"),
        lane=bindparam("lane", type_=Integer),
        batch="",  # of an earlier hand-over, of which nothing is left to be taken back
        leaves_at=None,
    )
    .returning(chunk.c.no, chunk.c.attempt)
)
#: Who of a chunk must not be mailed since the freeze.
GONE = (
    select(delivery.c.subscriber, subscriber.c.left_at)
    .join_from(delivery, subscriber)
    .where(
        *MINE,
        subscriber.c.left_at.is_not(None)
        | exists().where(suppression.c.folded == subscriber.c.folded),
    )
)
#: Whether somebody of these has left, or was suppressed, by now.
SOMEBODY_GONE = select(
    exists().where(
        subscriber.c.id.in_(bindparam("people", expanding=True)),
        subscriber.c.left_at.is_not(None)
        | exists().where(suppression.c.folded == subscriber.c.folded),
    )
)
EXCLUDED = ONE.values(state=State.EXCLUDED, detail=bindparam("said"))
#: Not asked for in order: for that SQLite walks the whole edition for each chunk.
MEMBERS = select(delivery.c.subscriber, delivery.c.address).where(*MINE)

HANDED = THIS.where(RUNS).values(
    handing=True, batch=bindparam("name"), leaves_at=bindparam("leaves")
)
#: What is known of a delivery; a mark is made only unless its send was halted.
NOTED = ONE.where(
    or_(bindparam("anyway", type_=Boolean), RUNS),
    exists().where(*LEASE),
).values(state=bindparam("known"), detail=bindparam("said"))
SETTLED = THIS.values(state=bindparam("known"), handing=False, detail=bindparam("said"))
#: What was announced of a chunk and certainly did not leave.
UNDONE = (
    update(delivery)
    .where(
        delivery.c.edition == DAY,
        delivery.c.chunk == NO,
        delivery.c.state == State.CLAIMED,
        exists().where(*LEASE),
    )
    .values(state=None)
)


def lease(day: date, claimed: Chunk) -> dict[str, Any]:
    """Return what names a claim in a statement."""
    return {"day": day, "number": claimed.no, "attempt_no": claimed.attempt}


def note(
    c: Connection,
    day: date,
    claimed: Chunk,
    known: Sequence[tuple[int, Outcome]],
    unless_halted: Sequence[tuple[int, Outcome]] = (),
) -> int:
    """Write down what is known of deliveries, and more unless the send was halted; count rows."""
    this = lease(day, claimed)
    rows = [
        this | {"who": who, "known": o.state, "said": o.detail, "anyway": anyway}
        for anyway, some in ((True, known), (False, unless_halted))
        for who, o in some
    ]
    if rows:
        return c.execute(NOTED, rows).rowcount
    return 0


def members(c: Connection, day: date, no: int) -> list[tuple[int, str]]:
    """Return whom a chunk is still for, and exclude whoever must not be mailed by now."""
    this = {"day": day, "number": no}
    for who, left in c.execute(GONE, this).all():
        if left:
            said = "left"
        else:
            said = "suppressed"
        c.execute(EXCLUDED, {"day": day, "who": who, "said": said})
    return sorted(map(tuple, c.execute(MEMBERS, this)))

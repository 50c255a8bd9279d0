"""Statements of a hand-over, each built once.

Building a statement takes SQLAlchemy longer than SQLite takes to run it. A send runs each of these
for every thousand subscribers, and some of them for every subscriber.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    String,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from digest.model import Chunk, DeliveryState, EditionKey, Outcome, ProviderHold
from digest.store.tables import (
    EditionRef,
    chunk,
    delivery,
    sending,
    subscriber,
    subscription,
    suppression,
)

#: A delivery's state: its own if it has one, else its chunk's.
DELIVERY_STATE = func.coalesce(delivery.c.state, chunk.c.state)
OWN_CHUNK = (
    chunk.c.edition == delivery.c.edition,
    chunk.c.no == delivery.c.chunk,
)
DELIVERY_WITH_CHUNK = delivery.join(chunk, OWN_CHUNK[0] & OWN_CHUNK[1])

DAY = bindparam("edition_key", type_=EditionRef)
NEWSLETTER = bindparam("newsletter", type_=String)
CHUNK_NUMBER = bindparam("number", type_=Integer)
SUBSCRIBER_ID = bindparam("subscriber_id", type_=Integer)

SEND_IS_RUNNING = exists().where(
    sending.c.edition == DAY,
    sending.c.halt == "",
)
#: A chunk as long as this claim of it stands: a process that slept through being taken for dead
#: must not write over what its successor does.
CLAIM_STANDS = (
    chunk.c.edition == DAY,
    chunk.c.no == CHUNK_NUMBER,
    chunk.c.attempt == bindparam("attempt_no", type_=Integer),
    chunk.c.state == DeliveryState.CLAIMED,
)
UPDATE_CLAIMED_CHUNK = update(chunk).where(*CLAIM_STANDS)
UPDATE_DELIVERY = update(delivery).where(
    delivery.c.edition == DAY,
    delivery.c.subscriber == SUBSCRIBER_ID,
)
SHARES_CHUNK_STATE = (
    delivery.c.edition == DAY,
    delivery.c.chunk == CHUNK_NUMBER,
    delivery.c.state.is_(None),
)

#: The state is written out, not bound: that is how the database finds the index of queued chunks.
IS_QUEUED = (
    chunk.c.edition == DAY,
    chunk.c.state == literal_column(f"'{DeliveryState.QUEUED}'"),
)
#: The next queued chunk. One that another process is claiming right now is skipped (SQLite has only
#: one writer, and ignores the lock).
NEXT_QUEUED_CHUNK = (
    select(chunk.c.no)
    .where(*IS_QUEUED)
    .order_by(chunk.c.no)
    .limit(1)
    .with_for_update(skip_locked=True)
)
CLAIM_NEXT_CHUNK = (
    update(chunk)
    .where(
        *IS_QUEUED,
        chunk.c.no == NEXT_QUEUED_CHUNK.scalar_subquery(),
        SEND_IS_RUNNING,
    )
    .values(
        state=DeliveryState.CLAIMED,
        attempt=chunk.c.attempt + 1,
        claimed_at=bindparam("now"),
        lane=bindparam("lane", type_=Integer),
        batch="",  # of an earlier hand-over, of which nothing is left to be taken back
        leaves_at=None,
    )
    .returning(chunk.c.no, chunk.c.attempt)
)

IS_SUPPRESSED = exists().where(suppression.c.folded == subscriber.c.folded)
HAS_LEFT_NEWSLETTER = exists().where(
    subscription.c.subscriber == subscriber.c.id,
    subscription.c.newsletter == NEWSLETTER,
    subscription.c.left_at.is_not(None),
)
#: Left everything, or this newsletter, or is suppressed: whatever held at the freeze.
MUST_NOT_BE_MAILED = or_(
    subscriber.c.left_at.is_not(None),
    HAS_LEFT_NEWSLETTER,
    IS_SUPPRESSED,
)
LEFT_ALL_OR_NEWSLETTER = or_(
    subscriber.c.left_at.is_not(None),
    subscription.c.left_at.is_not(None),
)
#: Members of a chunk who unsubscribed, or were suppressed, since the freeze.
FIND_BARRED_MEMBERS = (
    select(delivery.c.subscriber, LEFT_ALL_OR_NEWSLETTER.label("has_left"))
    .join_from(delivery, subscriber)
    .outerjoin(
        subscription,
        (subscription.c.subscriber == subscriber.c.id)
        & (subscription.c.newsletter == NEWSLETTER),
    )
    .where(*SHARES_CHUNK_STATE, or_(LEFT_ALL_OR_NEWSLETTER, IS_SUPPRESSED))
)
#: Whether any of these subscribers has unsubscribed, or was suppressed, by now.
ANY_IS_BARRED = select(
    exists().where(
        subscriber.c.id.in_(bindparam("subscriber_ids", expanding=True)),
        MUST_NOT_BE_MAILED,
    )
)
EXCLUDE_DELIVERY = UPDATE_DELIVERY.values(
    state=DeliveryState.EXCLUDED,
    detail=bindparam("new_detail"),
)
#: Without an order: for that SQLite would walk the whole edition for each chunk.
LIST_MEMBERS = select(delivery.c.subscriber, delivery.c.address).where(
    *SHARES_CHUNK_STATE
)

MARK_CHUNK_IN_FLIGHT = UPDATE_CLAIMED_CHUNK.where(SEND_IS_RUNNING).values(
    handing=True,
    batch=bindparam("batch_id"),
    leaves_at=bindparam("hold_ends_at"),
)
#: Writes the outcome of one delivery; a mark that it is in flight only while the send runs.
RECORD_OUTCOME = UPDATE_DELIVERY.where(
    or_(bindparam("even_if_halted", type_=Boolean), SEND_IS_RUNNING),
    exists().where(*CLAIM_STANDS),
).values(
    state=bindparam("new_state"),
    detail=bindparam("new_detail"),
)
RECORD_CHUNK_OUTCOME = UPDATE_CLAIMED_CHUNK.values(
    state=bindparam("new_state"),
    handing=False,
    detail=bindparam("new_detail"),
)
#: Deliveries of a chunk that were marked as in flight and certainly did not leave.
REQUEUE_IN_FLIGHT = (
    update(delivery)
    .where(
        delivery.c.edition == DAY,
        delivery.c.chunk == CHUNK_NUMBER,
        delivery.c.state == DeliveryState.CLAIMED,
        exists().where(*CLAIM_STANDS),
    )
    .values(state=None)
)


def claim_parameters(key: EditionKey, claimed: Chunk) -> dict[str, Any]:
    """Return the parameters that name a claim in a statement."""
    return {
        "edition_key": key,
        "number": claimed.no,
        "attempt_no": claimed.attempt,
    }


def record_outcomes(
    connection: Connection,
    key: EditionKey,
    claimed: Chunk,
    outcomes: Sequence[tuple[int, Outcome]],
    unless_halted: Sequence[tuple[int, Outcome]] = (),
) -> int:
    """Write outcomes of deliveries, by subscriber, and more of them unless the send was halted.

    Returns the number of rows that were written.
    """
    claim = claim_parameters(key, claimed)
    rows = [
        claim | _outcome_parameters(subscriber_id, outcome, even_if_halted=True)
        for subscriber_id, outcome in outcomes
    ]
    rows += [
        claim
        | _outcome_parameters(subscriber_id, outcome, even_if_halted=False)
        for subscriber_id, outcome in unless_halted
    ]
    if not rows:
        return 0
    return connection.execute(RECORD_OUTCOME, rows).rowcount


def _outcome_parameters(
    subscriber_id: int, outcome: Outcome, *, even_if_halted: bool
) -> dict[str, Any]:
    return {
        "subscriber_id": subscriber_id,
        "new_state": outcome.state,
        "new_detail": outcome.detail,
        "even_if_halted": even_if_halted,
    }


def exclude_barred_members(
    connection: Connection, key: EditionKey, number: int
) -> None:
    """Exclude the members of a chunk who must not be mailed any more."""
    barred_members = connection.execute(
        FIND_BARRED_MEMBERS,
        {
            "edition_key": key,
            "number": number,
            "newsletter": key.newsletter,
        },
    )
    for member in barred_members.all():
        parameters = {
            "edition_key": key,
            "subscriber_id": member.subscriber,
            "new_detail": "left" if member.has_left else "suppressed",
        }
        connection.execute(EXCLUDE_DELIVERY, parameters)


def list_members(
    connection: Connection, key: EditionKey, number: int
) -> list[tuple[int, str]]:
    """Return the subscribers that a chunk is still for: (id, address), by id."""
    members = connection.execute(
        LIST_MEMBERS,
        {"edition_key": key, "number": number},
    )
    return sorted((member.subscriber, member.address) for member in members)


def mark_chunk_in_flight(
    connection: Connection,
    key: EditionKey,
    claimed: Chunk,
    hold: ProviderHold | None,
) -> bool:
    """Announce the hand-over of a claimed chunk; False if another process took it over."""
    parameters = claim_parameters(key, claimed)
    if hold:
        parameters |= {"batch_id": hold.id, "hold_ends_at": hold.leaves_at}
    else:
        parameters |= {"batch_id": "", "hold_ends_at": None}
    return bool(connection.execute(MARK_CHUNK_IN_FLIGHT, parameters).rowcount)

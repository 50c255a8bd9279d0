"""Stale claims: chunks that a dead process had claimed, and the queue of a halted send.

All functions work inside the caller's transaction.
"""

from sqlalchemy import ColumnElement, Connection, exists, select, update

from digest.model import CANCELLED, DeliveryState, EditionKey
from digest.store.requeue import CHUNK_SIZE, requeue_apart
from digest.store.tables import chunk, delivery, sending

DIED_DETAIL = "the process died during hand-over"


def recover_edition(
    connection: Connection, key: EditionKey, size: int = CHUNK_SIZE
) -> None:
    """Queue an edition's deliveries again that wait apart from a chunk, and recover all claims."""
    requeue_apart(
        connection,
        key,
        delivery.c.state == DeliveryState.QUEUED,
        size=size,
    )
    recover_stale_claims(connection, chunk.c.edition == key)


def recover_stale_claims(
    connection: Connection, *conditions: ColumnElement[bool]
) -> None:
    """Mark as uncertain what was in flight of claimed chunks, and queue the rest again."""
    is_claimed = (*conditions, chunk.c.state == DeliveryState.CLAIMED)
    find_claimed = select(chunk.c.edition, chunk.c.no).where(*is_claimed)
    for claimed in connection.execute(find_claimed).all():
        doubt_deliveries = (
            update(delivery)
            .where(
                delivery.c.edition == claimed.edition,
                delivery.c.chunk == claimed.no,
                delivery.c.state == DeliveryState.CLAIMED,
            )
            .values(state=DeliveryState.UNCERTAIN, detail=DIED_DETAIL)
        )
        connection.execute(doubt_deliveries)
    doubt_chunks = (
        update(chunk)
        .where(*is_claimed, chunk.c.handing)
        .values(state=DeliveryState.UNCERTAIN)
    )
    requeue_chunks = (
        update(chunk).where(*is_claimed).values(state=DeliveryState.QUEUED)
    )
    connection.execute(doubt_chunks)
    connection.execute(requeue_chunks)


def exclude_remaining(connection: Connection, key: EditionKey) -> None:
    """Exclude what is queued of an edition, unless its send is running."""
    send_is_halted = ~exists().where(
        sending.c.edition == key,
        sending.c.halt == "",
    )
    exclusion = {"state": DeliveryState.EXCLUDED, "detail": CANCELLED}
    exclude_chunks = (
        update(chunk)
        .where(
            chunk.c.edition == key,
            chunk.c.state == DeliveryState.QUEUED,
            send_is_halted,
        )
        .values(exclusion)
    )
    exclude_deliveries = (
        update(delivery)
        .where(
            delivery.c.edition == key,
            delivery.c.state == DeliveryState.QUEUED,
            send_is_halted,
        )
        .values(exclusion)
    )
    connection.execute(exclude_chunks)
    connection.execute(exclude_deliveries)

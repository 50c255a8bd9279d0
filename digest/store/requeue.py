"""Requeueing: deliveries are queued again, in chunks of their own.

All functions work inside of the caller's transaction.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from digest.model import DeliveryState, EditionKey
from digest.store.tables import chunk, delivery, sending

CHUNK_SIZE = 1000  #: deliveries of a chunk
#: Values of a chunk that is queued again: nothing is left of its earlier hand-over.
REQUEUED_CHUNK: dict[str, Any] = {
    "state": DeliveryState.QUEUED,
    "handing": False,
    "batch": "",
    "leaves_at": None,
    "detail": "",
}


def add_queued_chunk(connection: Connection, key: EditionKey) -> int:
    """Add a queued chunk for deliveries that are to be handed over separately; return its number.

    A second process that adds one to this edition at the same time waits, so that numbers are
    unique.
    """
    lock_send = (
        select(sending.c.edition)
        .where(sending.c.edition == key)
        .with_for_update()
    )
    connection.execute(lock_send)
    last_number = connection.scalar(
        select(func.max(chunk.c.no)).where(chunk.c.edition == key)
    )
    number = (last_number or 0) + 1
    connection.execute(
        insert(chunk).values(edition=key, no=number, state=DeliveryState.QUEUED)
    )
    return number


def requeue_apart(
    connection: Connection,
    key: EditionKey,
    *conditions: ColumnElement[bool],
    size: int = CHUNK_SIZE,
    **other_values: Any,
) -> int:
    """Queue an edition's deliveries again that meet conditions; return how many.

    `other_values` are further columns of theirs to set.
    """
    find_subscribers = (
        select(delivery.c.subscriber)
        .where(delivery.c.edition == key, *conditions)
        .order_by(delivery.c.subscriber)
    )
    subscriber_ids = connection.scalars(find_subscribers).all()
    for start in range(0, len(subscriber_ids), size):
        batch = subscriber_ids[start : start + size]
        requeue_batch = (
            update(delivery)
            .where(
                delivery.c.edition == key,
                delivery.c.subscriber.in_(batch),
            )
            .values(
                state=None,
                detail="",
                chunk=add_queued_chunk(connection, key),
                **other_values,
            )
        )
        connection.execute(requeue_batch)
    return len(subscriber_ids)

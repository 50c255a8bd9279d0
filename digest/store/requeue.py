"""Queueing deliveries again, in chunks of their own; also inside of others' transactions."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from digest.model import State
from digest.store.tables import chunk, delivery, sending

CHUNK = 1000  #: deliveries of a chunk


def new_chunk(c: Connection, day: date) -> int:
    """Make a queued chunk for deliveries that are to be handed over apart; return its number.

    Whoever makes another of this edition at the same time waits, so that no number is twice.
    """
    c.execute(
        select(sending.c.edition).where(sending.c.edition == day).with_for_update()
    )
    last = c.scalar(select(func.max(chunk.c.no)).where(chunk.c.edition == day)) or 0
    c.execute(insert(chunk).values(edition=day, no=last + 1, state=State.QUEUED))
    return last + 1


def queue_apart(
    c: Connection,
    day: date,
    *which: ColumnElement[bool],
    size: int = CHUNK,
    **more: Any,
) -> int:
    """Queue an edition's deliveries again that meet conditions; return how many.

    `more` are columns of theirs to set besides.
    """
    asked = select(delivery.c.subscriber).where(delivery.c.edition == day, *which)
    people = c.scalars(asked.order_by(delivery.c.subscriber)).all()
    for start in range(0, len(people), size):
        some = people[start : start + size]
        mine = update(delivery).where(
            delivery.c.edition == day, delivery.c.subscriber.in_(some)
        )
        c.execute(mine.values(state=None, detail="", chunk=new_chunk(c, day), **more))
    return len(people)

"""Refused deliveries: excluded, queued again, tried later or given up; why a send stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    bindparam,
    exists,
    func,
    not_,
    select,
    update,
)

from digest.errors import DigestError
from digest.model import DeliveryState, EditionKey
from digest.store.edition_scope import EditionScope
from digest.store.requeue import CHUNK_SIZE, REQUEUED_CHUNK, requeue_apart
from digest.store.send_halts import SendHalts
from digest.store.subscriber_filters import has_left, may_be_mailed
from digest.store.tables import (
    EditionRef,
    chunk,
    delivery,
    sending,
    subscriber,
)

#: Before the rest is tried again by itself (RFC 5321, 4.5.4.1: at least half an hour).
RETRY_PAUSE = timedelta(minutes=30)
#: A delivery that is still refused for now after so long is given up for this edition. RFC 5321
#: names four to five days; a newsletter of last week is of no use to anybody.
GIVE_UP_AFTER = timedelta(days=3)
Conditions = tuple[ColumnElement[bool], ...]
REFUSED_PATTERN = "refused%"  #: beginning of the detail of a refused delivery

EXCLUDE_QUEUED = (
    update(delivery)
    .where(
        delivery.c.edition == bindparam("edition_key", type_=EditionRef),
        delivery.c.subscriber == bindparam("subscriber_id"),
        delivery.c.state == DeliveryState.QUEUED,
    )
    .values(state=DeliveryState.EXCLUDED, detail=bindparam("new_detail"))
)


@dataclass(frozen=True, slots=True)
class SendRemainder:
    """Deliveries left after a pass over the queue of a send."""

    stop_reason: str = ""  #: why the provider accepted no more; "" if it did
    #: when what is left is tried again by itself
    next_try_at: datetime | None = None
    refused_for_now_count: int = 0  #: recipients refused for now
    #: recipients excluded since the provider refused them
    refused_count: int = 0


class RefusedDeliveries(EditionScope):
    """Deliveries that a provider refused, and what becomes of them."""

    def __init__(self, engine: Engine, newsletter: str) -> None:
        super().__init__(engine, newsletter)
        self._halts = SendHalts(engine, newsletter)

    def get_send_remainder(self, day: date) -> SendRemainder:
        """Return the remaining deliveries of an edition's send, and why."""
        key = self._key(day)
        stop = select(sending.c.stopped, sending.c.again_at).where(
            sending.c.edition == key
        )
        with self._engine.connect() as connection:
            row = connection.execute(stop).first()
            if row is None:
                return SendRemainder()
            refused_alone = _count_deliveries(
                connection, *_is_refused_alone(key)
            )
            refused_with_chunk = _count_deliveries(
                connection, *_is_refused_with_chunk(key)
            )
            return SendRemainder(
                stop_reason=row.stopped,
                next_try_at=row.again_at,
                refused_for_now_count=_count_deliveries(
                    connection, *_waits_for_retry(key)
                ),
                refused_count=refused_alone + refused_with_chunk,
            )

    def exclude_refused(
        self, day: date, refused: Sequence[tuple[int, str]]
    ) -> None:
        """Exclude queued subscribers, each (id, reason), whose refusals were about themselves."""
        key = self._key(day)
        rows = [
            {
                "edition_key": key,
                "subscriber_id": subscriber_id,
                "new_detail": reason[:500],
            }
            for subscriber_id, reason in refused
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(EXCLUDE_QUEUED, rows)

    def requeue_subscribers(self, day: date, people: Sequence[int]) -> None:
        """Queue these subscribers again, at once, whose refusals were about the sender."""
        key = self._key(day)
        # in batches: databases limit the number of values in one statement
        for start in range(0, len(people), CHUNK_SIZE):
            batch = people[start : start + CHUNK_SIZE]
            with self._engine.begin() as connection:
                requeue_apart(
                    connection,
                    key,
                    delivery.c.state == DeliveryState.QUEUED,
                    delivery.c.subscriber.in_(batch),
                )

    def end_pass(self, day: date, now: datetime, stopped: str = "") -> None:
        """Record the end of a pass over an edition's queue, and the reason if the provider stopped it.

        Deliveries that were refused for now are tried again later, and after some days given up.
        """
        key = self._key(day)
        waits_for_retry = _waits_for_retry(key)
        note_first_refusal = (
            update(delivery)
            .where(*waits_for_retry, delivery.c.refused_at.is_(None))
            .values(refused_at=now)
        )
        given_up_detail = (
            delivery.c.detail
            + f" (so for {GIVE_UP_AFTER.days} days, and given up)"
        )
        give_up_oldest = (
            update(delivery)
            .where(
                *waits_for_retry, delivery.c.refused_at < now - GIVE_UP_AFTER
            )
            .values(state=DeliveryState.EXCLUDED, detail=given_up_detail)
        )
        with self._engine.begin() as connection:
            connection.execute(note_first_refusal)
            connection.execute(give_up_oldest)
            anybody_waits = connection.scalar(
                select(exists().where(*waits_for_retry))
            )
            if stopped or anybody_waits:
                _plan_retry(connection, key, now + RETRY_PAUSE, stopped)

    def retry_refused(self, day: date) -> int:
        """Queue everybody again whom the provider refused; return how many.

        Subscribers who unsubscribed or were suppressed are excluded when their chunk is claimed.
        Call only while holding the send lock. Raises DigestError while it is halted.
        """
        key = self._key(day)
        halt, halted_by = self._halts.get_halt(day)
        if halt:
            raise DigestError(
                f"{halted_by} has {halt} the send of {key.short_name}"
            )
        requeue_chunks = (
            update(chunk).where(*_is_refused_chunk(key)).values(REQUEUED_CHUNK)
        )
        with self._engine.begin() as connection:
            requeued_with_chunk = _count_deliveries(
                connection, *_is_refused_with_chunk(key)
            )
            connection.execute(requeue_chunks)
            requeued_alone = requeue_apart(
                connection,
                key,
                *_is_refused_alone(key),
                refused_at=None,
            )
            return requeued_with_chunk + requeued_alone


def _plan_retry(
    connection: Connection, key: EditionKey, again_at: datetime, stopped: str
) -> None:
    values: dict[str, Any] = {"again_at": again_at}
    if stopped:
        values["stopped"] = stopped
    connection.execute(
        update(sending).where(sending.c.edition == key).values(values)
    )


def _count_deliveries(
    connection: Connection, *conditions: ColumnElement[bool]
) -> int:
    count = select(func.count()).select_from(delivery).where(*conditions)
    return connection.scalar(count) or 0


def _waits_for_retry(key: EditionKey) -> Conditions:
    return (
        delivery.c.edition == key,
        delivery.c.state == DeliveryState.QUEUED,
    )


def _may_be_mailed(newsletter: str) -> ColumnElement[bool]:
    """Return the condition that the subscriber of a delivery may still be mailed."""
    return exists().where(
        subscriber.c.id == delivery.c.subscriber,
        may_be_mailed(),
        not_(has_left(newsletter)),
    )


def _is_refused_alone(key: EditionKey) -> Conditions:
    """Return the condition of deliveries that were refused by themselves.

    Subscribers who left or are suppressed are not among them: they would not be mailed again.
    """
    return (
        delivery.c.edition == key,
        _may_be_mailed(key.newsletter),
        delivery.c.state == DeliveryState.EXCLUDED,
        delivery.c.detail.like(REFUSED_PATTERN),
    )


def _is_refused_with_chunk(key: EditionKey) -> Conditions:
    """Return the condition of deliveries that were refused together with all of their chunk."""
    refused_chunks = select(chunk.c.no).where(*_is_refused_chunk(key))
    return (
        delivery.c.edition == key,
        _may_be_mailed(key.newsletter),
        delivery.c.state.is_(None),
        delivery.c.chunk.in_(refused_chunks),
    )


def _is_refused_chunk(key: EditionKey) -> Conditions:
    return (
        chunk.c.edition == key,
        chunk.c.state == DeliveryState.EXCLUDED,
        chunk.c.detail.like(REFUSED_PATTERN),
    )

"""Delivery reports: what is known of an edition's deliveries. Nothing here changes any."""

from datetime import date, datetime

from sqlalchemy import exists, func, select

from digest.model import (
    REHEARSAL,
    DeliveryReport,
    DeliveryState,
    SendSpec,
)
from digest.store import audiences
from digest.store.delivery_statements import DELIVERY_STATE, DELIVERY_WITH_CHUNK
from digest.store.edition_scope import EditionScope
from digest.store.publications import was_sent
from digest.store.tables import chunk, delivery, sending


class DeliveryReports(EditionScope):
    """What is known of the deliveries of a newsletter's editions."""

    def get_send_spec(self, day: date) -> SendSpec | None:
        """Return what the edition's audience was frozen for, or None if it was not yet."""
        key = self._key(day)
        with self._engine.connect() as connection:
            return audiences.read_send_spec(connection, key)

    def has_anything_left(self, day: date) -> bool:
        """Return whether anything of an edition was handed over, if only perhaps."""
        key = self._key(day)
        with self._engine.connect() as connection:
            return was_sent(connection, key)

    def get_freeze_details(self, day: date) -> dict[str, str] | None:
        """Return what an edition's audience was frozen for, and when; None if it was not yet."""
        key = self._key(day)
        freeze = select(
            sending.c.content_hash,
            sending.c.transport,
            sending.c.segment,
            sending.c.frozen_at,
        ).where(sending.c.edition == key)
        with self._engine.connect() as connection:
            row = connection.execute(freeze).first()
        if row is None:
            return None
        return dict(row._mapping) | {"frozen_at": row.frozen_at.isoformat()}

    def get_delivery_report(self, day: date) -> DeliveryReport:
        """Count every planned delivery by its state."""
        key = self._key(day)
        counts_by_state = (
            select(DELIVERY_STATE.label("state"), func.count().label("number"))
            .select_from(DELIVERY_WITH_CHUNK)
            .where(delivery.c.edition == key)
            .group_by(DELIVERY_STATE)
        )
        pruned_counts = select(sending.c.kept).where(sending.c.edition == key)
        with self._engine.connect() as connection:
            pruned = connection.scalar(pruned_counts)
            if pruned:
                counts = pruned["counts"]
            else:
                rows = connection.execute(counts_by_state)
                counts = {row.state: row.number for row in rows}
        return DeliveryReport(
            {DeliveryState(name): count for name, count in counts.items()}
        )

    def count_handed_over_since(self, day: date, moment: datetime) -> int:
        """Count an edition's mails handed over in chunks that were claimed since a moment."""
        key = self._key(day)
        count_handed_over = (
            select(func.count())
            .select_from(DELIVERY_WITH_CHUNK)
            .where(
                chunk.c.edition == key,
                chunk.c.claimed_at >= moment,
                DELIVERY_STATE.in_(
                    [DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN]
                ),
            )
        )
        with self._engine.connect() as connection:
            return connection.scalar(count_handed_over) or 0

    def get_mailing_transport(self, day: date) -> str:
        """Return the transport that an edition goes out by; "" if none, or only the rehearsal."""
        spec = self.get_send_spec(day)
        if spec is None or spec.transport == REHEARSAL:
            return ""
        return spec.transport

    def is_complete(self, day: date) -> bool:
        """Return whether the edition was frozen and nothing of it is queued or claimed."""
        key = self._key(day)
        if (
            self.get_send_spec(day) is None
        ):  # read first: what is frozen has its chunks
            return False
        has_open_chunk = exists().where(
            chunk.c.edition == key,
            chunk.c.state.in_([DeliveryState.QUEUED, DeliveryState.CLAIMED]),
        )
        has_queued_delivery = exists().where(
            delivery.c.edition == key,
            delivery.c.state == DeliveryState.QUEUED,
        )
        with self._engine.connect() as connection:
            return not connection.scalar(
                select(has_open_chunk | has_queued_delivery)
            )

    def get_delivery_state(self, day: date, subscriber_id: int) -> str:
        """Return the state of one delivery; "" if there is none."""
        key = self._key(day)
        state = (
            select(DELIVERY_STATE)
            .select_from(DELIVERY_WITH_CHUNK)
            .where(
                delivery.c.edition == key,
                delivery.c.subscriber == subscriber_id,
            )
        )
        with self._engine.connect() as connection:
            return connection.scalar(state) or ""

    def list_deliveries_in_state(
        self, day: date, state: DeliveryState
    ) -> list[tuple[str, str]]:
        """Return (address, detail) of the deliveries in one state."""
        key = self._key(day)
        with_own_state = select(
            delivery.c.subscriber,
            delivery.c.address,
            delivery.c.detail,
        ).where(
            delivery.c.edition == key,
            delivery.c.state == state,
        )
        with_chunk_state = (
            select(
                delivery.c.subscriber,
                delivery.c.address,
                chunk.c.detail,
            )
            .select_from(DELIVERY_WITH_CHUNK)
            .where(
                chunk.c.edition == key,
                chunk.c.state == state,
                delivery.c.state.is_(None),
            )
        )
        # a union, since no index finds "the one or the other"
        both = with_own_state.union_all(with_chunk_state).order_by("subscriber")
        with self._engine.connect() as connection:
            rows = connection.execute(both)
            return [(row.address, row.detail) for row in rows]

"""Cancellation at the provider: mail that was handed over and that the provider still holds back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, update

from digest.model import DeliveryState, EditionKey, ProviderHold
from digest.store.delivery_statements import DELIVERY_WITH_CHUNK, OWN_CHUNK
from digest.store.edition_scope import EditionScope
from digest.store.tables import chunk, delivery

CANCELLED_DETAIL = "cancelled before it left"
UNANSWERED_DETAIL = (
    "it was to be cancelled, and the provider did not say whether it was"
)
#: A person, or an event that proves no more ("processed"), said that the provider took a delivery;
#: no event since has proven that it left.
NOT_KNOWN_TO_HAVE_LEFT = delivery.c.fate == ""
TAKEN_STATES = (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class HeldChunk:
    """A chunk that the provider holds back, as far as the ledger knows."""

    no: int
    hold: ProviderHold
    state: DeliveryState
    delivery_count: int  #: deliveries that share its state


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Deliveries that the provider holds, and sends at a later time."""

    delivery_count: int = 0
    first: datetime | None = None  #: when the first of them are sent
    last: datetime | None = None


class ProviderCancellation(EditionScope):
    """Chunks of an edition that were handed over and can still be stopped."""

    def count_on_its_way(self, day: date, now: datetime) -> OnItsWay:
        """Count the deliveries that the provider still holds."""
        key = self._key(day)
        waiting = (
            select(
                func.count(),
                func.min(chunk.c.leaves_at),
                func.max(chunk.c.leaves_at),
            )
            .select_from(DELIVERY_WITH_CHUNK)
            .where(
                *_is_held(key),
                chunk.c.leaves_at > now,
                delivery.c.state.is_(None),
            )
        )
        with self._engine.connect() as connection:
            return OnItsWay(*connection.execute(waiting).one())

    def list_held_chunks(self, day: date) -> list[HeldChunk]:
        """Return the chunks that the provider may still hold, those that are sent last first."""
        key = self._key(day)
        count_sharing = (
            select(func.count())
            .select_from(delivery)
            .where(*OWN_CHUNK, delivery.c.state.is_(None))
            .correlate(chunk)
            .scalar_subquery()
        )
        held_chunks = (
            select(
                chunk.c.no,
                chunk.c.batch,
                chunk.c.leaves_at,
                chunk.c.state,
                count_sharing.label("people"),
            )
            .where(*_is_held(key))
            .order_by(chunk.c.leaves_at.desc(), chunk.c.no.desc())
        )
        with self._engine.connect() as connection:
            rows = connection.execute(held_chunks).all()
        return [
            HeldChunk(
                no=row.no,
                hold=ProviderHold(row.batch, row.leaves_at),
                state=DeliveryState(row.state),
                delivery_count=row.people,
            )
            for row in rows
        ]

    def exclude_held_chunk(self, day: date, held_chunk: HeldChunk) -> int:
        """Exclude a chunk that was cancelled at the provider.

        Returns how many deliveries that excluded; 0 if another process did it before.
        """
        key = self._key(day)
        exclusion = {
            "state": DeliveryState.EXCLUDED,
            "detail": CANCELLED_DETAIL,
        }
        exclude_chunk = (
            update(chunk)
            .where(
                *_is_held_chunk(key, held_chunk),
                chunk.c.state.in_(TAKEN_STATES),
            )
            .values(handing=False, **exclusion)
        )
        exclude_accepted = (
            update(delivery)
            .where(
                delivery.c.edition == key,
                delivery.c.chunk == held_chunk.no,
                delivery.c.state == DeliveryState.ACCEPTED,
                NOT_KNOWN_TO_HAVE_LEFT,
            )
            .values(exclusion)
        )
        with self._engine.begin() as connection:
            was_held = connection.execute(exclude_chunk).rowcount > 0
            if not was_held:
                return 0
            accepted_count = connection.execute(exclude_accepted).rowcount
            return held_chunk.delivery_count + accepted_count

    def mark_held_chunk_uncertain(
        self, day: date, held_chunk: HeldChunk
    ) -> None:
        """Mark a chunk uncertain that was to be cancelled, since the provider did not answer."""
        key = self._key(day)
        doubt_chunk = (
            update(chunk)
            .where(
                *_is_held_chunk(key, held_chunk),
                chunk.c.state == DeliveryState.ACCEPTED,
            )
            .values(state=DeliveryState.UNCERTAIN, detail=UNANSWERED_DETAIL)
        )
        with self._engine.begin() as connection:
            connection.execute(doubt_chunk)


def _is_held(key: EditionKey) -> tuple[ColumnElement[bool], ...]:
    return (
        chunk.c.edition == key,
        chunk.c.batch != "",
        chunk.c.state.in_(TAKEN_STATES),
    )


def _is_held_chunk(
    key: EditionKey, held_chunk: HeldChunk
) -> tuple[ColumnElement[bool], ...]:
    return (
        chunk.c.edition == key,
        chunk.c.no == held_chunk.no,
        chunk.c.batch == held_chunk.hold.id,
    )

"""Events of the provider, each recorded once: fates, suppressions, resolved uncertain deliveries."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
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

from digest.model import (
    DeliveryState,
    EditionKey,
    Fate,
    NewsletterAudience,
    ProviderEvent,
    SuppressionReason,
)
from digest.store.address_folding import fold_address
from digest.store.delivery_statements import OWN_CHUNK
from digest.store.edition_scope import EditionScope
from digest.store.importing import find_erased
from digest.store.provider_cancellation import CANCELLED_DETAIL
from digest.store.subscriptions import (
    leave_everything,
    leave_everything_if_last,
    leave_newsletters,
)
from digest.store.tables import (
    EditionRef,
    chunk,
    delivery,
    event,
    sending,
    subscriber,
    suppression,
)

#: For how long ids are kept. Providers try again for a day (SendGrid's troubleshooting page).
REMEMBER_FOR = timedelta(days=30)
BATCH_SIZE = 1000  #: addresses of one statement: databases limit its values
SUPPRESSION_REASONS = {
    Fate.BOUNCED: SuppressionReason.BOUNCED,
    Fate.COMPLAINED: SuppressionReason.COMPLAINED,
    Fate.LEFT: SuppressionReason.ASKED,
}
#: A later fate that weighs less changes nothing: a complaint is not undone by "delivered".
#: "Processed" is none: it only resolves uncertain deliveries.
WEIGHT_BY_FATE = {
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
#: These prove that the provider accepted a hand-over, not that it sent it: they may come of one
#: that was cancelled, and prove nothing of the hand-over that came after it.
FATES_BEFORE_LEAVING = frozenset({Fate.PROCESSED, Fate.DROPPED})
#: These prove that mail to this subscriber was sent, in whichever hand-over.
FATES_AFTER_LEAVING = tuple(
    fate for fate in WEIGHT_BY_FATE if fate and fate not in FATES_BEFORE_LEAVING
)

# Each statement is built once, and given all events together: rows in one order, so that two
# processes with events of the same subscribers wait for each other and never deadlock.

SUBSCRIBER_ID = bindparam("subscriber_id", type_=Integer)
UPDATE_DELIVERY = update(delivery).where(
    delivery.c.edition == bindparam("edition_key", type_=EditionRef),
    delivery.c.subscriber == SUBSCRIBER_ID,
    # folded here: databases lower letters beyond ASCII each in its own way
    exists().where(
        subscriber.c.id == SUBSCRIBER_ID,
        subscriber.c.folded == bindparam("folded_address"),
    ),
)
CURRENT_WEIGHT = case(WEIGHT_BY_FATE, value=delivery.c.fate, else_=0)
NOTE_FATE = UPDATE_DELIVERY.where(
    bindparam("weight", type_=Integer) > CURRENT_WEIGHT,
).values(fate=bindparam("new_fate"))

SHARES_UNCERTAIN_CHUNK = delivery.c.state.is_(None) & exists().where(
    *OWN_CHUNK,
    chunk.c.state == DeliveryState.UNCERTAIN,
)
IS_UNCERTAIN = or_(
    delivery.c.state == DeliveryState.UNCERTAIN,
    SHARES_UNCERTAIN_CHUNK,
)
IS_OF_SAME_BATCH = exists().where(
    *OWN_CHUNK,
    chunk.c.batch == bindparam("batch_id"),
)
CHUNK_IS_CANCELLED = (chunk.c.state == DeliveryState.EXCLUDED) & (
    chunk.c.detail == CANCELLED_DETAIL
)
SHARES_OPEN_CHUNK = delivery.c.state.is_(None) & exists().where(
    *OWN_CHUNK,
    or_(chunk.c.state == DeliveryState.QUEUED, CHUNK_IS_CANCELLED),
)
IS_CANCELLED = (delivery.c.state == DeliveryState.EXCLUDED) & (
    delivery.c.detail == CANCELLED_DETAIL
)
#: Queued, perhaps once more, or cancelled. Where an event proves that it left, it is not mailed once
#: more, and counts as accepted, whatever a person decided or a cancellation said before.
IS_NOT_HANDED_OVER = or_(
    delivery.c.state == DeliveryState.QUEUED,
    IS_CANCELLED,
    SHARES_OPEN_CHUNK,
)
ACCEPTANCE = {
    "state": DeliveryState.ACCEPTED,
    "detail": bindparam("new_detail"),
}
ACCEPT_UNCERTAIN = UPDATE_DELIVERY.where(
    IS_UNCERTAIN,
    or_(bindparam("any_batch", type_=Boolean), IS_OF_SAME_BATCH),
).values(ACCEPTANCE)
ACCEPT_NOT_HANDED_OVER = UPDATE_DELIVERY.where(IS_NOT_HANDED_OVER).values(
    ACCEPTANCE
)


class ProviderEvents(EditionScope):
    """Events of the provider, and what they change."""

    def take_in_events(
        self,
        events: Sequence[ProviderEvent],
        now: datetime,
        audiences: Sequence[NewsletterAudience] = (),
    ) -> int:
        """Take events in, in one transaction; those that came before change nothing.

        Returns how many were new. `audiences` are the newsletters that there are: who unsubscribed
        from the last one they get has left everything.
        """
        forget_oldest = delete(event).where(event.c.at < now - REMEMBER_FOR)
        with self._engine.begin() as connection:
            connection.execute(forget_oldest)
            new_events = _remember_new(connection, events, now)
            _note_fates(connection, new_events)
            _leave_newsletters(connection, new_events, now, audiences)
            _suppress_addresses(connection, new_events, now)
        return len(new_events)

    def accept_known_to_have_left(self, day: date) -> None:
        """Mark uncertain deliveries as accepted if an earlier event proved that they were sent."""
        key = self._key(day)
        accept_left = (
            update(delivery)
            .where(
                delivery.c.edition == key,
                delivery.c.fate.in_(FATES_AFTER_LEAVING),
                IS_UNCERTAIN,
            )
            .values(
                state=DeliveryState.ACCEPTED,
                detail="the provider says that it left",
            )
        )
        with self._engine.begin() as connection:
            connection.execute(accept_left)

    def count_by_fate(self, day: date) -> dict[str, int]:
        """Count an edition's deliveries by what became of them afterwards."""
        key = self._key(day)
        pruned_counts = select(sending.c.kept).where(sending.c.edition == key)
        counts_by_fate = (
            select(delivery.c.fate, func.count().label("number"))
            .where(
                delivery.c.edition == key,
                delivery.c.fate != "",
            )
            .group_by(delivery.c.fate)
        )
        with self._engine.connect() as connection:
            pruned = connection.scalar(pruned_counts)
            if pruned:
                return dict(pruned["fates"])
            rows = connection.execute(counts_by_fate)
            return {row.fate: row.number for row in rows}


def _remember_new(
    connection: Connection, events: Sequence[ProviderEvent], now: datetime
) -> list[ProviderEvent]:
    """Store the ids of events; return those that were not stored before, each once."""
    event_by_id: dict[str, ProviderEvent] = {}
    for incoming in events:
        event_by_id.setdefault(incoming.id, incoming)
    if not event_by_id:
        return []
    add_ids = insert(event).on_conflict_do_nothing().returning(event.c.id)
    rows = [{"id": event_id, "at": now} for event_id in sorted(event_by_id)]
    new_ids = connection.scalars(add_ids, rows)
    return [event_by_id[event_id] for event_id in new_ids]


def _note_fates(
    connection: Connection, events: Iterable[ProviderEvent]
) -> None:
    """Note deliveries' fates; one that was uncertain has been handed over, as is plain now."""
    of_deliveries = sorted(filter(_is_of_delivery, events), key=_delivery_order)
    rows = [_delivery_parameters(incoming) for incoming in of_deliveries]
    if rows:
        connection.execute(NOTE_FATE, rows)
        connection.execute(ACCEPT_UNCERTAIN, rows)
    rows_that_left = [
        row for row in rows if row["new_fate"] in FATES_AFTER_LEAVING
    ]
    if rows_that_left:
        connection.execute(ACCEPT_NOT_HANDED_OVER, rows_that_left)


def _is_of_delivery(incoming: ProviderEvent) -> bool:
    return bool(incoming.edition and incoming.subscriber)


def _edition_key_of(incoming: ProviderEvent) -> EditionKey:
    return EditionKey(incoming.newsletter, incoming.edition or date.min)


def _delivery_order(
    incoming: ProviderEvent,
) -> tuple[EditionKey, int, datetime]:
    return _edition_key_of(incoming), incoming.subscriber, incoming.at


def _folded_address(incoming: ProviderEvent) -> str:
    return fold_address(incoming.address)


def _delivery_parameters(incoming: ProviderEvent) -> dict[str, Any]:
    settles_any_batch = (
        not incoming.batch or incoming.fate not in FATES_BEFORE_LEAVING
    )
    return {
        "edition_key": _edition_key_of(incoming),
        "subscriber_id": incoming.subscriber,
        "folded_address": _folded_address(incoming),
        "new_fate": incoming.fate,
        "weight": WEIGHT_BY_FATE[incoming.fate],
        "new_detail": f"the provider says {incoming.fate}",
        "batch_id": incoming.batch,
        "any_batch": settles_any_batch,
    }


def _leave_newsletters(
    connection: Connection,
    events: Iterable[ProviderEvent],
    now: datetime,
    audiences: Sequence[NewsletterAudience],
) -> None:
    """Let people who unsubscribed at the provider leave the newsletter whose mail they did it from.

    Where an event does not say which that was, they leave everything.
    """
    leaving = [incoming for incoming in events if incoming.fate == Fate.LEFT]
    ids = _find_subscriber_ids(connection, map(_folded_address, leaving))
    left_newsletters: list[tuple[int, str, datetime]] = []
    left_everything: set[int] = set()
    for incoming in leaving:
        number = ids.get(_folded_address(incoming))
        if number is None:
            continue
        if incoming.edition:
            left_newsletters.append((number, incoming.newsletter, now))
        else:
            left_everything.add(number)
    leave_newsletters(connection, left_newsletters)
    last = {number: now for number, _, _ in left_newsletters}
    leave_everything_if_last(connection, last, audiences)
    for number in sorted(left_everything):
        leave_everything(connection, number, now, audiences)


def _suppress_addresses(
    connection: Connection, events: Iterable[ProviderEvent], now: datetime
) -> None:
    """Suppress addresses that bounced, complained, or unsubscribed from everything.

    Nothing is stored about people who were erased: their address would be known again.
    """
    suppressing = [
        incoming for incoming in events if incoming.fate in SUPPRESSION_REASONS
    ]
    suppressing.sort(key=_folded_address)
    addresses = list(map(_folded_address, suppressing))
    erased = _find_all_erased(connection, addresses)
    get_others = set(
        _find_subscriber_ids(
            connection, addresses, subscriber.c.left_at.is_(None)
        )
    )
    suppressions: list[dict[str, Any]] = []
    for incoming in suppressing:
        folded = _folded_address(incoming)
        reason = SUPPRESSION_REASONS[incoming.fate]
        wants_others = (
            reason == SuppressionReason.ASKED and folded in get_others
        )
        if folded in erased or wants_others:
            continue
        suppressions.append(
            {
                "folded": folded,
                "reason": reason,
                "at": now,
                "detail": incoming.detail,
            }
        )
    if suppressions:
        add_suppressions = insert(suppression).on_conflict_do_nothing()
        connection.execute(add_suppressions, suppressions)


def _find_subscriber_ids(
    connection: Connection,
    folded: Iterable[str],
    *conditions: ColumnElement[bool],
) -> dict[str, int]:
    """Return the subscribers (ids) of some addresses, by address, who meet further conditions."""
    addresses = sorted(set(folded))
    ids: dict[str, int] = {}
    for start in range(0, len(addresses), BATCH_SIZE):
        batch = addresses[start : start + BATCH_SIZE]
        same_address = select(subscriber.c.folded, subscriber.c.id).where(
            subscriber.c.folded.in_(batch), *conditions
        )
        for row in connection.execute(same_address):
            ids[row.folded] = row.id
    return ids


def _find_all_erased(connection: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that were erased."""
    erased: set[str] = set()
    for start in range(0, len(folded), BATCH_SIZE):
        erased |= find_erased(connection, folded[start : start + BATCH_SIZE])
    return erased

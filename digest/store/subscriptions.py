"""Subscriptions: who gets which newsletter, who left it, and who thereby left everything."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    bindparam,
    delete,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import NewsletterAudience, Subscription
from digest.store.subscriber_filters import has_any_tag, has_left
from digest.store.tables import subscriber, subscription


class Subscriptions:
    """The subscriptions of all newsletters."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_of(self, subscriber_id: int) -> list[Subscription]:
        """Return the subscriptions of a subscriber, those they left too, by newsletter."""
        by_newsletter = (
            select(
                subscription.c.newsletter,
                subscription.c.since,
                subscription.c.left_at,
            )
            .where(subscription.c.subscriber == subscriber_id)
            .order_by(subscription.c.newsletter)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(by_newsletter)
            return [Subscription(*row) for row in rows]

    def list_by_person(
        self, newsletters: Sequence[str]
    ) -> dict[int, list[str]]:
        """Return which of some newsletters subscribers get, by their ids, each in order."""
        active = (
            select(subscription.c.subscriber, subscription.c.newsletter)
            .where(
                subscription.c.newsletter.in_(newsletters),
                subscription.c.left_at.is_(None),
            )
            .order_by(subscription.c.subscriber, subscription.c.newsletter)
        )
        received: dict[int, list[str]] = {}
        with self._engine.connect() as connection:
            for number, newsletter in connection.execute(active):
                received.setdefault(number, []).append(newsletter)
        return received

    def count_by_newsletter(self) -> dict[str, int]:
        """Return how many have subscribed to each newsletter and not left it, by its key."""
        is_active = subscription.c.left_at.is_(None) & subscriber.c.left_at.is_(
            None
        )
        counts = (
            select(subscription.c.newsletter, func.count().label("people"))
            .join_from(subscription, subscriber)
            .where(is_active)
            .group_by(subscription.c.newsletter)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(counts).all()
        return {row.newsletter: row.people for row in rows}

    def subscribe(
        self, subscriber_id: int, newsletter: str, now: datetime
    ) -> bool:
        """Subscribe to a newsletter, unless they have or left it; return whether that is new."""
        with self._engine.begin() as connection:
            added = add_subscriptions(
                connection, [(subscriber_id, newsletter, now)]
            )
        return subscriber_id in added

    def rejoin(
        self, subscriber_id: int, newsletter: str, now: datetime
    ) -> None:
        """Subscribe to a newsletter at the subscriber's own wish, whatever they left before."""
        with self._engine.begin() as connection:
            rejoin_newsletters(connection, subscriber_id, [newsletter], now)

    def take_back_leave(self, subscriber_id: int, newsletter: str) -> None:
        """Forget that a subscriber left a newsletter that comes by a tag, at their own wish.

        No row says that they get it: their tag does.
        """
        forget_leave = delete(subscription).where(
            subscription.c.subscriber == subscriber_id,
            subscription.c.newsletter == newsletter,
        )
        come_back = (
            update(subscriber)
            .where(subscriber.c.id == subscriber_id)
            .values(left_at=None)
        )
        with self._engine.begin() as connection:
            connection.execute(forget_leave)
            connection.execute(come_back)

    def leave(
        self,
        subscriber_id: int,
        newsletter: str,
        now: datetime,
        audiences: Sequence[NewsletterAudience] = (),
    ) -> bool:
        """Leave a newsletter; the time of the first time is kept. Return whether that is new.

        Who leaves the last newsletter they get has left everything. `audiences` are the newsletters
        that there are; without them, those that the subscriber subscribed to.
        """
        with self._engine.begin() as connection:
            _lock_subscriber(connection, subscriber_id)
            was_left = connection.scalar(
                _select_left(subscriber_id, newsletter)
            )
            leave_newsletters(connection, [(subscriber_id, newsletter, now)])
            leave_everything_if_last(
                connection, {subscriber_id: now}, audiences
            )
        return not was_left

    def leave_all(
        self,
        subscriber_id: int,
        now: datetime,
        audiences: Sequence[NewsletterAudience] = (),
    ) -> None:
        """Leave every newsletter, also those that come by a tag. The time of the first time is kept."""
        with self._engine.begin() as connection:
            _lock_subscriber(connection, subscriber_id)
            leave_everything(connection, subscriber_id, now, audiences)


def add_subscriptions(
    connection: Connection, rows: Iterable[tuple[int, str, datetime]]
) -> set[int]:
    """Store subscriptions, each (subscriber, newsletter, since); return the subscribers of new ones.

    One that is there, or was left, stays as it is.
    """
    values = [
        {"subscriber": number, "newsletter": newsletter, "since": since}
        for number, newsletter, since in sorted(rows)
    ]
    if not values:
        return set()
    add_rows = (
        insert(subscription)
        .on_conflict_do_nothing()
        .returning(subscription.c.subscriber)
    )
    return set(connection.scalars(add_rows, values))


def rejoin_newsletters(
    connection: Connection,
    subscriber_id: int,
    newsletters: Sequence[str],
    now: datetime,
) -> None:
    """Subscribe a person to newsletters at their own wish, within the caller's transaction.

    What they agreed to before counts from now on: they have agreed again.
    """
    add_row = insert(subscription)
    rejoin = add_row.on_conflict_do_update(
        index_elements=["subscriber", "newsletter"],
        set_={"since": add_row.excluded.since, "left_at": None},
    )
    rows = [
        {"subscriber": subscriber_id, "newsletter": newsletter, "since": now}
        for newsletter in newsletters
    ]
    connection.execute(rejoin, rows)
    connection.execute(
        update(subscriber)
        .where(subscriber.c.id == subscriber_id)
        .values(left_at=None)
    )


def leave_newsletters(
    connection: Connection, rows: Iterable[tuple[int, str, datetime]]
) -> None:
    """Store that subscribers left newsletters, each (subscriber, newsletter, when).

    A newsletter that came by a tag had no subscription: it gets one that is left.
    """
    values = [
        {
            "subscriber": number,
            "newsletter": newsletter,
            "since": left_at,
            "left_at": left_at,
        }
        for number, newsletter, left_at in sorted(rows)
    ]
    if not values:
        return
    add_row = insert(subscription)
    first_time = func.coalesce(subscription.c.left_at, add_row.excluded.left_at)
    leave = add_row.on_conflict_do_update(
        index_elements=["subscriber", "newsletter"],
        set_={"left_at": first_time},
    )
    connection.execute(leave, values)


def leave_everything(
    connection: Connection,
    subscriber_id: int,
    now: datetime,
    audiences: Sequence[NewsletterAudience] = (),
) -> None:
    """Store that a subscriber left everything, within the caller's transaction."""
    by_tag = [one for one in audiences if one.tags]
    leave_newsletters(
        connection, [(subscriber_id, one.newsletter, now) for one in by_tag]
    )
    leave_subscribed = (
        update(subscription)
        .where(
            subscription.c.subscriber == subscriber_id,
            subscription.c.left_at.is_(None),
        )
        .values(left_at=now)
    )
    leave = (
        update(subscriber)
        .where(
            subscriber.c.id == subscriber_id,
            subscriber.c.left_at.is_(None),
        )
        .values(left_at=now)
    )
    connection.execute(leave_subscribed)
    connection.execute(leave)


def leave_everything_if_last(
    connection: Connection,
    left_at: dict[int, datetime],
    audiences: Sequence[NewsletterAudience] = (),
) -> None:
    """Store of subscribers (ids, with a time) who get no newsletter any more that they left all."""
    leave = (
        update(subscriber)
        .where(
            subscriber.c.id == bindparam("leaver"),
            subscriber.c.left_at.is_(None),
            not_(_gets_any(audiences)),
        )
        .values(left_at=bindparam("moment"))
    )
    rows = [
        {"leaver": number, "moment": moment}
        for number, moment in sorted(left_at.items())
    ]
    if rows:
        connection.execute(leave, rows)


def _gets_any(
    audiences: Sequence[NewsletterAudience],
) -> ColumnElement[bool]:
    """Return the condition that a subscriber has not left all newsletters they get."""
    subscribed = exists().where(
        subscription.c.subscriber == subscriber.c.id,
        subscription.c.left_at.is_(None),
    )
    if audiences:
        # no IN, whose values cannot be many at a time beside those of many subscribers
        is_public = [
            subscription.c.newsletter == one.newsletter
            for one in audiences
            if not one.tags
        ]
        subscribed = subscribed.where(or_(false(), *is_public))
    by_tag = [
        has_any_tag(one.tags) & not_(has_left(one.newsletter))
        for one in audiences
        if one.tags
    ]
    return or_(subscribed, *by_tag)


def _lock_subscriber(connection: Connection, subscriber_id: int) -> None:
    """Let others wait who change what this subscriber gets; they would not see this change."""
    lock = (
        update(subscriber)
        .where(subscriber.c.id == subscriber_id)
        .values(left_at=subscriber.c.left_at)
    )
    connection.execute(lock)


def _select_left(subscriber_id: int, newsletter: str) -> Any:
    return select(
        exists().where(
            subscription.c.subscriber == subscriber_id,
            subscription.c.newsletter == newsletter,
            subscription.c.left_at.is_not(None),
        )
    )

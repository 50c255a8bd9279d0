"""Subscriptions: which newsletters a subscriber gets, leaves, and comes back to.

A public newsletter goes to those who subscribed to it, an internal one to those with any of its
tags; nobody gets what they left. Who leaves the last one they get has left everything.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from digest.model import (
    NewsletterAudience,
    Subscriber,
    Subscription,
    SuppressionReason,
)
from digest.settings import Newsletter, Settings

if TYPE_CHECKING:
    from digest.store import Store

#: Suppressions by which a person said that they want no mail of ours at all.
WISHES = (SuppressionReason.ASKED, SuppressionReason.COMPLAINED)


class Subscriptions:
    """The subscriptions to all newsletters of a workspace."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    @property
    def audiences(self) -> tuple[NewsletterAudience, ...]:
        """Whom each newsletter goes to."""
        return tuple(
            NewsletterAudience(one.key, one.audience)
            for one in self._settings.newsletters
        )

    def list_public(self) -> list[Newsletter]:
        """Return the newsletters that anybody may subscribe to, in the order of feeds.yaml."""
        return [
            one for one in self._settings.newsletters if not one.is_internal
        ]

    def list_received(self, person: Subscriber) -> list[Newsletter]:
        """Return the newsletters that a subscriber gets, unless their address is suppressed."""
        if person.left_at:
            return []
        subscriptions = self._store.subscriptions.list_of(person.id)
        rows = {row.newsletter: row for row in subscriptions}
        return [
            one
            for one in self._settings.newsletters
            if _is_received(one, person, rows.get(one.key))
        ]

    def list_left(self, person: Subscriber) -> list[str]:
        """Return the newsletters (keys) that a subscriber left."""
        rows = self._store.subscriptions.list_of(person.id)
        return [row.newsletter for row in rows if row.left_at is not None]

    def list_open_to(self, person: Subscriber) -> list[Newsletter]:
        """Return the newsletters that a subscriber may choose: public ones, and those of their tags."""
        return [
            one
            for one in self._settings.newsletters
            if not one.is_internal or _has_tag(one, person)
        ]

    def leave_newsletter(self, subscriber_id: int, newsletter: str) -> bool:
        """Record that a subscriber leaves a newsletter; return whether that is new."""
        return self._store.subscriptions.leave(
            subscriber_id, newsletter, self._clock(), self.audiences
        )

    def leave_all(self, subscriber_id: int) -> None:
        """Record that a subscriber leaves every newsletter."""
        self._leave_all_at(subscriber_id, self._clock())

    def rejoin_newsletters(
        self, person: Subscriber, newsletters: Iterable[str]
    ) -> None:
        """Record that a subscriber comes back to some newsletters (keys), and to no others."""
        self.settle_departure(person)
        by_tag = {one.newsletter for one in self.audiences if one.tags}
        for newsletter in newsletters:
            if newsletter in by_tag:
                self._store.subscriptions.take_back_leave(person.id, newsletter)
            else:
                self._store.subscriptions.rejoin(
                    person.id, newsletter, self._clock()
                )

    def settle_departure(self, person: Subscriber) -> None:
        """Store of each newsletter that a subscriber left it, if they left everything.

        Without that, coming back to one would bring the others back.
        """
        left_at = person.left_at or self._find_refusal(person.address)
        if left_at is not None:
            self._leave_all_at(person.id, left_at)

    def _find_refusal(self, address: str) -> datetime | None:
        """Return when an address was suppressed at its owner's wish; None if it was not."""
        for entry in self._store.subscribers.iterate_suppressions(address):
            if entry.reason in WISHES:
                return entry.at
        return None

    def _leave_all_at(self, subscriber_id: int, left_at: datetime) -> None:
        for one in self._settings.newsletters:
            self._store.subscriptions.leave(
                subscriber_id, one.key, left_at, self.audiences
            )
        self._store.subscriptions.leave_all(
            subscriber_id, left_at, self.audiences
        )


def _is_received(
    newsletter: Newsletter,
    person: Subscriber,
    subscription: Subscription | None,
) -> bool:
    """Return whether somebody who has not left everything gets a newsletter."""
    if subscription is not None and subscription.left_at is not None:
        return False
    if not newsletter.is_internal:
        return subscription is not None
    return _has_tag(newsletter, person)


def _has_tag(newsletter: Newsletter, person: Subscriber) -> bool:
    """Return whether a subscriber has one of an internal newsletter's tags."""
    audience = {tag.casefold() for tag in newsletter.audience}
    return not audience.isdisjoint(person.tags)

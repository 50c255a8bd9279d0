"""Subscribers: addresses with their consent, suppressions, and the keys that sign their links."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import (
    EditionKey,
    FilterClause,
    ImportCounts,
    ImportedPerson,
    NewsletterAudience,
    Subscriber,
    Suppression,
    SuppressionReason,
)
from digest.store.address_folding import fold_address, hash_address
from digest.store.edition_scope import EditionScope
from digest.store.importing import (
    ImportTerms,
    add_tags,
    import_batch,
    own_standing,
)
from digest.store.notices import forget_notices
from digest.store.subscriber_filters import condition_of, wants_mail
from digest.store.subscriptions import leave_everything
from digest.store.tables import (
    delivery,
    erased,
    pending,
    sending,
    signing_key,
    subscriber,
    subscription,
    suppression,
    tag,
)

__all__ = ["Subscribers", "fold_address"]

BATCH_SIZE = 1000
ERASED_MARK = "erased"  #: replaces an erased address
KEYS_BY_AGE = select(signing_key.c.key).order_by(signing_key.c.id)


class Subscribers(EditionScope):
    """Addresses with their consent, of all newsletters; those who are active are of one."""

    # Imports

    def add_subscribers(self, people: Iterable[Subscriber]) -> ImportCounts:
        """Add people who are not subscribers yet, and their tags to those who are.

        People who unsubscribed stay unsubscribed; those suppressed or erased are not added.
        """
        return self.import_people(
            ImportedPerson(person, own_standing(person)) for person in people
        )

    def import_people(
        self,
        arrivals: Iterable[ImportedPerson],
        now: datetime | None = None,
        newsletters: Sequence[str] = (),
        audiences: Sequence[NewsletterAudience] = (),
    ) -> ImportCounts:
        """Import the people of a list with their standing there; return what became of them.

        They subscribe to `newsletters`; without, to the store's own. `audiences` are the newsletters
        that there are: who unsubscribed from the last one they get has left everything.

        Active ones are added if they are new, and get their tags if they are not; that undoes no
        unsubscription or suppression here. Unsubscribed and suppressed ones become so here, also if
        they are subscribers. Unconfirmed ones are only counted. `now` is when a suppression begins;
        by default when the person agreed to mail.
        """
        counts = ImportCounts()
        terms = ImportTerms(
            tuple(newsletters) or (self._newsletter,), tuple(audiences), now
        )
        rest = iter(arrivals)
        while batch := list(islice(rest, BATCH_SIZE)):
            # a short transaction each: other processes write meanwhile
            with self._engine.begin() as connection:
                import_batch(connection, batch, counts, terms)
        return counts

    # Reading

    def iterate_subscribers(
        self,
        where: Sequence[FilterClause] = (),
        *,
        active_only: bool = False,
        audience_tags: Sequence[str] = (),
    ) -> Iterator[Subscriber]:
        """Yield subscribers by address, those who meet a filter; those who were erased never.

        `active_only` leaves those who are mailed this newsletter, which goes to `audience_tags`.
        """
        conditions = [condition_of(clause) for clause in where]
        if active_only:
            conditions.append(wants_mail(self._newsletter, audience_tags))
        by_address = (
            select(subscriber)
            .where(subscriber.c.address != "", *conditions)
            .order_by(subscriber.c.folded)
        )
        options = {"yield_per": BATCH_SIZE}
        with self._engine.connect() as connection:
            rows = connection.execute(by_address, execution_options=options)
            for batch in rows.partitions():
                tags = _find_tags(connection, [row.id for row in batch])
                for row in batch:
                    yield _subscriber_of(row, tags.get(row.id, ()))

    def count_active(
        self,
        where: Sequence[FilterClause] = (),
        audience_tags: Sequence[str] = (),
    ) -> int:
        """Count those who want this newsletter and may be mailed, and meet a filter."""
        conditions = [condition_of(clause) for clause in where]
        count = (
            select(func.count())
            .select_from(subscriber)
            .where(wants_mail(self._newsletter, audience_tags), *conditions)
        )
        with self._engine.connect() as connection:
            return connection.scalar(count) or 0

    def find_subscriber(self, address: str) -> Subscriber | None:
        """Find by address, without regard to case."""
        return self._select_subscriber(
            subscriber.c.folded == fold_address(address)
        )

    def get_subscriber(self, number: int) -> Subscriber | None:
        """Return a subscriber by id; None if there is none, or they were erased."""
        is_not_erased = subscriber.c.address != ""
        return self._select_subscriber(
            (subscriber.c.id == number) & is_not_erased
        )

    def _select_subscriber(
        self, condition: ColumnElement[bool]
    ) -> Subscriber | None:
        with self._engine.connect() as connection:
            row = connection.execute(
                select(subscriber).where(condition)
            ).first()
            if row is None:
                return None
            tags = _find_tags(connection, [row.id])
        return _subscriber_of(row, tags.get(row.id, ()))

    # Changes

    def mark_unsubscribed(self, subscriber_id: int, now: datetime) -> None:
        """Unsubscribe a subscriber from everything. The time of the first time is kept."""
        with self._engine.begin() as connection:
            leave_everything(connection, subscriber_id, now)

    def rename_subscriber(self, subscriber_id: int, name: str) -> None:
        """Give a subscriber another name."""
        change_name = (
            update(subscriber)
            .where(subscriber.c.id == subscriber_id)
            .values(name=name)
        )
        with self._engine.begin() as connection:
            connection.execute(change_name)

    def set_tags(self, subscriber_id: int, tags: Iterable[str]) -> None:
        """Set the tags of a subscriber to exactly these."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(tag).where(tag.c.subscriber == subscriber_id)
            )
            add_tags(connection, [(subscriber_id, name) for name in tags])

    # Signing keys

    def ensure_signing_keys(self, now: datetime) -> list[str]:
        """Return the signing keys, oldest first; make the first one when there is none."""
        if stored_keys := self.stored_keys():
            return stored_keys
        add_first_key = (
            insert(signing_key)
            .values(
                id=1,
                key=secrets.token_hex(32),
                created_at=now,
            )
            .on_conflict_do_nothing()
        )
        with self._engine.begin() as connection:
            connection.execute(add_first_key)
            return list(connection.scalars(KEYS_BY_AGE))

    def stored_keys(self) -> list[str]:
        """Return the signing keys, oldest first; none before anything was signed."""
        with self._engine.connect() as connection:
            return list(connection.scalars(KEYS_BY_AGE))

    def add_signing_key(self, now: datetime) -> None:
        """Sign with a new key from now on; what older keys signed stays good."""
        self.ensure_signing_keys(now)
        next_id = select(func.max(signing_key.c.id) + 1).scalar_subquery()
        add_key = insert(signing_key).values(
            id=next_id,
            key=secrets.token_hex(32),
            created_at=now,
        )
        with self._engine.begin() as connection:
            connection.execute(add_key)

    # Suppressions

    def suppress_address(
        self,
        address: str,
        reason: SuppressionReason,
        now: datetime,
        detail: str = "",
    ) -> None:
        """Suppress an address; the first reason is kept."""
        add_suppression = (
            insert(suppression)
            .values(
                folded=fold_address(address),
                reason=reason,
                at=now,
                detail=detail[:500],
            )
            .on_conflict_do_nothing()
        )
        with self._engine.begin() as connection:
            connection.execute(add_suppression)

    def remove_suppression(self, address: str) -> bool:
        """Remove a suppression; say whether there was one."""
        remove = delete(suppression).where(
            suppression.c.folded == fold_address(address)
        )
        with self._engine.begin() as connection:
            return connection.execute(remove).rowcount == 1

    def iterate_suppressions(self, address: str = "") -> Iterator[Suppression]:
        """Yield the suppressed addresses, or only this one if it is among them."""
        by_address = select(suppression).order_by(suppression.c.folded)
        if address:
            by_address = by_address.where(
                suppression.c.folded == fold_address(address)
            )
        with self._engine.connect() as connection:
            for row in connection.execute(by_address):
                yield Suppression(
                    row.folded,
                    SuppressionReason(row.reason),
                    row.at,
                    row.detail,
                )

    # One person's data

    def erase_subscriber(self, person: Subscriber, now: datetime) -> None:
        """Forget a person, but for a hash by which no import brings them back.

        Their deliveries stay counted, without an address.
        """
        folded = fold_address(person.address)
        oldest_key = self.ensure_signing_keys(now)[0]
        keep_hash = (
            insert(erased)
            .values(hash=hash_address(oldest_key, folded), at=now)
            .on_conflict_do_nothing()
        )
        blank_subscriber = (
            update(subscriber)
            .where(subscriber.c.id == person.id)
            .values(
                folded=f"{ERASED_MARK} {person.id}",
                address="",
                name="",
                consent_source="",
                left_at=func.coalesce(subscriber.c.left_at, now),
            )
        )
        blank_deliveries = (
            update(delivery)
            .where(*_is_delivery_of(person))
            .values(address="", detail="")
        )
        with self._engine.begin() as connection:
            connection.execute(keep_hash)
            connection.execute(delete(tag).where(tag.c.subscriber == person.id))
            connection.execute(
                delete(subscription).where(
                    subscription.c.subscriber == person.id
                )
            )
            connection.execute(
                delete(pending).where(pending.c.folded == folded)
            )
            forget_notices(connection, person.address)
            connection.execute(
                delete(suppression).where(suppression.c.folded == folded)
            )
            connection.execute(blank_subscriber)
            connection.execute(blank_deliveries)

    def list_deliveries_of(
        self, person: Subscriber
    ) -> list[tuple[EditionKey, str, str]]:
        """Return the editions a person was to get, of all newsletters: key, own state, detail."""
        deliveries = (
            select(
                delivery.c.edition,
                delivery.c.state,
                delivery.c.detail,
            )
            .where(*_is_delivery_of(person))
            .order_by(delivery.c.edition)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(deliveries)
            return [(row.edition, row.state or "", row.detail) for row in rows]


def _is_delivery_of(person: Subscriber) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of a person's deliveries.

    They are looked up edition by edition, by their key.
    """
    editions = select(sending.c.edition)
    return (
        delivery.c.edition.in_(editions),
        delivery.c.subscriber == person.id,
    )


def _find_tags(
    connection: Connection, subscriber_ids: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Return the tags of subscribers, by id, each in order."""
    by_name = (
        select(tag)
        .where(tag.c.subscriber.in_(subscriber_ids))
        .order_by(tag.c.name)
    )
    tags: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(by_name):
        tags[row.subscriber] = (*tags.get(row.subscriber, ()), row.name)
    return tags


def _subscriber_of(row: Row[Any], tags: tuple[str, ...]) -> Subscriber:
    values = dict(row._mapping)
    del values["folded"]
    return Subscriber(**values, tags=tags)

"""Sign-ups: people who ask for mail, and the confirmation that it was them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import Subscriber
from digest.store.address_folding import fold_address, hash_address, old_fold
from digest.store.edition_scope import EditionScope
from digest.store.importing import OLDEST_SIGNING_KEY
from digest.store.notices import WELCOME, WELCOME_BACK, put_notice
from digest.store.subscriber_filters import has_left, wants_mail
from digest.store.subscriptions import rejoin_newsletters
from digest.store.tables import erased, pending, subscriber, suppression


@dataclass(frozen=True, slots=True)
class SignupRequest:
    """A person who asked for mail and has not confirmed it."""

    address: str  #: the exact address that the confirmation was mailed to
    asked_at: datetime
    nonce: str  #: the nonce of the link
    newsletters: tuple[str, ...]  #: that they asked for, and still may confirm


@dataclass(frozen=True, slots=True)
class ConfirmedSignup:
    """A person who confirmed."""

    person: Subscriber
    welcome: int  #: the number of the notice that welcomes them
    newsletters: tuple[str, ...]  #: that they get now


class Signups(EditionScope):
    """Requests of one workspace, until they are confirmed.

    Where no newsletters are named, it is the store's own.
    """

    def is_mailed(self, address: str, newsletters: Sequence[str] = ()) -> bool:
        """Return whether an address, whatever its case, is one that gets all of these newsletters."""
        folded = fold_address(address)
        with self._engine.connect() as connection:
            return all(
                _gets_mail(connection, folded, newsletter)
                for newsletter in newsletters or [self._newsletter]
            )

    def add_request(
        self,
        person: Subscriber,
        now: datetime,
        newsletters: Sequence[str] = (),
    ) -> SignupRequest:
        """Store that a person asks for newsletters; return the nonce of their confirmation.

        A second mail to the very same address has the same nonce, so that either works, and both
        only once. Another spelling of the address gets another nonce: it may be another mailbox
        (RFC 5321, 2.4), whose owner has not confirmed this one. Newsletters that the very same
        address asked for before are confirmed with these.
        """
        values: dict[str, Any] = {
            "newsletters": list(newsletters) or [self._newsletter],
            "folded": fold_address(person.address),
            "address": person.address,
            "name": person.name,
            "source": person.consent_source,
            "asked_at": now,
            "nonce": secrets.token_urlsafe(24),
        }
        with self._engine.begin() as connection:
            stored = _lock_request(connection, values)
            if stored.nonce and stored.address == person.address:
                values["nonce"] = stored.nonce
                asked = [*stored.newsletters, *values["newsletters"]]
                values["newsletters"] = list(dict.fromkeys(asked))
            connection.execute(
                update(pending)
                .where(pending.c.folded == values["folded"])
                .values(values)
            )
        return SignupRequest(
            person.address, now, values["nonce"], tuple(values["newsletters"])
        )

    def find_request(self, nonce: str) -> SignupRequest | None:
        """Return the signup with a nonce; None if there is none (any more)."""
        if not nonce:
            return None
        request = select(
            pending.c.address,
            pending.c.asked_at,
            pending.c.nonce,
            pending.c.newsletters,
        ).where(pending.c.nonce == nonce)
        with self._engine.connect() as connection:
            row = connection.execute(request).first()
        if row is None:
            return None
        return SignupRequest(
            row.address, row.asked_at, row.nonce, tuple(row.newsletters)
        )

    def confirm_request(
        self,
        request: SignupRequest,
        source: str,
        now: datetime,
        good_until: datetime,
    ) -> ConfirmedSignup | None:
        """Make a person who signed up a subscriber of the newsletters of their request.

        These may be fewer than were asked for since: then the rest can still be confirmed.
        That undoes an unsubscription from them, and a suppression.

        A welcome mail is stored with it, to be sent until `good_until`. Returns None if this
        confirmation was used before.
        """
        take_request = (
            delete(pending)
            .where(
                pending.c.nonce == request.nonce,
                pending.c.address == request.address,
            )
            .returning(pending)
        )
        with self._engine.begin() as connection:
            row = connection.execute(take_request).first()
            if row is None:
                return None
            confirmed = request.newsletters
            had_left = _has_left(connection, row.folded, confirmed)
            person = _store_confirmed(connection, row, source, now)
            rejoin_newsletters(connection, person.id, confirmed, now)
            was_suppressed = _forget_suppression(connection, row.folded)
            _forget_erasure(connection, row.folded)
            if not set(confirmed).issuperset(row.newsletters):
                # the mail that names the others is still to be answered
                connection.execute(insert(pending).values(row._asdict()))
            kind = WELCOME
            if was_suppressed or had_left:
                kind = WELCOME_BACK
            welcome = put_notice(
                connection, kind, person, now, good_until, confirmed
            )
            return ConfirmedSignup(person, welcome, confirmed)

    def forget_old_requests(self, before: datetime) -> int:
        """Forget who asked before a time and never confirmed; return how many."""
        forget_old = delete(pending).where(pending.c.asked_at < before)
        with self._engine.begin() as connection:
            return connection.execute(forget_old).rowcount


def _lock_request(connection: Connection, values: dict[str, Any]) -> Row[Any]:
    """Return an address's request, stored now if there is none; others wait who change it.

    Two at once, for two newsletters, would each forget what the other asks for.
    """
    lock_request = (
        insert(pending)
        .values(values)
        .on_conflict_do_update(
            index_elements=["folded"], set_={"folded": pending.c.folded}
        )
        .returning(pending.c.address, pending.c.nonce, pending.c.newsletters)
    )
    return connection.execute(lock_request).one()


def _store_confirmed(
    connection: Connection, row: Row[Any], source: str, now: datetime
) -> Subscriber:
    """Store a person as a subscriber, new or come back, by the row of their request."""
    consent_source = f"{row.source}; {source}"
    updated_values = {
        # the address that confirmed is the one that is mailed, however it was spelled before
        "address": row.address,
        "consent_source": consent_source,
        "consent_at": now,
        "left_at": None,
    }
    store_subscriber = (
        insert(subscriber)
        .values(folded=row.folded, name=row.name, **updated_values)
        .on_conflict_do_update(index_elements=["folded"], set_=updated_values)
        .returning(subscriber.c.id)
    )
    number = connection.execute(store_subscriber).scalar_one()
    return Subscriber(row.address, row.name, consent_source, now, id=number)


def _forget_suppression(connection: Connection, folded: str) -> bool:
    """Remove an address's suppression; return whether it was suppressed."""
    forget = delete(suppression).where(suppression.c.folded == folded)
    return connection.execute(forget).rowcount > 0


def _forget_erasure(connection: Connection, folded: str) -> None:
    """Allow imports of an address that was erased."""
    key = connection.scalar(OLDEST_SIGNING_KEY) or ""
    hashes = [
        hash_address(key, folded),
        hash_address(key, old_fold(folded)),
    ]
    connection.execute(delete(erased).where(erased.c.hash.in_(hashes)))


def _has_left(
    connection: Connection, folded: str, newsletters: Sequence[str]
) -> bool:
    """Return whether an address left everything, or any of some newsletters."""
    left_any = or_(
        subscriber.c.left_at.is_not(None),
        *(has_left(newsletter) for newsletter in newsletters),
    )
    is_left = exists().where(subscriber.c.folded == folded, left_any)
    return bool(connection.scalar(select(is_left)))


def _gets_mail(connection: Connection, folded: str, newsletter: str) -> bool:
    gets_mail = exists().where(
        subscriber.c.folded == folded, wants_mail(newsletter)
    )
    return bool(connection.scalar(select(gets_mail)))

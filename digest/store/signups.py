"""Who asks for mail, and who confirms that it was them."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, case, delete, exists, select
from sqlalchemy.dialects.postgresql import insert

from digest.model import Subscriber
from digest.store.folding import fold, hash_of, old_fold
from digest.store.notices import WELCOME, WELCOME_BACK, put_notice
from digest.store.subscriber_filters import wanting
from digest.store.tables import erased, pending, signing_key, subscriber, suppression


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who asked for mail and has not confirmed it."""

    address: str  #: the very letters that the confirmation was mailed to
    asked_at: datetime
    nonce: str  #: what the link bears


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody who confirmed."""

    person: Subscriber
    welcome: int  #: the number of the notice that welcomes them


class Signups:
    """Those of one workspace who asked, until they confirm."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_mailed(self, address: str) -> bool:
        """Say whether an address, whatever its case, is one that gets the newsletter."""
        with self._engine.connect() as c:
            return _is_mailed(c, fold(address))

    def ask(self, person: Subscriber, now: datetime) -> Pending:
        """Note that somebody has asked for mail; return what their confirmation bears.

        A second mail to the very same address bears the same, so that either of them is good, and
        both only once. Other letters that we keep as the same address get another: they may be
        another mailbox (RFC 5321, 2.4), and whoever reads the one has not confirmed the other.
        """
        values = {
            "folded": fold(person.address),
            "address": person.address,
            "name": person.name,
            "source": person.consent_source,
            "asked_at": now,
            "nonce": secrets.token_urlsafe(24),
        }
        statement = insert(pending).values(values)
        known = (pending.c.address == person.address) & (pending.c.nonce != "")
        kept = case((known, pending.c.nonce), else_=statement.excluded.nonce)
        fresh = statement.on_conflict_do_update(
            index_elements=["folded"], set_=values | {"nonce": kept}
        )
        with self._engine.begin() as c:
            nonce = c.execute(fresh.returning(pending.c.nonce)).scalar_one()
        return Pending(person.address, now, nonce)

    def asked(self, nonce: str) -> Pending | None:
        """Return who asked, by what their confirmation bears; None if nobody (any more)."""
        columns = (pending.c.address, pending.c.asked_at, pending.c.nonce)
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(pending.c.nonce == nonce)).first()
        if row and nonce:
            return Pending(*row)
        return None

    def confirm(
        self, asked: Pending, source: str, now: datetime, good_until: datetime
    ) -> Confirmed | None:
        """Make a subscriber of who asked; their own wish undoes an earlier no.

        A mail of welcome is stored with it, to be handed over until `good_until`. Returns None if
        somebody has used this confirmation already.
        """
        with self._engine.begin() as c:
            mine = (pending.c.nonce == asked.nonce, pending.c.address == asked.address)
            row = c.execute(delete(pending).where(*mine).returning(pending)).first()
            if row is None:
                return None
            comes_back = _is_known(c, row.folded) and not _is_mailed(c, row.folded)
            said = {
                "consent_source": f"{row.source}; {source}",
                "consent_at": now,
                "left_at": None,
            }
            # the address that confirmed is the one that is mailed, however it was spelled before
            own = {"address": row.address} | said
            values = {"folded": row.folded, "name": row.name} | own
            upsert = insert(subscriber).values(values)
            made = upsert.on_conflict_do_update(index_elements=["folded"], set_=own)
            number = c.execute(made.returning(subscriber.c.id)).scalar_one()
            barred = delete(suppression).where(suppression.c.folded == row.folded)
            was_barred = c.execute(barred).rowcount > 0
            key = (
                c.scalar(select(signing_key.c.key).order_by(signing_key.c.id).limit(1))
                or ""
            )
            hashes = [hash_of(key, form) for form in (row.folded, old_fold(row.folded))]
            c.execute(delete(erased).where(erased.c.hash.in_(hashes)))
            person = Subscriber(
                row.address, row.name, f"{row.source}; {source}", now, id=number
            )
            if was_barred or comes_back:
                kind = WELCOME_BACK
            else:
                kind = WELCOME
            return Confirmed(person, put_notice(c, kind, person, now, good_until))

    def forget(self, before: datetime) -> int:
        """Forget who asked before a time and never confirmed; return how many."""
        with self._engine.begin() as c:
            return c.execute(
                delete(pending).where(pending.c.asked_at < before)
            ).rowcount


def _is_known(c: Connection, folded: str) -> bool:
    return bool(c.scalar(select(exists().where(subscriber.c.folded == folded))))


def _is_mailed(c: Connection, folded: str) -> bool:
    return bool(
        c.scalar(select(exists().where(subscriber.c.folded == folded, wanting())))
    )

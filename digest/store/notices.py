"""Notices: mails to one person that wait to be sent, or could not be; a database outbox.

A notice survives a restart, and is claimed by one process only, so that no mail is sent twice
(microservices.io: "Transactional outbox").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from digest.model import Subscriber
from digest.store.address_folding import fold_address
from digest.store.edition_scope import EditionScope
from digest.store.tables import notice

# Kinds of notices
CONFIRM = "confirm"
WELCOME = "welcome"
WELCOME_BACK = "welcome back"  #: to a person who may still be on the provider's suppression lists

# States of notices
WAITING = "waiting"
HANDING = "handing"
GIVEN_UP = "given up"

#: For how long a given-up mail is shown. No address is stored with it.
SHOW_GIVEN_UP_FOR = timedelta(days=30)
#: After so long without a sign of life, the process that claimed a mail is taken for dead.
DEAD_AFTER = timedelta(minutes=15)
DIED_DETAIL = (
    "the process ended while it handed the mail over, so that it may have left"
)


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail to one person, claimed by this process."""

    id: int
    kind: str  #: CONFIRM, WELCOME or WELCOME_BACK
    #: whom it is for; their id is 0 before they are subscribed
    person: Subscriber
    asked_at: datetime
    good_until: datetime  #: there is no use in mailing it later
    tries: int  #: this one included
    newsletters: tuple[str, ...]  #: it is about these; the first sends it


@dataclass(frozen=True, slots=True)
class NoticeFigures:
    """Numbers of mails to single people that wait, and that were given up."""

    waiting: int
    oldest: datetime | None  #: since when the oldest of those waits
    given_up: int  #: in the last SHOW_GIVEN_UP_FOR
    why: str  #: reason of the last failure


class Notices(EditionScope):
    """The mails to single people, of all newsletters of a workspace."""

    def add_notice(
        self,
        kind: str,
        person: Subscriber,
        now: datetime,
        good_until: datetime,
        newsletters: Sequence[str] = (),
    ) -> int:
        """Store a mail that is to be handed over now; return its number.

        It is about `newsletters`; without, about the store's own. The first of them sends it.

        It takes the place of one to the very same address that was tried in vain.
        """
        delete_tried = delete(notice).where(
            notice.c.kind == kind,
            notice.c.address == person.address,
            notice.c.state == WAITING,
            notice.c.tries > 0,
        )
        with self._engine.begin() as connection:
            connection.execute(delete_tried)
            return put_notice(
                connection,
                kind,
                person,
                now,
                good_until,
                newsletters or [self._newsletter],
            )

    def list_due_notices(self, now: datetime) -> list[int]:
        """Return the numbers of the mails whose time to be tried has come, the oldest first."""
        due_notices = (
            select(notice.c.id)
            .where(
                notice.c.state == WAITING,
                notice.c.next_try <= now,
            )
            .order_by(notice.c.next_try, notice.c.id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(due_notices))

    def has_work(self, now: datetime) -> bool:
        """Return whether a mail is due, or to be given up."""
        is_waiting = notice.c.state == WAITING
        is_due = is_waiting & (notice.c.next_try <= now)
        is_late = is_waiting & (notice.c.good_until <= now)
        is_lost = (notice.c.state == HANDING) & (
            notice.c.claimed_at < now - DEAD_AFTER
        )
        has_work = exists().where(is_due | is_late | is_lost)
        with self._engine.connect() as connection:
            return bool(connection.scalar(select(has_work)))

    def claim_notice(self, number: int, now: datetime) -> WaitingMail | None:
        """Claim a mail; None if another process has it, or its time has not come."""
        claim_notice = (
            update(notice)
            .where(
                notice.c.id == number,
                notice.c.state == WAITING,
                notice.c.next_try <= now,
            )
            .values(
                state=HANDING,
                claimed_at=now,
                tries=notice.c.tries + 1,
            )
            .returning(notice)
        )
        with self._engine.begin() as connection:
            row = connection.execute(claim_notice).first()
        if row is None:
            return None
        return _waiting_mail_of(row)

    def delete_notice(self, claimed: WaitingMail) -> None:
        """Delete a mail: it was accepted, or is not needed."""
        with self._engine.begin() as connection:
            connection.execute(delete(notice).where(notice.c.id == claimed.id))

    def postpone_notice(
        self, claimed: WaitingMail, at: datetime, why: str
    ) -> None:
        """Postpone a mail that was certainly not sent until a time.

        Does nothing if it was given up meanwhile, because its process was taken for dead.
        """
        postpone = (
            update(notice)
            .where(
                notice.c.id == claimed.id,
                notice.c.state == HANDING,
            )
            .values(
                state=WAITING,
                next_try=at,
                detail=_without_address(why, claimed.person.address),
            )
        )
        with self._engine.begin() as connection:
            connection.execute(postpone)

    def give_up_notice(
        self, claimed: WaitingMail, now: datetime, why: str
    ) -> None:
        """Give a mail up, and delete its recipient."""
        detail = _without_address(why, claimed.person.address)
        give_up = (
            update(notice)
            .where(notice.c.id == claimed.id)
            .values(_given_up_values(now) | {"detail": detail})
        )
        with self._engine.begin() as connection:
            connection.execute(give_up)

    def give_up_late_notices(self, now: datetime) -> list[tuple[str, str]]:
        """Give up mails that are too late, and those that a dead process had claimed.

        Returns the kind of each and why; deletes those that were given up long ago.
        """
        forget_oldest = delete(notice).where(
            notice.c.state == GIVEN_UP,
            notice.c.next_try < now - SHOW_GIVEN_UP_FOR,
        )
        given_up_values = _given_up_values(now)
        give_up_late = (
            update(notice)
            .where(
                notice.c.state == WAITING,
                notice.c.good_until <= now,
            )
            .values(given_up_values)
            .returning(notice.c.kind, notice.c.detail)
        )
        give_up_lost = (
            update(notice)
            .where(
                notice.c.state == HANDING,
                notice.c.claimed_at < now - DEAD_AFTER,
            )
            .values(given_up_values | {"detail": DIED_DETAIL})
            .returning(notice.c.kind, notice.c.detail)
        )
        with self._engine.begin() as connection:
            connection.execute(forget_oldest)
            late = connection.execute(give_up_late).all()
            lost = connection.execute(give_up_lost).all()
        return [(row.kind, row.detail) for row in (*late, *lost)]

    def get_figures(self) -> NoticeFigures:
        """Return the numbers of waiting and given-up mails, the oldest, and the last reason."""
        is_open = notice.c.state.in_([WAITING, HANDING])
        counts = select(
            func.count().filter(is_open),
            func.min(notice.c.asked_at).filter(is_open),
            func.count().filter(notice.c.state == GIVEN_UP),
        )
        newest_detail = (
            select(notice.c.detail)
            .where(notice.c.detail != "")
            .order_by(notice.c.next_try.desc(), notice.c.id.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            waiting, oldest, given_up = connection.execute(counts).one()
            why = connection.scalar(newest_detail) or ""
        return NoticeFigures(waiting, oldest, given_up, why)


def put_notice(
    connection: Connection,
    kind: str,
    person: Subscriber,
    now: datetime,
    good_until: datetime,
    newsletters: Sequence[str],
) -> int:
    """Store a mail within the caller's transaction; return its number."""
    add_notice = (
        insert(notice)
        .values(
            kind=kind,
            state=WAITING,
            address=person.address,
            name=person.name,
            source=person.consent_source,
            subscriber=person.id or None,
            asked_at=now,
            good_until=good_until,
            next_try=now,
            newsletters=list(newsletters),
        )
        .returning(notice.c.id)
    )
    number = connection.execute(add_notice).scalar_one()
    return int(number)


def forget_notices(connection: Connection, address: str) -> None:
    """Forget the mails to an address, in any spelling, within the caller's transaction."""
    folded = fold_address(address)
    addressed = select(notice.c.id, notice.c.address).where(
        notice.c.address != ""
    )
    numbers = [
        {"number": row.id}
        for row in connection.execute(addressed)
        if fold_address(row.address) == folded
    ]
    if numbers:
        forget = delete(notice).where(notice.c.id == bindparam("number"))
        connection.execute(forget, numbers)


def _given_up_values(now: datetime) -> dict[str, Any]:
    """Return the columns of a mail that is given up, without its recipient."""
    return {
        "address": "",
        "name": "",
        "source": "",
        "subscriber": None,
        "state": GIVEN_UP,
        "next_try": now,
    }


def _without_address(why: str, address: str) -> str:
    """Return a reason without the address: mail servers like to repeat it."""
    return why.replace(address, "(the address)")[:500]


def _waiting_mail_of(row: Row[Any]) -> WaitingMail:
    person = Subscriber(
        row.address, row.name, row.source, id=row.subscriber or 0
    )
    return WaitingMail(
        id=row.id,
        kind=row.kind,
        person=person,
        asked_at=row.asked_at,
        good_until=row.good_until,
        tries=row.tries,
        newsletters=tuple(row.newsletters),
    )

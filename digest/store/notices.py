"""Mails to one person that are to be handed over, or could not be: an outbox in the database.

It survives a restart, and a row is claimed by one process only, so that no mail leaves twice
(microservices.io: "Transactional outbox").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from digest.model import Subscriber
from digest.store.folding import fold
from digest.store.tables import notice

CONFIRM = "confirm"
WELCOME = "welcome"
WELCOME_BACK = "welcome back"  #: to one whom the provider may still keep from our mail
WAITING = "waiting"
HANDING = "handing"
GIVEN_UP = "given up"
#: For how long it is shown that a mail was given up. No address is kept with it.
SHOWN = timedelta(days=30)
#: After so long without a word, the process that had a mail in hand is taken for dead.
DEAD = timedelta(minutes=15)
DIED = "the process ended while it handed the mail over, so that it may have left"


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail to one person, claimed by whoever holds this."""

    id: int
    kind: str  #: CONFIRM, WELCOME or WELCOME_BACK
    person: Subscriber  #: whom it is for; their id is 0 before they are subscribed
    asked_at: datetime
    good_until: datetime  #: there is no use in mailing it later
    tries: int  #: this one included


@dataclass(frozen=True, slots=True)
class Figures:
    """How many mails to single people wait, and how many were given up."""

    waiting: int
    oldest: datetime | None  #: since when the oldest of those waits
    given_up: int  #: in the last SHOWN
    why: str  #: what was in the way the last time


class Notices:
    """The mails to single people of one workspace."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(
        self, kind: str, person: Subscriber, now: datetime, good_until: datetime
    ) -> int:
        """Store a mail that is to be handed over now; return its number.

        It takes the place of one to the very same address that was tried in vain.
        """
        with self._engine.begin() as c:
            older = (notice.c.kind == kind, notice.c.address == person.address)
            in_vain = (*older, notice.c.state == WAITING, notice.c.tries > 0)
            c.execute(delete(notice).where(*in_vain))
            return put_notice(c, kind, person, now, good_until)

    def due(self, now: datetime) -> list[int]:
        """Return the numbers of the mails whose time to be tried has come, the oldest first."""
        query = select(notice.c.id).where(
            notice.c.state == WAITING, notice.c.next_try <= now
        )
        with self._engine.connect() as c:
            return list(c.scalars(query.order_by(notice.c.next_try, notice.c.id)))

    def has_work(self, now: datetime) -> bool:
        """Say whether a mail is due, or to be given up."""
        due = (notice.c.state == WAITING) & (notice.c.next_try <= now)
        late = (notice.c.state == WAITING) & (notice.c.good_until <= now)
        dead = (notice.c.state == HANDING) & (notice.c.claimed_at < now - DEAD)
        with self._engine.connect() as c:
            return bool(c.scalar(select(exists().where(due | late | dead))))

    def claim(self, number: int, now: datetime) -> WaitingMail | None:
        """Take a mail in hand; None if somebody else has it, or its time has not come."""
        mine = (
            notice.c.id == number,
            notice.c.state == WAITING,
            notice.c.next_try <= now,
        )
        values = {"state": HANDING, "claimed_at": now, "tries": notice.c.tries + 1}
        statement = update(notice).where(*mine).values(values).returning(notice)
        with self._engine.begin() as c:
            row = c.execute(statement).first()
        if row:
            return _notice(row)
        return None

    def finish(self, claimed: WaitingMail) -> None:
        """Forget a mail: it was taken, or nobody needs it."""
        with self._engine.begin() as c:
            c.execute(delete(notice).where(notice.c.id == claimed.id))

    def try_again(self, claimed: WaitingMail, at: datetime, why: str) -> None:
        """Let a mail that certainly did not leave wait until a time.

        Not if it was given up meanwhile, since whoever has it in hand was taken for dead.
        """
        values = {
            "state": WAITING,
            "next_try": at,
            "detail": _veiled(why, claimed.person.address),
        }
        with self._engine.begin() as c:
            mine = (notice.c.id == claimed.id, notice.c.state == HANDING)
            c.execute(update(notice).where(*mine).values(values))

    def give_up(self, claimed: WaitingMail, now: datetime, why: str) -> None:
        """Try a mail no more, and forget whom it was for."""
        with self._engine.begin() as c:
            mine = update(notice).where(notice.c.id == claimed.id)
            c.execute(mine.values(_nobody(now, _veiled(why, claimed.person.address))))

    def give_up_late(self, now: datetime) -> list[tuple[str, str]]:
        """Give up what is good no longer, and what a dead process had in hand.

        Returns the kind of each and why; forgets those that were given up long ago.
        """
        late = (notice.c.state == WAITING, notice.c.good_until <= now)
        dead = (notice.c.state == HANDING, notice.c.claimed_at < now - DEAD)
        kinds = (notice.c.kind, notice.c.detail)
        with self._engine.begin() as c:
            old = (notice.c.state == GIVEN_UP, notice.c.next_try < now - SHOWN)
            c.execute(delete(notice).where(*old))
            nobody = _nobody(now, None)
            ended = c.execute(
                update(notice).where(*late).values(nobody).returning(*kinds)
            ).all()
            lost = update(notice).where(*dead).values(nobody | {"detail": DIED})
            died = c.execute(lost.returning(*kinds)).all()
        return [(row.kind, row.detail) for row in (*ended, *died)]

    def figures(self) -> Figures:
        """Return how many wait, since when, how many were given up, and why the last one."""
        open_ones = notice.c.state.in_([WAITING, HANDING])
        counted = select(
            func.count().filter(open_ones),
            func.min(notice.c.asked_at).filter(open_ones),
            func.count().filter(notice.c.state == GIVEN_UP),
        )
        newest = select(notice.c.detail).where(notice.c.detail != "")
        with self._engine.connect() as c:
            waiting, oldest, given_up = c.execute(counted).one()
            why = c.scalar(
                newest.order_by(notice.c.next_try.desc(), notice.c.id.desc()).limit(1)
            )
        return Figures(waiting, oldest, given_up, why or "")


def put_notice(
    c: Connection, kind: str, person: Subscriber, now: datetime, good_until: datetime
) -> int:
    """Store a mail within a transaction of somebody else's; return its number."""
    values = {
        "kind": kind,
        "state": WAITING,
        "address": person.address,
        "name": person.name,
        "source": person.consent_source,
        "subscriber": person.id or None,
        "asked_at": now,
        "good_until": good_until,
        "next_try": now,
    }
    return int(
        c.execute(insert(notice).values(values).returning(notice.c.id)).scalar_one()
    )


def forget_notices(c: Connection, address: str) -> None:
    """Forget the mails to an address, in any spelling, within somebody else's transaction."""
    waiting = c.execute(
        select(notice.c.id, notice.c.address).where(notice.c.address != "")
    )
    folded = fold(address)
    numbers = [row.id for row in waiting if fold(row.address) == folded]
    if numbers:
        this = delete(notice).where(notice.c.id == bindparam("number"))
        c.execute(this, [{"number": number} for number in numbers])


def _nobody(now: datetime, why: str | None) -> dict[str, Any]:
    """Return the columns of a mail that is given up; None keeps the reason that is there."""
    blank: dict[str, Any] = dict.fromkeys(("address", "name", "source"), "")
    if why is None:
        said = {}
    else:
        said = {"detail": why}
    return blank | {"state": GIVEN_UP, "next_try": now, "subscriber": None} | said


def _veiled(why: str, address: str) -> str:
    """Return a reason without the address: mail servers like to repeat it."""
    return why.replace(address, "(the address)")[:500]


def _notice(row: Any) -> WaitingMail:
    who = Subscriber(row.address, row.name, row.source, id=row.subscriber or 0)
    return WaitingMail(row.id, row.kind, who, row.asked_at, row.good_until, row.tries)

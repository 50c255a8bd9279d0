"""What comes of refusals: excluded, queued again, tried later, given up; why a send stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, bindparam, exists, func, select, update

from digest.errors import DigestError
from digest.model import State
from digest.store.requeue import CHUNK, queue_apart
from digest.store.send_halts import Halts
from digest.store.tables import chunk, delivery, sending, subscriber, suppression

#: Before what is left is tried again by itself (RFC 5321, 4.5.4.1: at least half an hour).
PAUSE = timedelta(minutes=30)
#: Whoever is still refused for now after so long is given up for this edition. RFC 5321 names four
#: to five days; a newsletter of last week is of no use to anybody.
GIVE_UP = timedelta(days=3)
Conditions = tuple[ColumnElement[bool], ...]
REFUSED = "refused%"  #: how the detail begins of whoever a provider refused

#: The reader of a delivery may be mailed still.
WANTED = exists().where(
    subscriber.c.id == delivery.c.subscriber,
    subscriber.c.left_at.is_(None),
    ~exists().where(suppression.c.folded == subscriber.c.folded),
)
BY_READER = (
    delivery.c.edition == bindparam("day"),
    delivery.c.subscriber == bindparam("who"),
    delivery.c.state == State.QUEUED,
)
EXCLUDED = (
    update(delivery)
    .where(*BY_READER)
    .values(state=State.EXCLUDED, detail=bindparam("said"))
)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a send after a pass over its queue."""

    stopped: str = ""  #: why the provider took nothing more; "" if it did
    again_at: datetime | None = None  #: when what is left is tried again by itself
    later: int = 0  #: readers refused for now
    refused: int = 0  #: readers excluded since the provider refused them


class SecondTries:
    """What comes of deliveries that a provider refused."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rest(self, day: date) -> Rest:
        """Return what is left of an edition's send, and why."""
        columns = select(sending.c.stopped, sending.c.again_at).where(
            sending.c.edition == day
        )
        later = (delivery.c.edition == day, delivery.c.state == State.QUEUED)
        counted = select(func.count()).select_from(delivery)
        with self._engine.connect() as c:
            row = c.execute(columns).first()
            if row is None:
                return Rest()
            waiting = c.scalar(counted.where(*later)) or 0
            own, shared = _refused(day)
            refused = (c.scalar(counted.where(*own)) or 0) + (
                c.scalar(counted.where(*shared)) or 0
            )
            return Rest(row.stopped, row.again_at, waiting, refused)

    def exclude(self, day: date, refused: Sequence[tuple[int, str]]) -> None:
        """Exclude these (subscriber, why), who were queued until it was plain that it is them."""
        rows = [{"day": day, "who": who, "said": said[:500]} for who, said in refused]
        if rows:
            with self._engine.begin() as c:
                c.execute(EXCLUDED, rows)

    def queue_again(self, day: date, people: Sequence[int]) -> None:
        """Queue these subscribers again, at once, who were refused for our sake."""
        for start in range(
            0, len(people), CHUNK
        ):  # databases limit what one question may hold
            named = delivery.c.subscriber.in_(people[start : start + CHUNK])
            with self._engine.begin() as c:
                queue_apart(c, day, delivery.c.state == State.QUEUED, named)

    def end_pass(self, day: date, now: datetime, stopped: str = "") -> None:
        """Note the end of a pass over an edition's queue, and why, if the provider stopped it.

        Whoever was refused for now is tried again later, and after some days given up.
        """
        later = (delivery.c.edition == day, delivery.c.state == State.QUEUED)
        first = update(delivery).where(*later, delivery.c.refused_at.is_(None))
        too_long = update(delivery).where(*later, delivery.c.refused_at < now - GIVE_UP)
        given_up = delivery.c.detail + f" (so for {GIVE_UP.days} days, and given up)"
        with self._engine.begin() as c:
            c.execute(first.values(refused_at=now))
            c.execute(too_long.values(state=State.EXCLUDED, detail=given_up))
            is_left = bool(stopped) or c.scalar(select(exists().where(*later)))
            if is_left:
                values = {"again_at": now + PAUSE} | (
                    {"stopped": stopped} if stopped else {}
                )
                c.execute(
                    update(sending).where(sending.c.edition == day).values(values)
                )

    def retry_refused(self, day: date) -> int:
        """Queue whoever the provider refused again; return how many.

        Whoever left or was suppressed is not among them, and is left out as they are claimed.
        Call only while holding the send lock. Raises DigestError while the send is halted.
        """
        how, by = Halts(self._engine).halted(day)
        if how:
            raise DigestError(f"{by} has {how} the send of {day}")
        own, shared = _refused(day)
        with self._engine.begin() as c:
            counted = select(func.count()).select_from(delivery).where(*shared)
            number = c.scalar(counted) or 0
            blank = {"handing": False, "batch": "", "leaves_at": None, "detail": ""}
            c.execute(
                update(chunk).where(*_whole(day)).values(state=State.QUEUED, **blank)
            )
            return number + queue_apart(c, day, *own, refused_at=None)


def _refused(day: date) -> tuple[Conditions, Conditions]:
    """Return the conditions of whoever was refused: by themselves, and with all of their chunk.

    Who has left or is suppressed is not among them: nothing brings them back.
    """
    own = (
        delivery.c.edition == day,
        WANTED,
        delivery.c.state == State.EXCLUDED,
        delivery.c.detail.like(REFUSED),
    )
    theirs = delivery.c.chunk.in_(select(chunk.c.no).where(*_whole(day)))
    return own, (delivery.c.edition == day, WANTED, delivery.c.state.is_(None), theirs)


def _whole(day: date) -> Conditions:
    return (
        chunk.c.edition == day,
        chunk.c.state == State.EXCLUDED,
        chunk.c.detail.like(REFUSED),
    )

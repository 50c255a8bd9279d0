"""Attempts to log in or to subscribe, counted in the database, so that all processes know."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    delete,
    func,
    insert,
    select,
    text,
)

from digest.model import AttemptLimit
from digest.store.tables import attempt

FORGET_AFTER = timedelta(days=1)
MAX_NAME_LENGTH = 320
MAX_SOURCE_LENGTH = 80
#: On PostgreSQL one transaction at a time counts and notes; the lock ends with the transaction.
LOCK_COUNTING = text(
    "SELECT pg_advisory_xact_lock(hashtext('digest counts attempts'))"
)


class Attempts:
    """Attempts of a name from a source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note_attempt(
        self,
        name: str,
        source: str,
        now: datetime,
        limits: Sequence[AttemptLimit],
    ) -> tuple[int, float]:
        """Note an attempt before it is made; return its number, and 0.

        Where it would be one too many, nothing is noted: the number is 0, and the second value says
        in how many seconds it would be allowed. Counting and noting are one: of many attempts at a
        moment, exactly as many are noted as the limits allow, whatever the database.
        """
        forget_oldest = delete(attempt).where(attempt.c.at < now - FORGET_AFTER)
        note_attempt = (
            insert(attempt)
            .values(
                folded=name[:MAX_NAME_LENGTH],
                address=source[:MAX_SOURCE_LENGTH],
                at=now,
            )
            .returning(attempt.c.id)
        )
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(LOCK_COUNTING)
            # SQLite takes its lock for writing with this, so that no other process counts between
            connection.execute(forget_oldest)
            waits = [
                _seconds_to_wait(connection, limit, now) for limit in limits
            ]
            longest_wait = max(waits, default=0.0)
            if longest_wait:
                return 0, longest_wait
            number = connection.execute(note_attempt).scalar_one()
            return int(number), 0.0

    def forget_attempt(self, number: int) -> None:
        """Forget an attempt that was noted and not made."""
        with self._engine.begin() as connection:
            connection.execute(delete(attempt).where(attempt.c.id == number))

    def count_attempts(
        self, since: datetime, name: str = "", source: str = ""
    ) -> int:
        """Count attempts since a time, of a name, from a source, or of both."""
        conditions = _conditions_of(since, name, source)
        count = select(func.count()).select_from(attempt).where(*conditions)
        with self._engine.connect() as connection:
            return connection.scalar(count) or 0

    def forget_attempts_of(self, name: str, source: str) -> None:
        """Forget the attempts of a name from a source."""
        forget = delete(attempt).where(
            attempt.c.folded == name[:MAX_NAME_LENGTH],
            attempt.c.address == source[:MAX_SOURCE_LENGTH],
        )
        with self._engine.begin() as connection:
            connection.execute(forget)


def _seconds_to_wait(
    connection: Connection, limit: AttemptLimit, now: datetime
) -> float:
    """Return in how many seconds a limit allows one more attempt; 0 if it does now."""
    conditions = _conditions_of(now - limit.within, limit.name, limit.source)
    # once the last of the newest `most` is old enough, fewer than `most` are left
    last_that_counts = (
        select(attempt.c.at)
        .where(*conditions)
        .order_by(attempt.c.at.desc())
        .offset(limit.most - 1)
        .limit(1)
    )
    last = connection.scalar(last_that_counts)
    if last is None:
        return 0.0
    seconds: float = (last + limit.within - now).total_seconds()
    return max(seconds, 1.0)


def _conditions_of(
    since: datetime, name: str, source: str
) -> list[ColumnElement[bool]]:
    conditions = [attempt.c.at >= since]
    if name:
        conditions.append(attempt.c.folded == name[:MAX_NAME_LENGTH])
    if source:
        conditions.append(attempt.c.address == source[:MAX_SOURCE_LENGTH])
    return conditions

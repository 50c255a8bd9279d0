"""What is tried too often: logins, subscriptions. Counted here, so that all processes know."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, text

from digest.model import Limit
from digest.store.tables import attempt

KEPT = timedelta(days=1)
#: One transaction at a time counts and notes on PostgreSQL; the lock goes with the transaction.
ONE_COUNTS = text("SELECT pg_advisory_xact_lock(hashtext('digest counts attempts'))")


class Attempts:
    """Tries of a name from a source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(
        self, name: str, source: str, now: datetime, limits: Sequence[Limit]
    ) -> tuple[int, float]:
        """Note a try before it is made; return its number, and 0.

        Where it would be one too many, nothing is noted: the number is 0, and what comes second
        says in how many seconds it would not be. Counting and noting are one: of many tries at a
        moment, exactly as many are noted as the limits allow, whatever the database.
        """
        with self._engine.begin() as c:
            if c.dialect.name == "postgresql":
                c.execute(ONE_COUNTS)
            # SQLite takes its lock for writing with this, so that nobody counts between
            c.execute(delete(attempt).where(attempt.c.at < now - KEPT))
            wait = max((_wait(c, limit, now) for limit in limits), default=0.0)
            if wait:
                return 0, wait
            values = {"folded": name[:320], "address": source[:80], "at": now}
            made = insert(attempt).values(values).returning(attempt.c.id)
            return int(c.execute(made).scalar_one()), 0.0

    def give_back(self, number: int) -> None:
        """Forget a try that was noted and not made."""
        with self._engine.begin() as c:
            c.execute(delete(attempt).where(attempt.c.id == number))

    def count(self, since: datetime, name: str = "", source: str = "") -> int:
        """Count tries since a time, of a name, from a source, or of both."""
        with self._engine.connect() as c:
            counted = select(func.count()).select_from(attempt)
            return c.scalar(counted.where(*_those(since, name, source))) or 0

    def forgive(self, name: str, source: str) -> None:
        """Forget the tries of a name from a source."""
        mine = (attempt.c.folded == name[:320], attempt.c.address == source[:80])
        with self._engine.begin() as c:
            c.execute(delete(attempt).where(*mine))


def _wait(c: Connection, limit: Limit, now: datetime) -> float:
    """Return in how many seconds a limit allows one more; 0 if it does now."""
    those = _those(now - limit.within, limit.name, limit.source)
    newest_first = select(attempt.c.at).where(*those).order_by(attempt.c.at.desc())
    # once the last of these is old enough, there are fewer than `most` left
    last = c.scalar(newest_first.offset(limit.most - 1).limit(1))
    if last is None:
        return 0.0
    seconds: float = (last + limit.within - now).total_seconds()
    return max(seconds, 1.0)


def _those(since: datetime, name: str, source: str) -> list[Any]:
    wanted: list[Any] = [attempt.c.at >= since]
    wanted += [attempt.c.folded == name[:320]] if name else []
    wanted += [attempt.c.address == source[:80]] if source else []
    return wanted

"""What is tried too often: logins, subscriptions. Counted here, so that all processes know."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select

from digest.store.tables import attempt

KEPT = timedelta(days=1)


class Attempts:
    """Tries of a name from a source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, name: str, source: str, now: datetime) -> None:
        """Count one; forget what is older than a day."""
        with self._engine.begin() as c:
            c.execute(delete(attempt).where(attempt.c.at < now - KEPT))
            c.execute(insert(attempt).values(folded=name, address=source, at=now))

    def count(self, since: datetime, name: str = "", source: str = "") -> int:
        """Count tries since a time, of a name, from a source, or of both."""
        wanted = [attempt.c.at >= since]
        wanted += [attempt.c.folded == name] if name else []
        wanted += [attempt.c.address == source] if source else []
        with self._engine.connect() as c:
            return c.scalar(select(func.count()).select_from(attempt).where(*wanted)) or 0

    def forgive(self, name: str, source: str) -> None:
        """Forget the tries of a name from a source."""
        mine = (attempt.c.folded == name, attempt.c.address == source)
        with self._engine.begin() as c:
            c.execute(delete(attempt).where(*mine))

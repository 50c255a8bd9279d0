"""What is forgotten with time: who got old editions, and the texts of old articles."""

from datetime import date, datetime

from sqlalchemy import Engine, delete, exists, func, or_, select, update

from digest.store.tables import article, chunk, delivery, sending

TOGETHER = 10  #: chunks whose deliveries are deleted in one transaction


class Pruning:
    """Keeps a database from growing for ever."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def editions(self, before: date) -> list[date]:
        """Return editions before a day that went out and whose deliveries are still here, some of
        them at least: a process may have died over it.
        """
        some_left = exists().where(chunk.c.edition == sending.c.edition)
        old = (sending.c.edition < before, sending.c.kept.is_(None) | some_left)
        with self._engine.connect() as c:
            return list(c.scalars(select(sending.c.edition).where(*old)))

    def deliveries(self, day: date, kept: dict[str, dict[str, int]]) -> int:
        """Forget who got an edition, and keep the counts; return how many rows that freed."""
        freed = 0
        with self._engine.begin() as c:
            c.execute(update(sending).where(sending.c.edition == day).values(kept=kept))
        last = select(func.max(chunk.c.no)).where(chunk.c.edition == day)
        with self._engine.connect() as c:
            numbers = range(0, (c.scalar(last) or 0) + 1, TOGETHER)
        for no in numbers:
            some = (
                delivery.c.edition == day,
                delivery.c.chunk >= no,
                delivery.c.chunk < no + TOGETHER,
            )
            with self._engine.begin() as c:
                freed += c.execute(delete(delivery).where(*some)).rowcount
        with self._engine.begin() as c:
            c.execute(delete(chunk).where(chunk.c.edition == day))
        return freed

    def texts(self, before: datetime) -> int:
        """Empty the texts of articles first seen before a time; return of how many."""
        old = (article.c.first_seen < before, article.c.text != "")
        published = or_(article.c.published.is_(None), article.c.published < before)
        with self._engine.begin() as c:
            return c.execute(
                update(article).where(*old, published).values(text="")
            ).rowcount

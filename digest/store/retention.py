"""Retention: the recipients of old editions and the texts of old articles are forgotten."""

from datetime import date, datetime

from sqlalchemy import Engine, delete, exists, func, or_, select, update

from digest.model import EditionKey
from digest.store.tables import article, chunk, delivery, edition, sending

#: chunks whose deliveries are deleted in one transaction
CHUNKS_PER_TRANSACTION = 10


class Retention:
    """Keeps a database from growing for ever."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_unpruned_editions(self, before: date) -> list[EditionKey]:
        """Return all newsletters' editions before a day that went out and whose deliveries are here.

        Perhaps only some of them: a process may have died while it deleted them.
        """
        has_chunks = exists().where(chunk.c.edition == sending.c.edition)
        unpruned = (
            select(sending.c.edition)
            .join(edition, edition.c.key == sending.c.edition)
            .where(
                edition.c.date < before,
                sending.c.kept.is_(None) | has_chunks,
            )
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(unpruned))

    def prune_deliveries(
        self, key: EditionKey, counts: dict[str, dict[str, int]]
    ) -> int:
        """Forget who got an edition, and store the counts; return how many rows that freed."""
        store_counts = (
            update(sending).where(sending.c.edition == key).values(kept=counts)
        )
        with self._engine.begin() as connection:
            connection.execute(store_counts)
        find_last = select(func.max(chunk.c.no)).where(chunk.c.edition == key)
        with self._engine.connect() as connection:
            last = connection.scalar(find_last) or 0
        freed = 0
        for start in range(0, last + 1, CHUNKS_PER_TRANSACTION):
            delete_some = delete(delivery).where(
                delivery.c.edition == key,
                delivery.c.chunk >= start,
                delivery.c.chunk < start + CHUNKS_PER_TRANSACTION,
            )
            with self._engine.begin() as connection:
                freed += connection.execute(delete_some).rowcount
        with self._engine.begin() as connection:
            connection.execute(delete(chunk).where(chunk.c.edition == key))
        return freed

    def prune_texts(self, before: datetime) -> int:
        """Empty the texts of articles first seen before a time; return of how many."""
        is_old = or_(
            article.c.published.is_(None), article.c.published < before
        )
        empty_texts = (
            update(article)
            .where(
                article.c.first_seen < before,
                article.c.text != "",
                is_old,
            )
            .values(text="")
        )
        with self._engine.begin() as connection:
            return connection.execute(empty_texts).rowcount

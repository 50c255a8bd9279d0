"""Articles, by their names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.model import Article
from digest.store.tables import alias, article, headline, judgement

COLUMNS = [c for c in article.c if c.name not in ("read_at", "tries")]
#: The number of the last reading, or of the last change that asks for one.
NEWEST = select(func.max(judgement.c.version))
KEPT = [f.name for f in fields(Article) if f.name not in ("id", "first_seen")]


class Articles:
    """What was collected."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, read: Article, now: datetime) -> Article:
        """Store an article with its page, new or known; a section given earlier is kept."""
        fresh = insert(article).values(row_of(read) | {"first_seen": now})
        with self._engine.begin() as c:
            c.execute(fresh.on_conflict_do_nothing(index_elements=["key"]))
            stored = c.execute(select(*COLUMNS).where(article.c.key == read.key)).one()
            kept = replace(read, id=stored.id, section=read.section or stored.section)
            values = row_of(kept) | {"read_at": now}
            c.execute(update(article).where(article.c.id == stored.id).values(values))
            forget_reading(c, stored.id)
        return kept

    def find(self, key: str) -> Article | None:
        """Return the article that a key names, by any of its names."""
        named = select(alias.c.article).where(alias.c.key == key)
        with self._engine.connect() as c:
            row = c.execute(
                select(*COLUMNS).where((article.c.key == key) | article.c.id.in_(named))
            ).first()
            if row:
                return article_of(row)
            return None

    def named(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids of stored articles by keys that name them."""
        wanted = list(keys)
        with self._engine.connect() as c:
            own = select(article.c.key, article.c.id).where(article.c.key.in_(wanted))
            other = select(alias.c.key, alias.c.article).where(alias.c.key.in_(wanted))
            return {
                key: number for rows in (other, own) for key, number in c.execute(rows)
            }

    def get(self, number: int) -> Article | None:
        """Return an article with its text, by id."""
        with self._engine.connect() as c:
            row = c.execute(select(*COLUMNS).where(article.c.id == number)).first()
            if row:
                return article_of(row)
            return None

    def since(self, moment: datetime) -> int:
        """Count the articles that came since a moment."""
        with self._engine.connect() as c:
            new = select(func.count()).where(article.c.first_seen >= moment)
            return c.scalar(new) or 0

    def earlier_headlines(self, articles: Iterable[int]) -> dict[int, list[str]]:
        """Return the headlines that these articles (ids) have no longer, oldest first."""
        wanted = set(articles)
        found = defaultdict[int, list[str]](list)
        # all are read: a headline changes rarely, and SQLite takes only so many values
        rows = select(headline.c.article, headline.c.title).order_by(headline.c.id)
        with self._engine.connect() as c:
            for article_id, title in c.execute(rows):
                if article_id in wanted:
                    found[article_id].append(title)
        return dict(found)


def forget_reading(c: Connection, number: int) -> None:
    """Let an article be judged again, since its words have changed."""
    values = {"rules": "", "version": NEWEST.scalar_subquery() + 1}
    c.execute(update(judgement).where(judgement.c.article == number).values(values))


def row_of(a: Article) -> dict[str, Any]:
    """Return an article as a row, without what the store itself decides."""
    row = {
        name: getattr(a, name) for name in KEPT
    }  # asdict() copies deeply, which is slow
    return row | {"authors": list(a.authors)}


def article_of(row: Row[Any]) -> Article:
    """Return a row of COLUMNS as an article."""
    values = {c.name: row._mapping[c] for c in COLUMNS}
    return Article(**values | {"authors": tuple(values["authors"])})

"""Feeds, articles and what was judged of them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.model import Article, Feed, Judged, Judgement, Kind, Mention, Place, TopicHit
from digest.store.tables import article, feed, judgement

COLUMNS = [c for c in article.c if c.name != "read_at"]


class Articles:
    """What was collected."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def feeds(self) -> dict[str, Feed]:
        """Return what is remembered of each feed, by address."""
        with self._engine.connect() as c:
            return {row.url: Feed(**row._mapping) for row in c.execute(select(feed))}

    def save_feed(self, polled: Feed) -> None:
        """Remember a feed's last poll."""
        values = asdict(polled)
        statement = insert(feed).values(values)
        with self._engine.begin() as c:
            c.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))

    def add(self, articles: Iterable[Article], now: datetime) -> list[Article]:
        """Store those whose key is new; return them with their ids."""
        rows = [_row(a) | {"first_seen": now} for a in articles]
        if not rows:
            return []
        statement = insert(article).on_conflict_do_nothing(index_elements=["key"])
        with self._engine.begin() as c:
            before = c.scalar(select(func.coalesce(func.max(article.c.id), 0)))
            c.execute(statement, rows)
            # RETURNING promises no order, and executemany returns none: read back by id.
            found = c.execute(select(*COLUMNS).where(article.c.id > before).order_by(article.c.id))
            return [_article(row) for row in found]

    def by_key(self, key: str) -> Article | None:
        """Find an article by its identity."""
        with self._engine.connect() as c:
            row = c.execute(select(*COLUMNS).where(article.c.key == key)).first()
            return _article(row) if row else None

    def put(self, read: Article, now: datetime) -> Article:
        """Store an article with its page, new or known; a section given earlier is kept."""
        self.add([read], now)
        stored = self.by_key(read.key)
        assert stored is not None  # noqa: S101 - it has just been added, or was there
        kept = replace(read, id=stored.id, section=read.section or stored.section)
        self.save_read(kept, now)
        return kept

    def to_read(self) -> list[Article]:
        """Return articles whose page has not been tried yet."""
        with self._engine.connect() as c:
            never = select(*COLUMNS).where(article.c.read_at.is_(None), article.c.url != "")
            return [_article(row) for row in c.execute(never.order_by(article.c.id))]

    def save_read(self, read: Article, now: datetime) -> None:
        """Store what reading the page added."""
        values = _row(read) | {"read_at": now}
        with self._engine.begin() as c:
            c.execute(update(article).where(article.c.id == read.id).values(values))

    def save_judged(self, judged: Sequence[Judged]) -> None:
        """Store judgements, replacing earlier ones of the same articles."""
        rows = [_judgement_row(j) for j in judged]
        if rows:
            statement = insert(judgement)
            fresh = {c.name: statement.excluded[c.name] for c in judgement.c if not c.primary_key}
            with self._engine.begin() as c:
                c.execute(
                    statement.on_conflict_do_update(index_elements=["article"], set_=fresh), rows
                )

    def since(self, start: datetime) -> list[Judged]:
        """Return articles published at `start` or later; an undated one counts as first seen."""
        return self._judged(func.coalesce(article.c.published, article.c.first_seen) >= start)

    def _judged(self, where: Any) -> list[Judged]:
        columns = (*COLUMNS, judgement.c.score, judgement.c.story, judgement.c.detail)
        rows = select(*columns, judgement.c.section.label("judged_section")).outerjoin_from(
            article, judgement, judgement.c.article == article.c.id
        )
        order = (judgement.c.score.desc(), article.c.id)
        with self._engine.connect() as c:
            return [_judged(row) for row in c.execute(rows.where(where).order_by(*order))]


def _row(a: Article) -> dict[str, Any]:
    row = asdict(a)
    del row["id"], row["first_seen"]
    return row | {"authors": list(a.authors)}


def _article(row: Row[Any]) -> Article:
    values = {c.name: row._mapping[c] for c in COLUMNS}
    return Article(**values | {"authors": tuple(values["authors"])})


def _judgement_row(j: Judged) -> dict[str, Any]:
    detail = asdict(j.judgement)
    section, score = detail.pop("section"), detail.pop("score")
    return {
        "article": j.article.id,
        "section": section,
        "score": score,
        "story": j.story,
        "detail": detail,
    }


def _judged(row: Any) -> Judged:
    if row.detail is None:
        return Judged(_article(row), Judgement())
    return Judged(
        _article(row),
        Judgement(
            section=row.judged_section,
            score=row.score,
            mentions=tuple(
                Mention(m["name"], Kind(m["kind"]), Place(m["place"]), m["sentence"])
                for m in row.detail["mentions"]
            ),
            topics=tuple(
                TopicHit(t["topic"], tuple(t["words"]), t["section"]) for t in row.detail["topics"]
            ),
            reasons=tuple(row.detail["reasons"]),
        ),
        row.story,
    )

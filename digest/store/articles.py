"""Feeds, articles and what was judged of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert

from digest.model import Article, Judged, Judgement, Kind, Mention, Place, TopicHit
from digest.store.tables import article, headline, judgement

COLUMNS = [c for c in article.c if c.name not in ("read_at", "tries")]
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
        return kept

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

    def earlier_headlines(self, articles: Iterable[int]) -> dict[int, list[str]]:
        """Return the headlines that these articles (ids) have no longer, oldest first."""
        wanted, found = set(articles), defaultdict[int, list[str]](list)
        # all are read: a headline changes rarely, and SQLite takes only so many values
        rows = select(headline.c.article, headline.c.title).order_by(headline.c.id)
        with self._engine.connect() as c:
            for article_id, title in c.execute(rows):
                if article_id in wanted:
                    found[article_id].append(title)
        return dict(found)

    def _judged(self, where: Any) -> list[Judged]:
        columns = (*COLUMNS, judgement.c.score, judgement.c.story, judgement.c.detail)
        rows = select(*columns, judgement.c.section.label("judged_section")).outerjoin_from(
            article, judgement, judgement.c.article == article.c.id
        )
        order = (judgement.c.score.desc(), article.c.id)
        with self._engine.connect() as c:
            return [_judged(row) for row in c.execute(rows.where(where).order_by(*order))]


def row_of(a: Article) -> dict[str, Any]:
    """Return an article as a row, without what the store itself decides."""
    row = {name: getattr(a, name) for name in KEPT}  # asdict() copies deeply, which is slow
    return row | {"authors": list(a.authors)}


def article_of(row: Row[Any]) -> Article:
    """Return a row of COLUMNS as an article."""
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
        return Judged(article_of(row), Judgement())
    return Judged(
        article_of(row),
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

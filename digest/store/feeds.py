"""What collecting remembers: feeds, sightings, pages. One transaction for each batch of polls."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import Article, Feed, Sighting
from digest.store.articles import COLUMNS, article_of, forget_reading, row_of
from digest.store.tables import alias, article, feed, headline

#: How often a page is tried that could not be had for a passing reason.
TRIES = 3
#: A headline with a clock in it changes for ever (after lemon24/reader's limit of updates).
RETITLED_AT_MOST = 24
AT_ONCE = 500  # values in one statement; SQLite allows 32,766
#: An article whose page is to be read.
WAITING = (
    article.c.read_at.is_(None) & (article.c.url != "") & (article.c.tries < TRIES)
)
FEED = [f.name for f in fields(Feed)]
SEEN = [article.c[name] for name in Sighting.__annotations__]


T = TypeVar("T")


class Collected:
    """What the collector writes and needs to know again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def feeds(self) -> dict[str, Feed]:
        """Return what is remembered of each feed, by address."""
        with self._engine.connect() as c:
            return {row.url: Feed(**row._mapping) for row in c.execute(select(feed))}

    def sightings(self, articles: Sequence[Article]) -> list[Sighting]:
        """Return stored articles that these may be: by key, by another of their names, by guid
        or by time of publication. One found under another name carries that name as its key.
        """
        with self._engine.connect() as c:
            known = list(_by_keys(c, {a.key for a in articles}))
            names = {s.key for s in known}
            rest = [a for a in articles if a.key not in names]
            return known + list(_alike(c, rest))

    def save_polls(
        self,
        polled: Sequence[Feed],
        new: Sequence[Article],
        retitled: Iterable[tuple[Sighting, str]],
        now: datetime,
    ) -> None:
        """Remember polls together with all they brought."""
        with self._engine.begin() as c:
            if new:
                rows = [row_of(a) | {"first_seen": now} for a in new]
                c.execute(
                    insert(article).on_conflict_do_nothing(index_elements=["key"]), rows
                )
            for seen, title in retitled:
                _retitle(c, seen, title, now)
            if polled:
                statement = insert(feed)
                fresh = {
                    x.name: statement.excluded[x.name]
                    for x in feed.c
                    if x.name != "url"
                }
                upsert = statement.on_conflict_do_update(
                    index_elements=["url"], set_=fresh
                )
                c.execute(upsert, [{n: getattr(f, n) for n in FEED} for f in polled])

    def to_read(
        self, mine: Callable[[str], bool] = lambda _address: True
    ) -> list[Article]:
        """Return articles whose page has not been read and may yet be.

        `mine` says of addresses whether they are asked for; texts of others are not loaded.
        """
        waiting = (
            select(article.c.id, article.c.url).where(WAITING).order_by(article.c.id)
        )
        with self._engine.connect() as c:
            wanted = [number for number, url in c.execute(waiting) if mine(url)]
            found = (
                c.execute(
                    select(*COLUMNS)
                    .where(article.c.id.in_(some))
                    .order_by(article.c.id)
                )
                for some in _batches(wanted, AT_ONCE)
            )
            return [article_of(row) for rows in found for row in rows]

    def pages_waiting(self) -> list[str]:
        """Return the addresses of pages that `to_read` would give."""
        with self._engine.connect() as c:
            return list(c.scalars(select(article.c.url).where(WAITING)))

    def save_read(
        self,
        read: Article,
        now: datetime,
        *,
        again: bool = False,
        canonical: str = "",
    ) -> None:
        """Store what reading the page added, or why it could not be read.

        `again`: the reason may pass, so try once more at another time. `canonical`: the key by
        which the page names itself; where that is another article of the same headline or text,
        the two are one and this one goes.
        """
        values = row_of(read) | {
            "read_at": None if again else now,
            "tries": article.c.tries + 1,
        }
        with self._engine.begin() as c:
            c.execute(update(article).where(article.c.id == read.id).values(values))
            forget_reading(c, read.id)
            if canonical and canonical != read.key:
                _name(c, read, canonical)

    def paces(self, urls: Sequence[str], since: datetime) -> dict[str, Counter[date]]:
        """Return how many articles each feed gave first, by the day (UTC) they came out.

        One without a date, or dated in its future, came out when it was first seen.
        """
        undated = article.c.published.is_(None) | (
            article.c.published > article.c.first_seen
        )
        came = case((undated, article.c.first_seen), else_=article.c.published)
        by_day = (article.c.feed, func.date(came), func.count())
        found: defaultdict[str, Counter[date]] = defaultdict(Counter)
        with self._engine.connect() as c:
            for some in _batches(urls, AT_ONCE):
                of_these = article.c.feed.in_(some) & (came >= since)
                rows = c.execute(select(*by_day).where(of_these).group_by(*by_day[:2]))
                for url, day, count in rows:
                    found[url][date.fromisoformat(str(day))] = count
        return dict(found)

    def forget_feed(self, url: str) -> None:
        """Forget what is remembered of a feed; its articles stay."""
        with self._engine.begin() as c:
            c.execute(delete(feed).where(feed.c.url == url))


def _by_keys(c: Connection, keys: set[str]) -> Iterator[Sighting]:
    for some in _batches(keys, AT_ONCE):
        for row in c.execute(select(*SEEN).where(article.c.key.in_(some))):
            yield Sighting(*row)
    renamed = select(alias.c.key.label("known_as"), *SEEN).join_from(alias, article)
    any_renamed = c.scalar(select(alias.c.article).limit(1))
    for some in _batches(keys, AT_ONCE) if any_renamed else ():
        for found in c.execute(renamed.where(alias.c.key.in_(some))):
            yield replace(Sighting(*found[1:]), key=found.known_as)


def _alike(c: Connection, articles: Sequence[Article]) -> Iterator[Sighting]:
    for some in _batches(articles, AT_ONCE // 2):
        outlets = {a.outlet for a in some}
        hints: list[ColumnElement[bool]] = [
            article.c.guid.in_({a.guid for a in some if a.guid}),
            article.c.published.in_({a.published for a in some if a.published}),
        ]
        for row in c.execute(
            select(*SEEN).where(or_(*hints), article.c.outlet.in_(outlets))
        ):
            yield Sighting(*row)


def _retitle(c: Connection, seen: Sighting, title: str, now: datetime) -> None:
    times = select(func.count()).where(headline.c.article == seen.id)
    if c.execute(times).scalar_one() < RETITLED_AT_MOST:
        c.execute(insert(headline).values(article=seen.id, title=seen.title, until=now))
        c.execute(update(article).where(article.c.id == seen.id).values(title=title))
        forget_reading(c, seen.id)


def _name(c: Connection, read: Article, key: str) -> None:
    """Let the key name the article, or recognise the article as the one it names already."""
    named = select(alias.c.article).where(alias.c.key == key)
    known = (article.c.key == key) | article.c.id.in_(named)
    other = c.execute(select(*COLUMNS).where(known).order_by(article.c.id)).first()
    if other is None or other.id == read.id:
        _alias(c, key, read.id)
    elif read.title == other.title or (read.text and read.text == other.text):
        c.execute(
            update(alias).where(alias.c.article == read.id).values(article=other.id)
        )
        c.execute(delete(article).where(article.c.id == read.id))
        _alias(c, read.key, other.id)


def _alias(c: Connection, key: str, of: int) -> None:
    row: dict[str, Any] = {"key": key, "article": of}
    c.execute(insert(alias).values(row).on_conflict_do_nothing(index_elements=["key"]))


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size`; itertools.batched came with Python 3.12."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some

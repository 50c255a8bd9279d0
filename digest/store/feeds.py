"""Feeds: state of feeds, known articles and pages, for collecting.

One transaction stores each batch of polls.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import (
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

from digest.model import Article, Feed, KnownArticle, page_key
from digest.store.articles import (
    ARTICLE_COLUMNS,
    HEADLINE_MARK,
    add_alias,
    add_alias_by_key,
    adopt_article,
    article_from_row,
    forget_analysis,
    row_from_article,
)
from digest.store.tables import alias, article, feed, headline

#: How far apart the times of one piece may be, as an aggregator gives it and as its outlet does.
NEAR_PERIOD = timedelta(days=3)
NO_KEYS: Mapping[str, str] = MappingProxyType({})
#: How often a page is tried that could not be fetched for a passing reason.
MAX_TRIES = 3
#: A headline with a clock in it changes for ever (after lemon24/reader's limit of updates).
MAX_TITLE_CHANGES = 24
BATCH_SIZE = 500  # values in one statement; SQLite allows 32,766
#: An article whose page is to be read.
PAGE_IS_WAITING = (
    article.c.read_at.is_(None)
    & (article.c.url != "")
    & (article.c.tries < MAX_TRIES)
)
#: When an article came out: it was first seen then if it has no date, or one in its future.
CAME_OUT = case(
    (
        article.c.published.is_(None)
        | (article.c.published > article.c.first_seen),
        article.c.first_seen,
    ),
    else_=article.c.published,
)
FEED_FIELDS = [field.name for field in fields(Feed)]
SIGHTING_COLUMNS = [article.c[name] for name in KnownArticle.__annotations__]
Value = TypeVar("Value")


class Feeds:
    """Feeds, the articles they gave, and the pages of those."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # Feeds

    def get_feeds(self) -> dict[str, Feed]:
        """Return what is remembered of each feed, by address."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(feed))
            return {row.url: Feed(**row._mapping) for row in rows}

    def find_known_articles(
        self,
        articles: Sequence[Article],
    ) -> list[KnownArticle]:
        """Return stored articles that these may be: by key, by another of their keys, by guid
        or by time of publication. One found under another key carries that one.
        """
        with self._engine.connect() as connection:
            same_key = list(
                _find_by_keys(connection, _keys_to_look_up(articles))
            )
            matched_keys = {sighting.key for sighting in same_key}
            unmatched = [new for new in articles if new.key not in matched_keys]
            similar = list(_find_similar(connection, unmatched))
        return same_key + similar

    def find_hidden_articles(self) -> dict[str, KnownArticle]:
        """Return stored articles whose address is hidden, by the keys of their headlines."""
        is_of_headline = alias.c.key.startswith(HEADLINE_MARK)
        by_alias = (
            select(*SIGHTING_COLUMNS, alias.c.key.label("alias_key"))
            .join_from(alias, article)
            .where(is_of_headline)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(by_alias)
            return {row.alias_key: _sighting_from_row(row) for row in rows}

    def find_published_near(
        self,
        articles: Sequence[Article],
    ) -> list[KnownArticle]:
        """Return stored articles of the same outlets that came out near the times of these.

        Without any of them that has a time, there are none.
        """
        times = [one.published for one in articles if one.published]
        if not times:
            return []
        outlets = {one.outlet for one in articles}
        near = select(*SIGHTING_COLUMNS).where(
            article.c.published >= min(times) - NEAR_PERIOD,
            article.c.published <= max(times) + NEAR_PERIOD,
            article.c.outlet.in_(outlets),
        )
        with self._engine.connect() as connection:
            return list(map(_sighting_from_row, connection.execute(near)))

    def save_polls(
        self,
        polled: Sequence[Feed],
        new: Sequence[Article],
        retitled: Iterable[tuple[KnownArticle, str]],
        now: datetime,
        *,
        adopted: Iterable[tuple[KnownArticle, Article]] = (),
        headline_keys: Mapping[str, str] = NO_KEYS,
    ) -> None:
        """Remember polls together with all they brought.

        `adopted`: known articles, as the outlets give them that they rather belong to;
        `headline_keys`: of articles whose address is hidden, by their keys.
        """
        with self._engine.begin() as connection:
            _add_articles(connection, new, now)
            for key, by_headline in headline_keys.items():
                add_alias_by_key(connection, by_headline, key)
            for sighting, better in adopted:
                adopt_article(connection, sighting.id, better)
            for sighting, title in retitled:
                _change_title(connection, sighting, title, now)
            _store_feeds(connection, polled)

    def count_articles_by_day(
        self,
        urls: Sequence[str],
        since: datetime,
    ) -> dict[str, Counter[date]]:
        """Return how many articles each feed gave first, by the day (UTC) they came out.

        One without a date, or dated in its future, came out when it was first seen.
        """
        day_came_out = func.date(CAME_OUT)
        paces: defaultdict[str, Counter[date]] = defaultdict(Counter)
        with self._engine.connect() as connection:
            for batch in _split_batches(urls, BATCH_SIZE):
                counts_by_day = (
                    select(article.c.feed, day_came_out, func.count())
                    .where(
                        article.c.feed.in_(batch),
                        since <= CAME_OUT,
                    )
                    .group_by(article.c.feed, day_came_out)
                )
                for url, day, count in connection.execute(counts_by_day):
                    paces[url][date.fromisoformat(str(day))] = count
        return dict(paces)

    def get_newest_times(self, urls: Sequence[str]) -> dict[str, datetime]:
        """Return when the newest article came out that each feed gave first."""
        newest: dict[str, datetime] = {}
        with self._engine.connect() as connection:
            for batch in _split_batches(urls, BATCH_SIZE):
                newest_of_each = (
                    select(article.c.feed, func.max(CAME_OUT))
                    .where(article.c.feed.in_(batch))
                    .group_by(article.c.feed)
                )
                rows = connection.execute(newest_of_each)
                newest.update((url, time) for url, time in rows)
        return newest

    def forget_feed(self, url: str) -> None:
        """Forget what is remembered of a feed; its articles stay."""
        with self._engine.begin() as connection:
            connection.execute(delete(feed).where(feed.c.url == url))

    # Pages

    def list_unread_articles(
        self,
        is_wanted: Callable[[str], bool] = lambda _address: True,
    ) -> list[Article]:
        """Return articles whose page has not been read and may yet be.

        `is_wanted` says it of each address; texts of the other articles are not loaded.
        """
        waiting = (
            select(article.c.id, article.c.url)
            .where(PAGE_IS_WAITING)
            .order_by(article.c.id)
        )
        articles: list[Article] = []
        with self._engine.connect() as connection:
            wanted_ids = [
                row.id
                for row in connection.execute(waiting)
                if is_wanted(row.url)
            ]
            for batch in _split_batches(wanted_ids, BATCH_SIZE):
                with_texts = (
                    select(*ARTICLE_COLUMNS)
                    .where(article.c.id.in_(batch))
                    .order_by(article.c.id)
                )
                rows = connection.execute(with_texts)
                articles.extend(article_from_row(row) for row in rows)
        return articles

    def list_waiting_pages(self) -> list[str]:
        """Return the addresses of pages that are still to be read."""
        with self._engine.connect() as connection:
            addresses = select(article.c.url).where(PAGE_IS_WAITING)
            return list(connection.scalars(addresses))

    def save_page(
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
        values = row_from_article(read)
        values["tries"] = article.c.tries + 1
        values["read_at"] = now
        if again:
            values["read_at"] = None
        store_article = (
            update(article).where(article.c.id == read.id).values(values)
        )
        with self._engine.begin() as connection:
            connection.execute(store_article)
            forget_analysis(connection, read.id)
            if canonical and canonical != read.key:
                _apply_canonical_key(connection, read, canonical)


def _add_articles(
    connection: Connection,
    articles: Sequence[Article],
    now: datetime,
) -> None:
    rows = [row_from_article(new) | {"first_seen": now} for new in articles]
    if rows:
        add_articles = insert(article).on_conflict_do_nothing(
            index_elements=["key"]
        )
        connection.execute(add_articles, rows)


def _store_feeds(connection: Connection, feeds: Sequence[Feed]) -> None:
    rows = [
        {name: getattr(polled, name) for name in FEED_FIELDS}
        for polled in feeds
    ]
    if not rows:
        return
    add_feeds = insert(feed)
    new_values = {
        column.name: add_feeds.excluded[column.name]
        for column in feed.c
        if column.name != "url"
    }
    store_feeds = add_feeds.on_conflict_do_update(
        index_elements=["url"],
        set_=new_values,
    )
    connection.execute(store_feeds, rows)


def _keys_to_look_up(articles: Iterable[Article]) -> set[str]:
    """Return the keys of articles, and those of the pages that they are a part of."""
    keys = {new.key for new in articles}
    pages = {page_key(key) for key in keys if "#" in key}
    return keys | (pages - {""})


def _find_by_keys(
    connection: Connection,
    keys: set[str],
) -> Iterator[KnownArticle]:
    """Yield stored articles by their own keys, and by others that name them."""
    for batch in _split_batches(keys, BATCH_SIZE):
        by_own_key = select(*SIGHTING_COLUMNS).where(article.c.key.in_(batch))
        yield from map(_sighting_from_row, connection.execute(by_own_key))
    has_aliases = (
        connection.scalar(select(alias.c.article).limit(1)) is not None
    )
    if has_aliases:
        yield from _find_by_aliases(connection, keys)


def _find_by_aliases(
    connection: Connection,
    keys: set[str],
) -> Iterator[KnownArticle]:
    for batch in _split_batches(keys, BATCH_SIZE):
        by_alias = (
            select(*SIGHTING_COLUMNS, alias.c.key.label("alias_key"))
            .join_from(alias, article)
            .where(alias.c.key.in_(batch))
        )
        for row in connection.execute(by_alias):
            yield replace(_sighting_from_row(row), key=row.alias_key)


def _find_similar(
    connection: Connection,
    articles: Sequence[Article],
) -> Iterator[KnownArticle]:
    """Yield stored articles of the same outlet with the same guid or time of publication."""
    for batch in _split_batches(articles, BATCH_SIZE // 2):
        outlets = {new.outlet for new in batch}
        guids = {new.guid for new in batch if new.guid}
        times = {new.published for new in batch if new.published}
        is_similar = or_(
            article.c.guid.in_(guids),
            article.c.published.in_(times),
        )
        similar = select(*SIGHTING_COLUMNS).where(
            is_similar,
            article.c.outlet.in_(outlets),
        )
        yield from map(_sighting_from_row, connection.execute(similar))


def _sighting_from_row(row: Sequence[Any]) -> KnownArticle:
    return KnownArticle(*row[: len(SIGHTING_COLUMNS)])


def _change_title(
    connection: Connection,
    sighting: KnownArticle,
    title: str,
    now: datetime,
) -> None:
    """Give an article its outlet's new headline, and keep the old one."""
    count_changes = select(func.count()).where(
        headline.c.article == sighting.id
    )
    if connection.execute(count_changes).scalar_one() >= MAX_TITLE_CHANGES:
        return
    keep_headline = insert(headline).values(
        article=sighting.id,
        title=sighting.title,
        until=now,
    )
    change_title = (
        update(article).where(article.c.id == sighting.id).values(title=title)
    )
    connection.execute(keep_headline)
    connection.execute(change_title)
    forget_analysis(connection, sighting.id)


def _apply_canonical_key(
    connection: Connection,
    read: Article,
    key: str,
) -> None:
    """Let a key name the article, or merge the article into the one that it names already."""
    by_alias = select(alias.c.article).where(alias.c.key == key)
    is_named = (article.c.key == key) | article.c.id.in_(by_alias)
    find_named = select(*ARTICLE_COLUMNS).where(is_named).order_by(article.c.id)
    named = connection.execute(find_named).first()
    if named is None or named.id == read.id:
        add_alias(connection, key, read.id)
        return
    has_same_title = read.title == named.title
    has_same_text = bool(read.text) and read.text == named.text
    if has_same_title or has_same_text:
        move_aliases = (
            update(alias)
            .where(alias.c.article == read.id)
            .values(article=named.id)
        )
        connection.execute(move_aliases)
        connection.execute(delete(article).where(article.c.id == read.id))
        add_alias(connection, read.key, named.id)


def _split_batches(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """Yield lists of at most `size`; itertools.batched came with Python 3.12."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch

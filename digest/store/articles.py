"""Articles: stored and found by their keys, and by the other keys that name them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import (
    NEEDS_A_PERSON,
    SHEET,
    Article,
    ClipDetails,
    KnownClip,
)
from digest.store.tables import alias, article, headline, judgement

#: Begins the key of a headline on a site: see `digest.collect.feeds.dedupe`.
HEADLINE_MARK = "headline:"
ARTICLE_COLUMNS = [
    column for column in article.c if column.name not in ("read_at", "tries")
]
CLIP_COLUMNS = [article.c[name] for name in KnownClip.__annotations__]
DETAIL_COLUMNS = [article.c[name] for name in ClipDetails.__annotations__]
BATCH_SIZE = 5000  #: keys in one statement; SQLite allows 32,766
#: The number of the last analysis, or of the last change that asks for one.
NEWEST_VERSION = select(func.max(judgement.c.version))
#: Fields of an article that its caller decides; the store gives the others.
STORED_FIELDS = [
    field.name
    for field in fields(Article)
    if field.name not in ("id", "first_seen")
]


class Articles:
    """Articles that were collected, or that a person brought."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put_article(
        self,
        read: Article,
        now: datetime,
        by_headline: str = "",
    ) -> Article:
        """Store an article with its page, new or known; an earlier section is kept.

        `by_headline` is the key of its headline: so one is known whose address was hidden.
        """
        add_article = (
            insert(article)
            .values(row_from_article(read) | {"first_seen": now})
            .on_conflict_do_nothing(index_elements=["key"])
        )
        find_article = select(*ARTICLE_COLUMNS).where(_is_named_by(read.key))
        with self._engine.begin() as connection:
            stored = connection.execute(find_article).first()
            if stored is None and by_headline:
                stored = _reveal_hidden(connection, read, by_headline)
            if stored is None:
                connection.execute(add_article)
                stored = connection.execute(find_article).one()
            merged = replace(
                read,
                id=stored.id,
                key=stored.key,
                feed=stored.feed or read.feed,
                guid=stored.guid or read.guid,
                section=read.section or stored.section,
                summary=_choose_summary(stored, read),
            )
            update_article = (
                update(article)
                .where(article.c.id == stored.id)
                .values(row_from_article(merged) | {"read_at": now})
            )
            connection.execute(update_article)
            forget_analysis(connection, stored.id)
        return merged

    def find_article(self, key: str) -> Article | None:
        """Return the article that a key names, by any of its keys."""
        find_article = select(*ARTICLE_COLUMNS).where(_is_named_by(key))
        with self._engine.connect() as connection:
            row = connection.execute(find_article).first()
        if row is None:
            return None
        return article_from_row(row)

    def find_article_ids(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids of stored articles by keys that name them."""
        keys = list(keys)
        by_alias = select(alias.c.key, alias.c.article).where(
            alias.c.key.in_(keys)
        )
        by_own_key = select(article.c.key, article.c.id).where(
            article.c.key.in_(keys)
        )
        with self._engine.connect() as connection:
            ids = {row.key: row.article for row in connection.execute(by_alias)}
            for row in connection.execute(by_own_key):
                ids[row.key] = row.id
        return ids

    def find_known_keys(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the ids of stored articles by keys that name them, of any number of keys."""
        ids: dict[str, int] = {}
        for start in range(0, len(keys), BATCH_SIZE):
            ids |= self.find_article_ids(keys[start : start + BATCH_SIZE])
        return ids

    def list_clips_between(
        self, start: datetime, end: datetime
    ) -> Iterator[KnownClip]:
        """Yield what tells apart the articles that were published from one time to another."""
        published = (
            select(*CLIP_COLUMNS)
            .where(start <= article.c.published, article.c.published <= end)
            .order_by(article.c.id)
        )
        with self._engine.connect() as connection:
            for row in connection.execute(published):
                yield KnownClip(*row)

    def get_clip_details(self, ids: Sequence[int]) -> dict[int, ClipDetails]:
        """Return what rows of a sheet may say otherwise of stored articles, by their ids."""
        details: dict[int, ClipDetails] = {}
        for start in range(0, len(ids), BATCH_SIZE):
            batch = ids[start : start + BATCH_SIZE]
            find_articles = select(*DETAIL_COLUMNS).where(
                article.c.id.in_(batch)
            )
            with self._engine.connect() as connection:
                for row in connection.execute(find_articles):
                    details[row.id] = ClipDetails(*row)
        return details

    def add_notes(self, notes: Mapping[int, str]) -> list[int]:
        """Store notes on articles (ids) that came in a sheet and have none; return which got theirs."""
        noted = []
        with self._engine.begin() as connection:
            for number, note in notes.items():
                add_note = (
                    update(article)
                    .where(
                        article.c.id == number,
                        article.c.feed.startswith(SHEET),
                        article.c.summary == "",
                    )
                    .values(summary=note)
                )
                if connection.execute(add_note).rowcount:
                    forget_analysis(connection, number)
                    noted.append(number)
        return noted

    def add_past_clips(
        self, clips: Sequence[Article], now: datetime, *, pages_wait: bool
    ) -> list[int]:
        """Store clips of a sheet that are new; return their ids. Those with a known key are left out.

        Each counts as first seen when it came out: what is old is no late news. With `pages_wait`
        the next collection reads their pages.
        """
        read_at = now
        rows = []
        for clip in clips:
            row = row_from_article(clip)
            row["first_seen"] = clip.published or now
            row["read_at"] = read_at
            if pages_wait and clip.has_link:
                row["read_at"] = None
            rows.append(row)
        if not rows:
            return []
        add_articles = (
            insert(article)
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(article.c.id)
        )
        with self._engine.begin() as connection:
            return list(connection.scalars(add_articles, rows))

    def get_article(self, number: int) -> Article | None:
        """Return an article with its text, by id."""
        find_article = select(*ARTICLE_COLUMNS).where(article.c.id == number)
        with self._engine.connect() as connection:
            row = connection.execute(find_article).first()
        if row is None:
            return None
        return article_from_row(row)

    def count_articles_since(self, moment: datetime) -> int:
        """Count the articles that came since a moment."""
        count_new = select(func.count()).where(article.c.first_seen >= moment)
        with self._engine.connect() as connection:
            return connection.scalar(count_new) or 0

    def get_earlier_headlines(
        self,
        articles: Iterable[int],
    ) -> dict[int, list[str]]:
        """Return the headlines that these articles (ids) have no longer, oldest first."""
        wanted_ids = set(articles)
        # all are read: a headline changes rarely, and SQLite takes only so many values
        oldest_first = select(headline.c.article, headline.c.title).order_by(
            headline.c.id
        )
        headlines: defaultdict[int, list[str]] = defaultdict(list)
        with self._engine.connect() as connection:
            for row in connection.execute(oldest_first):
                if row.article in wanted_ids:
                    headlines[row.article].append(row.title)
        return dict(headlines)


def _reveal_hidden(
    connection: Connection,
    read: Article,
    by_headline: str,
) -> Row[Any] | None:
    """Give an article whose address was hidden the one of `read`; return it, None if there is none."""
    find_hidden = select(*ARTICLE_COLUMNS).where(_is_named_by(by_headline))
    row = connection.execute(find_hidden).first()
    if row is None:
        return None
    stored = article_from_row(row)
    values = _values_with_address(connection, stored, read)
    store_address = (
        update(article).where(article.c.id == stored.id).values(values)
    )
    connection.execute(store_address)
    find_again = select(*ARTICLE_COLUMNS).where(article.c.id == stored.id)
    return connection.execute(find_again).one()


def _choose_summary(stored: Row[Any], read: Article) -> str:
    """Return the summary of an article that is read anew; the note of a sheet stays."""
    if stored.feed.startswith(SHEET):
        return str(stored.summary)
    return read.summary


def _is_named_by(key: str) -> ColumnElement[bool]:
    """Return the condition that a key names an article, its own or another that leads to it."""
    other_key = select(alias.c.article).where(alias.c.key == key)
    return (article.c.key == key) | article.c.id.in_(other_key)


def add_alias(connection: Connection, key: str, article_id: int) -> None:
    """Let a further key name an article, unless it names one already."""
    add_key = (
        insert(alias)
        .values(key=key, article=article_id)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    connection.execute(add_key)


def add_alias_by_key(connection: Connection, key: str, own_key: str) -> None:
    """Let a further key name the article that has `own_key`."""
    find_id = select(article.c.id).where(article.c.key == own_key)
    number = connection.scalar(find_id)
    if number is not None:
        add_alias(connection, key, number)


def adopt_article(connection: Connection, number: int, better: Article) -> None:
    """Let an article (id) be of the outlet that gives it now, by its feed and with its headline.

    An address that was still to be found is found now, so that its page is read.
    """
    find_article = select(*ARTICLE_COLUMNS).where(article.c.id == number)
    row = connection.execute(find_article).first()
    if row is None:
        return
    stored = article_from_row(row)
    values: dict[str, Any] = {
        "outlet": better.outlet,
        "title": better.title or stored.title,
        "label": better.label or stored.label,
        "guid": better.guid,
        "feed": better.feed,
        "language": better.language or stored.language,
        "published": better.published or stored.published,
        "authors": list(stored.authors or better.authors),
    }
    if len(better.summary) > len(stored.summary):
        values["summary"] = better.summary
    if stored.unread.startswith(NEEDS_A_PERSON):
        values |= _values_with_address(connection, stored, better)
    store_article = update(article).where(article.c.id == number).values(values)
    connection.execute(store_article)
    forget_analysis(connection, number)


def _values_with_address(
    connection: Connection,
    stored: Article,
    better: Article,
) -> dict[str, Any]:
    """Return the values of an article whose address was hidden; its old key names it further on."""
    forget_headline = delete(alias).where(
        alias.c.article == stored.id, alias.c.key.startswith(HEADLINE_MARK)
    )
    connection.execute(forget_headline)
    add_alias(connection, stored.key, stored.id)
    values: dict[str, Any] = {
        "key": better.key,
        "url": better.url,
        "unread": "",
        "tries": 0,
        "read_at": None,
    }
    if len(better.text) > len(stored.text):
        values |= {"text": better.text, "reader": better.reader}
    return values


def forget_analysis(connection: Connection, number: int) -> None:
    """Let an article (id) be analysed again, since its words have changed."""
    ask_for_analysis = (
        update(judgement)
        .where(judgement.c.article == number)
        .values(
            rules="",
            version=NEWEST_VERSION.scalar_subquery() + 1,
        )
    )
    connection.execute(ask_for_analysis)


def row_from_article(source: Article) -> dict[str, Any]:
    """Return an article as a row, without the columns that the store itself decides."""
    # not by asdict(): it copies deeply, which is slow
    row = {name: getattr(source, name) for name in STORED_FIELDS}
    row["authors"] = list(source.authors)
    return row


def article_from_row(row: Row[Any]) -> Article:
    """Return a row of ARTICLE_COLUMNS as an article."""
    values = {column.name: row._mapping[column] for column in ARTICLE_COLUMNS}
    values["authors"] = tuple(values["authors"])
    return Article(**values)

"""Analyses: what articles say, which stories they make, and what was proposed of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import (
    Article,
    ArticleAnalysis,
    Mention,
    MentionPlace,
    MentionRole,
    NameKind,
    Proposal,
    StoryMembership,
    TopicHit,
)
from digest.store.articles import (
    ARTICLE_COLUMNS,
    NEWEST_VERSION,
    article_from_row,
)
from digest.store.edition_scope import EditionScope
from digest.store.tables import article, background, judgement, missed, proposal

#: Everything of an article but its text, which is long and needed only to analyse it.
COLUMNS_WITHOUT_TEXT = [
    column for column in ARTICLE_COLUMNS if column.name != "text"
]
ANALYSIS_COLUMNS = [
    column
    for column in judgement.c
    if column.name not in ("article", "rules", "version")
]
PUBLISHED = func.coalesce(article.c.published, article.c.first_seen)
BATCH_SIZE = 500  #: articles whose texts are loaded at once


@dataclass(frozen=True, slots=True)
class StoredAnalysis:
    """An article (without its text) as it was analysed by the rules."""

    article: Article
    reading: ArticleAnalysis
    print_: bytes
    belongs: StoryMembership | None  #: None until it was gathered
    since: datetime  #: when it was published, or else first seen


class Analyses(EditionScope):
    """Analyses of articles, stories, missed articles, which all newsletters share; proposals."""

    # Analyses

    def find_outdated_articles(self, rules: str, start: datetime) -> list[int]:
        """Return ids of articles since a time that were not analysed by these rules as they are."""
        is_outdated = judgement.c.rules.is_(None) | (judgement.c.rules != rules)
        outdated = (
            select(article.c.id)
            .outerjoin_from(article, judgement)
            .where(start <= PUBLISHED, is_outdated)
            .order_by(article.c.id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(outdated))

    def list_articles_since(self, start: datetime) -> list[int]:
        """Return the ids of the articles published, or else first seen, since a time."""
        since = (
            select(article.c.id)
            .where(start <= PUBLISHED)
            .order_by(article.c.id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(since))

    def iterate_texts(self, ids: Sequence[int]) -> Iterator[list[Article]]:
        """Yield articles with their texts, some at a time."""
        for start in range(0, len(ids), BATCH_SIZE):
            batch = ids[start : start + BATCH_SIZE]
            with_texts = select(*ARTICLE_COLUMNS).where(article.c.id.in_(batch))
            with self._engine.connect() as connection:
                rows = connection.execute(with_texts)
                articles = [article_from_row(row) for row in rows]
            yield articles

    def save_analyses(
        self,
        rules: str,
        analyses: Iterable[tuple[Article, ArticleAnalysis, bytes]],
    ) -> None:
        """Store what articles say; their stories are to be determined anew.

        Each comes with its analysis and its fingerprint.
        """
        rows = [
            {
                "article": analysed.id,
                "rules": rules,
                "detail": asdict(reading),
                "print": fingerprint,
                "copy_of": None,
                "story": None,
            }
            for analysed, reading, fingerprint in analyses
        ]
        if not rows:
            return
        add_analyses = insert(judgement)
        new_values = {
            column.name: add_analyses.excluded[column.name]
            for column in judgement.c
            if not column.primary_key
        }
        store_analyses = add_analyses.on_conflict_do_update(
            index_elements=["article"],
            set_=new_values,
        )
        with self._engine.begin() as connection:
            version = (connection.scalar(NEWEST_VERSION) or 0) + 1
            for row in rows:
                row["version"] = version
            connection.execute(store_analyses, rows)

    def get_newest_numbers(self) -> tuple[int, int]:
        """Return two numbers, one of which grows whenever an article is new, changed or analysed."""
        newest_id = select(func.max(article.c.id))
        with self._engine.connect() as connection:
            return (
                connection.scalar(newest_id) or 0,
                connection.scalar(NEWEST_VERSION) or 0,
            )

    def find_first_ungrouped(self, start: datetime) -> datetime | None:
        """Return when the first article since a time appeared that belongs to no story yet.

        None if all that were analysed belong to one.
        """
        ungrouped = (
            select(PUBLISHED)
            .join_from(article, judgement)
            .where(start <= PUBLISHED, judgement.c.story.is_(None))
            .order_by(PUBLISHED)
            .limit(1)
        )
        with self._engine.connect() as connection:
            first: datetime | None = connection.scalar(ungrouped)
        return first

    def count_articles_dated_between(
        self, start: datetime, end: datetime
    ) -> int:
        """Return how many articles say that they were published from one time to another."""
        count_dated = select(func.count()).where(
            start <= article.c.published,
            article.c.published <= end,
        )
        with self._engine.connect() as connection:
            return connection.scalar(count_dated) or 0

    def read_analyses(
        self, start: datetime, also: Collection[int] = ()
    ) -> list[StoredAnalysis]:
        """Return articles since a time, and some others by id, as they were analysed."""
        analysed = (
            select(*COLUMNS_WITHOUT_TEXT, *ANALYSIS_COLUMNS)
            .join_from(article, judgement)
            .where((start <= PUBLISHED) | article.c.id.in_(also))
            .order_by(article.c.id)
        )
        with self._engine.connect() as connection:
            return [_read_from_row(row) for row in connection.execute(analysed)]

    def read_analyses_of_new(self, seen_from: datetime) -> list[StoredAnalysis]:
        """Return articles first seen since a time, of whatever date, as they were analysed."""
        analysed = (
            select(*COLUMNS_WITHOUT_TEXT, *ANALYSIS_COLUMNS)
            .join_from(article, judgement)
            .where(article.c.first_seen >= seen_from)
            .order_by(article.c.id)
        )
        with self._engine.connect() as connection:
            return [_read_from_row(row) for row in connection.execute(analysed)]

    def count_new_by_feed(self, seen_from: datetime) -> dict[str, int]:
        """Return how many articles of each feed were first seen since a time, analysed or not."""
        count = func.count().label("number")
        count_new = (
            select(article.c.feed, count)
            .where(article.c.first_seen >= seen_from)
            .group_by(article.c.feed)
        )
        with self._engine.connect() as connection:
            return {
                row.feed: row.number for row in connection.execute(count_new)
            }

    # Stories

    def save_story_memberships(
        self, belongs: Mapping[int, StoryMembership]
    ) -> None:
        """Store to which stories articles (ids) belong."""
        if not belongs:
            return
        store_story = (
            update(judgement)
            .where(judgement.c.article == bindparam("id"))
            .values(
                copy_of=bindparam("new_copy_of"),
                story=bindparam("new_story"),
            )
        )
        rows = [
            {
                "id": number,
                "new_copy_of": belonging.copy_of,
                "new_story": belonging.story,
            }
            for number, belonging in belongs.items()
        ]
        with self._engine.begin() as connection:
            connection.execute(store_story, rows)

    # Frequencies of words

    def get_word_counts(self) -> Any:
        """Return how common words were, as counted last; None if they never were."""
        with self._engine.connect() as connection:
            return connection.scalar(select(background.c.counts))

    def save_word_counts(self, counts: Any) -> None:
        """Store how common words are."""
        add_counts = insert(background).values(id=1, counts=counts)
        store_counts = add_counts.on_conflict_do_update(
            index_elements=["id"],
            set_={"counts": add_counts.excluded.counts},
        )
        with self._engine.begin() as connection:
            connection.execute(store_counts)

    # Proposals

    def save_proposals(self, day: date, proposals: Iterable[Proposal]) -> None:
        """Store what a draft proposed, in place of an earlier draft of that day."""
        key = self._key(day)
        rows = [asdict(proposed) | {"edition": key} for proposed in proposals]
        with self._engine.begin() as connection:
            connection.execute(
                delete(proposal).where(proposal.c.edition == key)
            )
            if rows:
                connection.execute(insert(proposal), rows)

    def list_all_proposals(self) -> list[Proposal]:
        """Return all that was ever proposed to this newsletter, oldest edition first, in order."""
        return self._find_proposals(self._is_own(proposal.c.edition))

    def list_proposals(self, day: date) -> list[Proposal]:
        """Return what was proposed for an edition, in order."""
        return self._find_proposals(proposal.c.edition == self._key(day))

    def _find_proposals(self, condition: ColumnElement[bool]) -> list[Proposal]:
        in_order = (
            select(proposal)
            .where(condition)
            .order_by(
                proposal.c.edition,
                proposal.c.section,
                proposal.c.place,
            )
        )
        with self._engine.connect() as connection:
            rows = connection.execute(in_order)
            return [_proposal_of(row) for row in rows]

    # Missed articles

    def save_missed_article(
        self, number: int, cause: str, now: datetime
    ) -> None:
        """Store that a person had to add an article by hand, and why."""
        values = {"cause": cause, "at": now}
        store_missed = (
            insert(missed)
            .values(article=number, **values)
            .on_conflict_do_update(index_elements=["article"], set_=values)
        )
        with self._engine.begin() as connection:
            connection.execute(store_missed)

    def count_missed_by_cause(self) -> dict[str, int]:
        """Return how many articles were missed, by cause, the most frequent first."""
        count = func.count().label("number")
        counts_by_cause = (
            select(missed.c.cause, count)
            .group_by(missed.c.cause)
            .order_by(count.desc())
        )
        with self._engine.connect() as connection:
            rows = connection.execute(counts_by_cause)
            return {row.cause: row.number for row in rows}


def _proposal_of(row: Row[Any]) -> Proposal:
    values = dict(row._mapping)
    values["edition"] = row.edition.day
    return Proposal(**values)


def _read_from_row(row: Any) -> StoredAnalysis:
    values = {
        column.name: row._mapping[column] for column in COLUMNS_WITHOUT_TEXT
    }
    values["authors"] = tuple(values["authors"])
    without_text = Article(**values)
    belongs = None
    if row.story is not None:
        belongs = StoryMembership(row.copy_of, row.story)
    earliest = datetime.min.replace(tzinfo=UTC)
    return StoredAnalysis(
        article=without_text,
        reading=_reading_from_json(row.detail),
        print_=row.print,
        belongs=belongs,
        since=without_text.published or without_text.first_seen or earliest,
    )


def _reading_from_json(detail: Mapping[str, Any]) -> ArticleAnalysis:
    return ArticleAnalysis(
        tuple(_mention_from_json(mention) for mention in detail["mentions"]),
        tuple(_topic_from_json(topic) for topic in detail["topics"]),
        detail["agency"],
    )


def _mention_from_json(fields: Mapping[str, Any]) -> Mention:
    values = dict(fields)
    values["kind"] = NameKind(fields["kind"])
    values["place"] = MentionPlace(fields["place"])
    values["role"] = MentionRole(fields["role"])
    return Mention(**values)


def _topic_from_json(fields: Mapping[str, Any]) -> TopicHit:
    values = dict(fields)
    values["words"] = tuple(fields["words"])
    return TopicHit(**values)

"""Article analysis: mentions and topics of articles, and the stories that they belong to.

Analyses are stored by a command, `ArticleAnalyses.store_new`. Reading stores nothing:
articles not analysed yet, or by earlier rules, are analysed in memory. Nothing here depends on the
newsletter: an article is analysed once, whichever of them comes first.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from digest.model import Article, ArticleAnalysis, StoryMembership
from digest.relevance import (
    ArticleTrace,
    Background,
    Fingerprint,
    RelevanceRules,
    StoryGrouping,
    count_background,
    make_fingerprint,
    own_words_of,
    trace_of,
)
from digest.settings import Settings
from digest.store.analyses import StoredAnalysis

if TYPE_CHECKING:
    from digest.store import Store

#: By how much the articles of a language must have grown before common words are counted anew.
BACKGROUND_GROWTH = 2
EARLIEST = datetime.min.replace(tzinfo=UTC)
#: How long before a new article others are compared with it, however short or long the period asked
#: for is; two reports of one event are six days apart at most (`clustering.EVENT_PERIOD`).
STORY_REACH = timedelta(days=14)

#: An article with its text, what it says, and its fingerprint in bytes.
_NewReading = tuple[Article, ArticleAnalysis, bytes]


@dataclass(frozen=True, slots=True)
class LoadedAnalyses:
    """Some articles as they are analysed, and what of that is not stored yet."""

    articles: Sequence[StoredAnalysis]  #: without their texts, by id
    fingerprints: Mapping[int, Fingerprint]  #: by the article's id
    #: the story of each article, by its id
    belongs: Mapping[int, StoryMembership]
    background: Background  #: frequencies of words
    is_background_new: bool  #: it was counted anew for these articles
    #: stories that are not as they are stored
    moved: Mapping[int, StoryMembership]


class ArticleAnalyses:
    """The analyses of the articles of one working folder."""

    def __init__(
        self, settings: Settings, store: "Store", clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    def store_new(self, start: datetime, also: Collection[int] = ()) -> None:
        """Analyse the articles since a time that are not analysed by today's rules; store it.

        `also` names older articles (by id) that stories are compared with.
        """
        reach = self._reach_back(start)
        for readings in self._read_new(reach):
            self._store.analyses.save_analyses(self._rules.mark, readings)
        first_new = self._store.analyses.find_first_ungrouped(reach)
        if first_new is None:
            return
        analysed = self._load_since(
            max(reach, self._start_near(first_new)), also
        )
        if analysed.is_background_new:
            self._store.analyses.save_word_counts(analysed.background.to_json())
        self._store.analyses.save_story_memberships(analysed.moved)

    def load_articles(
        self, start: datetime, also: Collection[int] = ()
    ) -> LoadedAnalyses:
        """Return articles since a time (or earlier), and some others by id, as today's rules see them."""
        return self._load_since(self._reach_back(start), also)

    def _reach_back(self, start: datetime) -> datetime:
        """Return from when on articles are loaded, so that new ones find what they belong to."""
        return min(start, self._clock() - STORY_REACH)

    def _start_near(self, first_new: datetime) -> datetime:
        """Return from when on articles are compared with new ones, the first of which is of a time."""
        earliest = datetime.min.replace(tzinfo=UTC) + STORY_REACH
        return max(earliest, min(first_new, self._clock())) - STORY_REACH

    def _load_since(
        self, start: datetime, also: Collection[int]
    ) -> LoadedAnalyses:
        articles = self._load_articles(start, also)
        fingerprints = {
            read.article.id: Fingerprint.from_bytes(read.print_)
            for read in articles
        }
        traces = [
            trace_of(read.article, fingerprints[read.article.id])
            for read in articles
        ]
        stored_background = Background.from_json(
            self._store.analyses.get_word_counts()
        )
        before = _stored_stories(articles)
        near = self._near_new(traces, before, also)
        is_background_new = _has_outgrown(near, stored_background)
        common_words = stored_background
        again = before
        if is_background_new:
            common_words = count_background(near)
            again = {}
        belongs = before | self._group_traces(near, common_words, again)
        moved = {
            number: story
            for number, story in belongs.items()
            if before.get(number) != story
        }
        return LoadedAnalyses(
            articles,
            fingerprints,
            belongs,
            common_words,
            is_background_new,
            moved,
        )

    def _near_new(
        self,
        traces: Sequence[ArticleTrace],
        before: Mapping[int, StoryMembership],
        also: Collection[int],
    ) -> list[ArticleTrace]:
        """Return what those of no story yet are compared with, themselves included.

        `before` names the stories of all others, `also` those that are compared whatever their age.
        """
        new_times = [
            trace.published for trace in traces if trace.id not in before
        ]
        if not new_times:
            return []
        start = self._start_near(min(new_times))
        return [
            trace
            for trace in traces
            if trace.published >= start or trace.id in also
        ]

    def _group_traces(
        self,
        traces: Sequence[ArticleTrace],
        common_words: Background,
        before: Mapping[int, StoryMembership],
    ) -> dict[int, StoryMembership]:
        """Return the story of each article (id); only what is near a new one is grouped again."""
        new = {one.id for one in traces} - before.keys()
        if not new:
            return dict(before)
        own_words = own_words_of(self._settings.organisation)
        grouping = StoryGrouping(traces, common_words, own_words)
        return grouping.join_new_articles(new, before)

    def _load_articles(
        self, start: datetime, also: Collection[int]
    ) -> list[StoredAnalysis]:
        """Return articles as they are analysed, by id; what is not stored is read in memory."""
        by_id = {
            read.article.id: read
            for read in self._store.analyses.read_analyses(start, also=also)
        }
        for readings in self._read_new(start):
            for article, reading, print_ in readings:
                by_id[article.id] = _as_loaded(article, reading, print_)
        return [by_id[number] for number in sorted(by_id)]

    @cached_property
    def _rules(self) -> RelevanceRules:
        return RelevanceRules(self._settings)

    def _read_new(self, start: datetime) -> Iterator[list[_NewReading]]:
        """Yield, some at a time, what articles say that were not read by today's rules."""
        rules = self._rules
        ids = self._store.analyses.find_outdated_articles(rules.mark, start)
        for articles in self._store.analyses.iterate_texts(ids):
            yield [
                (
                    article,
                    rules.read_article(article),
                    make_fingerprint(article).to_bytes(),
                )
                for article in articles
            ]


def _as_loaded(
    article: Article, reading: ArticleAnalysis, print_: bytes
) -> StoredAnalysis:
    """Return an article that was read just now, as the store returns those it has."""
    since = article.published or article.first_seen or EARLIEST
    return StoredAnalysis(
        replace(article, text=""), reading, print_, None, since
    )


def _has_outgrown(traces: Sequence[ArticleTrace], stored: Background) -> bool:
    """Return whether so much has come in a language that its common words are to be counted anew."""
    numbers = Counter(one.language for one in traces)
    return any(
        number >= BACKGROUND_GROWTH * stored.articles.get(language, 0)
        for language, number in numbers.items()
    )


def _stored_stories(
    articles: Sequence[StoredAnalysis],
) -> dict[int, StoryMembership]:
    """Return the stories of the articles (ids) whose story is stored."""
    stories = {}
    for read in articles:
        if read.belongs is not None:
            stories[read.article.id] = read.belongs
    return stories

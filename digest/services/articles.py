"""Articles: analyse new ones, list them by relevance, gather them into stories, explain one.

`Articles.analyse_new` is the command that stores analyses; all code that adds articles calls it.
The other methods store nothing: new articles are analysed in memory (`article_analysis`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from digest.edition import EditionWindow
from digest.errors import NotFound
from digest.model import AnalysedArticle, Article, Story
from digest.relevance import (
    Background,
    PreferenceModel,
    into_stories,
    judge_read_articles,
)
from digest.relevance.evaluation import Evaluation, evaluate_sections
from digest.services.article_analysis import ArticleAnalyses, LoadedAnalyses
from digest.services.past_picks import PastPicks
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.analyses import StoredAnalysis

#: Cached results: for the draft, and for a few earlier editions.
CACHE_SIZE = 4


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole reasoning about one article."""

    judged: AnalysedArticle
    story: Story
    place: int  #: of its story in its section, from 1; 0 if it is in none
    of: int  #: stories in that section
    headlines: tuple[str, ...]  #: that it ran under before


@dataclass(frozen=True, slots=True)
class _Request:
    """A request for stories."""

    since: datetime | None  #: None for the last two windows
    #: the edition that is being made, from which nothing is learned
    but: date | None
    #: its window, with what came too late for the one before
    late: EditionWindow | None


class Articles:
    """The articles of one working folder."""

    def __init__(
        self, settings: Settings, store: "Store", clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._analyses = ArticleAnalyses(settings, store)
        self._cache: dict[_Request, tuple[tuple[object, ...], list[Story]]] = {}
        self._cache_lock = Lock()

    # Commands

    def analyse_new(self, since: datetime | None = None) -> None:
        """Analyse the articles since a time (by default, of two windows) that are new; store it.

        New is also what was analysed by other rules than today's settings give.
        """
        start = since or self._default_start()
        self._analyses.store_new(start, PastPicks(self._store).last_runs)

    def analyse_article(self, number: int) -> None:
        """Analyse an article (id), with all that it is compared with; store it. Raises NotFound."""
        self.analyse_new(self._start_for(self._get_article(number)))

    # Queries

    def list_ranked(
        self, since: datetime | None = None
    ) -> list[AnalysedArticle]:
        """Return the articles since a time (by default, of two windows), by section, best first."""
        start = since or self._default_start()
        past = PastPicks(self._store)
        analysed = self._analyses.load_articles(start, past.last_runs)
        recent = [read for read in analysed.articles if read.since >= start]
        return self._rank(recent, analysed, past)

    def list_stories(
        self,
        since: datetime | None = None,
        but: date | None = None,
        late: EditionWindow | None = None,
    ) -> list[Story]:
        """Return the stories since a time, in the order in which sections should take them.

        `but` is the edition that is being made, from which nothing is learned; `late` its window,
        if late articles from before that time are wanted too. While nothing is new, a cached
        result is returned, up to an hour old.
        """
        request = _Request(since, but, late)
        with self._cache_lock:
            # articles stored meanwhile are newer than this mark, so that stories are made again
            mark = self._cache_mark(but)
            cached_mark, stories = self._cache.get(request, ((), []))
            if cached_mark != mark:
                stories = self._make_stories(request)
                self._remember(request, mark, stories)
            return stories

    def current_mark(self, since: datetime, but: date) -> str:
        """Return a mark that changes whenever the stories since a time may change.

        Ageing by the hour does not change it: that brings no news.
        """
        ledger = self._store.analyses
        dated = ledger.count_articles_dated_between(since, self._clock())
        return repr(
            (
                ledger.get_newest_numbers(),
                dated,
                self._store.editions.get_change_mark(but),
            )
        )

    def earlier_headlines(self, numbers: Iterable[int]) -> dict[int, list[str]]:
        """Return what articles (ids) were called before their outlet changed it, oldest first."""
        return self._store.articles.get_earlier_headlines(numbers)

    def explain_article(self, number: int) -> Explanation:
        """Return the explanation of an article (id): analysis, rank, story. Raises NotFound."""
        stories = self.list_stories(self._start_for(self._get_article(number)))
        story, judged = _find_in_stories(stories, number)
        section = _section_of(story)
        rivals = [rival for rival in stories if _section_of(rival) == section]
        place = 0
        if section:
            place = rivals.index(story) + 1
        earlier = self.earlier_headlines([number]).get(number, [])
        return Explanation(judged, story, place, len(rivals), tuple(earlier))

    def evaluate_ranking(self) -> list[Evaluation]:
        """Return how well past editions would have been predicted, section by section."""
        weeks = [
            week
            for week in PastPicks(self._store).approved_weeks
            if week.offers
        ]
        stored_background = self._store.analyses.get_word_counts()
        return evaluate_sections(weeks, Background.from_json(stored_background))

    # Inside

    def _default_start(self) -> datetime:
        return self._clock() - 2 * self._window_length()

    def _window_length(self) -> timedelta:
        return timedelta(days=self._settings.newsletter.window_days)

    def _start_for(self, article: Article) -> datetime:
        """Return from when on an article is compared with others."""
        published = article.published or article.first_seen or self._clock()
        return min(published - self._window_length(), self._default_start())

    def _get_article(self, number: int) -> Article:
        article = self._store.articles.get_article(number)
        if article is None:
            raise NotFound(
                f"there is no article {number}; `digest articles` lists them"
            )
        return article

    def _cache_mark(self, but: date | None) -> tuple[object, ...]:
        """Return a mark that changes whenever the stories may change, and with every hour."""
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        newest = self._store.analyses.get_newest_numbers()
        return hour, *newest, *self._store.editions.get_change_mark(but)

    def _remember(
        self, request: _Request, mark: tuple[object, ...], stories: list[Story]
    ) -> None:
        """Cache an answer in place of the oldest."""
        self._cache.pop(request, None)
        while len(self._cache) >= CACHE_SIZE:
            oldest = next(iter(self._cache))
            del self._cache[oldest]
        self._cache[request] = (mark, stories)

    def _make_stories(self, request: _Request) -> list[Story]:
        start = request.since or self._default_start()
        reach = start
        if request.late is not None:
            reach = request.late.earliest_publication
        past = PastPicks(self._store, request.but)
        analysed = self._analyses.load_articles(reach, past.last_runs)
        in_window = [
            read
            for read in analysed.articles
            if read.since >= start or _is_late(read, request.late, past)
        ]
        judged = self._rank(in_window, analysed, past)
        tiers = {outlet.name: outlet.tier for outlet in self._settings.outlets}
        earlier_runs = _EarlierRuns.of(past.last_runs, analysed)
        return [
            earlier_runs.mark_story(story)
            for story in into_stories(judged, tiers)
        ]

    def _rank(
        self,
        articles: Sequence["StoredAnalysis"],
        analysed: LoadedAnalyses,
        past: PastPicks,
    ) -> list[AnalysedArticle]:
        """Return what articles are worth now, by section, best first."""
        choices = (
            choice
            for week in past.approved_weeks
            for choice in week.training_choices()
        )
        taste = PreferenceModel(choices, analysed.background)
        read_articles = [
            (read.article, read.reading, analysed.fingerprints[read.article.id])
            for read in articles
        ]
        judged = judge_read_articles(
            read_articles,
            analysed.belongs,
            self._settings,
            taste,
            self._clock(),
        )
        places = {
            section.key: place
            for place, section in enumerate(self._settings.sections)
        }

        def order(one: AnalysedArticle) -> tuple[int, float, int]:
            place = places.get(one.judgement.section, len(places))
            return place, -one.judgement.score, one.article.id

        return sorted(judged, key=order)


@dataclass(frozen=True, slots=True)
class _EarlierRuns:
    """In which edition each text, and each event, ran last: by the ids of their stories."""

    texts: Mapping[int, date]
    events: Mapping[int, date]

    @classmethod
    def of(
        cls, ran: Mapping[int, date], analysed: LoadedAnalyses
    ) -> "_EarlierRuns":
        """Return it for articles (ids) that ran in editions."""
        texts: dict[int, date] = {}
        events: dict[int, date] = {}
        for number in sorted(ran, key=lambda number: ran[number]):
            belongs = analysed.belongs.get(number)
            if belongs is not None:
                texts[belongs.copy_of] = ran[number]
                events[belongs.story] = ran[number]
        return cls(texts, events)

    def mark_story(self, story: Story) -> Story:
        """Return a story with the edition it ran in; a later article now represents it."""
        edition = self.events.get(story.representative.belongs.story)
        if edition is None:
            return story
        news = [
            one
            for one in story.articles
            if one.belongs.copy_of not in self.texts
            and _came_after(one, edition)
        ]
        if not news:
            return replace(story, ran=edition)
        others = [one for one in story.articles if one not in news]
        return Story((*news, *others), followed=edition)


def _is_late(
    read: "StoredAnalysis", late: EditionWindow | None, past: PastPicks
) -> bool:
    """Return whether an article came too late for the edition before, and did not run in it."""
    if late is None or read.article.id in past.last_runs:
        return False
    return late.holds_article(read.since, read.article.first_seen)


def _came_after(judged: AnalysedArticle, edition: date) -> bool:
    published = judged.article.published
    return published is not None and published.date() > edition


def _find_in_stories(
    stories: Iterable[Story], number: int
) -> tuple[Story, AnalysedArticle]:
    """Return the story of an article (id), and the article with its relevance."""
    for story in stories:
        for judged in story.articles:
            if judged.article.id == number:
                return story, judged
    raise LookupError(f"article {number} is in no story")


def _section_of(story: Story) -> str:
    return story.representative.judgement.section

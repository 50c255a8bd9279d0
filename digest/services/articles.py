"""Articles: analyse new ones, list them by relevance, gather them into stories, explain one.

`Articles.analyse_new` is the command that stores analyses; all code that adds articles calls it.
The other methods store nothing: new articles are analysed in memory (`article_analysis`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from digest.edition import EditionWindow
from digest.errors import NotFound
from digest.model import (
    AnalysedArticle,
    Article,
    ArticleAnalysis,
    NameAnswer,
    Story,
    StoryMembership,
)
from digest.relevance import (
    Background,
    Fingerprint,
    LearnedAnswers,
    PreferenceModel,
    into_stories,
    judge_read_articles,
)
from digest.relevance.evaluation import Evaluation, evaluate_sections
from digest.services.article_analysis import ArticleAnalyses, LoadedAnalyses
from digest.services.earlier_runs import EarlierRuns, RunsElsewhere
from digest.services.new_articles import NewArticles, sort_new_articles
from digest.services.past_picks import PastPicks, list_pending_editions
from digest.settings import Newsletter, Settings

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.analyses import StoredAnalysis

#: Cached results: for the draft, and for a few earlier editions.
CACHE_SIZE = 4
#: Articles are listed for two windows, but at least so long (a weekend has no clips), and not longer
#: unless the window is.
SHORTEST_LIST = timedelta(days=7)
LONGEST_LIST = timedelta(days=120)


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

    since: datetime | None  #: None for about the last two windows
    #: the edition that is being made, from which nothing is learned
    but: date | None
    #: its window, with what came too late for the one before
    late: EditionWindow | None


@dataclass(frozen=True, slots=True)
class _MadeStories:
    """Stories, without where else they ran, and the stories of all articles compared."""

    stories: list[Story]
    belongs: Mapping[int, StoryMembership]


@dataclass(frozen=True, slots=True)
class _CachedStories:
    """An answer, with the marks of what it was made from."""

    mark: tuple[object, ...]
    without_runs: _MadeStories
    mark_elsewhere: tuple[object, ...]
    stories: list[Story]


@dataclass(frozen=True, slots=True)
class _CachedTaste:
    """A preference model, and the marks of what it was learned from."""

    learned_from: tuple[object, ...]
    taste: PreferenceModel


class Articles:
    """The articles of one working folder, as one of its newsletters takes them."""

    def __init__(
        self, settings: Settings, store: "Store", clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._analyses = ArticleAnalyses(settings, store, clock)
        self._elsewhere = RunsElsewhere(settings, store, clock)
        self._cache: dict[_Request, _CachedStories] = {}
        #: by the edition from which nothing is learned
        self._taste_cache: dict[date | None, _CachedTaste] = {}
        self._cache_lock = Lock()

    # Commands

    def analyse_new(self, since: datetime | None = None) -> None:
        """Analyse the articles since a time that are new; store it, for all newsletters.

        By default, those that any newsletter lists. New is also what was analysed by other rules
        than today's settings give.
        """
        start = since or min(
            self._start_of_list(newsletter)
            for newsletter in self._settings.newsletters
        )
        self._analyses.store_new(start, self._list_compared(self._past_picks()))

    def analyse_article(self, number: int) -> None:
        """Analyse an article (id), with all that it is compared with; store it. Raises NotFound."""
        self.analyse_new(self._start_for(self._get_article(number)))

    def save_answers(
        self, number: int, reading: ArticleAnalysis, *, is_us: bool
    ) -> tuple[NameAnswer, ...]:
        """Store whether an article (id), so analysed, names the organisation where that is in doubt.

        Return an answer for each name and doubt; none if there is nothing to ask.
        """
        answers = tuple(
            NameAnswer(number, name, doubt, is_us)
            for name, doubt in reading.questions
        )
        self._store.name_answers.save_answers(answers, self._clock())
        return answers

    def take_back_answers(self, number: int) -> int:
        """Delete what was answered about an article (id); return how many answers there were."""
        return self._store.name_answers.delete_answers(number)

    # Queries

    def list_ranked(
        self, since: datetime | None = None
    ) -> list[AnalysedArticle]:
        """Return the articles since a time (by default, of two windows), by section, best first."""
        start = since or self._default_start()
        past = self._past_picks()
        compared = self._list_compared(past)
        analysed = self._analyses.load_articles(start, compared)
        recent = [read for read in analysed.articles if read.since >= start]
        ranked = self._rank(recent, analysed, past)
        return list(self._elsewhere.mark_articles(ranked, analysed.belongs))

    def sort_new(self, seen_from: datetime) -> NewArticles:
        """Return the articles first seen since a time by what becomes of them in the newsletter.

        Those that were not analysed yet are too old to be listed: `analyse_new` analyses the others.
        """
        ledger = self._store.analyses
        start = self._default_start()
        analysed = ledger.read_analyses_of_new(seen_from)
        listed = [read for read in analysed if read.since >= start]
        count_by_feed = ledger.count_new_by_feed(seen_from)
        judged = self._rank_alone(listed)
        return sort_new_articles(
            self._settings, judged, count_by_feed, self._clock()
        )

    def list_stories(
        self,
        since: datetime | None = None,
        but: date | None = None,
        late: EditionWindow | None = None,
    ) -> list[Story]:
        """Return the stories since a time, in the order in which sections should take them.

        `but` is the edition that is being made, from which nothing is learned; `late` its window,
        if late articles from before that time are wanted too. While nothing is new, a cached
        result is returned, up to an hour old. An edition of another newsletter changes only where
        else stories ran.
        """
        request = _Request(since, but, late)
        with self._cache_lock:
            # what is stored meanwhile is newer than these marks, so that stories are made again
            mark = self._cache_mark(but)
            mark_elsewhere = self._elsewhere.get_mark()
            cached = self._cache.get(request)
            if cached is None or cached.mark != mark:
                without_runs = self._make_stories(request)
            elif cached.mark_elsewhere != mark_elsewhere:
                without_runs = cached.without_runs
            else:
                return cached.stories
            stories = self._elsewhere.mark_stories(
                without_runs.stories, without_runs.belongs
            )
            self._remember(
                request,
                _CachedStories(mark, without_runs, mark_elsewhere, stories),
            )
            return stories

    def current_mark(self, since: datetime, but: date) -> str:
        """Return a mark that changes whenever the stories since a time may change.

        Ageing by the hour does not change it: that brings no news. Nor do editions of other
        newsletters, for they change nothing that is proposed.
        """
        ledger = self._store.analyses
        dated = ledger.count_articles_dated_between(since, self._clock())
        return repr(
            (
                ledger.get_newest_numbers(),
                self._store.name_answers.get_mark(),
                dated,
                self._store.editions.get_change_mark(but),
                self._list_public_editions(but),
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
            week for week in self._past_picks().approved_weeks if week.offers
        ]
        stored_background = self._store.analyses.get_word_counts()
        return evaluate_sections(weeks, Background.from_json(stored_background))

    # Inside

    def _past_picks(self, but: date | None = None) -> PastPicks:
        """Return what the newsletter's editions carried, but for one that is being made."""
        pending = list_pending_editions(
            self._store, self._settings.newsletter, self._clock()
        )
        return PastPicks(self._store, but, pending)

    def _list_compared(self, past: PastPicks) -> set[int]:
        """Return the articles (ids) that ran in any newsletter, which stories are compared with."""
        return past.last_runs.keys() | self._elsewhere.list_articles()

    def _default_start(self) -> datetime:
        return self._start_of_list(self._settings.newsletter)

    def _start_of_list(self, newsletter: Newsletter) -> datetime:
        """Return from when on articles are listed: about two windows of a newsletter."""
        window = _window_length(newsletter)
        two_windows = min(2 * window, LONGEST_LIST)
        return self._clock() - max(window, two_windows, SHORTEST_LIST)

    def _start_for(self, article: Article) -> datetime:
        """Return from when on an article is compared with others."""
        published = article.published or article.first_seen or self._clock()
        window = _window_length(self._settings.newsletter)
        return min(published - window, self._default_start())

    def _get_article(self, number: int) -> Article:
        article = self._store.articles.get_article(number)
        if article is None:
            raise NotFound(
                f"there is no article {number}; `digest articles` lists them"
            )
        return article

    def _cache_mark(self, but: date | None) -> tuple[object, ...]:
        """Return a mark that changes whenever the stories may change, and with every hour.

        Where else they ran is left out: `RunsElsewhere.get_mark` has that.
        """
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        newest = self._store.analyses.get_newest_numbers()
        return (
            hour,
            *newest,
            self._store.name_answers.get_mark(),
            *self._store.editions.get_change_mark(but),
            self._list_public_editions(but),
        )

    def _list_public_editions(
        self, but: date | None
    ) -> tuple[tuple[date, datetime], ...]:
        """Return the editions that ran, and since when, without one that is being made."""
        public = self._store.publications.list_public_editions()
        return tuple((day, at) for day, at in public.items() if day != but)

    def _remember(self, request: _Request, answer: _CachedStories) -> None:
        """Cache an answer in place of the oldest."""
        self._cache.pop(request, None)
        while len(self._cache) >= CACHE_SIZE:
            oldest = next(iter(self._cache))
            del self._cache[oldest]
        self._cache[request] = answer

    def _make_stories(self, request: _Request) -> _MadeStories:
        start = request.since or self._default_start()
        reach = start
        if request.late is not None:
            reach = request.late.earliest_publication
        past = self._past_picks(request.but)
        compared = self._list_compared(past)
        analysed = self._analyses.load_articles(reach, compared)
        in_window = [
            read
            for read in analysed.articles
            if read.since >= start or _is_late(read, request.late, past)
        ]
        judged = self._rank(in_window, analysed, past)
        tiers = {outlet.name: outlet.tier for outlet in self._settings.outlets}
        titles = {
            read.article.id: read.article.title for read in analysed.articles
        }
        earlier_runs = EarlierRuns.from_editions(
            past.last_runs, analysed.belongs, titles
        )
        stories = [
            earlier_runs.mark_story(story)
            for story in into_stories(judged, tiers)
        ]
        return _MadeStories(stories, analysed.belongs)

    def _learn_taste(
        self, past: PastPicks, background: Background
    ) -> PreferenceModel:
        """Return what past editions teach; it is learned anew once they or common words change."""
        mark = self._store.editions.get_change_mark(past.but)
        learned_from = (mark, background.articles)
        cached = self._taste_cache.get(past.but)
        if cached is None or cached.learned_from != learned_from:
            choices = (
                choice
                for week in past.approved_weeks
                for choice in week.training_choices()
            )
            taste = PreferenceModel(choices, background)
            cached = _CachedTaste(learned_from, taste)
            while len(self._taste_cache) >= CACHE_SIZE:
                oldest = next(iter(self._taste_cache))
                del self._taste_cache[oldest]
            self._taste_cache[past.but] = cached
        return cached.taste

    def _rank(
        self,
        articles: Sequence["StoredAnalysis"],
        analysed: LoadedAnalyses,
        past: PastPicks,
    ) -> list[AnalysedArticle]:
        """Return what articles are worth now, by section, best first."""
        taste = self._learn_taste(past, analysed.background)
        answers = self._load_answers()
        read_articles = [
            (
                read.article,
                answers.settle_doubts(read.article.id, read.reading),
                analysed.fingerprints[read.article.id],
            )
            for read in articles
        ]
        judged = judge_read_articles(
            read_articles,
            analysed.belongs,
            self._settings,
            taste,
            self._clock(),
        )
        return self._in_order(judged)

    def _rank_alone(
        self, articles: Sequence["StoredAnalysis"]
    ) -> list[AnalysedArticle]:
        """Return what articles are worth now by themselves, however many have their story."""
        if not articles:
            return []
        background = Background.from_json(
            self._store.analyses.get_word_counts()
        )
        taste = self._learn_taste(self._past_picks(), background)
        answers = self._load_answers()
        read_articles = [
            (
                read.article,
                answers.settle_doubts(read.article.id, read.reading),
                Fingerprint.from_bytes(read.print_),
            )
            for read in articles
        ]
        judged = judge_read_articles(
            read_articles, {}, self._settings, taste, self._clock()
        )
        return self._in_order(judged)

    def _load_answers(self) -> LearnedAnswers:
        """Return what people answered about names in doubt, in any newsletter."""
        return LearnedAnswers(self._store.name_answers.list_answers())

    def _in_order(
        self, judged: Iterable[AnalysedArticle]
    ) -> list[AnalysedArticle]:
        """Return articles by section, best first."""
        places = {
            section.key: place
            for place, section in enumerate(self._settings.sections)
        }

        def order(one: AnalysedArticle) -> tuple[int, float, int]:
            place = places.get(one.judgement.section, len(places))
            return place, -one.judgement.score, one.article.id

        return sorted(judged, key=order)


def _window_length(newsletter: Newsletter) -> timedelta:
    return timedelta(days=newsletter.window_days)


def _is_late(
    read: "StoredAnalysis", late: EditionWindow | None, past: PastPicks
) -> bool:
    """Return whether an article came too late for the edition before, and did not run in it."""
    if late is None or read.article.id in past.last_runs:
        return False
    return late.holds_article(read.since, read.article.first_seen)


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

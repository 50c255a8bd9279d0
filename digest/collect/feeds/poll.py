"""Polling: ask the feeds that are due, and store what is new.

    feeds due | fetch | parse | sort out | schedule | save

Only fetching runs in parallel. Answers are saved some at a time, each lot in one transaction
with what it says of its feeds, so that a killed run has either all of a poll or nothing of it.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from digest.collect.feeds import schedule
from digest.collect.feeds.attribution import (
    attribute_articles,
    hidden_headline_keys,
    is_better_outlet,
)
from digest.collect.feeds.dedupe import (
    NO_KEYS,
    Memory,
    SortedArticles,
    sort_out,
)
from digest.collect.feeds.parse import (
    EMPTY_FEED,
    ListedEntry,
    Origin,
    RawTexts,
    add_texts,
    list_entries,
    parse_response,
)
from digest.collect.feeds.sources import Source
from digest.collect.interrupt import defer_interrupts
from digest.collect.pages.headline import outlet_names
from digest.collect.report import EmptyFeed, FailedFeed, Report, Tally
from digest.errors import DigestError, FeedUnreadable, FetchError
from digest.model import Article, Feed, KnownArticle
from digest.ports import (
    Fetcher,
    Pool,
    Progress,
    Request,
    Response,
    results_in_order,
)

if TYPE_CHECKING:
    from digest.settings import Outlet
    from digest.settings.outlet_index import OutletIndex

#: Failures after which the feed is probably elsewhere.
LOST = ("http 404", "http 410", "not a feed", "unknown host")
ADVICE = (
    "; `digest feeds add` with the outlet's homepage looks for its feeds anew"
)
#: Answers that are saved together, and for how long one may wait for others.
BATCH_SIZE = 50
BATCH_SECONDS = 1.0

#: Whether an address belongs to this run: workers share them.
IsOwnAddress = Callable[[str], bool]


class FeedShelf(Protocol):
    """The part of the store that polling uses."""

    def get_feeds(self) -> dict[str, Feed]:
        """Return what is remembered of each feed."""
        ...

    def find_known_articles(
        self,
        articles: Sequence[Article],
    ) -> list[KnownArticle]:
        """Return stored articles that these may be."""
        ...

    def find_hidden_articles(self) -> dict[str, KnownArticle]:
        """Return stored articles whose address is hidden, by the keys of their headlines."""
        ...

    def find_published_near(
        self,
        articles: Sequence[Article],
    ) -> list[KnownArticle]:
        """Return stored articles that came out near the times of these, whatever their address."""
        ...

    def save_polls(
        self,
        polled: Sequence[Feed],
        new: Sequence[Article],
        retitled: Sequence[tuple[KnownArticle, str]],
        now: datetime,
        *,
        adopted: Sequence[tuple[KnownArticle, Article]] = (),
        headline_keys: Mapping[str, str] = NO_KEYS,
    ) -> None:
        """Remember polls together with all they brought.

        `adopted`: known articles, as the outlets give them that they rather belong to;
        `headline_keys`: of articles whose address is hidden, by their keys.
        """
        ...


@dataclass(slots=True)
class FetchedFeed:
    """A feed's answer, and from where it came. Its own piece of work for a Pool."""

    feed: Feed
    origin: Origin
    answer: Response | FetchError


@dataclass(slots=True)
class PollResult:
    """Result of a poll: why it failed, or its articles, None where nothing has changed."""

    feed: Feed
    failure: DigestError | None = None
    answer: schedule.GoodAnswer = field(default_factory=schedule.GoodAnswer)
    articles: list[Article] | None = None
    #: texts of the articles that are read only of new ones, by the article's key
    texts: dict[str, RawTexts] = field(default_factory=dict)
    #: of those that are another site's: whose, by key
    sources: dict[str, Source] = field(default_factory=dict)


@dataclass(slots=True)
class _Brought:
    """What the polls of a batch brought."""

    new: dict[str, Article] = field(default_factory=dict)  #: by key
    retitled: list[tuple[KnownArticle, str]] = field(default_factory=list)
    adopted: list[tuple[KnownArticle, Article]] = field(default_factory=list)

    def add(
        self,
        by_state: SortedArticles,
        texts: Mapping[str, RawTexts],
    ) -> None:
        """Add the articles of one poll; what is new and adopted at once is new as adopted."""
        for article in by_state.new:
            self.new[article.key] = _with_texts(article, texts)
        self.retitled += by_state.retitled
        for known_article, article in by_state.adopted:
            better = _with_texts(article, texts)
            if known_article.key in self.new:
                del self.new[known_article.key]
                self.new[better.key] = better
            elif known_article.id:
                self.adopted.append((known_article, better))


@dataclass(slots=True)
class Poller:
    """One run over the feeds that are due."""

    shelf: FeedShelf
    now: datetime
    every: timedelta
    report: Report
    index: "OutletIndex"

    def poll_feeds(
        self,
        feeds: Sequence[tuple[Feed, "Outlet"]],
        fetch: Fetcher,
        pool: Pool,
        progress: Progress,
    ) -> None:
        """Poll these feeds. What came before an interruption is saved."""
        by_url = self._feeds_by_address(feeds)
        requests = [
            self._make_request(origin.url, feed)
            for feed, origin in by_url.values()
        ]
        answers = (
            FetchedFeed(*by_url[request.url], answer)
            for request, answer in fetch(requests)
        )
        jobs = (_start_reading(answer, pool) for answer in answers)
        batch: list[PollResult] = []
        saved_at = time.monotonic()
        try:
            for done, result in enumerate(
                results_in_order(jobs, pool.ahead), 1
            ):
                batch.append(result)
                is_time = time.monotonic() - saved_at > BATCH_SECONDS
                if len(batch) >= BATCH_SIZE or is_time:
                    self._save_batch(batch)
                    saved_at = time.monotonic()
                progress("feeds", done, len(requests))
        finally:
            self._save_batch(batch)

    def _feeds_by_address(
        self,
        feeds: Sequence[tuple[Feed, "Outlet"]],
    ) -> dict[str, tuple[Feed, Origin]]:
        """Return the feeds by where to poll them."""
        by_url = {}
        for feed, outlet in feeds:
            origin = Origin(
                url=schedule.polling_address(feed, self.now),
                outlet=outlet.name,
                language=outlet.language,
                feed=feed.url,
                names=outlet_names(outlet.name, outlet.homepage),
                homepage=outlet.homepage,
            )
            by_url[origin.url] = (feed, origin)
        return by_url

    def _make_request(self, url: str, feed: Feed) -> Request:
        if schedule.accepts_not_modified(feed, self.now):
            return Request(url, feed.etag, feed.modified)
        return Request(url)

    def _save_batch(self, batch: list[PollResult]) -> None:
        """Store a batch and empty it. Ctrl-C waits, so that nothing is stored twice."""
        with defer_interrupts():
            self._store_results(batch)
            batch.clear()

    def _store_results(self, batch: Sequence[PollResult]) -> None:
        headline_keys = self._attribute_articles(batch)
        memory = self._load_memory(batch, headline_keys)
        polled: list[Feed] = []
        brought = _Brought()
        for result in batch:
            by_state = sort_out(
                result.articles or (),
                memory,
                self._is_better_outlet,
                headline_keys,
            )
            polled.append(self._update_feed(result, by_state))
            brought.add(by_state, result.texts)
        self.shelf.save_polls(
            polled,
            list(brought.new.values()),
            brought.retitled,
            self.now,
            adopted=brought.adopted,
            headline_keys=headline_keys,
        )

    def _attribute_articles(
        self,
        batch: Sequence[PollResult],
    ) -> dict[str, str]:
        """Give articles of other sites to their outlets; return keys of headlines of hidden ones."""
        headline_keys: dict[str, str] = {}
        for result in batch:
            if result.articles and result.sources:
                result.articles = list(
                    attribute_articles(
                        result.articles, result.sources, self.index
                    )
                )
                headline_keys |= hidden_headline_keys(
                    result.articles, result.sources
                )
        return headline_keys

    def _is_better_outlet(
        self,
        known_article: KnownArticle,
        article: Article,
    ) -> bool:
        return is_better_outlet(known_article, article, self.index)

    def _load_memory(
        self,
        batch: Sequence[PollResult],
        headline_keys: Mapping[str, str],
    ) -> Memory:
        """Return the stored articles that those of a batch may be."""
        candidates: list[Article] = []
        for result in batch:
            candidates += result.articles or ()
        if not candidates:
            return Memory()
        hidden = [one for one in candidates if one.key in headline_keys]
        memory = self._remember_hidden(is_new_hidden=bool(hidden))
        sightings = self.shelf.find_known_articles(candidates)
        sightings += self.shelf.find_published_near(hidden)
        for sighting in sightings:
            memory.remember(sighting)
        return memory

    def _remember_hidden(self, *, is_new_hidden: bool) -> Memory:
        """Return a memory of the stored articles whose address is hidden."""
        known_hidden = self.shelf.find_hidden_articles()
        is_any_hidden = is_new_hidden or bool(known_hidden)
        memory = Memory(compares_headlines=is_any_hidden)
        for key, sighting in known_hidden.items():
            memory.remember(sighting, key)
        return memory

    def _update_feed(
        self,
        result: PollResult,
        by_state: SortedArticles,
    ) -> Feed:
        """Return the feed as it is after its poll, and count that in the report."""
        tally = self.report[result.feed.outlet]
        tally.polled += 1
        if result.failure:
            return self._record_failure(result.feed, result.failure, tally)
        if result.articles is None:
            tally.unchanged += 1
        tally.new += len(by_state.new)
        tally.retitled += len(by_state.retitled)
        tally.adopted += len(by_state.adopted)
        self._count_other_sites(by_state.new, tally)
        fresh = len(by_state.new) + len(by_state.adopted)
        answer = replace(result.answer, new=fresh)
        feed = schedule.after_success(result.feed, answer, self.now, self.every)
        if EMPTY_FEED in feed.problem:
            again = EMPTY_FEED in result.feed.problem
            tally.empty_feeds.append(EmptyFeed(feed.url, feed.last_new, again))
        if feed.moved:
            tally.moved_feeds.append((feed.url, feed.moved))
        return feed

    def _count_other_sites(self, new: Sequence[Article], tally: Tally) -> None:
        """Count the new articles of sites that are no outlets of feeds.yaml, by what they are called."""
        for article in new:
            if self.index.get(article.outlet) is None:
                tally.other_sites[article.outlet] += 1

    def _record_failure(
        self,
        feed: Feed,
        failure: DigestError,
        tally: Tally,
    ) -> Feed:
        reason = "not a feed"
        wait = 0.0
        if isinstance(failure, FetchError):
            reason = failure.reason
            wait = failure.wait
        tally.failures[reason] += 1
        tally.failed_feeds.append(
            FailedFeed(
                feed.url,
                reason,
                since=feed.last_success,
                error=str(failure),
                again=feed.error != "",
            )
        )
        problem = f"{feed.url}: {failure}"
        if reason in LOST:
            problem += ADVICE
        tally.problems.append(problem)
        return schedule.after_failure(
            feed, str(failure), reason, self.now, self.every, wait
        )


def find_due_feeds(
    outlets: Sequence["Outlet"],
    remembered: dict[str, Feed],
    now: datetime,
    *,
    everything: bool,
    is_own: IsOwnAddress = lambda _address: True,
    last_look: datetime | None = None,
) -> Iterator[tuple[Feed, "Outlet"]]:
    """Yield the feeds to poll now, each with its outlet.

    `is_own`: whether an address is this run's; `last_look`: see `schedule.is_due`.
    """
    for feed, outlet in _configured_feeds(outlets, remembered):
        is_time = everything or schedule.is_due(feed, now, last_look)
        if is_time and is_own(schedule.polling_address(feed, now)):
            yield feed, outlet


def read_answer(job: FetchedFeed) -> PollResult:
    """Read one answer. A failure is a value here: it must not stop the others."""
    if isinstance(job.answer, FetchError):
        return PollResult(job.feed, job.answer)
    try:
        return _read_response(job.feed, job.origin, job.answer)
    except DigestError as error:
        return failed_result(job, error)
    # a library's failure on this document must not stop the others
    except Exception as error:
        name = type(error).__name__
        failure = FeedUnreadable(f"it cannot be read ({name}: {error})")
        return failed_result(job, failure)


def failed_result(job: FetchedFeed, why: DigestError) -> PollResult:
    """Return the result of an answer that could not be read."""
    return PollResult(job.feed, why)


def _configured_feeds(
    outlets: Sequence["Outlet"],
    remembered: dict[str, Feed],
) -> Iterator[tuple[Feed, "Outlet"]]:
    """Yield the feeds of feeds.yaml, with what is remembered of them."""
    for outlet in outlets:
        for url in outlet.feeds:
            feed = remembered.get(url, Feed(url, outlet.name))
            yield replace(feed, outlet=outlet.name), outlet


def _start_reading(job: FetchedFeed, pool: Pool) -> Callable[[], PollResult]:
    """Read what has a body in the pool, anything else in this process."""
    if isinstance(job.answer, Response) and job.answer.body:
        return pool(read_answer, job, failed_result)
    return partial(read_answer, job)


def _read_response(
    feed: Feed,
    origin: Origin,
    response: Response,
) -> PollResult:
    moved = response.url if response.moved else origin.url
    if response.status == 304:
        answer = schedule.GoodAnswer(
            headers=response.headers, full=False, moved=moved
        )
        return PollResult(feed, answer=answer)
    fingerprint = hashlib.sha256(response.body).hexdigest()
    answer = schedule.GoodAnswer(
        headers=response.headers, fingerprint=fingerprint, moved=moved
    )
    if fingerprint == feed.fingerprint:
        return PollResult(feed, answer=replace(answer, problem=feed.problem))
    document = parse_response(response)
    answer = replace(
        answer,
        entries=len(document.entries),
        ttl=document.ttl,
        problem="; ".join(document.problems),
    )
    final_origin = replace(
        origin, url=response.url
    )  # relative links start there
    # a feed that was never read is all new, and this process may be one of several
    is_all_new = not feed.fingerprint
    listed = list_entries(document, final_origin, reads_texts=is_all_new)
    texts = {}
    if not is_all_new:
        texts = {entry.article.key: entry.texts for entry in listed}
    return PollResult(
        feed,
        answer=answer,
        articles=[entry.article for entry in listed],
        texts=texts,
        sources=_sources_of(listed),
    )


def _sources_of(listed: Iterable[ListedEntry]) -> dict[str, Source]:
    return {entry.article.key: entry.source for entry in listed if entry.source}


def _with_texts(article: Article, texts: Mapping[str, RawTexts]) -> Article:
    """Return an article with those of its texts that are still to be read."""
    raw_texts = texts.get(article.key)
    if raw_texts is None:
        return article
    return add_texts(article, raw_texts)

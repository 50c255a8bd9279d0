"""Polls feeds and stores what is new.

    feeds due | fetch | parse | sort out | decide | save

Only fetching runs in parallel. Answers are saved some at a time, each lot in one transaction
with what it says of its feeds, so that a killed run has either all of a poll or nothing of it.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from digest.collect.feeds import schedule
from digest.collect.feeds.dedupe import Memory, Sorted, sort_out
from digest.collect.feeds.parse import Origin, articles, read
from digest.collect.interrupt import defer_interrupts
from digest.collect.pages.headline import outlet_names
from digest.collect.report import Report, Tally
from digest.errors import DigestError, FeedUnreadable, FetchError
from digest.model import Article, Feed, Sighting
from digest.ports import Fetcher, Pool, Progress, Request, Response, in_turn

if TYPE_CHECKING:
    from digest.settings import Outlet

#: Failures after which the feed is probably elsewhere.
LOST = ("http 404", "http 410", "not a feed", "unknown host")
ADVICE = "; `digest feeds add` with the outlet's homepage looks for its feeds anew"
Mine = Callable[[str], bool]  #: whether an address is this run's to ask
LOT = 50
LOT_SECONDS = 1.0  # answers saved together, and for how long one may wait for others


class FeedShelf(Protocol):
    """What polling needs of the store."""

    def feeds(self) -> dict[str, Feed]:
        """Return what is remembered of each feed."""
        ...

    def sightings(self, articles: Sequence[Article]) -> list[Sighting]:
        """Return stored articles that these may be."""
        ...

    def save_polls(
        self,
        polled: Sequence[Feed],
        new: Sequence[Article],
        retitled: Sequence[tuple[Sighting, str]],
        now: datetime,
    ) -> None:
        """Remember polls together with all they brought."""
        ...


@dataclass(slots=True)
class Answered:
    """A feed's answer, and from where it came. Its own piece of work for a Pool."""

    feed: Feed
    origin: Origin
    answer: Response | FetchError


@dataclass(slots=True)
class Reading:
    """What an answer says: why it failed, or its articles, None where nothing has changed."""

    feed: Feed
    failure: DigestError | None = None
    good: schedule.Good = field(default_factory=schedule.Good)
    articles: list[Article] | None = None


@dataclass(slots=True)
class Poller:
    """One run over the feeds that are due."""

    shelf: FeedShelf
    now: datetime
    every: timedelta
    report: Report

    def run(
        self,
        feeds: Sequence[tuple[Feed, "Outlet"]],
        fetch: Fetcher,
        pool: Pool,
        progress: Progress,
    ) -> None:
        """Poll these feeds. What came before an interruption is saved."""
        by_url = {
            o.url: (feed, o) for feed, o in (self._origin(*each) for each in feeds)
        }
        requests = [self._request(url, feed) for url, (feed, _) in by_url.items()]
        answers = (Answered(*by_url[r.url], answer) for r, answer in fetch(requests))
        results = (
            pool(read_answer, a, unread) if _has_body(a) else partial(read_answer, a)
            for a in answers
        )
        lot: list[Reading] = []
        saved = time.monotonic()
        try:
            for done, reading in enumerate(in_turn(results, pool.ahead), 1):
                lot.append(reading)
                if len(lot) >= LOT or time.monotonic() - saved > LOT_SECONDS:
                    with defer_interrupts():
                        self._save(lot)
                        lot = []
                        saved = time.monotonic()
                progress("feeds", done, len(requests))
        finally:
            with defer_interrupts():
                self._save(lot)

    def _origin(self, feed: Feed, outlet: "Outlet") -> tuple[Feed, Origin]:
        names = outlet_names(outlet.name, outlet.homepage)
        url = schedule.address(feed, self.now)
        return feed, Origin(url, outlet.name, outlet.language, feed.url, names)

    def _request(self, url: str, feed: Feed) -> Request:
        if schedule.conditional(feed, self.now):
            return Request(url, feed.etag, feed.modified)
        return Request(url)

    def _save(self, lot: Sequence[Reading]) -> None:
        memory = Memory()
        given = [a for r in lot for a in r.articles or ()]
        for seen in self.shelf.sightings(given) if given else ():
            memory.remember(seen)
        found = Sorted()
        polled = []
        for reading in lot:
            sorted_out = sort_out(reading.articles or (), memory)
            polled.append(self._after(reading, sorted_out))
            found.new += sorted_out.new
            found.retitled += sorted_out.retitled
        self.shelf.save_polls(polled, found.new, found.retitled, self.now)

    def _after(self, reading: Reading, found: Sorted) -> Feed:
        tally = self.report[reading.feed.outlet]
        tally.polled += 1
        if reading.failure:
            return self._failed(reading.feed, reading.failure, tally)
        tally.unchanged += reading.articles is None
        tally.new += len(found.new)
        tally.retitled += len(found.retitled)
        good = replace(reading.good, new=len(found.new))
        return schedule.succeeded(reading.feed, good, self.now, self.every)

    def _failed(self, feed: Feed, failure: DigestError, tally: Tally) -> Feed:
        if isinstance(failure, FetchError):
            reason = failure.reason
            wait = failure.wait
        else:
            reason = "not a feed"
            wait = 0.0
        tally.failures[reason] += 1
        tally.problems.append(
            f"{feed.url}: {failure}{ADVICE if reason in LOST else ''}"
        )
        return schedule.failed(feed, str(failure), reason, self.now, self.every, wait)


def due(
    outlets: Sequence["Outlet"],
    known: dict[str, Feed],
    now: datetime,
    *,
    everything: bool,
    mine: Mine = lambda _address: True,
) -> Iterator[tuple[Feed, "Outlet"]]:
    """Yield the feeds to poll now, with whose they are; `mine` says of addresses if they are."""
    for outlet in outlets:
        for url in outlet.feeds:
            feed = replace(known.get(url) or Feed(url, outlet.name), outlet=outlet.name)
            if (everything or schedule.due(feed, now)) and mine(
                schedule.address(feed, now)
            ):
                yield feed, outlet


def read_answer(job: Answered) -> Reading:
    """Read one answer. A failure is a value here: it must not stop the others."""
    if isinstance(job.answer, FetchError):
        return Reading(job.feed, job.answer)
    try:
        return _read(job.feed, job.origin, job.answer)
    except DigestError as e:
        return unread(job, e)
    except (
        Exception
    ) as e:  # what a library does with this document must not stop the others
        return unread(
            job, FeedUnreadable(f"it cannot be read ({type(e).__name__}: {e})")
        )


def unread(job: Answered, why: DigestError) -> Reading:
    """Return what becomes of an answer that could not be read."""
    return Reading(job.feed, why)


def _has_body(job: Answered) -> bool:
    return isinstance(job.answer, Response) and bool(job.answer.body)


def _read(feed: Feed, origin: Origin, answer: Response) -> Reading:
    if answer.moved:
        moved = answer.url
    else:
        moved = origin.url
    if answer.status == 304:
        return Reading(
            feed, good=schedule.Good(headers=answer.headers, full=False, moved=moved)
        )
    fingerprint = hashlib.sha256(answer.body).hexdigest()
    good = schedule.Good(headers=answer.headers, fingerprint=fingerprint, moved=moved)
    if fingerprint == feed.fingerprint:
        return Reading(feed, good=replace(good, problem=feed.problem))
    document = read(answer.body, answer.headers.get("content-type", ""))
    good = replace(
        good,
        entries=len(document.entries),
        ttl=document.ttl,
        problem="; ".join(document.problems),
    )
    return Reading(
        feed, good=good, articles=articles(document, replace(origin, url=answer.url))
    )

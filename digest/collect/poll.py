"""Polls feeds and stores what is new.

    feeds due | fetch | parse | sort out | decide | save

Only fetching runs in parallel. Answers are saved some at a time, each lot in one transaction
with what it says of its feeds, so that a killed run has either all of a poll or nothing of it.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from digest.collect import decide
from digest.collect.entries import Document
from digest.collect.headline import clean_headline, outlet_names
from digest.collect.identity import Memory, Sorted, sort_out
from digest.collect.parse import articles, read
from digest.collect.report import Report
from digest.errors import DigestError, FetchError
from digest.model import Article, Feed, Sighting
from digest.ports import Fetcher, Request, Response
from digest.settings import Outlet

LOT, LOT_SECONDS = 100, 1.0  # answers saved together, and for how long one may wait for others

Progress = Callable[[str, int, int], None]


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
class _Poll:
    """One answer, read; `articles` is None where nothing has changed."""

    feed: Feed
    good: decide.Good
    articles: list[Article] | None


@dataclass(slots=True)
class Poller:
    """One run over the feeds that are due."""

    shelf: FeedShelf
    now: datetime
    every: timedelta
    report: Report

    def run(
        self, feeds: Sequence[tuple[Feed, Outlet]], fetch: Fetcher, progress: Progress
    ) -> None:
        """Poll these feeds. What came before an interruption is saved."""
        by_url = {decide.address(feed, self.now): (feed, outlet) for feed, outlet in feeds}
        requests = [self._request(url, feed) for url, (feed, _) in by_url.items()]
        lot: list[_Poll | Feed] = []
        saved = time.monotonic()
        try:
            for done, (request, answer) in enumerate(fetch(requests), 1):
                lot.append(self._poll(*by_url[request.url], request.url, answer))
                if len(lot) >= LOT or time.monotonic() - saved > LOT_SECONDS:
                    self._save(lot)
                    lot, saved = [], time.monotonic()
                progress("feeds", done, len(requests))
        finally:
            self._save(lot)

    def _request(self, url: str, feed: Feed) -> Request:
        if decide.conditional(feed, self.now):
            return Request(url, feed.etag, feed.modified)
        return Request(url)

    def _poll(
        self, feed: Feed, outlet: Outlet, asked: str, answer: Response | FetchError
    ) -> _Poll | Feed:
        """Read one answer; a feed that failed is returned as it is after that."""
        tally = self.report[outlet.name]
        tally.polled += 1
        try:
            if isinstance(answer, FetchError):
                raise answer
            return _read(feed, outlet, asked, answer)
        except DigestError as e:
            reason, wait = (e.reason, e.wait) if isinstance(e, FetchError) else ("not a feed", 0)
            tally.failures[reason] += 1
            tally.problems.append(f"{feed.url}: {e}{_advice(reason, outlet)}")
            return decide.failed(feed, str(e), reason, self.now, self.every, wait)

    def _save(self, lot: list[_Poll | Feed]) -> None:
        polls = [p for p in lot if isinstance(p, _Poll)]
        memory = Memory()
        given = [a for p in polls for a in p.articles or ()]
        for seen in self.shelf.sightings(given) if given else ():
            memory.remember(seen)
        found = Sorted()
        polled = [p for p in lot if isinstance(p, Feed)]
        for poll in polls:
            sorted_out = sort_out(poll.articles or (), memory)
            polled.append(self._after(poll, sorted_out))
            found.new += sorted_out.new
            found.retitled += sorted_out.retitled
        self.shelf.save_polls(polled, found.new, found.retitled, self.now)

    def _after(self, poll: _Poll, found: Sorted) -> Feed:
        tally = self.report[poll.feed.outlet]
        tally.unchanged += poll.articles is None
        tally.new += len(found.new)
        tally.retitled += len(found.retitled)
        good = replace(poll.good, new=len(found.new))
        return decide.succeeded(poll.feed, good, self.now, self.every)


def due(
    outlets: Sequence[Outlet], known: dict[str, Feed], now: datetime, everything: bool
) -> Iterator[tuple[Feed, Outlet]]:
    """Yield the feeds to poll now, with whose they are."""
    for outlet in outlets:
        for url in outlet.feeds:
            feed = replace(known.get(url) or Feed(url, outlet.name), outlet=outlet.name)
            if everything or decide.due(feed, now):
                yield feed, outlet


def _read(feed: Feed, outlet: Outlet, asked: str, answer: Response) -> _Poll:
    moved = answer.url if answer.moved else asked
    if answer.status == 304:
        good = decide.Good(headers=answer.headers, full=False, moved=moved)
        return _Poll(feed, good, None)
    fingerprint = hashlib.sha256(answer.body).hexdigest()
    good = decide.Good(headers=answer.headers, fingerprint=fingerprint, moved=moved)
    if fingerprint == feed.fingerprint:
        return _Poll(feed, replace(good, problem=feed.problem), None)
    document = read(answer.body, answer.headers.get("content-type", ""))
    return _Poll(feed, *_understood(document, feed, outlet, answer.url, good))


def _understood(
    document: Document, feed: Feed, outlet: Outlet, url: str, good: decide.Good
) -> tuple[decide.Good, list[Article]]:
    names = outlet_names(outlet.name, outlet.homepage)
    found = []
    for article in articles(document, url, outlet.name, outlet.language):
        title, label = clean_headline(article.title, names)
        found.append(replace(article, title=title, label=label, feed=feed.url))
    problem = "; ".join(document.problems)
    return replace(good, entries=len(found), ttl=document.ttl, problem=problem), found


def _advice(reason: str, outlet: Outlet) -> str:
    if reason in ("http 404", "http 410", "not a feed", "unknown host"):
        return f"; `digest feeds add {outlet.homepage}` looks for the outlet's feeds anew"
    return ""

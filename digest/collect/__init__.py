"""Collecting what the outlets published: poll the feeds that are due, then read new articles' pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from digest import __version__
from digest.collect.feeds.clean import (
    absolute_url,
    article_key,
    plain_paragraphs,
    plain_words,
    strip_trackers,
    unwrapped_address,
)
from digest.collect.feeds.dedupe import headline_key_of
from digest.collect.feeds.poll import (
    FeedShelf,
    IsOwnAddress,
    Poller,
    find_due_feeds,
)
from digest.collect.pages.extract import READERS
from digest.collect.pages.read import PageShelf, merge_page, read_pages
from digest.collect.report import Report, Tally, guessed_name
from digest.errors import DigestError, FetchError, PageUnread
from digest.model import Article, Feed
from digest.ports import Extractor, Fetcher, Pool, Progress, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from digest.collect.http.fetch import HttpFetcher, Limits
    from digest.collect.mail.mail_run import MailShelf
    from digest.settings import Collect, Outlet, Settings

    #: Opens a fetcher that keeps to the settings' limits; tests replace it.
    FetcherFactory = Callable[[Settings], AbstractContextManager[Fetcher]]

__all__ = [
    "READERS",
    "CollectRun",
    "Report",
    "Tally",
    "article_key",
    "headline_key_of",
    "make_fetcher",
    "make_shared_fetcher",
    "outlet_of",
    "plain_paragraphs",
    "plain_words",
    "read_article_at",
    "strip_trackers",
]

#: The name under which we ask; an address where we can be reached follows.
PROGRAM = f"press-digest/{__version__}"
#: Addresses that the name of a fetcher for several organisations holds.
MAX_CONTACTS = 3


class Shelf(FeedShelf, PageShelf, Protocol):
    """The part of the store that collecting uses."""


@dataclass(slots=True)
class CollectRun:
    """One run of the collector: its tools and its report so far."""

    shelf: Shelf
    fetch: Fetcher
    pool: Pool
    now: datetime
    progress: Progress = lambda _stage, _done, _total: None
    report: Report = field(default_factory=Report)

    def poll_feeds(
        self,
        settings: "Settings",
        *,
        everything: bool = False,
        is_own: IsOwnAddress = lambda _address: True,
        last_look: datetime | None = None,
    ) -> None:
        """Poll due feeds (all, if `everything`) whose addresses are ours; store new articles.

        `last_look`: see `digest.collect.feeds.schedule.is_due`.
        """
        from digest.settings.outlet_index import OutletIndex

        for outlet in settings.outlets:
            if outlet.feeds:
                # an outlet that was not due is still listed
                self.report[outlet.name]
            self.report.outlet_by_feed |= dict.fromkeys(
                outlet.feeds, outlet.name
            )
        self.report.began = self.now
        remembered = self.shelf.get_feeds()
        due_feeds = find_due_feeds(
            settings.outlets,
            remembered,
            self.now,
            everything=everything,
            is_own=is_own,
            last_look=last_look,
        )
        feeds = list(due_feeds)
        self._count_failing_before(settings, remembered, feeds)
        every = timedelta(minutes=settings.collect.every)
        index = OutletIndex(settings.outlets)
        poller = Poller(self.shelf, self.now, every, self.report, index)
        poller.poll_feeds(feeds, self.fetch, self.pool, self.progress)

    def _count_failing_before(
        self,
        settings: "Settings",
        remembered: Mapping[str, Feed],
        due_feeds: Sequence[tuple[Feed, "Outlet"]],
    ) -> None:
        """Count in the report the feeds that are not asked now, and failed the last time."""
        due_urls = {feed.url for feed, _outlet in due_feeds}
        failing_urls = {url for url, feed in remembered.items() if feed.error}
        waiting_urls = failing_urls - due_urls
        for outlet in settings.outlets:
            waiting = waiting_urls.intersection(outlet.feeds)
            self.report[outlet.name].failing_before += len(waiting)

    def read_mail(
        self,
        settings: "Settings",
        mail_shelf: "MailShelf",
        passwords: Mapping[str, str],
        folder: Path,
    ) -> None:
        """Read the new mails of all mailboxes; store the articles that they link to.

        `passwords` are those of the mailboxes, by name; `folder` is where paths start.
        """
        sources = settings.sources.mail
        if not sources:
            return
        from digest.collect.mail.mail_run import MailRun

        run = MailRun(
            self.shelf,
            mail_shelf,
            self.fetch,
            self.now,
            self.report,
            self.progress,
        )
        run.read_sources(sources, passwords, folder, settings.outlets)

    def read_pages(
        self, extract: Extractor, is_own: IsOwnAddress = lambda _address: True
    ) -> None:
        """Read the pages of articles whose page was not read yet."""
        read_pages(
            self.shelf,
            self.fetch,
            extract,
            self.pool,
            self.now,
            self.report,
            self.progress,
            is_own,
        )


def read_article_at(
    url: str, outlets: Sequence["Outlet"], fetch: Fetcher, extract: Extractor
) -> Article:
    """Return the article at an address that a person gave; if unreadable, the reason and no text.

    Raises DigestError if that is no web address.
    """
    address = absolute_url(url, "")
    if not address:
        raise DigestError(
            f"{url!r}: expected a web address such as https://example.org/article"
        )
    address = unwrapped_address(address) or address
    outlet = outlet_of(address, outlets)
    blank = Article(article_key(address), address, outlet, title="")
    unread = replace(blank, outlet=outlet or guessed_name(address))
    answer = _fetch_one(address, fetch)
    if isinstance(answer, FetchError):
        return replace(unread, unread=str(answer))
    try:
        page = extract(answer.body, answer.url)
    except PageUnread as error:
        return replace(unread, unread=str(error))
    article, _reason = merge_page(blank, page)
    return replace(
        article, outlet=outlet or page.sitename or guessed_name(address)
    )


def outlet_of(url: str, outlets: Sequence["Outlet"]) -> str:
    """Return the name of the outlet on whose site an address is, or whose account; "" if it is none's."""
    # late: processes that read feeds and pages need no settings
    from digest.settings.publishers import find_outlet

    return find_outlet(url, outlets)


def make_fetcher(settings: "Settings | None") -> "HttpFetcher":
    """Return a fetcher that keeps to the settings' limits (else the defaults) and names who asks."""
    from digest.collect.http.fetch import HttpFetcher
    from digest.settings import Collect

    if settings is None:
        return HttpFetcher(PROGRAM, _limits_of(Collect()))
    user_agent = f"{PROGRAM} (+{settings.newsletter.public_url})"
    return HttpFetcher(user_agent, _limits_of(settings.collect))


def make_shared_fetcher(several: Sequence["Settings"]) -> "HttpFetcher":
    """Return a fetcher for several organisations, with the strictest limits among them."""
    from digest.collect.http.fetch import HttpFetcher

    all_limits = [_limits_of(settings.collect) for settings in several]
    limits = replace(
        all_limits[0],
        at_once=max(limits.at_once for limits in all_limits),
        per_host=min(limits.per_host for limits in all_limits),
        spacing=max(limits.spacing for limits in all_limits),
        timeout=max(limits.timeout for limits in all_limits),
        max_bytes=max(limits.max_bytes for limits in all_limits),
        allow_loopback=all(limits.allow_loopback for limits in all_limits),
    )
    addresses = sorted({settings.newsletter.public_url for settings in several})
    contacts = "; ".join(addresses[:MAX_CONTACTS])
    return HttpFetcher(f"{PROGRAM} (+{contacts})", limits)


def _fetch_one(url: str, fetch: Fetcher) -> Response | FetchError:
    answers = fetch([Request(url)])
    _, answer = next(iter(answers))
    return answer


def _limits_of(collect: "Collect") -> "Limits":
    from digest.collect.http.fetch import Limits

    return Limits(
        at_once=collect.at_once,
        per_host=collect.per_host,
        spacing=collect.spacing,
        timeout=collect.timeout,
        max_bytes=collect.max_bytes,
        allow_loopback=collect.allow_loopback,
    )

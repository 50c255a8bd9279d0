"""Bring in what the outlets published: poll what is due, then read the pages of what is new."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from digest import __version__
from digest.collect.feeds.clean import key, link, untracked
from digest.collect.feeds.poll import FeedShelf, Mine, Poller, due
from digest.collect.pages.extract import READERS
from digest.collect.pages.read import PageShelf, merged, read_pages
from digest.collect.report import Report, Tally
from digest.errors import DigestError, FetchError, PageUnread
from digest.model import Article
from digest.ports import Extractor, Fetcher, Pool, Progress, Request

if TYPE_CHECKING:
    from digest.collect.http.fetch import HttpFetcher, Limits
    from digest.settings import Collect, Outlet, Settings

__all__ = [
    "READERS",
    "Report",
    "Run",
    "Tally",
    "adopt",
    "fetcher",
    "key",
    "outlet_of",
    "politest",
    "untracked",
]


class Shelf(FeedShelf, PageShelf, Protocol):
    """What collecting needs of the store."""


@dataclass(slots=True)
class Run:
    """One run of the collector: what it works with, and what has come of it so far."""

    shelf: Shelf
    fetch: Fetcher
    pool: Pool
    now: datetime
    progress: Progress = lambda _what, _done, _of: None
    report: Report = field(default_factory=Report)

    def poll(
        self,
        settings: "Settings",
        *,
        everything: bool = False,
        mine: Mine = lambda _address: True,
    ) -> None:
        """Poll due feeds (all, if `everything`) whose addresses are ours; store new articles."""
        for outlet in settings.outlets:
            self.report[outlet.name]  # an outlet that was not due is still listed
        feeds = list(
            due(
                settings.outlets,
                self.shelf.feeds(),
                self.now,
                everything=everything,
                mine=mine,
            )
        )
        every = timedelta(minutes=settings.collect.every)
        poller = Poller(self.shelf, self.now, every, self.report)
        poller.run(feeds, self.fetch, self.pool, self.progress)

    def read_pages(
        self, extract: Extractor, mine: Mine = lambda _address: True
    ) -> None:
        """Read the pages of articles whose page was not read yet."""
        with_what = (self.shelf, self.fetch, extract, self.pool, self.now, self.report)
        read_pages(*with_what, self.progress, mine)


def adopt(
    url: str, outlets: Sequence["Outlet"], fetch: Fetcher, extract: Extractor
) -> Article:
    """Return the article at an address given by hand; unread, with the reason, if it must be.

    Raises DigestError if that is no web address.
    """
    address = link(url, "")
    if not address:
        raise DigestError(
            f"{url!r}: expected a web address such as https://example.org/article"
        )
    _, answer = next(iter(fetch([Request(address)])))
    outlet = outlet_of(address, outlets)
    blank = Article(key(address), address, outlet, title="")
    if isinstance(answer, FetchError):
        return replace(blank, outlet=outlet or _host(address), unread=str(answer))
    try:
        found = extract(answer.body, answer.url)
    except PageUnread as e:
        return replace(blank, outlet=outlet or _host(address), unread=str(e))
    read, _ = merged(blank, found)
    return replace(read, outlet=outlet or found.sitename or _host(address))


def outlet_of(url: str, outlets: Sequence["Outlet"]) -> str:
    """Return the name of the outlet on whose site an address is; "" if it is none's."""
    return next((o.name for o in outlets if _same_site(o.homepage, url)), "")


def fetcher(settings: "Settings | None") -> "HttpFetcher":
    """Return a fetcher within the settings' limits (the usual ones) that says who asks."""
    from digest.collect.http.fetch import HttpFetcher
    from digest.settings import Collect

    if settings:
        c = settings.collect
    else:
        c = Collect()
    if settings:
        about = f" (+{settings.newsletter.public_url})"
    else:
        about = ""
    return HttpFetcher(f"press-digest/{__version__}{about}", _limits(c))


def politest(several: Sequence["Settings"]) -> "HttpFetcher":
    """Return a fetcher for several organisations that is as polite as the politest of them."""
    from digest.collect.http.fetch import HttpFetcher

    each = [_limits(s.collect) for s in several]
    limits = replace(
        each[0],
        at_once=max(x.at_once for x in each),
        per_host=min(x.per_host for x in each),
        spacing=max(x.spacing for x in each),
        timeout=max(x.timeout for x in each),
        max_bytes=max(x.max_bytes for x in each),
        allow_loopback=all(x.allow_loopback for x in each),
    )
    about = "; ".join(sorted({s.newsletter.public_url for s in several})[:3])
    return HttpFetcher(f"press-digest/{__version__} (+{about})", limits)


def _limits(c: "Collect") -> "Limits":
    from digest.collect.http.fetch import Limits

    return Limits(
        c.at_once,
        c.per_host,
        c.spacing,
        c.timeout,
        max_bytes=c.max_bytes,
        allow_loopback=c.allow_loopback,
    )


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _same_site(homepage: str, url: str) -> bool:
    home = _host(homepage)
    host = _host(url)
    same_port = urlsplit(homepage).port == urlsplit(url).port
    return same_port and (host == home or host.endswith(f".{home}"))

"""Bring in what the outlets published.

    feeds due | fetch | parse | save the new | fetch their pages | extract | save the text

Only fetching runs in parallel. A feed or page that fails is counted and the others go on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from digest import __version__
from digest.collect import decide
from digest.collect.clean import key, link, untracked
from digest.collect.extract import READERS, SHORT
from digest.collect.fetch import HttpFetcher, Limits
from digest.collect.parse import parse
from digest.errors import DigestError, FetchError, PageUnread
from digest.model import Article, Extract, Feed
from digest.ports import Extractor, Fetcher, Request, Response
from digest.settings import Outlet, Settings

__all__ = [
    "READERS",
    "Report",
    "Shelf",
    "Tally",
    "adopt",
    "collect",
    "fetcher",
    "key",
    "read_page",
    "untracked",
]

Progress = Callable[[str, int, int], None]


class Shelf(Protocol):
    """What collecting needs of the store."""

    def feeds(self) -> dict[str, Feed]:
        """Return what is remembered of each feed."""
        ...

    def save_feed(self, polled: Feed) -> None:
        """Remember a poll."""
        ...

    def add(self, articles: Iterable[Article], now: datetime) -> list[Article]:
        """Store the new ones and return them."""
        ...

    def to_read(self) -> list[Article]:
        """Return articles whose page was not tried."""
        ...

    def save_read(self, read: Article, now: datetime) -> None:
        """Store what a page added."""
        ...


@dataclass(slots=True)
class Tally:
    """What one outlet gave in one run."""

    outlet: str
    polled: int = 0
    unchanged: int = 0
    new: int = 0
    read: int = 0
    failures: Counter[str] = field(default_factory=Counter)  #: feeds, by reason in a word
    unread: Counter[str] = field(default_factory=Counter)  #: pages, by reason in a word
    problems: list[str] = field(default_factory=list)  #: a sentence for each failed feed


class Report(dict[str, Tally]):
    """Tallies by outlet's name."""

    def __missing__(self, outlet: str) -> Tally:
        self[outlet] = Tally(outlet)
        return self[outlet]


def collect(
    outlets: Sequence[Outlet],
    shelf: Shelf,
    fetch: Fetcher,
    extract: Extractor,
    now: datetime,
    every: timedelta,
    everything: bool = False,
    progress: Progress = lambda _what, _done, _of: None,
) -> Report:
    """Poll due feeds (all, if `everything`), store new articles and read their pages."""
    report = Report()
    for outlet in outlets:
        report[outlet.name]  # an outlet that was not due is still listed
    feeds = list(_due(outlets, shelf.feeds(), now, everything))
    _poll(feeds, shelf, fetch, now, every, report, progress)
    _read(shelf, fetch, extract, now, report, progress)
    return report


def _due(
    outlets: Sequence[Outlet], known: dict[str, Feed], now: datetime, everything: bool
) -> Iterator[tuple[Feed, Outlet]]:
    for outlet in outlets:
        for url in outlet.feeds:
            feed = replace(known.get(url) or Feed(url, outlet.name), outlet=outlet.name)
            if everything or decide.due(feed, now):
                yield feed, outlet


def _poll(
    feeds: Sequence[tuple[Feed, Outlet]],
    shelf: Shelf,
    fetch: Fetcher,
    now: datetime,
    every: timedelta,
    report: Report,
    progress: Progress,
) -> None:
    by_url = {feed.url: (feed, outlet) for feed, outlet in feeds}
    requests = [Request(f.url, f.etag, f.modified) for f, _ in feeds]
    for done, (request, answer) in enumerate(fetch(requests), 1):
        feed, outlet = by_url[request.url]
        tally = report[outlet.name]
        tally.polled += 1
        try:
            headers, articles = _articles(answer, outlet)
        except DigestError as e:
            reason = e.reason if isinstance(e, FetchError) else "not a feed"
            tally.failures[reason] += 1
            tally.problems.append(f"{feed.url}: {e}")
            shelf.save_feed(decide.failed(feed, str(e), now, every))
        else:
            tally.unchanged += articles is None
            tally.new += len(shelf.add(articles or (), now))
            shelf.save_feed(decide.succeeded(feed, headers, now, every))
        progress("feeds", done, len(requests))


def _articles(
    answer: Response | FetchError, outlet: Outlet
) -> tuple[dict[str, str], list[Article] | None]:
    """Return the answer's headers and articles; None where nothing has changed."""
    if isinstance(answer, FetchError):
        raise answer
    if answer.status == 304:
        return answer.headers, None
    media = answer.headers.get("content-type", "")
    return answer.headers, parse(answer.body, answer.url, outlet.name, outlet.language, media)


def _read(
    shelf: Shelf,
    fetch: Fetcher,
    extract: Extractor,
    now: datetime,
    report: Report,
    progress: Progress,
) -> None:
    by_url: dict[str, list[Article]] = {}
    for article in shelf.to_read():
        by_url.setdefault(article.url, []).append(article)
    for done, (request, answer) in enumerate(fetch(map(Request, by_url)), 1):
        for article in by_url[request.url]:
            tally = report[article.outlet]
            read, reason = read_page(article, answer, extract)
            tally.read += not reason
            tally.unread.update([reason] if reason else [])
            shelf.save_read(read, now)
        progress("pages", done, len(by_url))


def read_page(
    article: Article, answer: Response | FetchError, extract: Extractor
) -> tuple[Article, str]:
    """Return the article with what its page adds, and in a word why it is unread ("" if read)."""
    if isinstance(answer, FetchError):
        return replace(article, unread=str(answer)), answer.reason
    try:
        found = extract(answer.body, answer.url)
    except PageUnread as e:
        return replace(article, unread=str(e)), "no article"
    return _merged(article, found)


def _merged(article: Article, found: Extract) -> tuple[Article, str]:
    merged = replace(
        article,
        title=article.title or found.title,
        summary=article.summary or found.description,
        published=article.published or found.published,
        authors=article.authors or found.authors,
        language=article.language or found.language,
        text=found.text,
        reader=found.reader,
        image=found.image,
    )
    if len(found.text) < SHORT:
        why = f"only {len(found.text)} characters of text on the page"
        return replace(merged, unread=why), "too short"
    return merged, ""


def adopt(url: str, outlets: Sequence[Outlet], fetch: Fetcher, extract: Extractor) -> Article:
    """Return the article at an address given by hand; unread, with the reason, if it must be.

    Raises DigestError if that is no web address.
    """
    address = link(url, "")
    if not address:
        raise DigestError(f"{url!r}: expected a web address such as https://example.org/article")
    _, answer = next(iter(fetch([Request(address)])))
    outlet = next((o.name for o in outlets if _same_site(o.homepage, address)), "")
    blank = Article(key(address), address, outlet, title="")
    if isinstance(answer, FetchError):
        return replace(blank, outlet=outlet or _host(address), unread=str(answer))
    try:
        found = extract(answer.body, answer.url)
    except PageUnread as e:
        return replace(blank, outlet=outlet or _host(address), unread=str(e))
    read, _ = _merged(blank, found)
    return replace(read, outlet=outlet or found.sitename or _host(address))


def fetcher(settings: Settings) -> HttpFetcher:
    """Return a fetcher within the settings' limits that says honestly who asks."""
    c = settings.collect
    limits = Limits(c.at_once, c.per_host, c.timeout, c.max_bytes, c.allow_loopback)
    return HttpFetcher(f"press-digest/{__version__} (+{settings.newsletter.public_url})", limits)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _same_site(homepage: str, url: str) -> bool:
    home, host = _host(homepage), _host(url)
    same_port = urlsplit(homepage).port == urlsplit(url).port
    return same_port and (host == home or host.endswith(f".{home}"))

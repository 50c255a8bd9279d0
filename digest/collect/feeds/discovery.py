"""Finds a site's feeds: what it declares, what it links to, where feeds usually are, its news
sitemap. The first of these that gives a feed that can be read decides.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

import lxml.html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from digest.collect.feeds.clean import link, plain
from digest.collect.feeds.parse import read
from digest.errors import DigestError, FetchError
from digest.ports import Fetcher, Request, Response

#: rssboard.org/rss-autodiscovery and jsonfeed.org/version/1.1: what a page declares its feeds as.
FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json"
)
LOOKS_LIKE_ONE = re.compile(
    r"(?:/|\b)(?:rss|atom|feeds?)\b|\.(?:rss|rdf|atom)$", re.IGNORECASE
)
COMMENTS = re.compile(r"comment|kommentar|/oembed|wp-json", re.IGNORECASE)
USUAL = (
    "feed",
    "rss",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feeds",
    "feed.json",
)
NEWS_SITEMAP = re.compile(r"^sitemap:\s*(\S*news\S*)\s*$", re.IGNORECASE | re.MULTILINE)
SLOGAN = re.compile(r"\s+[|–—·-]\s+|:\s+")  # "The Ledger: news of the county"
MOST = 12  # candidates asked at a time


@dataclass(frozen=True, slots=True)
class Found:
    """A feed, as a person chooses among several."""

    url: str
    entries: int
    site: str = ""  #: what the page calls itself that led here


def discover(url: str, fetch: Fetcher) -> list[Found]:
    """Return the feeds at an address or of the site that it belongs to, the main one first.

    Raises FetchError if the address itself cannot be had. [] if there is none.
    """
    answer = _get([url], fetch).get(url) or FetchError("no answer", "connection")
    if isinstance(answer, FetchError):
        raise answer
    if found := _readable({url: answer}):
        return found
    page = _page(answer.body)
    site = _site_name(page)
    ways: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: _declared(page, answer.url),
        lambda: _linked(page, answer.url),
        lambda: (urljoin(answer.url, f"/{path}") for path in USUAL),
        lambda: _sitemaps(answer.url, fetch),
    )
    for way in ways:
        urls = list(dict.fromkeys(u for u in way() if u and not COMMENTS.search(u)))
        if urls and (found := _readable(_get(urls[:MOST], fetch), site)):
            return sorted(found, key=lambda f: urls.index(f.url))
    return []


def _get(urls: Iterable[str], fetch: Fetcher) -> dict[str, Response | FetchError]:
    return {request.url: answer for request, answer in fetch(Request(u) for u in urls)}


def _readable(answers: dict[str, Response | FetchError], site: str = "") -> list[Found]:
    return [
        Found(url, entries, site)
        for url, answer in answers.items()
        if isinstance(answer, Response) and (entries := _entries(answer)) is not None
    ]


def _entries(answer: Response) -> int | None:
    try:
        return len(read(answer.body, answer.headers.get("content-type", "")).entries)
    except DigestError:
        return None


def _page(body: bytes) -> HtmlElement:
    try:
        return lxml.html.document_fromstring(body or b"<html></html>")
    except (ParserError, ValueError):
        return lxml.html.document_fromstring("<html></html>")


def _site_name(page: HtmlElement) -> str:
    if named := page.xpath("//meta[@property='og:site_name']/@content"):
        return plain(str(named[0]))
    titles = page.xpath("//title/text()")
    if titles:
        return SLOGAN.split(plain(str(titles[0])))[0]
    return ""


def _declared(page: HtmlElement, base: str) -> Iterator[str]:
    for tag in page.iter("link"):
        rel = (tag.get("rel") or "").lower().split()
        kind = (tag.get("type") or "").lower()
        unwanted = COMMENTS.search(tag.get("title") or "")
        if "alternate" in rel and FEED_TYPES.match(kind) and not unwanted:
            yield link(tag.get("href") or "", base)


def _linked(page: HtmlElement, base: str) -> Iterator[str]:
    for tag in page.iter("a"):
        if LOOKS_LIKE_ONE.search((tag.get("href") or "").partition("?")[0]):
            yield link(tag.get("href"), base)


def _sitemaps(base: str, fetch: Fetcher) -> Iterator[str]:
    robots = urljoin(base, "/robots.txt")
    answer = _get([robots], fetch).get(robots)
    if isinstance(answer, Response):
        for found in NEWS_SITEMAP.findall(answer.body.decode("utf-8", "replace")):
            yield link(found, base)

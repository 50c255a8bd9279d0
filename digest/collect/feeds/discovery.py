"""Discovery of a site's feeds: find and read the addresses where they may be.

In this order: what the page declares, what it links to, where feeds usually are, its news
sitemap. The first of these places that gives a readable feed decides.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

import lxml.html
from lxml.etree import ParserError
from lxml.html import HtmlElement

from digest.collect.feeds.clean import absolute_url, plain_text
from digest.collect.feeds.parse import parse_response
from digest.errors import DigestError, FetchError
from digest.ports import Fetcher, Request, Response

#: rssboard.org/rss-autodiscovery and jsonfeed.org/version/1.1: what a page declares its feeds as.
FEED_TYPES = re.compile(
    r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|application/json"
)
LOOKS_LIKE_FEED = re.compile(
    r"(?:/|\b)(?:rss|atom|feeds?)\b|\.(?:rss|rdf|atom)$", re.IGNORECASE
)
#: Feeds of comments, and addresses of WordPress that are no feeds.
UNWANTED = re.compile(r"comment|kommentar|/oembed|wp-json", re.IGNORECASE)
USUAL_PATHS = (
    "feed",
    "rss",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feeds",
    "feed.json",
)
NEWS_SITEMAP = re.compile(
    r"^sitemap:\s*(\S*news\S*)\s*$", re.IGNORECASE | re.MULTILINE
)
SLOGAN = re.compile(r"\s+[|–—·-]\s+|:\s+")  # "The Ledger: news of the county"
MAX_CANDIDATES = 12  # asked at a time

ListAddresses = Callable[[], Iterable[str]]
Answers = dict[str, Response | FetchError]


@dataclass(frozen=True, slots=True)
class DiscoveredFeed:
    """A feed, as a person chooses among several."""

    url: str
    entries: int
    site: str = ""  #: what the page calls itself that led here


def discover_feeds(url: str, fetch: Fetcher) -> list[DiscoveredFeed]:
    """Return the feeds at an address or of the site that it belongs to, the main one first.

    Raises FetchError if the address itself cannot be fetched. [] if there is no feed.
    """
    answer = _fetch_all([url], fetch).get(url)
    if answer is None:
        raise FetchError("no answer", "connection")
    if isinstance(answer, FetchError):
        raise answer
    feeds = _readable_feeds({url: answer})
    if feeds:
        return feeds
    return _search_site(answer, fetch)


def _search_site(answer: Response, fetch: Fetcher) -> list[DiscoveredFeed]:
    page = _parse_page(answer.body)
    base = answer.url
    places: tuple[ListAddresses, ...] = (
        lambda: _declared_addresses(page, base),
        lambda: _linked_addresses(page, base),
        lambda: _usual_addresses(base),
        lambda: _sitemap_addresses(base, fetch),
    )
    for list_addresses in places:
        urls = _clean_candidates(list_addresses())
        if not urls:
            continue
        answers = _fetch_all(urls[:MAX_CANDIDATES], fetch)
        feeds = _readable_feeds(answers, _site_name(page))
        if feeds:
            return sorted(feeds, key=lambda feed: urls.index(feed.url))
    return []


def _fetch_all(urls: Iterable[str], fetch: Fetcher) -> Answers:
    requests = [Request(url) for url in urls]
    return {request.url: answer for request, answer in fetch(requests)}


def _readable_feeds(answers: Answers, site: str = "") -> list[DiscoveredFeed]:
    feeds = []
    for url, answer in answers.items():
        if isinstance(answer, FetchError):
            continue
        entries = _count_entries(answer)
        if entries is not None:
            feeds.append(DiscoveredFeed(url, entries, site))
    return feeds


def _count_entries(answer: Response) -> int | None:
    """Return how many entries a feed has; None if it is no feed."""
    try:
        document = parse_response(answer)
    except DigestError:
        return None
    return len(document.entries)


def _clean_candidates(urls: Iterable[str]) -> list[str]:
    candidates = (url for url in urls if url and not UNWANTED.search(url))
    return list(dict.fromkeys(candidates))


def _parse_page(body: bytes) -> HtmlElement:
    try:
        return lxml.html.document_fromstring(body or b"<html></html>")
    except (ParserError, ValueError):
        return lxml.html.document_fromstring("<html></html>")


def _site_name(page: HtmlElement) -> str:
    names = page.xpath("//meta[@property='og:site_name']/@content")
    if names:
        return plain_text(str(names[0]))
    titles = page.xpath("//title/text()")
    if not titles:
        return ""
    title = plain_text(str(titles[0]))
    name, *_slogan = SLOGAN.split(title)
    return name


def _declared_addresses(page: HtmlElement, base: str) -> Iterator[str]:
    for element in page.iter("link"):
        if _declares_feed(element):
            yield absolute_url(element.get("href", ""), base)


def _declares_feed(element: HtmlElement) -> bool:
    relations = element.get("rel", "").lower().split()
    media_type = element.get("type", "").lower()
    if "alternate" not in relations:
        return False
    if UNWANTED.search(element.get("title", "")):
        return False
    return FEED_TYPES.match(media_type) is not None


def _linked_addresses(page: HtmlElement, base: str) -> Iterator[str]:
    for element in page.iter("a"):
        address = element.get("href", "")
        if LOOKS_LIKE_FEED.search(address.partition("?")[0]):
            yield absolute_url(address, base)


def _usual_addresses(base: str) -> Iterator[str]:
    for path in USUAL_PATHS:
        yield urljoin(base, f"/{path}")


def _sitemap_addresses(base: str, fetch: Fetcher) -> Iterator[str]:
    """Yield the news sitemaps that robots.txt names."""
    robots = urljoin(base, "/robots.txt")
    answer = _fetch_all([robots], fetch).get(robots)
    if not isinstance(answer, Response):
        return
    text = answer.body.decode("utf-8", "replace")
    for address in NEWS_SITEMAP.findall(text):
        yield absolute_url(address, base)

"""Discovery of a site's feeds: find and read the addresses where they may be.

In this order: what the page declares, what it links to (also by way of a page that lists feeds),
where feeds usually are, its news sitemaps. The first of these places that gives a feed with
entries decides. A front page that refuses scripts keeps none of the other places from being tried.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

import lxml.html
from lxml import etree
from lxml.etree import ParserError
from lxml.etree import _Element as Element
from lxml.html import HtmlElement

from digest.collect.feeds.clean import absolute_url, plain_text
from digest.collect.feeds.entries import Document
from digest.collect.feeds.parse import parse_response
from digest.collect.feeds.site_names import name_site
from digest.errors import DigestError, FetchError
from digest.ports import Fetcher, Request, Response
from digest.settings.feed_addresses import possible_addresses
from digest.settings.publishers import SEPARATOR, account_of, home_of

#: rssboard.org/rss-autodiscovery and jsonfeed.org/version/1.1: what a page declares its feeds as,
#: and the types of XML that some give instead.
FEED_TYPES = re.compile(
    r"(?:application|text)/(?:(?:rss|atom|rdf|feed)(?:\+(?:xml|json))?|xml)|application/json"
)
LOOKS_LIKE_FEED = re.compile(
    r"(?:/|\b)(?:rss|atom|feeds?)\b|\.(?:rss|rdf|atom)$|\bf=rss\b|\bformat=(?:feed|rss)\b",
    re.IGNORECASE,
)
SAYS_FEED = re.compile(r"\bRSS\b|\bAtom\b|\bfeeds?\b", re.IGNORECASE)
#: Feeds of comments, by what ends their titles and by their paths; addresses that are no feeds.
OF_COMMENTS = re.compile(
    r"\bcomments?\b|kommentar|commentaire|comentario|\bcommenti\b|reacties|kommentit",
    re.IGNORECASE,
)
UNWANTED_PATH = re.compile(
    r"/(?:comments?|kommentare?|commentaires|comentarios)(?:[/.?]|-rss|$)|feed=comments|/oembed|wp-json",
    re.IGNORECASE,
)
#: By how many content systems use them; Arc, Joomla, BLOX, Blogger and Discourse have their own.
USUAL_PLACES = (
    "feed",
    "rss",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feeds",
    "feed.json",
    "index.rss",
    "arc/outboundfeeds/rss/?outputType=xml",
    "search/?f=rss&t=article&l=50&s=start_time&sd=desc",
    "?format=feed&type=rss",
    "arc/outboundfeeds/rss/",
    "?feed=rss2",
    "feeds/posts/default",
    "feed.rss",
    "rss/index.xml",
    "rss/all",
    "rss/news",
    "news/feed",
    "news/rss",
    "blog/feed",
    "index.php/feed",
    "latest.rss",
)
#: Endings of the address of a blog in a folder, or of an account's page.
PLACES_BELOW = ("/feed", ".rss", "/rss", "/feed.xml", "/index.xml")
USUAL_SITEMAPS = (
    "news-sitemap.xml",
    "sitemap-news.xml",
    "sitemap_news.xml",
    "news_sitemap.xml",
    "googlenews.xml",
    "google-news-sitemap.xml",
    "sitemap-google-news.xml",
    "sitemaps/news.xml",
    "sitemap.xml",
    "sitemap_index.xml",
)
SITEMAP_LINE = re.compile(r"^\s*sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
#: Refusals of a page after which its site's feeds may still be given.
REFUSALS = re.compile(
    r"challenge|paywall|http (?:40[1356]|429|5\d\d)|too large|robots"
)
MAX_CANDIDATES = 12  # asked at a time
MAX_LISTING_PAGES = 4

Answers = dict[str, Response | FetchError]


@dataclass(frozen=True, slots=True)
class DiscoveredFeed:
    """A feed, as a person chooses among several."""

    url: str
    entries: int
    site: str = ""  #: what its outlet is called; "" if nothing says it
    homepage: str = ""  #: of the outlet; "" if nothing says it


@dataclass(frozen=True, slots=True)
class _Place:
    """The page that the search begins at."""

    url: str
    page: HtmlElement

    @property
    def base(self) -> str:
        """The address that relative links are relative to (HTML Standard, 4.2.3: "base")."""
        bases = self.page.xpath("//base/@href")
        if not bases:
            return self.url
        return absolute_url(str(bases[0]), self.url) or self.url


def discover_feeds(url: str, fetch: Fetcher) -> list[DiscoveredFeed]:
    """Return the feeds at an address or of the site that it belongs to, the main one first.

    Raises FetchError if the address itself cannot be fetched, and nothing else of its site is a
    feed. [] if there is no feed. A feed without entries comes last.
    """
    answer = _fetch_first(url, fetch)
    if isinstance(answer, FetchError):
        if not REFUSALS.match(answer.reason):
            raise answer
        feeds = _search_site(_Place(answer.url, _parse_page(b"")), fetch)
        if not feeds:
            raise answer
        return feeds
    feeds = _readable_feeds({answer.url: answer}, None)
    if feeds:
        return [_at_address(feeds[0], possible_addresses(url), answer)]
    sitemaps = _sitemaps_in_index(answer)
    if sitemaps:
        answers = _fetch_all(sitemaps[:MAX_CANDIDATES], fetch)
        return _with_entries_first(_readable_feeds(answers, None))
    return _search_site(_Place(answer.url, _parse_page(answer.body)), fetch)


def _at_address(
    feed: DiscoveredFeed, addresses: Sequence[str], answer: Response
) -> DiscoveredFeed:
    """Return a feed with the address that a person gave, unless it has moved for good."""
    if answer.moved:
        return feed
    scheme = urlsplit(answer.url).scheme
    for address in addresses:
        if urlsplit(address).scheme == scheme:
            return replace(feed, url=address)
    return feed


def _fetch_first(url: str, fetch: Fetcher) -> Response | FetchError:
    """Return the first good answer of the addresses that were meant, else why the last failed."""
    failure = FetchError(
        "this is not a web address, such as https://example.org",
        "bad address",
    )
    for address in possible_addresses(url):
        answer = _fetch_all([address], fetch).get(address, failure)
        if isinstance(answer, Response):
            return answer
        failure = answer
        failure.url = failure.url or address
        if REFUSALS.match(failure.reason):
            return failure
    return failure


def _search_site(place: _Place, fetch: Fetcher) -> list[DiscoveredFeed]:
    searches: tuple[Callable[[_Place, Fetcher], Iterator[Answers]], ...] = (
        _ask_declared,
        _ask_linked,
        _ask_usual,
        _ask_sitemaps,
    )
    empty: list[DiscoveredFeed] = []
    for search in searches:
        for answers in search(place, fetch):
            feeds = _with_entries_first(_readable_feeds(answers, place))
            if feeds and feeds[0].entries:
                return feeds
            empty += feeds
    return empty


def _with_entries_first(feeds: list[DiscoveredFeed]) -> list[DiscoveredFeed]:
    return sorted(feeds, key=lambda feed: feed.entries == 0)


def _fetch_all(urls: Iterable[str], fetch: Fetcher) -> Answers:
    """Return the answers of addresses, in the order of these."""
    requests = [Request(url) for url in urls]
    answers = {request.url: answer for request, answer in fetch(requests)}
    return {
        request.url: answers[request.url]
        for request in requests
        if request.url in answers
    }


def _fetch_candidates(urls: Iterable[str], fetch: Fetcher) -> Answers:
    candidates = [url for url in urls if url and not UNWANTED_PATH.search(url)]
    unique = list(dict.fromkeys(candidates))
    return _fetch_all(unique[:MAX_CANDIDATES], fetch)


def _readable_feeds(
    answers: Answers, place: _Place | None
) -> list[DiscoveredFeed]:
    """Return the feeds among answers; `place`: the page that led there, None if none did."""
    feeds = []
    for url, answer in answers.items():
        if isinstance(answer, FetchError):
            continue
        try:
            document = parse_response(answer)
        except DigestError:
            continue
        title = plain_text(document.title)
        if place and OF_COMMENTS.match(title):
            continue
        homepage = _homepage_of(document, url, place)
        feeds.append(
            DiscoveredFeed(
                url=url,
                entries=len(document.entries),
                site=_name_of(title, homepage or url, place),
                homepage=homepage,
            )
        )
    return feeds


def _homepage_of(document: Document, url: str, place: _Place | None) -> str:
    """Return an outlet's homepage: of the page that led to its feed, else as the feed gives it.

    A page below a site's front page is of several publishers there, if the feed says so.
    """
    site = absolute_url(document.site, url)
    if place is None:
        return site
    home = home_of(place.url)
    is_front_page = urlsplit(place.url).path in ("", "/")
    if is_front_page or not site:
        return home
    if urlsplit(site).netloc == urlsplit(home).netloc:
        return site
    return home


def _name_of(feed_title: str, address: str, place: _Place | None) -> str:
    if place is None:
        return name_site("", "", feed_title, address)
    page_title = _first_text(place.page, "//title/text()")
    if account_of(place.url):  # the page names the platform
        return name_site("", feed_title, page_title, address)
    site_name = _first_text(
        place.page, "//meta[@property='og:site_name']/@content"
    )
    return name_site(site_name, page_title, feed_title, address)


def _first_text(page: HtmlElement, path: str) -> str:
    for text in page.xpath(path):
        return plain_text(str(text))
    return ""


def _parse_page(body: bytes) -> HtmlElement:
    try:
        return lxml.html.document_fromstring(body or b"<html></html>")
    except (ParserError, ValueError):
        return lxml.html.document_fromstring("<html></html>")


# Places, the likeliest first


def _ask_declared(place: _Place, fetch: Fetcher) -> Iterator[Answers]:
    yield _fetch_candidates(_declared_addresses(place), fetch)


def _ask_linked(place: _Place, fetch: Fetcher) -> Iterator[Answers]:
    """Yield what links lead to; then, of pages among that, what these declare and link to."""
    answers = _fetch_candidates(_linked_addresses(place), fetch)
    yield answers
    pages = [
        _Place(answer.url, _parse_page(answer.body))
        for answer in answers.values()
        if isinstance(answer, Response) and b"<html" in answer.body.lower()
    ]
    for listing in pages[:MAX_LISTING_PAGES]:
        addresses = [
            *_linked_addresses(listing),
            *_declared_addresses(listing),
        ]
        unasked = [url for url in addresses if url not in answers]
        yield _fetch_candidates(unasked, fetch)


def _ask_usual(place: _Place, fetch: Fetcher) -> Iterator[Answers]:
    urls = [
        *_addresses_below(place.url),
        *(urljoin(place.url, f"/{path}") for path in USUAL_PLACES),
    ]
    for start in range(0, len(urls), MAX_CANDIDATES):
        yield _fetch_candidates(urls[start : start + MAX_CANDIDATES], fetch)


def _ask_sitemaps(place: _Place, fetch: Fetcher) -> Iterator[Answers]:
    """Yield the sitemaps that robots.txt names, else those in usual places, and what these name."""
    robots = urljoin(place.url, "/robots.txt")
    answer = _fetch_all([robots], fetch).get(robots)
    urls: list[str] = []
    if isinstance(answer, Response):
        text = answer.body.decode("utf-8", "replace")
        urls = [
            absolute_url(line, robots) for line in SITEMAP_LINE.findall(text)
        ]
    if not urls:
        urls = [urljoin(place.url, f"/{path}") for path in USUAL_SITEMAPS]
    answers = _fetch_candidates(_news_first(urls), fetch)
    yield answers
    listed = [
        url
        for index in answers.values()
        if isinstance(index, Response)
        for url in _sitemaps_in_index(index)
    ]
    yield _fetch_candidates(_news_first(listed), fetch)


def _declared_addresses(place: _Place) -> Iterator[str]:
    for element in place.page.iter("link"):
        if _declares_feed(element):
            yield absolute_url(element.get("href", ""), place.base)


def _declares_feed(element: HtmlElement) -> bool:
    relations = element.get("rel", "").lower().split()
    media_type = element.get("type", "").lower().strip()
    *_, end_of_title = SEPARATOR.split(element.get("title", ""))
    if OF_COMMENTS.search(end_of_title):
        return False
    if "feed" in relations:
        return True
    return "alternate" in relations and bool(FEED_TYPES.match(media_type))


def _linked_addresses(place: _Place) -> Iterator[str]:
    for element in place.page.iter("a"):
        address = element.get("href", "")
        text = element.text_content()[:100]
        if LOOKS_LIKE_FEED.search(address) or SAYS_FEED.search(text):
            scheme = address.partition(":")[0].lower()
            if scheme == "feed":
                yield next(iter(possible_addresses(address)), "")
            else:
                yield absolute_url(address, place.base)


def _addresses_below(url: str) -> Iterator[str]:
    """Yield where the feed of a folder or an account's page may be; none for a page deep in a site."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) != 1 and not account_of(url):
        return
    page = f"{parts.scheme}://{parts.netloc}/{'/'.join(segments)}"
    for ending in PLACES_BELOW:
        yield page + ending


def _news_first(urls: Iterable[str]) -> list[str]:
    return sorted(urls, key=lambda url: "news" not in url.lower())


def _sitemaps_in_index(answer: Response) -> list[str]:
    """Return the addresses in a list of sitemaps (sitemaps.org/protocol), those with news first.

    Next are those that were changed last, for of many only some are asked. [] if it is none.
    """
    if b"sitemapindex" not in answer.body:
        return []
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True
    )
    try:
        root = etree.fromstring(answer.body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root is None or etree.QName(root).localname != "sitemapindex":
        return []
    sitemaps = sorted(
        root.iter("{*}sitemap"), key=_last_change_of, reverse=True
    )
    locations = [sitemap.findtext("{*}loc", "") for sitemap in sitemaps]
    return _news_first(absolute_url(one, answer.url) for one in locations)


def _last_change_of(sitemap: Element) -> str:
    """Return when a sitemap was changed, as a list of them writes it: times that sort as text."""
    changed: str = sitemap.findtext("{*}lastmod", "")
    return changed.strip()

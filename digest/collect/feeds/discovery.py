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

from digest.collect.feeds.clean import (
    absolute_url,
    article_key,
    plain_text,
)
from digest.collect.feeds.declarations import (
    OF_COMMENTS,
    Place,
    declared_addresses,
    linked_addresses,
)
from digest.collect.feeds.entries import Document
from digest.collect.feeds.parse import parse_response
from digest.collect.feeds.site_names import name_site
from digest.collect.http.charset import decode_text
from digest.collect.http.refresh import find_refresh
from digest.errors import DigestError, FetchError
from digest.ports import Fetcher, Request, Response
from digest.settings.feed_addresses import possible_addresses
from digest.settings.publishers import account_of, home_of

#: Paths of feeds of comments, and addresses that are no feeds.
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
EMPTY_PAGE = b"<html></html>"
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
    article_keys: frozenset[str] = frozenset()  #: of what it lists now


def discover_feeds(url: str, fetch: Fetcher) -> list[DiscoveredFeed]:
    """Return the feeds at an address or of the site that it belongs to, the main one first.

    Raises FetchError if the address itself cannot be fetched, and nothing else of its site is a
    feed. [] if there is no feed. A feed without entries comes last.
    """
    answer = _fetch_first(url, fetch)
    if isinstance(answer, FetchError):
        if not REFUSALS.match(answer.reason):
            raise answer
        feeds = _search_site(Place(answer.url, _parse_page("")), fetch)
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
    return _search_site(_place_of(_page_sent_on_to(answer, fetch)), fetch)


def _page_sent_on_to(answer: Response, fetch: Fetcher) -> Response:
    """Return the page that a page sends its reader on to, if it does; else the page itself."""
    address = find_refresh(answer)
    if not address:
        return answer
    page = _fetch_all([address], fetch).get(address)
    if isinstance(page, Response):
        return page
    return answer


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


def _search_site(place: Place, fetch: Fetcher) -> list[DiscoveredFeed]:
    searches: tuple[Callable[[Place, Fetcher], Iterator[Answers]], ...] = (
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
    answers: Answers, place: Place | None
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
                article_keys=_keys_of(document, url),
            )
        )
    return feeds


def _keys_of(document: Document, url: str) -> frozenset[str]:
    """Return the keys of the articles that a feed lists."""
    addresses = (absolute_url(entry.link, url) for entry in document.entries)
    return frozenset(article_key(address) for address in addresses if address)


def _homepage_of(document: Document, url: str, place: Place | None) -> str:
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


def _name_of(feed_title: str, address: str, place: Place | None) -> str:
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


def _place_of(answer: Response) -> Place:
    media_type = answer.headers.get("content-type", "")
    text = decode_text(answer.body, media_type)
    return Place(answer.url, _parse_page(text), answer.headers.get("link", ""))


def _parse_page(text: str) -> HtmlElement:
    markup = text.encode("utf-8", "replace")
    parser = lxml.html.HTMLParser(encoding="utf-8")
    try:
        return lxml.html.document_fromstring(markup or EMPTY_PAGE, parser)
    except (ParserError, ValueError):
        return lxml.html.document_fromstring(EMPTY_PAGE)


# Places, the likeliest first


def _ask_declared(place: Place, fetch: Fetcher) -> Iterator[Answers]:
    yield from _ask_named(declared_addresses(place), fetch)


def _ask_linked(place: Place, fetch: Fetcher) -> Iterator[Answers]:
    yield from _ask_named(linked_addresses(place), fetch)


def _ask_named(urls: Iterable[str], fetch: Fetcher) -> Iterator[Answers]:
    """Yield what addresses lead to; then, of pages among that, what these declare and link to."""
    answers = _fetch_candidates(urls, fetch)
    yield answers
    pages = [
        _place_of(answer)
        for answer in answers.values()
        if isinstance(answer, Response) and b"<html" in answer.body.lower()
    ]
    for listing in pages[:MAX_LISTING_PAGES]:
        addresses = [*linked_addresses(listing), *declared_addresses(listing)]
        unasked = [url for url in addresses if url not in answers]
        yield _fetch_candidates(unasked, fetch)


def _ask_usual(place: Place, fetch: Fetcher) -> Iterator[Answers]:
    urls = [
        *_addresses_below(place.url),
        *(urljoin(place.url, f"/{path}") for path in USUAL_PLACES),
    ]
    for start in range(0, len(urls), MAX_CANDIDATES):
        yield _fetch_candidates(urls[start : start + MAX_CANDIDATES], fetch)


def _ask_sitemaps(place: Place, fetch: Fetcher) -> Iterator[Answers]:
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

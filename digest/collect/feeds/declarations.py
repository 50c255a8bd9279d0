"""Declarations: the addresses that a page names as its feeds, in its head, its links or its header.

Input is a page as it was answered; output is addresses, those that the page means first. Whether
there is a feed at any of them is for `discovery` to find out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from digest.collect.feeds.clean import absolute_url
from digest.settings.feed_addresses import possible_addresses
from digest.settings.publishers import SEPARATOR

#: rssboard.org/rss-autodiscovery and jsonfeed.org/version/1.1: what a page declares its feeds as,
#: and the types of XML that some give instead.
FEED_TYPES = re.compile(
    r"(?:application|text)/(?:(?:x[.-])?(?:rss|atom|rdf|feed)(?:\+?(?:xml|json))?|xml)|"
    r"application/json"
)
LOOKS_LIKE_FEED = re.compile(
    r"(?:/|\b)(?:rss|atom|feeds?)\b|\.(?:rss|rdf|atom)$|\bf=rss\b|\bformat=(?:feed|rss)\b",
    re.IGNORECASE,
)
SAYS_FEED = re.compile(r"\bRSS\b|\bAtom\b|\bfeeds?\b", re.IGNORECASE)
#: The name of an icon, as sets of icons call it: "fa-rss", "bi-rss-fill", "icon-rss".
ICON_OF_FEED = re.compile(r"\brss\b", re.IGNORECASE)
#: Feeds of comments, by what ends their titles.
OF_COMMENTS = re.compile(
    r"\bcomments?\b|kommentar|commentaire|comentario|\bcommenti\b|reacties|kommentit",
    re.IGNORECASE,
)
#: Characters of a link's text and names that are read.
MAX_LABEL_LENGTH = 200
#: A link in a header, and one of its parameters (RFC 8288, 3).
LINK_IN_HEADER = re.compile(r"<([^<>]*)>([^<]*)")
PARAMETER = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""")


@dataclass(frozen=True, slots=True)
class Place:
    """The page that a search begins at."""

    url: str
    page: HtmlElement
    link_header: str = ""  #: the links in the header of its answer, as written

    @property
    def base(self) -> str:
        """The address that relative links are relative to (HTML Standard, 4.2.3: "base")."""
        bases = self.page.xpath("//base/@href")
        if not bases:
            return self.url
        return absolute_url(str(bases[0]), self.url) or self.url

    @property
    def language(self) -> str:
        """The language that the page is in, without its country; "" if it does not say."""
        languages = self.page.xpath("/html/@lang")
        return next((_bare_language(str(tag)) for tag in languages), "")


def declared_addresses(place: Place) -> Iterator[str]:
    """Yield what a page declares as its feeds, those for another language last."""
    elements = [
        element
        for element in place.page.iter("link")
        if _declares_feed(element)
    ]
    elements.sort(key=lambda element: _is_for_others(element, place.language))
    for element in elements:
        yield _address_of(element, place)
    yield from _addresses_in_header(place)


def linked_addresses(place: Place) -> Iterator[str]:
    """Yield what a page links to and calls a feed, by the address, in words or by an icon."""
    for element in place.page.iter("a", "area"):
        if _leads_to_feed(element):
            yield _address_of(element, place)


def _declares_feed(element: HtmlElement) -> bool:
    relations = element.get("rel", "").lower().split()
    media_type = element.get("type", "").lower().strip()
    *_, end_of_title = SEPARATOR.split(element.get("title", ""))
    if OF_COMMENTS.search(end_of_title):
        return False
    if "feed" in relations:
        return True
    is_alternate = "alternate" in relations
    if media_type:
        return is_alternate and FEED_TYPES.match(media_type) is not None
    address = element.get("href", "")
    may_be_feed = is_alternate or not relations
    return may_be_feed and LOOKS_LIKE_FEED.search(address) is not None


def _is_for_others(element: HtmlElement, language: str) -> bool:
    """Return whether a link is for readers of another language than the page's."""
    its_own = _bare_language(element.get("hreflang", ""))
    return bool(language and its_own and its_own != language)


def _bare_language(tag: str) -> str:
    return re.split(r"[-_]", tag.strip().lower())[0]


def _leads_to_feed(element: HtmlElement) -> bool:
    address = element.get("href", "")
    signs = (
        LOOKS_LIKE_FEED.search(address),
        SAYS_FEED.search(_label_of(element)),
        ICON_OF_FEED.search(_classes_of(element)),
        element.get("type") and _declares_feed(element),
    )
    return address != "" and any(signs)


def _classes_of(element: HtmlElement) -> str:
    """Return the classes of a link and of the icons in it."""
    parts = element.iter("a", "i", "span", "svg", "img")
    return " ".join(part.get("class", "") for part in parts)


def _label_of(element: HtmlElement) -> str:
    """Return what a link is called: its text, and its names for who sees no picture."""
    names = [element.text_content()[:MAX_LABEL_LENGTH]]
    for part in element.iter("a", "area", "img", "svg", "i", "span"):
        names += [part.get(name, "") for name in ("aria-label", "title", "alt")]
    return " ".join(names)[: MAX_LABEL_LENGTH * 2]


def _address_of(element: HtmlElement, place: Place) -> str:
    address = element.get("href", "").strip()
    scheme = address.partition(":")[0].lower()
    if scheme == "feed":
        return next(iter(possible_addresses(address)), "")
    return absolute_url(address, place.base)


def _addresses_in_header(place: Place) -> Iterator[str]:
    """Yield the feeds that an answer declares in its header (RFC 8288)."""
    for address, rest in LINK_IN_HEADER.findall(place.link_header):
        parameters = _read_parameters(rest)
        relations = parameters.get("rel", "").lower().split()
        media_type = parameters.get("type", "").lower()
        if "alternate" in relations and FEED_TYPES.match(media_type):
            yield absolute_url(address, place.url)


def _read_parameters(text: str) -> dict[str, str]:
    """Return the parameters of a link in a header, by their names in small letters."""
    return {
        name.lower(): quoted or bare
        for name, quoted, bare in PARAMETER.findall(text)
    }

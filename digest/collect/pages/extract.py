"""Combined reader of pages: one parse, our metadata, trafilatura's body.

Measured on 1,700 labelled pages before it was chosen: the figures, beside those of
newspaper3k, are in docs/decisions/0030-newspaper3k-is-second.md.
"""

import re
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime

from lxml.etree import XPath
from lxml.html import HtmlElement

from digest.collect.pages.body_text import extract_body
from digest.collect.pages.dateline import find_dateline
from digest.collect.pages.metadata import day_in_address, read_metadata
from digest.collect.pages.newspaper import newspaper_reader
from digest.collect.parse_timeout import limit_parse_time
from digest.errors import PageUnread
from digest.model import PageExtract
from digest.ports import Extractor

#: Under this many characters a body is too short to trust, and another reader is asked.
MIN_TEXT_LENGTH = 250
#: libxml2 compares each attribute of a tag with all before it.
MAX_ATTRIBUTES = 5000
LONG_TAG = re.compile(rb"<[^<>]{20000,}")
#: A larger share of the page than this is no aside, whatever it is called.
MAX_ASIDE_SHARE = 0.5
#: What has dates of its own: readers' comments, teasers of other articles, code and what it loads.
OTHER_PIECES = XPath(
    "//aside | //nav | //footer | //head/link[@rel='stylesheet']"
    " | //script[not(contains(@type, 'ld+json'))] | //style"
    " | //body//*[re:test(concat(@class, ' ', @id), $words, 'i')]".replace(
        "$words",
        r"'(^|[\s_-])(comments?|disqus|respond|related|recommend(ed|ations)?|sidebar"
        r"|most-?(read|popular)|trending|read-?(also|more|next))([\s_-]|$)'",
    ),
    namespaces={"re": "http://exslt.org/regular-expressions"},
)


def combined_reader(html: bytes, url: str) -> PageExtract:
    """Read a page; an Extractor. newspaper3k is asked where the body comes out short."""
    with limit_parse_time(PageUnread):
        return _read_with_both(html, url)


#: The readers that feeds.yaml may name.
READERS: dict[str, Extractor] = {
    "combined": combined_reader,
    "newspaper3k": newspaper_reader,
}


def _read_with_both(html: bytes, url: str) -> PageExtract:
    extract = _read_safely(html, url)
    if len(extract.text) >= MIN_TEXT_LENGTH:
        return extract
    try:
        alternative = newspaper_reader(html, url)
    except PageUnread:
        return extract
    if len(alternative.text) <= len(extract.text):
        return extract
    return replace(extract, text=alternative.text, reader="newspaper3k")


def _read_safely(html: bytes, url: str) -> PageExtract:
    try:
        return _read_page(html, url)
    except (PageUnread, MemoryError):
        raise
    # hostile markup makes the libraries raise whatever their parts raise
    except Exception as error:
        raise PageUnread(
            f"the page cannot be read ({type(error).__name__}: {error})"
        ) from error


def _read_page(html: bytes, url: str) -> PageExtract:
    from trafilatura import load_html

    if _has_too_many_attributes(html):
        raise PageUnread(
            f"a tag on the page has more than {MAX_ATTRIBUTES} attributes"
        )
    tree = load_html(html)
    if tree is None:
        raise PageUnread("this is not an HTML page")
    metadata, claims = read_metadata(tree, url)
    published = metadata.published or _find_shown_date(
        tree, url, metadata.title
    )
    headlines = [metadata.title, *claims.list_headlines()]
    text = extract_body(tree, url, headlines)  # last, since it uses up the tree
    return replace(
        metadata, text=text, published=published, reader="trafilatura"
    )


def _has_too_many_attributes(html: bytes) -> bool:
    counts = (tag[0].count(b"=") for tag in LONG_TAG.finditer(html))
    return any(count > MAX_ATTRIBUTES for count in counts)


def _find_shown_date(
    tree: HtmlElement, url: str, headline: str
) -> datetime | None:
    """Return the day that the page shows of its article, beside the headline or in its markup.

    htmldate's extensive search is off: it takes any year of the page for the article's, in its
    text, its scripts (\\u2019) and its copyright line.
    """
    from htmldate import find_date

    article = _without_other_pieces(tree)
    shown = find_dateline(article, headline) or day_in_address(url)
    if shown:
        return shown
    day = find_date(
        article, url=url, original_date=True, extensive_search=False
    )
    if not day:
        return None
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def _without_other_pieces(tree: HtmlElement) -> HtmlElement:
    """Return a copy of a page without comments, other articles' teasers, and program code."""
    page = deepcopy(tree)
    max_length = MAX_ASIDE_SHARE * len(page.text_content())
    for element in OTHER_PIECES(page):
        if element.getparent() is not None and _is_aside(element, max_length):
            element.drop_tree()
    return page


def _is_aside(element: HtmlElement, max_length: float) -> bool:
    """Return whether an element is a piece of the page, and not its frame: "with-sidebar"."""
    if element.find(".//h1") is not None:
        return False
    return len(element.text_content()) <= max_length

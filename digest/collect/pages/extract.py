"""The combined reader: one parse of the page, our metadata, trafilatura's body.

Measured on 1,700 labelled pages before it was chosen; `docs/design.md` has the figures and says
what newspaper3k does better and worse.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime

from lxml.html import HtmlElement

from digest.collect.pages.body import body
from digest.collect.pages.metadata import read_metadata
from digest.collect.pages.newspaper import newspaper_reader
from digest.collect.parse_timeout import patience
from digest.errors import PageUnread
from digest.model import Extract
from digest.ports import Extractor

#: Under this many characters a body is too short to trust, and another reader is asked.
SHORT = 250
#: libxml2 compares each attribute of a tag with all before it.
MOST_ATTRIBUTES = 5000
LONG_TAG = re.compile(rb"<[^<>]{20000,}")


def combined_reader(html: bytes, url: str) -> Extract:
    """Read a page; an Extractor. newspaper3k is asked where the body comes out short."""
    with patience(PageUnread):
        return _combined(html, url)


def _combined(html: bytes, url: str) -> Extract:
    try:
        found = _read(html, url)
    except (PageUnread, MemoryError):
        raise
    except (
        Exception
    ) as e:  # hostile markup makes the libraries raise whatever their parts raise
        raise PageUnread(f"the page cannot be read ({type(e).__name__}: {e})") from e
    if len(found.text) >= SHORT:
        return found
    try:
        second = newspaper_reader(html, url)
    except PageUnread:
        return found
    if len(second.text) <= len(found.text):
        return found
    return replace(found, text=second.text, reader="newspaper3k")


#: The readers that feeds.yaml may name.
READERS: dict[str, Extractor] = {
    "combined": combined_reader,
    "newspaper3k": newspaper_reader,
}


def _read(html: bytes, url: str) -> Extract:
    from trafilatura import load_html

    if any(tag[0].count(b"=") > MOST_ATTRIBUTES for tag in LONG_TAG.finditer(html)):
        raise PageUnread(
            f"a tag on the page has more than {MOST_ATTRIBUTES} attributes"
        )
    tree = load_html(html)
    if tree is None:
        raise PageUnread("this is not an HTML page")
    found, claims = read_metadata(tree, url)
    published = found.published or _dated(tree, url)
    headlines = [found.title, *claims.all()]
    return replace(
        found,
        text=body(tree, url, headlines),
        published=published,
        reader="trafilatura",
    )


def _dated(tree: HtmlElement, url: str) -> datetime | None:
    from htmldate import find_date

    day = find_date(tree, url=url, original_date=True)
    if day:
        return datetime.fromisoformat(day).replace(tzinfo=UTC)
    return None

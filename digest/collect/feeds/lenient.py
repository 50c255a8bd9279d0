"""Lenient parser of feeds, and the reference for the strict one. The only user of feedparser."""

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.collect.feeds.entries import (
    Document,
    Entry,
    EntrySource,
    parse_ttl,
)
from digest.collect.feeds.feed_dates import (
    first_in_figures,
    read_date,
    stands_for_no_date,
)
from digest.collect.feeds.link_forms import is_page_address
from digest.collect.feeds.whole_text import is_key_of_whole_text
from digest.errors import FeedUnreadable

DATE_FIELDS = ("published", "created", "updated")
#: What a feed says of guids that are no addresses (RSS 2.0). feedparser does not pass it on.
OPAQUE_GUIDS = re.compile(rb"ispermalink\s*=\s*[\"']?false", re.IGNORECASE)
#: Bytes within which a web page says that it is one.
PAGE_START = 2000


def parse_leniently(body: bytes, media_type: str = "") -> Document:
    """Read RSS, Atom or RDF, however broken. Raises FeedUnreadable if it is none of them."""
    import feedparser

    headers = {"content-type": media_type} if media_type else {}
    # The address is not passed on: given one, feedparser would fetch it.
    # What it would sanitise is made plain text here anyway.
    parsed = feedparser.parse(
        body,
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.entries and not parsed.get("version"):
        raise FeedUnreadable(_reason_for_rejecting(body, parsed))
    problems = []
    if parsed.get("bozo"):
        problems.append(f"not well-formed: {_describe_error(parsed)}")
    has_permalinks = OPAQUE_GUIDS.search(body) is None
    entries = [
        _convert_entry(entry, has_permalinks=has_permalinks)
        for entry in parsed.entries
    ]
    site = _get_text(parsed.feed, "link")
    title = _get_text(parsed.feed, "title")
    return Document(
        entries,
        _read_ttl(parsed.feed),
        problems,
        site,
        title,
        built=_get_text(parsed.feed, "updated")
        or _get_text(parsed.feed, "published"),
        language=_get_text(parsed.feed, "language"),
    )


def _convert_entry(entry: dict[str, Any], *, has_permalinks: bool) -> Entry:
    authors = _get_field(entry, "authors") or ()
    return Entry(
        title=_get_text(entry, "title") or _get_text(entry, "itunes_title"),
        link=_link_of_entry(entry, has_permalinks=has_permalinks),
        guid=_get_text(entry, "id"),
        summary=_get_text(entry, "summary"),
        content=_longest_text(entry),
        published=_publication_date(entry),
        date_in_figures=first_in_figures(
            *(_get_text(entry, name) for name in DATE_FIELDS)
        ),
        authors=tuple(_get_text(author, "name") for author in authors),
        source=_source_of_entry(entry),
    )


def _longest_text(entry: dict[str, Any]) -> str:
    """Return the longest of the whole texts that an entry gives; "" for the summary."""
    contents = _get_field(entry, "content") or ()
    texts = [str(content.get("value") or "") for content in contents]
    texts.append(_get_text(entry, "media_description"))
    texts += _whole_texts(entry)
    longest = max(texts, key=len)
    if len(longest) <= len(_get_text(entry, "summary")):
        return ""
    return longest


def _whole_texts(entry: dict[str, Any]) -> list[str]:
    """Return the texts of elements that feedparser knows nothing of, and may hold a whole text."""
    return [
        value
        for key, value in entry.items()
        if isinstance(value, str) and is_key_of_whole_text(key)
    ]


def _source_of_entry(entry: dict[str, Any]) -> EntrySource | None:
    """Return the feed or site that an entry says it is from; None if it says none."""
    source = _get_field(entry, "source")
    if isinstance(source, Mapping):
        fields = dict(source)
        address = _get_text(fields, "href") or _get_text(fields, "link")
        return EntrySource(_get_text(fields, "title"), address)
    name = _get_text(entry, "news_source")
    if name:
        return EntrySource(name)
    return None


def _publication_date(entry: dict[str, Any]) -> datetime | None:
    """Return when an entry was published, else changed, by our own reading before feedparser's.

    feedparser takes "BST" for UTC, "3:15 PM" for the morning, and figures for a year.
    """
    for name in DATE_FIELDS:
        text = _get_text(entry, name)
        date = read_date(text)
        is_in_figures = text.isdigit() or first_in_figures(text) != ""
        if date is None and not is_in_figures:
            date = _convert_time(_get_field(entry, f"{name}_parsed"))
        if date:
            return date
    return None


def _get_field(fields: dict[str, Any], name: str) -> Any:
    """Return a field; None if there is none. feedparser's own get() warns and guesses."""
    return dict.get(fields, name)


def _get_text(fields: dict[str, Any], name: str) -> str:
    return _get_field(fields, name) or ""


def _link_of_entry(entry: dict[str, Any], *, has_permalinks: bool) -> str:
    """Return the address of an entry's page; that of a recording only if there is no other."""
    original = _get_text(entry, "feedburner_origlink")
    if original:
        return original
    address = _page_address(entry)
    if not has_permalinks or is_page_address(address):
        return address
    guid = _get_text(entry, "id")
    return guid if "://" in guid else address


def _page_address(entry: dict[str, Any]) -> str:
    """Return the address of an entry's page, the first that is not for another language."""
    for link in _get_field(entry, "links") or ():
        if _is_page_link(link):
            return str(link["href"])
    address = _get_text(entry, "link")
    is_guid = address == _get_text(entry, "id")
    if is_guid and "://" not in address:
        return _first_address(entry)
    return address or _first_address(entry)


def _is_page_link(link: Mapping[str, Any]) -> bool:
    """Return whether a link leads to the entry's page, in the feed's own language."""
    if link.get("rel") != "alternate" or not link.get("href"):
        return False
    return not link.get("hreflang")


def _first_address(entry: dict[str, Any]) -> str:
    """Return the first address that an entry links to in any way."""
    for link in _get_field(entry, "links") or ():
        if link.get("href"):
            return str(link["href"])
    return ""


def _reason_for_rejecting(body: bytes, parsed: Any) -> str:
    if not body.strip():
        return "the answer is empty"
    if b"<html" in body[:PAGE_START].lower():
        return "this is a web page, not a feed"
    return f"this is not a feed ({_describe_error(parsed)})"


def _describe_error(parsed: Any) -> str:
    """Return what keeps a document from being XML, without feedparser's "<unknown>:"."""
    error = str(parsed.get("bozo_exception") or "unknown format")
    return error.removeprefix("<unknown>:")


def _convert_time(parsed: Any) -> datetime | None:
    """Return a `time.struct_time` in UTC as a datetime; None beyond the calendar's ends."""
    if not parsed:
        return None
    try:
        time = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if stands_for_no_date(time):
        return None
    return time


def _read_ttl(channel: dict[str, Any]) -> timedelta:
    return parse_ttl(str(_get_text(channel, "ttl")))

"""Lenient parser of feeds, and the reference for the strict one. The only user of feedparser."""

import calendar
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.collect.feeds.entries import Document, Entry, parse_ttl
from digest.errors import FeedUnreadable

#: Bytes within which a web page says that it is one.
PAGE_START = 2000


def lenient(body: bytes, media_type: str = "") -> Document:
    """Read RSS, Atom or RDF, however broken. Raises FeedUnreadable if it is none of them."""
    import feedparser

    headers = {"content-type": media_type} if media_type else {}
    # The address is not passed on: given one, feedparser would fetch it.
    # What it would sanitise is made plain text here anyway.
    parsed = feedparser.parse(
        body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.entries and not parsed.get("version"):
        raise FeedUnreadable(_reason_for_rejecting(body, parsed))
    problems = []
    if parsed.get("bozo"):
        problems.append(f"not well-formed: {_describe_error(parsed)}")
    entries = [_convert_entry(entry) for entry in parsed.entries]
    return Document(entries, _read_ttl(parsed.feed), problems)


def _convert_entry(entry: dict[str, Any]) -> Entry:
    fields: dict[str, Any] = dict(entry)  # feedparser's own get() warns and guesses
    published = fields.get("published_parsed") or fields.get("updated_parsed")
    authors = fields.get("authors") or ()
    return Entry(
        title=fields.get("title") or "",
        link=fields.get("link") or _first_address(fields.get("links") or ()),
        guid=fields.get("id") or "",
        summary=fields.get("summary") or "",
        published=_convert_time(published),
        authors=tuple(author.get("name") or "" for author in authors),
    )


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


def _first_address(links: Iterable[dict[str, str]]) -> str:
    for link in links:
        if link.get("href"):
            return link["href"]
    return ""


def _convert_time(parsed: Any) -> datetime | None:
    """Return a `time.struct_time` in UTC as a datetime; None beyond the calendar's ends."""
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _read_ttl(channel: dict[str, Any]) -> timedelta:
    ttl = dict.get(channel, "ttl")  # feedparser's own get() warns and guesses
    return parse_ttl(str(ttl or ""))

"""The lenient parser, and the reference for the quick one. The only user of feedparser."""

import calendar
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.collect.feeds.entries import Document, Entry
from digest.errors import FeedUnreadable


def lenient(body: bytes, media_type: str = "") -> Document:
    """Read RSS, Atom or RDF, however broken. Raises FeedUnreadable if it is none of them."""
    import feedparser

    if media_type:
        headers = {"content-type": media_type}
    else:
        headers = {}
    # The address is not handed over: given one, feedparser would fetch it.
    # What it would sanitise is made plain text here anyway.
    found = feedparser.parse(
        body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.entries and not found.get("version"):
        raise FeedUnreadable(_why_not(body, found))
    if found.get("bozo"):
        problems = [f"not well-formed: {_where(found)}"]
    else:
        problems = []
    return Document([_entry(e) for e in found.entries], _ttl(found.feed), problems)


def _entry(found: dict[str, Any]) -> Entry:
    raw = dict.get  # feedparser's own get() warns and guesses
    return Entry(
        title=raw(found, "title") or "",
        link=raw(found, "link") or _enclosure(raw(found, "links") or ()),
        guid=raw(found, "id") or "",
        summary=raw(found, "summary") or "",
        published=_utc(raw(found, "published_parsed") or raw(found, "updated_parsed")),
        authors=tuple(a.get("name") or "" for a in raw(found, "authors") or ()),
    )


def _why_not(body: bytes, found: Any) -> str:
    if not body.strip():
        return "the answer is empty"
    if b"<html" in body[:2000].lower():
        return "this is a web page, not a feed"
    return f"this is not a feed ({_where(found)})"


def _where(found: Any) -> str:
    """Return what keeps a document from being XML, without feedparser's "<unknown>:"."""
    return str(found.get("bozo_exception") or "unknown format").removeprefix(
        "<unknown>:"
    )


def _enclosure(links: Iterable[dict[str, str]]) -> str:
    return next((found["href"] for found in links if found.get("href")), "")


def _utc(parsed: Any) -> datetime | None:
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _ttl(channel: dict[str, Any]) -> timedelta:
    text = str(dict.get(channel, "ttl") or "")
    if text.isdecimal() and len(text) < 7:
        return timedelta(minutes=int(text))
    return timedelta()

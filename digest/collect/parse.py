"""Bytes of a feed to articles: RSS, Atom, RDF and JSON Feed. The only user of feedparser."""

import calendar
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import feedparser

from digest.collect.clean import key, link, moment, plain
from digest.errors import FeedUnreadable
from digest.model import Article

MAX_ENTRIES = 2000
MAX_TITLE, MAX_SUMMARY, MAX_GUID = 1000, 10_000, 1000


def parse(
    body: bytes, url: str, outlet: str, language: str = "", media_type: str = ""
) -> list[Article]:
    """Read a feed fetched from `url`. A malformed feed gives what can be saved of it.

    Raises FeedUnreadable if the bytes are no feed at all.
    """
    entries = _json_entries(body) if body.lstrip()[:1] == b"{" else _xml_entries(body, media_type)
    articles = (_article(e, url, outlet, language) for e in entries)
    unique = {a.key: a for a in reversed([a for a in articles if a])}
    return list(reversed(unique.values()))[:MAX_ENTRIES]


def _article(entry: dict[str, Any], base: str, outlet: str, language: str) -> Article | None:
    title, guid = plain(entry["title"])[:MAX_TITLE], str(entry["guid"])[:MAX_GUID]
    address = link(entry["link"], base) or (link(guid, "") if "://" in guid else "")
    if not (address or title or guid):
        return None
    identity = key(address) if address else _unlinked(outlet, guid or title)
    return Article(
        key=identity,
        url=address,
        outlet=outlet,
        title=title,
        summary=plain(entry["summary"][: MAX_SUMMARY * 2])[:MAX_SUMMARY],
        published=entry["published"],
        authors=tuple(a for a in map(plain, entry["authors"]) if a),
        guid=guid,
        language=language,
    )


def _unlinked(outlet: str, name: str) -> str:
    return "unlinked:" + hashlib.sha256(f"{outlet}\n{name}".encode()).hexdigest()


def _xml_entries(body: bytes, media_type: str) -> Iterator[dict[str, Any]]:
    headers = {"content-type": media_type} if media_type else {}
    # The address is not handed over: given one, feedparser would fetch it.
    # What it would sanitise is made plain text here anyway.
    document = feedparser.parse(
        body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not document.entries and not document.get("version"):
        raise FeedUnreadable(_why_not(body, document))
    for entry in document.entries:
        raw = dict.get  # feedparser's own get() warns and guesses
        yield {
            "title": raw(entry, "title") or "",
            "link": raw(entry, "link") or _enclosure(raw(entry, "links") or ()),
            "guid": raw(entry, "id") or "",
            "summary": raw(entry, "summary") or "",
            "published": _utc(raw(entry, "published_parsed") or raw(entry, "updated_parsed")),
            "authors": [a.get("name", "") for a in raw(entry, "authors") or ()],
        }


def _why_not(body: bytes, document: Any) -> str:
    if not body.strip():
        return "the answer is empty"
    if b"<html" in body[:2000].lower():
        return "this is a web page, not a feed"
    return f"this is not a feed ({document.get('bozo_exception') or 'unknown format'})"


def _enclosure(links: Iterable[dict[str, str]]) -> str:
    return next((found["href"] for found in links if found.get("href")), "")


def _utc(parsed: Any) -> datetime | None:
    if not parsed:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _json_entries(body: bytes) -> Iterator[dict[str, Any]]:
    """Read a JSON Feed (jsonfeed.org/version/1.1)."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as e:
        raise FeedUnreadable(f"this is not a JSON Feed ({e})") from None
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedUnreadable("this JSON is not a JSON Feed: it has no list of items")
    for item in items:
        if isinstance(item, dict):
            yield {
                "title": _text(item, "title"),
                "link": _text(item, "url") or _text(item, "external_url"),
                "guid": str(item.get("id") or ""),
                "summary": _text(item, "summary", "content_text", "content_html"),
                "published": moment(_text(item, "date_published", "date_modified")),
                "authors": [_text(a, "name") for a in _authors(item)],
            }


def _authors(item: dict[str, Any]) -> list[dict[str, Any]]:
    many = item.get("authors") or [item.get("author")]
    return [a for a in many if isinstance(a, dict)] if isinstance(many, list) else []


def _text(item: dict[str, Any], *names: str) -> str:
    return next((item[n] for n in names if isinstance(item.get(n), str) and item[n]), "")

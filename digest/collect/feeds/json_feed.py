"""Reads JSON Feed (jsonfeed.org/version/1.1)."""

import json
from typing import Any

from digest.collect.feeds.clean import moment
from digest.collect.feeds.entries import Document, Entry
from digest.errors import FeedUnreadable


def json_feed(body: bytes) -> Document:
    """Read a JSON Feed. Raises FeedUnreadable if it is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as e:
        raise FeedUnreadable(f"this is not a JSON Feed ({e})") from None
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedUnreadable("this JSON is not a JSON Feed: it has no list of items")
    return Document([_entry(item) for item in items if isinstance(item, dict)])


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        title=_text(item, "title"),
        link=_text(item, "url", "external_url"),
        guid=str(item.get("id") or ""),
        summary=_text(item, "summary", "content_text", "content_html"),
        published=moment(_text(item, "date_published", "date_modified")),
        authors=tuple(_text(a, "name") for a in _authors(item)),
    )


def _authors(item: dict[str, Any]) -> list[dict[str, Any]]:
    many = item.get("authors") or [item.get("author")]
    if isinstance(many, list):
        return [a for a in many if isinstance(a, dict)]
    return []


def _text(item: dict[str, Any], *names: str) -> str:
    return next(
        (item[n] for n in names if isinstance(item.get(n), str) and item[n]), ""
    )

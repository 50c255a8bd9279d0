"""Parser of JSON Feed (jsonfeed.org/version/1.1)."""

import json
from typing import Any

from digest.collect.feeds.entries import Document, Entry, escape_plain_text
from digest.collect.feeds.feed_dates import first_in_figures, read_date
from digest.errors import FeedUnreadable

JsonObject = dict[str, Any]


def parse_json_feed(text: str) -> Document:
    """Read a JSON Feed. Raises FeedUnreadable if it is none."""
    try:
        # line breaks within a text are not escaped by some
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedUnreadable(f"this is not a JSON Feed ({error})") from None
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedUnreadable(
            "this JSON is not a JSON Feed: it has no list of items"
        )
    return Document(
        [_convert_item(item) for item in items if isinstance(item, dict)],
        title=_first_text(document, "title"),
        site=_first_text(document, "home_page_url"),
        language=_first_text(document, "language"),
    )


def _convert_item(item: JsonObject) -> Entry:
    authors = [_first_text(author, "name") for author in _list_authors(item)]
    date = _first_text(item, "date_published", "date_modified")
    return Entry(
        title=_title_of_item(item),
        link=_first_text(item, "url", "external_url"),
        guid=str(item.get("id") or ""),
        summary=_first_text(item, "summary", "content_text", "content_html"),
        content=_longest_text(item),
        published=read_date(date),
        date_in_figures=first_in_figures(date),
        authors=tuple(authors),
    )


def _title_of_item(item: JsonObject) -> str:
    """Return a title as markup; JSON Feed's are plain text."""
    title = _first_text(item, "title")
    if "<" not in title:
        return title
    return escape_plain_text(title)


def _longest_text(item: JsonObject) -> str:
    """Return the whole text, as HTML if it is given so; "" if the summary is longer."""
    content = _first_text(item, "content_html", "content_text")
    if len(content) <= len(_first_text(item, "summary")):
        return ""
    return content


def _list_authors(item: JsonObject) -> list[JsonObject]:
    authors = item.get("authors") or [item.get("author")]  # version 1.0 had one
    if not isinstance(authors, list):
        return []
    return [author for author in authors if isinstance(author, dict)]


def _first_text(item: JsonObject, *names: str) -> str:
    for name in names:
        text = item.get(name)
        if isinstance(text, str) and text:
            return text
    return ""

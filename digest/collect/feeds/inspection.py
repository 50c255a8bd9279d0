"""Inspection of feeds and pages: show what they give, to people and programs. Nothing is stored."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from digest.collect.feeds.clean import absolute_url, plain_text
from digest.collect.feeds.entries import Entry
from digest.collect.feeds.parse import (
    Origin,
    convert_entry,
    origin_of_links,
    parse_response,
)
from digest.collect.pages.decoding import decoded_page
from digest.collect.pages.headline import clean_headline, outlet_names
from digest.errors import DigestError, FetchError
from digest.model import Article, PageExtract
from digest.ports import Extractor, Fetcher, Request, Response

#: The first bytes of a gzip file (RFC 1952, 2.3.1): pages are often kept so.
GZIP_MARK = b"\x1f\x8b"
MAX_BYTES = 100_000_000

Row = dict[str, Any]
Contents = Iterator[tuple[str, Response | DigestError]]


def read_contents(
    places: Sequence[str], fetch: Callable[[], Fetcher], *, page: bool = False
) -> Contents:
    """Yield the bytes of files, in their order, then of addresses, as they come in.

    A place that cannot be read yields the error. `fetch` is called only if an address is among them.
    """
    urls = [place for place in places if _is_url(place)]
    for place in places:
        if not _is_url(place):
            yield place, _read_file(place)
    if not urls:
        return
    requests = [Request(url, page=page) for url in dict.fromkeys(urls)]
    for request, answer in fetch()(requests):
        yield request.url, answer


def check_feed(place: str, answer: Response | DigestError) -> list[Row]:
    """Return a row for each entry of a feed as written, and one for each problem."""
    if isinstance(answer, DigestError):
        return [_problem_row(place, str(answer))]
    try:
        document = parse_response(answer)
    except DigestError as error:
        return [_problem_row(place, str(error))]
    origin = origin_of_links(document, Origin(answer.url))
    rows: list[Row] = []
    for entry in document.entries:
        converted = convert_entry(entry, origin)
        if converted:
            rows.append(_entry_row(place, entry, converted))
    problems = [
        *document.problems,
        *_missing_parts(rows, len(document.entries)),
    ]
    return rows + [_problem_row(place, problem) for problem in problems]


def read_page(
    place: str,
    answer: Response | DigestError,
    extract: Extractor,
    outlet: Callable[[str], str],
) -> Row:
    """Return what is read from a page, or why nothing is; `outlet` names an address's outlet."""
    if isinstance(answer, DigestError):
        return {"file": place, "error": str(answer)}
    try:
        page = extract(decoded_page(answer), answer.url)
    except DigestError as error:
        return {"file": place, "error": str(error)}
    return _page_row(place, page, outlet(answer.url))


def address_of(place: str, urls: Mapping[str, Any]) -> str:
    """Return the address under which a table knows a file: by path, name, or name up to a dot.

    A value is an address, or an object with one as its `url`.
    """
    name = Path(place).name
    keys = (place, name, name.removesuffix(".gz"), name.partition(".html")[0])
    for table_key in keys:
        value = urls.get(table_key)
        url = value.get("url") if isinstance(value, dict) else value
        if isinstance(url, str):
            return absolute_url(url, "")
    return ""


def _read_file(place: str) -> Response | DigestError:
    try:
        body = Path(place).read_bytes()
        if body.startswith(GZIP_MARK):
            with gzip.open(place) as packed:
                body = packed.read(MAX_BYTES + 1)
    except (OSError, ValueError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        return DigestError(f"cannot be read ({reason})")
    if len(body) > MAX_BYTES:
        return FetchError(
            f"more than {MAX_BYTES / 1e6:g} MB; not read", "too large"
        )
    return Response("", 200, body)


def _is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _missing_parts(rows: Sequence[Row], entry_count: int) -> Iterator[str]:
    """Yield a sentence for each part that some entries lack."""
    undated = sum(1 for row in rows if not row["published"])
    unlinked = sum(1 for row in rows if not row["link"])
    counts = {
        "with neither title nor link; left out": entry_count - len(rows),
        "without a date that can be read": undated,
        "without a link": unlinked,
    }
    for lack, count in counts.items():
        if count == 1:
            yield f"1 entry {lack}"
        elif count:
            yield f"{count} entries {lack}"


def _entry_row(place: str, entry: Entry, converted: Article) -> Row:
    return {
        "file": place,
        "id": converted.guid or None,
        "link": converted.url or _relative_link(entry.link) or None,
        "title": converted.title,
        "published": _format_utc(converted.published),
        "authors": list(converted.authors),
        "summary": converted.summary,
    }


def _relative_link(raw: str) -> str:
    """Return a link as written, if it is relative to an address that a file does not have."""
    try:
        if urlsplit(raw).scheme:
            return ""
        return plain_text(raw)
    except ValueError:
        return ""


def _page_row(place: str, page: PageExtract, outlet: str) -> Row:
    headline = clean_headline(page.title, outlet_names(outlet))
    return {
        "file": place,
        "title": headline.title,
        "text": page.text,
        "date": page.published.date().isoformat() if page.published else None,
        "authors": list(page.authors),
        "sitename": outlet or page.sitename,
        "canonical": page.canonical,
        "description": page.description,
        "image": page.image,
        "language": page.language,
        "reader": page.reader,
    }


def _problem_row(place: str, problem: str) -> Row:
    return {"file": place, "problem": problem}


def _format_utc(time: datetime | None) -> str | None:
    if time is None:
        return None
    return f"{time.replace(tzinfo=None).isoformat(timespec='seconds')}Z"

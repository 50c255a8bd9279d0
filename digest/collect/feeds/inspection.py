"""What feeds and pages give, for people and programs that want to know: nothing is stored."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from digest.collect.feeds.clean import link, plain
from digest.collect.feeds.entries import Entry
from digest.collect.feeds.parse import Origin, article, read
from digest.collect.pages.headline import clean_headline, outlet_names
from digest.errors import DigestError, FetchError
from digest.model import Article, Extract
from digest.ports import Extractor, Fetcher, Request, Response

#: The first bytes of a gzip file (RFC 1952, 2.3.1): pages are often kept so.
GZIP = b"\x1f\x8b"
MAX_BYTES = 100_000_000

Row = dict[str, Any]
Contents = Iterator[tuple[str, Response | DigestError]]


def contents(
    places: Sequence[str], fetch: Callable[[], Fetcher], *, page: bool = False
) -> Contents:
    """Yield the bytes of files, in their order, then of addresses, as they come in.

    A place that gives nothing yields why. `fetch` is called only if an address is among them.
    """
    urls = [p for p in places if _is_url(p)]
    for place in places:
        if not _is_url(place):
            yield place, _file(place)
    if urls:
        for request, answer in fetch()(
            Request(url, page=page) for url in dict.fromkeys(urls)
        ):
            yield request.url, answer


def check_feed(place: str, answer: Response | DigestError) -> list[Row]:
    """Return a row for each entry of a feed as it stands in it, and one for each problem."""
    if isinstance(answer, DigestError):
        return [_problem(place, answer)]
    try:
        document = read(answer.body, answer.headers.get("content-type", ""))
    except DigestError as e:
        return [_problem(place, e)]
    origin = Origin(answer.url)
    found = [(entry, article(entry, origin)) for entry in document.entries]
    rows = [_entry(place, entry, a) for entry, a in found if a]
    problems = [*document.problems, *_doubts(rows, len(found))]
    return [*rows, *({"file": place, "problem": p} for p in problems)]


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
        found = extract(answer.body, answer.url)
    except DigestError as e:
        return {"file": place, "error": str(e)}
    return _page(place, found, outlet(answer.url))


def address_of(place: str, urls: Mapping[str, Any]) -> str:
    """Return the address under which a table knows a file: by path, name, or name up to a dot.

    A value is an address, or an object with one as its `url`.
    """
    name = Path(place).name
    for known_as in (place, name, name.removesuffix(".gz"), name.partition(".html")[0]):
        said = urls.get(known_as)
        if isinstance(said, dict):
            url = said.get("url")
        else:
            url = said
        if isinstance(url, str):
            return link(url, "")
    return ""


def _file(place: str) -> Response | DigestError:
    try:
        body = Path(place).read_bytes()
        if body.startswith(GZIP):
            with gzip.open(place) as packed:
                body = packed.read(MAX_BYTES + 1)
    except (OSError, ValueError, EOFError, zlib.error) as e:
        return DigestError(f"cannot be read ({getattr(e, 'strerror', None) or e})")
    if len(body) > MAX_BYTES:
        return FetchError(f"more than {MAX_BYTES / 1e6:g} MB; not read", "too large")
    return Response("", 200, body)


def _is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _doubts(rows: Sequence[Row], entries: int) -> Iterator[str]:
    for count, what in (
        (entries - len(rows), "with neither title nor link; left out"),
        (sum(not r["published"] for r in rows), "without a date that can be read"),
        (sum(not r["link"] for r in rows), "without a link"),
    ):
        if count:
            yield f"{count} {'entry' if count == 1 else 'entries'} {what}"


def _entry(place: str, entry: Entry, a: Article) -> Row:
    return {
        "file": place,
        "id": a.guid or None,
        "link": a.url or _relative(entry.link) or None,
        "title": a.title,
        "published": _utc(a.published),
        "authors": list(a.authors),
        "summary": a.summary,
    }


def _relative(raw: str) -> str:
    """Return a link as it stands, if it is relative to an address that a file does not have."""
    try:
        if urlsplit(raw).scheme:
            return ""
        return plain(raw)
    except ValueError:
        return ""


def _page(place: str, found: Extract, outlet: str) -> Row:
    title, _label = clean_headline(found.title, outlet_names(outlet))
    return {
        "file": place,
        "title": title,
        "text": found.text,
        "date": found.published.date().isoformat() if found.published else None,
        "authors": list(found.authors),
        "sitename": outlet or found.sitename,
        "canonical": found.canonical,
        "description": found.description,
        "image": found.image,
        "language": found.language,
        "reader": found.reader,
    }


def _problem(place: str, why: DigestError) -> Row:
    return {"file": place, "problem": str(why)}


def _utc(when: datetime | None) -> str | None:
    if when:
        return f"{when.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return None

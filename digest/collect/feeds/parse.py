"""Bytes of a feed to articles: RSS, Atom, RDF, JSON Feed and news sitemaps.

bytes | quick, or mend and quick, or lenient | entries | made safe | articles
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from digest.collect.feeds.clean import key, link, plain
from digest.collect.feeds.entries import Document, Entry
from digest.collect.feeds.json_feed import json_feed
from digest.collect.feeds.lenient import lenient
from digest.collect.feeds.repair import repair
from digest.collect.feeds.strict import quick, salvage
from digest.collect.pages.headline import clean_headline
from digest.collect.parse_timeout import patience
from digest.errors import FeedUnreadable
from digest.model import Article

MAX_ENTRIES = 2000
MAX_TITLE = 1000
MAX_SUMMARY = 10_000
MAX_GUID = 1000


def read(body: bytes, media_type: str = "") -> Document:
    """Read a feed. A malformed one gives what can be saved of it, and says what is wrong.

    Raises FeedUnreadable if the bytes are no feed at all.
    """
    with patience(FeedUnreadable):
        document = _read(body, media_type)
    if len(document.entries) > MAX_ENTRIES:
        document.problems.append(
            f"{len(document.entries)} entries; only the first {MAX_ENTRIES} are kept"
        )
        del document.entries[MAX_ENTRIES:]
    return document


def _read(body: bytes, media_type: str) -> Document:
    if body.lstrip()[:1] == b"{":
        return json_feed(body)
    if found := quick(body, media_type):
        return found
    mended = repair(body)
    if mended != body and (found := quick(mended, media_type)):
        found.problems.append(
            "not well-formed XML: mended (stray ampersand, entity or control)"
        )
        return found
    try:
        return lenient(mended, media_type)
    except FeedUnreadable:
        raise
    except (
        Exception
    ) as e:  # feedparser's own faults, at feeds as only a fuzzer makes them
        if entries := salvage(mended):
            return Document(
                entries, problems=["not well-formed: read as far as it can be"]
            )
        raise FeedUnreadable(f"it cannot be read ({type(e).__name__}: {e})") from e


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from."""

    url: str  #: that it was fetched from; what its relative links are relative to
    outlet: str = ""
    language: str = ""
    feed: str = ""  #: the address that is polled
    names: frozenset[str] = frozenset()  #: the outlet's, as headlines carry them


def articles(document: Document, origin: Origin) -> list[Article]:
    """Return each article of a document once; entries that say nothing at all are left out.

    A guid that several of them have names none of them.
    """
    unique: dict[str, Article] = {}
    for entry in document.entries:
        if found := article(entry, origin):
            unique.setdefault(found.key, found)
    guids = Counter(a.guid for a in unique.values())
    return [
        replace(a, guid="") if a.guid and guids[a.guid] > 1 else a
        for a in unique.values()
    ]


def article(entry: Entry, origin: Origin) -> Article | None:
    """Return an entry as plain text and web addresses; None if it has neither."""
    title, label = clean_headline(
        plain(entry.title[: MAX_TITLE * 10])[:MAX_TITLE], origin.names
    )
    guid = "".join(c for c in entry.guid[:MAX_GUID] if c.isprintable())
    address = link(entry.link, origin.url) or (link(guid, "") if "://" in guid else "")
    if not (address or title or guid):
        return None
    return Article(
        key=key(address) if address else _unlinked(origin.outlet, guid or title),
        url=address,
        outlet=origin.outlet,
        title=title,
        label=label,
        summary=plain(entry.summary[: MAX_SUMMARY * 2])[:MAX_SUMMARY],
        published=entry.published,
        authors=tuple(_names(entry.authors)),
        guid=guid,
        feed=origin.feed,
        language=origin.language,
    )


def _names(authors: Iterable[str]) -> Iterable[str]:
    return islice((name for a in authors if (name := plain(a[:MAX_TITLE]))), 50)


def _unlinked(outlet: str, name: str) -> str:
    return "unlinked:" + hashlib.sha256(f"{outlet}\n{name}".encode()).hexdigest()

"""Reads the pages of new articles.

    articles without a page | fetch | extract | merge | save
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from digest.collect.extract import SHORT
from digest.collect.headline import clean_headline, outlet_names
from digest.collect.identity import canonical_key
from digest.collect.middlemen import needs_person
from digest.collect.report import Report
from digest.errors import FetchError, PageUnread
from digest.model import Article, Extract
from digest.ports import Extractor, Fetcher, Request, Response

Progress = Callable[[str, int, int], None]

#: Reasons that may pass by themselves: the page is tried again another time.
PASSING = ("http 5", "http 429", "timeout", "connection", "dns", "refused")


class PageShelf(Protocol):
    """What reading pages needs of the store."""

    def to_read(self) -> list[Article]:
        """Return articles whose page has not been read and may yet be."""
        ...

    def save_read(
        self, read: Article, now: datetime, again: bool = False, canonical: str = ""
    ) -> None:
        """Store what reading the page added, or why it could not be read."""
        ...


def read_pages(
    shelf: PageShelf,
    fetch: Fetcher,
    extract: Extractor,
    now: datetime,
    report: Report,
    progress: Progress,
) -> None:
    """Read every page that waits; one that cannot be read is counted and the others go on."""
    by_url: dict[str, list[Article]] = {}
    for article in shelf.to_read():
        if why := needs_person(article.url):
            shelf.save_read(replace(article, unread=why), now)
            report[article.outlet].unread["needs a person"] += 1
        else:
            by_url.setdefault(article.url, []).append(article)
    requests = (Request(url, page=True) for url in by_url)
    for done, (request, answer) in enumerate(fetch(requests), 1):
        for article in by_url[request.url]:
            read, reason, canonical = read_page(article, answer, extract)
            tally = report[article.outlet]
            tally.read += not reason
            tally.unread.update([reason] if reason else [])
            shelf.save_read(read, now, reason.startswith(PASSING), canonical)
        progress("pages", done, len(by_url))


def read_page(
    article: Article, answer: Response | FetchError, extract: Extractor
) -> tuple[Article, str, str]:
    """Return the article with what its page adds; in a word why it is unread ("" if read); and
    the key by which the page calls itself ("" if none is to be believed).
    """
    if isinstance(answer, FetchError):
        return replace(article, unread=str(answer)), answer.reason, ""
    try:
        found = extract(answer.body, answer.url)
    except PageUnread as e:
        return replace(article, unread=str(e)), "no article", ""
    return *merged(article, found), canonical_key(found.canonical, answer.url)


def merged(article: Article, found: Extract) -> tuple[Article, str]:
    """Return an article with what its page adds, and in a word why that is too little."""
    title, label = clean_headline(found.title, outlet_names(article.outlet or found.sitename))
    both = replace(
        article,
        title=article.title or title,
        label=article.label or label,
        summary=article.summary or found.description,
        published=article.published or found.published,
        authors=article.authors or found.authors,
        language=article.language or found.language,
        text=found.text,
        unread="",
        reader=found.reader,
        image=found.image,
    )
    if len(found.text) >= SHORT:
        return both, ""
    if found.paywalled:
        return replace(both, unread="the outlet shows the text to subscribers only"), "paywall"
    why = f"only {len(found.text)} characters of text on the page"
    return replace(both, unread=why), "too short"

"""Reads the pages of new articles.

articles without a page | fetch | extract | merge | save
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from digest.collect.feeds.aggregators import needs_person
from digest.collect.feeds.dedupe import canonical_key
from digest.collect.interrupt import defer_interrupts
from digest.collect.pages.extract import SHORT
from digest.collect.pages.headline import clean_headline, outlet_names
from digest.collect.report import Report
from digest.errors import DigestError, FetchError, PageUnread
from digest.model import NEEDS_A_PERSON, SUBSCRIBERS_ONLY, Article, Extract
from digest.ports import Extractor, Fetcher, Pool, Progress, Request, Response, in_turn

#: Reasons that may pass by themselves: the page is tried again another time.
PASSING = ("http 5", "http 429", "timeout", "connection", "dns", "refused")


class PageShelf(Protocol):
    """What reading pages needs of the store."""

    def to_read(self, mine: Callable[[str], bool]) -> list[Article]:
        """Return articles of such addresses whose page has not been read and may yet be."""
        ...

    def save_read(
        self,
        read: Article,
        now: datetime,
        *,
        again: bool = False,
        canonical: str = "",
    ) -> None:
        """Store what reading the page added, or why it could not be read."""
        ...


@dataclass(slots=True)
class Fetched:
    """A page's answer with the articles that wait for it. Its own piece of work for a Pool."""

    articles: list[Article]
    answer: Response | FetchError
    extract: Extractor


@dataclass(slots=True)
class PageRead:
    """An article with what its page adds."""

    article: Article
    reason: str  #: in a word why it is unread; "" if it was read
    #: the key by which the page calls itself, if that is to be believed
    canonical: str = ""


def read_pages(
    shelf: PageShelf,
    fetch: Fetcher,
    extract: Extractor,
    pool: Pool,
    now: datetime,
    report: Report,
    progress: Progress,
    mine: Callable[[str], bool] = lambda _address: True,
) -> None:
    """Read every page that waits; one that cannot be read is counted and the others go on.

    `mine` says of addresses whether they are this run's.
    """
    by_url = _to_fetch(shelf, now, report, mine)
    requests = (Request(url, page=True) for url in by_url)
    jobs = (Fetched(by_url[r.url], answer, extract) for r, answer in fetch(requests))
    results = (
        partial(read_page, job)
        if isinstance(job.answer, FetchError)
        else pool(read_page, job, unread)
        for job in jobs
    )
    for done, found in enumerate(in_turn(results, pool.ahead), 1):
        with defer_interrupts():
            for page in found:
                again = page.reason.startswith(PASSING)
                shelf.save_read(
                    page.article, now, again=again, canonical=page.canonical
                )
                tally = report[page.article.outlet]
                tally.read += not page.reason
                tally.unread.update([page.reason] if page.reason else [])
        progress("pages", done, len(by_url))


def read_page(job: Fetched) -> list[PageRead]:
    """Read one page for each article it belongs to."""
    return [_read(article, job.answer, job.extract) for article in job.articles]


def unread(job: Fetched, why: DigestError) -> list[PageRead]:
    """Return what becomes of a page that could not be read."""
    return [PageRead(replace(a, unread=str(why)), "no article") for a in job.articles]


def _to_fetch(
    shelf: PageShelf, now: datetime, report: Report, mine: Callable[[str], bool]
) -> dict[str, list[Article]]:
    by_url: dict[str, list[Article]] = {}
    for article in shelf.to_read(mine):
        if why := needs_person(article.url):
            shelf.save_read(replace(article, unread=why), now)
            report[article.outlet].unread[NEEDS_A_PERSON] += 1
        else:
            by_url.setdefault(article.url, []).append(article)
    return by_url


def _read(
    article: Article, answer: Response | FetchError, extract: Extractor
) -> PageRead:
    if isinstance(answer, FetchError):
        return PageRead(replace(article, unread=str(answer)), answer.reason)
    try:
        found = extract(answer.body, answer.url)
    except PageUnread as e:
        return PageRead(replace(article, unread=str(e)), "no article")
    return PageRead(*merged(article, found), canonical_key(found.canonical, answer.url))


def merged(article: Article, found: Extract) -> tuple[Article, str]:
    """Return an article with what its page adds, and in a word why that is too little."""
    title, label = clean_headline(
        found.title, outlet_names(article.outlet or found.sitename)
    )
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
        return replace(both, unread=SUBSCRIBERS_ONLY), "paywall"
    why = f"only {len(found.text)} characters of text on the page"
    return replace(both, unread=why), "too short"

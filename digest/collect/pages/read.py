"""Reading of pages: fetch, extract, merge and store those of new articles.

articles without a page | fetch | extract | merge | save
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

from digest.collect.feeds.aggregators import advice_for_person
from digest.collect.feeds.clean import article_key
from digest.collect.feeds.dedupe import canonical_key, is_on_shared_page
from digest.collect.interrupt import defer_interrupts
from digest.collect.pages.decoding import decoded_page
from digest.collect.pages.extract import MIN_TEXT_LENGTH
from digest.collect.pages.headline import clean_headline, outlet_names
from digest.collect.pages.own_address import own_address, without_variant
from digest.collect.report import Report
from digest.errors import DigestError, FetchError, PageUnread
from digest.infra.letters import fold_letters
from digest.model import NEEDS_A_PERSON, SUBSCRIBERS_ONLY, Article, PageExtract
from digest.ports import (
    Extractor,
    Fetcher,
    Pool,
    Progress,
    Request,
    Response,
    results_in_order,
)

#: The feed's text is taken for the page's if it is longer than this many times: a page may show the
#: beginning only, and a feed leave out a caption.
FEED_TEXT_RATIO = 1.25
#: The end of a headline that is cut short, as alerts and content systems cut it.
CUT_SHORT = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])$")
#: Reasons that may pass by themselves: the page is tried again another time.
PASSING = ("http 5", "http 429", "timeout", "connection", "dns", "refused")


class PageShelf(Protocol):
    """The part of the store that reading pages uses."""

    def list_unread_articles(
        self, is_wanted: Callable[[str], bool]
    ) -> list[Article]:
        """Return articles of such addresses whose page has not been read and may yet be."""
        ...

    def save_page(
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
class FetchedPage:
    """A page's answer with the articles that wait for it. Its own piece of work for a Pool."""

    articles: list[Article]
    answer: Response | FetchError
    extract: Extractor


@dataclass(slots=True)
class PageRead:
    """An article with what its page adds."""

    article: Article
    #: in a word why it is unread; "" if it was read
    reason: str
    #: the key by which the page calls itself, if that is to be believed
    canonical: str = ""
    #: what the page calls its site
    sitename: str = ""


def read_pages(
    shelf: PageShelf,
    fetch: Fetcher,
    extract: Extractor,
    pool: Pool,
    now: datetime,
    report: Report,
    progress: Progress,
    is_own: Callable[[str], bool] = lambda _address: True,
) -> None:
    """Read every page that waits; one that cannot be read is counted, and the rest are read.

    `is_own` says which addresses belong to this run.
    """
    articles = shelf.list_unread_articles(is_own)
    by_url = _set_apart_aggregators(articles, shelf, now, report)
    requests = (Request(url, page=True) for url in by_url)
    pages = (
        FetchedPage(by_url[request.url], answer, extract)
        for request, answer in fetch(requests)
    )
    jobs = (_start_reading(page, pool) for page in pages)
    for done, results in enumerate(results_in_order(jobs, pool.ahead), 1):
        with defer_interrupts():
            for result in results:
                _save_result(result, shelf, now, report)
        progress("pages", done, len(by_url))


def read_page(job: FetchedPage) -> list[PageRead]:
    """Read one page for each article it belongs to."""
    return [
        _read_for(article, job.answer, job.extract) for article in job.articles
    ]


def failed_results(job: FetchedPage, why: DigestError) -> list[PageRead]:
    """Return the results of a page that could not be read, one for each article."""
    return [
        PageRead(replace(article, unread=str(why)), "no article")
        for article in job.articles
    ]


def merge_page(article: Article, extract: PageExtract) -> tuple[Article, str]:
    """Return an article with what its page adds, and in a word why that is too little."""
    names = outlet_names(article.outlet or extract.sitename)
    headline = clean_headline(extract.title, names)
    title = _whole_title(article.title, headline.title)
    is_read = len(extract.text) >= MIN_TEXT_LENGTH
    if article.mailed and headline.title and is_read:
        title = headline.title  # a newsletter's words are not the outlet's
    both = replace(
        article,
        title=title,
        label=article.label or headline.label,
        summary=_choose_summary(article, extract),
        published=article.published or extract.published,
        authors=article.authors or extract.authors,
        language=article.language or extract.language,
        text=extract.text,
        unread="",
        reader=extract.reader,
        image=extract.image,
    )
    if len(article.text) > len(extract.text) * FEED_TEXT_RATIO:
        both = replace(both, text=article.text, reader=article.reader)
    if is_read:
        return both, ""
    if extract.paywalled:
        return replace(both, unread=SUBSCRIBERS_ONLY), "paywall"
    if len(both.text) >= MIN_TEXT_LENGTH:
        return both, ""
    why = f"only {len(extract.text)} characters of text on the page"
    return replace(both, unread=why), "too short"


def _whole_title(in_feed: str, on_page: str) -> str:
    """Return a headline as its feed gives it, but that of the page if the feed's is cut short."""
    if not in_feed:
        return on_page
    start = CUT_SHORT.sub("", in_feed)
    is_cut = start != in_feed
    if is_cut and fold_letters(on_page).startswith(fold_letters(start)):
        return on_page
    return in_feed


def _choose_summary(article: Article, extract: PageExtract) -> str:
    """Return what an article says in short; where a sheet brought it, its note stays as it is."""
    if article.came_in_sheet:
        return article.summary
    return article.summary or extract.description


def _set_apart_aggregators(
    articles: list[Article], shelf: PageShelf, now: datetime, report: Report
) -> dict[str, list[Article]]:
    """Return the articles to read by address; store of the others what a person is to do."""
    by_url: dict[str, list[Article]] = {}
    for article in articles:
        reason = advice_for_person(article.url)
        if reason:
            shelf.save_page(replace(article, unread=reason), now)
            report.tally_of(article).unread[NEEDS_A_PERSON] += 1
        else:
            by_url.setdefault(article.url, []).append(article)
    return by_url


def _start_reading(
    page: FetchedPage, pool: Pool
) -> Callable[[], list[PageRead]]:
    """Read a page in the pool, a failure in this process."""
    if isinstance(page.answer, FetchError):
        return partial(read_page, page)
    return pool(read_page, page, failed_results)


def _save_result(
    result: PageRead, shelf: PageShelf, now: datetime, report: Report
) -> None:
    try_again = result.reason.startswith(PASSING)
    article = result.article
    if result.sitename and report.is_guessed(article.outlet, article.url):
        article = _with_name_of_site(article, result.sitename)
    shelf.save_page(article, now, again=try_again, canonical=result.canonical)
    tally = report.tally_of(result.article)
    if result.reason:
        tally.unread[result.reason] += 1
    else:
        tally.read += 1


def _with_name_of_site(article: Article, sitename: str) -> Article:
    """Return an article whose outlet is called what its page calls the site."""
    # late: processes that read pages need no settings
    from digest.collect.feeds.site_names import name_site

    site = name_site(sitename, "", "", article.url)
    return replace(article, outlet=site or article.outlet)


def _read_for(
    article: Article, answer: Response | FetchError, extract: Extractor
) -> PageRead:
    address = own_address(article.url, answer.url)
    if address and not is_on_shared_page(article):
        article = replace(article, url=address)
    if isinstance(answer, FetchError):
        unread = replace(article, unread=str(answer))
        return PageRead(unread, answer.reason, _key_of(address))
    try:
        page = extract(decoded_page(answer), answer.url)
    except PageUnread as error:
        return PageRead(replace(article, unread=str(error)), "no article")
    both, reason = merge_page(article, page)
    if is_on_shared_page(article):
        return PageRead(both, reason, sitename=page.sitename)
    both = replace(both, url=without_variant(both.url, page.canonical))
    canonical = canonical_key(page.canonical, answer.url)
    return PageRead(both, reason, canonical or _key_of(address), page.sitename)


def _key_of(address: str) -> str:
    """Return the key of an address, "" for none."""
    if not address:
        return ""
    return article_key(address)

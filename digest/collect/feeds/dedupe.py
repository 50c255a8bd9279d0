"""Deduplication: separate new articles from known ones with another address. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from digest.collect.feeds.clean import article_key
from digest.model import Article, KnownArticle

#: A title of fewer words ("Corrections", "The week in pictures") names no single piece.
MIN_TITLE_WORDS = 4
#: Letters of the last but one part of a host's name that may belong to its ending: `co.uk`.
MAX_SUFFIX_LENGTH = 3


#: Stands in a key behind that of a page that several pieces share.
SHARED_PAGE_MARK = "#:piece:"
SHARED_PAGE_DIGITS = 16

GuidKey = tuple[str, str]  #: outlet and guid
TitleKey = tuple[str, str, object]  #: outlet, headline and time of publication


@dataclass(slots=True)
class Memory:
    """Index of known articles, in which the ones at hand are looked up."""

    by_key: dict[str, KnownArticle] = field(default_factory=dict)
    by_guid: dict[GuidKey, KnownArticle] = field(default_factory=dict)
    by_title: dict[TitleKey, KnownArticle] = field(default_factory=dict)

    def remember(self, known_article: KnownArticle) -> None:
        """Add a known article."""
        self.by_key.setdefault(known_article.key, known_article)
        if known_article.guid:
            self.by_guid.setdefault(
                (known_article.outlet, known_article.guid), known_article
            )
        if (
            known_article.published
            and len(known_article.title.split()) >= MIN_TITLE_WORDS
        ):
            title = (
                known_article.outlet,
                known_article.title,
                known_article.published,
            )
            self.by_title.setdefault(title, known_article)

    def recognise(self, article: Article) -> KnownArticle | None:
        """Return the article as which this one was seen before.

        By its address; by its guid, if headline or time agree too, since some feeds give every
        entry one guid; by outlet, headline and the very same time, if the headline is telling.
        """
        same_address = self.by_key.get(article.key)
        if same_address:
            return same_address
        if article.guid:
            same_guid = self.by_guid.get((article.outlet, article.guid))
            if same_guid and _is_same_piece(same_guid, article):
                return same_guid
        title = (article.outlet, article.title, article.published)
        return self.by_title.get(title)


@dataclass(slots=True)
class SortedArticles:
    """Articles of one poll, by what is to be done with them."""

    new: list[Article] = field(default_factory=list)
    #: known articles with their new headlines
    retitled: list[tuple[KnownArticle, str]] = field(default_factory=list)


def sort_out(articles: Iterable[Article], memory: Memory) -> SortedArticles:
    """Separate new articles from known ones; remember the new."""
    result = SortedArticles()
    for article in articles:
        known_article = memory.recognise(article)
        if known_article is None:
            result.new.append(article)
            memory.remember(to_known_article(article))
        elif _is_retitled(known_article, article):
            result.retitled.append((known_article, article.title))
    return result


def to_known_article(article: Article) -> KnownArticle:
    """Return the part of an article by which it is recognised later."""
    return KnownArticle(
        article.id,
        article.key,
        article.outlet,
        article.title,
        article.guid,
        article.feed,
        article.published,
    )


def key_on_shared_page(article: Article) -> str:
    """Return the key of one of several pieces on one page: by their guid, since titles change."""
    digest = hashlib.sha256(article.guid.encode()).hexdigest()
    return f"{article.key}{SHARED_PAGE_MARK}{digest[:SHARED_PAGE_DIGITS]}"


def is_on_shared_page(article: Article) -> bool:
    """Return whether an article is one of several pieces on one page."""
    return SHARED_PAGE_MARK in article.key


def canonical_key(canonical: str, page: str) -> str:
    """Return the key of the address a page calls its own; "" if that is not to be believed.

    RFC 6596 lets rel=canonical name any address. A home page or another site's is no second name
    for this article: the one is a mistake, the other a wire story's origin.
    """
    page_parts = urlsplit(page)
    canonical_parts = urlsplit(canonical)
    if _site_of(page_parts.hostname) != _site_of(canonical_parts.hostname):
        return ""
    if page_parts.port != canonical_parts.port:
        return ""
    is_home_page = not canonical_parts.path.strip("/")
    if is_home_page:
        return ""
    return article_key(canonical)


def _site_of(host: str | None) -> list[str]:
    """Return the end of a host's name that hosts of one outlet share, near enough."""
    labels = (host or "").split(".")
    if len(labels) < 3:
        return labels
    if len(labels[-2]) <= MAX_SUFFIX_LENGTH:
        return labels[-3:]
    return labels[-2:]


def _is_same_piece(known_article: KnownArticle, article: Article) -> bool:
    if known_article.title == article.title:
        return True
    return (
        known_article.published is not None
        and known_article.published == article.published
    )


def _is_retitled(known_article: KnownArticle, article: Article) -> bool:
    """Return whether the outlet changed a headline; two feeds may always have had two."""
    if not known_article.id or not article.title or not known_article.title:
        return False
    return (
        known_article.title != article.title
        and known_article.feed == article.feed
    )

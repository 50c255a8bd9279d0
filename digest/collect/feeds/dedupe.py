"""Deduplication: separate new articles from known ones with another address. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from digest.collect.feeds.aggregators import hides_address
from digest.collect.feeds.clean import article_key
from digest.collect.feeds.link_forms import may_name_piece
from digest.infra.letters import fold_letters
from digest.model import SHARED_PAGE_MARK, Article, KnownArticle, page_key

#: A title of fewer words ("Corrections", "The week in pictures") names no single piece.
MIN_TITLE_WORDS = 4
#: Letters of the last but one part of a host's name that may belong to its ending: `co.uk`.
MAX_SUFFIX_LENGTH = 3


#: Begins the key of a headline on a site, by which an article is known whose address is hidden.
HEADLINE_MARK = "headline:"
HEADLINE_DIGITS = 32
#: How far apart the times of one piece may be, as an aggregator gives it and as its outlet does.
SAME_PIECE_PERIOD = timedelta(days=3)

SHARED_PAGE_DIGITS = 16

GuidKey = tuple[str, str]  #: outlet and guid
TitleKey = tuple[str, str, object]  #: outlet, headline and time of publication
NO_KEYS: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Memory:
    """Index of known articles, in which the ones at hand are looked up."""

    by_key: dict[str, KnownArticle] = field(default_factory=dict)
    by_guid: dict[GuidKey, KnownArticle] = field(default_factory=dict)
    by_title: dict[TitleKey, KnownArticle] = field(default_factory=dict)
    #: those whose address is hidden, by the keys of their headlines
    hidden: dict[str, KnownArticle] = field(default_factory=dict)
    #: those at hand whose address shows, likewise; kept if some addresses are hidden
    shown: dict[str, KnownArticle] = field(default_factory=dict)
    #: those at a part of a page, by the key of the page
    by_page: dict[str, KnownArticle] = field(default_factory=dict)
    compares_headlines: bool = False

    def remember(
        self,
        known_article: KnownArticle,
        by_headline: str = "",
    ) -> None:
        """Add a known article; `by_headline` is its headline's key if its address is hidden."""
        if by_headline:
            self.hidden.setdefault(by_headline, known_article)
        elif known_article.key.startswith(HEADLINE_MARK):
            self.hidden.setdefault(known_article.key, known_article)
        elif self.compares_headlines:
            key = _headline_key_at(
                f"//{known_article.key}", known_article.title
            )
            self.shown.setdefault(key, known_article)
        self.by_key.setdefault(known_article.key, known_article)
        page = page_key(known_article.key)
        if page:
            self.by_page.setdefault(page, known_article)
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

    def recognise(
        self,
        article: Article,
        by_headline: str = "",
    ) -> KnownArticle | None:
        """Return the article as which this one was seen before.

        By its address, also with and without a fragment if the headline is the same; by its guid,
        if headline or time agree too, since some feeds give every entry one guid; by outlet,
        headline and the very same time, if the headline is telling; by the key of its headline,
        `by_headline`, if the address of one of the two is hidden.
        """
        same_address = self.by_key.get(article.key)
        if same_address:
            return same_address
        same_page = self._recognise_page(article)
        if same_page:
            return same_page
        if article.guid:
            same_guid = self.by_guid.get((article.outlet, article.guid))
            if same_guid and _is_same_piece(same_guid, article):
                return same_guid
        title = (article.outlet, article.title, article.published)
        same_title = self.by_title.get(title)
        if same_title or not self.compares_headlines:
            return same_title
        return self._recognise_headline(article, by_headline)

    def _recognise_page(self, article: Article) -> KnownArticle | None:
        """Return the article with this headline that is at the whole page, or at a part of it.

        `/story#reactions` is `/story`; two parts of one page are two pieces.
        """
        page = page_key(article.key)
        if page:
            known_article = self.by_key.get(page)
        else:
            known_article = self.by_page.get(article.key)
        if known_article and article.title == known_article.title != "":
            return known_article
        return None

    def _recognise_headline(
        self,
        article: Article,
        by_headline: str,
    ) -> KnownArticle | None:
        if by_headline:
            known_article = self.shown.get(by_headline)
            known_article = known_article or self.hidden.get(by_headline)
        else:
            known_article = self.hidden.get(headline_key_of(article))
        if known_article and _are_times_near(known_article, article):
            return known_article
        return None


@dataclass(slots=True)
class SortedArticles:
    """Articles of one poll, by what is to be done with them."""

    new: list[Article] = field(default_factory=list)
    #: known articles with their new headlines
    retitled: list[tuple[KnownArticle, str]] = field(default_factory=list)
    #: known articles, as the outlets give them that they rather belong to
    adopted: list[tuple[KnownArticle, Article]] = field(default_factory=list)


def sort_out(
    articles: Iterable[Article],
    memory: Memory,
    is_better: Callable[[KnownArticle, Article], bool] = lambda *_: False,
    headline_keys: Mapping[str, str] = NO_KEYS,
) -> SortedArticles:
    """Separate new articles from known ones; remember the new.

    `is_better`: whether a known article belongs rather to the outlet that gives it now;
    `headline_keys`: of articles whose address is hidden, by their keys.
    """
    result = SortedArticles()
    for article in articles:
        by_headline = headline_keys.get(article.key, "")
        known_article = memory.recognise(article, by_headline)
        if known_article is None:
            result.new.append(article)
            memory.remember(to_known_article(article), by_headline)
        elif _shows_address(known_article, article) or is_better(
            known_article, article
        ):
            result.adopted.append((known_article, article))
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


def headline_key(site: str, title: str) -> str:
    """Return the key of a headline on a site; "" if it is too short to name one piece."""
    words = fold_letters(title)
    if not site or len(words.split()) < MIN_TITLE_WORDS:
        return ""
    digest = hashlib.sha256(f"{site}\n{words}".encode()).hexdigest()
    return f"{HEADLINE_MARK}{digest[:HEADLINE_DIGITS]}"


def headline_key_of(article: Article) -> str:
    """Return the key of an article's headline on the site of its address; "" if that tells nothing."""
    return _headline_key_at(article.url, article.title)


def key_on_shared_page(article: Article) -> str:
    """Return the key of one of several pieces on one page: by what names it, since titles change."""
    digest = hashlib.sha256(name_on_page(article).encode()).hexdigest()
    return f"{article.key}{SHARED_PAGE_MARK}{digest[:SHARED_PAGE_DIGITS]}"


def name_on_page(article: Article) -> str:
    """Return what tells an article from others on its page: its guid, else its address's fragment."""
    if article.guid:
        return article.guid
    _page, _, fragment = article.url.partition("#")
    return fragment if may_name_piece(fragment) else ""


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
    if shared_site(page_parts.hostname) != shared_site(
        canonical_parts.hostname
    ):
        return ""
    if page_parts.port != canonical_parts.port:
        return ""
    is_home_page = not canonical_parts.path.strip("/")
    if is_home_page:
        return ""
    return article_key(canonical)


def shared_site(host: str | None) -> list[str]:
    """Return the end of a host's name that hosts of one outlet share, near enough."""
    labels = (host or "").split(".")
    if labels[-1].isdigit():  # a number in place of a name (RFC 791)
        return labels
    if len(labels) < 3:
        return labels
    if len(labels[-2]) <= MAX_SUFFIX_LENGTH:
        return labels[-3:]
    return labels[-2:]


def _headline_key_at(address: str, title: str) -> str:
    """Return the key of a headline on the site of an address."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return ""
    return headline_key(".".join(shared_site(host)), title)


def _are_times_near(known_article: KnownArticle, article: Article) -> bool:
    if known_article.published is None or article.published is None:
        return True
    distance = abs(known_article.published - article.published)
    return distance <= SAME_PIECE_PERIOD


def _shows_address(known_article: KnownArticle, article: Article) -> bool:
    """Return whether an article shows its address, which was hidden until now."""
    key = known_article.key
    was_hidden = key.startswith(HEADLINE_MARK) or hides_address(
        f"https://{key}"
    )
    return was_hidden and article.url != "" and not hides_address(article.url)


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

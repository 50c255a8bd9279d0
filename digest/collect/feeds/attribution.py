"""Attribution: give articles that other sites' feeds brought to the outlets they belong to. Pure.

An article of an aggregator belongs to the outlet of feeds.yaml on whose site it is, with its name and
language; else to its site, by the name that the feed gives it, or by a guess: its host's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from digest.collect.feeds.aggregators import hides_address
from digest.collect.feeds.dedupe import headline_key
from digest.collect.feeds.sources import (
    Source,
    site_of_address,
    split_off_name,
)
from digest.collect.pages.headline import clean_headline, outlet_names
from digest.collect.report import guessed_name
from digest.model import SHEET, Article, KnownArticle

if TYPE_CHECKING:
    from digest.settings import Outlet
    from digest.settings.outlet_index import OutletIndex


def attribute_articles(
    articles: Iterable[Article],
    sources: Mapping[str, Source],
    index: "OutletIndex",
) -> Iterator[Article]:
    """Yield articles with the outlets they belong to; `sources` has those of other sites by key."""
    for article in articles:
        source = sources.get(article.key)
        if source is None:
            yield article
        else:
            yield _attribute(article, source, index)


def is_better_outlet(
    known_article: KnownArticle,
    article: Article,
    index: "OutletIndex",
) -> bool:
    """Return whether an article belongs rather to the outlet whose feed gives it now.

    So it is if the article is on that outlet's site, and it came by a feed that is not the outlet's.
    What a person added stays as they filed it.
    """
    if not known_article.feed or known_article.feed == article.feed:
        return False
    if known_article.feed.startswith(SHEET):
        return False
    owner = index.find(article.url)
    if owner is None or owner.name != article.outlet:
        return False
    if known_article.outlet == owner.name:
        is_from_own_feed = index.name_of_feed(article.feed) == owner.name
        return is_from_own_feed and (
            index.name_of_feed(known_article.feed) != owner.name
        )
    # late: processes that read feeds need no settings
    from digest.settings.publishers import are_names_related

    # two outlets of one house share hosts: the first stays
    is_of_same_house = index.get(known_article.outlet) is not None and (
        are_names_related(known_article.outlet, owner.name)
    )
    return not is_of_same_house


def hidden_headline_keys(
    articles: Iterable[Article],
    sources: Mapping[str, Source],
) -> dict[str, str]:
    """Return the keys of headlines of the articles whose address is hidden, by their own keys."""
    keys: dict[str, str] = {}
    for article in articles:
        source = sources.get(article.key)
        if source is not None and hides_address(article.url):
            site = site_of_address(source.address)
            by_headline = headline_key(site, article.title)
            if by_headline:
                keys[article.key] = by_headline
    return keys


def _attribute(
    article: Article,
    source: Source,
    index: "OutletIndex",
) -> Article:
    title, name = split_off_name(article.title, source)
    outlet = _find_outlet(article, source, index)
    if outlet is None:
        site_name = name or guessed_name(source.address or article.url)
        return replace(article, outlet=site_name, title=title, language="")
    names = outlet_names(outlet.name, outlet.homepage)
    headline = clean_headline(title, names)
    return replace(
        article,
        outlet=outlet.name,
        title=headline.title,
        label=article.label or headline.label,
        language=outlet.language,
    )


def _find_outlet(
    article: Article,
    source: Source,
    index: "OutletIndex",
) -> "Outlet | None":
    """Return the outlet of feeds.yaml that an article is of: by its address, else by its name.

    A name decides only where the article's address is not known.
    """
    if not hides_address(article.url):
        return index.find(article.url)
    if source.address:
        return index.find(source.address)
    return index.find_named(source.name)

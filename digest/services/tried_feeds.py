"""Tried feeds: which feeds a site has, and whether one of them lists an article."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.errors import FetchError

if TYPE_CHECKING:
    from digest.collect import FetcherFactory
    from digest.settings import Settings


@dataclass(frozen=True, slots=True)
class TriedFeeds:
    """What was found on a site."""

    #: what to do, for a press officer; "" if no feed can help
    advice: str
    result: str  #: what the trial showed


def try_feeds(
    site: str,
    article_key: str,
    watched: Collection[str],
    settings: "Settings",
    open_fetcher: "FetcherFactory",
) -> TriedFeeds:
    """Look for a site's feeds that are not watched, and for the article in them."""
    from digest.collect.feeds.discovery import discover_feeds

    with open_fetcher(settings) as fetch:
        try:
            feeds = discover_feeds(site, fetch)
        except FetchError as error:
            return TriedFeeds(
                "",
                f"no feed of {site} could be tried: {error}; add its articles by hand, or have its "
                "newsletter mailed to your mailbox",
            )
    for feed in feeds:
        if feed.url in watched and article_key in feed.article_keys:
            return TriedFeeds(
                "run `digest collect`",
                f"the feed {feed.url} lists it now; it is polled again when it is due",
            )
    new_feeds = [feed for feed in feeds if feed.url not in watched]
    for feed in new_feeds:
        if article_key in feed.article_keys:
            return TriedFeeds(
                f"run `digest feeds add {feed.url}`",
                "a feed of the site lists it",
            )
    if new_feeds:
        return TriedFeeds(
            "",
            f"the site has the feed {new_feeds[0].url}, which does not list this article (any more); "
            "`digest feeds add` with that address brings what it lists from now on",
        )
    if feeds:
        return TriedFeeds(
            "",
            "the site has no feed that you do not watch, and none lists this article (any more)",
        )
    return TriedFeeds(
        "",
        f"{site} has no feed; add its articles by hand, or have its newsletter mailed to your "
        "mailbox",
    )

"""Names of sites: what an outlet is called, from the titles that its pages and feeds have. Pure."""

import re
from collections.abc import Iterable

from digest.infra.letters import fold_letters
from digest.settings.publishers import SEPARATOR, is_name_of_host

#: Parts of titles that name a place on a site, and no site: as content systems begin titles.
PLACES = frozenset(
    """
    home|homepage|home page|front page|frontpage|start|index|main|main page|welcome|untitled
    news|latest|latest news|top news|top stories|breaking news|all news|news feed|headlines|stories
    latest stories|latest headlines|recent|recent posts|all|all posts|posts|articles|all articles
    latest articles|archive|blog|updates|new|feed|feeds|rss|rss feed|rss feeds|rss 2 0|atom|xml
    atom feed|just a moment|inicio|portada|noticias|ultimas noticias|accueil|actualites|a la une
    startseite|aktuell|aktuelles|nachrichten|etusivu|uutiset|hem|nyheter|forside|home rss|notizie
    """.replace("\n", "|")
    .replace("  ", "")
    .strip("| ")
    .split("|")
) | {""}
BEFORE_NAME = re.compile(
    r"^(?:(?:the )?(?:latest|recent|all|top)\s+(?:news|stories|posts|articles|headlines)"
    r"\s+(?:from|of|on|by|in)"
    r"|news from|posts? (?:on|by|from)|(?:rss )?feed (?:of|for)|rss (?:of|for|from)|updates from"
    r"|welcome to|(?:rss|atom|feed|home)\s*:)\s+",
    re.IGNORECASE,
)
#: Emojis by their codes, as Mastodon writes those of an instance, and emojis themselves (Unicode's
#: blocks of pictographs, their joiner and their presentation).
BADGE = re.compile(
    "(?<!\\w):[a-z0-9_]{2,}:(?!\\w)|[\U0001f000-\U0001faff\u2600-\u27bf\u200d\ufe0f]"
)
#: The handle of an account beside its name: "@ana.example - Ana", "Ana / @ana", "Ana (@ana@b.example)".
HANDLE = re.compile(
    r"^@[\w.@-]+\s+[-–—/|:]\s+(?=\S)|(?<=\S)\s+(?:[-–—/|]\s+)?\(?@[\w.@-]+\)?$"
)
AFTER_NAME = re.compile(
    r"[\s,:–—-]*(?:\((?:rss|atom|feed)[^)]*\)|rss(?: 2\.0)?(?: feeds?)?|(?:atom|news) feeds?|feeds?)$",
    re.IGNORECASE,
)


def name_site(
    site_name: str, page_title: str, feed_title: str, address: str
) -> str:
    """Return what a site is called, by the name that its page gives, else by titles; "" if none does.

    Of the parts of a title, the one that the host is made of, else the one that stands in the
    feed's title too, else the first that is no mere place such as "Home".
    """
    if _is_whole(site_name):
        return _strip_additions(site_name)
    for part in _telling_parts([site_name]):
        return part
    page_parts = _telling_parts([page_title])
    feed_parts = _telling_parts([feed_title])
    for part in (*page_parts, *feed_parts):
        if is_name_of_host(part, address):
            return part
    in_feed = {fold_letters(part) for part in feed_parts}
    for part in page_parts:
        if fold_letters(part) in in_feed:
            return part
    return next(iter((*page_parts, *feed_parts)), "")


def name_of_account(title: str) -> str:
    """Return a title without what stands in names of accounts: handle, badges such as ":verified:", emojis.

    A handle is all there is if nothing else names the account.
    """
    words = " ".join(BADGE.sub(" ", title).split())
    name = HANDLE.sub("", words).strip()
    return name or words


def _is_whole(name: str) -> bool:
    """Return whether all parts of a name tell something, so that none is a place."""
    parts = [part for part in SEPARATOR.split(name) if part.strip()]
    return 0 < len(parts) == len(_telling_parts([name]))


def _telling_parts(titles: Iterable[str]) -> list[str]:
    parts = [
        _strip_additions(part)
        for title in titles
        for part in SEPARATOR.split(
            name_of_account(BEFORE_NAME.sub("", title.strip()))
        )
    ]
    return [part for part in parts if fold_letters(part) not in PLACES]


def _strip_additions(name: str) -> str:
    stripped = AFTER_NAME.sub("", BEFORE_NAME.sub("", name.strip()))
    return stripped.strip(" -–—|:»>,")

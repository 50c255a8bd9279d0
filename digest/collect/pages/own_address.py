"""Own address of an article: where a link led that redirects, if that is the article's page.

Links of FeedPress, FeedBurner and mailing systems lead through a counter. The address at the end is
the article's own: editions link it, and it is by this address that people know the article.
"""

import re
from urllib.parse import urlsplit

from digest.collect.feeds.clean import (
    absolute_url,
    article_key,
    strip_trackers,
)

#: Parts of addresses of what stands before an article: consent, login, a browser check.
GATE = re.compile(
    r"(?:^|[./_-])(?:consent|login|log-in|signin|sign-in|sso|auth|account|register|subscribe"
    r"|cookie|captcha|challenge|verify|privacy|error|404)(?:$|[./_?-])",
    re.IGNORECASE,
)


def own_address(link: str, answered: str) -> str:
    """Return the article's own address, if a link led to another one; "" if it did not.

    `answered` is the address that answered in the end. A front page, or a gate, is no article's.
    """
    if not answered or article_key(answered) == article_key(link):
        return ""
    parts = urlsplit(answered)
    if not parts.path.strip("/") and not parts.query:
        return ""
    if GATE.search(f"{parts.hostname}{parts.path}"):
        return ""
    return strip_trackers(absolute_url(answered, ""))


def without_variant(link: str, canonical: str) -> str:
    """Return the canonical address if `link` is a variant of it, for AMP or a phone, else `link`.

    Both have one key then, and the canonical one is shorter. No address is made less safe.
    """
    if not canonical or article_key(canonical) != article_key(link):
        return link
    is_safe = urlsplit(canonical).scheme == "https"
    if link.startswith("https:") and not is_safe:
        return link
    return min(link, strip_trackers(canonical), key=len)

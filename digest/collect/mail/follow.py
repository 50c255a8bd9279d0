"""Following of links that hide where they lead: ask the tracker, as a browser without cookies would.

Only links that were judged by their words are followed, each once. What the tracker learns is that
somebody opened the link, from this machine's address; no cookie, no referrer and no other mail's link
goes with it. The page at the end is not read here, but later like that of any article.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from digest.collect.feeds.clean import absolute_url, article_key
from digest.collect.mail.wrapped_links import is_tracker, unwrap_link
from digest.collect.pages.own_address import GATE
from digest.errors import FetchError
from digest.ports import Fetcher, Progress, Request, Response

#: Reasons of a failure that may pass by itself: see `digest.collect.pages.read`.
PASSING = ("http 5", "http 429", "timeout", "connection", "dns", "refused")


def follow_links(
    urls: Sequence[str], fetch: Fetcher, progress: Progress
) -> tuple[dict[str, str], set[str]]:
    """Return where links lead, "" for what leads nowhere; and those that failed for now only."""
    resolved: dict[str, str] = {}
    failed_for_now: set[str] = set()
    requests = [Request(url, page=True, mailed=True) for url in urls]
    for done, (request, answer) in enumerate(fetch(requests), 1):
        resolved[request.url] = _destination_of(request.url, answer)
        if _has_failed_for_now(request.url, answer):
            failed_for_now.add(request.url)
        progress("links of mails", done, len(requests))
    return resolved, failed_for_now


def _destination_of(url: str, answer: Response | FetchError) -> str:
    """Return the address that a link leads to; "" if it leads nowhere, or to a login or consent."""
    address = unwrap_link(absolute_url(answer.url, ""))
    if not address:
        return ""
    parts = urlsplit(address)
    if GATE.search(f"{parts.hostname}{parts.path}"):
        return ""
    is_unmoved = article_key(address) == article_key(url)
    if is_unmoved and is_tracker(url):
        return ""
    return address


def _has_failed_for_now(url: str, answer: Response | FetchError) -> bool:
    if not isinstance(answer, FetchError):
        return False
    is_moved = answer.url and article_key(answer.url) != article_key(url)
    return not is_moved and answer.reason.startswith(PASSING)

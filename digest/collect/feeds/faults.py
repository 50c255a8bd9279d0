"""Faults of feeds: what a reason in a word means, and what a person is to do about it.

A reason is what `FetchError` and the report of a run carry; of a stored feed only the sentence is
known, from which `reason_of_error` tells it. Pure.
"""

import re
from dataclasses import dataclass

from digest.model import ASKS_SUBSCRIPTION

#: The reason of an answer that could not be read as a feed.
NOT_A_FEED = "not a feed"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of feeds: what one outlet does, what several do, and what a person is to do."""

    one: str
    several: str
    advice: str
    #: whether it may pass without anybody's doing
    is_passing: bool = False


LOOK_ANEW = (
    "`digest feeds add` with the outlet's homepage looks for its feeds anew"
)
WAIT = "nothing, unless it lasts"
OPEN_BY_HAND = (
    "open each in a browser; if it opens there, ask the outlet to let the digest in, or add its "
    "articles with `digest add`"
)
CHECK_ADDRESS = "check the address in feeds.yaml"
FAULTS = {
    "http 401": Fault(
        "asks for a password (401)", "ask for a password (401)", OPEN_BY_HAND
    ),
    "http 403": Fault(
        "refuses scripts (403)", "refuse scripts (403)", OPEN_BY_HAND
    ),
    "challenge": Fault(
        "asks for a browser check", "ask for a browser check", OPEN_BY_HAND
    ),
    "paywall": Fault(
        "asks for a subscription", "ask for a subscription", OPEN_BY_HAND
    ),
    "http 404": Fault(
        "has no feed there any more (404)",
        "have no feed there any more (404)",
        LOOK_ANEW,
    ),
    "http 410": Fault(
        "has taken the feed away (410)",
        "have taken the feed away (410)",
        LOOK_ANEW,
    ),
    "http 451": Fault(
        "may not be shown here, for reasons of law (451)",
        "may not be shown here, for reasons of law (451)",
        OPEN_BY_HAND,
    ),
    NOT_A_FEED: Fault(
        "answers with something that cannot be read as a feed",
        "answer with something that cannot be read as a feed",
        LOOK_ANEW,
    ),
    "web page": Fault(
        "shows a web page where its feed was",
        "show a web page where their feed was",
        LOOK_ANEW,
    ),
    "empty answer": Fault(
        "answers with nothing at all",
        "answer with nothing at all",
        WAIT,
        is_passing=True,
    ),
    "sitemap": Fault(
        "has a sitemap without headlines there",
        "have sitemaps without headlines there",
        LOOK_ANEW,
    ),
    "unknown host": Fault(
        "has a site name that no longer exists",
        "have site names that no longer exist",
        LOOK_ANEW,
    ),
    "http 429": Fault(
        "asks for a pause (429)",
        "ask for a pause (429)",
        "nothing: they are asked again after it",
        is_passing=True,
    ),
    "timeout": Fault("is too slow", "are too slow", WAIT, is_passing=True),
    "dns": Fault(
        "could not be looked up just now",
        "could not be looked up just now",
        "check this machine's connection if it lasts",
        is_passing=True,
    ),
    "refused": Fault(
        "takes no connections", "take no connections", WAIT, is_passing=True
    ),
    "connection": Fault(
        "breaks the connection off",
        "break the connection off",
        WAIT,
        is_passing=True,
    ),
    "tls": Fault(
        "has no valid certificate",
        "have no valid certificate",
        "tell the outlet: browsers warn of it, too",
    ),
    "redirects": Fault(
        "sends from address to address without end",
        "send from address to address without end",
        LOOK_ANEW,
    ),
    "too large": Fault(
        "gives more than is read",
        "give more than is read",
        "look whether it is a feed at all; collect.max_bytes in feeds.yaml is the limit",
    ),
    "forbidden address": Fault(
        "leads into a private network",
        "lead into a private network",
        CHECK_ADDRESS,
    ),
    "bad address": Fault(
        "has an address that cannot be asked",
        "have addresses that cannot be asked",
        CHECK_ADDRESS,
    ),
}

#: Parts of the sentences of `collect/http` that tell the reason of each; a test compares them.
REASON_BY_PART = {
    "permanently gone (410)": "http 410",
    "asks for a browser check": "challenge",
    ASKS_SUBSCRIPTION: "paywall",
    "the host has asked for a pause": "http 429",
    "it cannot be asked": "bad address",
    "the host name is unknown": "unknown host",
    "could not be looked up just now": "dns",
    "no connection within": "timeout",
    "nothing came for": "timeout",
    "no complete answer within": "timeout",
    "its certificate cannot be trusted": "tls",
    "no safe connection (TLS)": "tls",
    "the server refuses connections": "refused",
    "this is not a web address": "bad address",
    "is not an address on the open internet": "forbidden address",
    "MB unpacked; not read": "too large",
    "the answer is not proper HTTP": "connection",
    "the connection broke": "connection",
    "the answer broke off": "connection",
    "the answer cannot be unpacked": "connection",
    "this is a web page": "web page",
    "the answer is empty": "empty answer",
    "this is a sitemap": "sitemap",
    "this is a list of sitemaps": "sitemap",
}
STATUS = re.compile(r"the server answered (\d{3})\b")
REDIRECTS = re.compile(r"more than \d+ redirects")


def reason_of_error(sentence: str) -> str:
    """Return the reason in a word of a stored error; what cannot be told could not be read."""
    status = STATUS.search(sentence)
    if status:
        return f"http {status[1]}"
    if REDIRECTS.search(sentence):
        return "redirects"
    for part, reason in REASON_BY_PART.items():
        if part in sentence:
            return reason
    return NOT_A_FEED


def precise_reason(reason: str, sentence: str) -> str:
    """Return the reason of a failure, with what came in place of a feed told apart."""
    if reason == NOT_A_FEED:
        return reason_of_error(sentence)
    return reason


def fault_of(reason: str) -> Fault:
    """Return the fault that a reason in a word names."""
    if reason.startswith("http 5"):
        status = reason.removeprefix("http ")
        return Fault(
            f"has trouble of its own ({status})",
            f"have trouble of their own ({status})",
            WAIT,
            is_passing=True,
        )
    if reason in FAULTS:
        return FAULTS[reason]
    words = reason.removeprefix("http ")
    return Fault(
        f"answers with an error ({words})",
        f"answer with an error ({words})",
        OPEN_BY_HAND,
    )

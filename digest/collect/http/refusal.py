"""Refusals of servers: distinguish browser checks, paywalls and missing pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from digest.errors import FetchError
from digest.model import ASKS_SUBSCRIPTION

#: Marks of pages that ask for a browser or a human being, by who makes them. Cloudflare's header
#: is documented (developers.cloudflare.com: cf-mitigated); the rest is what their pages hold.
CHALLENGES = {
    "Cloudflare": (
        rb"<title>Just a moment\.\.\.|/cdn-cgi/challenge-platform/|cf-browser-verification"
    ),
    "DataDome": rb"captcha-delivery\.com",
    "PerimeterX": rb"px-captcha|_pxAppId",
    "Imperva": rb"_Incapsula_Resource",
    "Akamai": rb"errors\.edgesuite\.net",
    "AWS WAF": rb"awsWafCookieDomainList|token\.awswaf\.com",
}
PAYWALL = re.compile(
    rb"subscribe (?:now|today|to continue|to read)|already a subscriber|for subscribers only"
    rb"|subscription required|\"isAccessibleForFree\"\s*:\s*\"?false",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RefusedAnswer:
    """An answer other than 200 and 304."""

    status: int
    phrase: str
    headers: Mapping[str, str]  #: names in lower case
    start: bytes  #: of the body


def explain_refusal(answer: RefusedAnswer, wait: float = 0) -> FetchError:
    """Return why there is no page; `wait`: seconds the server asked us to stay away."""
    vendor = challenging_vendor(answer.headers, answer.start)
    if vendor:
        return FetchError(
            f"{vendor} asks for a browser check; open it by hand",
            "challenge",
            wait,
        )
    if _asks_for_subscription(answer):
        return FetchError(ASKS_SUBSCRIPTION, "paywall", wait)
    if answer.status == 410:
        return FetchError(
            "the server says this is permanently gone (410)", "http 410", wait
        )
    phrase = f"{answer.status} {answer.phrase}".strip()
    return FetchError(
        f"the server answered {phrase}", f"http {answer.status}", wait
    )


def challenging_vendor(headers: Mapping[str, str], start: bytes) -> str:
    """Return whose browser check an answer is; "" if it is none."""
    if headers.get("cf-mitigated") == "challenge":
        return "Cloudflare"
    if "x-datadome" in headers and not start.strip():
        return "DataDome"
    return _vendor_by_marks(start)


def _vendor_by_marks(start: bytes) -> str:
    for vendor, pattern in CHALLENGES.items():
        if re.search(pattern, start):
            return vendor
    return ""


def _asks_for_subscription(answer: RefusedAnswer) -> bool:
    if answer.status == 402:
        return True
    if answer.status not in (401, 403):
        return False
    return PAYWALL.search(answer.start) is not None

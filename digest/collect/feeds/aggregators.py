"""Links that lead to a middleman instead of the outlet: Google Alerts and Google News."""

from urllib.parse import parse_qs, urlsplit

from digest.model import NEEDS_A_PERSON


def destination(url: str) -> str:
    """Return the address that a Google Alerts link carries in it; "" if it carries none."""
    parts = urlsplit(url)
    if _google(parts.hostname) and parts.path == "/url":
        query = parse_qs(parts.query)
        found = (query.get("url") or query.get("q") or [""])[0]
        if urlsplit(found).scheme in ("http", "https"):
            return found
        return ""
    return ""


def needs_person(url: str) -> str:
    """Return what a person is to do about a middleman's link; "" if it is the outlet's own.

    A Google News link can be followed only by a call that Google does not document, so its
    destination is not guessed.
    """
    parts = urlsplit(url)
    if not _google(parts.hostname):
        return ""
    if inside := destination(url):
        return f"{NEEDS_A_PERSON}: a Google Alerts link, probably to {inside}"
    if parts.hostname == "news.google.com" and "/articles/" in parts.path:
        return f"{NEEDS_A_PERSON}: a Google News link hides the outlet's own address"
    return ""


def _google(host: str | None) -> bool:
    labels = (host or "").split(".")
    return "google" in labels[:2] and len(labels) <= 4

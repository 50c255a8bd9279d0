"""Aggregators: links that lead to Google Alerts or Google News instead of the outlet."""

from urllib.parse import parse_qs, urlsplit

from digest.model import NEEDS_A_PERSON


def embedded_address(url: str) -> str:
    """Return the address that a Google Alerts link carries in it; "" if it carries none."""
    parts = urlsplit(url)
    if not _is_google(parts.hostname) or parts.path != "/url":
        return ""
    query = parse_qs(parts.query)
    address = query.get("url", query.get("q", [""]))[0]
    if urlsplit(address).scheme not in ("http", "https"):
        return ""
    return address


def advice_for_person(url: str) -> str:
    """Return what a person is to do about an aggregator's link; "" if it is the outlet's own.

    A Google News link can be followed only by a call that Google does not document, so its
    destination is not guessed.
    """
    parts = urlsplit(url)
    if not _is_google(parts.hostname):
        return ""
    address = embedded_address(url)
    if address:
        return f"{NEEDS_A_PERSON}: a Google Alerts link, probably to {address}"
    if parts.hostname == "news.google.com" and "/articles/" in parts.path:
        return f"{NEEDS_A_PERSON}: a Google News link hides the outlet's own address"
    return ""


def _is_google(host: str | None) -> bool:
    """Return whether a host is google.com, news.google.com, www.google.co.uk or the like."""
    labels = (host or "").split(".")
    return "google" in labels[:2] and len(labels) <= 4

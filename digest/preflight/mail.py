"""Built mail: its size, its parts, its headers, what filters will say."""

import re
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from shutil import which
from urllib.parse import urlsplit

from digest.infra.web_address import host_of
from digest.model import TOKEN_PLACEHOLDER, Finding, RenderedEdition, Severity
from digest.preflight.line_finder import (
    is_in_text,
    is_public,
    line_of_link,
)
from digest.preflight.web_page import MailPage
from digest.settings import Settings

#: Gmail cuts a mail off behind so many bytes of HTML (widely measured; Google documents no number).
GMAIL_MAX_BYTES = 102_400
NEEDED_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)
EXAMPLE_HOSTS = (
    "example.org",
    "example.com",
    "example.net",
    ".example",
    ".invalid",
    ".test",
)
VAGUE_LINK_TEXTS = frozenset(
    {"here", "click here", "read more", "this", "link", "more", "this link"}
)
#: SpamAssassin's own limit in points, and one from which a person should look.
SPAM_POINTS = 5.0
SUSPICIOUS_POINTS = 1.5
SPAMASSASSIN_TIMEOUT_SECONDS = 60


def check_mail(
    built: RenderedEdition,
    settings: Settings,
    message: bytes,
    points: float | None,
) -> Iterator[Finding]:
    """Yield what is wrong with the mail itself."""
    page = MailPage(built.html)
    yield from _check_size(built)
    yield from _check_links(built, page)
    yield from _check_footer(built, settings)
    yield from _check_text_part(built, page)
    yield from _check_addresses(settings)
    yield from _check_headers(message)
    yield from _check_spam(points)


def spam_points(message: bytes) -> float | None:
    """Return SpamAssassin's points by its local rules, None where it is not installed."""
    program = which("spamassassin")
    if not program:
        return None
    process = subprocess.run(  # noqa: S603 - a program of this machine, and our own message
        [program, "-L", "-t"],
        input=message,
        capture_output=True,
        timeout=SPAMASSASSIN_TIMEOUT_SECONDS,
        check=False,
    )
    score = re.search(
        rb"^X-Spam-Status:.*?score=(-?[\d.]+)",
        process.stdout,
        re.MULTILINE | re.DOTALL,
    )
    if score is None:
        return None
    return float(score[1])


def _check_size(built: RenderedEdition) -> Iterator[Finding]:
    size = len(built.html.encode())
    if size > GMAIL_MAX_BYTES:
        yield Finding(
            Severity.MUST,
            "the mail",
            f"{size // 1024} KB of HTML",
            "Gmail cuts a mail off behind 102 KB, and the unsubscribe link with it",
            "drop stories, or shorten the leads",
        )


def _check_links(built: RenderedEdition, page: MailPage) -> Iterator[Finding]:
    stories = {
        pick.url for section in built.edition.sections for pick in section.picks
    }
    for url, words in page.links:
        is_typed = url not in stories and is_in_text(built, url)
        if url.startswith("http") and is_typed and not is_public(url):
            yield Finding(
                Severity.MUST,
                line_of_link(built, url),
                f"{host_of(url)} is no public address",
                "no reader can open it",
                "give its public address",
            )
        if url.startswith("http:") and is_public(url):
            yield Finding(
                Severity.SHOULD,
                "the mail",
                f"{url} is not https",
                "browsers warn of it",
                "try the address with https",
            )
        if words.lower().strip(" .…") in VAGUE_LINK_TEXTS:
            yield Finding(
                Severity.SHOULD,
                "the mail",
                f"a link reads “{words}” ({url})",
                "out of context it says nothing (WCAG 2.2, 2.4.4)",
                "say what is behind it",
            )
        if not words:
            yield Finding(
                Severity.MUST,
                "the mail",
                f"a link without words ({url})",
                "nobody can follow it",
                "give it words",
            )


def _check_footer(
    built: RenderedEdition, settings: Settings
) -> Iterator[Finding]:
    for part, text in (("HTML", _strip_tags(built.html)), ("text", built.text)):
        if not _has_postal_address(text, settings):
            yield Finding(
                Severity.MUST,
                f"the {part} part",
                "the postal address is missing",
                "bulk mail must carry one (CAN-SPAM, 15 U.S.C. 7704(a)(5))",
                "put {{ postal_address }} back into the template",
            )
    for part, text in (("HTML", built.html), ("text", built.text)):
        if TOKEN_PLACEHOLDER not in text:
            yield Finding(
                Severity.MUST,
                f"the {part} part",
                "the unsubscribe link is missing",
                "recipients must be able to unsubscribe (RFC 8058; CAN-SPAM; GDPR, Art. 7(3))",
                "put {{ unsubscribe_url }} back into the template",
            )


def _has_postal_address(text: str, settings: Settings) -> bool:
    address = " ".join(settings.newsletter.postal_address.split())
    return address in " ".join(text.split())


def _strip_tags(html: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", " ", html))


def _check_text_part(
    built: RenderedEdition, page: MailPage
) -> Iterator[Finding]:
    addresses = set(built.text.split())
    for url, words in page.links:
        if not url.startswith("http") or TOKEN_PLACEHOLDER in url:
            continue
        if url not in addresses:
            yield Finding(
                Severity.SHOULD,
                "the text part",
                f"the link “{words}” is missing or broken there",
                "some read only the text part",
                "the template edition.txt should print each address",
            )


def _check_addresses(settings: Settings) -> Iterator[Finding]:
    newsletter = settings.newsletter
    addresses = {
        "sender.address": newsletter.sender.address,
        "reply_to": newsletter.reply_to,
    }
    for name, address in addresses.items():
        host = address.rpartition("@")[2]
        if host.endswith(EXAMPLE_HOSTS):
            yield Finding(
                Severity.MUST,
                f"feeds.yaml: newsletter.{name}",
                f"{address} is an example",
                "mail from it is refused, and answers are lost",
                "give your own address",
            )
    public_url = urlsplit(newsletter.public_url)
    if public_url.scheme != "https":
        yield Finding(
            Severity.MUST,
            "feeds.yaml: newsletter.public_url",
            f"{newsletter.public_url} is not https",
            "one-click unsubscribing needs it (RFC 8058, 3.1)",
            "put `digest serve` behind TLS",
        )
    public_host = public_url.hostname or ""
    if public_host.endswith(EXAMPLE_HOSTS) or public_host == "localhost":
        yield Finding(
            Severity.MUST,
            "feeds.yaml: newsletter.public_url",
            f"{public_host} is an example",
            "the unsubscribe link leads nowhere",
            "give the address of `digest serve`",
        )


def _check_headers(message: bytes) -> Iterator[Finding]:
    parsed = message_from_bytes(message, policy=default)
    for name in NEEDED_HEADERS:
        if not parsed.get(name):
            yield Finding(
                Severity.MUST,
                "the mail's head",
                f"{name} is missing",
                "Gmail and Yahoo ask it of bulk senders (2024)",
                "this is a fault of digest: report it",
            )
    if parsed.get("Auto-Submitted"):
        yield Finding(
            Severity.SHOULD,
            "the mail's head",
            "Auto-Submitted is set",
            "it marks automatic answers, not newsletters (RFC 3834)",
            "this is a fault of digest: report it",
        )


def _check_spam(points: float | None) -> Iterator[Finding]:
    if points is None or points < SUSPICIOUS_POINTS:
        return
    severity = Severity.SHOULD
    if points >= SPAM_POINTS:
        severity = Severity.MUST
    yield Finding(
        severity,
        "the mail",
        f"SpamAssassin gives it {points:.1f} points",
        f"mailboxes refuse at {SPAM_POINTS:.0f}",
        "`spamassassin -L -t < message.eml` says for what",
    )

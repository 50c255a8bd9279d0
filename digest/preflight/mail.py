"""The built mail: its size, its parts, its headers, what filters will say."""

import re
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from shutil import which
from urllib.parse import urlsplit

from digest.model import TOKEN, Build, Finding, Severity
from digest.preflight.line_numbers import is_public
from digest.preflight.web_page import Page
from digest.settings import Settings

#: Gmail cuts a mail off behind so many bytes of HTML (widely measured; Google documents no number).
CLIPPED = 102_400
#: What a provider's click tracking makes of each address (../research: 350 characters measured).
REWRITTEN = 350
NEEDED = (
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
VAGUE = frozenset(
    {"here", "click here", "read more", "this", "link", "more", "this link"}
)
SPAM = 5.0
RATHER_SPAM = 1.5  #: SpamAssassin's own limit, and one that asks for a look


def mail(
    built: Build, settings: Settings, message: bytes, spam: float | None
) -> Iterator[Finding]:
    """Yield what is wrong with the mail itself."""
    page = Page(built.html)
    yield from _size(built, page)
    yield from _links(page)
    yield from _footer(built, settings)
    yield from _text_part(built, page)
    yield from _addresses(settings)
    yield from _headers(message)
    yield from _spam(spam)


def spam_points(message: bytes) -> float | None:
    """Return SpamAssassin's points by its local rules, None where it is not installed."""
    program = which("spamassassin")
    if not program:
        return None
    done = subprocess.run(  # noqa: S603 - a program of this machine, and our own message
        [program, "-L", "-t"],
        input=message,
        capture_output=True,
        timeout=60,
        check=False,
    )
    found = re.search(
        rb"^X-Spam-Status:.*?score=(-?[\d.]+)", done.stdout, re.MULTILINE | re.DOTALL
    )
    if found:
        return float(found[1])
    return None


def _size(built: Build, page: Page) -> Iterator[Finding]:
    size = len(built.html.encode())
    tracked = size + sum(
        max(REWRITTEN - len(url), 0) for url, _ in page.links if url[:4] == "http"
    )
    if tracked > CLIPPED:
        yield Finding(
            Severity.MUST,
            "the mail",
            f"{tracked // 1024} KB of HTML once its links are rewritten",
            "Gmail cuts a mail off behind 102 KB, and the unsubscribe link with it",
            "drop stories, or shorten the leads",
        )


def _links(page: Page) -> Iterator[Finding]:
    for url, words in page.links:
        if url.startswith("http:") and is_public(url):
            yield Finding(
                Severity.SHOULD,
                "the mail",
                f"{url} is not https",
                "browsers warn of it",
                "try the address with https",
            )
        if words.lower().strip(" .…") in VAGUE:
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


def _footer(built: Build, settings: Settings) -> Iterator[Finding]:
    address = " ".join(settings.newsletter.postal_address.split())
    for part, text in (("HTML", _plain(built.html)), ("text", built.text)):
        if address not in " ".join(text.split()):
            yield Finding(
                Severity.MUST,
                f"the {part} part",
                "the postal address is missing",
                "bulk mail must carry one (CAN-SPAM, 15 U.S.C. 7704(a)(5))",
                "put {{ postal_address }} back into the template",
            )
    for part, text in (("HTML", built.html), ("text", built.text)):
        if TOKEN not in text:
            yield Finding(
                Severity.MUST,
                f"the {part} part",
                "the unsubscribe link is missing",
                "readers must be able to leave (RFC 8058; CAN-SPAM; GDPR, Art. 7(3))",
                "put {{ unsubscribe_url }} back into the template",
            )


def _plain(html: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", " ", html))


def _text_part(built: Build, page: Page) -> Iterator[Finding]:
    lines = {line.strip().rpartition(" ")[2] for line in built.text.split("\n")}
    for url, words in page.links:
        if url.startswith("http") and TOKEN not in url and url not in lines:
            yield Finding(
                Severity.SHOULD,
                "the text part",
                f"the link “{words}” is missing or broken there",
                "some read only the text part",
                "the template edition.txt should print each address",
            )


def _addresses(settings: Settings) -> Iterator[Finding]:
    news = settings.newsletter
    for name, address in (
        ("sender.address", news.sender.address),
        ("reply_to", news.reply_to),
    ):
        if address.rpartition("@")[2].endswith(EXAMPLE_HOSTS):
            yield Finding(
                Severity.MUST,
                f"feeds.yaml: newsletter.{name}",
                f"{address} is an example",
                "mail from it is refused, and answers are lost",
                "give your own address",
            )
    public = urlsplit(news.public_url)
    if public.scheme != "https":
        yield Finding(
            Severity.MUST,
            "feeds.yaml: newsletter.public_url",
            f"{news.public_url} is not https",
            "one-click unsubscribing needs it (RFC 8058, 3.1)",
            "put `digest serve` behind TLS",
        )
    if (public.hostname or "").endswith(
        EXAMPLE_HOSTS
    ) or public.hostname == "localhost":
        yield Finding(
            Severity.MUST,
            "feeds.yaml: newsletter.public_url",
            f"{public.hostname} is an example",
            "the unsubscribe link leads nowhere",
            "give the address of `digest serve`",
        )


def _headers(message: bytes) -> Iterator[Finding]:
    parsed = message_from_bytes(message, policy=default)
    for name in NEEDED:
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
            "it marks robots' answers, not letters (RFC 3834)",
            "this is a fault of digest: report it",
        )


def _spam(points: float | None) -> Iterator[Finding]:
    if points is not None and points >= RATHER_SPAM:
        yield Finding(
            Severity.MUST if points >= SPAM else Severity.SHOULD,
            "the mail",
            f"SpamAssassin gives it {points:.1f} points",
            f"mailboxes refuse at {SPAM:.0f}",
            "`spamassassin -L -t < message.eml` says for what",
        )

"""Evidence in a returned mail: tokens and ids that may identify the subscriber.

Only the headers of the returned message are searched for our tokens, never its text nor what
a person quotes: staff's own answers bounce too, and they quote subscribers' mail.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from digest.delivery.bounces.parts import (
    read_header,
    read_headers,
    text_of_message,
)
from digest.model.returned import ReturnedMessage, Verdict

#: A subscriber's id, the key of a newsletter unless it is the root one, a signature.
TOKEN_FORM = r"\d{1,10}\.(?:[a-z][a-z0-9-]{0,31}\.)?[A-Za-z0-9_-]{43}(?![\w-])"  # noqa: S105
TOKEN = re.compile(rf"(?<![\w-]){TOKEN_FORM}")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
ADDRESS = re.compile(r"[^\s<>;:,\"]+@[^\s<>;:,\"]+")
#: Where mail servers write to whom they delivered it: a return path of its own shows there.
DELIVERED_TO = "Delivered-To X-Original-To Envelope-To X-Envelope-To X-Delivered-To X-RcptTo To Cc".split()
#: Headers that name our mail in the text of a notice.
HEADER_LINE = r"^[ \t]*{}:[ \t]*(.*(?:\n[ \t]+(?![\w-]+:).*)*)"  # a line that begins with > is a quotation
COPIED_UNSUBSCRIBE_LINKS = re.compile(
    HEADER_LINE.format("List-Unsubscribe"), re.IGNORECASE | re.MULTILINE
)
COPIED_MESSAGE_ID = re.compile(
    HEADER_LINE.format("Message-ID"), re.IGNORECASE | re.MULTILINE
)
#: What is stored of each.
MAX_REASON_LENGTH = 300
MAX_TOKENS = 20
MAX_ADDRESSES = 50
IDENTITY_LENGTH = 32


def gather_evidence(
    message: Message,
    verdict: Verdict,
    reason: str,
    *,
    returned: Message | None = None,
    copied_text: str = "",
    about: str = "",
    sender: str = "",
) -> ReturnedMessage:
    """Return a verdict with the evidence of which subscriber a mail is about.

    `returned` are the headers of the message that came back, `copied_text` is a text that may
    hold them.
    """
    unsubscribe_links = _find_copied(COPIED_UNSUBSCRIBE_LINKS, copied_text)
    message_ids = _find_copied(COPIED_MESSAGE_ID, copied_text)
    delivered_to = list(read_headers(message, *DELIVERED_TO))
    if returned is not None:
        unsubscribe_links += read_headers(returned, "List-Unsubscribe")
        message_ids += read_headers(returned, "Message-ID")
        delivered_to += read_headers(returned, "Return-Path", "X-Envelope-From")
    elif verdict is not Verdict.UNKNOWN:
        # of a thread with several messages one cannot tell which came back
        message_ids += read_headers(message, "In-Reply-To")
    return ReturnedMessage(
        verdict,
        reason[:MAX_REASON_LENGTH],
        _find_unique(TOKEN, unsubscribe_links)[:MAX_TOKENS],
        _find_unique(MESSAGE_ID, message_ids)[:MAX_TOKENS],
        _find_unique(ADDRESS, delivered_to)[:MAX_ADDRESSES],
        about=about,
        sender=sender,
        id=identity_of(message),
        date=date_of(message),
    )


def identity_of(message: Message) -> str:
    """Return what names a report: its Message-ID, or a digest of what it says."""
    identity = read_header(message, "Message-ID")
    if not identity:
        sender = read_header(message, "From")
        date = read_header(message, "Date")
        identity = f"{sender}\n{date}\n{text_of_message(message)}"
    digest = hashlib.sha256(identity.encode("utf-8", "replace"))
    return digest.hexdigest()[:IDENTITY_LENGTH]


def date_of(message: Message) -> datetime | None:
    """Return when a mail was written, by its own header; None if that is no date."""
    try:
        date = parsedate_to_datetime(read_header(message, "Date"))
    except (ValueError, TypeError, OverflowError):
        return None
    if date.tzinfo is None:
        return date.replace(tzinfo=UTC)
    return date


def _find_copied(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the values of a header in a text, each on one line."""
    return [" ".join(match[1].split()) for match in pattern.finditer(text)]


def _find_unique(
    pattern: re.Pattern[str], texts: Iterable[str]
) -> tuple[str, ...]:
    matches: dict[str, None] = {}
    for text in texts:
        matches.update(dict.fromkeys(pattern.findall(text)))
    return tuple(matches)

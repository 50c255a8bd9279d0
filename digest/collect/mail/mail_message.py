"""Message of a mail, from bytes: its identity, its date, and the texts in which links are.

Of alternatives (RFC 2046, 5.1.4) the HTML is read, since a text that is made of it leaves out
what was linked; the plain text only where there is no HTML with links. A mail that was forwarded
as an attachment is read as if it had come itself. Attachments are not opened.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import chain, filterfalse

from digest.collect.feeds.clean import plain_text
from digest.collect.http.charset import decode_text
from digest.errors import DigestError
from digest.model.mail import UnreadReason

#: Characters of a mail's texts beyond which it is cut: newsletters are cut at 102 kB by Gmail.
MAX_BODY_LENGTH = 2_000_000
MAX_SUBJECT_LENGTH = 300
#: Parts in each other, beyond which a mail is made to harm.
MAX_DEPTH = 30
#: Headers that tell mails apart that have no Message-ID.
TELLING_HEADERS = ("Date", "From", "To", "Subject", "Received")
ADDRESS_IN_BRACKETS = re.compile(r"<\s*(https?://[^>\s]+)\s*>")
#: Hebrew and Arabic in the order of reading, as all mail has it (RFC 1556).
RTL_CHARSET = re.compile(r"(iso-8859-[68])-[ei]\b", re.IGNORECASE)
NOT_BASE_64 = re.compile(r"[^A-Za-z0-9+/=]")
HTML_SIGN = re.compile(rb"<(?:!doctype|html|body|table|div|a)\b", re.IGNORECASE)
HTML_SIGN_OCTETS = 2000
HAS_LINK = re.compile(r"<a\s[^>]*href", re.IGNORECASE)


class MailUnreadable(DigestError):
    """A mail that cannot be read."""

    def __init__(self, reason: UnreadReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers of a mail say of it."""

    key: str  #: see Mail
    address: str  #: of its sender


@dataclass(frozen=True, slots=True)
class Body:
    """A text of a mail."""

    text: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, as far as it is read."""

    key: str  #: made of its Message-ID, else of its other headers
    subject: str
    sender: str  #: its name, else its address
    sent: datetime | None
    bodies: tuple[Body, ...]
    #: addresses at which one unsubscribes (RFC 2369, 3.2)
    unsubscribe_addresses: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The words by which a person finds it."""
        subject = self.subject or "(no subject)"
        if self.sender:
            return f"“{subject}” of {self.sender}"
        return f"“{subject}”"


def read_mail(content: bytes) -> Mail:
    """Return a mail. Raises MailUnreadable, whatever is wrong with it."""
    try:
        return _read_message(content)
    except MailUnreadable:
        raise
    # email.* raises ValueError, LookupError, TypeError, AttributeError and more on what is malformed
    except (Exception, RecursionError) as error:
        raise MailUnreadable(
            UnreadReason.BROKEN,
            f"it cannot be read ({type(error).__name__})",
        ) from error


def read_envelope(headers: bytes) -> Envelope:
    """Return what the headers of a mail say; nothing is raised, whatever they are."""
    try:
        message = message_from_bytes(headers)
        _, address = parseaddr(_header(message, "From"))
        return Envelope(_key_of(message), address.lower())
    except (Exception, RecursionError):  # as in read_mail
        return Envelope(hashlib.sha256(headers).hexdigest(), "")


def _read_message(content: bytes) -> Mail:
    message = message_from_bytes(content)
    if not message.keys():
        message = _mail_without_headers(content)
    bodies: tuple[Body, ...] = ()
    if not _is_report(message):
        bodies = tuple(_bodies_of(message, 0))
        if not bodies:
            raise MailUnreadable(UnreadReason.NO_TEXT, "it has no text")
    original = _forwarded_in(message)
    unsubscribe = " ".join(_headers(message, "List-Unsubscribe"))
    return Mail(
        key=_key_of(message),
        subject=plain_text(_header(message, "Subject"))[:MAX_SUBJECT_LENGTH],
        sender=_sender_of(message),
        sent=_date_of(original) or _date_of(message),
        bodies=bodies,
        unsubscribe_addresses=frozenset(
            ADDRESS_IN_BRACKETS.findall(unsubscribe)
        ),
    )


def _is_report(message: Message) -> bool:
    """Return whether a mail server or a vacation program wrote a mail: it returns one of ours."""
    if message.get_content_type() == "multipart/report":
        return True
    return _header(message, "Auto-Submitted").lower().startswith("auto-replied")


def _key_of(message: Message) -> str:
    """Return the key that stands for a mail's Message-ID, else for the headers that tell it apart."""
    identity = "".join(_header(message, "Message-ID").split()).strip("<>")
    if not identity:
        facts = [_header(message, name) for name in TELLING_HEADERS]
        identity = "\n".join(facts).strip() or message.as_string()
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()


def _forwarded_in(message: Message) -> Message:
    """Return the mail that a mail forwards as an attachment, else the mail itself."""
    for part in message.walk():
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and payload:
            return payload[0]  # type: ignore[index,return-value]
    return message


def _bodies_of(part: Message, depth: int) -> Iterator[Body]:
    """Yield the texts of a part that a reader is shown."""
    if depth > MAX_DEPTH:
        raise MailUnreadable(
            UnreadReason.BROKEN, "its parts are nested too deep"
        )
    if part.is_multipart():
        yield from _bodies_of_several(part, depth)
        return
    is_attached = part.get_content_disposition() == "attachment"
    if (part.get_filename() or "").lower().endswith(".eml"):
        attached = message_from_bytes(_decode_payload(part))
        yield from _bodies_of(attached, depth + 1)
        return
    if is_attached or part.get_content_maintype() != "text":
        return
    if part.get_content_subtype() not in ("html", "plain"):
        return
    text = _decode_part(part)
    if text.strip():
        is_html = part.get_content_subtype() == "html"
        yield Body(text, is_html or _is_disguised_html(text))


def _bodies_of_several(part: Message, depth: int) -> Iterator[Body]:
    parts = part.get_payload()
    kind = part.get_content_type()
    if kind == "message/delivery-status" or not isinstance(parts, list):
        return
    bodies = [list(_bodies_of(one, depth + 1)) for one in parts]  # type: ignore[arg-type]
    if kind == "multipart/alternative":
        bodies = [_best_alternative(bodies)]
    yield from chain.from_iterable(bodies)


def _best_alternative(alternatives: list[list[Body]]) -> list[Body]:
    """Return the last alternative that has links in HTML, else the last plain text, else the last."""
    shown = list(filter(None, alternatives))
    linking = list(filter(_link_anything, shown))
    plain = list(filterfalse(_is_of_html, shown))
    best = linking or plain or shown
    if not best:
        return []
    return best[-1]


def _link_anything(bodies: list[Body]) -> bool:
    return any(map(_has_links, bodies))


def _is_of_html(bodies: list[Body]) -> bool:
    return bodies[0].is_html


def _has_links(body: Body) -> bool:
    return body.is_html and HAS_LINK.search(body.text) is not None


def _is_disguised_html(text: str) -> bool:
    """Return whether a text is HTML that calls itself plain."""
    start = text[:500].lstrip().lower()
    return start.startswith(("<!doctype html", "<html"))


def _decode_part(part: Message) -> str:
    payload = _decode_payload(part)
    media_type = str(part.get("Content-Type", ""))
    text = decode_text(
        payload[: MAX_BODY_LENGTH * 2], RTL_CHARSET.sub(r"\1", media_type)
    )
    if str(part.get_param("format", "")).lower() == "flowed":
        delete_space = str(part.get_param("delsp", "")).lower() == "yes"
        text = _join_flowed(text, delete_space=delete_space)
    return text[:MAX_BODY_LENGTH]


def _decode_payload(part: Message) -> bytes:
    """Return the bytes of a part; of broken base64 those before it breaks off."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding != "base64":
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            return payload
        return b""
    text = str(part.get_payload())
    letters = NOT_BASE_64.sub("", text).rstrip("=")
    if len(letters) % 4 == 1:  # a last letter alone means nothing
        letters = letters[:-1]
    return base64.b64decode(letters + "=" * (-len(letters) % 4))


def _mail_without_headers(content: bytes) -> Message:
    """Return the text of a mail whose headers were cut off, as a mail. Raises MailUnreadable."""
    if b"http" not in content:
        raise MailUnreadable(
            UnreadReason.NO_MAIL, "it is no mail: it has no headers"
        )
    message = Message()
    kind = "plain"
    if HTML_SIGN.search(content[:HTML_SIGN_OCTETS]):
        kind = "html"
    message.add_header("Content-Type", f"text/{kind}")
    message.set_payload(content)
    return message


def _join_flowed(text: str, *, delete_space: bool) -> str:
    """Return a text whose lines that end in a space go on in the next (RFC 3676, 4)."""
    lines: list[str] = []
    is_open = False
    for line in text.splitlines():
        flows_on = line.endswith(" ") and line != "-- "
        shown = line
        if flows_on and delete_space:
            shown = line[:-1]
        if is_open:
            lines[-1] += shown
        else:
            lines.append(shown)
        is_open = flows_on
    return "\n".join(lines)


def _sender_of(message: Message) -> str:
    name, address = parseaddr(_header(message, "From"))
    return plain_text(name or address)[:MAX_SUBJECT_LENGTH]


def _date_of(message: Message) -> datetime | None:
    try:
        sent = parsedate_to_datetime(_header(message, "Date"))
    except (TypeError, ValueError, OverflowError):
        return None
    if sent.tzinfo is None:
        sent = sent.replace(tzinfo=UTC)
    try:
        return sent.astimezone(UTC)
    except OverflowError:
        return None


def _header(message: Message, name: str) -> str:
    return next(iter(_headers(message, name)), "")


def _headers(message: Message, name: str) -> list[str]:
    """Return the values of a header in readable letters (RFC 2047)."""
    values = [str(value) for value in message.get_all(name, [])]
    return [_decode_words(value) for value in values]


def _decode_words(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError, TypeError):
        return value

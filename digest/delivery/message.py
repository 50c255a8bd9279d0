"""One letter to many messages: encoded once, then only addresses and tokens are joined in.

`email.message` takes five milliseconds for each recipient; joining segments takes microseconds and
parses back to the same message. A token never straddles a line: each piece of a body between
tokens is encoded by itself and ends in a soft line break (RFC 2045, 6.7).
"""

import hashlib
import quopri
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from digest.delivery.flowed_text import PARAMETER, flowed
from digest.delivery.refusal_words import folded, header_phrase, header_text
from digest.errors import DigestError
from digest.model import TOKEN, Letter, Recipient
from digest.ports import Clock

ADDRESS = "address"
MESSAGE_ID = "message-id"
OUR_ID = re.compile(r"<(\d{8})\.(\d{1,10})\.([0-9a-f]{20})@")
MOST_IN_A_LINE = 76  #: octets of quoted-printable in a line (RFC 2045, 6.7, rule 5)
#: A space at a line's end, which the encoder lets stand out over that.
TOO_LONG = re.compile(rb"^(.{74,})(=[0-9A-F]{2})$", re.MULTILINE)
Segment = bytes | str  #: a str names what is filled in: ADDRESS, MESSAGE_ID or TOKEN


class Message:
    """A letter as RFC 5322 bytes, ready for any recipient."""

    def __init__(self, letter: Letter, date: datetime) -> None:
        """Encode everything that does not depend on the recipient.

        Raises DigestError for a header that holds a line break.
        """
        self._domain = letter.sender_address.rpartition("@")[2]
        self._day = f"{letter.edition:%Y%m%d}"
        self._segments = _merge(_segments(letter, date))

    def to(self, recipient: Recipient) -> bytes:
        """Return the message for one recipient, lines ended by CRLF."""
        values = {
            ADDRESS: one_line(recipient.address).encode("utf-8"),
            MESSAGE_ID: self.message_id(recipient).encode("ascii"),
            TOKEN: recipient.token.encode("ascii"),
        }
        return b"".join(
            s if isinstance(s, bytes) else values[s] for s in self._segments
        )

    def message_id(self, recipient: Recipient) -> str:
        """Return an id that is the same at every attempt, and gives the token away to nobody."""
        return f"<{self._day}.{recipient.subscriber}.{_digest(recipient.token)}@{self._domain}>"


def encoder(clock: Clock) -> Callable[[Letter], Message]:
    """Return what encodes a letter the first time it is asked for and then remembers it.

    A transport that takes one recipient at a time asks once for each.
    """
    return lru_cache(maxsize=1)(lambda letter: Message(letter, clock()))


def read_message_id(
    message_id: str, tokens_of: Callable[[int], tuple[str, ...]]
) -> tuple[int, date] | None:
    """Return the subscriber and the edition's day of a Message-ID; None if it was not made here.

    `tokens_of` gives a subscriber's token by each of our keys. The day itself is not proven.
    """
    match = OUR_ID.match(message_id)
    if match is None:
        return None
    subscriber = int(match[2])
    if all(_digest(token) != match[3] for token in tokens_of(subscriber)):
        return None
    try:
        return subscriber, datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        return None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:20]


def unsubscribe_headers(letter: Letter, token: str) -> dict[str, str]:
    """Return the headers for one-click unsubscribing (RFC 2369; RFC 8058, 3.1)."""
    ways = _ways_out(letter.unsubscribe_url, letter.unsubscribe_mail)
    return {
        "List-Unsubscribe": ways.replace(TOKEN, token),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@lru_cache(maxsize=8)
def _ways_out(url: str, mail: str) -> str:
    address = quote(
        mail, safe="@+!$'*-._~"
    )  # RFC 6068, 2: "?" and "&" would begin something else
    return f"<{url}>, <mailto:{address}?subject={quote('unsubscribe ')}{TOKEN}>"


def list_id(letter: Letter) -> str:
    """Return the List-Id header's value (RFC 2919)."""
    return f"{header_phrase(one_line(letter.organisation))} <{letter.list_id}>"


def feedback_id(letter: Letter) -> str:
    """Return the Feedback-ID header's value, by which Gmail tells a sender about complaints.

    Edition, list, kind, and the sender's id of 5 to 15 characters, nothing of the reader
    (support.google.com/mail/answer/6254652).
    """
    sender = re.sub(r"[^a-z0-9]", "", letter.sender_address.rpartition("@")[2].lower())
    slug = letter.list_id.partition(".")[0]
    return f"{letter.edition:%Y%m%d}:{slug}:newsletter:{sender[:15]:x<5}"


def _segments(letter: Letter, date: datetime) -> Iterator[Segment]:
    boundary = "=_" + hashlib.sha256(letter.html.encode()).hexdigest()[:32]
    headers = {
        "From": _mailbox(letter.sender_name, letter.sender_address),
        "To": ADDRESS,
        "Reply-To": one_line(letter.reply_to),
        "Subject": header_text(one_line(letter.subject)),
        "Date": format_datetime(date),
        "Message-ID": MESSAGE_ID,
        **_list_headers(letter),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    for name, value in headers.items():
        if value in (ADDRESS, MESSAGE_ID):
            yield f"{name}: ".encode()
            yield value
        else:
            yield from _split(folded(name, value))
        yield b"\r\n"
    text = flowed(letter.text)
    for kind, body in ((f"plain; {PARAMETER}", text), ("html", letter.html)):
        yield f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'.encode()
        yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        yield from _body(body)
    yield f"\r\n--{boundary}--\r\n".encode()


def _list_headers(letter: Letter) -> dict[str, str]:
    """Return what marks bulk mail; a reply to one person's request says that it is one."""
    if not letter.unsubscribe_url:
        return {"Auto-Submitted": "auto-replied"}  # RFC 3834, 5
    return {
        "List-Id": list_id(letter),
        "Feedback-ID": feedback_id(letter),
        **unsubscribe_headers(letter, TOKEN),
    }


def _split(text: str) -> Iterator[Segment]:
    first, *rest = text.split(TOKEN)
    yield first.encode("utf-8")
    for piece in rest:
        yield TOKEN
        yield piece.encode("utf-8")


def _body(text: str) -> Iterator[Segment]:
    # a lone CR would leave as it is, which RFC 5322, 2.3 forbids
    first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split(TOKEN)
    yield _quoted(first)
    for piece in rest:
        yield b"=\r\n"
        yield TOKEN
        yield b"=\r\n" + _quoted(piece)


def _quoted(text: str) -> bytes:
    """Return a piece of a body whose last line has room for a soft line break behind it."""
    encoded = quopri.encodestring(text.encode("utf-8"))
    encoded = TOO_LONG.sub(rb"\1=\n\2", encoded).replace(b"\n", b"\r\n")
    last_line = encoded[encoded.rfind(b"\n") + 1 :]
    if len(last_line) < MOST_IN_A_LINE:
        return encoded
    escape = last_line.rfind(b"=", -3)  # what stands for one octet stays whole
    if escape >= 0:
        kept_back = len(last_line) - escape
    else:
        kept_back = 1
    return encoded[:-kept_back] + b"=\r\n" + encoded[-kept_back:]


def _merge(segments: Iterator[Segment]) -> tuple[Segment, ...]:
    merged: list[Segment] = []
    for segment in segments:
        if merged and isinstance(segment, bytes) and isinstance(merged[-1], bytes):
            merged[-1] += segment
        else:
            merged.append(segment)
    return tuple(merged)


def _mailbox(name: str, address: str) -> str:
    phrase = header_phrase(one_line(name))
    plain = one_line(address)
    if phrase:
        return f"{phrase} <{plain}>"
    return plain


def one_line(text: str) -> str:
    """Return text that is fit for a header. Raises DigestError if it holds a line break."""
    # A line break in a header starts another header: Bcc, say (CWE-93).
    if "\n" in text or "\r" in text or "\0" in text:
        raise DigestError(f"a mail header must not hold a line break: {text!r}")
    return text

"""Email as RFC 5322 messages: encoded once, then only addresses and tokens are joined in.

`email.message` takes five milliseconds for each recipient; joining segments takes microseconds and
parses back to the same message. A token has lines of its own: each piece of a body between tokens
is encoded by itself and ends in a soft line break (RFC 2045, 6.7).
"""

import hashlib
import quopri
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from digest.delivery.flowed_text import PARAMETER, wrap_flowed
from digest.delivery.header_text import fold_header, header_phrase, header_text
from digest.errors import DigestError
from digest.model import (
    ROOT_NEWSLETTER,
    TOKEN_PLACEHOLDER,
    EditionKey,
    Email,
    Recipient,
)
from digest.model.returned import DeliveryProof, TokensOf
from digest.ports import Clock

#: Names of what is filled in for each recipient, beside TOKEN.
ADDRESS = "address"
MESSAGE_ID = "message-id"
BODY_TOKEN = "token in a body"  # noqa: S105 # a name
#: A Message-ID that was made here: the edition's day, its newsletter's key unless that is the root
#: one, the subscriber, a digest of the token.
OUR_MESSAGE_ID = re.compile(
    r"<(\d{8})\.(?:([a-z][a-z0-9-]{0,31})\.)?(\d{1,10})\.([0-9a-f]{20})@"
)
TOKEN_DIGEST_LENGTH = 20  #: hexadecimal digits
#: Octets of quoted-printable in a line (RFC 2045, 6.7, rule 5).
MAX_LINE_LENGTH = 76
#: Octets of a token in its first line, if it is too long for one.
MAX_TOKEN_LINE = 43
#: Letters and digits of the sender's id in a Feedback-ID.
MIN_SENDER_ID_LENGTH = 5
MAX_SENDER_ID_LENGTH = 15
#: A space at a line's end, which the encoder lets stand out over that.
TOO_LONG = re.compile(rb"^(.{74,})(=[0-9A-F]{2})$", re.MULTILINE)
#: a str names what is filled in: ADDRESS, MESSAGE_ID, BODY_TOKEN or TOKEN
Segment = bytes | str


class EncodedEmail:
    """A email as RFC 5322 bytes, ready for any recipient."""

    def __init__(self, email: Email, date: datetime) -> None:
        """Encode everything that does not depend on the recipient.

        Raises DigestError for a header that holds a line break.
        """
        self._domain = email.sender_address.rpartition("@")[2]
        self._edition = _name_edition(email.key)
        self._segments = _merge_segments(_make_segments(email, date))

    def bytes_for(self, recipient: Recipient) -> bytes:
        """Return the message for one recipient, lines ended by CRLF."""
        values = {
            ADDRESS: one_line(recipient.address).encode("utf-8"),
            MESSAGE_ID: self.message_id(recipient).encode("ascii"),
            TOKEN_PLACEHOLDER: recipient.token.encode("ascii"),
            BODY_TOKEN: _encode_token(recipient.token),
        }
        filled_segments: list[bytes] = []
        for segment in self._segments:
            if isinstance(segment, bytes):
                filled_segments.append(segment)
            else:
                filled_segments.append(values[segment])
        return b"".join(filled_segments)

    def message_id(self, recipient: Recipient) -> str:
        """Return an id that is the same at every attempt and does not reveal the token."""
        digest = _digest_token(recipient.token)
        return (
            f"<{self._edition}.{recipient.subscriber}.{digest}@{self._domain}>"
        )


def make_encoder(clock: Clock) -> Callable[[Email], EncodedEmail]:
    """Return a function that encodes an email, and remembers the last one that it encoded.

    A transport that takes one recipient at a time calls it once for each.
    """

    @lru_cache(maxsize=1)
    def encode(email: Email) -> EncodedEmail:
        return EncodedEmail(email, clock())

    return encode


def read_message_id(
    message_id: str, tokens_of: TokensOf
) -> DeliveryProof | None:
    """Return the delivery that a Message-ID is of; None if it was not made here.

    `tokens_of` gives a subscriber's token for a newsletter by each of our keys. The day itself is
    not proven.
    """
    match = OUR_MESSAGE_ID.match(message_id)
    if match is None:
        return None
    newsletter = match[2] or ROOT_NEWSLETTER
    subscriber = int(match[3])
    tokens = tokens_of(subscriber, newsletter)
    if match[4] not in map(_digest_token, tokens):
        return None
    try:
        day = datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        return None
    return DeliveryProof(subscriber, EditionKey(newsletter, day))


def _name_edition(key: EditionKey) -> str:
    """Return how a Message-ID names an edition."""
    if key.newsletter == ROOT_NEWSLETTER:
        return f"{key.day:%Y%m%d}"
    return f"{key.day:%Y%m%d}.{key.newsletter}"


def _digest_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:TOKEN_DIGEST_LENGTH]


def unsubscribe_headers(email: Email, token: str) -> dict[str, str]:
    """Return the headers for one-click unsubscribing (RFC 2369; RFC 8058, 3.1)."""
    addresses = _unsubscribe_addresses(
        email.unsubscribe_url, email.unsubscribe_mail
    )
    return {
        "List-Unsubscribe": addresses.replace(TOKEN_PLACEHOLDER, token),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@lru_cache(maxsize=8)
def _unsubscribe_addresses(url: str, mail: str) -> str:
    # RFC 6068, 2: "?" and "&" would begin something else
    address = quote(mail, safe="@+!$'*-._~")
    return f"<{url}>, <mailto:{address}?subject={quote('unsubscribe ')}{TOKEN_PLACEHOLDER}>"


def list_id(email: Email) -> str:
    """Return the List-Id header's value (RFC 2919)."""
    return f"{header_phrase(one_line(email.organisation))} <{email.list_id}>"


def feedback_id(email: Email) -> str:
    """Return the Feedback-ID header's value, by which Gmail tells a sender about complaints.

    Edition, list, kind, and the sender's id of 5 to 15 characters, nothing about the recipient
    (support.google.com/mail/answer/6254652).
    """
    domain = email.sender_address.rpartition("@")[2].lower()
    sender_id = re.sub(r"[^a-z0-9]", "", domain)[:MAX_SENDER_ID_LENGTH]
    padded_id = sender_id.ljust(MIN_SENDER_ID_LENGTH, "x")
    slug = email.list_id.partition(".")[0]
    return f"{email.edition:%Y%m%d}:{slug}:newsletter:{padded_id}"


def _make_segments(email: Email, date: datetime) -> Iterator[Segment]:
    boundary = "=_" + hashlib.sha256(email.html.encode()).hexdigest()[:32]
    headers = {
        "From": _format_mailbox(email.sender_name, email.sender_address),
        "To": ADDRESS,
        "Reply-To": one_line(email.reply_to),
        "Subject": header_text(one_line(email.subject)),
        "Date": format_datetime(date),
        "Message-ID": MESSAGE_ID,
        **_list_headers(email),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    for name, value in headers.items():
        if value in (ADDRESS, MESSAGE_ID):
            yield f"{name}: ".encode()
            yield value
        else:
            yield from _split_header(fold_header(name, value))
        yield b"\r\n"
    yield from _make_part(
        f"plain; {PARAMETER}", wrap_flowed(email.text), boundary
    )
    yield from _make_part("html", email.html, boundary)
    yield f"\r\n--{boundary}--\r\n".encode()


def _make_part(subtype: str, body: str, boundary: str) -> Iterator[Segment]:
    """Yield one part of the message: its boundary, its headers, its encoded body."""
    content_type = f'Content-Type: text/{subtype}; charset="utf-8"'
    yield f"\r\n--{boundary}\r\n{content_type}\r\n".encode()
    yield b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    yield from _encode_body(body)


def _list_headers(email: Email) -> dict[str, str]:
    """Return the headers that mark bulk mail, or a reply to one person's request."""
    if not email.unsubscribe_url:
        return {"Auto-Submitted": "auto-replied"}  # RFC 3834, 5
    return {
        "List-Id": list_id(email),
        "Feedback-ID": feedback_id(email),
        **unsubscribe_headers(email, TOKEN_PLACEHOLDER),
    }


def _split_header(text: str) -> Iterator[Segment]:
    first_piece, *other_pieces = text.split(TOKEN_PLACEHOLDER)
    yield first_piece.encode("utf-8")
    for piece in other_pieces:
        yield TOKEN_PLACEHOLDER
        yield piece.encode("utf-8")


def _encode_body(text: str) -> Iterator[Segment]:
    # a lone CR would leave as it is, which RFC 5322, 2.3 forbids
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    first_piece, *other_pieces = lines.split(TOKEN_PLACEHOLDER)
    yield _encode_piece(first_piece)
    for piece in other_pieces:
        yield b"=\r\n"
        yield BODY_TOKEN
        yield b"=\r\n" + _encode_piece(piece)


def _encode_token(token: str) -> bytes:
    """Return a token as quoted-printable with room for a soft line break behind it.

    One with a long key of a newsletter needs two lines.
    """
    octets = token.encode("ascii")
    if len(octets) < MAX_LINE_LENGTH:
        return octets
    return octets[:MAX_TOKEN_LINE] + b"=\r\n" + octets[MAX_TOKEN_LINE:]


def _encode_piece(text: str) -> bytes:
    """Return a piece of a body as quoted-printable.

    Its last line has room for a soft line break behind it.
    """
    encoded = quopri.encodestring(text.encode("utf-8"))
    encoded = TOO_LONG.sub(rb"\1=\n\2", encoded).replace(b"\n", b"\r\n")
    last_line = encoded[encoded.rfind(b"\n") + 1 :]
    if len(last_line) < MAX_LINE_LENGTH:
        return encoded
    moved_octets = 1
    escape = last_line.rfind(b"=", -3)
    if escape >= 0:  # an escape of three octets stays whole
        moved_octets = len(last_line) - escape
    return encoded[:-moved_octets] + b"=\r\n" + encoded[-moved_octets:]


def _merge_segments(segments: Iterator[Segment]) -> tuple[Segment, ...]:
    """Join consecutive segments that are bytes."""
    merged: list[Segment] = []
    for segment in segments:
        if (
            merged
            and isinstance(segment, bytes)
            and isinstance(merged[-1], bytes)
        ):
            merged[-1] += segment
        else:
            merged.append(segment)
    return tuple(merged)


def _format_mailbox(name: str, address: str) -> str:
    phrase = header_phrase(one_line(name))
    safe_address = one_line(address)
    if not phrase:
        return safe_address
    return f"{phrase} <{safe_address}>"


def one_line(text: str) -> str:
    """Return text that is fit for a header. Raises DigestError if it holds a line break."""
    # A line break in a header starts another header: Bcc, say (CWE-93).
    if "\n" in text or "\r" in text or "\0" in text:
        raise DigestError(f"a mail header must not hold a line break: {text!r}")
    return text

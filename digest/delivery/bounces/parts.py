"""Parts of a returned mail, however damaged: headers decoded, texts decoded, blocks of fields."""

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr

#: Characters of a notice that are looked at: a reason stands near its beginning.
LONGEST_TEXT = 200_000
BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
TAG = re.compile(r"<[^<>]*>")
LONGEST_HEADER = 2000  #: characters of a header that are looked at
#: Text of these is headers of the message that came back (RFC 3462, 2; RFC 6533, 5).
RETURNED_HEADERS = frozenset(
    {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
RETURNED_MESSAGES = frozenset({"message/rfc822", "message/global"})

Fields = dict[str, str]


def header(message: Message, name: str) -> str:
    """Return a header's first value as a person reads it, on one line; "" if there is none."""
    return next(headers(message, name), "")


def headers(message: Message, *names: str) -> Iterator[str]:
    """Yield all values of some headers."""
    for name in names:
        for value in _raw_values(message, name):
            yield decoded(value)


def decoded(value: str) -> str:
    """Return a header's value with its encoded words read, as far as they can be."""
    one_line = " ".join(value.split())
    if "=?" not in one_line:
        return one_line
    try:
        pieces = decode_header(one_line)
    except (ValueError, binascii.Error):  # HeaderParseError is a ValueError
        return one_line
    return "".join(
        _in_charset(piece, charset) if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )


def address_of(message: Message, name: str) -> str:
    """Return the one mail address of a header, in lower case; "" if there are none or several."""
    found = [a for _, a in getaddresses(_raw_values(message, name)) if "@" in a]
    if len(found) == 1:
        return found[0].lower()
    return ""


def plain_address(value: str) -> str:
    """Return the address of a field such as `rfc822; ada@example.org`."""
    return parseaddr(value.partition(";")[2].strip() or value)[1][:320]


def own_parts(message: Message) -> Iterator[Message]:
    """Yield a message's parts, but nothing of a message that is attached to it."""
    yield message
    if message.get_content_type() in RETURNED_MESSAGES or not message.is_multipart():
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from own_parts(part)


def text_of(part: Message) -> str:
    """Return a text part's text, HTML without its marks."""
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    text = _in_charset(octets[: 4 * LONGEST_TEXT], part.get_content_charset())[
        :LONGEST_TEXT
    ]
    if part.get_content_type() == "text/html":
        text = html.unescape(TAG.sub(" ", text))
    return text.replace("\r\n", "\n")


def blocks_of(part: Message) -> list[Fields]:
    """Return a report's blocks of fields (RFC 3464, 2.1; RFC 5965, 3), names in lower case."""
    text = _octets(part).decode("utf-8", "replace")[:LONGEST_TEXT]
    return [found for block in BLANK_LINE.split(text) if (found := _fields(block))]


def returned_headers(part: Message) -> Message:
    """Return the headers of the message that came back in a part."""
    return BytesHeaderParser().parsebytes(_octets(part).lstrip())


def _raw_values(message: Message, name: str) -> list[str]:
    """Return all values of a header; octets beyond ASCII, which none should hold, as UTF-8."""
    return [
        str(value)[:LONGEST_HEADER]
        .encode("utf-8", "surrogateescape")
        .decode("utf-8", "replace")
        for known, value in message.raw_items()
        if known.lower() == name.lower()
    ]


def _octets(part: Message) -> bytes:
    """Return a part's content, with the encoding undone that some put even on messages."""
    if not part.is_multipart():
        octets = part.get_payload(decode=True)
        if isinstance(octets, bytes):
            return octets
        return b""
    inner = [p for p in part.get_payload() if isinstance(p, Message)]
    raw = b"\n\n".join(p.as_bytes() for p in inner)
    encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    if encoding == "base64":
        try:
            return base64.b64decode(raw)
        except binascii.Error:
            return raw
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    return raw


def _fields(block: str) -> Fields:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
    found: Fields = {}
    for line in unfolded.splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip() and " " not in name.strip():
            found.setdefault(name.strip().lower(), decoded(value))
    return found


def _in_charset(octets: bytes, charset: str | None) -> str:
    try:
        return octets.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # a charset that nobody knows
        return octets.decode("utf-8", "replace")

"""Parts of a returned mail, however damaged: decoded headers and texts, blocks of fields."""

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

#: Characters of a notice that are read: a reason is near its beginning.
MAX_TEXT_LENGTH = 200_000
BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
TAG = re.compile(r"<[^<>]*>")
MAX_HEADER_LENGTH = 2000  #: characters of a header that are read
MAX_ADDRESS_LENGTH = 320  #: characters (RFC 3696, 3)
#: Text of these is headers of the message that came back (RFC 3462, 2; RFC 6533, 5).
RETURNED_HEADERS = frozenset(
    {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
)
RETURNED_MESSAGES = frozenset({"message/rfc822", "message/global"})

Fields = dict[str, str]


def read_header(message: Message, name: str) -> str:
    """Return a header's first value as a person reads it, on one line; "" if there is none."""
    return next(read_headers(message, name), "")


def read_headers(message: Message, *names: str) -> Iterator[str]:
    """Yield all values of some headers."""
    for name in names:
        for value in _raw_values(message, name):
            yield decode_words(value)


def decode_words(value: str) -> str:
    """Return a header's value with its encoded words read, as far as they can be."""
    one_line = " ".join(value.split())
    if "=?" not in one_line:
        return one_line
    try:
        pieces = decode_header(one_line)
    except (ValueError, binascii.Error):  # HeaderParseError is a ValueError
        return one_line
    texts = []
    for piece, charset in pieces:
        if isinstance(piece, bytes):
            texts.append(_decode_bytes(piece, charset))
        else:
            texts.append(piece)
    return "".join(texts)


def address_of(message: Message, name: str) -> str:
    """Return the one mail address of a header, in lower case; "" if there are none or several."""
    pairs = getaddresses(_raw_values(message, name))
    addresses = [address for _, address in pairs if "@" in address]
    if len(addresses) != 1:
        return ""
    return addresses[0].lower()


def plain_address(value: str) -> str:
    """Return the address of a field such as `rfc822; ada@example.org`."""
    behind_type = value.partition(";")[2].strip()
    _, address = parseaddr(behind_type or value)
    return address[:MAX_ADDRESS_LENGTH]


def own_parts(message: Message) -> Iterator[Message]:
    """Yield a message's parts, but nothing of a message that is attached to it."""
    yield message
    if (
        message.get_content_type() in RETURNED_MESSAGES
        or not message.is_multipart()
    ):
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from own_parts(part)


def text_of(part: Message) -> str:
    """Return a text part's text, HTML without its marks."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    # a character has at most four bytes
    text = _decode_bytes(
        content[: 4 * MAX_TEXT_LENGTH], part.get_content_charset()
    )
    text = text[:MAX_TEXT_LENGTH]
    if part.get_content_type() == "text/html":
        text = html.unescape(TAG.sub(" ", text))
    return text.replace("\r\n", "\n")


def text_of_message(message: Message) -> str:
    """Return the texts of all text parts of a message."""
    texts = [
        text_of(part)
        for part in own_parts(message)
        if part.get_content_maintype() == "text"
    ]
    return "\n".join(texts)


def find_part(message: Message, *kinds: str) -> Message | None:
    """Return the first part of one of some types; None if there is none."""
    for part in own_parts(message):
        if part.get_content_type() in kinds:
            return part
    return None


def find_returned_headers(message: Message) -> Message | None:
    """Return the headers of the message that came back; None if it is not attached."""
    part = find_part(message, *RETURNED_HEADERS, *RETURNED_MESSAGES)
    if part is None:
        return None
    return BytesHeaderParser().parsebytes(_content_of(part).lstrip())


def blocks_of(part: Message) -> list[Fields]:
    """Return a report's blocks of fields (RFC 3464, 2.1; RFC 5965, 3), names in lower case."""
    text = _content_of(part).decode("utf-8", "replace")[:MAX_TEXT_LENGTH]
    blocks = [_parse_fields(block) for block in BLANK_LINE.split(text)]
    return [fields for fields in blocks if fields]


def _raw_values(message: Message, name: str) -> list[str]:
    """Return all values of a header; octets beyond ASCII, which none should hold, as UTF-8."""
    values = []
    for header_name, value in message.raw_items():
        if header_name.lower() == name.lower():
            octets = str(value)[:MAX_HEADER_LENGTH].encode(
                "utf-8", "surrogateescape"
            )
            values.append(octets.decode("utf-8", "replace"))
    return values


def _content_of(part: Message) -> bytes:
    """Return a part's content, with the encoding undone that some put even on messages."""
    if part.is_multipart():
        messages = [
            item for item in part.get_payload() if isinstance(item, Message)
        ]
        raw = b"\n\n".join(message.as_bytes() for message in messages)
        encoding = part.get("Content-Transfer-Encoding", "")
        return _undo_encoding(raw, str(encoding).strip().lower())
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    return b""


def _undo_encoding(raw: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        try:
            return base64.b64decode(raw)
        except binascii.Error:
            return raw
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    return raw


def _parse_fields(block: str) -> Fields:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", block)
    fields: Fields = {}
    for line in unfolded.splitlines():
        raw_name, colon, value = line.partition(":")
        name = raw_name.strip()
        if colon and name and " " not in name:
            fields.setdefault(name.lower(), decode_words(value))
    return fields


def _decode_bytes(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):  # an unknown charset
        return content.decode("utf-8", "replace")

"""Charset of an answer: turn bytes into text as browsers do, and replace only what is broken.

Input are the bytes and their Content-Type; output is text, in which U+FFFD stands for each broken
byte. In this order is believed: a byte order mark; the bytes themselves, where they can hardly be
anything but UTF-8; the header; what the document declares; a guess (HTML Living Standard,
13.2.3.1: "Determining the character encoding"; RFC 7303, 3). The second is where we differ: servers
announce their default charset for documents that somebody else wrote.
"""

import codecs
import re
from collections.abc import Iterator

REPLACEMENT = "\ufffd"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Labels that mean another charset than they say (Encoding Standard, 4.2: "Names and labels").
REAL_NAMES = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
    "x-user-defined": "cp1252",
}
#: Bytes at the start in which a document declares its charset; the standard reads 1,024.
DECLARATION_BYTES = 4_096
DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)"""
    rb"""|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
#: Characters that UTF-8 writes in two to four bytes: so regular that no other charset looks so.
UTF_8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
#: Of ten bytes beyond ASCII, those that may be broken in a document that is UTF-8.
MAX_BROKEN_TENTHS = 2
#: Bytes beyond ASCII under which a guess is worth nothing.
MIN_GUESS_BYTES = 12
#: Bytes that a guess looks at.
GUESS_BYTES = 100_000
#: Of the charsets with such names, those of other letters.
NOT_LATIN = frozenset(
    "cp1251 cp1253 cp1255 cp1256 cp1258 iso8859_5 iso8859_6 iso8859_7 iso8859_8 "
    "iso8859_11".split()
)
CENTRAL_EUROPEAN = re.compile(
    rb"""(?:lang\s*=\s*["']|<language>\s*)(?:pl|cs|sk|sl|hr|hu|ro|bs|sq)\b""",
    re.IGNORECASE,
)
#: What most of the web was written in before UTF-8, and what a browser takes in most countries.
LAST_RESORT = "cp1252"


def decode_text(body: bytes, media_type: str = "") -> str:
    """Return the text of an answer, whatever its bytes."""
    for mark, charset in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    if body.isascii():
        charset = _charset_of_ascii(body, media_type)
        return body.decode(charset, "replace")
    if _is_mostly_utf_8(body):
        return body.decode("utf-8", "replace")
    charset = find_charset(body, media_type) or _guess_charset(body)
    return body.decode(charset, "replace")


def list_charset_problems(body: bytes, text: str, media_type: str) -> list[str]:
    """Return what was wrong with the charset of bytes that became a text, in sentences."""
    problems: list[str] = []
    broken = text.count(REPLACEMENT)
    if broken:
        problems.append(f"{broken} broken characters, shown as {REPLACEMENT}")
    if body.isascii() or _is_mostly_utf_8(body):
        return problems
    if not find_charset(body, media_type) and not _has_mark(body):
        problems.append("not in the charset that it names, or in UTF-8")
    return problems


def _has_mark(body: bytes) -> bool:
    return any(body.startswith(mark) for mark, _ in BYTE_ORDER_MARKS)


def find_charset(body: bytes, media_type: str) -> str:
    """Return Python's name of the charset that header or document name; "" if neither does."""
    for label in _labels_of(body, media_type):
        name = _codec_of(label)
        # it would have been taken for UTF-8 if it were
        if name and name != "utf-8":
            return name
    return ""


def _labels_of(body: bytes, media_type: str) -> Iterator[str]:
    """Yield the labels of charsets that the header has, then the document."""
    in_header = IN_HEADER.search(media_type)
    if in_header:
        yield in_header[1]
    declared = DECLARED.search(body[:DECLARATION_BYTES])
    if declared:
        label = declared[1] or declared[2]
        yield label.decode("ascii")


def _charset_of_ascii(body: bytes, media_type: str) -> str:
    """Return the charset of bytes that are ASCII, unless they are switched by escapes (ISO 2022)."""
    if b"\x1b" not in body:
        if body[:64].count(0) * 4 > len(body[:64]):
            return _utf_16_of(body)
        return "ascii"
    return find_charset(body, media_type) or "ascii"


def _utf_16_of(body: bytes) -> str:
    """Return which UTF-16 it is, without a mark: where the zeros of its ASCII stand."""
    if body[:1] == b"\x00":
        return "utf-16-be"
    return "utf-16-le"


def _is_mostly_utf_8(body: bytes) -> bool:
    """Return whether nearly all that is beyond ASCII are characters of UTF-8."""
    good = sum(len(match[0]) for match in UTF_8_CHARACTER.finditer(body))
    if not good:
        return False
    beyond = sum(len(match[0]) for match in BEYOND_ASCII.finditer(body))
    return (beyond - good) * 10 <= beyond * MAX_BROKEN_TENTHS


def _codec_of(label: str) -> str:
    """Return Python's name of a charset; "" if there is none, or it is no charset of text."""
    name = REAL_NAMES.get(label.lower(), label.lower())
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if not codec._is_text_encoding:
        return ""
    return codec.name


def _guess_charset(body: bytes) -> str:
    beyond = sum(len(match[0]) for match in BEYOND_ASCII.finditer(body))
    if beyond < MIN_GUESS_BYTES:
        return LAST_RESORT
    from charset_normalizer import from_bytes

    guess = from_bytes(
        body[:GUESS_BYTES],
        cp_exclusion=["mac_roman", "mac_latin2", "mac_iceland", "cp437"],
    ).best()
    if guess is None or _is_western(guess.encoding, body):
        return LAST_RESORT
    return guess.encoding


def _is_western(charset: str, body: bytes) -> bool:
    """Return whether a guess is one of Latin letters, and nothing says that they are Central Europe's.

    They differ in so few letters that a guess among them is worth nothing.
    """
    if not charset.startswith(("cp125", "iso8859", "latin")):
        return False
    if charset in NOT_LATIN:
        return False
    return not CENTRAL_EUROPEAN.search(body[:DECLARATION_BYTES])

"""Repair of broken feeds: fix what keeps most of them from being XML, so that nothing is guessed."""

import re
from html.entities import html5

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: CDATA is to be left as it is; all else that is no reference was meant as an ampersand.
CDATA_OR_AMPERSAND = re.compile(
    rb"(?P<cdata><!\[CDATA\[.*?\]\]>)|&(?!(?:amp|lt|gt|quot|apos);)"
    rb"(?:(?P<name>[A-Za-z][A-Za-z0-9]{0,31};)"
    rb"|#(?:(?P<decimal>[0-9]{1,9})|[xX](?P<hexadecimal>[0-9a-fA-F]{1,8}));)?",
    re.DOTALL,
)
XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
#: Not allowed in XML 1.0, section 2.2.
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def encode_declared(text: str) -> bytes:
    """Return a document as UTF-8, that declares nothing else."""
    start = XML_DECLARATION.match(text)
    if start:
        text = text[start.end() :]
    return text.encode("utf-8", "replace")


def repair_feed(body: bytes) -> bytes:
    """Return XML with its stray ampersands, HTML entities, controls and lead-in fixed.

    What is not in an encoding that extends ASCII is returned as it is.
    """
    if _is_utf_16(body):
        return body
    without_controls = CONTROLS.sub(b"", body.removeprefix(BYTE_ORDER_MARK))
    return CDATA_OR_AMPERSAND.sub(_fix_reference, without_controls.lstrip())


def _is_utf_16(body: bytes) -> bool:
    if body.startswith(UTF_16_MARKS):
        return True
    start = body[:64]
    return b"<\x00" in start or b"\x00<" in start


def _fix_reference(match: re.Match[bytes]) -> bytes:
    if match["cdata"]:
        return match["cdata"]
    if match["decimal"]:
        return _keep_if_allowed(match[0], int(match["decimal"]))
    if match["hexadecimal"]:
        return _keep_if_allowed(match[0], int(match["hexadecimal"], 16))
    name = (match["name"] or b"").decode()
    if name in html5:
        return _numeric_references(html5[name])
    # a careless program made "AT&T;" of "AT&T"
    return b"&amp;" + name.removesuffix(";").encode()


def _keep_if_allowed(reference: bytes, number: int) -> bytes:
    if _is_character(number):
        return reference
    return b""


def _numeric_references(text: str) -> bytes:
    return b"".join(b"&#%d;" % ord(character) for character in text)


def _is_character(number: int) -> bool:
    """Return whether XML 1.0 (section 2.2) has such a character: no control, no half of one."""
    if number in (9, 10, 13):
        return True
    return 0x20 <= number < 0xD800 or 0xE000 <= number < 0x110000

"""Mends what keeps most broken feeds from being XML, so that nothing of them is guessed."""

import re
from html.entities import html5

BOM = b"\xef\xbb\xbf"
#: CDATA is to be left as it is; all else that is no reference was meant as an ampersand.
STRAY = re.compile(
    rb"(<!\[CDATA\[.*?\]\]>)|&(?!(?:amp|lt|gt|quot|apos);)"
    rb"(?:([A-Za-z][A-Za-z0-9]{0,31};)|#(?:([0-9]{1,9})|[xX]([0-9a-fA-F]{1,8}));)?",
    re.DOTALL,
)
#: Not allowed in XML 1.0, section 2.2.
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def repair(body: bytes) -> bytes:
    """Return XML with its stray ampersands, HTML entities, controls and lead-in mended.

    What is not in an encoding that extends ASCII is returned as it is.
    """
    if (
        body[:2] in (b"\xff\xfe", b"\xfe\xff")
        or b"<\x00" in body[:64]
        or b"\x00<" in body[:64]
    ):
        return body
    body = CONTROLS.sub(b"", body.removeprefix(BOM)).lstrip()
    return STRAY.sub(_reference, body)


def _is_character(number: int) -> bool:
    """Say whether XML 1.0 (section 2.2) has such a character: no control, no half of one."""
    return (
        number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0x110000
    )


def _reference(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return found[1]
    if found[3] or found[4]:
        if found[3]:
            number = int(found[3])
        else:
            number = int(found[4], 16)
        if _is_character(number):
            return found[0]
        return b""
    name = (found[2] or b"").decode()
    if name in html5:
        return b"".join(b"&#%d;" % ord(c) for c in html5[name])
    # a careless program made "AT&T;" of "AT&T"
    return b"&amp;" + name.removesuffix(";").encode()

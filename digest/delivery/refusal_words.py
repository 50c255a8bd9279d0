"""Header text: as typed where that is safe, as encoded words (RFC 2047) where it is not; folded."""

import re
from base64 import b64encode
from email.utils import formataddr

#: Longest encoded word, its marks included (RFC 2047, 2).
LONGEST_WORD = 75
#: A line that holds an encoded word has at most so many characters (RFC 2047, 2); RFC 5322, 2.1.1
#: advises 78 for all others.
LONGEST_LINE = 76
OPENING_B = "=?utf-8?b?"
OPENING_Q = "=?utf-8?q?"
CLOSING = "?="
#: Stay as they are in an encoded word wherever it stands (RFC 2047, 5, rule 3).
PLAIN_IN_Q = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
)
#: Printable ASCII words with one space between them; none so long that a line cannot hold it.
SAFE_AS_TYPED = re.compile(r"[!-~]{1,60}( [!-~]{1,60})*")
#: Taken from the first encoded word, since a header's name stands before it on its line.
NAME_LENGTH = len("Subject: ")


def header_text(text: str) -> str:
    """Return a header's text in ASCII, on one line; a reader sees exactly what was typed.

    What looks like an encoded word, and spaces that a mail server might drop, are encoded too.
    """
    if not text or (SAFE_AS_TYPED.fullmatch(text) and "=?" not in text):
        return text
    return " ".join(_encoded_words(text))


def header_phrase(text: str) -> str:
    """Return a name as it stands before an address in angle brackets (RFC 5322, 3.2.5)."""
    encoded = header_text(text)
    if encoded != text:
        return encoded
    return formataddr((text, "x")).removesuffix("<x>").rstrip()


def folded(name: str, value: str) -> str:
    """Return a header, folded at its spaces (RFC 5322, 2.2.3); a word is never broken."""
    lines: list[str] = []
    line = f"{name}:"
    for position, word in enumerate(value.split(" ")):
        if position and len(line) + 1 + len(word) > LONGEST_LINE:
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join([*lines, line])


def _encoded_words(text: str) -> list[str]:
    """Return whichever of the two encodings is shorter; no word holds half a character."""
    whole = text.encode("utf-8")
    as_q = sum(len(_q(bytes([byte]))) for byte in whole)
    as_b = len(whole) * 4 / 3
    if as_q <= as_b:
        opening = OPENING_Q
        encode = _q
    else:
        opening = OPENING_B
        encode = _b
    words: list[str] = []
    room = LONGEST_WORD - len(opening) - len(CLOSING) - NAME_LENGTH
    pending = b""
    for character in text:
        longer = pending + character.encode("utf-8")
        if len(encode(longer)) > room:
            words.append(f"{opening}{encode(pending)}{CLOSING}")
            room = LONGEST_WORD - len(opening) - len(CLOSING)
            longer = character.encode("utf-8")
        pending = longer
    return [*words, f"{opening}{encode(pending)}{CLOSING}"]


def _b(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


def _q(octets: bytes) -> str:
    return "".join(
        chr(o) if o in PLAIN_IN_Q else "_" if o == 32 else f"={o:02X}" for o in octets
    )

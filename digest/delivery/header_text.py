"""Header text: as typed where that is safe, else as encoded words (RFC 2047); folded."""

import re
from base64 import b64encode
from collections.abc import Callable
from email.utils import formataddr

#: Longest encoded word, its marks included (RFC 2047, 2).
MAX_WORD_LENGTH = 75
#: A line that holds an encoded word has at most so many characters (RFC 2047, 2); RFC 5322, 2.1.1
#: advises 78 for all others.
MAX_LINE_LENGTH = 76
#: Marks around an encoded word: base64 ("B" encoding), or quoted-printable ("Q" encoding).
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
    """Return a header's text in ASCII, on one line; mail programs show exactly what was typed.

    What looks like an encoded word, and spaces that a mail server might drop, are encoded too.
    """
    if not text or (SAFE_AS_TYPED.fullmatch(text) and "=?" not in text):
        return text
    return " ".join(_encoded_words(text))


def header_phrase(text: str) -> str:
    """Return a name as written before an address in angle brackets (RFC 5322, 3.2.5)."""
    encoded = header_text(text)
    if encoded != text:
        return encoded
    return formataddr((text, "x")).removesuffix("<x>").rstrip()


def fold_header(name: str, value: str) -> str:
    """Return a header, folded at its spaces (RFC 5322, 2.2.3); a word is never broken."""
    lines: list[str] = []
    first_word, *other_words = value.split(" ")
    line = f"{name}: {first_word}"
    for word in other_words:
        if len(line) + 1 + len(word) > MAX_LINE_LENGTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join([*lines, line])


def _encoded_words(text: str) -> list[str]:
    """Return text as encoded words, in the shorter of the two encodings.

    No word holds half a character.
    """
    opening, encode = _shorter_encoding(text)
    words: list[str] = []
    room = MAX_WORD_LENGTH - len(opening) - len(CLOSING) - NAME_LENGTH
    pending = b""
    for character in text:
        octets = character.encode("utf-8")
        if len(encode(pending + octets)) > room:
            words.append(f"{opening}{encode(pending)}{CLOSING}")
            room = MAX_WORD_LENGTH - len(opening) - len(CLOSING)
            pending = octets
        else:
            pending += octets
    return [*words, f"{opening}{encode(pending)}{CLOSING}"]


def _shorter_encoding(text: str) -> tuple[str, Callable[[bytes], str]]:
    """Return how a word opens in the encoding that is shorter for a text, and what encodes it."""
    octets = text.encode("utf-8")
    if len(_encode_q(octets)) <= len(octets) * 4 / 3:
        return OPENING_Q, _encode_q
    return OPENING_B, _encode_b


def _encode_b(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


def _encode_q(octets: bytes) -> str:
    return "".join(_encode_octet(octet) for octet in octets)


def _encode_octet(octet: int) -> str:
    """Return an octet in "Q" encoding (RFC 2047, 4.2)."""
    if octet in PLAIN_IN_Q:
        return chr(octet)
    if octet == ord(" "):
        return "_"
    return f"={octet:02X}"

"""Encodings: determine which one a file of text is in, and whether that is known or a guess.

Input is a file, and the name of an encoding if a person gives it. Output is `Encoding`; DigestError
if the name is unknown or the file is not in that encoding.
"""

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from digest.errors import DigestError

CHUNK_SIZE = 1 << 20  #: bytes that are read at a time
#: Bytes of the lines that are not ASCII; more would tell nothing new.
SAMPLE_SIZE = 200_000
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
#: Letters beyond ASCII by language (Unicode CLDR, exemplar characters), per encoding of one byte.
#: charset-normalizer was tried in its place: of seven short lists of names it took four wrongly.
ALPHABETS = {
    "cp1252": (
        "äöüß", "àâçéèêëîïôùûüÿæ", "áéíñóúü", "áâãàçéêíóôúü", "àèéìíîòóùú", "åäöéü", "æøåéü",
        "áéëïíóöúü", "áðéíóúýþæö", "àçéèíïóòúü",
    ),
    "cp1250": (
        "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "ăâîșțşţ", "čćđšž",
        "äöüß", "éçë",
    ),
    "iso8859_2": ("áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "čćđšž"),
    "cp1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґўјљњћџђќѓѕ",),
    "cp1253": ("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",),
    "cp1254": ("çğıöşüâîûi̇",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšž", "äõöüšž"),
}  # fmt: skip
NON_ASCII_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\s,;\"'<>@.|]*")
DEFAULT_GUESS = "cp1252"  #: what most spreadsheets still write
WORDS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by Python's name of it."""

    name: str
    is_guess: bool = False
    sample: str = ""  #: words that show whether a guess is right
    is_damaged: bool = False  #: some of it cannot be read in this encoding


def encoding_of(file: Path, requested: str = "") -> Encoding:
    """Return the encoding of a file: as a person requests, by its mark, UTF-8, or a guess.

    Raises DigestError if there is no encoding of that name, or the file is not in it.
    """
    if requested:
        return _check_requested(file, requested)
    with file.open("rb") as content:
        start = content.read(4096)
    for mark, name in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return Encoding(name)
    utf_16 = _detect_utf_16(start)
    if utf_16:
        return Encoding(utf_16)
    if _can_decode(file, "utf-8"):
        return Encoding("utf-8")
    return _guess_encoding(b"".join(_sample_non_ascii_lines(file)))


def _check_requested(file: Path, requested: str) -> Encoding:
    try:
        name = codecs.lookup(requested.strip()).name
        "".encode(name)
    except (LookupError, TypeError):
        raise DigestError(
            f"expected an encoding such as cp1250, found {requested!r}"
        ) from None
    if not _can_decode(file, name):
        raise DigestError(
            f"{file}: is not in {requested}; without --encoding it is detected"
        )
    if name == "utf-8":
        return Encoding("utf-8-sig")
    return Encoding(name)


def _detect_utf_16(start: bytes) -> str:
    """Return the UTF-16 of a file without a mark, "" if it is none.

    In ASCII text every other byte of UTF-16 is zero: the odd ones if the low byte comes first.
    """
    if len(start) < 4:
        return ""
    even_zeros = start[::2].count(0)
    odd_zeros = start[1::2].count(0)
    many = len(start) // 4
    few = many // 8
    if odd_zeros > many and even_zeros <= few:
        return "utf-16-le"
    if even_zeros > many and odd_zeros <= few:
        return "utf-16-be"
    return ""


def _can_decode(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open("rb") as content:
            while chunk := content.read(CHUNK_SIZE):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _sample_non_ascii_lines(file: Path) -> Iterator[bytes]:
    """Yield the lines that hold more than ASCII, up to a sample of them."""
    sampled = 0
    with file.open("rb") as content:
        while (line := content.readline(CHUNK_SIZE)) and sampled < SAMPLE_SIZE:
            if not line.isascii():
                sampled += len(line)
                yield line


def _guess_encoding(sample: bytes) -> Encoding:
    """Return the encoding that makes the most words of the sample those of some language."""
    if _is_mostly_utf_8(sample):
        return Encoding("utf-8", is_damaged=True)
    best_name = DEFAULT_GUESS
    best_share = -1.0
    best_words: list[str] = []
    for name, alphabets in ALPHABETS.items():
        text = sample.decode(name, errors="replace")
        words = [match[0] for match in NON_ASCII_WORD.finditer(text)]
        share = _share_of_spellable(words, alphabets)
        if share > best_share:
            best_name = name
            best_share = share
            best_words = words[:WORDS_SHOWN]
    shown_words = ", ".join(dict.fromkeys(best_words))
    return Encoding(best_name, is_guess=True, sample=shown_words)


def _share_of_spellable(
    words: Sequence[str], alphabets: Sequence[str]
) -> float:
    """Return the share (0 to 1) of words that one of some languages may spell so."""
    spellable = 0
    for word in words:
        if any(_can_spell(alphabet, word) for alphabet in alphabets):
            spellable += 1
    return spellable / max(1, len(words))


def _can_spell(alphabet: str, word: str) -> bool:
    """Return whether a language may spell a word so."""
    lower_case = word.lower()
    if _has_rare_letter(lower_case) or _has_inner_capital(word):
        return False
    letters = set(lower_case) - set(alphabet)
    is_latin = alphabet[0] not in "аα"  # a word is in one script
    return not letters or (is_latin and all(map(str.isascii, letters)))


def _has_rare_letter(word: str) -> bool:
    """Return whether õ or œ is where they are rare: outside of "õe" and "œu"."""
    return ("õ" in word and "õe" not in word) or (
        "œ" in word and "œu" not in word
    )


def _has_inner_capital(word: str) -> bool:
    """Return whether there are capitals within a word, as in a wrong encoding."""
    for letter, following in pairwise(word):
        if letter.islower() and following.isupper() and not following.isascii():
            return True
    return False


@cache
def _is_mostly_utf_8(sample: bytes) -> bool:
    """Return whether text is UTF-8 but for a few bytes, as after two files were joined."""
    text = sample.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    non_ascii = sum(not character.isascii() for character in text)
    return non_ascii - wrong > 4 * wrong

"""Encodings: which one a file of text is in, and whether that is known or a guess."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from digest.errors import DigestError

AT_ONCE = 1 << 20
SAMPLE = 200_000  #: bytes of the lines that are not ASCII; more would tell nothing new
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
#: Letters beyond ASCII by language (Unicode CLDR, exemplar characters), per encoding of one byte.
#: charset-normalizer was tried in its place: of seven short lists of names it took four wrongly.
LETTERS = {
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
WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\s,;\"'<>@.|]*")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding by Python's name of it."""

    name: str
    guessed: bool = False
    sample: str = ""  #: words that show whether a guess is right
    damaged: bool = False  #: some of it cannot be read in this encoding


def encoding_of(file: Path, told: str = "") -> Encoding:
    """Return the encoding of a file: as a person says, by its mark, UTF-8, or a guess.

    Raises DigestError if there is no encoding of that name, or the file is not in it.
    """
    if told:
        return _as_told(file, told)
    with file.open("rb") as raw:
        start = raw.read(4096)
    for mark, name in MARKS:
        if start.startswith(mark):
            return Encoding(name)
    wide = _wide(start)
    if wide:
        return Encoding(wide)
    if _decodes(file, "utf-8"):
        return Encoding("utf-8")
    return _guess(b"".join(_odd_lines(file)))


def _as_told(file: Path, told: str) -> Encoding:
    try:
        name = codecs.lookup(told.strip()).name
        "".encode(name)
    except (LookupError, TypeError):
        raise DigestError(
            f"expected an encoding such as cp1250, found {told!r}"
        ) from None
    if not _decodes(file, name):
        raise DigestError(
            f"{file}: is not in {told}; without --encoding it is found out"
        )
    return Encoding("utf-8-sig" if name == "utf-8" else name)


def _wide(start: bytes) -> str:
    """Return the UTF-16 of a file without a mark: every other byte of ASCII is zero then."""
    if len(start) < 4:
        return ""
    even = start[::2].count(0)
    odd = start[1::2].count(0)
    half = len(start) // 4
    if odd > half and even <= half // 8:
        return "utf-16-le"
    if even > half and odd <= half // 8:
        return "utf-16-be"
    return ""


def _decodes(file: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with file.open("rb") as raw:
            while some := raw.read(AT_ONCE):
                decoder.decode(some)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _odd_lines(file: Path) -> Iterator[bytes]:
    """Yield the lines that hold more than ASCII, up to a sample of them."""
    taken = 0
    with file.open("rb") as raw:
        while (line := raw.readline(AT_ONCE)) and taken < SAMPLE:
            if not line.isascii():
                taken += len(line)
                yield line


def _guess(sample: bytes) -> Encoding:
    """Return the encoding that makes the most words of the sample those of some language."""
    if _mostly_utf8(sample):
        return Encoding("utf-8", damaged=True)
    best = "cp1252"
    most = -1.0
    shown = ""  # what most spreadsheets still write wins a draw
    for name, languages in LETTERS.items():
        words = _words(sample.decode(name, errors="replace"))
        share = sum(any(_spells(w, a) for a in languages) for w in words) / max(
            1, len(words)
        )
        if share > most:
            best = name
            most = share
            shown = ", ".join(dict.fromkeys(words[:3]))
    return Encoding(best, guessed=True, sample=shown)


def _words(text: str) -> list[str]:
    return [word[0] for word in WORD.finditer(text)]


def _spells(word: str, alphabet: str) -> bool:
    """Say whether a language may spell a word so. Two letters are rare but in one combination."""
    low = word.lower()
    if ("õ" in low and "õe" not in low) or ("œ" in low and "œu" not in low):
        return False
    latin = alphabet[0] not in "аα"  # a word is in one script
    return all(c in alphabet or (latin and c.isascii()) for c in low) and not _mixed(
        word
    )


def _mixed(word: str) -> bool:
    """Say whether capitals stand within a word, as they do when it is read wrongly."""
    return any(
        a.islower() and b.isupper() and not b.isascii() for a, b in pairwise(word)
    )


@cache
def _mostly_utf8(sample: bytes) -> bool:
    """Say whether text is UTF-8 but for a few bytes, as after two files were joined."""
    text = sample.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(not c.isascii() for c in text) - wrong
    return right > 4 * wrong

"""Translations: gettext catalogues of the texts that subscribers and staff see.

The texts in the templates are the English ones. A catalogue is a .po file, read as it is, so that
a translator's file works without being compiled. One of the working folder's own wins over the
shipped one, word by word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from digest.errors import RenderError

FALLBACK = Locale("en")
#: Folder of the texts of newsletters, in the package and in a working folder.
NEWSLETTER_FOLDER = "locale"
#: The catalogue that a translator begins with: every text of newsletters, and no translation.
EMPTY_CATALOGUE = "newsletter.pot"
#: Languages written from the right; of CLDR's modern locales those whose script is Arabic or Hebrew.
RIGHT_TO_LEFT = frozenset("ar ckb dv fa he ku ps sd ug ur yi".split())
#: A comment, an empty line, a keyword with a text, a further line of a text (gettext manual, "PO Files").
_CATALOGUE_LINE = re.compile(
    r"(?:#.*|(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)?\s*\"(?:[^\"\\]|\\.)*\")?"
)


@dataclass(frozen=True, slots=True)
class _CatalogueFile:
    """A catalogue as it is now; another one once it was changed."""

    path: Path
    changed_at: int  #: in nanoseconds


@dataclass(frozen=True, slots=True)
class ReaderLanguage:
    """A language that readers are written in, and the program's own phrases for it."""

    tag: str  #: such as es-MX
    spoken: str  #: the language of the phrases: the same, or en where there are none
    phrases: NullTranslations

    def gettext(self, text: str) -> str:
        """Return a text in the language, or as it is."""
        return self.phrases.gettext(text)


def text_direction(language: str) -> str:
    """Return ltr or rtl, as the language is written."""
    if language.partition("-")[0] in RIGHT_TO_LEFT:
        return "rtl"
    return "ltr"


def load_phrases(
    language: str, folder: str = NEWSLETTER_FOLDER, *, own: Path | None = None
) -> NullTranslations:
    """Return the phrases of a language (a tag such as es-MX); English where there are none.

    `folder` is where the catalogues lie in the package, `own` a folder whose catalogues win.
    Raises RenderError if one of those cannot be read.
    """
    return _load_files(tuple(_find_files(language, folder, own)))


def reader_language(language: str, own: Path | None = None) -> ReaderLanguage:
    """Return a language for readers, with what `load_phrases` finds for it."""
    catalogue_files = tuple(_find_files(language, NEWSLETTER_FOLDER, own))
    phrases = _load_files(catalogue_files)
    spoken = language
    has_phrases = isinstance(phrases, GNUTranslations)
    if not has_phrases and language.partition("-")[0] != "en":
        spoken = "en"
    return ReaderLanguage(language, spoken, phrases)


def read_empty_catalogue() -> Catalog:
    """Return the catalogue that a translator begins with."""
    file = _package_folder(NEWSLETTER_FOLDER) / EMPTY_CATALOGUE
    return read_catalogue(file)


def read_catalogue(file: Path) -> Catalog:
    """Read a .po file. Raises RenderError with its line if it is none."""
    place = f"{file.parent.name}/{file.name}"
    try:
        content = file.read_bytes()
        _check_lines(content.decode("utf-8-sig"), place)
        return read_po(BytesIO(content))
    except UnicodeDecodeError as error:
        raise RenderError(
            f"{place}: expected UTF-8 text, byte {error.start} is not"
        ) from error
    except (OSError, ValueError) as error:
        raise RenderError(f"{place}: cannot be read ({error})") from error


def _check_lines(text: str, place: str) -> None:
    """Raise RenderError with the first line that gettext does not know: Babel passes over it."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not _CATALOGUE_LINE.fullmatch(line.strip()):
            raise RenderError(
                f"{place}:{number}: {line.strip()!r} is no line of a gettext catalogue; expected msgid "
                'or msgstr with a text between " and "'
            )


def own_catalogues(language: str, own: Path) -> list[Path]:
    """Return the catalogues of a language in a folder, the most special first."""
    paths = [own / f"{name}.po" for name in _catalogue_names(language)]
    return [path for path in paths if path.is_file()]


def shipped_catalogues(language: str) -> list[Path]:
    """Return the catalogues of a language that are shipped, the most special first."""
    return own_catalogues(language, _package_folder(NEWSLETTER_FOLDER))


def _find_files(
    language: str, folder: str, own: Path | None
) -> Iterator[_CatalogueFile]:
    """Yield the catalogues that phrases are looked up in, in their order."""
    shipped = _package_folder(folder)
    folders = [shipped] if own is None else [own, shipped]
    for one in folders:
        for path in own_catalogues(language, one):
            yield _CatalogueFile(path, path.stat().st_mtime_ns)


def _catalogue_names(language: str) -> list[str]:
    names = (language.replace("-", "_"), language.partition("-")[0])
    return list(dict.fromkeys(names))


@cache
def _package_folder(folder: str) -> Path:
    return Path(str(files("digest"))).joinpath(*folder.split("/"))


@cache
def _load_files(
    catalogue_files: tuple[_CatalogueFile, ...],
) -> NullTranslations:
    """Return the phrases of some catalogues; the first that has a text wins."""
    if not catalogue_files:
        return NullTranslations()
    catalogue = read_catalogue(catalogue_files[0].path)
    others = _load_files(catalogue_files[1:])
    if not any(message.id and message.string for message in catalogue):
        return others
    phrases = _compile(catalogue)
    phrases.add_fallback(others)
    return phrases


def _compile(catalogue: Catalog) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def babel_locale(language: str) -> Locale:
    """Return Babel's locale for a language tag; English where Babel knows none."""
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return FALLBACK


def language_name(language: str, reader: str) -> str:
    """Return the name of a language in another language; its tag if it has no name there."""
    return str(
        babel_locale(reader).languages.get(language.partition("-")[0], language)
    )

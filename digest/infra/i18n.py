"""Translations: gettext catalogues of the texts that subscribers and staff see.

The texts in the templates are the English ones. A catalogue is a .po file, read as it is, so that
a translator's file works without being compiled.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FALLBACK = Locale("en")
#: Folder of the texts of newsletters.
NEWSLETTER_FOLDER = "locale"
#: Languages written from the right; of CLDR's modern locales those whose script is Arabic or Hebrew.
RIGHT_TO_LEFT = frozenset("ar ckb dv fa he ku ps sd ug ur yi".split())


def text_direction(language: str) -> str:
    """Return ltr or rtl, as the language is written."""
    if language.partition("-")[0] in RIGHT_TO_LEFT:
        return "rtl"
    return "ltr"


@cache
def load_phrases(
    language: str, folder: str = NEWSLETTER_FOLDER
) -> NullTranslations:
    """Return the phrases of a language (a tag such as es-MX); English where there are none.

    `folder` is where the catalogues lie in the package.
    """
    file = _catalogue(language, folder)
    if file:
        return _read(file.read_bytes())
    return NullTranslations()


def phrase_language(language: str) -> str:
    """Return the language that phrases are really in: the one asked for, or English."""
    if _catalogue(language) or language.partition("-")[0] == "en":
        return language
    return "en"


@cache
def _catalogue(
    language: str, folder: str = NEWSLETTER_FOLDER
) -> Traversable | None:
    names = (language.replace("-", "_"), language.partition("-")[0])
    for name in names:
        file = files("digest").joinpath(*folder.split("/"), f"{name}.po")
        if file.is_file():
            return file
    return None


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


def _read(source: bytes) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source)))
    compiled.seek(0)
    return GNUTranslations(compiled)

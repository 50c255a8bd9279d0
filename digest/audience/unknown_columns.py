"""Unknown columns: decide which of them may be a status, without knowing their words.

A status has few words that come again and again, or ticks. So have languages, towns and levels of
membership: their headings are known in many languages (`vocabulary.HARMLESS`), countries and
languages by their names (Unicode CLDR). What is left is asked about, for no list may mail people
by a column that was not understood. The rate of needless questions is measured by a test.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from digest.audience import vocabulary
from digest.audience.consent import is_of_another_time
from digest.audience.standing import are_ticks
from digest.audience.status_headings import (
    FOUR_LANGUAGES,
    REASONS,
    UNRELATED_WORDS,
)
from digest.audience.status_words import MEANING, NO, YES, has_meaning, is_empty
from digest.infra.sheets.dates import looks_like_time
from digest.infra.sheets.words import normalize_words, words_of
from digest.model import Standing

MAX_VALUES = 8  #: different words; a status rarely has more
MAX_VALUE_LENGTH = 30  #: characters
MAX_WORDS_OF_VALUE = 4
HARMLESS = words_of(vocabulary.HARMLESS)
HARMLESS_VALUES = words_of(
    "mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|divers|sr|sra|srta|señor|señora|don|doña|d|dª"
    "|m|mme|mlle|monsieur|madame|sig|sig ra|signor|signora|dott|dott ssa|dhr|mevr|mw|de heer"
    "|mevrouw|hr|fr|fru|pan|pani|paní|úr|bay|bayan|κος|κα|κ|г н|г жа|господин|госпожа|пан|пані|様"
    "|さん|先生|女士|님|senhor|senhora|male|female|man|woman|other|diverse|nonbinary|non binary"
    "|männlich|weiblich|mann|hombre|mujer|masculino|femenino|homme|femme|masculin|féminin|uomo"
    "|donna|maschio|femmina|homem|mulher|feminino|vrouw|kvinna|kvinde|kvinne|mies|nainen"
    "|mężczyzna|kobieta|muž|žena|férfi|nő|bărbat|femeie|muškarac|erkek|kadın|άνδρας|γυναίκα"
    "|мужской|женский|муж|жен|мужчина|женщина|чоловік|жінка|мъж|жена|男|女|男性|女性|남|여|남성"
    "|여성|f|w|u|k|unknown|html|text|plain|web|website|import|api|form|formular|event|facebook"
    "|paper|gold|silver|bronze|basic|premium|standard|individual|family|student|senior|private"
    "|business|home|work|morning|evening|daily|weekly|monthly|quarterly|yearly|gmail|outlook"
    "|iphone|android|desktop|mobile"
)
CODE_OF_PLACE = re.compile(r"[A-Z]{2,3}|[a-z]{2}|[a-z]{2}[-_][A-Za-z]{2}")
#: Languages whose names of countries and languages are known.
LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "ca", "nl", "pl", "cs", "sk", "hu", "sv", "da",
             "nb", "fi", "ro", "hr", "sl", "tr", "el", "ru", "uk", "bg", "ja", "zh",
             "ko")  # fmt: skip
#: Participles of English: words of a status mostly are ("left" is not, "joined" is).
PARTICIPLE = re.compile(r"(?i)[a-z]{3,}(?:ed|ing)\b")


#: Words of headings that make them harmless wherever they stand: the longer ones.
HARMLESS_WORDS = frozenset(
    word for word in HARMLESS if len(word) > 3 and " " not in word
)
INTERNATIONAL_HEADINGS = words_of("email|e mail|mail|id|name|url|sms")


def may_be_status(
    heading: str,
    values: Mapping[str, int],
    headings: Sequence[str],
    *,
    rows: int,
    is_decided: bool,
) -> bool:
    """Return whether an unknown column may say who is to be mailed.

    `values` are its different cells and how often each stands there, `headings` those of the whole
    sheet, which tell its language; `rows` counts the people. Where other columns say it of
    everybody (`is_decided`), only one of nothing but words of a status is asked about.
    """
    filled = {
        value: count for value, count in values.items() if not is_empty(value)
    }
    if not filled or len(filled) > MAX_VALUES or is_harmless(heading):
        return False
    if is_decided or any(map(_is_refusal, filled)):
        return _are_words_of_refusal(filled)
    is_partly_empty = sum(filled.values()) < rows
    if len(filled) == 1 and not is_partly_empty:
        return False  # the same for everybody
    if all(map(looks_like_time, filled)):
        return is_partly_empty and not is_of_another_time(heading)
    if _are_no_status_words(filled):
        return False
    return are_ticks(filled) or _are_like_status_words(
        filled, heading, headings, rows
    )


def _are_like_status_words(
    values: Mapping[str, int], heading: str, headings: Sequence[str], rows: int
) -> bool:
    """Return whether words look like those of a status, in a language that may not be known."""
    if all(map(_is_capitalised, values)) and not _is_foreign(heading, headings):
        return all(map(PARTICIPLE.search, values))
    return _come_again(values, rows)


def _are_words_of_refusal(values: Iterable[str]) -> bool:
    """Return whether all words are those of a status, and one of them that of a refusal."""
    are_known = all(normalize_words(value) in MEANING for value in values)
    return are_known and any(map(_is_refusal, values))


def _is_refusal(value: str) -> bool:
    return (
        MEANING.get(normalize_words(value), Standing.ACTIVE) != Standing.ACTIVE
    )


def _is_capitalised(value: str) -> bool:
    return value[:1].isupper()


def _come_again(values: Mapping[str, int], rows: int) -> bool:
    """Return whether some word is repeated, which few rows cannot show."""
    return sum(values.values()) > len(values) or rows <= MAX_VALUES


def is_harmless(heading: str) -> bool:
    """Return whether a heading is known to say nothing of mail."""
    text = normalize_words(heading)
    if text in HARMLESS:
        return True
    return bool(
        set(text.split()) & (HARMLESS_WORDS | UNRELATED_WORDS | REASONS)
    )


def _is_wordlike(value: str) -> bool:
    """Return whether a cell holds what may be a word of a status: a short one, or a single digit."""
    if value in {"0", "1"}:
        return True
    if len(value) > MAX_VALUE_LENGTH or len(value.split()) > MAX_WORDS_OF_VALUE:
        return False
    return "@" not in value and not any(map(str.isdigit, value))


def _are_no_status_words(values: Mapping[str, int]) -> bool:
    """Return whether cells are no words, or all are countries, languages, titles, sexes or levels."""
    if not all(map(_is_wordlike, values)):
        return True
    words = {normalize_words(value) for value in values}
    if words <= HARMLESS_VALUES:
        return True
    if are_ticks(values):
        return False
    if all(map(CODE_OF_PLACE.fullmatch, values)):
        return True
    return words <= names_of_places() | HARMLESS_VALUES


def _is_foreign(heading: str, headings: Sequence[str]) -> bool:
    """Return whether a sheet is in a language of which the words of a status may not be known."""
    if not heading.isascii():
        return True
    other_headings = set(map(normalize_words, headings)) - {
        normalize_words(heading)
    }
    own_headings = other_headings - INTERNATIONAL_HEADINGS
    return bool(own_headings) and own_headings.isdisjoint(FOUR_LANGUAGES)


def are_names_of_places(values: Iterable[str]) -> bool:
    """Return whether all that is filled of a column are names of countries, as CLDR has them."""
    filled = {value for value in values if not is_empty(value)}
    if not filled or any(map(has_meaning, filled)):
        return False
    return names_of_places().issuperset(map(normalize_words, filled))


@lru_cache(maxsize=1)
def names_of_places() -> frozenset[str]:
    """Return the names of countries and languages in some languages (CLDR by Babel)."""
    from babel import Locale

    names: set[str] = set()
    for code in LANGUAGES:
        locale = Locale(code)
        names.update(map(normalize_words, locale.territories.values()))
        names.update(map(normalize_words, locale.languages.values()))
    return frozenset(names) - MEANING.keys() - YES - NO

"""Unknown columns: which of those that nobody can read may be a status, without any vocabulary.

A status has few words that come again and again, or ticks. So have languages, towns and levels of
membership: their headings are known in many languages (`vocabulary.HARMLESS`), countries and
languages by their names (Unicode CLDR). What is left is asked about, for no list may mail people
by a column that nobody understood. The rate of needless questions is measured by a test.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from digest.audience import vocabulary
from digest.audience.consent import is_of_another_time
from digest.audience.dates import looks_like_time
from digest.audience.standing import are_ticks
from digest.audience.status_headings import ASIDE, FOUR_LANGUAGES, REASONS
from digest.audience.status_words import MEANING, NO, YES, is_empty, plain, words_of
from digest.model import Standing

FEW = 8  #: different words; a status rarely has more
LONGEST_WORD = 30  #: characters
MOST_WORDS = 4  #: of one cell
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
#: Endings of English words that say what somebody did, or what became of them.
PARTICIPLE = re.compile(r"(?i)[a-z]{3,}(?:ed|ing)\b")


def may_be_status(  # noqa: C901, PLR0911 # one line for each kind of column
    heading: str,
    values: Mapping[str, int],
    headings: Sequence[str],
    *,
    rows: int,
    is_decided: bool,
) -> bool:
    """Say whether a column that nobody can read may say who is to be mailed.

    `values` are its different cells and how often each stands there, `headings` those of the whole
    sheet, which tell its language; `rows` counts the people. Where other columns say it of
    everybody (`is_decided`), only one of nothing but words of a status is asked about.
    """
    filled = {value: number for value, number in values.items() if not is_empty(value)}
    if not filled or len(filled) > FEW or is_harmless(heading):
        return False
    total = sum(filled.values())
    if is_decided or any(_is_no(value) for value in filled):
        return any(_is_no(v) for v in filled) and all(
            plain(v) in MEANING for v in filled
        )
    if all(looks_like_time(value) for value in filled):
        return total < rows and not is_of_another_time(heading)
    if not all(_is_wordlike(value) for value in filled) or _are_harmless(filled):
        return False
    if are_ticks(filled):
        return len(filled) > 1 or total < rows
    if len(filled) == 1 and total == rows:
        return False
    if any(value[:1].islower() or not value[:1].isupper() for value in filled):
        return total > len(filled) or rows <= FEW
    if not _is_foreign(heading, headings):
        return all(PARTICIPLE.search(value) for value in filled)
    return total > len(filled) or rows <= FEW


def _is_no(value: str) -> bool:
    return MEANING.get(plain(value), Standing.ACTIVE) != Standing.ACTIVE


def is_harmless(heading: str) -> bool:
    """Say whether a heading is known to say nothing of mail."""
    text = plain(heading)
    words = set(text.split())
    return text in HARMLESS or bool(words & (HARMLESS_WORDS | ASIDE | REASONS))


#: Words of headings that make them harmless wherever they stand: the longer ones.
HARMLESS_WORDS = frozenset(
    word for word in HARMLESS if len(word) > 3 and " " not in word
)


def _is_wordlike(value: str) -> bool:
    """Say whether a cell holds what may be a word of a status: a short one, or a single digit."""
    if len(value) > LONGEST_WORD or len(value.split()) > MOST_WORDS or "@" in value:
        return False
    return not any(c.isdigit() for c in value) or value in {"0", "1"}


def _are_harmless(filled: Mapping[str, int]) -> bool:
    """Say whether all cells are countries, languages, titles, sexes or levels."""
    if are_ticks(filled) and not all(plain(v) in HARMLESS_VALUES for v in filled):
        return False
    if all(CODE_OF_PLACE.fullmatch(value) for value in filled) and not are_ticks(
        filled
    ):
        return True
    words = {plain(value) for value in filled}
    return words <= HARMLESS_VALUES or words <= names_of_places() | HARMLESS_VALUES


def _is_foreign(heading: str, headings: Sequence[str]) -> bool:
    """Say whether a sheet is in a language of which the words of a status may not be known."""
    if not heading.isascii():
        return True
    others = {plain(h) for h in headings} - {plain(heading)}
    own = {text for text in others if text not in INTERNATIONAL}
    return bool(own) and not own & FOUR_LANGUAGES


def are_names_of_places(values: Iterable[str]) -> bool:
    """Say whether all that is filled of a column are names of countries, as CLDR has them."""
    filled = {plain(value) for value in values if not is_empty(value)}
    if not filled or any(
        word in MEANING or word in YES or word in NO for word in filled
    ):
        return False
    return filled <= names_of_places()


INTERNATIONAL = words_of("email|e mail|mail|id|name|url|sms")


@lru_cache(maxsize=1)
def names_of_places() -> frozenset[str]:
    """Return the names of countries and languages in some languages (CLDR by Babel)."""
    from babel import Locale

    found: set[str] = set()
    for code in LANGUAGES:
        locale = Locale(code)
        found.update(map(plain, locale.territories.values()))
        found.update(map(plain, locale.languages.values()))
    return frozenset(found) - MEANING.keys() - YES - NO

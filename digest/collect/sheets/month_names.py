"""Names of months in many languages, as sheets write them: whole or short.

Source: Unicode CLDR by Babel, by the language and its regions where those differ (Arabic). A name
may mean two months: "listopad" is November in Polish and October in Croatian. Which it is, the
other names of its column say.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product

#: Languages and regions whose names are known: those that most sheets are in, and further ones,
#: which are loaded for a word that none of the first has.
USUAL_LOCALES = tuple("en en_GB de es fr it pt ca nl ar".split())
FURTHER_LOCALES = tuple(
    "de_AT gl eu sv da nb fi is pl cs sk sl hr sr_Latn bs hu ro bg mk ru uk el tr sq et lv lt id "
    "ms ga cy ar_SY ar_DZ ar_MA he fa hi bn sw".split()
)
#: Short forms that people write and CLDR has not.
FURTHER_NAMES = {"mrz": ("de", 3), "sept": ("en", 9), "agos": ("es", 8)}
WIDTHS = ("wide", "abbreviated")
CONTEXTS = ("format", "stand-alone")

#: The months (1 to 12) that a word means, by language.
Meanings = Mapping[str, int]


def fold_word(text: str) -> str:
    """Return a text in small letters without accents, and with the figures 0 to 9."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(map(_plain_sign, decomposed))


def _plain_sign(sign: str) -> str:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return ""
    return plain_figure(sign)


def plain_figure(sign: str) -> str:
    """Return a figure of any script as one from 0 to 9; any other sign as it is."""
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return sign


def meanings_of(word: str) -> Meanings:
    """Return the months that a folded word means; {} if none."""
    for locales in (USUAL_LOCALES, FURTHER_LOCALES):
        meanings = _index_names(locales).get(word)
        if meanings:
            return meanings
    return {}


def usual_languages(words: Iterable[str]) -> tuple[str, ...]:
    """Return the languages that have the most of some folded words among their months."""
    counts: Counter[str] = Counter()
    for word in words:
        counts.update(meanings_of(word).keys())
    most = max(counts.values(), default=0)
    return tuple(sorted(filter(lambda one: counts[one] == most, counts)))


def month_of(word: str, languages: Sequence[str]) -> int:
    """Return the month (1 to 12) that a folded word means in some languages; 0 if none, or several.

    If it is of none of these, what it means in all others decides.
    """
    meanings = meanings_of(word)
    usual = set(map(meanings.get, languages)) - {None}
    months = usual or set(meanings.values())
    if len(months) != 1:
        return 0
    return months.pop() or 0


@lru_cache(maxsize=2)
def _index_names(locales: tuple[str, ...]) -> dict[str, dict[str, int]]:
    index: dict[str, dict[str, int]] = {}
    for locale, width, context in product(locales, WIDTHS, CONTEXTS):
        for name, month in _names_of(locale, width, context):
            index.setdefault(name, {})[_language_of(locale)] = month
    for name, (language, month) in FURTHER_NAMES.items():
        index.setdefault(name, {})[language] = month
    return index


@lru_cache(maxsize=512)
def _names_of(
    locale: str, width: str, context: str
) -> tuple[tuple[str, int], ...]:
    """Return folded names and months (1 to 12), without those that are a figure."""
    from babel import Locale

    months = Locale.parse(locale).months[context][width]
    names: list[tuple[str, int]] = []
    for number, name in months.items():
        folded = fold_word(name).rstrip(".").strip()
        if len(folded) > 1 and not folded[0].isdigit():
            names.append((folded, number))
    return tuple(names)


def _language_of(locale: str) -> str:
    return locale.partition("_")[0]

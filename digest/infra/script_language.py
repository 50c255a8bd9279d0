"""Script language: the language that a text is probably in, as far as its script alone says so."""

import unicodedata
from collections import Counter

from digest.infra.i18n import text_direction
from digest.infra.running_text import strong_direction

#: Languages written in a script, by the word that Unicode's names of its letters begin with (Unicode
#: Character Database); the first has most readers. Scripts of many languages (Latin, Cyrillic) say nothing.
LANGUAGES_OF_SCRIPTS = {
    "ARABIC": ("ar", "fa", "ur", "ps", "ckb", "ku", "sd", "ug"),
    "HEBREW": ("he", "yi"),
    "GREEK": ("el",),
    "THAI": ("th",),
    "HANGUL": ("ko",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "CJK": ("zh", "ja"),
    "GEORGIAN": ("ka",),
    "ARMENIAN": ("hy",),
    "DEVANAGARI": ("hi", "mr", "ne"),
    "BENGALI": ("bn", "as"),
    "TAMIL": ("ta",),
    "ETHIOPIC": ("am", "ti"),
}
#: Letters of the Arabic script that Arabic does not have (Unicode, Arabic block).
_URDU = frozenset("ٹڈڑےں")
_PERSIAN = frozenset("پچژگ")


def foreign_language(text: str, language: str) -> str:
    """Guess the language of a text by its script; "" if it may be `language`, or any other."""
    script = _main_script(text)
    languages = LANGUAGES_OF_SCRIPTS.get(script, ())
    if not languages or language.partition("-")[0] in languages:
        return ""
    if script == "ARABIC" and _URDU.intersection(text):
        return "ur"
    if script == "ARABIC" and _PERSIAN.intersection(text):
        return "fa"
    return languages[0]


def foreign_direction(text: str, language: str) -> str:
    """Return the direction of a text by its first strong letter; "" if it is that of `language`."""
    direction = strong_direction(text)
    if direction == text_direction(language):
        return ""
    return direction


def _main_script(text: str) -> str:
    """Return the script of most letters; any kana makes a text with ideographs Japanese."""
    letters = filter(str.isalpha, text)
    scripts = Counter(
        unicodedata.name(letter, "").partition(" ")[0] for letter in letters
    )
    if not scripts:
        return ""
    script = scripts.most_common(1)[0][0]
    if script == "CJK" and (scripts["HIRAGANA"] or scripts["KATAKANA"]):
        return "HIRAGANA"
    return script

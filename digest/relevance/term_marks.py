"""Term marks: what sort of word a term of an article is, and where it stands.

Names, figures and weekdays tell two events from each other that are told in the same words. The
marks of a term are bits, added up.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from digest.relevance.running_text import fold_text
from digest.relevance.word_hashes import stem_of

NAME = 1  #: with a capital wherever it stands, within a sentence; of a longer name its last word
FIGURE = 2
OPENING = 4  #: in the headline, or among the first words of the text
HEADLINE_WEEKDAY = 8

#: Words of a text that open it: its first sentence or two.
OPENING_WORDS = 40
#: Weekdays in English, German, French, Spanish, Italian, Dutch and Portuguese, folded.
WEEKDAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miercoles jueves viernes sabado domingo "
    "lunedi martedi mercoledi giovedi venerdi "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "segunda terca quarta quinta sexta".split()
)
#: Months that are written with a capital, in English and German, folded.
MONTHS = frozenset(
    "january february march april may june july august september october november december "
    "januar februar marz mai juni juli oktober dezember".split()
)
_NO_NAMES = WEEKDAYS | MONTHS
_CAPITALISED_WORD = re.compile(r"(?<![^\W_])[A-ZÀ-ÖØ-ÞĆČĐĞİŁŃŚŞŠŹŻŽ][^\W_]*")
#: “Kristi Noem”, “Coast Guard”: one name, that is told by its last word.
_NAME_GOES_ON = re.compile(r" [A-ZÀ-ÖØ-ÞĆČĐĞİŁŃŚŞŠŹŻŽ]")
#: Behind these, and a space, a word is within its sentence.
_WITHIN_SENTENCE = ",;)&–—"
_OPENING_QUOTES = '("“„«‘'
#: “Mr. Hale”, “St. Brannoc”: a full stop that ends no sentence.
_TITLES = frozenset(
    "Mr. Mrs. Ms. Dr. St. Prof. Sr. Sra. Hr. Fr. Gov. Sen. Rep.".split()
)
_LONGEST_TITLE = 5


def mark_terms(
    title_words: Sequence[str], lede_words: Sequence[str], lede: str
) -> Mapping[str, int]:
    """Return the marks of the terms that have any.

    The words are folded; `lede` is the same text as it was printed, normalized. In German every noun
    is taken for a name: how rare it is tells names from others.
    """
    marks: defaultdict[str, int] = defaultdict(int)
    for word in (*title_words, *lede_words[:OPENING_WORDS]):
        marks[stem_of(word)] |= OPENING
    for word in WEEKDAYS.intersection(map(stem_of, title_words)):
        marks[word] |= HEADLINE_WEEKDAY
    for term in _find_names(lede):
        marks[term] |= NAME
    for word in {*title_words, *lede_words}:
        if word[0].isdigit():
            marks[stem_of(word)] |= FIGURE
    return marks


def _find_names(text: str) -> set[str]:
    """Return the terms with a capital within a sentence that do not stand in small letters, too."""
    names = {
        stem_of(fold_text(match.group()))
        for match in _CAPITALISED_WORD.finditer(text)
        if _is_within_sentence(text, match.start())
        and not _NAME_GOES_ON.match(text, match.end())
    }
    return names.difference(text.split()) - _NO_NAMES


def _is_within_sentence(
    text: str,
    start: int,
) -> bool:
    """Return whether the word that starts at a place has another before it in its sentence."""
    if start and text[start - 1] in _OPENING_QUOTES:
        start -= 1
    if start < 2:
        return False
    if text[start - 1] != " ":  # behind a hyphen, or an elision: “l'Oise”
        return text[start - 2].isalpha()
    before = text[start - 2]
    if before == ".":
        earliest = max(
            start - 2 - _LONGEST_TITLE,
            0,
        )
        last_word = text[earliest:start].rsplit(maxsplit=1)[-1]
        is_initial = len(last_word) == len("J.")
        return is_initial or last_word in _TITLES
    return before.isalnum() or before in _WITHIN_SENTENCE

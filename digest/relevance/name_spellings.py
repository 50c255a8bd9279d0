"""Name spellings: the names of the settings, in all the spellings that newspapers give them.

Input: the organisation of feeds.yaml. Output: names, each with the phrase that is looked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from digest.model import NameKind
from digest.relevance.capitals import LEADING_ARTICLE
from digest.settings import Organisation

_SPELT_OUT = str.maketrans(
    {
        "ß": "ss",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "å": "aa",
        "æ": "ae",
        "œ": "oe",
    }
)
VERSUS = re.compile(r"\b(?:v\.?|vs\.?|versus)(?= )", re.IGNORECASE)
_VERSUS_SPELLINGS = ("v.", "v", "vs.", "vs", "versus")
#: A German adjective before a noun, by its ending in any case.
_GERMAN_ADJECTIVE = re.compile(r"([A-ZÄÖÜ][a-zäöüß]{2,})(?:er|es|en|em|e)")
_GERMAN_ENDINGS = ("e", "er", "es", "en", "em")
#: Words; a longer name is looked for as it is configured.
_MAX_INFLECTED_WORDS = 4


@dataclass(frozen=True, slots=True)
class Name:
    """One configured phrase, in one of its spellings."""

    text: str
    kind: NameKind | None  #: None: a phrase that is not the organisation
    #: the full name, where this is only the last word of it
    surname_of: str = ""
    #: the phrase itself, where it is another spelling of `text`
    written: str = ""
    #: a case of German grammar, which is one in German texts only
    is_german_form: bool = False

    @property
    def search_phrase(self) -> str:
        """The phrase as it is looked for."""
        return self.written or self.text


def names_of(org: Organisation) -> Iterator[Name]:
    """Yield each name of the organisation, its people and its cases, in all spellings.

    Of two names that are spelt alike, the first counts.
    """
    groups = (
        ((org.name,), NameKind.ORGANISATION),
        (org.aliases, NameKind.ALIAS),
        (org.cases, NameKind.CASE),
        (org.people, NameKind.PERSON),
        (org.not_it, None),
    )
    configured = {phrase for phrases, _ in groups for phrase in phrases}
    for phrases, kind in groups:
        for phrase in phrases:
            yield Name(phrase, kind)
            for spelling in _other_spellings(phrase, kind):
                if spelling not in configured:
                    yield Name(phrase, kind, written=spelling)
            if kind == NameKind.PERSON and " " in phrase:
                yield Name(phrase.split()[-1], kind, surname_of=phrase)
            if kind in (NameKind.ORGANISATION, NameKind.ALIAS):
                yield from _german_forms(phrase, kind, configured)


def _other_spellings(phrase: str, kind: NameKind | None) -> list[str]:
    """Return the other spellings of a name in newspapers.

    “Versus” is abbreviated in cases; German letters are spelt out or not; a body that is called
    “The X Project” loses its article.
    """
    spellings = {phrase}
    if kind == NameKind.CASE:
        spellings |= {
            VERSUS.sub(versus, phrase, count=1) for versus in _VERSUS_SPELLINGS
        }
    if kind in (NameKind.ORGANISATION, NameKind.ALIAS):
        without_article = LEADING_ARTICLE.sub("", phrase, count=1)
        if " " in without_article:
            spellings.add(without_article)
    spellings |= {spelling.replace("ß", "ss") for spelling in spellings}
    spelt_out = {spelling.translate(_SPELT_OUT) for spelling in spellings}
    with_sharp_s = {spelling.replace("ss", "ß") for spelling in spellings}
    spellings |= spelt_out | with_sharp_s
    return sorted(spellings - {phrase})


def _german_forms(
    phrase: str, kind: NameKind, configured: set[str]
) -> Iterator[Name]:
    """Yield a name in the cases of German grammar: “des Deutschen Flussbundes”."""
    words = phrase.split()
    if len(words) > _MAX_INFLECTED_WORDS or phrase.isupper():
        return
    *adjectives, noun = words
    forms = [_adjective_forms(word) for word in adjectives]
    forms.append(_genitives_of(noun))
    for form in product(*forms):
        written = " ".join(form)
        if written not in configured:
            yield Name(phrase, kind, written=written, is_german_form=True)


def _genitives_of(noun: str) -> list[str]:
    """Return a noun with its endings of the genitive; one in -e is feminine and has none."""
    if noun.endswith("e") or not noun.isalpha():
        return [noun]
    if noun.endswith(("s", "ß", "x", "z")):
        return [noun, f"{noun}es"]
    return [noun, f"{noun}s", f"{noun}es"]


def _adjective_forms(word: str) -> list[str]:
    match = _GERMAN_ADJECTIVE.fullmatch(word)
    if match is None:
        return [word]
    return [match[1] + ending for ending in _GERMAN_ENDINGS]

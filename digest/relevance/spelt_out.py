"""Spelt out: what the letters of an acronym stand for in an article.

The same letters are several bodies' names. An article that uses them of another spells that body
out: "the Coastal Producers' Association, or CPA", "World Water Forum (WWF)", "the Health Workers'
Union ... The HWU said".
"""

import re
from dataclasses import dataclass

from digest.relevance.capitals import LEADING_ARTICLE
from digest.relevance.running_text import fold_text

#: Capitalised words, with small ones between them: a body's full name.
_CAPITALISED = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*"
_SMALL_WORD = r"(?:of|for|and|the|on|in|&|de|du|des|la|le|les|et|pour|del|y|e|do|da|für|und|der|voor|van)"
_FULL_NAME = re.compile(
    rf"{_CAPITALISED}(?:,? (?:{_SMALL_WORD} ){{0,2}}{_CAPITALISED})+"
)
#: Letters that an acronym may leave out at most: those of small words do not count.
_MIN_LETTERS = 3
#: Characters before a name in which letters may introduce it: "CEAR (".
_INTRODUCTION_LENGTH = 30


@dataclass(frozen=True, slots=True)
class OtherBody:
    """Another body that an article spells out, whose letters are those of our acronym."""

    full_name: str
    is_certain: (
        bool  #: the letters are its initials, or are said to stand for it
    )


def find_other_body(
    acronym: str, text: str, own_names: frozenset[str]
) -> OtherBody | None:
    """Return the body that an article uses an acronym for, None if it is ours or unknown.

    `own_names` are the organisation's, folded. Initials that stand in another order are those of a
    translation: "Comité Internacional de Rescate (IRC)" may be ours.
    """
    letters = fold_text(acronym)
    if len(letters) < _MIN_LETTERS:
        return None
    # “the DHU, the Dog Handlers' Union” says the same as “the DHU (Dog Handlers' Union)”
    text = re.sub(
        rf"\b{re.escape(acronym)}, (?:the|der|die|das|la|le|el) ",
        f"{acronym} (",
        text,
    )
    likely = None
    for match in _FULL_NAME.finditer(text):
        full_name = LEADING_ARTICLE.sub("", match.group())
        folded = fold_text(full_name)
        if any(name in folded or folded in name for name in own_names):
            continue
        initials = _initials_of(full_name.split())
        is_introduced = _is_introduced(acronym, text, match)
        if letters in (initials, initials.lstrip("t")):
            return OtherBody(full_name, is_certain=True)
        is_translated = sorted(initials) == sorted(letters)
        if is_introduced and not is_translated:
            if _letters_in_order(letters, full_name):
                return OtherBody(full_name, is_certain=True)
        elif is_introduced or _may_stand_for(letters, full_name):
            likely = likely or OtherBody(full_name, is_certain=False)
    return likely


def _initials_of(words: list[str]) -> str:
    """Return the first letters of the capitalised words, folded."""
    return "".join(fold_text(word[0]) for word in words if word[0].isupper())


def _is_introduced(acronym: str, text: str, match: re.Match[str]) -> bool:
    """Return True if an acronym stands right behind a name, or before it, to be used for it."""
    escaped = re.escape(acronym)
    behind = rf",? (?:\(|or |known as |kurz )[“\"«]?{escaped}\b"
    before = rf"\b{escaped} \((?:the |die |der |das |la |le |l[’'])?$"
    earlier = text[max(0, match.start() - _INTRODUCTION_LENGTH) : match.start()]
    return bool(
        re.match(behind, text[match.end() :]) or re.search(before, earlier)
    )


def _may_stand_for(letters: str, full_name: str) -> bool:
    """Return True if a name has one initial too few, as a German compound has: “Stadtwerke”."""
    words = full_name.split()
    initials = _initials_of(words)
    is_short_by_one = len(initials) == len(letters) - 1
    return (
        is_short_by_one
        and letters[0] == initials[0]
        and letters[-1] == initials[-1]
        and len(words) == len(initials)
        and _letters_in_order(letters, full_name)
    )


def _letters_in_order(letters: str, full_name: str) -> bool:
    """Return True if the letters can be picked from a name, from left to right."""
    rest = iter(fold_text(full_name))
    return all(letter in rest for letter in letters)

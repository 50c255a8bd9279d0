"""Spelt out: what the letters of an acronym stand for in an article.

The same letters are several bodies' names. An article that uses them of another spells that body
out: "the Coastal Producers' Association, or CPA", "World Water Forum (WWF)", "the Health Workers'
Union ... The HWU said".
"""

import re

from digest.relevance.running_text import fold_text

#: Capitalised words, with small ones between them: a body's full name.
_CAPITALISED = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*"
_SMALL_WORD = r"(?:of|for|and|the|on|in|&|de|du|des|la|le|les|et|pour|del|y|e|do|da|für|und|der|voor|van)"
_FULL_NAME = re.compile(
    rf"{_CAPITALISED}(?:,? (?:{_SMALL_WORD} ){{0,2}}{_CAPITALISED})+"
)
#: Letters that an acronym may leave out at most: those of small words do not count.
_MIN_LETTERS = 3


def is_another_body(acronym: str, text: str, own_names: frozenset[str]) -> str:
    """Return the full name that an article gives an acronym, "" if it gives none or our own.

    `own_names` are the organisation's, folded.
    """
    letters = fold_text(acronym)
    if len(letters) < _MIN_LETTERS:
        return ""
    for match in _FULL_NAME.finditer(text):
        words = match.group().split()
        initials = _initials_of(words)
        if letters not in (initials, initials.lstrip("t")) and not (
            _is_introduced(acronym, text[match.end() :])
            and _letters_in_order(letters, match.group())
        ):
            continue
        folded = fold_text(match.group())
        if not any(name in folded or folded in name for name in own_names):
            return match.group()
    return ""


def _initials_of(words: list[str]) -> str:
    """Return the first letters of the capitalised words, folded."""
    return "".join(fold_text(word[0]) for word in words if word[0].isupper())


def _is_introduced(acronym: str, following: str) -> bool:
    """Return True if an acronym stands right behind a name, to be used for it."""
    pattern = rf",? (?:\(|or |known as |kurz )[“\"«]?{re.escape(acronym)}\b"
    return bool(re.match(pattern, following))


def _letters_in_order(letters: str, full_name: str) -> bool:
    """Return True if the letters can be picked from a name, from left to right."""
    rest = iter(fold_text(full_name))
    return all(letter in rest for letter in letters)

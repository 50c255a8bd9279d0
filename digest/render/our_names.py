"""Our names: mark them in a sentence, so that a reader sees at once what it says of us."""

import re
from collections.abc import Callable, Iterable

from markupsafe import Markup

from digest.settings import Organisation

MarkNames = Callable[[str], Markup]

_VERSUS = re.compile(r"\\ (?:v\\\.|vs\\\.|v|vs|versus)\\ ")
_APOSTROPHE = re.compile("['’]")
#: A surname shorter than this may be any word.
_MIN_SURNAME_LENGTH = 3


def make_name_marker(organisation: Organisation) -> MarkNames:
    """Return a function that gives a text as HTML, with our names in <strong>.

    Full names count, as they are written or all in capitals; where there are none, surnames of
    our people do.
    """
    full_names = _pattern_of(
        (
            organisation.name,
            *organisation.aliases,
            *organisation.cases,
            *organisation.people,
        )
    )
    surnames = [name.split()[-1] for name in organisation.people]
    surname = _pattern_of(
        name for name in surnames if len(name) >= _MIN_SURNAME_LENGTH
    )

    def mark_names(text: str) -> Markup:
        if full_names.search(text):
            return _with_marks(text, full_names)
        return _with_marks(text, surname)

    return mark_names


def _pattern_of(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that matches any of some names as whole words; with none, nothing."""
    written = set(names)
    spellings = written | {name.upper() for name in written}
    longest_first = sorted(sorted(spellings), key=len, reverse=True)
    alternatives = "|".join(map(_pattern_of_name, longest_first))
    if not alternatives:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")


def _pattern_of_name(name: str) -> str:
    """Return a pattern of a name with any apostrophe, and any word for “against” in a case."""
    pattern = re.escape(" ".join(name.split()))
    pattern = _VERSUS.sub(r" (?:v\\.?|vs\\.?|versus|V\\.?) ", pattern)
    pattern = pattern.replace(r"\ ", " ").replace(" ", r"\s+")
    return _APOSTROPHE.sub("['’]", pattern)


def _with_marks(text: str, names: re.Pattern[str]) -> Markup:
    pieces: list[str] = []
    end = 0
    for match in names.finditer(text):
        marked = Markup("<strong>{}</strong>").format(match.group())
        pieces += [text[end : match.start()], marked]
        end = match.end()
    pieces.append(text[end:])
    return Markup("").join(pieces)  # which escapes what is not marked

"""Headings of clips: which part of a clip a heading names, and in which language.

Input is a heading of a sheet; output is the parts that it may name, the best first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from digest.collect.sheets.further_heading_words import (
    FIGURES,
    FURTHER_HEADINGS,
)
from digest.collect.sheets.heading_words import HEADINGS
from digest.infra.sheets.words import normalize_words

ENGLISH = "en"
#: Tables of headings, the surest first.
TABLES = (HEADINGS, FURTHER_HEADINGS)
#: Words that headings put around the name of a part: "Name of the outlet", "Link to the article".
MAX_WORDS = 5
#: Parts whose words editions may print.
PUBLISHED_WORDS = ("quote", "lead")


@dataclass(frozen=True, slots=True, order=True)
class HeadingMatch:
    """A part that a heading may name; the smallest rank is the best."""

    rank: int
    part: str


def _names_in(table: str) -> Iterator[tuple[str, str]]:
    """Yield the names of a table, as `normalize_words` writes them, each with its language."""
    for line in table.split("\n"):
        language, _, names = line.strip().partition(" ")
        for name in filter(None, names.split("|")):
            yield normalize_words(name), language


@lru_cache(maxsize=1)
def _index_headings() -> dict[str, tuple[HeadingMatch, ...]]:
    """Return the parts by the words of headings that name them, the best first."""
    matches: dict[str, set[HeadingMatch]] = {}
    for rank, table in enumerate(TABLES):
        for part, names in table.items():
            for name, _language in _names_in(names):
                matches.setdefault(name, set()).add(HeadingMatch(rank, part))
    return {name: tuple(sorted(each)) for name, each in matches.items()}


@lru_cache(maxsize=1)
def _index_languages() -> dict[str, set[str]]:
    """Return the languages in which the words of headings name a part."""
    languages: dict[str, set[str]] = {}
    for table in TABLES:
        for names in table.values():
            for name, language in _names_in(names):
                languages.setdefault(name, set()).add(language)
    return languages


@lru_cache(maxsize=1)
def _words_of_figures() -> frozenset[str]:
    return frozenset(name for name, _language in _names_in(FIGURES))


def match_heading(heading: str) -> tuple[HeadingMatch, ...]:
    """Return the parts of a clip that a heading may name, the best first; () if none."""
    whole = normalize_words(heading)
    exact = _index_headings().get(whole)
    if exact:
        return exact
    before_bracket = normalize_words(heading.partition("(")[0])
    bracketed = _index_headings().get(before_bracket)
    if bracketed:
        return bracketed
    return _match_loosely(whole)


def speaks_of_figures(heading: str) -> bool:
    """Return whether a heading speaks of what is counted or sorted: "Outlet type", "Reach"."""
    words = normalize_words(heading).split()
    return not _words_of_figures().isdisjoint(words)


def _match_loosely(words: str) -> tuple[HeadingMatch, ...]:
    """Return the parts that single words of a heading name, if it speaks of no figures.

    "Quote / notes" is a column of notes: what may be the office's own words is never published.
    """
    split = words.split()
    if len(split) > MAX_WORDS or speaks_of_figures(words):
        return ()
    matches = [
        HeadingMatch(len(TABLES) + match.rank, match.part)
        for word in split
        for match in _index_headings().get(word, ())
        if len(word) > 2
    ]
    if any(match.part == "note" for match in matches):
        matches = [one for one in matches if one.part not in PUBLISHED_WORDS]
    return tuple(dict.fromkeys(matches))


def count_headings(cells: list[str]) -> int:
    """Return how many different parts the cells of a row name exactly."""
    parts = set()
    for cell in cells:
        matches = match_heading(cell)
        if matches and matches[0].rank == 0:
            parts.add(matches[0].part)
    return len(parts)


def speaks_other_language(heading: str) -> bool:
    """Return whether a heading is in another language than English: there the day is first."""
    if not heading.isascii():
        return True
    words = normalize_words(heading.partition("(")[0])
    languages = _index_languages().get(words, {ENGLISH})
    return ENGLISH not in languages

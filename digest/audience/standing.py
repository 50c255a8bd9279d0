"""Standing: whether a cell means that its person agreed or refused, by the column it is in.

The columns are recognised by `status_headings`, the words by `status_words`. Whatever looks like a
status and is not understood becomes a question to a person, never an agreement.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from digest.audience import vocabulary
from digest.audience.status_headings import (
    COMPLAINING,
    FIRST_CJK,
    Role,
    StatusColumn,
    begins_with,
)
from digest.audience.status_words import (
    A_DATE,
    CODE,
    CROSSES,
    EMPTY,
    EMPTY_BOXES,
    EMPTY_SIGNS,
    MEANING,
    NO,
    TICKS,
    UNCLEAR_BEGINNINGS,
    YES,
    is_empty,
)
from digest.infra.sheets.dates import looks_like_time
from digest.infra.sheets.words import normalize_words
from digest.model import Standing

UNCLEAR: Final = "?"
#: What a cell says: a standing, None for nothing, or UNCLEAR if a person has to be asked.
Meaning = Standing | Literal["?"] | None
#: Roles of columns in which it counts only whether there is anything in a cell.
PRESENCE_ROLES = frozenset(
    {Role.REFUSAL_DATE, Role.REFUSAL_REASON, Role.CONFIRMATION_DATE}
)


def meaning_of(column: StatusColumn, cell: str) -> Meaning:
    """Return what a cell of a column says."""
    word = normalize_words(cell)
    if column.word_meanings and word in column.word_meanings:
        return column.word_meanings[word]
    if column.role in PRESENCE_ROLES:
        return _meaning_of_presence(column, word)
    if column.role == Role.REMARKS:
        if word:
            return UNCLEAR
        return None
    return _meaning_of_text(column, word, cell.strip())


def _meaning_of_text(column: StatusColumn, word: str, cell: str) -> Meaning:
    """Return what a cell of a status, a consent or a refusal says; `word` is it after `normalize_words`."""
    if not word:
        return _meaning_of_mark(column, cell)
    if word in EMPTY:
        return None
    standing = MEANING.get(word)
    if standing == Standing.ACTIVE and column.role == Role.REFUSAL:
        return UNCLEAR  # "active" under "Unsubscribed" may mean either
    if standing is not None:
        return standing
    if column.role == Role.STATUS:
        return _meaning_of_status(word, cell)
    return _meaning_of_yes_or_no(column, word, cell)


def _meaning_of_presence(column: StatusColumn, word: str) -> Standing | None:
    """Return what it says that there is anything in a cell, or nothing."""
    is_filled = not _is_nothing(word)
    if column.role == Role.CONFIRMATION_DATE:
        if is_filled:
            return Standing.ACTIVE
        return Standing.UNCONFIRMED
    if not is_filled:
        return None
    if column.role == Role.REFUSAL_REASON and begins_with(word, COMPLAINING):
        return Standing.COMPLAINED
    return column.excluded_as


def _is_nothing(word: str) -> bool:
    """Return whether a cell of a date or a reason is empty; so are 0000-00-00 and a no."""
    return word in EMPTY or word in NO or set(word) <= {"0", " "}


def _meaning_of_mark(column: StatusColumn, mark: str) -> Meaning:
    """Return what a cell says that holds only signs: a tick, a cross, a box, or a line."""
    signs = set(mark)
    if signs <= EMPTY_SIGNS:
        return None
    if column.role == Role.STATUS:
        return UNCLEAR
    if signs <= TICKS:
        return _meaning_of_yes(column)
    if signs <= EMPTY_BOXES:
        return _meaning_of_no(column)
    if signs <= CROSSES and column.role == Role.CONSENT:
        return column.excluded_as
    return UNCLEAR


def _meaning_of_status(word: str, cell: str) -> Meaning:
    """Return the meaning of a status cell that holds no known word."""
    if CODE.fullmatch(cell):
        return Standing.BOUNCED
    return _refusal_at_beginning(word) or UNCLEAR


def _refusal_at_beginning(words: str) -> Standing | None:
    """Return the refusal that some words begin with, as in "unsubscribed by telephone"."""
    first_word = words.partition(" ")[0]
    standing = MEANING.get(first_word)
    if standing == Standing.ACTIVE or first_word in UNCLEAR_BEGINNINGS:
        return None
    return standing


def _meaning_of_yes_or_no(
    column: StatusColumn, word: str, cell: str
) -> Meaning:
    if word in YES or cell == A_DATE or looks_like_time(cell):
        return _meaning_of_yes(column)
    if word in NO:
        return _meaning_of_no(column)
    return UNCLEAR


def _meaning_of_yes(column: StatusColumn) -> Standing:
    if column.role == Role.CONSENT:
        return Standing.ACTIVE
    return column.excluded_as


def _meaning_of_no(column: StatusColumn) -> Standing | None:
    if column.role == Role.CONSENT:
        return column.excluded_as
    return None


def meaning_of_empty(
    column: StatusColumn, values: Mapping[str, int]
) -> Meaning:
    """Return what an empty cell says, where others of its column are filled.

    An empty box may be a no or have been forgotten: it is asked about, as is an empty status.
    """
    if column.role not in {Role.STATUS, Role.CONSENT}:
        return None
    if all(map(is_empty, values)):
        return None
    return UNCLEAR


REFUSING_STEMS = tuple(map(normalize_words, vocabulary.REFUSING.split("|")))
_CJK_REFUSING_STEMS = tuple(
    stem for stem in REFUSING_STEMS if stem[:1] >= FIRST_CJK
)
PREFIX_LENGTH = 3  #: letters by which the stems are looked up
_ASCII_WORD = re.compile(r"[a-z0-9]+")


def _index_by_prefix(stems: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return stems by their first letters: one regular expression of all of them is slow."""
    stems_by_prefix: defaultdict[str, list[str]] = defaultdict(list)
    for stem in stems:
        stems_by_prefix[_prefix_of(stem)].append(stem)
    return {prefix: tuple(group) for prefix, group in stems_by_prefix.items()}


def _prefix_of(word: str) -> str:
    return f"{word} "[:PREFIX_LENGTH]


_STEMS_BY_PREFIX = _index_by_prefix(REFUSING_STEMS)


def refuses_in_words(text: str) -> bool:
    """Return whether a remark seems to say that somebody wants no mail."""
    if text.isascii():
        words = _ASCII_WORD.findall(text.lower())
    else:
        words = normalize_words(text).split()
    for position, word in enumerate(words):
        stems = _STEMS_BY_PREFIX.get(_prefix_of(word))
        if stems and " ".join(words[position:]).startswith(stems):
            return True
    if text.isascii():
        return False
    joined_words = " ".join(words)
    return any(stem in joined_words for stem in _CJK_REFUSING_STEMS)


def are_ticks(values: Iterable[str]) -> bool:
    """Return whether all that is filled of a column is a yes, a no, or the mark of a box."""
    filled = [normalize_words(value) for value in values if not is_empty(value)]
    return bool(filled) and all(map(_is_tick, filled))


def _is_tick(word: str) -> bool:
    """Return whether a cell is a yes, a no, or holds only a mark; `word` is it after `normalize_words`."""
    return not word or word in YES or word in NO


def are_status_words(values: Iterable[str]) -> bool:
    """Return whether all that is filled of a column without a heading may be a status."""
    filled = {normalize_words(value) for value in values} - EMPTY
    return bool(filled) and all(map(_may_be_status_word, filled))


def _may_be_status_word(word: str) -> bool:
    return word in MEANING or word in YES or word in NO or len(word) == 1


def is_date_column(values: Iterable[str]) -> bool:
    """Return whether all that is filled of a column are dates: then it is no status."""
    filled = {value for value in values if not is_empty(value)}
    return filled == {A_DATE}

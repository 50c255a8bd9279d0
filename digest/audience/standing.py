"""Standing: what a cell says of whether its person agreed or said no, by the column it is in.

The columns are known by `status_headings`, the words by `status_words`. Whatever looks like a
status and is not understood becomes a question to a person, never a yes.
"""

import re
from collections.abc import Iterable, Mapping

from digest.audience import vocabulary
from digest.audience.dates import looks_like_time
from digest.audience.status_headings import (
    COMPLAINING,
    How,
    StatusColumn,
    begins_with,
)
from digest.audience.status_words import (
    A_DATE,
    CODE,
    CROSSES,
    EMPTY,
    MEANING,
    NO,
    NO_SIGNS,
    NO_TICKS,
    TICKS,
    UNCLEAR_BEGINNINGS,
    YES,
    is_empty,
    plain,
)
from digest.model import Standing


def meaning(  # noqa: PLR0911 # one line for each way to read a column
    column: StatusColumn, cell: str
) -> Standing | str | None:
    """Return what a cell says: a standing, None for nothing, or "?" if that is not known."""
    word = plain(cell)
    if column.words and word in column.words:
        return column.words[word]
    if column.how in {How.WHEN, How.WHY, How.SINCE}:
        return _by_presence(column, word)
    if column.how == How.REMARKS:
        return "?" if word else None
    if not word and (mark := cell.strip()):
        return _of_mark(column, mark)
    if word in EMPTY:
        return None
    known = MEANING.get(word)
    if known is not None:
        agrees = known == Standing.ACTIVE
        return "?" if agrees and column.how == How.REFUSES else known
    if column.how == How.STATES:
        return (
            Standing.BOUNCED
            if CODE.fullmatch(cell.strip())
            else _begins_with_no(word) or "?"
        )
    return _yes_or_no(column, word, cell)


def _of_mark(column: StatusColumn, mark: str) -> Standing | str | None:
    """Return what a cell says that holds only signs: a tick, a cross, a box, or a line."""
    if set(mark) <= NO_SIGNS:
        return None
    if column.how == How.STATES:
        return "?"
    agrees = column.how == How.AGREES
    if set(mark) <= TICKS:
        return Standing.ACTIVE if agrees else column.kind
    if set(mark) <= NO_TICKS:
        return column.kind if agrees else None
    if set(mark) <= CROSSES and agrees:
        return column.kind
    return "?"


def _begins_with_no(words: str) -> Standing | None:
    """Return the no that some words begin with, as in "unsubscribed by telephone"; None if none."""
    first = MEANING.get(words.partition(" ")[0])
    clear = words.partition(" ")[0] not in UNCLEAR_BEGINNINGS
    return first if clear and first not in {None, Standing.ACTIVE} else None


def _by_presence(column: StatusColumn, word: str) -> Standing | None:
    """Return what it says that there is anything in a cell, or nothing."""
    empty = word in EMPTY or word in NO or set(word) <= {"0", " "}
    if column.how == How.SINCE:
        return Standing.UNCONFIRMED if empty else Standing.ACTIVE
    if empty:
        return None
    if column.how == How.WHY and begins_with(word, COMPLAINING):
        return Standing.COMPLAINED
    return column.kind


def _yes_or_no(column: StatusColumn, word: str, cell: str) -> Standing | str | None:
    agrees = column.how == How.AGREES
    if word in YES or cell == A_DATE or looks_like_time(cell.strip()):
        return Standing.ACTIVE if agrees else column.kind
    if word in NO:
        return column.kind if agrees else None
    return "?"


def empty_means(
    column: StatusColumn, values: Mapping[str, int]
) -> Standing | str | None:
    """Return what an empty cell says, where others of its column are filled.

    A box that nobody ticked may be a no or one that was forgotten: it is asked, as is a status.
    """
    filled = [v for v in values if not is_empty(v)]
    if not filled or column.how not in {How.STATES, How.AGREES}:
        return None
    return "?"


REFUSING = tuple(map(plain, vocabulary.REFUSING.split("|")))
#: What remarks of a no begin with, by their first letters: an alternation of all is slow.
LETTERS = 3
_BY_LETTERS: dict[str, list[str]] = {}
for _stem in REFUSING:
    _BY_LETTERS.setdefault(f"{_stem} "[:LETTERS], []).append(_stem)
_REFUSING_WITHIN = tuple(stem for stem in REFUSING if stem[:1] >= "\u1100")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")


def refuses_in_words(text: str) -> bool:
    """Say whether a remark seems to say that somebody wants no mail."""
    words = (
        _ASCII_WORDS.findall(text.lower()) if text.isascii() else plain(text).split()
    )
    for number, word in enumerate(words):
        stems = _BY_LETTERS.get(f"{word} "[:LETTERS])
        if stems and " ".join(words[number:]).startswith(tuple(stems)):
            return True
    return not text.isascii() and any(
        stem in " ".join(words) for stem in _REFUSING_WITHIN
    )


def are_ticks(values: Iterable[str]) -> bool:
    """Say whether all that is filled of a column is a yes, a no, or the mark of a box."""
    filled = [v for v in values if not is_empty(v)]
    return bool(filled) and all(
        plain(v) in YES or plain(v) in NO or not plain(v) for v in filled
    )


def are_status_words(values: Iterable[str]) -> bool:
    """Say whether all that is filled of a column without a heading may be a status."""
    filled = [word for v in values if (word := plain(v)) not in EMPTY]
    return bool(filled) and all(
        w in MEANING or w in YES or w in NO or len(w) == 1 for w in filled
    )


def is_date_column(values: Iterable[str]) -> bool:
    """Say whether all that is filled of a column are dates: then it is no status."""
    filled = [v for v in values if not is_empty(v)]
    return bool(filled) and all(v == A_DATE for v in filled)

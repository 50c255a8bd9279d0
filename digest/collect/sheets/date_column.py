"""Columns of dates: decide for all of one whether 03/04 is in April.

Input is the cells of a column, as text; output is `DateRules`. The order of day and month is decided
by what can be nothing else, by the heading, by what would lie in the future, by the order of the
rows, and by the sheet's language; where all that says nothing, a person is asked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from digest.collect.sheets.clip_dates import (
    DIGITS,
    MONTHS,
    YEAR_FIRST,
    DateRules,
    clean_date,
    date_in_order,
    whole_year,
    words_of_date,
)
from digest.collect.sheets.month_names import usual_languages

AMERICAN_TIME = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
#: Cells by which the order of the rows is told.
MIN_SORTED = 4
#: Of the heading: "Date (dd/mm/yyyy)", "Datum (TT.MM.JJJJ)", "Fecha (dd/mm/aaaa)".
DAY_FIRST_FORM = re.compile(r"\b[dtj]{1,2}\W?m{1,2}\b", re.IGNORECASE)
MONTH_FIRST_FORM = re.compile(r"\bm{1,2}\W?[dtj]{1,2}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateContext:
    """What is known of a column of dates beside its cells."""

    today: date
    heading: str = ""
    day_first: bool | None = None  #: as a person says; None if nobody did
    #: whether the sheet is from where the day is written first
    is_european: bool = False
    #: of dates without one; None if it is not known
    year: int | None = None


@dataclass(slots=True)
class _Digits:
    """The dates of a column that are in digits, day and month in either order."""

    day_first: list[str] = field(default_factory=list)  #: can be nothing else
    month_first: list[str] = field(default_factory=list)
    ambiguous: list[tuple[int, int, int]] = field(default_factory=list)
    example: str = ""  #: an ambiguous one
    american_times: int = 0

    def add_date(self, text: str, match: re.Match[str], today: date) -> None:
        """Take a date into account; with dots the day is first, everywhere."""
        first = int(match[1])
        second = int(match[3])
        if match[2] == ".":
            return
        if first > MONTHS >= second:
            self.day_first.append(text)
        elif second > MONTHS >= first:
            self.month_first.append(text)
        elif first != second and min(first, second) > 0:
            year = whole_year(match[4], today)
            self.ambiguous.append((first, second, year))
            self.example = self.example or text
            if AMERICAN_TIME.search(text):
                self.american_times += 1


def decide_date_rules(cells: Sequence[str], context: DateContext) -> DateRules:
    """Return how the dates of a column are to be read."""
    texts = [clean_date(cell) for cell in cells]
    digits = _Digits()
    words: list[str] = []
    for text, cell in zip(texts, cells, strict=True):
        match = DIGITS.fullmatch(text)
        if match:
            digits.add_date(cell.strip(), match, context.today)
        elif any(map(str.isalpha, text)):
            words.extend(words_of_date(text))
    day_first, because, is_guess = _decide_order(digits, context)
    undecided = ""
    if day_first is None:
        undecided = digits.example
    notes = (*_notes_on_mixture(digits), *_notes_on_swapped(texts, digits))
    return DateRules(
        context.today,
        day_first is not False,
        because,
        is_guess,
        undecided,
        usual_languages(words),
        context.year,
        notes,
    )


def _decide_order(
    digits: _Digits, context: DateContext
) -> tuple[bool | None, str, bool]:
    """Return whether the day is first, why, and whether that is a guess; None if nothing says it."""
    if context.day_first is not None:
        return context.day_first, "as you say", False
    days = len(digits.day_first)
    months = len(digits.month_first)
    if days > months:
        return True, f"{digits.day_first[0]} can be nothing else", False
    if months > days:
        return False, f"{digits.month_first[0]} can be nothing else", False
    if not digits.ambiguous:
        return True, "", False
    for decide in (_by_heading, _by_future, _by_sequence, _by_place):
        day_first, because = decide(digits, context)
        if day_first is not None:
            return day_first, because, True
    return None, "", True


def _by_heading(
    _digits: _Digits, context: DateContext
) -> tuple[bool | None, str]:
    """Decide by what the heading says: “dd/mm/yyyy”."""
    because = f"the heading says {context.heading}"
    if DAY_FIRST_FORM.search(context.heading):
        return True, because
    if MONTH_FIRST_FORM.search(context.heading):
        return False, because
    return None, ""


def _by_future(
    digits: _Digits, context: DateContext
) -> tuple[bool | None, str]:
    """Decide by which order has no date in the future."""
    limit = context.today + timedelta(days=1)
    is_late = {
        day_first: any(
            date_in_order(*one, day_first=day_first) > limit
            for one in digits.ambiguous
        )
        for day_first in (True, False)
    }
    if is_late[True] == is_late[False]:
        return None, ""
    return is_late[False], "otherwise some would lie in the future"


def _by_sequence(
    digits: _Digits, _context: DateContext
) -> tuple[bool | None, str]:
    """Decide by which order puts the rows in the order of their dates."""
    if len(set(digits.ambiguous)) < MIN_SORTED:
        return None, ""
    is_in_order = {
        day_first: _is_sorted(
            [
                date_in_order(*one, day_first=day_first)
                for one in digits.ambiguous
            ]
        )
        for day_first in (True, False)
    }
    if is_in_order[True] == is_in_order[False]:
        return None, ""
    return is_in_order[True], "so the rows are in the order of their dates"


def _by_place(digits: _Digits, context: DateContext) -> tuple[bool | None, str]:
    """Decide by where the sheet seems to be from."""
    if digits.american_times:
        return False, "times have AM or PM"
    if context.is_european:
        return True, "as usual where the sheet seems to be from"
    return None, ""


def _is_sorted(days: Sequence[date]) -> bool:
    rises = all(one <= other for one, other in pairwise(days))
    falls = all(one >= other for one, other in pairwise(days))
    return rises or falls


def _notes_on_mixture(digits: _Digits) -> Iterator[str]:
    """Say if some dates of a column can only be read in one order, and some in the other."""
    if not digits.day_first or not digits.month_first:
        return
    yield (
        f"dates are written in two orders: {digits.day_first[0]} ({len(digits.day_first)}) and "
        f"{digits.month_first[0]} ({len(digits.month_first)}); please check them"
    )


def _notes_on_swapped(texts: Sequence[str], digits: _Digits) -> Iterator[str]:
    """Say if a spreadsheet may have taken days for months, which it does where both are possible.

    Then what it understood as dates is of days up to 12 only, and all later days stayed text.
    """
    matches = [YEAR_FIRST.fullmatch(text) for text in texts]
    days = [int(match["day"]) for match in matches if match]
    if len(days) < MIN_SORTED or max(days) > MONTHS:
        return
    if digits.day_first and not digits.ambiguous:
        yield (
            f"{len(days)} dates are of days up to 12 only, and others are text such as "
            f"{digits.day_first[0]}: the spreadsheet may have taken days for months; please check them"
        )

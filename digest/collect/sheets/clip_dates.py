"""Dates of clips: read the day that a cell says.

Input is the text of a cell, and how the dates of its column are read (`date_column`). A day that is
not known is the first of its month or year, and called so. Hours are left out: a sheet does not say
in which zone they are.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Self

from digest.collect.sheets.month_names import (
    fold_word,
    meanings_of,
    month_of,
    plain_figure,
)
from digest.errors import DigestError
from digest.infra.sheets.dates import (
    MAX_UNIX_SECONDS,
    SERIAL_DAYS,
    SERIAL_START,
    UNIX_TIME,
    is_never,
)

MAX_LENGTH = 60  #: characters; more is no date
MIN_NAME = 2  #: letters of the name of a month
MAX_WORDS = 7  #: beside the figures of a date
MAX_WORDS_ALONE = 2  #: of a month without figures
FIRST_YEAR = 1900  #: before it no clip is kept
MONTHS = 12
#: Signs for no letter, such as those that set the direction of Arabic.
INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\ufeff")
)
#: A time of day with its zone, anywhere in a date.
TIME_OF_DAY = re.compile(
    r"(?:[T,\s]+|^)\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\b\.?)?"
    r"(?:\s*(?:z\b|utc\b|gmt\b|[a-z]{3,4}$|[+-]\d{2}:?\d{2}))*",
    re.IGNORECASE,
)
SPACED_SIGN = re.compile(r"\s*([./-])\s*(?=\d|$)")
DIGITS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\.?")
#: Forms whose parts are clear, also of dates without their day, or month.
CLEAR_FORMS = (
    re.compile(
        r"(?P<year>\d{4})(?P<sign>[./-])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})\.?"
    ),
    re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)"),
    re.compile(
        r"(?P<year>\d{4})[年년] ?(?P<month>\d{1,2})[月월](?: ?(?P<day>\d{1,2})[日일])?"
    ),
    re.compile(r"(?P<year>(?:19|20)\d{2})[./-](?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})[./-](?P<year>(?:19|20)\d{2})"),
    re.compile(r"(?P<year>(?:19|20)\d{2})"),
)
YEAR_FIRST = CLEAR_FORMS[0]
YEAR_ALONE = CLEAR_FORMS[-1]
DAY_AND_MONTH = re.compile(r"(\d{1,2})[./-](\d{1,2})\.?")
#: How spreadsheets show the month of a year: "Mar-24".
MONTH_OF_YEAR = re.compile(r"([^\W\d_]{3,})\.?[-']\s?(\d{2})")
TOKEN = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class ClipDay:
    """A day on which something came out."""

    day: date
    #: "day", or "month" or "year" if no more is known: then it is the first of that
    precision: str = "day"
    doubt: str = ""  #: what a person should check; "" if nothing


@dataclass(frozen=True, slots=True)
class DateRules:
    """How the dates of a column are read."""

    today: date
    day_first: bool = True
    #: why; "" if no date of the column can be read in two ways
    because: str = ""
    is_guess: bool = False
    #: a date that may be either, if nothing says which; a person has to answer
    undecided: str = ""
    languages: tuple[str, ...] = ()  #: of the names of months
    year: int | None = None  #: of dates without one
    notes: tuple[str, ...] = ()

    def with_year(self, year: int) -> "DateRules":
        """Return the same rules for a row that says its year."""
        return replace(self, year=year)


def clean_date(cell: str) -> str:
    """Return a date without its time of day, signs that are not seen, and doubled spaces."""
    text = " ".join(cell.translate(INVISIBLE).split())
    if not text.isascii():
        text = "".join(map(plain_figure, text))
    if ":" in text or "h" in text:
        text = TIME_OF_DAY.sub("", text).strip(" ,T")
    if text[:1].isdigit():
        text = SPACED_SIGN.sub(r"\1", text)
    return text


def may_be_date(cell: str) -> bool:
    """Return whether a cell may be one of a column that is headed as one of dates."""
    if not _has_figures(cell):
        return False
    try:
        day = read_day(cell, DateRules(date.max, year=FIRST_YEAR))
    except DigestError:
        return False
    return day is not None


def _has_figures(cell: str) -> bool:
    """Return whether there are figures in a cell that is no address: else it is no date."""
    return "://" not in cell and any(map(str.isdecimal, cell))


def is_whole_date(cell: str) -> bool:
    """Return whether a cell is a day with its year, and no number that may be of something else."""
    if cell.strip().isdigit() or not _has_figures(cell):
        return False
    try:
        day = read_day(cell, DateRules(date.max))
    except DigestError:
        return False
    return day is not None and day.precision == "day"


def read_day(cell: str, rules: DateRules) -> ClipDay | None:
    """Return the day that a cell says; None if it says none. Raises DigestError if it is no date."""
    text = clean_date(cell)
    if is_never(text):
        return None
    try:
        day = _read_any_form(text, rules)
    except (ValueError, OverflowError):
        raise _unreadable_error(cell) from None
    if day is None:
        raise _unreadable_error(cell)
    _refuse_impossible(day, cell, rules)
    return day


def _read_any_form(text: str, rules: DateRules) -> ClipDay | None:
    """Read a date in digits, in days or seconds, or in words. Raises ValueError if there is no such day."""
    if len(text) > MAX_LENGTH:
        return None
    day = _read_digits(text, rules)
    if day is None:
        day = _read_number(text)
    if day is None:
        day = _read_words(text, rules)
    return day


def _refuse_impossible(day: ClipDay, cell: str, rules: DateRules) -> None:
    """Raise DigestError if a day is too early, or is to come."""
    shown = cell.strip()
    if day.day.year < FIRST_YEAR:
        raise DigestError(f"the date is before {FIRST_YEAR}: {shown}")
    if day.day > rules.today:
        raise DigestError(f"the date is in the future: {shown}")


def _unreadable_error(cell: str) -> DigestError:
    shown = " ".join(cell.split())[:MAX_LENGTH]
    return DigestError(f"the date cannot be read: {shown}")


def _read_digits(text: str, rules: DateRules) -> ClipDay | None:
    """Read a date in digits. Raises ValueError if there is no such day."""
    for form in CLEAR_FORMS:
        match = form.fullmatch(text)
        if match:
            return _day_of_parts(match.groupdict())
    match = DIGITS.fullmatch(text)
    if match:
        return ClipDay(_day_of_digits(match, rules))
    match = DAY_AND_MONTH.fullmatch(text)
    if match:
        return _day_of_year(match, _year_of(rules, text), rules)
    return None


def _day_of_parts(parts: Mapping[str, str | None]) -> ClipDay:
    """Return the day of a date whose parts are clear; what is missing is the first."""
    precision = "day"
    if not parts.get("day"):
        precision = "month"
    if not parts.get("month"):
        precision = "year"
    year, month, day = (
        int(parts.get(part) or 1) for part in ("year", "month", "day")
    )
    return ClipDay(date(year, month, day), precision)


def _day_of_digits(match: re.Match[str], rules: DateRules) -> date:
    """Return the day of a date in digits: in the column's order, or as only is possible."""
    first = int(match[1])
    second = int(match[3])
    year = whole_year(match[4], rules.today)
    is_day_first = rules.day_first or match[2] == "."
    if first > MONTHS:
        is_day_first = True
    elif second > MONTHS:
        is_day_first = False
    return date_in_order(first, second, year, day_first=is_day_first)


def date_in_order(
    first: int, second: int, year: int, *, day_first: bool
) -> date:
    """Return the day of a date in digits. Raises ValueError if there is none."""
    if day_first:
        return date(year, second, first)
    return date(year, first, second)


def whole_year(digits: str, today: date) -> int:
    """Return a year of four digits; one of two that is not over yet was a hundred years ago."""
    year = int(digits)
    if len(digits) > 2:
        return year
    year += 2000
    if year > today.year:
        return year - 100
    return year


def _day_of_year(match: re.Match[str], year: int, rules: DateRules) -> ClipDay:
    """Return the day of a date in digits without its year."""
    first = int(match[1])
    second = int(match[2])
    is_day_first = rules.day_first or first > MONTHS
    day = date_in_order(first, second, year, day_first=is_day_first)
    return ClipDay(day, doubt=f"the year is taken to be {year}")


def _year_of(rules: DateRules, text: str) -> int:
    """Return the year of a date without one. Raises DigestError if nothing says it."""
    if rules.year is None:
        raise DigestError(f"the date has no year: {text}")
    return rules.year


def _read_number(text: str) -> ClipDay | None:
    """Read days since 1899, as spreadsheets count, or seconds since 1970."""
    if SERIAL_DAYS.fullmatch(text):
        return ClipDay((SERIAL_START + timedelta(days=float(text))).date())
    if UNIX_TIME.fullmatch(text):
        seconds = float(text)
        if seconds > MAX_UNIX_SECONDS:
            seconds /= 1000
        return ClipDay(datetime.fromtimestamp(seconds, UTC).date())
    return None


# Dates with the name of a month


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers of a date in words."""

    years: tuple[str, ...]
    small: tuple[
        str, ...
    ]  #: of one or two digits: days, or years without their century
    has_others: bool  #: then it is no date

    @classmethod
    def from_tokens(cls, tokens: Sequence[str]) -> Self:
        """Return the numbers among words."""
        numbers = list(filter(str.isdigit, tokens))
        years = tuple(filter(YEAR_ALONE.fullmatch, numbers))
        small = tuple(number for number in numbers if len(number) <= 2)
        has_others = len(years) + len(small) != len(numbers)
        return cls(years, small, has_others)


def words_of_date(text: str) -> list[str]:
    """Return the folded words of a date that may be names of months, two together first."""
    return _candidate_words(_tokens_of(text))


def _tokens_of(text: str) -> list[str]:
    return TOKEN.findall(fold_word(text))


def _candidate_words(tokens: Sequence[str]) -> list[str]:
    """Return what may be names of months; two words together go before one."""
    candidates: list[str] = []
    taken = ""
    for token, following in pairwise([*tokens, ""]):
        if token == taken:
            taken = ""
            continue
        name = _name_in(token, following)
        if name:
            candidates.append(name)
            taken = name.removeprefix(token).strip()
    return candidates


def _name_in(token: str, following: str) -> str:
    """Return what may be the name of a month: two words, or the first of them; "" if neither is."""
    if len(token) < MIN_NAME:
        return ""
    pair = f"{token} {following}".strip()
    for name in (pair, token):
        if meanings_of(name):
            return name
    return ""


def _read_words(text: str, rules: DateRules) -> ClipDay | None:
    """Read a date with the name of a month, in any order. Raises ValueError if there is no such day."""
    tokens = _tokens_of(text)
    numbers = _Numbers.from_tokens(tokens)
    if numbers.has_others or _is_sentence(tokens, numbers):
        return None
    months = _months_of(tokens, rules)
    if not months:
        return None
    month = _choose_month(months, numbers.small)
    if numbers.years:
        return _day_in_year(int(numbers.years[0]), month, numbers.small)
    return _day_with_short_year(text, month, numbers.small, rules)


def _months_of(tokens: Sequence[str], rules: DateRules) -> list[int]:
    """Return the months that the words of a date name."""
    months = [
        month_of(word, rules.languages) for word in _candidate_words(tokens)
    ]
    return [month for month in months if month]


def _is_sentence(tokens: Sequence[str], numbers: _Numbers) -> bool:
    """Return whether so many words stand around the name of a month that it is no date."""
    count = len(numbers.years) + len(numbers.small)
    if not count:
        return len(tokens) > MAX_WORDS_ALONE
    return len(tokens) - count > MAX_WORDS


def _choose_month(months: Sequence[int], small: Sequence[str]) -> int:
    """Return the month of a date; "mar. 3 févr." begins with a day of the week, a range with its start."""
    is_weekday_first = len(months) > 1 and len(small) < len(months)
    if is_weekday_first:
        return months[-1]
    return months[0]


def _day_in_year(year: int, month: int, small: Sequence[str]) -> ClipDay:
    if not small:
        return ClipDay(date(year, month, 1), "month")
    doubt = ""
    if len(small) > 1:
        doubt = "several days are named: the first is taken"
    return ClipDay(date(year, month, int(small[0])), doubt=doubt)


def _day_with_short_year(
    text: str, month: int, small: Sequence[str], rules: DateRules
) -> ClipDay | None:
    """Return the day of a date whose year has two digits, or is missing."""
    if MONTH_OF_YEAR.fullmatch(text):
        year = whole_year(small[0].zfill(2), rules.today)
        return ClipDay(date(year, month, 1), "month")
    if len(small) == 2:
        year = whole_year(small[1].zfill(2), rules.today)
        return ClipDay(date(year, month, int(small[0])))
    if len(small) > 2:
        return None
    year = _year_of(rules, text)
    doubt = f"the year is taken to be {year}"
    if not small:
        return ClipDay(date(year, month, 1), "month", doubt)
    return ClipDay(date(year, month, int(small[0])), doubt=doubt)

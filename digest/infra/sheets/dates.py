"""Dates: parse them as sheets write them, and decide for a column whether 03/04 is in April.

Input is cells as text, in ISO 8601, digits, words of many languages, seconds since 1970, or days
since 1899; output is times in UTC. DigestError if a cell holds no time. Sources: Unicode CLDR by
Babel (names of months), RFC 5322, 4.3 (time zones), ECMA-376, 18.17.4.1 (Excel's days).
"""

import re
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any

from digest.errors import DigestError

DATE_IN_DIGITS = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r"\s*([AaPp])?\.?(?:[Mm]\.?)?)?"
)
#: What programs write where there is no date (MySQL's zero date among them).
NEVER = frozenset({"0", "-", "--", "never", "null", "none", "nan", "n/a", "nie", "nunca", "jamais",
                   "0001-01-01t00:00:00z", "0001-01-01 00:00:00 +0000 utc"})  # fmt: skip
NEVER_PREFIXES = ("0000-00-00", "00.00.0000")
#: Time since 1970 in seconds or milliseconds, from 1973 to 2033.
UNIX_TIME = re.compile(r"1?\d{9}(?:\d{3})?(?:\.\d+)?")
MAX_UNIX_SECONDS = 1e11  #: more are milliseconds
#: The languages whose names of months are known (Unicode CLDR by Babel).
LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "ca", "nl", "pl", "cs", "sk", "hu", "sv", "da",
             "nb", "fi", "ro", "sl", "sr_Latn", "et", "lv", "lt", "tr", "el", "ru", "uk",
             "bg")  # fmt: skip
#: Days since 30 December 1899, as Excel counts (ECMA-376, 18.17.4.1), from 1982 to 2064.
SERIAL_DAYS = re.compile(r"[3-5]\d{4}(?:\.\d+)?")
SERIAL_START = datetime(1899, 12, 30, tzinfo=UTC)
#: Year, month and day as East Asia and Hungary write them: 2024年3月5日, 2024. 3. 5.
DATE_YEAR_FIRST = re.compile(
    r"(\d{4})(?:年|년|\.) ?(\d{1,2})(?:月|월|\.) ?(\d{1,2})(?:日|일|\.)?"
    r"(?: (\d{1,2}):(\d{2})(?::\d{2})?)?"
)
#: Names of time zones in mail (RFC 5322, 4.3), in hours from UTC, and those of Europe.
ZONE_HOURS = {"UT": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
              "MDT": -6, "PST": -8, "PDT": -7, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1,
              "MESZ": 2, "EET": 2, "EEST": 3, "BST": 1}  # fmt: skip
ZONE_SECONDS = {name: hours * 3600 for name, hours in ZONE_HOURS.items()}
#: A zone as Go and Ruby write it: "2024-03-01 10:00:00 +0000 UTC", "2024-03-01 10:00:00 UTC".
TRAILING_ZONE = re.compile(
    r"(\d) (?:UTC|Z|([+-]\d{2}:?\d{2})(?: [A-Z]{3,4})?)$"
)
SMALL_WORDS = re.compile(
    r"(?i)\b(?:de|del|d'|à las|a las|um|à|at|року|года|г|р)\b"
)
DATE_SHAPES = re.compile(
    r"\d{4}[./-]\d{1,2}[./-]\d{1,2}.*"
    r"|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}).*"
    r"|\d{4}(?:年|년|\.) ?\d{1,2}(?:月|월|\.) ?\d{1,2}.*"
    r"|\d{1,2}\.? (?:de |d')?[^\W\d]+\.? (?:de |del )?\d{4}.*"
    r"|[^\W\d]+ \d{1,2},? \d{4}.*"
)


#: Two dates without a day in common: a text that parses differently with each has gaps.
GAP_FILLERS = (datetime(1, 1, 1, tzinfo=UTC), datetime(4, 2, 2, tzinfo=UTC))


@dataclass(slots=True)
class DateOrder:
    """Evidence from a column's dates in digits: which of their first two numbers is the day."""

    day_first: int = 0  #: dates whose first number is no month
    month_first: int = 0  #: dates whose second number is no month
    ambiguous: int = 0  #: dates that may be either
    american: int = 0  #: dates with AM or PM
    example: str = ""  #: an ambiguous date

    def add_date(self, text: str) -> None:
        """Take a date of the column into account."""
        match = DATE_IN_DIGITS.match(text)
        if (
            not match or match[2] == "."
        ):  # with dots the day is first, everywhere
            return
        if match[8]:
            self.american += 1
        first = int(match[1])
        second = int(match[3])
        if first > 12:
            self.day_first += 1
        elif second > 12:
            self.month_first += 1
        elif first != second:
            self.ambiguous += 1
            self.example = self.example or text

    @property
    def is_undecided(self) -> bool:
        """Whether there is no evidence of which number is the day, not even AM or PM."""
        return self.is_guess and not self.american

    @property
    def is_guess(self) -> bool:
        """Whether the column has no evidence, or evidence for both."""
        is_clear = bool(self.day_first) != bool(self.month_first)
        return bool(self.ambiguous) and not is_clear

    @property
    def is_day_first(self) -> bool:
        """Whether the first number is read as the day in an ambiguous date."""
        if self.day_first != self.month_first:
            return self.day_first > self.month_first
        return not self.american


def is_never(text: str) -> bool:
    """Return whether a cell of a column of dates says that there is none."""
    return (
        not text or text.casefold() in NEVER or text.startswith(NEVER_PREFIXES)
    )


def looks_like_time(text: str) -> bool:
    """Return whether a cell holds a date, in whatever form."""
    return bool(DATE_SHAPES.fullmatch(text) or UNIX_TIME.fullmatch(text))


def is_time(text: str) -> bool:
    """Return whether a cell can be read as a time, in whatever form."""
    if looks_like_time(text):
        return True
    if len(text) < 5 or not any(map(str.isdigit, text)):
        return False
    try:
        return parse_time(text) is not None
    except DigestError:
        return False


def parse_time(text: str, *, day_first: bool = True) -> datetime | None:
    """Return a time in UTC; None where there is none. Raises DigestError if it is no time.

    A time without a zone is read as UTC. `day_first` says what 03/04/2026 is.
    """
    if is_never(text):
        return None
    try:
        parsed = (
            _parse_iso(text)
            or _parse_number(text)
            or _parse_digits(text, day_first=day_first)
            or _parse_year_first(text)
            or _parse_words(text, day_first=day_first)
        )
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=UTC)
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        raise DigestError(
            f"expected a time such as 2026-02-27T09:00:00Z, found {text!r}"
        ) from None


def _parse_iso(text: str) -> datetime | None:
    """Return a time in ISO 8601; a zone may follow as Go and Ruby write it."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(TRAILING_ZONE.sub(_iso_zone, text))
    except ValueError:
        return None


def _iso_zone(match: re.Match[str]) -> str:
    offset = match[2] or "+00:00"
    return match[1] + offset


def _parse_number(text: str) -> datetime | None:
    """Return a time that is given in seconds or milliseconds since 1970, or in Excel's days."""
    if UNIX_TIME.fullmatch(text):
        seconds = float(text)
        if seconds > MAX_UNIX_SECONDS:
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    if SERIAL_DAYS.fullmatch(text):
        return SERIAL_START + timedelta(days=float(text))
    return None


def _parse_digits(text: str, *, day_first: bool) -> datetime | None:
    """Return a date such as 27.2.2026 9:00 or 2/27/26 9:00 PM."""
    match = DATE_IN_DIGITS.fullmatch(text)
    if not match:
        return None
    year = int(match[4])
    if year < 100:
        year += 2000
    is_day_first = day_first or match[2] == "."
    day, month = _order_day_and_month(
        int(match[1]), int(match[3]), is_day_first=is_day_first
    )
    hour = _hour_of_24(int(match[5] or 0), match[8] or "")
    minute = int(match[6] or 0)
    second = int(match[7] or 0)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def _order_day_and_month(
    first: int, second: int, *, is_day_first: bool
) -> tuple[int, int]:
    """Return day and month of two numbers: as usual there, or as only is possible."""
    if first > 12:
        return first, second
    if second > 12:
        return second, first
    return (first, second) if is_day_first else (second, first)


def _hour_of_24(hour: int, half: str) -> int:
    """Return an hour of AM ("a"), PM ("p") or 24 hours ("") as one from 0 to 23."""
    if not half:
        return hour
    if half in "Pp":
        return hour % 12 + 12
    return hour % 12


def _parse_year_first(text: str) -> datetime | None:
    match = DATE_YEAR_FIRST.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@lru_cache(maxsize=4096)
def _parse_words(text: str, *, day_first: bool) -> datetime:
    """Return a date with the name of a month in it, or otherwise written. Raises ValueError."""
    # 2024-03-01 is the first of March, whatever the column says
    is_day_first = day_first and not text[:4].isdigit()
    words = SMALL_WORDS.sub(" ", text)
    first, second = (
        _parse_with_dateutil(words, filler, day_first=is_day_first)
        for filler in GAP_FILLERS
    )
    if first.date() != second.date():
        raise ValueError(text)
    return first


def _parse_with_dateutil(
    text: str, filler: datetime, *, day_first: bool
) -> datetime:
    """Return a date; its gaps are filled from another one. Raises ValueError and the like."""
    from dateutil import parser

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # a zone of another name is taken for UTC
        parsed = parser.parse(
            text,
            parserinfo=_dateutil_words(),
            dayfirst=day_first,
            default=filler,
            tzinfos=ZONE_SECONDS,
        )
    return datetime.fromisoformat(parsed.isoformat())


@lru_cache(maxsize=1)
def _dateutil_words() -> Any:
    """Return the words that dateutil knows, with the names of months of some languages."""
    from dateutil import parser

    months = [tuple(sorted(names)) or ("?",) for names in _names_by_month()]
    return type("Words", (parser.parserinfo,), {"MONTHS": months})()


def _names_by_month() -> list[set[str]]:
    """Return the names of each month, but for those that mean different ones.

    "Listopad" is October in one language and November in another: it says nothing.
    """
    names_by_month = [_month_names(number) for number in range(1, 13)]
    counts: Counter[str] = Counter()
    for names in names_by_month:
        counts.update(names)
    ambiguous_names = {name for name, count in counts.items() if count > 1}
    return [names - ambiguous_names for names in names_by_month]


def _month_names(number: int) -> set[str]:
    """Return the names of a month (1 to 12), as dateutil reads words: in lower case, no dot."""
    from babel import Locale

    names: set[str] = set()
    for language in LANGUAGES:
        months = Locale(language).months
        for context, width in product(
            ("format", "stand-alone"), ("wide", "abbreviated")
        ):
            name = months[context][width][number].lower().rstrip(".")
            if not name.isdigit() and " " not in name:
                names.add(name)
    return names

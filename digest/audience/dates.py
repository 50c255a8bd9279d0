"""Dates as sheets write them. Whether 03/04 is in March or in April, the whole column decides."""

import re
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from digest.errors import DigestError

DIGITS = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r"\s*([AaPp])?\.?(?:[Mm]\.?)?)?"
)
#: What programs write where there is no date (MySQL's zero date among them).
NEVER = frozenset({"0", "-", "--", "never", "null", "none", "nan", "n/a", "nie", "nunca", "jamais",
                   "0001-01-01t00:00:00z", "0001-01-01 00:00:00 +0000 utc"})  # fmt: skip
UNIX = re.compile(
    r"1?\d{9}(?:\d{3})?(?:\.\d+)?"
)  # 1973 to 2033, in seconds or milliseconds
#: The languages whose names of months are known (Unicode CLDR by Babel).
LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "ca", "nl", "pl", "cs", "sk", "hu", "sv", "da",
             "nb", "fi", "ro", "sl", "sr_Latn", "et", "lv", "lt", "tr", "el", "ru", "uk",
             "bg")  # fmt: skip
#: Days since 30 December 1899, as Excel counts (ECMA-376, 18.17.4.1), from 1982 to 2064.
SERIAL = re.compile(r"[3-5]\d{4}(?:\.\d+)?")
SERIAL_START = datetime(1899, 12, 30, tzinfo=UTC)
#: Year, month and day as East Asia and Hungary write them: 2024年3月5日, 2024. 3. 5.
YEAR_FIRST = re.compile(
    r"(\d{4})(?:年|년|\.) ?(\d{1,2})(?:月|월|\.) ?(\d{1,2})(?:日|일|\.)?"
    r"(?: (\d{1,2}):(\d{2})(?::\d{2})?)?"
)
#: Names of zones in mail (RFC 5322, 4.3), in hours from UTC, and those of Europe.
ZONES = {"UT": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
         "MDT": -6, "PST": -8, "PDT": -7, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1,
         "MESZ": 2, "EET": 2, "EEST": 3, "BST": 1}  # fmt: skip
#: A zone as Go and Ruby write it: "2024-03-01 10:00:00 +0000 UTC", "2024-03-01 10:00:00 UTC".
ZONE_AFTER = re.compile(r"(\d) (?:UTC|Z|([+-]\d{2}:?\d{2})(?: [A-Z]{3,4})?)$")
SMALL_WORDS = re.compile(r"(?i)\b(?:de|del|d'|à las|a las|um|à|at|року|года|г|р)\b")
TIMELIKE = re.compile(
    r"\d{4}[./-]\d{1,2}[./-]\d{1,2}.*"
    r"|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2}).*"
    r"|\d{4}(?:年|년|\.) ?\d{1,2}(?:月|월|\.) ?\d{1,2}.*"
    r"|\d{1,2}\.? (?:de |d')?[^\W\d]+\.? (?:de |del )?\d{4}.*"
    r"|[^\W\d]+ \d{1,2},? \d{4}.*"
)


@dataclass(slots=True)
class Order:
    """What is known of a column's dates in digits: which of the first two numbers is the day."""

    day_first: int = 0  #: dates whose first number is no month
    month_first: int = 0  #: dates whose second is none
    open: int = 0  #: dates that may be either
    american: int = 0  #: dates with AM or PM
    example: str = ""  #: one that may be either

    def see(self, text: str) -> None:
        """Take a date of the column into account."""
        found = DIGITS.match(text)
        if not found or found[2] == ".":  # with dots the day is first, everywhere
            return
        first = int(found[1])
        second = int(found[3])
        self.american += bool(found[8])
        if first > 12:
            self.day_first += 1
        elif second > 12:
            self.month_first += 1
        elif first != second:
            self.open += 1
            self.example = self.example or text

    @property
    def may_be_either(self) -> bool:
        """Whether nothing tells which number is the day, not even AM or PM."""
        return self.guessed and not self.american

    @property
    def guessed(self) -> bool:
        """Whether nothing in the column decides, or it says both."""
        clear = bool(self.day_first) != bool(self.month_first)
        return bool(self.open) and not clear

    @property
    def is_day_first(self) -> bool:
        """Which number is taken for the day where a date may be either."""
        if self.day_first != self.month_first:
            return self.day_first > self.month_first
        return not self.american


def is_never(text: str) -> bool:
    """Say whether a cell of a column of dates says that there is none."""
    return (
        not text
        or text.casefold() in NEVER
        or text.startswith(("0000-00-00", "00.00.0000"))
    )


def looks_like_serial(text: str) -> bool:
    """Say whether a cell may hold a date as a spreadsheet counts days: 45352 is 2024-03-01."""
    return bool(SERIAL.fullmatch(text))


def looks_like_time(text: str) -> bool:
    """Say whether a cell holds a date, in whatever form."""
    return bool(TIMELIKE.fullmatch(text) or UNIX.fullmatch(text))


def is_time(text: str) -> bool:
    """Say whether a cell can be read as a time, in whatever form."""
    if looks_like_time(text):
        return True
    if len(text) < 5 or not any(c.isdigit() for c in text):
        return False
    try:
        return moment(text) is not None
    except DigestError:
        return False


def moment(text: str, *, day_first: bool = True) -> datetime | None:
    """Return a time in UTC; None where there is none. Raises DigestError if it is no time.

    A time without a zone is taken for UTC. `day_first` says what 03/04/2026 is.
    """
    if is_never(text):
        return None
    try:
        found = _iso(text) or _digits(text, day_first=day_first) or _year_first(text)
        found = found or _words(text, day_first=day_first)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        raise _no_time(text) from None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(ZONE_AFTER.sub(_zone, text))
    except ValueError:
        return None


def _year_first(text: str) -> datetime | None:
    found = YEAR_FIRST.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 # the caller gives it UTC


def _zone(found: re.Match[str]) -> str:
    return found[1] + (found[2] or "+00:00")


def _digits(text: str, *, day_first: bool) -> datetime | None:
    """Return a date such as 27.2.2026 9:00 or 2/27/26 9:00 PM, or seconds since 1970."""
    if UNIX.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(
            seconds / 1000 if seconds > 1e11 else seconds, UTC
        )
    if SERIAL.fullmatch(text):
        return SERIAL_START + timedelta(days=float(text))
    found = DIGITS.fullmatch(text)
    if not found:
        return None
    one = int(found[1])
    two = int(found[3])
    year = int(found[4])
    swapped = one <= 12 and (two > 12 or not (day_first or found[2] == "."))
    if swapped:
        day = two
        month = one
    else:
        day = one
        month = two
    hour = int(found[5] or 0)
    if found[8]:
        hour = hour % 12 + (12 if found[8] in "Pp" else 0)
    return datetime(  # noqa: DTZ001 # the caller gives it UTC
        year + 2000 if year < 100 else year,
        month,
        day,
        hour,
        int(found[6] or 0),
        int(found[7] or 0),
    )


@lru_cache(maxsize=4096)
def _words(text: str, *, day_first: bool) -> datetime:
    """Return a date with the name of a month in it, or otherwise written. Raises ValueError."""
    from dateutil import parser

    if text[:4].isdigit():  # 2024-03-01 is the first of March, whatever the column says
        day_first = False
    plain = SMALL_WORDS.sub(" ", text)
    zones = {name: hours * 3600 for name, hours in ZONES.items()}
    empty = datetime(1, 1, 1), datetime(4, 2, 2)  # noqa: DTZ001 # what fills gaps shows them
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a zone of another name is taken for UTC
        found = [
            parser.parse(
                plain, parserinfo=_names(), dayfirst=day_first, default=d, tzinfos=zones
            )
            for d in empty
        ]
    if found[0].date() != found[1].date():
        raise ValueError(text)
    return datetime.fromisoformat(found[0].isoformat())


@lru_cache(maxsize=1)
def _names() -> Any:
    """Return dateutil's words, with the names of months of some languages."""
    from babel import Locale
    from dateutil import parser

    found = [_months(Locale, number) for number in range(1, 13)]
    times = Counter(name for names in found for name in names)
    # "listopad" is October in one language and November in another: such a name says nothing
    months = [
        tuple(sorted(n for n in names if times[n] == 1)) or ("?",) for names in found
    ]
    return type("Names", (parser.parserinfo,), {"MONTHS": months})()


def _months(locale: Any, number: int) -> set[str]:
    """Return what a month is called, as dateutil reads words: in lower case, without a dot."""
    found: set[str] = set()
    for language in LANGUAGES:
        months = locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                name = months[context][width][number].lower().rstrip(".")
                if not name.isdigit() and " " not in name:
                    found.add(name)
    return found


def _no_time(text: str) -> DigestError:
    return DigestError(f"expected a time such as 2026-02-27T09:00:00Z, found {text!r}")

"""Dates of feeds: read them as outlets write them, in other zones, forms and languages.

Input is the text of a feed's date; output is a time in UTC, or None: a text that is no date, or
that two readers would take for two different days, is no date. Forms that nearly every feed has
are read here, since that takes a hundredth of the time; all others by dateparser.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from digest.collect.feeds.clean import parse_iso_time, to_utc

#: RFC 822 as nearly every feed writes it; the standard library takes four times as long.
USUAL_DATE = re.compile(
    r"[A-Z][a-z]{2}, (\d\d?) ([A-Z][a-z]{2}) ([12]\d{3}) (\d\d):(\d\d):(\d\d)"
    r" (?:GMT|UTC|[+-]0000|Z)"
)
#: RFC 822 with a numeric zone, which the standard library reads as it is meant.
NUMERIC_ZONE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} [12]\d{3} \d\d:\d\d(?::\d\d)? [+-]\d{4}"
)
MONTHS = {
    name: number
    for number, name in enumerate(
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1
    )
}
MONTHS_A_YEAR = len(MONTHS)
#: Unix time: seconds with 9 or 10 digits (1973 to 2286), milliseconds with 12 or 13.
UNIX_TIME = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
#: Characters beyond which a text is no date.
MAX_DATE_LENGTH = 80
#: The day of the week, which says nothing that the date does not: “mar.,”, “Tuesday,”.
LEADING_WEEKDAY = re.compile(r"^[^\W\d]{1,12}\.?,\s*")
#: The end of a day, as ISO 8601 allows to write it.
MIDNIGHT_AT_END = re.compile(r"\b24:00(:00)?\b")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: Day and month in figures, in either order; with dots the day is first everywhere.
FIGURES = re.compile(r"^(\d\d?)([/.-])(\d\d?)\2(?:19|20)\d\d\b")
LANGUAGES = (
    "en de fr es pt it nl sv da nb fi pl cs sk sl hr hu ro bg ru uk sr el tr ca "
    "et lv lt id vi ar he fa hi ja ko zh"
).split()


def read_date(text: str) -> datetime | None:
    """Return the time that a feed's date means, to the second; None if it is no date."""
    stripped = " ".join(text.split())
    if not stripped or len(stripped) > MAX_DATE_LENGTH:
        return None
    try:
        time = _read_usual(stripped) or _read_other(stripped)
    except (ValueError, TypeError, OverflowError):
        return None
    if time is None:
        return None
    return time.replace(microsecond=0)


def _read_usual(text: str) -> datetime | None:
    """Read the forms that nearly all feeds have."""
    match = USUAL_DATE.fullmatch(text)
    if match and match[2] in MONTHS:
        day, month, year, hour, minute, second = match.groups()
        if hour != "24":
            return datetime(
                int(year),
                MONTHS[month],
                int(day),
                int(hour),
                int(minute),
                int(second),
                tzinfo=UTC,
            )
    if NUMERIC_ZONE.fullmatch(text) and not MIDNIGHT_AT_END.search(text):
        return to_utc(parsedate_to_datetime(text))
    if MIDNIGHT_AT_END.search(text):
        return None
    return parse_iso_time(text) or _read_unix_time(text)


def _read_unix_time(text: str) -> datetime | None:
    match = UNIX_TIME.fullmatch(text)
    if match is None:
        return None
    if match[1]:
        return datetime.fromtimestamp(int(match[1]), UTC)
    return datetime.fromtimestamp(int(match[2]) / 1000, UTC)


@lru_cache(maxsize=4096)
def _read_other(text: str) -> datetime | None:
    """Read a date in any form and language that has day, month and year."""
    if not YEAR.search(text) and not _has_short_year(text):
        return None
    without_weekday = LEADING_WEEKDAY.sub("", text)
    order = _order_of_figures(without_weekday)
    if order is None:
        return None
    at_midnight = MIDNIGHT_AT_END.search(without_weekday)
    if at_midnight:
        without_weekday = MIDNIGHT_AT_END.sub("00:00", without_weekday)
    import dateparser

    settings: Any = {
        "PARSERS": ["absolute-time"],  # no "yesterday"
        "REQUIRE_PARTS": ["day", "month", "year"],
        "DATE_ORDER": order,
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
    }
    time = dateparser.parse(
        without_weekday, languages=LANGUAGES, settings=settings
    )
    if time is None:
        return None
    if at_midnight:
        time += timedelta(days=1)
    return to_utc(time)


#: RFC 822 had years of two digits.
SHORT_YEAR = re.compile(r"\d\d? [A-Z][a-z]{2} \d\d \d\d:\d\d")


def _has_short_year(text: str) -> bool:
    return SHORT_YEAR.search(text) is not None


def _order_of_figures(text: str) -> str | None:
    """Return the order of day and month in figures; None if it could be either."""
    match = FIGURES.match(text)
    if match is None:
        begins_with_year = text[:4].isdigit()
        return "YMD" if begins_with_year else "DMY"
    first = int(match[1])
    second = int(match[3])
    if match[2] == "." or first == second:
        return "DMY"
    if first > MONTHS_A_YEAR:
        return "DMY"
    if second > MONTHS_A_YEAR:
        return "MDY"
    return None

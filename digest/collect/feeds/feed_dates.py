"""Dates of feeds: read them as outlets write them, in other zones, forms and languages.

Input is the text of a feed's date; output is a time in UTC, or None: a text that is no date, or
that two readers would take for two different days, is no date. Forms that nearly every feed has
are read here, since that takes a hundredth of the time; all others by dateparser.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from digest.collect.feeds.clean import parse_iso_time, to_utc
from digest.collect.feeds.date_labels import part_of_publication

#: RFC 822 as nearly every feed writes it; the standard library takes four times as long.
USUAL_DATE = re.compile(
    r"[A-Z][a-z]{2}, (\d\d?) ([A-Z][a-z]{2}) ([12]\d{3}) (\d\d):(\d\d):(\d\d)"
    r" (?:GMT|UTC|[+-]0000|Z)"
)
#: RFC 822 with a numeric zone, which the standard library reads as it is meant.
NUMERIC_ZONE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d\d? ([A-Z][a-z]{2}) [12]\d{3} \d\d:\d\d(?::\d\d)? [+-]\d{4}"
)
MONTHS = {
    name: number
    for number, name in enumerate(
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1
    )
}
MONTHS_A_YEAR = len(MONTHS)
#: Unix time: seconds with 9 or 10 digits (1973 to 2286), milliseconds with 13 (from 2001).
UNIX_TIME = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{13})")
#: The same as .NET wrote it in JSON.
DATE_OF_DOTNET = re.compile(r"/Date\((\d{13})(?:[+-]\d{4})?\)/")
#: Times in figures alone, by how many there are: 202503041215, 20250304121500.
ONE_PIECE_FORMS = {
    12: "%Y%m%d%H%M",
    14: "%Y%m%d%H%M%S",
}
#: Before this day no feed was written. The zeros of Unix (1970), .NET and Go (1), PHP (-1), SQL Server
#: (1900) and spreadsheets (1899) stand for no date.
FIRST_DAY = datetime(1971, 1, 1, tzinfo=UTC)
#: Characters beyond which a text is no date.
MAX_DATE_LENGTH = 120
#: The day of the week, which says nothing that the date does not: “mar.,”, “Tuesday,”.
LEADING_WEEKDAY = re.compile(
    r"^([^\W\d]{1,12})\.?(?:,\s*|\s+(?=\d\d?([/.-])\d\d?\2\d))"
)
#: The year at the end, behind time and zone: "Mon Feb 03 10:00:00 +0100 2025", of C and Twitter.
YEAR_AT_END = re.compile(
    r"([^\W\d]{3} \d\d?) (\d\d:\d\d:\d\d [+-]\d{4}) ((?:19|20)\d\d)$"
)
#: As servers write it into their logs: "27/Nov/2026:08:11:02 +0000" (Apache's mod_log_config, %t).
DATE_OF_LOG = re.compile(
    r"^\[?(\d\d)/([A-Z][a-z]{2})/((?:19|20)\d\d):(\d\d:\d\d:\d\d)(?: ([+-]\d{4}))?\]?$"
)
#: Both names of a month, as Arabic papers write them: the first is left out.
TWO_NAMES_OF_A_MONTH = re.compile(
    r"[^\W\d_]{3,10}(?: [^\W\d_]{4,6})? ?/ ?(?=[^\W\d_]{3})"
)
#: A word of Arabic, or two of which the second is “first” or “second”.
ARABIC_WORD = re.compile(r"[\u0621-\u064a]{2,}(?: (?:الأول|الثاني))?")
#: Hour and minute as French and Portuguese write them.
HOUR_WITH_H = re.compile(r"(?:\b[aà]s\s|\bà\s)?\b([0-2]?\d)h([0-5]\d)\b")
#: A zone by its place (IANA), as some write it instead of the offset.
ZONE_BY_PLACE = re.compile(r"\s([A-Z][A-Za-z_]+/[A-Z][A-Za-z_/-]+)$")
#: Abbreviations that change with the season, or that most who write them mean otherwise than
#: dateparser, with the places they are of (iana.org/time-zones).
ZONE_BY_LETTERS = re.compile(r"\s(?:hrs?\s+)?\(?(ET|CT|MT|PT|IST)\)?$")
PLACES_OF_LETTERS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "IST": "Asia/Kolkata",
}
#: Letters of a zone before its offset, which alone says the time: "IST +0530", "EST (-05:00)".
LETTERS_BEFORE_OFFSET = re.compile(
    r"(?<=\d\d) \(?[A-Z]{2,5}\)?,? \(?([+-]\d\d:?\d\d)\)?$"
)
#: A number where the day of the week belongs, as a wrong template leaves it: "026, 26 Mar 2026".
NUMBER_FOR_WEEKDAY = re.compile(r"^\d{1,3}, (?=\d\d? [^\W\d])")
#: Behind the seconds as Go's programs print a time: nanoseconds, and the reading of a clock.
NANOSECONDS = re.compile(r"(?<=:\d\d)\.\d{7,}(?=\s|$)")
READING_OF_CLOCK = re.compile(r" m=[+-][\d.]+$")
#: An offset without its zeros: "+1", "+100", "-5:00".
SHORT_OFFSET = re.compile(r"(?<=\d\d) ([+-])(\d)(?::?(\d\d))?$")
#: Words for “year” and “day” behind figures, in Lithuanian and Latvian.
WORDS_FOR_YEAR_AND_DAY = re.compile(r"(?<=\d)\.? (?:m\.|gada|d\.)(?=[\s,]|$)")
#: The end of a day, as ISO 8601 allows to write it.
MIDNIGHT_AT_END = re.compile(r"(?<![:\d])24:00(:00)?(?![:\d])")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: Day and month in figures, in either order; with dots the day is first everywhere.
FIGURES = re.compile(r"^(\d\d?)([/.-])(\d\d?)\2((?:19|20)\d\d)\b")
#: The beginning of a date in figures that end in the year, behind the day of the week.
DATE_IN_FIGURES = re.compile(
    r"\s*(?:[^\W\d]{1,12}\.?,?\s+)?\d\d?([/.-])\d\d?\1(?:19|20)\d\d\b"
)
LANGUAGES = (
    "en de fr es pt it nl sv da nb fi pl cs sk sl hr hu ro bg ru uk sr el tr ca "
    "et lv lt id vi ar he fa hi ja ko zh sr-Latn"
).split()


def read_date(text: str, order: str = "") -> datetime | None:
    """Return the time that a feed's date means, to the second; None if it is no date.

    `order`, "DMY" or "MDY", is that of figures which the date alone leaves open.
    """
    stripped = " ".join(text.split())
    if not stripped or len(stripped) > MAX_DATE_LENGTH:
        return None
    time = _read_any_form(stripped, order)
    if time is None:
        return None
    return time.replace(microsecond=0)


def first_in_figures(*texts: str) -> str:
    """Return the first of some dates that is in figures, with the year at their end; "" if none is."""
    for text in texts:
        if DATE_IN_FIGURES.match(text):
            return text
    return ""


def order_of_date(text: str) -> str | None:
    """Return the order of day and month in a date of figures: "DMY", "MDY", "" if it is open.

    None for a date of any other form.
    """
    weekday, date_alone = _split_off(LEADING_WEEKDAY, " ".join(text.split()))
    date_alone = _with_plain_figures(date_alone)
    figures = FIGURES.match(date_alone)
    if figures is None:
        return None
    if figures[1] == figures[3]:
        return ""
    return _order_of_figures(date_alone, weekday) or ""


def _read_any_form(text: str, order: str) -> datetime | None:
    try:
        time = _read_usual(text) or _read_other(text, order)
    except (ValueError, TypeError, OverflowError):
        return None
    if time is None or stands_for_no_date(time):
        return None
    return time


def stands_for_no_date(time: datetime) -> bool:
    """Return whether a time is one that programs write where they have none."""
    return time < FIRST_DAY


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
    if MIDNIGHT_AT_END.search(text):
        return None
    match = NUMERIC_ZONE.fullmatch(text)
    if match and match[1] in MONTHS:
        return to_utc(parsedate_to_datetime(text))
    dotnet = DATE_OF_DOTNET.fullmatch(text)
    if dotnet:
        return _read_unix_time(dotnet[1])
    if text[:9].isdigit():  # ISO 8601 knows such figures too, and means others
        return _read_unix_time(text) or _read_one_piece(text)
    return parse_iso_time(text)


def _read_unix_time(text: str) -> datetime | None:
    match = UNIX_TIME.fullmatch(text)
    if match is None:
        return None
    if match[1]:
        return datetime.fromtimestamp(int(match[1]), UTC)
    return datetime.fromtimestamp(int(match[2]) / 1000, UTC)


def _read_one_piece(text: str) -> datetime | None:
    """Read a time in figures alone, in UTC."""
    form = ONE_PIECE_FORMS.get(len(text))
    if form is None:
        return parse_iso_time(text)
    return datetime.strptime(text, form).replace(tzinfo=UTC)


@lru_cache(maxsize=4096)
def _read_other(text: str, default_order: str) -> datetime | None:
    """Read a date in any form and language that has day, month and year."""
    text = _with_plain_figures(part_of_publication(text))
    if not YEAR.search(text) and not _has_short_year(text):
        return None
    weekday, text = _split_off(LEADING_WEEKDAY, text)
    order = _order_of_figures(text, weekday) or default_order
    if not order:
        return None
    letters, text = _split_off(ZONE_BY_LETTERS, text)
    zone, text = _split_off(ZONE_BY_PLACE, text)
    zone = PLACES_OF_LETTERS.get(letters, zone)
    at_midnight = MIDNIGHT_AT_END.search(text)
    if at_midnight:
        text = MIDNIGHT_AT_END.sub("00:00", text)
    time = _ask_dateparser(text, order, zone)
    if time is None:
        return None
    if at_midnight:
        time += timedelta(days=1)
    return to_utc(time)


def _split_off(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return the first group of what matches at an end of a text, and the rest of the text."""
    match = pattern.search(text)
    if match is None:
        return "", text
    return match[1], text[: match.start()] + text[match.end() :]


def _with_plain_figures(text: str) -> str:
    """Return a date with the figures 0 to 9, and its parts as dateparser knows them."""
    if not text.isascii():
        text = "".join(_plain_figure(character) for character in text)
        text = TWO_NAMES_OF_A_MONTH.sub("", text)
        text = ARABIC_WORD.sub(_usual_arabic_month, text)
    text = NUMBER_FOR_WEEKDAY.sub("", text)
    text = READING_OF_CLOCK.sub("", NANOSECONDS.sub("", text))
    text = LETTERS_BEFORE_OFFSET.sub(r" \1", text)
    text = HOUR_WITH_H.sub(r"\1:\2", text)
    text = SHORT_OFFSET.sub(_whole_offset, text)
    text = WORDS_FOR_YEAR_AND_DAY.sub(" ", text)
    text = DATE_OF_LOG.sub(r"\1 \2 \3 \4 \5", text)
    return YEAR_AT_END.sub(r"\1 \3 \2", text)


def _whole_offset(match: re.Match[str]) -> str:
    sign, hours, minutes = match.groups(default="00")
    return f" {sign}0{hours}{minutes}"


def _usual_arabic_month(word: re.Match[str]) -> str:
    """Return the name that dateparser knows of an Arabic month; any other word as it is."""
    return _arabic_months().get(word[0], word[0])


@lru_cache(maxsize=1)
def _arabic_months() -> dict[str, str]:
    """Return the months' names in Egypt by those in the Levant."""
    from babel.dates import get_month_names

    usual = get_month_names("wide", locale="ar_EG")
    eastern = get_month_names("wide", locale="ar_SY")
    return {eastern[month]: usual[month] for month in usual}


def _plain_figure(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character


def _ask_dateparser(text: str, order: str, zone: str) -> datetime | None:
    """Read a date by dateparser; `zone` is that of a time without one."""
    import dateparser

    settings: Any = {
        "PARSERS": ["absolute-time"],  # no "yesterday"
        "REQUIRE_PARTS": ["day", "month", "year"],
        "DATE_ORDER": order,
        "TIMEZONE": zone or "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
    }
    time: datetime | None = dateparser.parse(
        text, languages=LANGUAGES, settings=settings
    )
    return time


#: RFC 822 and RFC 850 had years of two digits.
SHORT_YEAR = re.compile(r"\d\d?[ -][A-Z][a-z]{2}[ -]\d\d \d\d:\d\d")


def _has_short_year(text: str) -> bool:
    return SHORT_YEAR.search(text) is not None


def _order_of_figures(text: str, weekday: str) -> str | None:
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
    return _order_by_weekday(first, second, int(match[4]), weekday)


def _order_by_weekday(
    first: int, second: int, year: int, weekday: str
) -> str | None:
    """Return the order in which a date falls on its day of the week; None if that tells nothing."""
    meant = _weekdays_by_name().get(weekday.casefold(), frozenset())
    is_day_first = date(year, second, first).weekday() in meant
    is_month_first = date(year, first, second).weekday() in meant
    if is_day_first == is_month_first:
        return None
    if is_day_first:
        return "DMY"
    return "MDY"


@lru_cache(maxsize=1)
def _weekdays_by_name() -> dict[str, frozenset[int]]:
    """Return the days of the week (0: Monday) that a name or its short form has in any language."""
    from babel.dates import get_day_names

    days: dict[str, frozenset[int]] = {}
    for language in LANGUAGES:
        locale = language.replace("-", "_")
        for width in ("wide", "abbreviated"):
            for day, name in get_day_names(width, locale=locale).items():
                short = name.rstrip(".").casefold()
                days[short] = days.get(short, frozenset()) | {day}
    return days

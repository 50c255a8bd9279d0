"""Signs in the lines of a mail that what they link is no news, in any language. Pure.

- A day that is still to come when the mail was sent begins the line of an event.
- A price at the end of a line is that of goods.
- The name of a network in the line of a result's source says that it is a post there.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from digest.collect.mail.address_forms import NETWORKS, has_article_form
from digest.collect.mail.mail_stories import FACT_SEPARATOR
from digest.collect.sheets.month_names import fold_word, meanings_of

#: Days ahead within which an event is announced.
MAX_DAYS_AHEAD = 300
#: Words of a line that names an event and its day behind it.
MAX_EVENT_WORDS = 7
#: "28.11.", "28/11", "28 November", "12-13 dicembre", "8. Dezember", "3 de diciembre"
DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:\.|er)?(?:\s?[-–+&]\s?\d{1,2}\.?)?"
    r"(?:\.(?P<number>\d{1,2})(?=[.,:])|(?<=\d\d)/(?P<number2>\d\d)(?![\d/]*\d{3})(?!\d)"
    r"|\s(?:de |of |d'|d’)?(?P<name>[^\W\d]{3,12})\b)"
)
#: "Nov 28", "November 28"
MONTH_FIRST = re.compile(r"(?P<name>[^\W\d]{3,12})\.? (?P<day>\d{1,2})\b")
#: A day of the week before a date, and what ends the date then: "Thursday 3 December: …".
LEADING_WORD = re.compile(r"[^\W\d]{2,12}(?P<sign>[.,]{0,2})\s+(?=\d)")
DATE_END = re.compile(r"\s*(?:[-–—:,·|(]|$)")
DATE_IN_ADDRESS = re.compile(
    r"[/=](?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)(?:[/?&]|$)"
    r"|/(?P<day2>\d\d)-(?P<number2>\d\d)(?:-20\d\d)?/?$"
)
PRICE_AT_END = re.compile(
    r"[,–—|(]\s?(?:\w+ ){0,2}"
    r"(?:[€£$] ?\d{1,3}(?:[.,]\d\d)?|\d{1,3}(?:[.,]\d\d)? ?(?:€|£|(?:euros?|eur|chf|zł|kr)\b\.?))\)?$",
    re.IGNORECASE,
)
#: Names of networks as sources are called, beside their hosts.
NETWORK_NAMES = frozenset(
    host.partition(".")[0] for host in NETWORKS if host.count(".") == 1
) | {"x (twitter)", "twitter/x", "x/twitter", "twitter (x)", "hacker news"}
MAX_MONTHS = 12
#: A day so long past is next year's.
LONG_PAST = timedelta(days=60)


def begins_with_later_day(text: str, sent: datetime | None) -> bool:
    """Return whether a line begins with a day after that on which its mail was sent."""
    if sent is None or not any(sign.isdigit() for sign in text[:24]):
        return False
    line = text[:60].lstrip("•*-–— ")
    weekday = LEADING_WORD.match(line)
    if weekday is None:
        return any(
            _is_later(day, sent) for day, _ in _days_at_start(line, sent)
        )
    rest = line[weekday.end() :]
    return any(
        _is_later(day, sent) and (weekday["sign"] or DATE_END.match(behind))
        for day, behind in [
            *_days_at_start(rest, sent),
            *_days_at_start(line, sent),
        ]
    )


def is_of_event(text: str, sent: datetime | None) -> bool:
    """Return whether a line tells of an event: a later day begins it, or ends a short one."""
    if begins_with_later_day(text, sent):
        return True
    is_short = len(text.split()) <= MAX_EVENT_WORDS
    return is_short and ends_with_later_day(text, sent)


def ends_with_later_day(text: str, sent: datetime | None) -> bool:
    """Return whether a text ends with such a day behind a comma: "First aid, 12-13 December"."""
    _, comma, end = text.rpartition(",")
    return bool(comma) and begins_with_later_day(end.strip(), sent)


def has_later_day(url: str, sent: datetime | None) -> bool:
    """Return whether an address that is not formed like an article's has a later day: /programme/28-11."""
    date_in_address = DATE_IN_ADDRESS.search(url)
    if sent is None or date_in_address is None:
        return False
    if has_article_form(url):
        return False
    month = _first_number(date_in_address, "number", "number2")
    day_of_month = _first_number(date_in_address, "day", "day2")
    day = _make_day(day_of_month, month, sent)
    return day is not None and _is_later(day, sent)


def _first_number(match: re.Match[str], *names: str) -> int:
    """Return the number in the first of some groups that has one."""
    numbers = [match[name] for name in names]
    return int(next(filter(None, numbers)))


def ends_with_price(text: str) -> bool:
    """Return whether a text ends with what a person pays for something: "Atlas of brooks, 28 euro"."""
    return PRICE_AT_END.search(text) is not None


def names_network(text: str) -> bool:
    """Return whether a line of facts begins with the name or the host of a social network."""
    first = FACT_SEPARATOR.split(text.strip(), maxsplit=1)[0].casefold()
    return first.removeprefix("www.") in NETWORKS or first in NETWORK_NAMES


def _days_at_start(line: str, sent: datetime) -> Iterator[tuple[date, str]]:
    """Yield the days that the beginning of a line may mean, with the rest of the line."""
    for form in (DAY_FIRST, MONTH_FIRST):
        day_sign = form.match(line)
        if day_sign is None:
            continue
        for month in _months_of(day_sign.groupdict()):
            day = _make_day(int(day_sign["day"]), month, sent)
            if day is not None:
                yield day, line[day_sign.end() :]


def _months_of(parts: dict[str, str | None]) -> list[int]:
    number = parts.get("number") or parts.get("number2")
    if number:
        return [int(number)]
    name = parts.get("name") or ""
    return sorted(set(meanings_of(fold_word(name)).values()))


def _make_day(day: int, month: int, sent: datetime) -> date | None:
    """Return the next such day, or the one that is just past."""
    if not 0 < month <= MAX_MONTHS:
        return None
    for year in (sent.year, sent.year + 1):
        try:
            possible = date(year, month, day)
        except ValueError:
            return None
        if possible > sent.date() - LONG_PAST:
            return possible
    return None


def _is_later(day: date, sent: datetime) -> bool:
    ahead = (day - sent.date()).days
    return 0 < ahead <= MAX_DAYS_AHEAD

"""Dateline of a page: the day that stands beside its headline, for readers to see.

Input is a parsed page; output is the day, at midnight UTC, or None. A day counts if a short line
close to the headline holds it, whole: day, month and year. A year in the text, in a script or in
a copyright line says nothing about when the article was published.
"""

import re
from datetime import UTC, datetime

from lxml.html import HtmlElement

from digest.collect.feeds.date_labels import CHANGED
from digest.collect.feeds.feed_dates import read_date
from digest.collect.pages.page_lines import index_of_headline, list_lines

#: Lines before and after the headline that are looked at: kicker, byline, and what is between.
LINES_BEFORE = 8
LINES_AFTER = 14
#: Characters that a line may have, and that may be left of it without the date: names, places.
MAX_LINE_LENGTH = 160
MAX_REST_LENGTH = 80
_MONTH = r"[^\W\d_]{3,12}\.?"
#: Arabic papers give both names of a month: "نيسان / أبريل".
_MONTHS = rf"(?:{_MONTH}\s?/\s?)?{_MONTH}"
_YEAR = r"(?:19|20)\d\d"
DATES = re.compile(
    rf"(?<!\d)(?:"
    rf"{_YEAR}[-/.]\d\d?[-/.]\d\d?"
    rf"|\d\d?(?P<sign>[-/.])\d\d?(?P=sign){_YEAR}"
    rf"|\d\d?(?:\.\s?|(?:st|nd|rd|th|º|er)?\s)(?:de\s)?{_MONTHS},?\s(?:de\s)?{_YEAR}"
    rf"|{_MONTH}\s\d\d?(?:st|nd|rd|th)?,?\s{_YEAR}"
    rf"|{_YEAR}\s?年\s?\d\d?\s?月\s?\d\d?\s?日"
    r")(?!\d)",
    re.IGNORECASE,
)
#: Words before a date that say that it is not that of publication, in the languages of `DATES`.
OTHER_DATE = re.compile(
    rf"(?:{CHANGED}|©|copyright)\w*\W*(?:\w+\W+){{0,2}}$",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[a-zà-ÿ]{2}(?<!\bUhr)[.!?]$")
#: A day of the week before a date, and nothing else: today's date at the top of every page.
TODAY = re.compile(r"[^\W\d_]+,?\s*\(?")


def find_dateline(tree: HtmlElement, headline: str = "") -> datetime | None:
    """Return the day that stands beside the headline; None if there is none, or no headline.

    Without the text of the headline, or where it stands nowhere, the first heading is taken for it.
    """
    lines = list_lines(tree)
    index = index_of_headline(lines, headline)
    if index is None:
        return None
    for _, line in lines[index + 1 : index + 1 + LINES_AFTER]:
        day = _day_in_line(line)
        if day:
            return day
    before = lines[max(0, index - LINES_BEFORE) : index]
    for _, line in reversed(before):
        day = _day_in_line(line)
        if day and not _is_today(line):
            return day
    return None


def _is_today(line: str) -> bool:
    """Return whether a line is a date alone behind its day of the week."""
    match = DATES.search(line)
    if match is None:
        return False
    is_last = not line[match.end() :].strip(" .)|")
    return is_last and bool(TODAY.fullmatch(line[: match.start()]))


def _day_in_line(line: str) -> datetime | None:
    if len(line) > MAX_LINE_LENGTH:
        return None
    for match in DATES.finditer(line):
        before = line[: match.start()]
        if not _is_line_of_facts(before + line[match.end() :]):
            return None
        if OTHER_DATE.search(before):
            continue
        time = read_date(match[0])
        if time:
            return datetime(time.year, time.month, time.day, tzinfo=UTC)
    return None


def _is_line_of_facts(rest: str) -> bool:
    """Return whether what a line has beside its date is short, and no sentence."""
    return len(rest) <= MAX_REST_LENGTH and not SENTENCE_END.search(rest)

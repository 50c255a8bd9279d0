"""Dateline of a page: the day that stands beside its headline, for readers to see.

Input is a parsed page; output is the day, at midnight UTC, or None. A day counts if a short line
close to the headline holds it, whole: day, month and year. A year in the text, in a script or in
a copyright line says nothing about when the article was published.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml.html import HtmlElement

from digest.collect.feeds.feed_dates import read_date

#: Lines before and after the headline that are looked at: kicker, byline, and what is between.
LINES_BEFORE = 8
LINES_AFTER = 14
#: Characters that a line may have, and that may be left of it without the date: names, places.
MAX_LINE_LENGTH = 160
MAX_REST_LENGTH = 80
HEADLINE_TAGS = ("h1", "h2")
#: What holds no line of the article itself.
SKIPPED_TAGS = frozenset(
    "script style noscript template nav footer aside form select svg head".split()
)
INLINE_TAGS = frozenset(
    "a abbr b bdi bdo cite em i mark small span strong sub sup time u".split()
)
_MONTH = r"[^\W\d_]{3,12}\.?"
_YEAR = r"(?:19|20)\d\d"
DATES = re.compile(
    rf"(?<!\d)(?:"
    rf"{_YEAR}[-/.]\d\d?[-/.]\d\d?"
    rf"|\d\d?(?P<sign>[-/.])\d\d?(?P=sign){_YEAR}"
    rf"|\d\d?(?:\.|st|nd|rd|th|º|er)?\s(?:de\s)?{_MONTH},?\s(?:de\s)?{_YEAR}"
    rf"|{_MONTH}\s\d\d?(?:st|nd|rd|th)?,?\s{_YEAR}"
    rf"|{_YEAR}\s?年\s?\d\d?\s?月\s?\d\d?\s?日"
    r")(?!\d)",
    re.IGNORECASE,
)
#: Words before a date that say that it is not that of publication, in the languages of `DATES`.
OTHER_DATE = re.compile(
    r"(updat|modif|edited|correct|aktualis|geändert|actualiz|mis(?:e)? à jour|aggiorn"
    r"|bijgewerkt|atualiz|opdater|oppdater|uppdater|päivit|обновл|©|copyright)\w*\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[a-zà-ÿ]{2}[.!?]$")


def find_dateline(tree: HtmlElement) -> datetime | None:
    """Return the day that stands beside the headline; None if there is none, or no headline."""
    lines = list(_lines_of(tree))
    headline = _index_of_headline(lines)
    if headline is None:
        return None
    after = lines[headline + 1 : headline + 1 + LINES_AFTER]
    before = lines[max(0, headline - LINES_BEFORE) : headline]
    for _, line in [*after, *reversed(before)]:
        day = _day_in_line(line)
        if day:
            return day
    return None


def _index_of_headline(lines: list[tuple[str, str]]) -> int | None:
    """Return the index of the first line with the tag of a headline."""
    for tag in HEADLINE_TAGS:
        for index, (line_tag, _) in enumerate(lines):
            if line_tag == tag:
                return index
    return None


def _lines_of(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield the page's lines as a reader sees them, each with the tag of its block."""
    body = tree.find("body")
    start = tree
    if body is not None:
        start = body
    pieces: list[str] = []
    for tag, text in _texts_of(start, "body"):
        if text is None:
            line = " ".join("".join(pieces).split())
            if line:
                yield tag, line
            pieces = []
        else:
            pieces.append(text)


def _texts_of(
    element: HtmlElement, block: str
) -> Iterator[tuple[str, str | None]]:
    """Yield texts in their order with their block's tag, and None at each end of a line."""
    if element.text:
        yield block, element.text
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag and tag not in SKIPPED_TAGS:
            if tag in INLINE_TAGS:
                yield from _texts_of(child, block)
            else:
                yield block, None
                yield from _texts_of(child, tag)
                yield tag, None
        if child.tail:
            yield block, child.tail
    if block == "body":
        yield block, None


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

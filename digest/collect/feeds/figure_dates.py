"""Figure dates: which figure of 03/04/2026 is the day, decided for a feed by all that it says. Pure.

The evidence, the surest first: dates of the same feed in which only one order makes a date; the time
at which the feed says it was made, since no entry is newer and the newest is seldom much older; the
order of the entries, which follows their times; the language, if it names a country that writes one
order (Unicode's CLDR). Where the evidence is silent, the dates stay unread.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from digest.collect.feeds.entries import Document, Entry
from digest.collect.feeds.feed_dates import order_of_date, read_date

ORDERS = ("DMY", "MDY")
ORDER_OF_PATTERN = {"dMy": "DMY", "Mdy": "MDY"}
#: The times of entries by the order in which their figures are read.
TimesByOrder = dict[str, list[datetime]]
#: How much newer than its feed an entry may be: clocks and zones differ.
MAX_LEAD = timedelta(days=1)
#: How old the newest entry of a feed is at most when it is made, if that is to tell anything.
MAX_AGE_OF_NEWEST = timedelta(days=3)
#: Different dates that stand in an order at least, to be taken for one.
MIN_DATES_IN_ORDER = 3


def settle_figure_dates(document: Document) -> None:
    """Date the entries whose date in figures is open, if the feed as a whole tells its order."""
    entries = [entry for entry in document.entries if entry.date_in_figures]
    if not any(entry.published is None for entry in entries):
        return
    order = _order_of_feed(document, entries)
    for entry in entries:
        if order and entry.published is None:
            entry.published = read_date(entry.date_in_figures, order)


def _order_of_feed(document: Document, entries: Sequence[Entry]) -> str:
    """Return the order of figures in a feed's dates; "" if nothing tells it."""
    texts = [entry.date_in_figures for entry in entries]
    decided: set[str] = set()
    for text in [*texts, document.built]:
        decided.add(order_of_date(text) or "")
    decided.discard("")
    if decided:
        return _only_one(decided)
    times = {order: list(_read_dates(texts, order)) for order in ORDERS}
    evidence = (
        _orders_up_to(times, read_date(document.built)),
        _orders_in_sequence(times),
        _orders_of_language(document.language),
    )
    return next(filter(None, map(_only_one, evidence)), "")


def _read_dates(texts: Sequence[str], order: str) -> Iterator[datetime]:
    for text in texts:
        time = read_date(text, order)
        if time:
            yield time


def _only_one(orders: set[str]) -> str:
    if len(orders) == 1:
        return next(iter(orders))
    return ""


def _orders_up_to(times: TimesByOrder, built: datetime | None) -> set[str]:
    """Return the orders that fit the time at which the feed was made."""
    if built is None:
        return set()
    possible = {
        order for order in ORDERS if max(times[order]) <= built + MAX_LEAD
    }
    if len(possible) == 1:
        return possible
    return {
        order
        for order in possible
        if built - max(times[order]) <= MAX_AGE_OF_NEWEST
    }


def _orders_in_sequence(times: TimesByOrder) -> set[str]:
    """Return the orders in which the entries follow one another, the newest or the oldest first."""
    return {order for order in ORDERS if _is_sequence(times[order])}


def _is_sequence(times: Sequence[datetime]) -> bool:
    if len(set(times)) < MIN_DATES_IN_ORDER:
        return False
    pairs = list(pairwise(times))
    is_rising = all(one <= other for one, other in pairs)
    is_falling = all(one >= other for one, other in pairs)
    return is_rising or is_falling


def _orders_of_language(tag: str) -> set[str]:
    """Return the order in which a language's country writes day and month; none if several do.

    English alone names no country. Where the year comes first, nothing is known of other orders.
    """
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(tag.replace("_", "-").strip(), sep="-")
    except (ValueError, TypeError, UnknownLocaleError):
        return set()
    if locale.language == "en" and not locale.territory:
        return set()
    pattern = locale.date_formats["short"].pattern
    letters = "".join(letter for letter in pattern if letter in "dMy")
    parts = "".join(dict.fromkeys(letters))
    return {ORDER_OF_PATTERN.get(parts, "")} - {""}

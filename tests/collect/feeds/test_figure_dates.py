"""Which figure of 03/04/2026 is the day: as the whole feed tells."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.feeds.parse import parse_feed

DAY_FIRST = (4, 3)
MONTH_FIRST = (3, 4)


def days_of(
    dates: Sequence[str], channel: str = "", fetched: str = ""
) -> list[tuple[int, int] | None]:
    """Return month and day of each entry of a feed, None where it is undated."""
    items = "".join(
        f"<item><title>T{n}</title><pubDate>{text}</pubDate></item>"
        for n, text in enumerate(dates)
    )
    body = f"<rss><channel><title>C</title>{channel}{items}</channel></rss>"
    entries = parse_feed(body.encode(), "", fetched).entries
    return [
        (entry.published.month, entry.published.day)
        if entry.published
        else None
        for entry in entries
    ]


def made(text: str) -> str:
    return f"<lastBuildDate>{text}</lastBuildDate>"


@pytest.mark.parametrize(
    ("others", "channel", "day"),
    [
        (["25/04/2026"], "", DAY_FIRST),
        (["04/25/2026"], "", MONTH_FIRST),
        (["Fri, 03/04/2026 - 10:00"], "", DAY_FIRST),
        (["Wed, 03/04/2026 - 10:00"], "", MONTH_FIRST),
        ([], made("Fri, 03 Apr 2026 12:00:00 GMT"), DAY_FIRST),
        ([], made("Wed, 04 Mar 2026 12:00:00 GMT"), MONTH_FIRST),
        ([], made("04/13/2026"), MONTH_FIRST),
        (["02/04/2026", "01/06/2026"], "", MONTH_FIRST),
        (["02/04/2026", "01/04/2026"], "", None),
        (["05/05/2026"], "", None),
        (["01/04/2026", "12/03/2026"], "", DAY_FIRST),
        (["03/03/2026", "02/11/2026"], "", MONTH_FIRST),
        ([], "<language>en-GB</language>", DAY_FIRST),
        ([], "<language>en-us</language>", MONTH_FIRST),
        ([], "<language>es</language>", DAY_FIRST),
        ([], "<language>en</language>", None),
        ([], "<language>sv</language>", None),
        ([], "<language>no such tongue</language>", None),
        ([], "", None),
        (["25/04/2026", "04/25/2026"], "", None),
        (["25/04/2026"], "<language>en-US</language>", DAY_FIRST),
    ],
)
def test_the_feed_tells_which_figure_is_the_day(
    others: list[str], channel: str, day: tuple[int, int] | None
) -> None:
    dates = ["03/04/2026 09:00", *others]
    assert days_of(dates, channel)[0] == day


def test_the_time_of_the_answer_tells_it_too() -> None:
    assert days_of(["03/04/2026"], "", "Sat, 04 Apr 2026 08:00:00 GMT") == [
        (4, 3)
    ]
    assert days_of(["03/04/2026"], "", "Sun, 01 Nov 2026 08:00:00 GMT") == [
        None
    ]


def test_a_broken_feed_a_json_feed_and_an_atom_feed_are_read_alike() -> None:
    broken = b"<rss><channel><item><title>T</title><pubDate>03/04/2026</pubDate></item><item><title>U</title><pubDate>25/04/2026</pubDate>"
    (first, _) = parse_feed(broken).entries
    assert first.published == datetime(2026, 4, 3, tzinfo=UTC)
    json = b'{"language": "de", "items": [{"id": "1", "date_published": "03/04/2026"}]}'
    assert parse_feed(json).entries[0].published == first.published
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><entry><id>1</id><updated>03/04/2026</updated></entry></feed>'
    assert parse_feed(atom).entries[0].published == first.published


@given(
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_no_date_is_read_for_another_day(
    newest: date, ages: list[int], form: str
) -> None:
    days = [newest - timedelta(days=age) for age in sorted(ages)]
    built = made(f"{days[0]:%Y-%m-%d}T12:00:00Z")
    read = days_of([f"{day:{form}}" for day in days], built)
    for day, answer in zip(days, read, strict=True):
        assert answer in (None, (day.month, day.day))

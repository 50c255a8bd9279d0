"""Dates of feeds: the forms, zones and languages in which outlets write them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.feeds.feed_dates import read_date

MORNING = datetime(2025, 3, 4, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 04 Mar 2025 09:15:00 GMT",
        "04/Mar/2025:09:15:00 +0000",
        "[04/Mar/2025:10:15:00 +0100]",
        "Published: 4 March 2025 09:15",
        "Updated: 6 March 2025 12:00 | Published: 4 March 2025 09:15",
        "Publié le 4 mars 2025 à 09:15, mis à jour le 6 mars 2025",
        "Veröffentlicht am 04.03.2025 09:15, zuletzt aktualisiert am 06.03.2025",
        "发布 2025-03-04 09:15 更新 2025-03-06 12:00",
        "Tue, 04 Mar 2025 10:15:00 CET",
        "Tue, 04 Mar 2025 04:15:00 EST",
        "Tue, 04 Mar 2025 20:15:00 AEDT",
        "Tue, 04 Mar 2025 11:15:00 GMT+0200",
        "Tue, 04 Mar 2025 04:15:00 -05:00",
        "Tue, 04 Mar 2025 04:15:00 AM -0500",
        "Mar 4, 2025 4:15 AM EST",
        "Tue Mar  4 01:15:00 PST 2025",
        "4 Mar 25 09:15 GMT",
        "2025-03-04T09:15:00Z",
        "2025-03-04 04:15:00 -0500",
        "20250304T091500Z",
        "1741079700",
        "1741079700000",
        "Dienstag, 4. März 2025, 09:15",
        "mardi 4 mars 2025 09:15",
        "mar., 04 mar. 2025 09:15:00 +0000",
        "вт, 04 мар 2025 12:15:00 +0300",
        "ti, 4 maalis 2025 11:15:00 +0200",
        "2025年3月4日 09:15",
        "20250304091500",
        "202503040915",
        "Ter, 04 Mar 2025 06:15:00 -0300",
        "Tue Mar 04 04:15:00 -0500 2025",
        "Tue, 04 Mar 2025 10:15:00 Europe/Berlin",
        "2025-03-04 04:15 America/New_York",
        "4 de março de 2025 às 09h15",
        "٤ مارس ٢٠٢٥ 09:15",
        "4 آذار / مارس 2025 09:15",
        "4 آذار 2025 09:15",
        "Tue, 03/04/2025 - 09:15",
        "Tue 03/04/2025 - 09:15",
        "mar 04/03/2025 - 09:15",
        "04.03.2025 09:15",
        "Tue, 04 Mar 2025 14:45:00 IST",
        "Tue, 04 Mar 2025 14:45:00 IST +0530",
        "Tue, 04 Mar 2025 04:15:00 EST (-05:00)",
        "004, 4 Mar 2025 09:15:00 +0000",
        "2025-03-04 14:45:00.000000000 +0530 IST m=+0.000102",
        "4 Mar, 2025 14:45 hrs IST",
        "4 Mar 2025 4:15 a.m. ET",
        "Tue, 04 Mar 2025 10:15:00 +1",
        "Tue, 04 Mar 2025 04:15:00 -5:00",
        "Tue, 04-Mar-25 09:15:00 GMT",
        "/Date(1741079700000)/",
        "4. mart 2025. 09:15",
        "2025 m. kovo 4 d. 09:15",
        "2025. gada 4. marts 09:15",
    ],
)
def test_a_date_is_read_as_it_is_meant(text: str) -> None:
    assert read_date(text) == MORNING


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Wed, 31 Dec 1969 19:00:00 -0500",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "0001-01-01T00:00:00Z",
        "Wed, 30 Nov -0001 00:00:00 +0000",
        "1899-12-30T00:00:00Z",
        "1900-01-01",
        "0000-00-00 00:00:00",
    ],
)
def test_the_zero_of_a_program_is_no_date(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Seg, 07 Abr 2025 09:15:00 +0000", (4, 7)),
        ("lun, 04 Ago 2025 09:15:00 +0000", (8, 4)),
        ("Do, 01 Mai 2025 09:15:00 +0000", (5, 1)),
        ("5 تشرين الثاني 2025 09:15", (11, 5)),
    ],
)
def test_months_are_known_by_their_names_elsewhere(
    text: str, day: tuple[int, int]
) -> None:
    assert read_date(text) == datetime(2025, *day, 9, 15, tzinfo=UTC)


def test_the_afternoon_is_not_the_morning() -> None:
    assert read_date("Mar 4, 2025 9:15 PM GMT") == MORNING + timedelta(hours=12)


def test_summer_time_is_an_hour_ahead() -> None:
    summer = read_date("Wed, 09 Jul 2025 09:15:00 BST")
    assert summer == datetime(2025, 7, 9, 8, 15, tzinfo=UTC)


def test_a_day_that_ends_at_24_ends_at_midnight() -> None:
    end = read_date("Tue, 04 Mar 2025 24:00:00 +0000")
    assert end == datetime(2025, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "coming soon",
        "Published",
        "Updated: 6 March 2025",
        "yesterday",
        "12 March",
        "March 2025",
        "2025",
        "In 2019, the council",
        "Sun, 30 Feb 2025 10:00:00 GMT",
        "03:15:00 PM -0500",
        # the third of April in London, the fourth of March in Boston
        "03/04/2025 09:15",
        "9" * 200,
    ],
)
def test_what_is_no_certain_date_is_none(text: str) -> None:
    assert read_date(text) is None


def test_figures_are_a_date_where_only_one_order_is_possible() -> None:
    assert read_date("03/24/2025 3:15:00 PM") == datetime(
        2025, 3, 24, 15, 15, tzinfo=UTC
    )
    assert read_date("24/03/2025") == datetime(2025, 3, 24, tzinfo=UTC)


@given(
    st.integers(0, 100 * 365 * 86_400),
    st.integers(-12 * 60, 14 * 60),
)
def test_what_a_program_writes_is_read_back(seconds: int, offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    since = datetime(1990, 1, 1, tzinfo=zone)
    time = since + timedelta(seconds=seconds)
    assert read_date(format_datetime(time)) == time
    assert read_date(time.isoformat()) == time
    assert read_date(time.isoformat(sep=" ")) == time


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    read_date(text)

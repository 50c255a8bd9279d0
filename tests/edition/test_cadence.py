"""Cadence: the dates of editions, when they are due and what they cover, over years and clock changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from digest.edition.cadence import (
    WEEKDAYS,
    draft_moment,
    due_moment,
    is_planned,
    next_date,
    next_date_after,
    planned_dates,
    previous_date,
    window_of,
)
from digest.settings import Newsletter

#: Two years with a leap day and all changes of clocks.
FIRST = date(2027, 1, 1)
LAST = date(2028, 12, 31)
ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # its clocks change by half an hour
    "Asia/Kathmandu",
    "Africa/Casablanca",  # it has four changes a year, around Ramadan
    "Pacific/Apia",
)
CADENCES = ("weekdays", "weekly", "every_two_weeks", "monthly")
HOUR = timedelta(hours=1)


def midnight(day: date) -> datetime:
    """The beginning of a day, without a zone."""
    return datetime.combine(day, time())


MOMENTS = st.datetimes(midnight(FIRST), midnight(LAST), timezones=st.just(UTC))


def newsletter(**values: Any) -> Newsletter:
    """A newsletter with these settings, else of Friday at nine in UTC."""
    required = {
        "title": "Clips",
        "sender": {"name": "Press", "address": "press@example.org"},
        "reply_to": "press@example.org",
        "postal_address": "1 Street",
        "public_url": "https://letter.example.org",
    }
    return Newsletter.model_validate({**required, **values})


@st.composite
def newsletters(draw: st.DrawFn, **given_values: Any) -> Newsletter:
    """Newsletters of any cadence, hour, zone, and holidays, some next to each other."""
    days = st.dates(FIRST, LAST)
    values = {
        "cadence": draw(st.sampled_from(CADENCES)),
        "weekday": draw(st.sampled_from(WEEKDAYS)),
        # the hours that clocks skip and have twice, often
        "hour": draw(
            st.one_of(st.sampled_from([0, 1, 2, 3]), st.integers(0, 23))
        ),
        "time_zone": draw(st.sampled_from(ZONES)),
        "starts": draw(st.none() | days),
        "holidays": draw(st.lists(days, max_size=40)),
        "window": draw(st.just("since_last") | st.integers(1, 40)),
    }
    if draw(st.booleans()):
        week_off = draw(days)
        values["holidays"] += [week_off + timedelta(n) for n in range(10)]
    return newsletter(**{**values, **given_values})


def two_years(letter: Newsletter) -> list[date]:
    return list(planned_dates(letter, FIRST, LAST))


def expected_dates(letter: Newsletter) -> list[date]:
    """The same dates by RFC 5545, from another library."""
    names = [
        rrule.MO,
        rrule.TU,
        rrule.WE,
        rrule.TH,
        rrule.FR,
        rrule.SA,
        rrule.SU,
    ]
    weekday = names[WEEKDAYS.index(letter.weekday)]
    # a Monday of the counted weeks long before, for rules count from their start on
    week = letter.starts or date(2001, 1, 1)
    monday = week - timedelta(days=week.weekday()) - timedelta(weeks=200)
    start = midnight(monday)
    rule = {
        "weekdays": lambda: rrule.rrule(
            rrule.DAILY, start, byweekday=names[:5]
        ),
        "weekly": lambda: rrule.rrule(rrule.WEEKLY, start, byweekday=weekday),
        "every_two_weeks": lambda: rrule.rrule(
            rrule.WEEKLY, start, interval=2, byweekday=weekday
        ),
        "monthly": lambda: rrule.rrule(
            rrule.MONTHLY, start, byweekday=weekday(1)
        ),
    }[letter.cadence]()
    days = (
        moment.date()
        for moment in rule.xafter(
            midnight(FIRST),
            inc=True,
        )
    )
    return list(_until_last(days, set(letter.holidays)))


def _until_last(days: Iterator[date], holidays: set[date]) -> Iterator[date]:
    for day in days:
        if day > LAST:
            return
        if day not in holidays:
            yield day


@given(newsletters())
def test_dates_are_those_of_rfc_5545_without_the_holidays(
    letter: Newsletter,
) -> None:
    assert two_years(letter) == expected_dates(letter)


def run_every_hour(
    letter: Newsletter, now: datetime, end: datetime
) -> list[date]:
    """The dates that `digest run` from cron works on, one after another."""
    worked_on: list[date] = []
    while now < end:
        day = next_date(letter, now)
        assert day is not None
        if day not in worked_on[-1:]:
            worked_on.append(day)
        # it is the next one: not due yet, and the one before is
        previous = previous_date(letter, day)
        assert previous is not None
        assert due_moment(letter, previous) <= now < due_moment(letter, day)
        # now and then it is missed
        now += HOUR * (1 + (now.hour % 7 == 0))
    return worked_on


@given(newsletters(), MOMENTS)
def test_run_every_hour_works_on_each_edition_once_and_in_order(
    letter: Newsletter, now: datetime
) -> None:
    worked_on = run_every_hour(letter, now, now + timedelta(weeks=6))
    assert worked_on == list(planned_dates(letter, worked_on[0], worked_on[-1]))


@pytest.mark.slow
@given(newsletters())
def test_run_every_hour_over_two_years_loses_and_doubles_none(
    letter: Newsletter,
) -> None:
    begin = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    end = datetime(2028, 12, 31, tzinfo=UTC)
    worked_on = run_every_hour(letter, begin, end)
    assert worked_on == list(planned_dates(letter, worked_on[0], worked_on[-1]))


@given(
    newsletters(),
    st.lists(
        MOMENTS,
        min_size=1,
    ),
)
def test_next_date_is_consistent_at_any_moments(
    letter: Newsletter, moments: list[datetime]
) -> None:
    for now in moments:
        day = next_date(letter, now)
        assert day is not None
        assert is_planned(letter, day)
        due = due_moment(letter, day)
        # the moment before it is due it still is the next, and from then on another is
        assert next_date(letter, due - timedelta(microseconds=1)) == day
        assert next_date(letter, due) == next_date_after(letter, day)
        previous = previous_date(letter, day)
        assert previous is not None
        assert next_date_after(letter, previous) == day
        assert next_date(letter, due_moment(letter, previous)) == day
        # however the moment is written
        assert next_date(letter, now.astimezone(letter.zone)) == day
        draft_from = draft_moment(letter, day)
        assert due_moment(letter, previous) <= draft_from <= due


@given(newsletters(window="since_last"))
def test_windows_since_the_last_tile_time(letter: Newsletter) -> None:
    windows = [window_of(letter, day) for day in two_years(letter)]
    for earlier, later in pairwise(windows):
        assert earlier.end.astimezone(UTC) == later.start.astimezone(UTC)
        assert later.start.astimezone(UTC) < later.end.astimezone(UTC)


@given(newsletters(), st.integers(1, 40))
def test_windows_of_days_leave_no_gap_where_dates_are_skipped(
    letter: Newsletter, days: int
) -> None:
    """What a skipped edition would have covered is in the next one."""
    letter = letter.model_copy(update={"window": days})
    without_holidays = letter.model_copy(update={"holidays": ()})
    covered = [window_of(letter, day) for day in two_years(letter)]
    for earlier in planned_dates(without_holidays, FIRST, LAST):
        planned = window_of(without_holidays, earlier)
        later = [window for window in covered if window.end >= planned.end]
        if later:
            assert later[0].start <= planned.start


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 12, 23])
@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_two_years_is_one_definite_moment(
    zone: str, hour: int
) -> None:
    """Hours that the clock skips are later; of those that come twice the first counts."""
    letter = newsletter(cadence="weekdays", hour=hour, time_zone=zone)
    moments = []
    for number in range((LAST - FIRST).days):
        day = FIRST + timedelta(days=number)
        moment = due_moment(letter, day)
        shown = moment.astimezone(UTC).astimezone(letter.zone)
        assert (shown.replace(tzinfo=None), shown.fold) == (
            moment.replace(tzinfo=None),
            0,
        )
        delay = shown.replace(tzinfo=None) - midnight(day) - hour * HOUR
        assert timedelta(0) <= delay <= HOUR
        moments.append(moment.astimezone(UTC))
    assert moments == sorted(set(moments))


def test_hours_that_are_skipped_or_twice_by_example() -> None:
    berlin = newsletter(weekday="sunday", hour=2, time_zone="Europe/Berlin")
    assert (
        due_moment(berlin, date(2027, 3, 28)).isoformat()
        == "2027-03-28T03:00:00+02:00"
    )
    assert (
        due_moment(berlin, date(2027, 10, 31)).isoformat()
        == "2027-10-31T02:00:00+02:00"
    )


@pytest.mark.parametrize(
    ("cadence", "values", "dates"),
    [
        (
            "weekdays",
            {"holidays": ["2026-12-25"]},
            "2026-12-22 2026-12-23 2026-12-24 2026-12-28",
        ),
        (
            "weekly",
            {"weekday": "friday", "holidays": ["2026-12-25"]},
            "2027-01-01 2027-01-08",
        ),
        (
            "every_two_weeks",
            {"weekday": "friday", "starts": "2027-01-15"},
            "2027-01-01 2027-01-15 2027-01-29",
        ),
        ("every_two_weeks", {"weekday": "monday"}, "2026-12-28 2027-01-11"),
        # counted from its week, where it is another day of it
        (
            "every_two_weeks",
            {"weekday": "monday", "starts": "2027-01-15"},
            "2026-12-28 2027-01-11 2027-01-25",
        ),
        (
            "every_two_weeks",
            {"weekday": "sunday", "starts": "2027-01-06"},
            "2026-12-27 2027-01-10",
        ),
        ("monthly", {"weekday": "friday"}, "2027-01-01 2027-02-05 2027-03-05"),
        # there is no other date that month
        (
            "monthly",
            {"weekday": "friday", "holidays": ["2027-01-01"]},
            "2027-02-05 2027-03-05",
        ),
    ],
)
def test_dates_of_each_cadence_by_example(
    cadence: str, values: dict[str, Any], dates: str
) -> None:
    letter = newsletter(cadence=cadence, **values)
    expected = [date.fromisoformat(text) for text in dates.split()]
    now = datetime(2026, 12, 21, 12, tzinfo=UTC)
    found: list[date] = []
    for _ in expected:
        day = next_date(letter, now)
        assert day is not None
        found.append(day)
        now = due_moment(letter, day)
    assert found == expected


def test_by_hand_has_no_dates() -> None:
    letter = newsletter(cadence="by_hand", window="since_last")
    assert next_date(letter, datetime(2027, 1, 1, tzinfo=UTC)) is None
    assert previous_date(letter, FIRST) is None
    assert next_date_after(letter, FIRST) is None
    assert two_years(letter) == []
    assert window_of(letter, date(2027, 6, 30)).start == datetime(
        2027, 3, 30, 9, tzinfo=UTC
    )


def test_mondays_clips_of_one_day_cover_the_weekend_and_holidays() -> None:
    letter = newsletter(
        cadence="weekdays",
        hour=8,
        window=1,
        holidays=["2027-03-26", "2027-03-29"],
    )
    tuesday = window_of(letter, date(2027, 3, 30))
    thursday = window_of(letter, date(2027, 3, 25))
    assert tuesday.start == thursday.end == datetime(2027, 3, 25, 8, tzinfo=UTC)


def test_daily_drafts_begin_when_the_edition_before_is_due() -> None:
    letter = newsletter(cadence="weekdays", hour=8)
    assert draft_moment(letter, date(2027, 3, 2)) == datetime(
        2027, 3, 1, 8, tzinfo=UTC
    )
    soon = newsletter(cadence="weekdays", hour=8, draft_ahead=2)
    assert draft_moment(soon, date(2027, 3, 2)) == datetime(
        2027, 3, 2, 6, tzinfo=UTC
    )


@given(
    st.sampled_from(WEEKDAYS),
    st.integers(0, 23),
    st.sampled_from(ZONES),
    MOMENTS,
)
def test_weekly_newsletters_are_as_before_there_were_cadences(
    weekday: str, hour: int, zone: str, now: datetime
) -> None:
    """The rule of the only newsletter there was: the next weekday, and the seven days before it."""
    letter = newsletter(weekday=weekday, hour=hour, time_zone=zone)
    local = now.astimezone(letter.zone)
    days = (WEEKDAYS.index(weekday) - local.weekday()) % 7
    if days == 0 and local.hour >= hour:
        days = 7
    day = local.date() + timedelta(days=days)
    assert next_date(letter, now) == day
    covered = window_of(letter, day)
    assert (covered.end - covered.start) in {
        timedelta(days=7),
        timedelta(days=7) - HOUR,
        timedelta(days=7) + HOUR,
    }
    assert covered.end.date() == day
    assert covered.start.date() == day - timedelta(days=7)
    assert draft_moment(letter, day) == covered.start

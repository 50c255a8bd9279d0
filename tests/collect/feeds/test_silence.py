"""Outlets that fall silent, by their own habit."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.collect.feeds.silence import describe_silence, find_habit
from digest.settings import load_workspace
from tests.cases.feeds import item, rss
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb

TODAY = NOW.date()


# Silence


def days(*weeks: int, last: date = TODAY) -> Counter[date]:
    """Articles a week, the newest week last, spread over its days from its last day back."""
    found: Counter[date] = Counter()
    for age, count in enumerate(reversed(weeks)):
        for n in range(count):
            found[last - timedelta(days=7 * age + n % 7)] += 1
    return found


def test_a_busy_outlet_that_stops_is_noticed_after_two_days() -> None:
    known = days(40, 41, 38, 40, last=TODAY - timedelta(days=3))
    assert describe_silence("Politico", known, TODAY) == (
        f"Politico usually gives 40 a week, 0 so far: nothing new since {TODAY - timedelta(days=3)}"
    )


def test_an_outlet_that_gives_one_a_week_has_five_weeks() -> None:
    known = days(1, 1, 1, 1)
    assert not describe_silence("The Hill", known, TODAY + timedelta(days=34))
    assert describe_silence("The Hill", known, TODAY + timedelta(days=36))


def test_no_weekend_is_a_silence_where_none_is_worked_on() -> None:
    """Eight weeks of weekdays; the next Monday is three days after the last Friday."""
    friday = date(2026, 2, 27)
    known = Counter(
        {
            friday - timedelta(days=7 * w + d): 8
            for w in range(8)
            for d in range(5)
        }
    )
    assert not describe_silence("Courier", known, friday + timedelta(days=3))
    assert describe_silence("Courier", known, friday + timedelta(days=4))


def test_a_long_silence_does_not_become_the_habit() -> None:
    assert "40 a week" in describe_silence(
        "Politico", days(40, 40, 40), TODAY + timedelta(days=120)
    )


def test_before_a_whole_week_nothing_is_usual() -> None:
    assert (
        find_habit(Counter({TODAY: 50, TODAY - timedelta(days=5): 50})) is None
    )
    assert find_habit(Counter()) is None


@given(
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(1, 99)
    )
)
def test_whoever_gave_something_today_is_not_silent(
    given_on: dict[date, int],
) -> None:
    assert describe_silence("A", given_on, max(given_on, default=TODAY)) == ""


def test_silence_is_told_when_collecting_listing_and_drafting(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    items = [
        item(
            f"Report number {n} of many",
            f"/{n}",
            f"{NOW - timedelta(hours=6 * n):%a, %d %b %Y %T} GMT",
        )
        for n in range(80)
    ]
    web.answers["/feed"] = Answer(rss(*items))
    with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
        assert (
            app.collection.collect_and_fill(feeds_only=True)
            .report["The Courier"]
            .silence
            == ""
        )
    later = NOW + timedelta(days=4)
    with App(load_workspace(tmp_path, {}), lambda: later) as app:
        said = (
            app.collection.collect_and_fill(everything=True, feeds_only=True)
            .report["The Courier"]
            .silence
        )
        assert said.startswith(
            "The Courier usually gives 27 a week, 0 so far: nothing new since"
        )
        (health,) = app.feeds.list_health()
        assert (health.silence, health.a_week, health.last_week) == (
            said,
            27,
            11,
        )
        assert app.feeds.find_silences() == {"The Courier": said}

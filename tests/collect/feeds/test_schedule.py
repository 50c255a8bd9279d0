"""When a feed is polled again: properties that hold for every feed, and the rules by example."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.collect.feeds import schedule
from digest.collect.feeds.schedule import MAX_INTERVAL, MIN_INTERVAL, GoodAnswer
from digest.errors import FetchError
from digest.model import Feed
from digest.settings import load_workspace
from tests.cases.feeds import item, rss
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb

EVERY = timedelta(hours=1)
FEED = Feed("https://a.example/feed", "A")
REASONS = [
    "http 403",
    "http 404",
    "http 503",
    "dns",
    "timeout",
    "not a feed",
    "too large",
]

headers = st.fixed_dictionaries(
    {},
    optional={
        "cache-control": st.sampled_from(
            ["max-age=60", "max-age=999999999", "no-store", "x"]
        ),
        "expires": st.sampled_from(
            ["0", "soon", "Fri, 27 Feb 2026 18:00:00 GMT"]
        ),
        "retry-after": st.sampled_from(
            ["5", "86400", "never", "Sat, 28 Feb 2026 15:00:00 GMT"]
        ),
    },
)
goods = st.builds(
    lambda entries, share, names, ttl, full: GoodAnswer(
        entries, round(entries * share), names, timedelta(minutes=ttl), full
    ),
    st.integers(0, 500),
    st.floats(0, 1),
    headers,
    st.integers(0, 999_999),
    st.booleans(),
)
fates = st.lists(st.one_of(goods, st.sampled_from(REASONS)), max_size=60)
paces = st.integers(1, 10_080).map(lambda minutes: timedelta(minutes=minutes))


def live(
    feed: Feed,
    fates: list[GoodAnswer | str],
    every: timedelta,
    now: datetime = NOW,
) -> Feed:
    """Let a feed meet its fates, each when it is next due."""
    for fate in fates:
        now = feed.next_poll or now
        if isinstance(fate, str):
            feed = schedule.after_failure(feed, fate, fate, now, every)
        else:
            feed = schedule.after_success(feed, fate, now, every)
    return feed


def wait(
    feed: Feed, fate: GoodAnswer | str, every: timedelta = EVERY
) -> timedelta:
    after = live(replace(feed, next_poll=None), [fate], every)
    assert after.next_poll is not None
    return after.next_poll - NOW


@given(fates, paces)
def test_every_feed_is_polled_again_within_a_day(
    fates, every: timedelta
) -> None:
    """Never switched off for good, and never hammered."""
    feed = live(FEED, fates, every)
    for fate in (GoodAnswer(30, 0), GoodAnswer(30, 30), *REASONS):
        assert (
            min(MIN_INTERVAL, every)
            <= wait(feed, fate, every)
            <= max(MAX_INTERVAL, every)
        )


@given(fates, goods)
def test_a_feed_is_not_asked_before_it_and_its_server_wish(
    fates, good: GoodAnswer
) -> None:
    asked = min(
        max(good.ttl, schedule.freshness_lifetime(good.headers, NOW)),
        MAX_INTERVAL,
    )
    assert wait(live(FEED, fates, EVERY), good) >= asked


@given(fates, goods)
def test_a_good_answer_forgives_everything(fates, good: GoodAnswer) -> None:
    feed = live(FEED, [*fates, good], EVERY)
    assert (feed.failures, feed.error) == (0, "")


@given(fates, st.sampled_from(REASONS))
def test_each_failure_slows_a_feed_down_more_than_the_one_before(
    fates, reason: str
) -> None:
    once = live(FEED, [*fates, reason], EVERY)
    assert wait(once, reason) >= wait(
        live(FEED, fates, EVERY), reason
    ) - timedelta(seconds=1)


@given(fates)
def test_more_that_is_new_never_means_later(fates) -> None:
    feed = live(FEED, fates, EVERY)
    waits = [wait(feed, GoodAnswer(30, new)) for new in range(31)]
    assert waits == sorted(waits, reverse=True)


def test_mostly_known_is_slower_mostly_new_is_sooner() -> None:
    """From the third good answer on, by Media Cloud's steps."""
    settled = live(FEED, [GoodAnswer(30, 15)] * 2, EVERY)
    assert wait(settled, GoodAnswer(30, 15)) == EVERY
    assert wait(settled, GoodAnswer(30, 5)) == EVERY + timedelta(minutes=10)
    assert wait(settled, GoodAnswer(30, 25)) == timedelta(minutes=10)
    slow = replace(settled, interval=6 * 3600)
    assert wait(slow, GoodAnswer(30, 25)) == EVERY
    stale = replace(settled, last_new=NOW - timedelta(days=40))
    assert wait(stale, GoodAnswer(30, 0)) == EVERY + timedelta(hours=1)


def test_a_new_feed_is_not_judged_by_its_first_answer() -> None:
    """All of a feed is new when it is first seen."""
    assert wait(FEED, GoodAnswer(30, 30)) == EVERY


@pytest.mark.parametrize(
    ("reason", "hours"),
    [("http 403", 12), ("http 503", 6), ("dns", 3), ("no such reason", 6)],
)
def test_failures_weigh_by_their_kind(reason: str, hours: int) -> None:
    feed = live(FEED, [reason] * 12, EVERY)
    assert feed.next_poll is not None
    before = live(FEED, [reason] * 11, EVERY).next_poll
    assert before is not None
    assert feed.next_poll - before == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("names", "fresh"),
    [
        ({"cache-control": "public, max-age=7200"}, 7200),
        ({"cache-control": "no-cache, max-age=7200"}, 0),
        (
            {"expires": format_datetime(NOW + timedelta(hours=3), usegmt=True)},
            10_800,
        ),
        (
            {"expires": format_datetime(NOW - timedelta(hours=3), usegmt=True)},
            0,
        ),
        (
            {
                "cache-control": "max-age=60",
                "expires": "Sat, 28 Feb 2026 15:00:00 GMT",
            },
            60,
        ),
        ({"expires": "0"}, 0),
        ({"retry-after": "120"}, 120),
        (
            {
                "retry-after": format_datetime(
                    NOW + timedelta(hours=1), usegmt=True
                )
            },
            3600,
        ),
        ({"retry-after": "-5"}, 0),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 -1200"}, 0),
    ],
)
def test_how_long_an_answer_is_fresh(names: dict[str, str], fresh: int) -> None:
    assert schedule.freshness_lifetime(names, NOW) == timedelta(seconds=fresh)


def test_who_asks_for_a_pause_gets_it_up_to_a_day() -> None:
    for asked, hours in ((7200, 2), (10**9, 24)):
        feed = schedule.after_failure(
            FEED, "slow down", "http 429", NOW, EVERY, asked
        )
        assert feed.next_poll == NOW + timedelta(hours=hours) + schedule.SLACK


def test_cron_comes_to_the_minute_not_to_the_second() -> None:
    feed = schedule.after_success(FEED, GoodAnswer(), NOW, EVERY)
    assert schedule.is_due(feed, NOW + EVERY - timedelta(seconds=50))
    assert not schedule.is_due(feed, NOW + EVERY - timedelta(seconds=70))


def test_a_slow_feed_is_polled_once_more_before_an_edition() -> None:
    feed = schedule.after_success(FEED, GoodAnswer(), NOW, timedelta(days=1))
    later = NOW + timedelta(hours=5)
    assert not schedule.is_due(feed, later)
    assert schedule.is_due(feed, later, NOW + timedelta(hours=4))
    assert not schedule.is_due(feed, later, NOW - timedelta(minutes=1))
    failing = schedule.after_failure(
        feed, "closed", "http 403", NOW, timedelta(days=1)
    )
    assert not schedule.is_due(failing, later, NOW + timedelta(hours=4))


NEW_HOME = GoodAnswer(30, 0, moved="https://b.example/feed")


def test_a_permanent_move_is_believed_only_after_it_has_held_for_days() -> None:
    feed = schedule.after_success(FEED, NEW_HOME, NOW, EVERY)
    for days, address in (
        (0, FEED.url),
        (5, FEED.url),
        (6, "https://b.example/feed"),
    ):
        later = NOW + timedelta(days=days)
        feed = schedule.after_success(feed, NEW_HOME, later, EVERY)
        assert schedule.polling_address(feed, later) == address


def test_a_move_that_is_taken_back_is_forgotten() -> None:
    feed = schedule.after_success(FEED, NEW_HOME, NOW, EVERY)
    back = schedule.after_success(
        feed, GoodAnswer(30, 0), NOW + timedelta(days=1), EVERY
    )
    assert (back.moved, back.moved_since) == ("", None)
    other = schedule.after_success(
        feed, replace(NEW_HOME, moved="https://c.example/"), NOW, EVERY
    )
    assert other.moved == "https://c.example/"


def test_a_feed_failing_at_its_new_address_is_asked_at_the_old() -> None:
    moved = replace(
        FEED,
        moved="https://b.example/feed",
        moved_since=NOW - timedelta(days=30),
    )
    assert schedule.polling_address(moved, NOW) == "https://b.example/feed"
    assert (
        schedule.polling_address(
            schedule.after_failure(moved, "404", "http 404", NOW, EVERY), NOW
        )
        == FEED.url
    )


def test_not_modified_is_believed_for_a_day() -> None:
    """Some servers say so of a feed that has changed."""
    full = schedule.after_success(
        FEED, GoodAnswer(30, 3, {"etag": "x"}), NOW, EVERY
    )
    assert schedule.accepts_not_modified(full, NOW + timedelta(hours=23))
    assert not schedule.accepts_not_modified(full, NOW + timedelta(hours=25))
    unchanged = schedule.after_success(
        full, GoodAnswer(full=False), NOW + timedelta(hours=23), EVERY
    )
    assert (unchanged.etag, unchanged.last_full) == ("x", NOW)


# Moves and goodbyes


def test_a_permanent_move_is_followed_after_six_days(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(
        status=301, headers={"Location": f"{web.url}/new"}
    )
    web.answers["/new"] = Answer(rss(item("A", "/a")))

    def asked_on(day: int) -> list[str]:
        web.asked.clear()
        with App(
            load_workspace(tmp_path, {}), lambda: NOW + timedelta(days=day)
        ) as app:
            app.collection.collect_and_fill(feeds_only=True)
        return [path for path, _ in web.asked]

    assert asked_on(0) == asked_on(3) == ["/feed", "/new"]
    assert asked_on(7) == ["/new"]
    web.answers["/new"] = Answer(status=404)
    assert asked_on(9) == ["/new"]
    assert asked_on(20)[0] == "/feed"


def test_every_reason_of_a_failure_has_a_weight() -> None:
    weights = {
        schedule.WEIGHTS.get(r, schedule.SOFT_WEIGHT)
        for r in ("dns", "timeout", "http 404", "tls")
    }
    assert weights == {0.25, 0.5, 1.0}
    assert FetchError("x", "dns").wait == 0

"""The state of a feed: told from what polls left, with since when and what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from digest.collect.feeds.faults import FAULTS, fault_of, reason_of_error
from digest.collect.feeds.parse import EMPTY_FEED
from digest.model import Feed
from digest.services.feed_health import (
    FeedFacts,
    FeedHealth,
    FeedState,
    assess_feed,
    trouble_only,
)

NOW = datetime(2026, 2, 27, 9, tzinfo=UTC)
DAY = timedelta(days=1)
REFUSED = "the server answered 403 Forbidden"


def feed(**values: object) -> Feed:
    return Feed("https://a.example/feed", "A", **values)


def assess(
    polled: Feed, *, newest: datetime | None = NOW, silence: str = ""
) -> FeedHealth:
    return assess_feed(FeedFacts(polled, 7.0, 7, silence, newest), NOW)


@pytest.mark.parametrize(
    ("health", "state", "since"),
    [
        (assess(feed(), newest=None), FeedState.NOT_ASKED, None),
        (assess(feed(last_success=NOW)), FeedState.WELL, None),
        (assess(feed(error=REFUSED), newest=None), FeedState.NEVER_WORKED, None),
        (assess(feed(error=REFUSED, last_success=NOW - DAY)), FeedState.FAILING, NOW - DAY),
        (assess(feed(error=REFUSED, last_success=NOW - 15 * DAY)), FeedState.DEAD, NOW - 15 * DAY),
        (assess(feed(last_success=NOW, problem=EMPTY_FEED), newest=None), FeedState.NEVER_FILLED, None),
        (assess(feed(last_success=NOW, problem=EMPTY_FEED), newest=NOW - 9 * DAY), FeedState.EMPTY, NOW - 9 * DAY),
        (assess(feed(last_success=NOW), newest=NOW - 91 * DAY), FeedState.SILENT, NOW - 91 * DAY),
        (assess(feed(last_success=NOW), newest=NOW - 9 * DAY, silence="A usually gives 7 a week"), FeedState.SILENT, NOW - 9 * DAY),
        (assess(feed(last_success=NOW, moved="https://b.example/", moved_since=NOW - DAY)), FeedState.MOVED, NOW - DAY),
        (assess(feed(last_success=NOW, problem="not well-formed")), FeedState.WELL, None),
    ],
    ids=lambda value: str(value) if isinstance(value, FeedState) else "",
)  # fmt: skip
def test_a_feed_has_one_state_and_since_when(
    health: FeedHealth, state: FeedState, since: datetime | None
) -> None:
    assert (health.state, health.since) == (state, since)
    has_advice = (
        health.main_fault is not None and health.main_fault.advice != ""
    )
    assert has_advice == state.is_trouble


def test_what_needs_a_person_most_comes_first() -> None:
    dead = assess(feed(error=REFUSED, last_success=NOW - 20 * DAY))
    silent = assess(feed(last_success=NOW), newest=NOW - 100 * DAY)
    well = assess(feed(last_success=NOW))
    assert trouble_only([well, silent, dead]) == [dead, silent]


@pytest.mark.parametrize("reason", [*FAULTS, "http 502", "of another time"])
def test_every_reason_has_words_and_advice(reason: str) -> None:
    fault = fault_of(reason)
    assert fault.one
    assert fault.several
    assert fault.advice


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (REFUSED, "http 403"),
        ("more than 10 redirects", "redirects"),
        ("this is not a feed (2:0: not well-formed)", "not a feed"),
        ("words of a later version", "not a feed"),
    ],
)
def test_a_stored_error_tells_its_reason(sentence: str, reason: str) -> None:
    """Those of real answers are compared in the journey through a hostile press."""
    assert reason_of_error(sentence) == reason

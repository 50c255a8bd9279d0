"""Feed health: the state of each feed and outlet, since when, and what a person is to do. Pure.

It is told from what polls left in the store; nothing is asked of the network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.collect.feeds.faults import (
    LOOK_ANEW,
    Fault,
    fault_of,
    reason_of_error,
)
from digest.collect.feeds.parse import EMPTY_FEED
from digest.model import Feed

#: A feed that has not answered well for so long is called dead: longer than an outlet's move or a
#: week of repairs. It is asked on, since feeds do come back (`schedule`).
DEAD_AFTER = timedelta(days=14)
#: An outlet whose newest article is older is called silent, whatever it usually gives.
SILENT_AFTER = timedelta(days=90)


class FeedState(StrEnum):
    """State of a feed, from the one that needs a person most to the one that needs nobody."""

    DEAD = "dead"  #: it worked, and has failed for weeks
    NEVER_WORKED = "never worked"
    FAILING = "fails"
    NEVER_FILLED = "never gave an entry"
    EMPTY = "empty now"
    SILENT = "silent"
    MOVED = "moved"
    WELL = "well"
    NOT_ASKED = "not asked yet"

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should look at it."""
        return self not in (FeedState.WELL, FeedState.NOT_ASKED)


#: The order in which states need a person.
URGENCY = {state: place for place, state in enumerate(FeedState)}


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """Health of one feed."""

    feed: Feed
    #: articles it usually gives; None while not a week of it is known
    a_week: float | None
    last_week: int  #: articles of the last seven days
    #: a sentence, if it gives nothing although it usually does
    silence: str = ""
    state: FeedState = FeedState.WELL
    #: the reason of its failure in a word; "" if it does not fail
    reason: str = ""
    #: since when it is so, as far as is known: the last good answer, the newest article, or the move
    since: datetime | None = None
    newest: datetime | None = None  #: when its newest article came out

    @property
    def main_fault(self) -> Fault | None:
        """What is wrong and what to do about it; None if nothing is."""
        if self.reason:
            return fault_of(self.reason)
        return FAULT_BY_STATE.get(self.state)


@dataclass(frozen=True, slots=True)
class OutletHealth:
    """Health of one outlet, with that of each of its feeds."""

    name: str
    homepage: str
    feeds: tuple[FeedHealth, ...]


NEVER_FILLED = Fault(
    "has a feed that never gave an entry",
    "have feeds that never gave an entry",
    "look on the site for another feed; " + LOOK_ANEW,
)
EMPTY_NOW = Fault(
    "has a feed that is empty now",
    "have feeds that are empty now",
    "if that lasts for days, " + LOOK_ANEW,
    is_passing=True,
)
SILENT = Fault(
    "answers well, and has had nothing new for long",
    "answer well, and have had nothing new for long",
    "open its site: if it has news, " + LOOK_ANEW,
)
MOVED = Fault(
    "has moved its feed",
    "have moved their feeds",
    "nothing is lost, they are read there; `digest feeds list --trouble` has the new addresses for "
    "feeds.yaml",
    is_passing=True,
)
FAULT_BY_STATE = {
    FeedState.NEVER_FILLED: NEVER_FILLED,
    FeedState.EMPTY: EMPTY_NOW,
    FeedState.SILENT: SILENT,
    FeedState.MOVED: MOVED,
}


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What a feed's health is told from."""

    feed: Feed
    a_week: float | None
    last_week: int
    silence: str
    newest: (
        datetime | None
    )  #: when its newest article came out; None if it gave none


def assess_feed(facts: FeedFacts, now: datetime) -> FeedHealth:
    """Return the health of a feed."""
    feed = facts.feed
    state = _state_of(facts, now)
    reason = ""
    if feed.error:
        reason = reason_of_error(feed.error)
    return FeedHealth(
        feed,
        facts.a_week,
        facts.last_week,
        facts.silence,
        state,
        reason,
        _since(state, facts),
        facts.newest,
    )


def is_silent_for_long(newest: datetime | None, now: datetime) -> bool:
    """Return whether the newest article is so old that an outlet is silent whatever its habit."""
    return newest is not None and now - newest > SILENT_AFTER


def count_states(health: Iterable[FeedHealth]) -> dict[FeedState, int]:
    """Return how many feeds are in each state, in the order of states; states of none are left out."""
    states = [one.state for one in health]
    return {
        state: states.count(state) for state in FeedState if state in states
    }


def trouble_only(health: Sequence[FeedHealth]) -> list[FeedHealth]:
    """Return the feeds that somebody should look at, those that need it most first."""
    troubled = [one for one in health if one.state.is_trouble]
    return sorted(troubled, key=lambda one: URGENCY[one.state])


def _state_of(facts: FeedFacts, now: datetime) -> FeedState:
    feed = facts.feed
    if feed.error:
        return _state_of_failing(feed, now)
    if feed.last_success is None:
        return FeedState.NOT_ASKED
    return _state_of_answering(facts, now)


def _state_of_answering(facts: FeedFacts, now: datetime) -> FeedState:
    if EMPTY_FEED in facts.feed.problem:
        return _state_of_empty(facts)
    if facts.silence or is_silent_for_long(facts.newest, now):
        return FeedState.SILENT
    if facts.feed.moved:
        return FeedState.MOVED
    return FeedState.WELL


def _state_of_empty(facts: FeedFacts) -> FeedState:
    if facts.newest is None:
        return FeedState.NEVER_FILLED
    return FeedState.EMPTY


def _state_of_failing(feed: Feed, now: datetime) -> FeedState:
    if feed.last_success is None:
        return FeedState.NEVER_WORKED
    if now - feed.last_success > DEAD_AFTER:
        return FeedState.DEAD
    return FeedState.FAILING


def _since(state: FeedState, facts: FeedFacts) -> datetime | None:
    if state in (FeedState.DEAD, FeedState.FAILING):
        return facts.feed.last_success
    if state in (FeedState.EMPTY, FeedState.SILENT):
        return facts.newest
    if state == FeedState.MOVED:
        return facts.feed.moved_since
    return None

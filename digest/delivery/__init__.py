"""Hand an edition over, each recipient at most once.

    claim a chunk | sign tokens | commit what is about to leave | hand over | commit the outcome

The ledger decides, so a run that dies is simply run again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from threading import Lock
from typing import Protocol

from digest.delivery.message import Message
from digest.delivery.refusal_streaks import Refused, Streak
from digest.delivery.transports.opening import open_transport
from digest.delivery.transports.outbox import Outbox
from digest.delivery.unsubscribe_token import Tokens
from digest.errors import NotYet, TransportDown
from digest.model import REHEARSAL, Chunk, Hold, Letter, Outcome, Recipient, State
from digest.ports import Clock, Holding, Paced, Streaming, Transport

__all__ = [
    "Ledger",
    "Message",
    "Outbox",
    "Pace",
    "Refused",
    "Streak",
    "Tokens",
    "hand_over",
    "open_transport",
]


#: How often a chunk is handed over anew after what was uncertain was taken back.
TRIES = 5


class Ledger(Protocol):
    """What sending needs of the store; each call is one committed transaction."""

    def claim(self, day: date, now: datetime, lane: int | None = None) -> Chunk | None:
        """Take the next chunk, for a lane, without who must not be mailed since the freeze."""
        ...

    def has_gone(self, subscribers: Sequence[int]) -> bool:
        """Say whether one of them must not be mailed any more, since the chunk was claimed."""
        ...

    def begin(
        self,
        day: date,
        claimed: Chunk,
        subscribers: Sequence[int],
        hold: Hold | None = None,
        done: Sequence[tuple[int, Outcome]] = (),
    ) -> bool:
        """Note that these are about to leave; False if they must not, since a person said halt.

        `done` is noted either way: what became of those before.
        """
        ...

    def record(
        self, day: date, claimed: Chunk, outcomes: Sequence[tuple[int, Outcome]]
    ) -> None:
        """Note what became of them."""
        ...

    def finish(self, day: date, claimed: Chunk, outcome: Outcome | None = None) -> None:
        """Note that the whole chunk has its outcomes, or that all of it has this one."""
        ...

    def give_back(self, day: date, claimed: Chunk) -> None:
        """Queue the rest again: certainly none of it left."""
        ...


class Pace:
    """Keeps hand-overs under a number of messages a minute."""

    def __init__(
        self,
        per_minute: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._each, self._clock, self._sleep = 60 / per_minute, clock, sleep
        self._free_at = clock()
        self._lock = Lock()

    def wait(self, messages: int) -> None:
        """Sleep until that many more messages may leave."""
        with self._lock:
            now = self._clock()
            start = max(self._free_at, now)
            self._free_at = start + self._each * messages
        if start > now:
            self._sleep(start - now)

    def is_free(self) -> bool:
        """Say whether the next message need not wait."""
        return self._free_at <= self._clock()


def hand_over(
    letter: Letter,
    ledger: Ledger,
    transport: Transport,
    tokens: Tokens,
    pace: Paced,
    clock: Clock,
    progress: Callable[[int], None] = lambda _sent: None,
    stop: Callable[[], bool] = lambda: False,
    lane: int | None = None,
    streak: Streak | None = None,
) -> None:
    """Hand over every queued delivery of an edition; return when none is left, or at a halt.

    `stop` is asked before each hand-over whether to end here. Raises TransportDown with everything
    recorded, so that running again goes on from there; of that kind SenderRefused, if refusals are
    about us. Several may do this at once, each with a transport of its own; they share a `streak`,
    whose ending says who is to be excluded. Until then whoever was refused stays queued.
    """
    watched = streak or Streak(transport.name)
    line = _Line(letter, ledger, transport, pace, progress, stop, watched)
    while not stop() and (claimed := ledger.claim(letter.edition, clock(), lane)):
        people = [
            Recipient(who, address, tokens.sign(who))
            for who, address in claimed.subscribers
        ]
        if not line.chunk(claimed, people):
            return


class _Line:
    """One transport at work on one edition."""

    def __init__(
        self,
        letter: Letter,
        ledger: Ledger,
        transport: Transport,
        pace: Paced,
        progress: Callable[[int], None],
        stop: Callable[[], bool],
        streak: Streak,
    ) -> None:
        self._letter, self._ledger, self._transport = letter, ledger, transport
        self._streak = streak
        self._holding = transport if isinstance(transport, Holding) else None
        self._pace, self._progress, self._day = pace, progress, letter.edition
        self._stop = stop
        self._somebody_gone = False  #: who is next has left since the chunk was claimed

    def chunk(self, claimed: Chunk, people: Sequence[Recipient]) -> bool:
        """Hand a chunk over; False if it was halted."""
        common = None
        try:
            if isinstance(self._transport, Streaming):
                self._stream(self._transport, claimed, people)
            else:
                common = self._groups(claimed, people)
        except (TransportDown, NotYet):
            self._ledger.give_back(self._day, claimed)
            raise
        except _Halted as halt:
            self._ledger.give_back(self._day, claimed)
            return halt.again
        self._ledger.finish(self._day, claimed, common)
        return True

    # One after another

    def _stream(
        self, transport: Streaming, claimed: Chunk, people: Sequence[Recipient]
    ) -> None:
        """Hand each over; what became of one is committed as the next is announced.

        Once somebody has left who is next, the rest is claimed anew, without them.
        """
        done: list[tuple[int, Outcome]] = []
        self._somebody_gone = False
        try:
            with closing(
                transport.stream(self._letter, self._in_time(people))
            ) as handed:
                for person, outcome in handed:
                    if outcome:
                        done.append(
                            (person.subscriber, self._streak.weigh(person, outcome))
                        )
                        self._progress(1)
                    self._streak.check()
                    if outcome:
                        continue
                    begun, done = done, []
                    self._announce(claimed, [person], None, begun)
        finally:
            self._ledger.record(self._day, claimed, done)
        if self._stop():
            raise _Halted(again=False)
        if self._somebody_gone:
            raise _Halted(again=True)

    def _in_time(self, people: Sequence[Recipient]) -> Iterator[Recipient | None]:
        """Yield each as the pace allows, None before a wait; end at a stop, or at who has left."""
        for person in people:
            if not self._pace.is_free():
                yield None
            self._pace.wait(1)
            if self._stop():
                return
            self._somebody_gone = self._ledger.has_gone([person.subscriber])
            if self._somebody_gone:
                return
            yield person

    # Many at once

    def _groups(self, claimed: Chunk, people: Sequence[Recipient]) -> Outcome | None:
        """Hand over group by group; return the outcome that a whole chunk has in common."""
        for group in _batched(people, self._transport.unit):
            outcomes = self._group(claimed, group)
            common = _common(outcomes) if len(group) == len(people) else None
            known = self._weighed(group, outcomes)
            # of a thousand alike one row is written, for their chunk
            apart = [
                (r.subscriber, o)
                for r, o in known
                if common is None or o.state != common.state
            ]
            self._ledger.record(self._day, claimed, apart)
            self._progress(len(group))
            if common is not None:
                return common
        return None

    def _weighed(
        self, group: Sequence[Recipient], outcomes: Sequence[Outcome]
    ) -> Sequence[tuple[Recipient, Outcome]]:
        """Take the outcomes of one hand-over in, all at the same time; return what is recorded."""
        pairs = list(zip(group, outcomes, strict=True))
        known = [
            (r, o if o.about is None else self._streak.weigh(r, o)) for r, o in pairs
        ]
        accepted = [r for r, o in pairs if o.state == State.ACCEPTED]
        if accepted:
            self._streak.accept(accepted)
        return known

    def _group(self, claimed: Chunk, group: Sequence[Recipient]) -> Sequence[Outcome]:
        """Announce a hand-over, and make it; what is uncertain is taken back where that can be."""
        self._streak.check()
        self._pace.wait(0 if self._transport.name == REHEARSAL else len(group))
        if self._stop():
            raise _Halted(again=False)
        if self._ledger.has_gone([r.subscriber for r in group]):
            raise _Halted(
                again=True
            )  # the wait may have been long; they are left out at a claim
        hold = self._holding.hold() if self._holding else None
        self._announce(claimed, group, hold)
        if not (self._holding and hold):
            return self._transport.send(self._letter, group)
        outcomes = self._holding.send_held(self._letter, group, hold)
        unsure = any(o.state == State.UNCERTAIN for o in outcomes)
        if unsure and claimed.attempt < TRIES and self._holding.take_back(hold):
            raise _Halted(again=True)
        return outcomes

    def _announce(
        self,
        claimed: Chunk,
        group: Sequence[Recipient],
        hold: Hold | None,
        done: Sequence[tuple[int, Outcome]] = (),
    ) -> None:
        if not self._ledger.begin(
            self._day, claimed, [r.subscriber for r in group], hold, done
        ):
            raise _Halted(again=False)


class _Halted(Exception):
    """A chunk is not handed over now: since a person said so, or to do it anew."""

    def __init__(self, *, again: bool) -> None:
        self.again = again


def _common(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Return the outcome that a whole chunk is said to have, but for those with their own.

    That is who was accepted, if anybody was: all of a chunk are known by one batch id, and what is
    taken back by it must be told from those it was not.
    """
    accepted = next((o for o in outcomes if o.state == State.ACCEPTED), None)
    if accepted is not None:
        return accepted
    alike = len(set(outcomes)) == 1 and outcomes[0].state == State.UNCERTAIN
    return outcomes[0] if alike else None


def _batched(people: Sequence[Recipient], size: int) -> Iterator[Sequence[Recipient]]:
    """Yield them in groups of a size."""
    for start in range(0, len(people), size):
        yield people[start : start + size]

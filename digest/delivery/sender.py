"""Sender: gives an edition to a transport, for each recipient at most once.

    claim a chunk | sign tokens | commit what is about to leave | hand over | commit the outcome

The ledger decides, so a run that dies is simply run again.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from digest.delivery.ledger import Ledger
from digest.delivery.refusal_streaks import RefusalTracker
from digest.delivery.unsubscribe_token import UnsubscribeTokens
from digest.errors import NotYet, TransportDown
from digest.model import (
    REHEARSAL,
    Chunk,
    DeliveryState,
    Email,
    Outcome,
    ProviderHold,
    Recipient,
)
from digest.ports import Clock, Holding, Paced, Streaming, Transport

#: Claims of a chunk whose hand-over was uncertain and could be cancelled.
MAX_ATTEMPTS = 5


class Sender:
    """Sends the queued deliveries of one edition through one open transport.

    Several senders may work at once, each with a transport of its own; they share a `tracker`,
    whose conclusion says who is excluded. Until then refused recipients stay queued.
    """

    def __init__(
        self,
        email: Email,
        ledger: Ledger,
        transport: Transport,
        tokens: UnsubscribeTokens,
        pace: Paced,
        clock: Clock,
        *,
        tracker: RefusalTracker | None = None,
        should_stop: Callable[[], bool] = lambda: False,
        lane: int | None = None,
    ) -> None:
        """`should_stop` is asked before each hand-over; with a `lane` only its chunks are sent."""
        self._email = email
        self._day = email.edition
        self._ledger = ledger
        self._transport = transport
        self._tokens = tokens
        self._pace = pace
        self._clock = clock
        self._tracker = tracker or RefusalTracker(transport.name)
        self._should_stop = should_stop
        self._lane = lane
        #: The next recipient must not be mailed any more, since the chunk was claimed.
        self._next_has_left = False

    def send_queued(self) -> Generator[int, None, None]:
        """Send every queued delivery; yield the number of recipients after each hand-over.

        Nothing is sent unless this is iterated. Ends when none is left, or at a halt. Raises
        TransportDown with everything recorded, so that the next run continues there; its subclass
        SenderRefused if refusals are about us. Raises NotYet if the pace gives no turn soon.
        """
        while not self._should_stop():
            chunk = self._ledger.claim_chunk(
                self._day, self._clock(), self._lane
            )
            if chunk is None:
                return
            may_go_on = yield from self._send_chunk(chunk)
            if not may_go_on:
                return

    def _send_chunk(self, chunk: Chunk) -> Generator[int, None, bool]:
        """Send a chunk; return whether the next one may be claimed."""
        recipients = [
            Recipient(
                subscriber, address, self._tokens.sign_subscriber(subscriber)
            )
            for subscriber, address in chunk.subscribers
        ]
        common_outcome = None
        try:
            if isinstance(self._transport, Streaming):
                yield from self._send_one_by_one(
                    self._transport, chunk, recipients
                )
            else:
                common_outcome = yield from self._send_in_groups(
                    chunk, recipients
                )
        except (TransportDown, NotYet):
            self._ledger.requeue_claim(self._day, chunk)
            raise
        except _ChunkStopped as stopped:
            self._ledger.requeue_claim(self._day, chunk)
            return stopped.may_go_on
        self._ledger.record_chunk_outcome(self._day, chunk, common_outcome)
        return True

    # One after another

    def _send_one_by_one(
        self,
        transport: Streaming,
        chunk: Chunk,
        recipients: Sequence[Recipient],
    ) -> Generator[int, None, None]:
        """Send to each; the outcome of one is committed as the next is announced.

        Once the next recipient has left, the rest is claimed again, without them.
        """
        uncommitted: list[tuple[int, Outcome]] = []
        self._next_has_left = False
        people = self._wait_for_each(recipients)
        try:
            with closing(transport.stream(self._email, people)) as steps:
                for person, outcome in steps:
                    if outcome is not None:
                        recorded = self._tracker.record_outcome(person, outcome)
                        uncommitted.append((person.subscriber, recorded))
                        yield 1
                    self._tracker.raise_if_sender_refused()
                    if outcome is None:
                        finished = uncommitted
                        uncommitted = []
                        self._announce_group(chunk, [person], finished=finished)
        finally:
            self._ledger.record_outcomes(self._day, chunk, uncommitted)
        if self._should_stop():
            raise _ChunkStopped(may_go_on=False)
        if self._next_has_left:
            raise _ChunkStopped(may_go_on=True)

    def _wait_for_each(
        self, recipients: Sequence[Recipient]
    ) -> Iterator[Recipient | None]:
        """Yield each as the pace allows, None before a wait; end at a stop, or at an unsubscribed one."""
        for person in recipients:
            if not self._pace.is_free():
                yield None
            self._pace.wait(1)
            if self._should_stop():
                return
            self._next_has_left = self._ledger.is_any_barred(
                [person.subscriber]
            )
            if self._next_has_left:
                return
            yield person

    # Many at once

    def _send_in_groups(
        self, chunk: Chunk, recipients: Sequence[Recipient]
    ) -> Generator[int, None, Outcome | None]:
        """Send group by group; return the outcome that a whole chunk has in common."""
        for group in _split_into_groups(recipients, self._transport.unit):
            outcomes = self._send_group(chunk, group)
            common_outcome = None
            if len(group) == len(recipients):
                common_outcome = _common_outcome(outcomes)
            recorded = self._record_in_tracker(group, outcomes)
            # of a thousand alike one row is written, for their chunk
            if common_outcome is not None:
                recorded = [
                    (subscriber, outcome)
                    for subscriber, outcome in recorded
                    if outcome.state != common_outcome.state
                ]
            self._ledger.record_outcomes(self._day, chunk, recorded)
            yield len(group)
            if common_outcome is not None:
                return common_outcome
        return None

    def _record_in_tracker(
        self, group: Sequence[Recipient], outcomes: Sequence[Outcome]
    ) -> list[tuple[int, Outcome]]:
        """Record the outcomes of one hand-over, all at the same time; return what to commit."""
        recorded: list[tuple[int, Outcome]] = []
        accepted: list[Recipient] = []
        for person, outcome in zip(group, outcomes, strict=True):
            if outcome.state == DeliveryState.ACCEPTED:
                accepted.append(person)
            to_commit = outcome
            if outcome.about is not None:
                to_commit = self._tracker.record_outcome(person, outcome)
            recorded.append((person.subscriber, to_commit))
        if accepted:
            self._tracker.record_accepted(accepted)
        return recorded

    def _send_group(
        self, chunk: Chunk, group: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        """Announce a hand-over, and make it; cancel an uncertain one if the provider can."""
        self._tracker.raise_if_sender_refused()
        if self._transport.name == REHEARSAL:
            self._pace.wait(0)
        else:
            self._pace.wait(len(group))
        if self._should_stop():
            raise _ChunkStopped(may_go_on=False)
        # the wait may have been long; people who unsubscribed meanwhile are excluded at the next claim
        if self._ledger.is_any_barred([person.subscriber for person in group]):
            raise _ChunkStopped(may_go_on=True)
        if isinstance(self._transport, Holding):
            hold = self._transport.hold()
            if hold is not None:
                return self._send_held_group(
                    self._transport, chunk, group, hold
                )
        self._announce_group(chunk, group)
        return self._transport.send(self._email, group)

    def _send_held_group(
        self,
        transport: Holding,
        chunk: Chunk,
        group: Sequence[Recipient],
        hold: ProviderHold,
    ) -> Sequence[Outcome]:
        """Send a group that the provider keeps back for a while.

        If the outcome of some is uncertain all of it is taken back, and sent again.
        """
        self._announce_group(chunk, group, hold=hold)
        outcomes = transport.send_held(self._email, group, hold)
        is_uncertain = any(
            outcome.state == DeliveryState.UNCERTAIN for outcome in outcomes
        )
        may_try_again = is_uncertain and chunk.attempt < MAX_ATTEMPTS
        if may_try_again and transport.take_back(hold):
            raise _ChunkStopped(may_go_on=True)
        return outcomes

    # The ledger

    def _announce_group(
        self,
        chunk: Chunk,
        group: Sequence[Recipient],
        *,
        hold: ProviderHold | None = None,
        finished: Sequence[tuple[int, Outcome]] = (),
    ) -> None:
        """Commit that a group is about to be handed over; `finished` is committed in any case."""
        subscribers = [person.subscriber for person in group]
        if not self._ledger.mark_in_flight(
            self._day, chunk, subscribers, hold, finished
        ):
            raise _ChunkStopped(may_go_on=False)


class _ChunkStopped(Exception):
    """The rest of a chunk is not handed over now; it goes back into the queue.

    `may_go_on` says whether the next chunk may be claimed: not at a stop or a halt.
    """

    def __init__(self, *, may_go_on: bool) -> None:
        self.may_go_on = may_go_on


def _common_outcome(outcomes: Sequence[Outcome]) -> Outcome | None:
    """Return the outcome that is stored for a whole chunk; some may have their own beside it.

    That of an accepted recipient, if there is one: a chunk is known by one batch id, and cancelled
    deliveries must be distinguished from the others by it.
    """
    for outcome in outcomes:
        if outcome.state == DeliveryState.ACCEPTED:
            return outcome
    first = outcomes[0]
    if first.state == DeliveryState.UNCERTAIN and len(set(outcomes)) == 1:
        return first
    return None


def _split_into_groups(
    recipients: Sequence[Recipient], size: int
) -> Iterator[Sequence[Recipient]]:
    for start in range(0, len(recipients), size):
        yield recipients[start : start + size]

"""Hand an edition over, each recipient at most once.

    claim a chunk | sign tokens | commit what is about to leave | hand over | commit the outcome

The ledger decides, so a run that dies is simply run again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Protocol

from digest.deliver.choose import open_transport
from digest.deliver.message import Message
from digest.deliver.outbox import Outbox
from digest.deliver.token import Tokens
from digest.errors import TransportDown
from digest.model import REHEARSAL, Chunk, Letter, Outcome, Recipient
from digest.ports import Clock, Transport

__all__ = ["Ledger", "Message", "Outbox", "Pace", "Tokens", "hand_over", "open_transport"]


class Ledger(Protocol):
    """What sending needs of the store; each call is one committed transaction."""

    def claim(self, day: date, now: datetime) -> Chunk | None:
        """Take the next chunk, without those who said no since the freeze."""
        ...

    def begin(self, day: date, claimed: Chunk, subscribers: Sequence[int]) -> bool:
        """Note that these are about to leave; False if they must not, since a person said halt."""
        ...

    def record(self, day: date, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        """Note what became of them."""
        ...

    def finish(self, day: date, claimed: Chunk) -> None:
        """Note that the whole chunk has its outcomes."""
        ...

    def give_back(self, day: date, claimed: Chunk) -> None:
        """Queue the rest again: certainly none of it left."""
        ...


class Pace:
    """Keeps hand-overs under a number of messages a minute."""

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._each, self._clock, self._sleep = 60 / per_minute, clock, sleep
        self._free_at = clock()

    def wait(self, messages: int) -> None:
        """Sleep until that many more messages may leave."""
        now = self._clock()
        if self._free_at > now:
            self._sleep(self._free_at - now)
        self._free_at = max(self._free_at, now) + self._each * messages


def hand_over(
    letter: Letter,
    ledger: Ledger,
    transport: Transport,
    tokens: Tokens,
    pace: Pace,
    clock: Clock,
    progress: Callable[[int], None] = lambda _sent: None,
) -> None:
    """Hand over every queued delivery of an edition; return when none is left, or at a halt.

    Raises TransportDown with everything recorded, so that running again goes on from there.
    """
    while claimed := ledger.claim(letter.edition, clock()):
        for group in _groups(claimed, tokens, transport.unit):
            pace.wait(0 if transport.name == REHEARSAL else len(group))
            if not ledger.begin(letter.edition, claimed, [r.subscriber for r in group]):
                ledger.give_back(letter.edition, claimed)
                return
            try:
                outcomes = transport.send(letter, group)
            except TransportDown:
                ledger.give_back(letter.edition, claimed)
                raise
            ledger.record(
                letter.edition, [(r.subscriber, o) for r, o in zip(group, outcomes, strict=True)]
            )
            progress(len(group))
        ledger.finish(letter.edition, claimed)


def _groups(claimed: Chunk, tokens: Tokens, unit: int) -> Iterator[list[Recipient]]:
    people = iter(claimed.subscribers)
    while group := list(islice(people, unit)):
        yield [Recipient(who, address, tokens.sign(who)) for who, address in group]

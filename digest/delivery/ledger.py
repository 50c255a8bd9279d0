"""Ledger: what the sender needs of the store to hand each message over at most once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from digest.model import Chunk, Outcome, ProviderHold


class Ledger(Protocol):
    """The deliveries of editions, as a sender needs them; each call is a committed transaction."""

    def claim_chunk(
        self, day: date, now: datetime, lane: int | None = None, /
    ) -> Chunk | None:
        """Take the next chunk, for a lane, without who must not be mailed since the freeze."""
        ...

    def is_any_barred(self, subscribers: Sequence[int], /) -> bool:
        """Return whether one of them must not be mailed any more, since the chunk was claimed."""
        ...

    def mark_in_flight(
        self,
        day: date,
        chunk: Chunk,
        subscribers: Sequence[int],
        hold: ProviderHold | None = None,
        finished: Sequence[tuple[int, Outcome]] = (),
        /,
    ) -> bool:
        """Commit that these are about to be handed over; False if the send is halted.

        `finished` are the outcomes of earlier ones; they are committed in both cases.
        """
        ...

    def record_outcomes(
        self,
        day: date,
        chunk: Chunk,
        outcomes: Sequence[tuple[int, Outcome]],
        /,
    ) -> None:
        """Commit the outcomes of subscribers."""
        ...

    def record_chunk_outcome(
        self, day: date, chunk: Chunk, outcome: Outcome | None = None, /
    ) -> None:
        """Commit that the whole chunk has its outcomes, or that all of it has this one."""
        ...

    def requeue_claim(self, day: date, chunk: Chunk, /) -> None:
        """Queue the rest of a chunk again: certainly none of it was sent."""
        ...

"""After a pass over an edition's queue: what is tried again, settled, halted, called off."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.errors import Busy, NotFound, SenderRefused
from digest.model import CANCELLED, Build, State
from digest.services.transports import Carriers
from digest.settings import Workspace

if TYPE_CHECKING:
    from digest.delivery import Tokens
    from digest.services.transports import CalledOff
    from digest.store import Store
    from digest.store.calling_off import OnItsWay

POLL = 0.1  #: seconds between two looks at whether another process has ended its send


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What cancelling a send has stopped, in readers."""

    never_handed: int  #: were queued, and are excluded
    taken_back: int  #: were handed over, and cancelled at the provider before they left
    left: int  #: have left, or leave within minutes: too late
    #: leave all the same: the provider cancels so many batches at a time
    beyond_limit: int
    uncertain: int  #: may have left
    #: another process ends what it has in hand, and settles that itself
    finishing: bool


class Passes:
    """The passes over an edition's queue: how they end, and what a person may do about them."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        render: Callable[[date], Build],
        tokens: Callable[[], "Tokens"],
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._settings = workspace.settings
        self._store = store
        self._render = render
        self._tokens = tokens
        self._clock = clock
        self._carriers = Carriers(workspace, store, tokens, clock)

    # The end of a pass

    @contextmanager
    def _ending(self, day: date, *, alone: bool) -> Iterator[None]:
        """Note how a pass over an edition's queue ends; call off what was cancelled meanwhile."""
        store = self._store
        stopped = ""
        try:
            yield
        except SenderRefused as e:
            stopped = str(e)
            raise
        finally:
            store.second_tries.end_pass(day, self._clock(), stopped)
            if store.halts.halted(day)[0] == CANCELLED:
                if alone:
                    store.deliveries.settle(day)
                store.deliveries.exclude_rest(day)
                self._carriers.call_off(day)

    def _rests(self, day: date, now: datetime) -> bool:
        """Say whether what is left of an edition is to be tried again later, and not now."""
        again_at = self._store.second_tries.rest(day).again_at
        return again_at is not None and again_at > now

    # What is left

    def retry_refused(self, day: date, by: str) -> int:
        """Queue whoever the provider refused again; return how many. `send` then mails them.

        Raises Busy while a send goes on, and DigestError if it was halted.
        """
        with self._store.alone("send"):
            number = self._store.second_tries.retry_refused(day)
        if number:
            self._note(by, f"queued {number} again that were refused", day)
        return number

    # Halt

    def pause(self, day: date, by: str) -> None:
        """Let a send stop after the messages in hand, to go on later. Raises NotFound."""
        self._store.halts.halt(day, "paused", by)
        self._note(by, "paused the send", day)

    def resume(self, day: date, by: str) -> None:
        """Let a paused send go on; `send` then does. Raises NotFound, or DigestError."""
        self._store.halts.go_on(day)
        self._note(by, "let the send go on", day)

    def cancel(self, day: date, by: str, *, wait: float = 0.0) -> Cancelled:
        """End a send for good: whoever has not been served will not be; say what that stopped.

        What was handed over and is kept back still is taken back. Whoever sends right now ends with
        what they have in hand, and takes that back as well; for this `wait` so many seconds. Doing
        it again tries again what could not be stopped. Raises NotFound if nothing is being sent.
        """
        store = self._store
        before = store.deliveries.proof(day)
        if not before.planned and store.editions.approval(day):
            raise NotFound(
                f"no send of {day} is going on; `digest approve {day} --withdraw` takes its "
                "approval back, so that it does not leave"
            )
        if store.halts.halted(day)[0] != CANCELLED:
            store.halts.halt(day, CANCELLED, by)
            self._note(by, "cancelled the send", day)
        first = self._carriers.call_off(day)
        last, finishing = self._end_cancelled(day, wait)
        if last:
            stopped = first.stopped + last.stopped
        else:
            stopped = first.stopped
        no_more = (last or first).no_more
        after = store.deliveries.proof(day)
        excluded = after.number(State.EXCLUDED) - before.number(State.EXCLUDED)
        told = Cancelled(
            never_handed=max(0, excluded - stopped),
            taken_back=stopped,
            left=max(0, after.number(State.ACCEPTED) - no_more),
            beyond_limit=no_more,
            uncertain=after.number(State.UNCERTAIN),
            finishing=finishing,
        )
        if told.taken_back:
            self._note(by, f"took {told.taken_back} back from the provider", day)
        return told

    def _end_cancelled(self, day: date, wait: float) -> tuple["CalledOff | None", bool]:
        """Settle what is left of a cancelled send; say what that stopped, and if one goes on."""
        until = time.monotonic() + wait
        while True:
            try:
                with self._store.alone("send"):
                    self._store.deliveries.settle(day)
                    return self._carriers.call_off(day), False
            except Busy:  # whoever sends right now sees it, and settles what is left
                if time.monotonic() >= until:
                    return None, True
            time.sleep(POLL)

    def on_its_way(self, day: date) -> "OnItsWay":
        """Return how much was handed over and has not left yet, and when it leaves."""
        return self._store.calling_off.on_its_way(day, self._clock())

    # Inside

    def _note(self, who: str, what: str, day: date) -> None:
        self._store.staff.note(self._clock(), who, what, day)

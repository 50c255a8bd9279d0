"""Deliveries: what is known of an edition's deliveries, and what the provider reports of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from digest.model import Event, Proof, State
from digest.services.held_mail import HeldMail
from digest.services.sending_context import SendingContext

if TYPE_CHECKING:
    from digest.store.provider_cancellation import OnItsWay
    from digest.store.refused_deliveries import Rest


@dataclass(frozen=True, slots=True)
class SendProgress:
    """How far the send of an edition is."""

    deliveries: Proof
    halt: str  #: paused or cancelled; "" if it is neither
    halted_by: str  #: the name of the person; "" if it is not halted
    fates: dict[str, int]  #: deliveries by what the provider reported since
    rest: "Rest"  #: what is left, and why
    on_its_way: "OnItsWay"  #: accepted by the provider, and not left yet


class Deliveries:
    """The deliveries of one workspace's editions."""

    def __init__(self, context: SendingContext) -> None:
        self._store = context.store
        self._ledger = context.store.deliveries
        self._clock = context.clock
        self._held_mail = HeldMail(context)

    def count_deliveries(self, day: date) -> Proof:
        """Count every planned delivery of an edition by its state."""
        return self._ledger.proof(day)

    def list_deliveries(self, day: date, state: State) -> list[tuple[str, str]]:
        """Return (address, reason) of an edition's deliveries in one state."""
        return self._ledger.of(day, state)

    def find_transport(self, day: date) -> str:
        """Return the transport that mails an edition; "" if none does, or it was rehearsed."""
        return self._ledger.mailed_by(day)

    def count_fates(self, day: date) -> dict[str, int]:
        """Count an edition's deliveries by what the provider reported of them since."""
        return self._store.events.fates(day)

    def describe_progress(self, day: date) -> SendProgress:
        """Return how far the send of an edition is."""
        deliveries = self.count_deliveries(day)
        halt, halted_by = self._store.halts.halted(day)
        return SendProgress(
            deliveries=deliveries,
            halt=halt,
            halted_by=halted_by,
            fates=self.count_fates(day),
            rest=self._store.second_tries.rest(day),
            on_its_way=self._held_mail.on_its_way(day),
        )

    def record_events(self, events: Sequence[Event]) -> int:
        """Store what the provider reports, each event once; return how many were new."""
        return self._store.events.take(events, self._clock())

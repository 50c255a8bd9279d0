"""Deliveries: what is known of an edition's deliveries, and what the provider reports of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from digest.model import DeliveryReport, DeliveryState, ProviderEvent
from digest.services.held_mail import HeldMail
from digest.services.sending_context import SendingContext
from digest.services.subscriptions import Subscriptions

if TYPE_CHECKING:
    from digest.store.provider_cancellation import OnItsWay
    from digest.store.refused_deliveries import SendRemainder


@dataclass(frozen=True, slots=True)
class SendProgress:
    """How far the send of an edition is."""

    deliveries: DeliveryReport
    halt: str  #: paused or cancelled; "" if it is neither
    halted_by: str  #: the name of the person; "" if it is not halted
    fates: dict[str, int]  #: deliveries by what the provider reported since
    rest: "SendRemainder"  #: what is left, and why
    on_its_way: "OnItsWay"  #: accepted by the provider, and not left yet


class Deliveries:
    """The deliveries of one newsletter's editions."""

    def __init__(self, context: SendingContext) -> None:
        self._store = context.store
        self._ledger = context.store.deliveries
        self._clock = context.clock
        self._held_mail = HeldMail(context)
        self._subscriptions = Subscriptions(
            context.settings, context.store, context.clock
        )

    def count_deliveries(self, day: date) -> DeliveryReport:
        """Count every planned delivery of an edition by its state."""
        return self._ledger.get_delivery_report(day)

    def list_deliveries(
        self, day: date, state: DeliveryState
    ) -> list[tuple[str, str]]:
        """Return (address, reason) of an edition's deliveries in one state."""
        return self._ledger.list_deliveries_in_state(day, state)

    def find_transport(self, day: date) -> str:
        """Return the transport that mails an edition; "" if none does, or it was rehearsed."""
        return self._ledger.get_mailing_transport(day)

    def count_fates(self, day: date) -> dict[str, int]:
        """Count an edition's deliveries by what the provider reported of them since."""
        return self._store.provider_events.count_by_fate(day)

    def describe_progress(self, day: date) -> SendProgress:
        """Return how far the send of an edition is."""
        deliveries = self.count_deliveries(day)
        halt, halted_by = self._store.send_halts.get_halt(day)
        return SendProgress(
            deliveries=deliveries,
            halt=halt,
            halted_by=halted_by,
            fates=self.count_fates(day),
            rest=self._store.refused_deliveries.get_send_remainder(day),
            on_its_way=self._held_mail.on_its_way(day),
        )

    def record_events(self, events: Sequence[ProviderEvent]) -> int:
        """Store what the provider reports, each event once; return how many were new."""
        return self._store.provider_events.take_in_events(
            events, self._clock(), self._subscriptions.audiences
        )

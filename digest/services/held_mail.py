"""Held mail: mail that the provider has and has not sent yet; cancel it, or ask about it.

SendGrid holds mail for some minutes. Until shortly before it is sent it can be cancelled.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.errors import TransportDown
from digest.model import CallOffResult, DeliveryState
from digest.ports import Holding, Recalling, Transport
from digest.services.sending_context import SendingContext
from digest.services.transports import Transports

if TYPE_CHECKING:
    from digest.store.provider_cancellation import HeldChunk, OnItsWay

HOLDING_TRANSPORT = "sendgrid"  #: the transport that keeps mail back

log = logging.getLogger("digest")


@dataclass(frozen=True, slots=True)
class CallOffCounts:
    """Numbers of recipients whose held mail was cancelled, and of those whose was not."""

    stopped: int = 0
    too_late: int = 0  #: it was sent, or will be within minutes
    no_more: int = 0  #: the provider cancels so many batches at a time
    unheard: int = 0  #: the provider did not say


class HeldMail:
    """The mail of one newsletter's editions that a provider may keep back still."""

    def __init__(self, context: SendingContext) -> None:
        self._store = context.store
        self._ledger = context.store.deliveries
        self._clock = context.clock
        self._transports = Transports(context)

    def on_its_way(self, day: date) -> "OnItsWay":
        """Return how much the provider still holds, and when it sends that."""
        return self._store.provider_cancellation.count_on_its_way(
            day, self._clock()
        )

    def take_back_uncertain(self, day: date, transport: Transport) -> None:
        """Cancel uncertain deliveries that the provider still holds, and queue them again."""
        if not isinstance(transport, Holding):
            return
        for chunk_number, hold in self._ledger.list_uncertain_holds(day):
            if transport.take_back(hold):
                self._ledger.requeue_cancelled_hold(day, chunk_number, hold)

    def call_off_cancelled(self, day: date) -> CallOffCounts:
        """Cancel the mail of a cancelled edition that the provider still holds; exclude its recipients.

        Chunks that are sent last are cancelled first: most of them can still be stopped.
        """
        held_chunks = self._chunks_to_call_off(day)
        if not held_chunks:
            return CallOffCounts()
        people = Counter[CallOffResult]()
        try:
            with self._transports.open_transport(
                day, HOLDING_TRANSPORT
            ) as transport:
                if isinstance(transport, Holding):
                    for chunk in held_chunks:
                        result = transport.call_off(chunk.hold)
                        people[result] += self._record_call_off(
                            day, chunk, result
                        )
        except TransportDown as error:
            log.warning("held mail cannot be cancelled: %s", error)
            people[CallOffResult.UNHEARD] = sum(
                chunk.delivery_count for chunk in held_chunks
            )
        return CallOffCounts(
            stopped=people[CallOffResult.STOPPED],
            too_late=people[CallOffResult.TOO_LATE],
            no_more=people[CallOffResult.NO_MORE],
            unheard=people[CallOffResult.UNHEARD],
        )

    def count_as_accepted_if_shown(
        self, day: date, transport: Recalling, subject: str
    ) -> None:
        """Count uncertain deliveries as accepted whose mail the provider shows."""
        uncertain_addresses = [
            address
            for address, _ in self._ledger.list_deliveries_in_state(
                day, DeliveryState.UNCERTAIN
            )
        ]
        sent = self._ledger.get_freeze_details(day)
        if not uncertain_addresses or not sent:
            return
        frozen_at = datetime.fromisoformat(sent["frozen_at"])
        try:
            for address in transport.recalls(
                uncertain_addresses, subject, frozen_at
            ):
                self._ledger.resolve_uncertain(
                    day, address, sent=True, by="the provider"
                )
        except TransportDown as error:
            log.warning(
                "%s; events of its webhook also resolve uncertain deliveries",
                error,
            )

    def _chunks_to_call_off(self, day: date) -> Sequence["HeldChunk"]:
        """Return the chunks that may not be sent yet, or have recipients without a provider event."""
        now = self._clock()
        return [
            chunk
            for chunk in self._store.provider_cancellation.list_held_chunks(day)
            if chunk.hold.leaves_at > now or chunk.delivery_count
        ]

    def _record_call_off(
        self, day: date, chunk: "HeldChunk", result: CallOffResult
    ) -> int:
        """Store the result of cancelling a chunk; return the number of its recipients."""
        if result == CallOffResult.STOPPED:
            return self._store.provider_cancellation.exclude_held_chunk(
                day, chunk
            )
        if result == CallOffResult.UNHEARD:
            self._store.provider_cancellation.mark_held_chunk_uncertain(
                day, chunk
            )
        return chunk.delivery_count

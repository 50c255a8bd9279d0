"""Halting: pause, resume or cancel a send, or retry recipients whom the provider refused."""

import time
from dataclasses import dataclass
from datetime import date

from digest.errors import Busy, NotFound
from digest.model import CANCELLED, PAUSED, DeliveryReport, DeliveryState
from digest.services.held_mail import CallOffCounts, HeldMail
from digest.services.sending_context import SendingContext

#: Interval of checks whether another process has ended its send.
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class CancelledSend:
    """Numbers of recipients for whom cancelling a send did or did not work."""

    never_handed: int  #: were queued, and are excluded
    #: were handed over, and cancelled at the provider before they left
    taken_back: int
    left: int  #: were sent, or will be within minutes: too late
    #: sent anyway: the provider's limit of cancelled batches is reached
    beyond_limit: int
    uncertain: int  #: may have left
    #: another process finishes its messages, and records them itself
    finishing: bool


class Halting:
    """The halts of one newsletter's sends."""

    def __init__(self, context: SendingContext) -> None:
        self._context = context
        self._store = context.store
        self._ledger = context.store.deliveries
        self._held_mail = HeldMail(context)

    def find_halt(self, day: date) -> tuple[str, str]:
        """Return how a send was halted (paused, cancelled) and by whom; "" if it is not."""
        return self._store.send_halts.get_halt(day)

    def pause_send(self, day: date, by: str) -> None:
        """Pause a send after its current messages. Raises NotFound."""
        self._store.send_halts.halt_send(day, PAUSED, by)
        self._context.add_audit_entry(by, "paused the send", day)

    def resume_send(self, day: date, by: str) -> None:
        """Allow a paused send to continue when it is sent again. Raises NotFound, or DigestError."""
        self._store.send_halts.end_pause(day)
        self._context.add_audit_entry(by, "let the send go on", day)

    def retry_refused(self, day: date, by: str) -> int:
        """Queue recipients again whom the provider refused; return how many. A send then mails them.

        Raises Busy during a send, and DigestError if it was halted.
        """
        with self._store.hold_send_lock():
            number = self._store.refused_deliveries.retry_refused(day)
        if number:
            action = f"queued {number} again that were refused"
            self._context.add_audit_entry(by, action, day)
        return number

    def cancel_send(
        self, day: date, by: str, *, wait: float = 0.0
    ) -> CancelledSend:
        """Cancel a send permanently: nobody else is mailed; return what that stopped.

        Mail that the provider still holds is cancelled there. A process that sends at this moment
        finishes its messages, and cancels those too; `wait` is how many seconds to wait for it.
        Calling this again retries what could not be stopped. Raises NotFound if nothing is being
        sent.
        """
        report_before = self._ledger.get_delivery_report(day)
        if not report_before.planned and self._store.editions.get_approval(day):
            name = self._context.settings.name_edition(day)
            raise NotFound(
                f"no send of {name} is in progress; `digest approve {name} --withdraw` takes its "
                "approval back, so that it does not leave"
            )
        self._halt_for_good(day, by)
        first_counts = self._held_mail.call_off_cancelled(day)
        final_counts = self._settle_cancelled(day, wait)
        cancelled = _count_cancelled(
            report_before,
            self._ledger.get_delivery_report(day),
            first_counts,
            final_counts,
        )
        if cancelled.taken_back:
            action = f"took {cancelled.taken_back} back from the provider"
            self._context.add_audit_entry(by, action, day)
        return cancelled

    def _halt_for_good(self, day: date, by: str) -> None:
        if self._store.send_halts.get_halt(day)[0] == CANCELLED:
            return
        self._store.send_halts.halt_send(day, CANCELLED, by)
        self._context.add_audit_entry(by, "cancelled the send", day)

    def _settle_cancelled(self, day: date, wait: float) -> CallOffCounts | None:
        """Finish the ledger of a cancelled send, and cancel mail that the provider still holds.

        Waits so many seconds for another process; returns None if that is still sending: it sees
        the cancellation, and finishes the ledger itself.
        """
        deadline = time.monotonic() + wait
        while True:
            try:
                with self._store.hold_send_lock():
                    self._ledger.close_cancelled_send(day)
                    return self._held_mail.call_off_cancelled(day)
            except Busy:
                if time.monotonic() >= deadline:
                    return None
            time.sleep(POLL_SECONDS)


def _count_cancelled(
    before: DeliveryReport,
    after: DeliveryReport,
    first_counts: CallOffCounts,
    final_counts: CallOffCounts | None,
) -> CancelledSend:
    """Return what a cancellation stopped, from the delivery reports and the counts of held mail.

    Without `final_counts` another process still sends, and finishes its messages itself.
    """
    stopped = first_counts.stopped
    beyond_limit = first_counts.no_more
    if final_counts is not None:
        stopped += final_counts.stopped
        beyond_limit = final_counts.no_more
    excluded = after.count_in_state(
        DeliveryState.EXCLUDED
    ) - before.count_in_state(DeliveryState.EXCLUDED)
    return CancelledSend(
        never_handed=max(0, excluded - stopped),
        taken_back=stopped,
        left=max(
            0, after.count_in_state(DeliveryState.ACCEPTED) - beyond_limit
        ),
        beyond_limit=beyond_limit,
        uncertain=after.count_in_state(DeliveryState.UNCERTAIN),
        finishing=final_counts is None,
    )

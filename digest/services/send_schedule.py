"""Send schedule: the time at which an edition is to be sent, and the editions that are due."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from digest.errors import DigestError
from digest.infra.time_format import format_minute
from digest.model import DeliveryState
from digest.services.edition_times import EditionTimes
from digest.services.sending_context import SendingContext


class SendSchedule:
    """The times at which one workspace's editions are sent."""

    def __init__(self, context: SendingContext) -> None:
        self._context = context
        self._store = context.store
        self._ledger = context.store.deliveries
        self._settings = context.settings
        self._times = EditionTimes(
            context.settings, context.store, context.clock
        )

    def due_at(self, day: date) -> datetime:
        """Return when an edition is to be sent: the time a person set, or else the usual hour."""
        return self._times.find_due(day)

    def find_scheduled(self, day: date) -> tuple[datetime, str] | None:
        """Return the send time that a person set, and the person; None if nobody did."""
        return self._store.editions.get_schedule(day)

    def schedule_send(self, day: date, at: datetime | None, by: str) -> None:
        """Set the time at which an edition is sent once it is approved; None: the usual hour.

        Raises DigestError if that is past.
        """
        if at and at <= self._context.clock():
            raise DigestError(
                f"{self._local_minute(at)} is past; send it now, or name a later time"
            )
        self._store.editions.set_schedule(day, at, by)
        action = "scheduled for the usual hour"
        if at:
            action = f"scheduled for {self._local_minute(at)}"
        self._context.add_audit_entry(by, action, day)

    def due_editions(self) -> list[date]:
        """Return editions whose time came within the last window and that are not all sent.

        One that was halted is not among them: it waits for a person. One whose rest was refused
        for now, or because of us, is among them again after a while. Sorted: the first that was
        begun is sent first.
        """
        now = self._context.clock()
        recent_days = sorted(self._recent_editions())
        return [day for day in recent_days if self._is_to_be_sent(day, now)]

    def uncertain_editions(self) -> list[date]:
        """Return editions since the last window that are complete except uncertain deliveries."""
        complete_days = [
            day
            for day in self._recent_editions()
            if self._ledger.is_complete(day)
        ]
        return [
            day
            for day in complete_days
            if self._ledger.list_deliveries_in_state(
                day, DeliveryState.UNCERTAIN
            )
        ]

    def _recent_editions(self) -> Iterator[date]:
        """Yield editions not halted whose time came within the last window, or has yet to come."""
        window_length = timedelta(self._settings.newsletter.window_days)
        earliest = self._context.clock() - window_length
        for day in self._store.editions.list_dates():
            if self.due_at(day) <= earliest:
                continue
            halt, _halted_by = self._store.send_halts.get_halt(day)
            if not halt:
                yield day

    def _is_to_be_sent(self, day: date, now: datetime) -> bool:
        """Return whether an edition is due and not all sent, and its rest does not wait longer."""
        if self.due_at(day) > now or self._ledger.is_complete(day):
            return False
        again_at = self._store.refused_deliveries.get_send_remainder(
            day
        ).next_try_at
        return again_at is None or again_at <= now

    def _local_minute(self, moment: datetime) -> str:
        return format_minute(moment, self._settings.newsletter.zone)

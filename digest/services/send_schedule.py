"""Send schedule: the time at which an edition is to be sent, and the editions that are due."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from digest.edition.cadence import late_sending_time
from digest.errors import DigestError
from digest.infra.time_format import format_minute
from digest.model import DeliveryState
from digest.services.edition_times import EditionTimes
from digest.services.sending_context import SendingContext

#: For how long a send that was begun is gone on with, at least: mail that was refused for now is
#: tried for three days, and a provider is asked about uncertain deliveries.
BEGUN_SEND_TIME = timedelta(days=7)


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

    def list_due_moments(self) -> dict[date, datetime]:
        """Return when each edition is to be sent, the newest first."""
        return self._times.list_due_moments()

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
        """Return editions whose time came lately and that are not all sent.

        One that was halted is not among them: it waits for a person. Nor is one that is skipped,
        since it has nothing to report, nor one that a person published, who mails it by other
        means. One whose rest was refused
        for now, or because of us, is among them again after a while. Sorted: the first that was
        begun is sent first.
        """
        now = self._context.clock()
        recent_days = sorted(self._recent_editions())
        return [day for day in recent_days if self._is_to_be_sent(day, now)]

    def is_complete(self, day: date) -> bool:
        """Return whether the send of an edition is complete; a rehearsal's is not once mail is sent."""
        return self._times.is_complete(day)

    def is_skipped(self, day: date) -> bool:
        """Return whether an edition is left out: its time came, and it has nothing to report."""
        return self._times.is_skipped(day)

    def is_lapsed(self, day: date) -> bool:
        """Return whether a daily edition was not approved by when the next one was due."""
        return self._times.is_lapsed(day)

    def list_recent(self) -> list[date]:
        """Return the editions whose time has yet to come, or came so lately that they are sent."""
        due_moments = self.list_due_moments()
        return [
            day
            for day, due_at in due_moments.items()
            if self._is_recent(day, due_at)
        ]

    def _is_recent(self, day: date, due_at: datetime) -> bool:
        late_by = self._context.clock() - due_at
        late_time = late_sending_time(self._settings.newsletter, day)
        if late_by < late_time:
            return True
        return late_by < BEGUN_SEND_TIME and self._is_begun(day)

    def uncertain_editions(self) -> list[date]:
        """Return editions of late that are complete except uncertain deliveries."""
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
        """Yield editions not halted whose time came lately, or has yet to come."""
        for day in self.list_recent():
            halt, _halted_by = self._store.send_halts.get_halt(day)
            if not halt:
                yield day

    def _is_to_be_sent(self, day: date, now: datetime) -> bool:
        """Return whether an edition is due and not all sent, and its rest does not wait longer."""
        if self.due_at(day) > now or self._is_dealt_with(day):
            return False
        again_at = self._store.refused_deliveries.get_send_remainder(
            day
        ).next_try_at
        return again_at is None or again_at <= now

    def _is_dealt_with(self, day: date) -> bool:
        """Return whether nothing of an edition is to be sent by itself, whatever the time."""
        if self.is_complete(day) or self.is_skipped(day):
            return True
        return self._is_only_published(day)

    def _is_only_published(self, day: date) -> bool:
        """Return whether a person published an edition, who thus mails it by other means."""
        if self._store.publications.is_draft(day):
            return False
        return not self._ledger.get_mailing_transport(day)

    def _is_begun(self, day: date) -> bool:
        return self._ledger.get_send_spec(day) is not None

    def _local_minute(self, moment: datetime) -> str:
        return format_minute(moment, self._settings.newsletter.zone)

"""Edition times: when an edition is next, is due, is filled no more, and what it covers.

`digest.edition.cadence` says it by the settings; here it is with what became of the editions
before: a person named another time, one was given up, or had nothing to report.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.edition import (
    EditionWindow,
    due_moment,
    load_edition,
    next_date,
    window_of,
)
from digest.edition.cadence import next_date_after
from digest.errors import DigestError
from digest.model import APPROVED, REHEARSAL, WITHDRAWN
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store

#: How much further back than usual an edition may reach for what the ones before it left out:
#: nobody wants it after a month.
CATCH_UP_LIMIT = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class _EditionsBefore:
    """The editions before one: the last that counts, and those since then that were not used."""

    last: date | None
    unused: tuple[date, ...]


class EditionTimes:
    """The times of one newsletter's editions. Stores nothing."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._newsletter = settings.newsletter
        self._store = store
        self._clock = clock

    # Dates

    def find_next_date(self) -> date | None:
        """Return the date of the edition being worked on: the first that is not due, and not out.

        By hand that is one that a person has made; None if there is none.
        """
        now = self._clock()
        day = next_date(self._newsletter, now)
        if day is None:
            return self._find_next_by_hand(now)
        while day is not None and self.is_out(day):
            day = next_date_after(self._newsletter, day)
        return day

    def get_next_date(self) -> date:
        """Return the date of the edition being worked on. Raises DigestError if there is none."""
        day = self.find_next_date()
        if day is None:
            raise DigestError(
                f"{self._newsletter.title}: editions are made by hand, and none is begun; "
                "`digest draft` with --date begins one"
            )
        return day

    # Moments

    def find_due(self, day: date) -> datetime:
        """Return when an edition is to be sent: the time a person set, or else the usual hour."""
        scheduled = self._store.editions.get_schedule(day)
        if scheduled:
            return scheduled[0]
        return due_moment(self._newsletter, day)

    def list_due_moments(self) -> dict[date, datetime]:
        """Return when each edition is to be sent, the newest first: see `find_due`."""
        editions = self._store.editions
        scheduled = editions.list_schedules()
        return {
            day: scheduled.get(day) or due_moment(self._newsletter, day)
            for day in editions.list_dates()
        }

    def find_cut_off(self, day: date) -> datetime:
        """Return until when an edition is filled: its window's end, or its send time if earlier."""
        return min(due_moment(self._newsletter, day), self.find_due(day))

    def find_closing(self, day: date) -> datetime:
        """Return when an edition was filled no more: at its cut-off, or once it was approved.

        What came between an approval and a later one, of another text, was filled in nowhere.
        """
        approval = self._store.editions.get_approval(day)
        if approval is None:
            return self.find_cut_off(day)
        actions = self._store.staff.list_actions(day)
        withdrawals = [
            action.at for action in actions if action.what == WITHDRAWN
        ]
        withdrawn_at = max(withdrawals, default=None)
        approvals = [
            action.at for action in actions if action.what.startswith(APPROVED)
        ]
        if withdrawn_at is not None:
            approvals = [time for time in approvals if time >= withdrawn_at]
        return min(approval.at, self.find_cut_off(day), *approvals)

    # Editions that are dealt with

    def is_complete(self, day: date) -> bool:
        """Return whether the send of an edition is complete.

        That of a rehearsal is not where mail is sent by now: it reached nobody.
        """
        spec = self._store.deliveries.get_send_spec(day)
        if spec is None:
            return False
        mails = self._settings.delivery.transport != REHEARSAL
        if spec.transport == REHEARSAL and mails:
            return False
        return self._store.deliveries.is_complete(day)

    def is_out(self, day: date) -> bool:
        """Return whether an edition was sent, if only to the outbox, or published.

        One that was changed since it went to the outbox is in work again.
        """
        editions = self._store.editions
        if not self._store.publications.is_draft(day):
            return True
        if not self.is_complete(day):
            return False
        spec = self._store.deliveries.get_send_spec(day)
        approval = editions.get_approval(day)
        if spec is None or approval is None:
            return False
        if spec.content_hash != approval.content_hash:
            return False
        approved_source, _ = editions.get_approved_content(day)
        return approved_source == editions.get_source(day)

    # Editions that are left out

    def is_skipped(self, day: date) -> bool:
        """Return whether an edition is left out: its time came, and it has nothing to report."""
        if self._newsletter.empty != "skip" or not self._is_left_open(day):
            return False
        return self._is_empty(day)

    def is_lapsed(self, day: date) -> bool:
        """Return whether a daily edition was not approved by when the next one was due.

        Nobody wants it any more: the next one has its stories.
        """
        if self._newsletter.cadence != "weekdays":
            return False
        following = next_date_after(self._newsletter, day)
        if following is None or not self._is_left_open(day):
            return False
        if self.is_skipped(day):
            return False
        return due_moment(self._newsletter, following) <= self._clock()

    # Windows

    def find_covered_window(self, day: date) -> EditionWindow:
        """Return the period of an edition, including what came too late for the one before.

        The period of an edition that was given up, or had nothing to report, belongs to this one;
        in daily newsletters, and since the last, also that of one which nobody approved in time.
        """
        covered = window_of(self._newsletter, day)
        before = self._find_editions_before(day)
        covered = replace(covered, start=self._find_start(covered, before))
        if before.last is None:
            return covered
        closed = self.find_closing(before.last)
        late_from = covered.start
        is_last = covered.start - closed <= covered.end - covered.start
        if is_last:
            late_from = min(closed, covered.start)
        return replace(covered, late_from=late_from)

    # Inside

    def _find_next_by_hand(self, now: datetime) -> date | None:
        """Return the first edition that a person has made, and that is not due and not out."""
        due_moments = self.list_due_moments()
        for day in sorted(due_moments):
            if due_moments[day] > now and not self.is_out(day):
                return day
        return None

    def _find_start(
        self, covered: EditionWindow, before: _EditionsBefore
    ) -> datetime:
        """Return from when on an edition covers what those before it did not use."""
        newsletter = self._newsletter
        is_since_last = newsletter.window == "since_last"
        if before.last is not None and is_since_last:
            last_due = due_moment(newsletter, before.last)
            if newsletter.cadence == "by_hand":
                return last_due
            starts = [covered.start, last_due]
        else:
            starts = [covered.start, *self._starts_of(before.unused)]
        if newsletter.cadence == "weekly" and not is_since_last:
            return min(starts)
        return max(min(starts), covered.start - CATCH_UP_LIMIT)

    def _starts_of(self, days: Iterable[date]) -> list[datetime]:
        return [window_of(self._newsletter, day).start for day in days]

    def _find_editions_before(self, day: date) -> _EditionsBefore:
        """Return the last edition before a day that counts, and those since that do not."""
        given_up = self._store.send_halts.list_given_up_editions()
        unused: list[date] = []
        for earlier in self._store.editions.list_dates():
            if earlier >= day:
                continue
            if earlier not in given_up and not self._is_unused(earlier):
                return _EditionsBefore(earlier, tuple(unused))
            unused.append(earlier)
        return _EditionsBefore(None, tuple(unused))

    def _is_unused(self, day: date) -> bool:
        """Return whether what an edition covers is left to the next one.

        One that a person emptied counts as any other: what they took out shall not come back.
        """
        if not self._is_left_open(day):
            return False
        if self._is_empty(day):
            is_emptied = self._was_offered_stories(day)
            return self._newsletter.empty == "skip" and not is_emptied
        is_daily = self._newsletter.cadence == "weekdays"
        return is_daily or self._newsletter.window == "since_last"

    def _is_left_open(self, day: date) -> bool:
        """Return whether an edition's time came, and nobody has approved or sent it."""
        store = self._store
        if self.find_due(day) > self._clock():
            return False
        if store.editions.get_approval(day) is not None:
            return False
        if store.deliveries.get_send_spec(day) is not None:
            return False
        return store.publications.is_draft(day)

    def _is_empty(self, day: date) -> bool:
        source = self._store.editions.get_source(day)
        if source is None:
            return False
        own_blocks = self._newsletter.blocks.names
        return load_edition(source).is_empty_but_for(own_blocks)

    def _was_offered_stories(self, day: date) -> bool:
        """Return whether a draft of an edition had stories."""
        proposals = self._store.analyses.list_proposals(day)
        return any(proposal.in_draft for proposal in proposals)

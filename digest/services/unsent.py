"""Unsent editions: waiting for a person, due soon, or given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from digest.errors import DigestError, NotFound
from digest.model import (
    CANCELLED,
    LINK_FOUND,
    DeliveryState,
    EditionState,
    WaitingEdition,
    WaitReason,
)
from digest.services.edition_states import EditionStates
from digest.services.send_schedule import SendSchedule
from digest.services.sending_context import SendingContext

#: For how long staff are reminded of an unsent edition: nobody wants it after a month.
MAX_WAITING_TIME = timedelta(days=28)

#: From how long before sending an approved edition's links are checked, at each run.
LINK_CHECK_WINDOW = timedelta(hours=3)

#: What an edition waits for that a person approved, and that does not leave as it is.
MISSING_APPROVALS = {
    EditionState.AGAIN: WaitReason.AGAIN,
    EditionState.SECOND: WaitReason.SECOND,
}


class LeftOutReason(StrEnum):
    """Reasons why an edition is not sent and nobody is asked to do anything."""

    EMPTY = "empty"  #: it has nothing to report, and is skipped
    #: a daily one that nobody approved in time: the next one has its stories
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class LeftOutEdition:
    """An edition whose time came lately, and that is not sent."""

    edition: date
    why: LeftOutReason


class UnsentEditions:
    """The editions of one workspace that are not sent: not due yet, or waiting for a person."""

    def __init__(
        self,
        context: SendingContext,
        states: EditionStates,
    ) -> None:
        self._context = context
        self._store = context.store
        self._ledger = context.store.deliveries
        self._states = states
        self._schedule = SendSchedule(context)

    def give_up(self, day: date, by: str) -> None:
        """Give an edition up, so that it is not sent: its stories are offered for the next one.

        Approving it undoes that. Raises NotFound, AlreadySent, DigestError if it was given up before or
        is not due yet, and Busy during a send.
        """
        store = self._store
        name = self._context.settings.name_edition(day)
        if store.editions.get_source(day) is None:
            raise NotFound(f"there is no edition of {name}")
        if self._schedule.due_at(day) > self._context.clock():
            raise DigestError(
                f"the edition of {name} is not due yet; it is still a draft"
            )
        with store.hold_send_lock():
            store.publications.refuse_if_not_draft(day)
            if day in store.send_halts.list_given_up_editions():
                raise DigestError(f"the edition of {name} was given up already")
            self._ledger.dissolve_audience(day)
            if self._ledger.get_send_spec(day):
                raise DigestError(
                    f"the edition of {name} was sent; it cannot be given up"
                )
            store.editions.withdraw_approval(day)
            store.send_halts.give_up_edition(day, by, self._context.clock())
        action = "left it unsent; its stories go to the next edition"
        self._context.add_audit_entry(by, action, day)

    def waiting_editions(self) -> list[WaitingEdition]:
        """Return the editions that are not sent unless a person does something, the oldest first.

        Those older than an edition that was sent since are left out, except unfinished sends.
        """
        store = self._store
        given_up = store.send_halts.list_given_up_editions()
        last_sent_day = self._find_last_sent_day()
        waiting_editions: list[WaitingEdition] = []
        for day in self._days_to_ask_about():
            if day in given_up or self._is_left_out(day):
                continue
            if day <= last_sent_day and not self._ledger.get_mailing_transport(
                day
            ):
                continue
            waiting = self._waiting_for(day)
            if waiting is not None:
                waiting_editions.append(waiting)
        return waiting_editions

    def left_out_editions(self) -> list[LeftOutEdition]:
        """Return the editions that lately were not sent and are not asked about, the oldest first."""
        days = self._store.editions.list_dates()
        left_out = [
            LeftOutEdition(day, LeftOutReason.EMPTY)
            for day in self._schedule.list_recent()
            if self._schedule.is_skipped(day)
        ]
        lapsed = self._find_newest_lapsed(days)
        if lapsed:
            left_out.append(LeftOutEdition(lapsed, LeftOutReason.LAPSED))
        return sorted(left_out, key=lambda one: one.edition)

    def leaving_soon(self) -> list[date]:
        """Return the approved editions that are due within the next hours, the first one first."""
        now = self._context.clock()
        latest = now + LINK_CHECK_WINDOW
        leaving_days: list[date] = []
        for day in sorted(self._store.editions.list_approved_dates()):
            is_soon = now < self._schedule.due_at(day) <= latest
            if not is_soon or not self._store.publications.is_draft(day):
                continue
            if self._states.find_state(day) == EditionState.APPROVED:
                leaving_days.append(day)
        return leaving_days

    def add_link_findings(self, day: date, findings: list[str]) -> None:
        """Store what was found out about an approved edition's links, each finding once."""
        stored_actions = {
            entry.what for entry in self._store.staff.list_actions(day)
        }
        for finding in dict.fromkeys(findings):
            action = f"{LINK_FOUND}{finding}"
            if action not in stored_actions:
                self._context.add_audit_entry("digest", action, day)

    # Inside

    def _find_newest_lapsed(self, days: Iterable[date]) -> date | None:
        """Return the first lapsed one of some editions that none was sent after."""
        last_sent_day = self._find_last_sent_day()
        for day in days:
            if day <= last_sent_day:
                return None
            if self._schedule.is_lapsed(day):
                return day
        return None

    def _is_left_out(self, day: date) -> bool:
        schedule = self._schedule
        return schedule.is_skipped(day) or schedule.is_lapsed(day)

    def _find_last_sent_day(self) -> date:
        return max(
            self._store.publications.get_sent_editions(), default=date.min
        )

    def _days_to_ask_about(self) -> list[date]:
        earliest = self._context.clock() - MAX_WAITING_TIME
        due_moments = self._schedule.list_due_moments()
        return sorted(
            day for day, due_at in due_moments.items() if due_at >= earliest
        )

    def _waiting_for(self, day: date) -> WaitingEdition | None:
        """Return what an edition waits for, None if for nothing."""
        store = self._store
        due_at = self._schedule.due_at(day)
        if self._ledger.get_mailing_transport(day):
            return self._waiting_for_rest(day, due_at)
        is_draft = store.publications.is_draft(day)
        if not is_draft or self._schedule.is_complete(day):
            return None
        is_due = self._is_due(due_at)
        approval = store.editions.get_approval(day)
        reason = MISSING_APPROVALS.get(self._states.find_state(day))
        if approval is not None and reason:
            return WaitingEdition(day, reason, due_at, is_due, by=approval.by)
        if not is_due:
            return None
        if approval is None:
            return WaitingEdition(day, WaitReason.APPROVAL, due_at, is_due)
        return WaitingEdition(
            day, WaitReason.SENDING, due_at, is_due, by=approval.by
        )

    def _waiting_for_rest(
        self, day: date, due_at: datetime
    ) -> WaitingEdition | None:
        """Return that some have not got a sent edition, None if all have, or it is cancelled."""
        store = self._store
        people = self._ledger.get_delivery_report(day).count_in_state(
            DeliveryState.QUEUED
        )
        if not people or store.send_halts.get_halt(day)[0] == CANCELLED:
            return None
        reason = store.refused_deliveries.get_send_remainder(day).stop_reason
        is_due = self._is_due(due_at)
        return WaitingEdition(
            day, WaitReason.REST, due_at, is_due, people=people, why=reason
        )

    def _is_due(self, due_at: datetime) -> bool:
        return due_at <= self._context.clock()

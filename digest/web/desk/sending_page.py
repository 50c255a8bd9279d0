"""Sending page: what the pages of sending show of an edition."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.edition import load_edition
from digest.model import APPROVED, LINK_FOUND, DeliveryState
from digest.services.sent_contents import may_not_be_empty
from digest.web.current import app
from digest.web.desk.background_sends import sends
from digest.web.desk.page_request import edition_key

if TYPE_CHECKING:
    from digest.model import Approval, AuditEntry, SendPlan

MAX_CHANGES = 20
MAX_ADDRESSES = 200  #: of recipients who were excluded for one reason
#: As the field of a browser takes a day and an hour (HTML, "datetime-local").
FIELD_FORMAT = "%Y-%m-%dT%H:%M"


def sending_page_context(day: date) -> dict[str, object]:
    """Return what the templates of sending need."""
    plan = app.sending.plan_send(day)
    newsletter = app.settings.newsletter
    now = app.clock()
    due_at = app.send_schedule.due_at(day)
    changes = changes_since(day, _approved_at(day))
    left_out = []
    if plan.proof.planned:
        left_out = _group_left_out(day)
    return {
        "day": day,
        "plan": plan,
        "yes": _approval_of_plan(plan),
        "two": app.settings.needs_two_people,
        "must": app.preflight.list_open_musts(day),
        "due": due_at,
        "is_due": due_at <= now,
        "scheduled": app.send_schedule.find_scheduled(day),
        "zone": newsletter.time_zone,
        "local": due_at.astimezone(newsletter.zone).strftime(FIELD_FORMAT),
        "sending": sends.find_send(edition_key(day)),
        "earliest": now.astimezone(newsletter.zone).strftime(FIELD_FORMAT),
        "rehearsed": _is_rehearsed(plan),
        "empty": may_not_be_empty(
            load_edition(app.editions.read_source(day)), app.settings
        ),
        "changes": [
            one for one in changes if not one.what.startswith(APPROVED)
        ],
        "links_found": [
            one for one in changes if one.what.startswith(LINK_FOUND)
        ],
        "left_out": left_out,
        "shown_at": now.isoformat(),
    }


def changes_since(day: date, since: datetime | None) -> "list[AuditEntry]":
    """Return the changes since a time, the newest first; none if the time is not known."""
    if since is None:
        return []
    revisions = app.editions.list_revisions(day)
    log_entries = app.editions.list_audit_entries(day, MAX_CHANGES)
    recent = [entry for entry in revisions + log_entries if entry.at >= since]
    return sorted(recent, key=lambda entry: entry.at, reverse=True)


def _approval_of_plan(plan: "SendPlan") -> "Approval | None":
    """Return the approval that a send follows: that of the content it began with, if it did."""
    frozen = app.approval.find_frozen_approval(plan.edition)
    if frozen and frozen.content_hash == plan.content_hash:
        return frozen
    return app.approval.find_approval(plan.edition)


def _approved_at(day: date) -> datetime | None:
    approval = app.approval.find_approval(day)
    if approval is None:
        return None
    return approval.at


def _is_rehearsed(plan: "SendPlan") -> bool:
    """Return True if the edition went to the outbox only, and would now be mailed."""
    if plan.transport == "outbox" or plan.sent_by:
        return False
    return bool(plan.proof.planned)


def _group_left_out(day: date) -> list[tuple[str, list[str]]]:
    """Return the addresses that are not served, or perhaps not, by the reason."""
    addresses: dict[str, list[str]] = {}
    for state in (DeliveryState.EXCLUDED, DeliveryState.UNCERTAIN):
        for address, reason in app.deliveries.list_deliveries(day, state):
            label = str(state)
            if reason:
                label = f"{state}, {reason}"
            addresses.setdefault(label, []).append(address)
    return [
        (label, group[:MAX_ADDRESSES]) for label, group in addresses.items()
    ]

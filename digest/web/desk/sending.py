"""Sending: try an edition out, send it now or later, pause, resume, cancel, retry it."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, g, render_template, request

from digest.errors import DigestError, NotApproved
from digest.model import StaffRights
from digest.web.current import app
from digest.web.desk.access import requires
from digest.web.desk.background_sends import sends
from digest.web.desk.confirmation import (
    check_unchanged,
    is_confirmed,
    redirect_to_question,
)
from digest.web.desk.i18n import _, format_moment, ngettext
from digest.web.desk.page_request import edition_key, redirect_to
from digest.web.desk.sending_page import sending_page_context

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.services.halting import CancelledSend

#: The actions that a person is asked about before they are done.
CONFIRMED_ACTIONS = ("approve", "send", "cancel")
#: For which cancelling waits until another process has ended the mails that it is sending.
CANCEL_WAIT_SECONDS = 5.0

blueprint = Blueprint("sending", __name__)


@blueprint.get("/<day:day>/send")
def show_sending(day: date) -> str:
    """Show the state of an edition, with all that may be done next."""
    return render_template(
        "send.html", here="sending", **sending_page_context(day)
    )


@blueprint.get("/<day:day>/progress")
def show_progress(day: date) -> str:
    """Show how far a send is."""
    return render_template("progress.html", **sending_page_context(day))


@blueprint.get("/<day:day>/confirm/<action>")
@requires(StaffRights.APPROVER)
def ask_confirmation(day: date, action: str) -> str:
    """Ask before something is done; where scripts run, a dialog asks the same."""
    if action not in CONFIRMED_ACTIONS:
        abort(404)
    return render_template(
        "confirm.html",
        here="sending",
        what=action,
        was=request.args.get("was", ""),
        **sending_page_context(day),
    )


@blueprint.post("/<day:day>/send")
@requires(StaffRights.APPROVER)
def send_edition(day: date) -> "ResponseReturnValue":
    """Send an approved edition, once a person has confirmed to how many people and by what."""
    plan = app.sending.plan_send(day)
    check_unchanged(plan)
    if plan.not_approved:
        raise NotApproved(plan.not_approved)
    is_same_transport = request.form.get("transport", "") == plan.transport
    if not is_same_transport or not is_confirmed("people", plan.remaining):
        return redirect_to_question(day, "send", "people")
    sends.start_send(edition_key(day))
    return redirect_to("sending.show_sending", day)


@blueprint.post("/<day:day>/test")
def send_test(day: date) -> "ResponseReturnValue":
    """Send the edition to one address."""
    from digest.audience import validate_address

    address = validate_address(request.form.get("address", ""))
    outcome = app.sending.send_test(day, address)
    message = f"{address}: {outcome.state} {outcome.detail}"
    if outcome.advice:
        message = f"{message}. {outcome.advice}"
    return redirect_to("sending.show_sending", day, message=message)


@blueprint.post("/<day:day>/schedule")
@requires(StaffRights.APPROVER)
def schedule_edition(day: date) -> "ResponseReturnValue":
    """Set the time at which the edition is sent, or go back to the usual one."""
    zone = app.settings.newsletter.zone
    leaves_at = None
    if "usual" not in request.form:
        leaves_at = _parse_local_time(request.form.get("at", ""), zone)
    app.send_schedule.schedule_send(day, leaves_at, g.member.name)
    due = format_moment(app.send_schedule.due_at(day), zone)
    message = _("It leaves on %(at)s once it is approved.", at=due)
    return redirect_to("sending.show_sending", day, message=message)


@blueprint.post("/<day:day>/pause")
@requires(StaffRights.APPROVER)
def pause_send(day: date) -> "ResponseReturnValue":
    """Stop a send for a while."""
    app.halting.pause_send(day, g.member.name)
    return redirect_to("sending.show_sending", day)


@blueprint.post("/<day:day>/resume")
@requires(StaffRights.APPROVER)
def resume_send(day: date) -> "ResponseReturnValue":
    """Resume a paused send."""
    app.halting.resume_send(day, g.member.name)
    sends.start_send(edition_key(day))
    return redirect_to("sending.show_sending", day)


@blueprint.post("/<day:day>/cancel")
@requires(StaffRights.APPROVER)
def cancel_send(day: date) -> "ResponseReturnValue":
    """Stop a send for good."""
    cancelled = app.halting.cancel_send(
        day, g.member.name, wait=CANCEL_WAIT_SECONDS
    )
    message = _describe_cancelled(cancelled)
    return redirect_to("sending.show_sending", day, message=message)


@blueprint.post("/<day:day>/retry")
@requires(StaffRights.APPROVER)
def retry_refused(day: date) -> "ResponseReturnValue":
    """Send once more to those who were refused."""
    app.halting.retry_refused(day, g.member.name)
    sends.start_send(edition_key(day))
    return redirect_to("sending.show_sending", day)


def _describe_cancelled(cancelled: "CancelledSend") -> str:
    """Return what cancelling stopped, and what it could not."""
    sentences = [
        ngettext(
            "%(n)s reader is not mailed.",
            "%(n)s readers are not mailed.",
            cancelled.never_handed,
        )
    ]
    if cancelled.taken_back:
        sentences.append(
            ngettext(
                "%(n)s mail was taken back before it left.",
                "%(n)s mails were taken back before they left.",
                cancelled.taken_back,
            )
        )
    if cancelled.left:
        sentences.append(
            ngettext(
                "%(n)s mail has left, or leaves within minutes.",
                "%(n)s mails have left, or leave within minutes.",
                cancelled.left,
            )
        )
    if cancelled.beyond_limit:
        sentences.append(
            _(
                "%(n)s leave all the same: the provider lets ten batches be cancelled at a time.",
                n=cancelled.beyond_limit,
            )
        )
    if cancelled.uncertain:
        sentences.append(
            _("%(n)s may have left; nobody can say yet.", n=cancelled.uncertain)
        )
    if cancelled.finishing:
        sentences.append(
            _(
                "What is in hand just now is being stopped; look again in a minute."
            )
        )
    return " ".join(sentences)


def _parse_local_time(text: str, zone: ZoneInfo) -> datetime:
    """Return a field's time, which is in the newsletter's zone, in UTC. Raises DigestError."""
    try:
        local_time = datetime.fromisoformat(text)
    except ValueError:
        message = _(
            "Expected a day and an hour such as 2026-02-27 09:00, found “%(it)s”.",
            it=text,
        )
        raise DigestError(message) from None
    if local_time.tzinfo is None:
        local_time = local_time.replace(tzinfo=zone)
    return local_time.astimezone(UTC)

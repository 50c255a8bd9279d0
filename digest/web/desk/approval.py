"""Approval: approve exactly this edition, withdraw the approval, give an edition up."""

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, g, request

from digest.model import StaffRights
from digest.web.current import app
from digest.web.desk.access import requires
from digest.web.desk.confirmation import (
    check_unchanged,
    is_confirmed,
    redirect_to_question,
)
from digest.web.desk.i18n import _
from digest.web.desk.page_request import redirect_to

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("approval", __name__)


@blueprint.post("/<day:day>/approve")
@requires(StaffRights.APPROVER)
def approve_edition(day: date) -> "ResponseReturnValue":
    """Approve an edition; a person confirms it if something must be fixed, or it is sent at once."""
    app.approval.check_approvable(day)
    check_unchanged(app.sending.plan_send(day))
    musts = len(app.preflight.list_open_musts(day))
    is_due = app.send_schedule.due_at(day) <= app.clock()
    if (musts or is_due) and not is_confirmed("musts", musts):
        return redirect_to_question(day, "approve", "musts")
    app.approval.approve_edition(
        day, _approver_name(), request.form.get("hash", "")
    )
    return redirect_to("sending.show_sending", day)


@blueprint.post("/<day:day>/unapprove")
@requires(StaffRights.APPROVER)
def withdraw_approval(day: date) -> "ResponseReturnValue":
    """Make an approved edition a draft again."""
    app.approval.withdraw_approval(day, g.member.name)
    message = _(
        "The approval is taken back: it is a draft again, and fills until its hour."
    )
    return redirect_to("sending.show_sending", day, message=message)


@blueprint.post("/<day:day>/give-up")
@requires(StaffRights.APPROVER)
def give_up_edition(day: date) -> "ResponseReturnValue":
    """Give an edition up, so that it is not sent."""
    app.unsent.give_up(day, g.member.name)
    message = _(
        "It is left unsent. Its stories are offered for the next edition."
    )
    return redirect_to("sending.show_sending", day, message=message)


def _approver_name() -> str:
    """Return the member's name; at one's own machine, the name that they type."""
    is_local = not g.member.id
    typed_name = request.form.get("by", "").strip()
    if is_local and typed_name:
        return typed_name
    name: str = g.member.name
    return name

"""Sent editions: what was sent or published, and putting it on the web or taking it off."""

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, url_for

from digest.model import StaffRights
from digest.web.current import app
from digest.web.desk.access import requires
from digest.web.desk.i18n import _
from digest.web.desk.page_request import redirect_to

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("sent", __name__)


@blueprint.get("/<day:day>/sent")
def show_sent(day: date) -> "ResponseReturnValue":
    """Show what was sent."""
    app.editions.read_source(day)
    if app.publishing.find_status(day).is_draft:
        return redirect(url_for("edition.show_edition", day=day))
    return render_template(
        "sent.html",
        day=day,
        here="edition",
        subject=app.sending.plan_send(day).subject,
        proof=app.deliveries.count_deliveries(day),
        by=app.deliveries.find_transport(day),
        approval=app.approval.find_frozen_approval(day),
    )


@blueprint.post("/<day:day>/publish")
@requires(StaffRights.APPROVER)
def publish_edition(day: date) -> "ResponseReturnValue":
    """Put an edition on the web."""
    app.publishing.publish_edition(day, g.member.name)
    message = _("Everybody can read it on the web now.")
    return redirect_to("sent.show_sent", day, message=message)


@blueprint.post("/<day:day>/withdraw")
@requires(StaffRights.APPROVER)
def withdraw_edition(day: date) -> "ResponseReturnValue":
    """Take an edition off the web."""
    app.publishing.withdraw_edition(day, g.member.name)
    return redirect_to("sent.show_sent", day, message=_("It is off the web."))

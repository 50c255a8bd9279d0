"""Staff: who works here, with which rights; and the audit log. For admins."""

from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, url_for

from digest.errors import DigestError
from digest.model import StaffRights
from digest.web.current import app
from digest.web.desk.access import requires
from digest.web.desk.i18n import _
from digest.web.newsletter_paths import url_in_newsletter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MAX_SHOWN_ENTRIES = 500

blueprint = Blueprint("staff", __name__)


@blueprint.get("/staff")
@requires(StaffRights.ADMIN)
def list_members() -> str:
    """List the members of staff."""
    return _staff_page()


@blueprint.get("/audit")
@requires(StaffRights.ADMIN)
def show_audit_log() -> str:
    """Show what was done."""
    entries = app.staff.list_audit_entries(limit=MAX_SHOWN_ENTRIES)
    return render_template("audit.html", here="audit", deeds=entries)


@blueprint.post("/staff/add")
@requires(StaffRights.ADMIN)
def add_member() -> str:
    """Invite a new member; the page shows the link for them."""
    name = _form_name()
    token = app.staff.invite_member(name, _form_role(), g.member.name)
    return _staff_page(name, token)


@blueprint.post("/staff/role")
@requires(StaffRights.ADMIN)
def change_role() -> "ResponseReturnValue":
    """Give a member other rights."""
    app.staff.change_role(_form_name(), _form_role(), g.member.name)
    return redirect(url_for("staff.list_members"), 303)


@blueprint.post("/staff/reset")
@requires(StaffRights.ADMIN)
def reset_member() -> str:
    """Drop a member's password and second factor; the page shows the link to set new ones."""
    name = _form_name()
    token = app.staff.reset_member(name, g.member.name)
    return _staff_page(name, token)


@blueprint.post("/staff/remove")
@requires(StaffRights.ADMIN)
def remove_member() -> "ResponseReturnValue":
    """Remove a member."""
    app.staff.remove_member(_form_name(), g.member.name)
    return redirect(url_for("staff.list_members"), 303)


def _staff_page(invited_name: str = "", token: str = "") -> str:
    """Return the list, with a link for the member who is invited, if one is."""
    link = ""
    if token:
        link = url_in_newsletter(
            "", "login.accept_invitation", external=True, token=token
        )
    return render_template(
        "staff.html",
        here="staff",
        staff=app.staff.list_members(),
        roles=list(StaffRights),
        link=link,
        name=invited_name,
    )


def _form_name() -> str:
    return request.form.get("name", "")


def _form_role() -> StaffRights:
    role = request.form.get("role", "")
    if role not in list(StaffRights):
        raise DigestError(_("There is no role “%(role)s”.", role=role))
    return StaffRights(role)

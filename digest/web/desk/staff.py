"""Staff: who works here, with which rights; and the audit log. For admins."""

from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, url_for

from digest.errors import DigestError
from digest.model import Rights
from digest.web.current import app
from digest.web.desk.access import requires
from digest.web.desk.i18n import _

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MAX_AUDIT_ENTRIES = 500

blueprint = Blueprint("staff", __name__)


@blueprint.get("/staff")
@requires(Rights.ADMIN)
def list_members() -> str:
    """List the members of staff."""
    return _staff_page()


@blueprint.get("/audit")
@requires(Rights.ADMIN)
def show_audit_log() -> str:
    """Show what was done."""
    entries = app.staff.list_audit_entries(limit=MAX_AUDIT_ENTRIES)
    return render_template("audit.html", here="audit", deeds=entries)


@blueprint.post("/staff/add")
@requires(Rights.ADMIN)
def add_member() -> str:
    """Invite a new member; the page shows the link for them."""
    name = _form_name()
    token = app.staff.invite(name, _form_role(), g.member.name)
    return _staff_page(name, token)


@blueprint.post("/staff/role")
@requires(Rights.ADMIN)
def change_role() -> "ResponseReturnValue":
    """Give a member other rights."""
    app.staff.promote(_form_name(), _form_role(), g.member.name)
    return redirect(url_for("staff.list_members"), 303)


@blueprint.post("/staff/reset")
@requires(Rights.ADMIN)
def reset_member() -> str:
    """Drop a member's password and second factor; the page shows the link to set new ones."""
    name = _form_name()
    token = app.staff.reset(name, g.member.name)
    return _staff_page(name, token)


@blueprint.post("/staff/remove")
@requires(Rights.ADMIN)
def remove_member() -> "ResponseReturnValue":
    """Remove a member."""
    app.staff.remove(_form_name(), g.member.name)
    return redirect(url_for("staff.list_members"), 303)


def _staff_page(invited_name: str = "", token: str = "") -> str:
    """Return the list, with a link for the member who is invited, if one is."""
    link = ""
    if token:
        link = url_for("login.accept_invitation", token=token, _external=True)
    return render_template(
        "staff.html",
        here="staff",
        staff=app.staff.list_members(),
        roles=list(Rights),
        link=link,
        name=invited_name,
    )


def _form_name() -> str:
    return request.form.get("name", "")


def _form_role() -> Rights:
    role = request.form.get("role", "")
    if role not in list(Rights):
        raise DigestError(_("There is no role “%(role)s”.", role=role))
    return Rights(role)

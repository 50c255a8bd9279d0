"""Account: a member's own password, second factor and sessions."""

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)

from digest.errors import LoginRefused
from digest.web.current import app
from digest.web.desk.i18n import _
from digest.web.desk.login_session import log_member_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.model import Member

blueprint = Blueprint("account", __name__)


@blueprint.get("/me")
def show_account() -> str:
    """Show the account, with a new key for a second factor."""
    return _account_page()


@blueprint.post("/me/password")
def change_password() -> "ResponseReturnValue":
    """Store another password."""
    form = request.form
    old = form.get("old", "")
    member = app.staff.change_password(g.member, old, form.get("new", ""))
    return _log_in_again(
        member,
        _("Your password is changed; every other session of yours has ended."),
    )


@blueprint.post("/me/factor")
def change_second_factor() -> "ResponseReturnValue":
    """Turn the second factor on or off, or register another phone for it."""
    if "drop" in request.form:
        return _drop_second_factor()
    return _use_second_factor()


@blueprint.post("/me/end")
def end_sessions() -> "ResponseReturnValue":
    """Log the member out in every browser."""
    app.staff.log_out_everywhere(g.member)
    return redirect(url_for("home.show_home"), 303)


def _drop_second_factor() -> "ResponseReturnValue":
    form = request.form
    old_code = form.get("old_code", "")
    member = app.staff.turn_off_factor(
        g.member, form.get("password", ""), old_code
    )
    return _log_in_again(
        member,
        _("The second factor is off; every other session of yours has ended."),
    )


def _use_second_factor() -> "ResponseReturnValue":
    form = request.form
    secret = form.get("secret", "")
    try:
        member = app.staff.turn_on_factor(
            g.member,
            secret,
            form.get("code", ""),
            form.get("password", ""),
            form.get("old_code", ""),
        )
    except LoginRefused as error:
        # the same key once more: a phone that has scanned it need not scan another
        return _account_page(secret, str(error)), 403
    return _log_in_again(
        member,
        _(
            "From now on, logging in takes a code of your phone; every other session of "
            "yours has ended."
        ),
    )


def _log_in_again(member: "Member", message: str) -> "ResponseReturnValue":
    """Begin a new session, as all others have ended, and lead to the account."""
    log_member_in(member)
    flash(
        message
    )  # after the session has begun: the old one's messages are cleared with it
    return redirect(url_for("account.show_account"), 303)


def _account_page(secret: str = "", message: str = "") -> str:
    secret, address = app.staff.propose_factor(g.member, secret)
    dots, size = _draw_qr_code(address)
    return render_template(
        "me.html", here="me", secret=secret, qr=dots, size=size, said=message
    )


def _draw_qr_code(text: str) -> tuple[list[str], int]:
    """Return a QR code as parts of an SVG path, and its width: no image of it is stored."""
    import segno

    rows = segno.make(text, micro=False).matrix
    dots = []
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                dots.append(f"M{x} {y}h1v1h-1z")
    return dots, len(rows)

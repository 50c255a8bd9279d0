"""Login: log in and out, accept an invitation, choose a language."""

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from digest.errors import DigestError, LoginRefused, TooManyTries
from digest.web.current import app
from digest.web.desk.access import without_login
from digest.web.desk.error_pages import (
    explain_too_many_tries,
    too_many_tries_status,
)
from digest.web.desk.i18n import LANGUAGES
from digest.web.desk.login_session import (
    known_device,
    log_member_in,
    log_member_out,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
@without_login
def show_login() -> str:
    """Show the form."""
    return _login_page()


@blueprint.post("/login")
@without_login
def log_in() -> "ResponseReturnValue":
    """Log a member in, and lead to the page that they asked for."""
    form = request.form
    name = form.get("name", "")
    try:
        member = app.staff.log_in(
            name,
            form.get("password", ""),
            form.get("code", ""),
            request.remote_addr or "",
            known_device(name),
        )
    except LoginRefused as error:
        return _login_page(str(error)), 403
    except TooManyTries as error:
        status, headers = too_many_tries_status(error)
        return _login_page(explain_too_many_tries(error)), status, headers
    log_member_in(member)
    return redirect(_next_page(), 303)


@blueprint.post("/logout")
def log_out() -> "ResponseReturnValue":
    """Log a member out."""
    log_member_out()
    return redirect(url_for("home.show_home"), 303)


@blueprint.get("/join/<token>")
@without_login
def show_invitation(token: str) -> str:  # noqa: ARG001 - any token gets the same page
    """Show the form for a new member's password."""
    return render_template("join.html", said="")


@blueprint.post("/join/<token>")
@without_login
def accept_invitation(token: str) -> "ResponseReturnValue":
    """Store the password of an invited member, and log them in."""
    try:
        member = app.staff.accept_invitation(
            token, request.form.get("password", "")
        )
    except TooManyTries:
        raise
    except DigestError as error:
        return render_template("join.html", said=str(error)), 400
    log_member_in(member)
    return redirect(url_for("home.show_home"), 303)


@blueprint.post("/speak")
@without_login
def choose_language() -> "ResponseReturnValue":
    """Show the desk in another language."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        language = "en"
    session["language"] = language
    return redirect(_next_page(), 303)


def _login_page(message: str = "") -> str:
    return render_template(
        "login.html",
        next=_next_page(),
        said=message,
        oidc=app.settings.desk.oidc,
    )


def _next_page() -> str:
    """Return the page that leads here; home, if it is none of this desk."""
    path = request.values.get("next", "")
    if _is_own_path(path):
        return path
    return url_for("home.show_home")


def _is_own_path(path: str) -> bool:
    """Return True for a path of this desk: a link to a login must lead nowhere else."""
    if not path.startswith("/") or path.startswith("//"):
        return False
    # browsers read a backslash as a slash, and leave out tabs and line breaks (WHATWG URL, 4.4)
    return path.isprintable() and "\\" not in path

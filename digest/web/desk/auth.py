"""Authentication and authorisation: who may come to the desk, and which pages each may use.

On one's own machine the address that the desk printed lets in, as an admin; on a hosted desk members
of staff log in. A form must carry the token of its session, against forgery (CSRF).
"""

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import (
    Flask,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
)

from digest.model import Member, StaffRights
from digest.services.staff import local_user
from digest.web.current import app
from digest.web.desk.access import find_required_rights, is_open
from digest.web.desk.error_pages import error_page
from digest.web.desk.i18n import _
from digest.web.desk.login_session import begin_session
from digest.web.newsletter_paths import url_in_newsletter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.app import App

#: Names under which this machine reaches itself. Any other was put before us by somebody's DNS.
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})
LOCAL_MEMBER_ID = 0  #: a client with the token of a local desk
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_IMAGE_BYTES = 15_000_000  #: of a form with an image
MAX_FORM_BYTES = 2_000_000  #: of any other form


def add_authentication(
    web: Flask, workspace: "App", token: str = "", once: str = ""
) -> None:
    """Require the token or, without one, a login; refuse forged forms.

    The token is valid for as long as the desk is open, `once` for one browser.
    """
    url = None
    if token:
        web.secret_key = secrets.token_bytes(32)
    else:
        url = workspace.settings.desk.url
        web.secret_key = _lasting_key(workspace)
    web.config.update(
        SESSION_COOKIE_NAME="digest_desk",
        SESSION_COOKIE_HTTPONLY=True,
        # Lax, not Strict: the bookmarklet and the provider's way back come from other sites, and
        # no GET acts
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=bool(url and url.startswith("https:")),
        MAX_CONTENT_LENGTH=MAX_IMAGE_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        DIGEST_HOSTED=not token,
        DIGEST_HOSTS=_allowed_hosts(url),
    )
    web.before_request(_check_host)
    if token:
        web.before_request(TokenLogin(token, once).let_in)
    web.before_request(_check_access)
    web.context_processor(_member_context)


class TokenLogin:
    """Lets in any browser that opens the address which this desk printed.

    The address is valid until the desk ends, as Jupyter's is, so that a closed browser can be opened
    again. `once`, with which the desk itself starts a browser, is valid once: other accounts of this
    machine see the arguments that a program was started with (man 5 proc: cmdline).
    """

    def __init__(self, token: str, once: str) -> None:
        self._token = token
        self._once = once

    def let_in(self) -> "ResponseReturnValue | None":
        """Begin a session if the request brings a token, and drop the token from its address."""
        token = request.args.get("token", "")
        if request.method != "GET" or not token or not self._is_valid(token):
            return None
        begin_session(who=LOCAL_MEMBER_ID)
        return redirect(f"{request.script_root}{request.path}")

    def _is_valid(self, token: str) -> bool:
        if self._once and _are_equal(token, self._once):
            self._once = ""
            return True
        return _are_equal(token, self._token)


def _check_host() -> None:
    """Refuse requests for other names of this machine (DNS rebinding)."""
    host = urlsplit(f"//{request.host}").hostname or ""
    if host not in current_app.config["DIGEST_HOSTS"]:
        abort(421)


def _check_access() -> "ResponseReturnValue | None":
    """Find out who asks, as `g.member`; answer instead of the page if they may not use it."""
    session.setdefault("csrf", secrets.token_urlsafe(24))
    g.member = _find_member()
    if g.member is None and not is_open(request.endpoint):
        return _answer_stranger()
    if request.method not in SAFE_METHODS and not _has_csrf_token():
        return error_page(
            _(
                "This form did not come from the desk, or it lay there for long. Go back, load "
                "the page anew, and send it again."
            ),
            403,
        )
    rights = find_required_rights(request.endpoint)
    if g.member and not g.member.role.include(rights):
        return error_page(
            _("This takes the rights of an %(role)s.", role=rights), 403
        )
    return None


def _find_member() -> Member | None:
    if current_app.config["DIGEST_HOSTED"]:
        return _member_in_session()
    if session.get("who") == LOCAL_MEMBER_ID:
        return Member(LOCAL_MEMBER_ID, local_user(), StaffRights.ADMIN)
    return None


def _member_in_session() -> Member | None:
    """Return the member who has logged in; None if their password or role changed since."""
    stamp = session.get("stamp", "")
    member = app.staff.find_session_member(session.get("key", ""))
    if member and stamp and hmac.compare_digest(stamp, member.stamp):
        return member
    return None


def _answer_stranger() -> "ResponseReturnValue":
    if not current_app.config["DIGEST_HOSTED"]:
        return render_template("closed.html"), 403
    if request.method == "GET":
        page = f"{request.script_root}{request.full_path}".rstrip("?")
        return redirect(url_in_newsletter("", "login.log_in", next=page))
    return error_page(
        _("Your login has ended. Log in in another tab, and send this again."),
        403,
    )


def _has_csrf_token() -> bool:
    sent_token = request.form.get("csrf", "")
    return _are_equal(sent_token, session.get("csrf", "-"))


def _are_equal(text: str, secret: str) -> bool:
    """Compare in a time that says nothing of the secret."""
    return hmac.compare_digest(text.encode(), secret.encode())


def _member_context() -> dict[str, object]:
    return {
        "csrf": session.get("csrf", ""),
        "who": g.get("member"),
        "hosted": current_app.config["DIGEST_HOSTED"],
    }


def _allowed_hosts(url: str | None) -> frozenset[str]:
    if not url:
        return LOCAL_HOSTS
    return LOCAL_HOSTS | {urlsplit(url).hostname or ""}


def _lasting_key(workspace: "App") -> bytes:
    """Return the key that signs sessions: the same at every start, and in every process."""
    newest = workspace.subscribers.newest_signing_key()
    return hashlib.sha256(f"desk session {newest}".encode()).digest()

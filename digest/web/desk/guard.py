"""Who may come to the desk, and what its pages may do."""

import hmac
import secrets
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, redirect, render_template, request, session, url_for

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

#: Names under which this machine reaches itself. Any other was put before us by somebody's DNS.
HOSTS = frozenset({"127.0.0.1", "localhost"})
#: What a sandboxed frame asks for without cookies: our own files, and images named by their bytes.
OPEN = frozenset({"static", "image"})
FORGED = "This form did not come from the desk. Go back, load the page anew, and send it again."
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def guard(web: Flask, token: str) -> None:
    """Let in one browser by the token, and refuse forms that another site sent."""
    web.secret_key = secrets.token_bytes(32)
    web.config.update(
        SESSION_COOKIE_NAME="digest_desk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        MAX_CONTENT_LENGTH=2_000_000,
    )
    left = [token]  #: is empty once somebody has come in

    @web.before_request
    def here() -> None:
        if request.host.rpartition(":")[0] not in HOSTS and request.host not in HOSTS:
            abort(421)

    @web.before_request
    def admit() -> "Answer | tuple[str, int] | None":
        if request.endpoint in OPEN:
            return None
        given = request.args.get("token", "")
        if left and hmac.compare_digest(given, left[0]):
            left.clear()
            session.update(here=True, csrf=secrets.token_urlsafe(24))
            return redirect(url_for("home"))
        if not session.get("here"):
            return render_template("closed.html"), 403
        if request.method == "POST" and not _ours():
            return render_template("error.html", said=FORGED, typed=request.form), 403
        return None

    _fence(web)
    web.context_processor(lambda: {"csrf": session.get("csrf", "")})


def _fence(web: Flask) -> None:
    """Tell browsers what a page of the desk may do."""

    @web.after_request
    def fence(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def _ours() -> bool:
    given = request.form.get("csrf", "")
    return hmac.compare_digest(given, session.get("csrf", "-"))

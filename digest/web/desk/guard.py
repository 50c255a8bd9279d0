"""Who may come to the desk, what each may do there, and what its pages may do."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, session, url_for

from digest.model import Member, Rights
from digest.staff import me
from digest.web.desk.words import _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App

#: Names under which this machine reaches itself. Any other was put before us by somebody's DNS.
HOSTS = frozenset({"127.0.0.1", "localhost"})
#: What needs nobody's leave: our own files, and the ways in.
OPEN = frozenset({"static", "login", "join", "oidc", "oidc_back", "speak"})
#: What more than an editor's rights are needed for. A test holds that every page is accounted for.
NEEDS = dict.fromkeys(
    ("approve", "send", "schedule", "pause", "resume", "cancel"), Rights.APPROVER
) | dict.fromkeys(
    ("staff", "staff_add", "staff_role", "staff_reset", "staff_remove", "audit"), Rights.ADMIN
)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: Seconds that a login lasts: a working day (OWASP Session Management Cheat Sheet, "Absolute
#: Timeout": four to eight hours where people work all day; we add the lunch).
LASTS = 12 * 3600
#: Bytes of a form with an image, and of any other.
LARGEST_IMAGE, LARGEST_FORM = 15_000_000, 2_000_000
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def guard(web: Flask, app: "App", token: str) -> None:
    """Let in one browser by the token or, without one, those who log in; refuse forged forms."""
    url = app.settings.desk.url if not token else None
    secure = bool(url and url.startswith("https:"))
    web.secret_key = secrets.token_bytes(32) if token else _lasting(app)
    web.config.update(
        SESSION_COOKIE_NAME="digest_desk",
        SESSION_COOKIE_HTTPONLY=True,
        # Lax, not Strict: the bookmarklet and the provider's way back come from other sites, and
        # no GET acts
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        MAX_CONTENT_LENGTH=LARGEST_IMAGE,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
    )
    _hosts(web, HOSTS | ({urlsplit(url).hostname or ""} if url else set()))
    if token:
        _one_browser(web, token)
    known = _local if token else _hosted(app)

    @web.before_request
    def admit() -> "Answer | tuple[str, int] | None":
        session.setdefault("csrf", secrets.token_urlsafe(24))
        g.who = known()
        if g.who is None and request.endpoint not in OPEN:
            return _closed(bool(token))
        if request.method not in READING and not _ours():
            return _refused(
                _(
                    "This form did not come from the desk, or it lay there for long. Go back, load "
                    "the page anew, and send it again."
                )
            )
        needed = NEEDS.get(request.endpoint or "", Rights.EDITOR)
        if g.who and not g.who.role.cover(needed):
            return _refused(_("This takes the rights of an %(role)s.", role=needed))
        return None

    _fence(web, secure)
    web.context_processor(
        lambda: {"csrf": session.get("csrf", ""), "who": g.get("who"), "hosted": not token}
    )


def enter(member: Member, now: float) -> None:
    """Let a member in, with a session of their own."""
    spoken = session.get("language", "")
    session.clear()
    session.update(who=member.id, stamp=member.stamp, at=now, csrf=secrets.token_urlsafe(24))
    if spoken:
        session["language"] = spoken


def _one_browser(web: Flask, token: str) -> None:
    """Let in whoever brings the token first, and nobody after (as Jupyter does)."""
    left = [token]

    @web.before_request
    def first() -> "Answer | None":
        given = request.args.get("token", "").encode()
        if not (left and request.method == "GET" and hmac.compare_digest(given, left[0].encode())):
            return None
        left.clear()
        enter(_here(), 0)
        return redirect(request.path)


def _here() -> Member:
    return Member(0, me(), Rights.ADMIN)


def _local() -> Member | None:
    return _here() if session.get("who") == 0 else None


def _hosted(app: "App") -> Callable[[], Member | None]:
    def known() -> Member | None:
        number, stamp = session.get("who"), session.get("stamp", "")
        member = app.store.staff.get(number) if number else None
        young = app.clock().timestamp() - session.get("at", 0) < LASTS
        good = member and stamp and hmac.compare_digest(stamp, member.stamp)
        return member if young and good else None

    return known


def _lasting(app: "App") -> bytes:
    """Return what signs sessions: the same at every start, and in every process."""
    newest = app.store.subscribers.keys(app.clock())[-1]
    return hashlib.sha256(f"desk session {newest}".encode()).digest()


def _hosts(web: Flask, hosts: frozenset[str]) -> None:
    @web.before_request
    def here() -> None:
        if (urlsplit(f"//{request.host}").hostname or "") not in hosts:
            abort(421)


def _closed(local: bool) -> "Answer | tuple[str, int]":
    if local:
        return render_template("closed.html"), 403
    if request.method == "GET":
        return redirect(url_for("login", next=request.full_path.rstrip("?")))
    return _refused(_("Your login has ended. Log in in another tab, and send this again."))


def _refused(said: str) -> tuple[str, int]:
    return render_template("error.html", said=said, typed=request.form), 403


def _fence(web: Flask, secure: bool) -> None:
    """Tell browsers what a page of the desk may do."""

    @web.after_request
    def fence(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response


def _ours() -> bool:
    given = request.form.get("csrf", "").encode()
    return hmac.compare_digest(given, session.get("csrf", "-").encode())

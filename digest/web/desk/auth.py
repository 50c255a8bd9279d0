"""Who may come to the desk, what each may do there, and what its pages may do."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from itsdangerous import BadSignature, URLSafeSerializer

from digest.errors import TooManyTries
from digest.model import Member, Rights, fold_name
from digest.services.staff import me
from digest.web.desk.i18n import _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App

#: Names under which this machine reaches itself. Any other was put before us by somebody's DNS.
HOSTS = frozenset({"127.0.0.1", "localhost"})
#: What needs nobody's leave: our own files, and the ways in.
OPEN = frozenset({"static", "login", "join", "oidc", "oidc_back", "speak"})
#: What more than an editor's rights are needed for. A test holds that every page is accounted for.
NEEDS = (
    dict.fromkeys(
        ("approve", "send", "schedule", "pause", "resume", "cancel", "retry"),
        Rights.APPROVER,
    )
    | dict.fromkeys(("unapprove", "give_up"), Rights.APPROVER)
    | dict.fromkeys(
        ("confirm", "publish", "withdraw", "correct_page", "correct_page_do"),
        Rights.APPROVER,
    )
    | dict.fromkeys(
        ("staff", "staff_add", "staff_role", "staff_reset", "staff_remove", "audit"),
        Rights.ADMIN,
    )
)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: The cookie of a browser in which somebody has logged in, for half a year: it lets nobody in, but
#: its guesses are counted by themselves (OWASP, "Slow Down Online Guessing Attacks with Device
#: Cookies").
DEVICE, DEVICE_LASTS = "digest_device", 180 * 24 * 3600
LONG = 2 * 3600  #: seconds from which on a wait is told in hours
#: Bytes of a form with an image, and of any other.
LARGEST_IMAGE, LARGEST_FORM = 15_000_000, 2_000_000
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def guard(web: Flask, app: "App", token: str, once: str = "") -> None:
    """Let in by the token or, without one, those who log in; refuse forged forms.

    The token is good for as long as the desk is open, `once` for one browser.
    """
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
        _by_address(web, token, once)
    known = _local if token else _hosted(app)

    @web.before_request
    def admit() -> "Answer | tuple[str, int] | None":
        session.setdefault("csrf", secrets.token_urlsafe(24))
        g.who = known()
        if g.who is None and request.endpoint not in OPEN:
            return _closed(local=bool(token))
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

    _fence(web, secure=secure)
    web.context_processor(
        lambda: {
            "csrf": session.get("csrf", ""),
            "who": g.get("who"),
            "hosted": not token,
        }
    )


def enter(app: "App", member: Member) -> None:
    """Let a member in, with a session of their own; know this browser again.

    The session is a row of the database, so that it can be ended there.
    """
    _begin(who=member.id, stamp=member.stamp, key=app.staff.begin_session(member))
    name = fold_name(member.name)
    known = _devices().dumps([name, _device_nonce(name) or secrets.token_urlsafe(12)])

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            DEVICE,
            known,
            max_age=DEVICE_LASTS,
            path=url_for("login"),
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
        return response


def leave(app: "App") -> None:
    """End the session of this browser, here and in the database."""
    app.staff.end_session(session.get("key", ""))
    session.clear()


def too_many(e: TooManyTries) -> str:
    """Return in the reader's language what to say to who tries too often, and what they can do."""
    if e.busy:
        return _("Many people log in at this moment. Try again in some seconds.")
    if e.wait > LONG:
        return _(
            "Too many wrong codes. Try again in %(hours)s hours, or in another browser in which "
            "you have logged in here before; and an admin can reset your password.",
            hours=ceil(e.wait / 3600),
        )
    return _(
        "Too many wrong guesses. Try again in %(minutes)s minutes. If you have logged in here "
        "before in another browser, or from another place, it works there at once; and an admin "
        "can reset your password.",
        minutes=ceil(e.wait / 60),
    )


def refusal(e: TooManyTries) -> tuple[int, dict[str, str]]:
    """Return the status and headers of such an answer (RFC 6585, 4; RFC 9110, 15.6.4)."""
    return 503 if e.busy else 429, {"Retry-After": str(ceil(e.wait))}


def known_device(name: str) -> str:
    """Return what this browser is known by, if this name has logged in there before; else ""."""
    return _device_nonce(fold_name(name))


def _device_nonce(name: str) -> str:
    try:
        whose, nonce = _devices().loads(request.cookies.get(DEVICE, ""))
    except (BadSignature, ValueError, TypeError):
        return ""
    return str(nonce) if whose == name else ""


def _devices() -> URLSafeSerializer:
    key = current_app.secret_key or b""
    return URLSafeSerializer(
        key, "known device", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _begin(**values: object) -> None:
    """Begin a session anew: nothing of the one before stays but the language."""
    spoken = session.get("language", "")
    session.clear()
    session.update(values, csrf=secrets.token_urlsafe(24))
    if spoken:
        session["language"] = spoken


def _by_address(web: Flask, token: str, once: str) -> None:
    """Let in whoever brings the address that this desk printed.

    It is good until the desk ends, as Jupyter's is: who closed the browser comes in again. What
    the browser was started with is good once: other accounts of this machine see the words that
    a program was started with (man 5 proc: cmdline), and no more of it than that.
    """
    left = [once] if once else []

    @web.before_request
    def first() -> "Answer | None":
        given = request.args.get("token", "").encode()
        if request.method != "GET" or not given:
            return None
        is_first = bool(left) and hmac.compare_digest(given, left[0].encode())
        if is_first:
            left.clear()
        elif not hmac.compare_digest(given, token.encode()):
            return None
        _begin(who=0)
        return redirect(request.path)


def _here() -> Member:
    return Member(0, me(), Rights.ADMIN)


def _local() -> Member | None:
    return _here() if session.get("who") == 0 else None


def _hosted(app: "App") -> Callable[[], Member | None]:
    def known() -> Member | None:
        stamp, member = (
            session.get("stamp", ""),
            app.staff.in_session(session.get("key", "")),
        )
        good = member and stamp and hmac.compare_digest(stamp, member.stamp)
        return member if good else None

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


def _closed(*, local: bool) -> "Answer | tuple[str, int]":
    if local:
        return render_template("closed.html"), 403
    if request.method == "GET":
        return redirect(url_for("login", next=request.full_path.rstrip("?")))
    return _refused(
        _("Your login has ended. Log in in another tab, and send this again.")
    )


def _refused(said: str) -> tuple[str, int]:
    return render_template("error.html", said=said, typed=request.form), 403


def _fence(web: Flask, *, secure: bool) -> None:
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

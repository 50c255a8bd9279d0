"""Login sessions: begin and end them, and recognise browsers in which a member has logged in."""

import hashlib
import secrets

from flask import (
    Response,
    after_this_request,
    current_app,
    request,
    session,
)
from itsdangerous import BadSignature, URLSafeSerializer

from digest.model import Member, fold_name
from digest.web.current import app
from digest.web.newsletter_paths import url_in_newsletter

#: The cookie of a browser in which a member has logged in. It lets nobody in, but wrong guesses of
#: a password from there are counted apart (OWASP, "Slow Down Online Guessing Attacks with Device
#: Cookies").
DEVICE_COOKIE = "digest_device"
DEVICE_COOKIE_SECONDS = 180 * 24 * 3600


def begin_session(**values: object) -> None:
    """Begin a session with these values; of the one before only the language stays."""
    language = session.get("language", "")
    session.clear()
    session.update(values, csrf=secrets.token_urlsafe(24))
    if language:
        session["language"] = language


def log_member_in(member: Member) -> None:
    """Begin a member's session, and let this browser be recognised the next time.

    The session is also a row of the database, so that it can be ended there.
    """
    key = app.staff.begin_session(member)
    begin_session(who=member.id, stamp=member.stamp, key=key)
    name = fold_name(member.name)
    nonce = _device_nonce(name) or secrets.token_urlsafe(12)
    cookie = _device_serializer().dumps([name, nonce])

    @after_this_request
    def set_device_cookie(response: Response) -> Response:
        response.set_cookie(
            DEVICE_COOKIE,
            cookie,
            max_age=DEVICE_COOKIE_SECONDS,
            path=url_in_newsletter("", "login.log_in"),
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
        return response


def log_member_out() -> None:
    """End the session of this browser, here and in the database."""
    app.staff.end_session(session.get("key", ""))
    session.clear()


def known_device(name: str) -> str:
    """Return this browser's identifier if this member has logged in there before, else ""."""
    return _device_nonce(fold_name(name))


def _device_nonce(name: str) -> str:
    cookie = request.cookies.get(DEVICE_COOKIE, "")
    try:
        owner, nonce = _device_serializer().loads(cookie)
    except (BadSignature, ValueError, TypeError):
        return ""
    if owner != name:
        return ""
    return str(nonce)


def _device_serializer() -> URLSafeSerializer:
    key = current_app.secret_key or b""
    return URLSafeSerializer(
        key, "known device", signer_kwargs={"digest_method": hashlib.sha256}
    )

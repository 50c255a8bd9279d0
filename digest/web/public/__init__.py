"""What subscribers reach: signup, unsubscribe, preferences, the archive; and the provider's word.

GET changes nothing: link scanners follow every link in a mail. It may face the internet; the desk
may not.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from digest.errors import DigestError
from digest.web.public import archive, metrics, signup, unsubscribe, webhooks
from digest.web.public.i18n import speak
from digest.web.server import serve_hosted

if TYPE_CHECKING:
    from digest.app import App

#: Pages of the archive: no script at all, images from anywhere safe.
ARCHIVE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
LARGEST = 4_000  #: bytes of a form; the provider's events have a limit of their own
SWEEP = 3600  #: seconds between two looks at who never confirmed
DRAIN = 60  #: seconds between two looks at mails that are to be tried again

log = logging.getLogger("digest")


def public_app(app: "App") -> Flask:
    """Return the WSGI application that may face the internet."""
    web = Flask(__name__, static_url_path="/about")
    web.config["MAX_CONTENT_LENGTH"] = LARGEST
    speak(web, app.settings)
    for page in (signup, unsubscribe, archive, webhooks, metrics):
        page.add(web, app)
    _errors(web)
    _fence(web)
    return web


def body_limit(path: str) -> int:
    """Return how many bytes a body may have before it is read at all; pages refuse fewer."""
    if path == webhooks.PATH:
        return webhooks.LARGEST
    return 2 * LARGEST


def _errors(web: Flask) -> None:
    """Say what is wrong, in a page or to a program, and nothing of what is inside."""

    def said(text: str, code: int) -> tuple[str, int] | tuple[dict[str, str], int]:
        if request.is_json:
            return {"error": text}, code
        return render_template("said.html", heading=text), code

    @web.errorhandler(DigestError)
    def wrong(e: DigestError) -> tuple[str, int] | tuple[dict[str, str], int]:
        return said(str(e), 400)

    @web.errorhandler(HTTPException)
    def odd(e: HTTPException) -> tuple[str, int] | tuple[dict[str, str], int]:
        return said(f"{e.code} {e.name}", e.code or 500)


def _fence(web: Flask) -> None:
    @web.after_request
    def guard(response: Response) -> Response:
        archived = (request.endpoint or "").startswith("archive")
        # an answer that is no page of the archive has the style sheet of all others
        own_style = archived and response.status_code == 200
        if own_style:
            response.headers["Content-Security-Policy"] = ARCHIVE_POLICY
        else:
            response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if own_style:
            kept = "public, max-age=300"
        else:
            kept = "no-store"
        response.headers.setdefault("Cache-Control", kept)
        return response


def serve(app: "App", host: str, port: int, proxy: str) -> None:
    """Serve whom a proxy lets through, until told to stop."""
    for work in (sweep, drain):
        threading.Thread(target=work, args=(app, time.sleep), daemon=True).start()
    serve_hosted(public_app(app), host, port, proxy, body_limit)


def sweep(app: "App", pause: Callable[[float], object]) -> None:
    """Forget who asked for mail and never confirmed: they have not agreed to be kept."""
    while True:
        try:
            app.joining.forget()
        except DigestError as e:  # the database is away: the next time, then
            log.warning("who never confirmed is not forgotten yet: %s", e)
        pause(SWEEP)


def drain(app: "App", pause: Callable[[float], object]) -> None:
    """Try confirmations and welcomes again that no mail server took, as long as they are good."""
    while True:
        try:
            app.joining.mail_waiting()
        except DigestError as e:  # the database is away: the next time, then
            log.warning("mails that wait are not looked up yet: %s", e)
        pause(DRAIN)

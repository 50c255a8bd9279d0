"""Public application: signup, unsubscribing, preferences, the archive, webhooks, metrics.

It may face the internet; the desk may not. A GET changes nothing: link scanners follow every link
in a mail.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from digest.errors import DigestError
from digest.web.current import choose_root, serve_workspace
from digest.web.newsletter_paths import add_newsletter_paths, limit_bodies
from digest.web.public import archive, metrics, signup, unsubscribe, webhooks
from digest.web.public.i18n import add_translations
from digest.web.server import serve_hosted

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.app import App

BLUEPRINTS = (
    signup.blueprint,
    unsubscribe.blueprint,
    archive.blueprint,
    webhooks.blueprint,
    metrics.blueprint,
)
#: For pages of the archive: no scripts, images from anywhere by https.
ARCHIVE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MAX_FORM_BYTES = 4_000  #: webhooks have a limit of their own
#: between two deletions of requests that were never confirmed
FORGET_SECONDS = 3600
MAIL_SECONDS = 60  #: between two attempts to mail what waits

log = logging.getLogger("digest")


def create_public_app(app: "App") -> Flask:
    """Return the WSGI application that may face the internet."""
    web = Flask(__name__, static_url_path="/about")
    web.config["MAX_CONTENT_LENGTH"] = MAX_FORM_BYTES
    serve_workspace(web, choose_root(archive.list_public_apps(app) or [app]))
    add_translations(web)
    for blueprint in BLUEPRINTS:
        web.register_blueprint(blueprint)
    web.register_error_handler(DigestError, _answer_digest_error)
    web.register_error_handler(HTTPException, _answer_http_error)
    web.after_request(_add_headers)
    add_newsletter_paths(web, _public_keys_of(app))
    return web


def body_limit(path: str) -> int:
    """Return how many bytes a body may have before it is read at all; views refuse fewer."""
    if path == webhooks.PATH:
        return webhooks.MAX_BODY_BYTES
    return 2 * MAX_FORM_BYTES


def serve_public_app(app: "App", host: str, port: int, proxy: str) -> None:
    """Serve the clients of a proxy, and do due work meanwhile, until stopped."""
    for repeat in (delete_unconfirmed_signups, mail_waiting_notices):
        threading.Thread(
            target=repeat, args=(app, time.sleep), daemon=True
        ).start()
    limit = limit_bodies(body_limit, _public_keys_of(app))
    serve_hosted(create_public_app(app), host, port, proxy, limit)


def delete_unconfirmed_signups(
    app: "App", pause: Callable[[float], object]
) -> None:
    """Delete again and again who asked for mail and never confirmed: they did not agree."""
    while True:
        try:
            app.signup.forget_unconfirmed()
        except (
            DigestError
        ) as error:  # the database is away: the next time, then
            log.warning("who never confirmed is not forgotten yet: %s", error)
        pause(FORGET_SECONDS)


def mail_waiting_notices(app: "App", pause: Callable[[float], object]) -> None:
    """Mail again and again the confirmations and welcomes that no mail server accepted yet."""
    while True:
        try:
            app.signup.send_waiting_mails()
        except (
            DigestError
        ) as error:  # the database is away: the next time, then
            log.warning("mails that wait are not looked up yet: %s", error)
        pause(MAIL_SECONDS)


def _answer_digest_error(error: DigestError) -> "ResponseReturnValue":
    return _answer_error(str(error), 400)


def _answer_http_error(error: HTTPException) -> "ResponseReturnValue":
    return _answer_error(f"{error.code} {error.name}", error.code or 500)


def _answer_error(message: str, status: int) -> "ResponseReturnValue":
    """Return a page for people or JSON for programs, with nothing of the program's inside."""
    if request.is_json:
        return {"error": message}, status
    return render_template("said.html", heading=message), status


def _add_headers(response: Response) -> Response:
    # an error in the archive is shown in the style of the other pages
    is_archive_page = (
        request.blueprint == "archive" and response.status_code == 200
    )
    policy = POLICY
    caching = "no-store"
    if is_archive_page:
        policy = ARCHIVE_POLICY
        caching = "public, max-age=300"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", caching)
    return response


def _public_keys_of(app: "App") -> list[str]:
    """Return the keys of newsletters; an internal one's is an address like any that is nothing."""
    return [
        one.settings.newsletter.key for one in archive.list_public_apps(app)
    ]

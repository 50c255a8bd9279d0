"""The desk: from the week's finds to an approved and sent edition, in the browser.

Staff only: on one's own machine for who brings the token, hosted for those who log in. GET changes
nothing; each change is a form that works without JavaScript, stored as it is made.
"""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from digest.errors import (
    Conflict,
    DigestError,
    LoginRefused,
    NotFound,
    SettingsError,
    TooManyTries,
)
from digest.web.desk import (
    bookmarklet,
    edition,
    history,
    oidc,
    preview,
    seeing,
    sending,
    sent,
    staff,
    status,
    stories,
    waiting,
)
from digest.web.desk.auth import LARGEST_FORM, LARGEST_IMAGE, guard, refusal, too_many
from digest.web.desk.i18n import LANGUAGES, _, add_words, language
from digest.web.desk.page_request import parse_day
from digest.web.local_server import serve_locally
from digest.web.server import serve_hosted

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App

#: Where the desk is, so that a bookmarklet finds it again; any free port where this one is taken.
PORT = 8480
#: What those reach who have not logged in, and the bytes of a form there.
OPEN_PATHS = "/login", "/join/", "/oidc", "/speak"
LARGEST_LOGIN = 16_000


def desk_app(
    app: "App", token: str = "", sends: sending.Sends | None = None, once: str = ""
) -> Flask:
    """Return the desk as a WSGI application.

    Whoever brings the token is let in, as an admin, or brings `once` before anybody else did;
    without a token people must log in. Raises SettingsError if they were to log in by a provider
    that cannot be asked.
    """
    web = Flask(__name__)
    add_words(web, ZoneInfo(app.settings.newsletter.time_zone))
    guard(web, app, token, once)
    for page in (
        stories,
        bookmarklet,
        edition,
        preview,
        history,
        status,
        staff,
        sent,
        seeing,
        waiting,
    ):
        page.add(web, app)
    sending.add(web, app, sends or sending.Sends(app))
    if not token:
        oidc.add(web, app)
    _home(web, app)
    _errors(web)
    web.context_processor(lambda: {"language": language(), "languages": LANGUAGES})
    return web


def _home(web: Flask, app: "App") -> None:
    from digest.edition import next_date

    @web.get("/")
    def home() -> "str | Answer":
        day = next_date(app.settings.newsletter, app.clock())
        if app.store.editions.source(day) is not None:
            return redirect(url_for("finds", day=day))
        return render_template(
            "begin.html", next_day=day, editions=app.store.editions.dates()[:12]
        )

    @web.post("/begin")
    def begin() -> "Answer":
        day = parse_day(request.form.get("day", ""))
        if app.store.editions.source(day) is None:
            app.filling.draft(day)
        return redirect(url_for("finds", day=day), 303)


def _errors(web: Flask) -> None:
    """Say what is wrong, and lose nothing that was typed."""

    def page(said: str, code: int) -> tuple[str, int]:
        return render_template("error.html", said=said, typed=request.form), code

    @web.errorhandler(Conflict)
    def conflict(e: Conflict) -> tuple[str, int]:
        return render_template("conflict.html", error=e), 409

    @web.errorhandler(NotFound)
    def missing(e: NotFound) -> tuple[str, int]:
        return page(str(e), 404)

    @web.errorhandler(TooManyTries)
    def often(e: TooManyTries) -> tuple[str, int, dict[str, str]]:
        code, headers = refusal(e)
        return page(too_many(e), code)[0], code, headers

    @web.errorhandler(LoginRefused)
    def refused(e: LoginRefused) -> tuple[str, int]:
        return page(str(e), 403)

    @web.errorhandler(DigestError)
    @web.errorhandler(SettingsError)
    def wrong(e: Exception) -> tuple[str, int]:
        return page(str(e), 400)

    @web.errorhandler(HTTPException)
    def odd(e: HTTPException) -> tuple[str, int]:
        said = {404: _("There is no such page."), 413: _("That is too large.")}
        code = e.code or 500
        return page(said.get(code, f"{code} {e.name}"), code)


def serve(
    app: "App",
    port: int,
    say: Callable[[str], None],
    day: date | None = None,
    *,
    open_browser: bool,
) -> None:
    """Serve whoever sits at this machine until interrupted; open their browser first if asked.

    With a day, the desk is opened at the preview of its edition.
    """
    sends = sending.Sends(app)
    token = secrets.token_urlsafe(24)
    once = secrets.token_urlsafe(24)
    web = desk_app(app, token, sends, once)
    _keep_time(sends)
    if day:
        path = f"/{day}/preview"
    else:
        path = "/"
    what = "the desk: {}  (for you alone, as often as you like, until Ctrl-C ends it)"
    if open_browser:
        first = f"{path}?token={once}"
    else:
        first = ""
    serve_locally(
        web, f"{path}?token={token}", port or PORT, say, what, browser_path=first
    )


def host(
    app: "App", address: str, port: int, proxy: str, say: Callable[[str], None]
) -> None:
    """Serve the desk for those who log in, until told to stop. Raises DigestError, SettingsError.

    Of who asks, a proxy's word is believed, and nobody else's.
    """
    if not app.store.staff.everybody():
        raise DigestError(
            "nobody could log in; first `digest staff add NAME --role admin`"
        )
    if app.settings.desk.url is None:
        raise SettingsError(
            ["feeds.yaml: desk.url is missing: where is the desk reached?"]
        )
    sends = sending.Sends(app)
    web = desk_app(app, sends=sends)
    _keep_time(sends)
    say(
        f"the desk listens on http://{address}:{port or PORT}, for {app.settings.desk.url}"
    )
    serve_hosted(web, address, port or PORT, proxy, body_limit)


def body_limit(path: str) -> int:
    """Return how many bytes a body may have before it is read at all; pages refuse fewer."""
    if path.endswith(("/picture", "/lead")):
        return 2 * LARGEST_IMAGE  # so that a page says what is too large
    if path.startswith(OPEN_PATHS):
        return LARGEST_LOGIN
    return LARGEST_FORM


def _keep_time(sends: sending.Sends) -> None:
    threading.Thread(target=sends.keep_time, args=(time.sleep,), daemon=True).start()

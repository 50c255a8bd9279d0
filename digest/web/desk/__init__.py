"""The desk: from the week's finds to an approved and sent edition, in the browser.

Staff only, on this machine only. GET changes nothing; each change is a form that works without
JavaScript, and is stored as it is made.
"""

import secrets
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from flask import Flask, redirect, render_template, request, url_for

from digest.errors import Conflict, DigestError, NotFound, SettingsError
from digest.web.desk import edition, finds, look, sending
from digest.web.desk.guard import guard
from digest.web.local import serve_here

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App


def desk_app(app: "App", token: str) -> Flask:
    """Return the desk as a WSGI application; whoever brings the token first is let in."""
    web = Flask(__name__)
    guard(web, token)
    for part in (finds, edition, look, sending):
        part.add(web, app)
    _home(web, app)
    _errors(web)
    return web


def _home(web: Flask, app: "App") -> None:
    from digest.edition import next_date

    @web.get("/")
    def home() -> "str | Answer":
        day = next_date(app.settings.newsletter, app.clock())
        if app.store.editions.source(day) is not None:
            return redirect(url_for("finds", day=day))
        return render_template("begin.html", day=day, editions=app.store.editions.dates()[:12])

    @web.post("/begin")
    def begin() -> "Answer":
        day = date.fromisoformat(request.form["day"])
        if app.store.editions.source(day) is None:
            app.draft(day)
        return redirect(url_for("finds", day=day), 303)


def _errors(web: Flask) -> None:
    """Say what is wrong, and lose nothing that was typed."""

    @web.errorhandler(Conflict)
    def conflict(e: Conflict) -> tuple[str, int]:
        return render_template("conflict.html", error=e), 409

    @web.errorhandler(NotFound)
    @web.errorhandler(404)
    def missing(e: Exception) -> tuple[str, int]:
        said = str(e) if isinstance(e, NotFound) else "There is no such page."
        return render_template("error.html", said=said, typed=request.form), 404

    @web.errorhandler(DigestError)
    @web.errorhandler(SettingsError)
    def wrong(e: Exception) -> tuple[str, int]:
        return render_template("error.html", said=str(e), typed=request.form), 400


def serve(app: "App", port: int, open_it: bool, say: Callable[[str], None]) -> None:
    """Serve the desk until interrupted; open the browser first if asked."""
    token = secrets.token_urlsafe(24)
    web = desk_app(app, token)
    what = "the desk: {}  (lets one browser in; Ctrl-C ends it)"
    serve_here(web, f"/?token={token}", port, open_it, say, what)

"""The live preview of one edition, on this machine only."""

import re
import secrets
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, render_template

from digest.errors import DigestError, SettingsError
from digest.web.local import serve_here

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Build

#: The mail may show pictures from anywhere; nothing in it runs.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; sandbox"
NO_IMAGES = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; connect-src 'self'"
)


def preview_app(render: Callable[[], "Build"], key: str) -> Flask:
    """Return the preview as a WSGI application under /<key>/.

    `render` is called for every view, so that each shows the bytes as they are now.
    """
    web = Flask(__name__, static_url_path=f"/{key}/static")

    @web.get(f"/{key}/")
    def frame() -> Response:
        try:
            subject = render().letter.subject
        except (DigestError, SettingsError):
            subject = "preview"
        return _answer(render_template("preview.html", subject=subject), "text/html", PAGE_POLICY)

    @web.get(f"/{key}/version")
    def version() -> Response:
        try:
            return _answer(render().content_hash, "text/plain", MAIL_POLICY)
        except (DigestError, SettingsError) as e:
            return _answer(f"error: {e}", "text/plain", MAIL_POLICY)

    @web.get(f"/{key}/view/<kind>")
    def view(kind: str) -> Response:
        try:
            return document(kind, render()) or abort(404)
        except (DigestError, SettingsError) as e:
            return _answer(str(e), "text/plain", MAIL_POLICY)

    @web.get(f"/{key}/images/<name>")
    def image(name: str) -> Response:
        return picture(render(), name) or abort(404)

    return web


def document(kind: str, built: "Build") -> Response | None:
    """Return a built edition as one kind of reader sees it; None if there is no such kind."""
    views = {"mail": built.html, "dark": _darkened(built.html), "off": built.html}
    views |= {"text": built.text, "page": built.page}
    if kind not in views:
        return None
    media = "text/plain" if kind == "text" else "text/html"
    policy = NO_IMAGES if kind == "off" else MAIL_POLICY
    return _answer(_local(views[kind], built), media, policy)


def picture(built: "Build", name: str) -> Response | None:
    """Return an image of a built edition by the name that `document` gives it, or None."""
    found = next((p for p in built.pictures if f"{p.key}-{p.name}" == name), None)
    return Response(found.content, mimetype=found.media) if found else None


def serve(app: "App", day: date, port: int, open_it: bool, say: Callable[[str], None]) -> None:
    """Serve the preview until interrupted; open the browser first if asked."""
    key = secrets.token_urlsafe(16)
    web = preview_app(lambda: fresh(app, day), key)
    what = f"preview of {day}: {{}}  (Ctrl-C ends it)"
    serve_here(web, f"/{key}/", port, open_it, say, what)


def fresh(app: "App", day: date) -> "Build":
    """Render with feeds.yaml as it is now."""
    from digest.app import App
    from digest.settings import load

    with App(load(app.workspace.folder), app.clock) as now:
        return now.render(day)


def _darkened(html: str) -> str:
    """Show what a client in dark mode shows: browsers cannot be asked for it in a frame."""
    dark = html.replace("@media (prefers-color-scheme: dark)", "@media all")
    return dark.replace("<head>", '<head><meta name="color-scheme" content="dark">', 1)


def _local(text: str, built: "Build") -> str:
    """Let images come from here: readers will fetch them from `digest serve`, once it is sent."""
    for picture in built.pictures:
        address = re.compile(rf"https?://[^\"\s]*/images/{picture.key}/{re.escape(picture.name)}")
        text = address.sub(f"../images/{picture.key}-{picture.name}", text)
    return text


def _answer(text: str, media: str, policy: str) -> Response:
    response = Response(text, content_type=f"{media}; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = "no-store"
    return response

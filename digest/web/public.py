"""What subscribers reach. GET changes nothing: link scanners follow every link in a mail."""

from typing import TYPE_CHECKING

from flask import Flask, Response, abort, render_template_string, request
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from digest.app import App

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ heading }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<style>body{font:18px/1.5 sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}
button{font:inherit;padding:.6rem 1.2rem}</style></head>
<body><main><h1>{{ heading }}</h1><p>{{ text }}</p>
{% if ask %}<form method="post"><button>Unsubscribe</button></form>{% endif %}
</main></body></html>"""

#: Pages of the archive: no script at all, images from anywhere safe.
ARCHIVE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


def public_app(app: "App") -> Flask:
    """Return the WSGI application that may face the internet."""
    web = Flask(__name__)
    web.config["MAX_CONTENT_LENGTH"] = 1024
    title = app.settings.newsletter.title

    @web.get("/u/<token>")
    def ask(token: str) -> str:  # noqa: ARG001 - any token gets the same page
        text = f"Do you want to stop receiving {title}?"
        return render_template_string(PAGE, heading=title, text=text, ask=True)

    @web.post("/u/<token>")
    def leave(token: str) -> tuple[str, int]:
        # RFC 8058, 3.2: acts at once, without cookies, login or redirect, and may be repeated.
        request.get_data()
        if not app.unsubscribe(token):
            text = "This link is not complete. Please use the one in your latest mail."
            return render_template_string(PAGE, heading=title, text=text, ask=False), 404
        text = f"You will not receive {title} any more."
        return render_template_string(PAGE, heading="Unsubscribed", text=text, ask=False), 200

    _archive(web, app)
    _images(web, app)

    @web.after_request
    def guard(response: Response) -> Response:
        archived = (request.endpoint or "").startswith("archive")
        response.headers["Content-Security-Policy"] = ARCHIVE_POLICY if archived else POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        kept = "public, max-age=300" if archived and response.status_code == 200 else "no-store"
        response.headers.setdefault("Cache-Control", kept)
        return response

    return web


def _archive(web: Flask, app: "App") -> None:
    """Add what anybody may read: the editions that are out, their list, their feed."""
    from digest.render import archive_page, atom_feed

    @web.get("/", endpoint="archive_list")
    def listed() -> str:
        return archive_page(app.published(), app.settings, app.workspace.templates)

    @web.get("/feed.atom", endpoint="archive_feed")
    def feed() -> Response:
        text = atom_feed(app.published(), app.settings, app.workspace.templates)
        return Response(text, mimetype="application/atom+xml")

    @web.get("/<day>/", endpoint="archive_edition")
    def edition(day: str) -> tuple[str, int]:
        out = {d.isoformat(): d for d in app.out()}
        if day not in out:
            text = "There is no edition of that day here."
            title = app.settings.newsletter.title
            return render_template_string(PAGE, heading=title, text=text, ask=False), 404
        return app.page(out[day]), 200


def _images(web: Flask, app: "App") -> None:
    """Add the images of editions; an address names the very bytes, so that it never changes."""

    @web.get("/images/<key>/<name>", endpoint="archive_image")
    def image(key: str, name: str) -> Response:
        found = app.store.editions.picture(key)
        if found is None or found.name != name:
            abort(404)
        response = Response(found.content, mimetype=found.media)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class Silent(WSGIRequestHandler):
    """Logs no request: their addresses hold tokens."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def serve(app: "App", host: str, port: int) -> None:
    """Serve until interrupted."""
    make_server(host, port, public_app(app), threaded=True, request_handler=Silent).serve_forever()

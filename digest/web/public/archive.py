"""What anybody may read: the editions that are out, their list, their feed, their images."""

from datetime import date
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, redirect, render_template, request

from digest.errors import NotFound

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add the archive."""
    from digest.render import archive_page, atom_feed

    @web.get("/", endpoint="archive_list")
    def listed() -> str:
        return archive_page(
            app.publishing.editions(), app.settings, app.workspace.templates
        )

    @web.get("/feed.atom", endpoint="archive_feed")
    def feed() -> Response:
        text = atom_feed(
            app.publishing.editions(), app.settings, app.workspace.templates
        )
        return Response(text, mimetype="application/atom+xml")

    @web.get("/<day>/", endpoint="archive_edition")
    def edition(day: str) -> tuple[str, int]:
        try:
            return app.publishing.page(date.fromisoformat(day)), 200
        except (NotFound, ValueError):
            return render_template("no_edition.html"), 404

    @web.get("/<day>/version/<int:number>/", endpoint="archive_version")
    def version(day: str, number: int) -> Response:
        try:
            response = Response(app.publishing.version(date.fromisoformat(day), number))
        except (NotFound, ValueError):
            return Response(render_template("no_edition.html"), status=404)
        response.headers["X-Robots-Tag"] = "noindex"  # what holds is the corrected page
        return response

    _images(web, app)
    _counted(web, app)


def _counted(web: Flask, app: "App") -> None:
    """Add the way past the counter, for editions whose links are counted.

    It leads nowhere but to stories of that edition, and keeps nothing of who goes there.
    """

    @web.get("/<day>/to/<int:place>", endpoint="follow")
    def follow(day: str, place: int) -> "Answer":
        try:
            # a look ahead (HEAD) is nobody's reading
            url = app.readers.follow(
                date.fromisoformat(day), place, counts=request.method == "GET"
            )
        except (NotFound, ValueError):
            abort(404)
        return redirect(url)


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

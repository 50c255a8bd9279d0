"""Archive: published editions, their list, their Atom feed, their images, their counted links."""

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request

from digest.errors import NotFound
from digest.web.current import app

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


blueprint = Blueprint("archive", __name__)


@blueprint.get("/")
def list_editions() -> str:
    """List the published editions."""
    from digest.render import archive_page

    editions = app.publishing.list_public_editions()
    return archive_page(editions, app.settings, app.workspace.templates_folder)


@blueprint.get("/feed.atom")
def show_feed() -> Response:
    """Return the published editions as an Atom feed."""
    from digest.render import atom_feed

    editions = app.publishing.list_public_editions()
    feed = atom_feed(editions, app.settings, app.workspace.templates_folder)
    return Response(feed, mimetype="application/atom+xml")


@blueprint.get("/<day>/")
def show_edition(day: str) -> "ResponseReturnValue":
    """Show an edition, corrected if it was."""
    try:
        return app.publishing.render_page(date.fromisoformat(day))
    except (NotFound, ValueError):
        return _no_edition_page()


@blueprint.get("/<day>/version/<int:number>/")
def show_earlier_version(day: str, number: int) -> "ResponseReturnValue":
    """Show an edition as it was before a correction."""
    try:
        page = app.publishing.render_version(date.fromisoformat(day), number)
    except (NotFound, ValueError):
        return _no_edition_page()
    # search engines are to show the corrected page
    return page, {"X-Robots-Tag": "noindex"}


@blueprint.get("/<day>/to/<int:place>")
def follow_link(day: str, place: int) -> "ResponseReturnValue":
    """Count a click on an edition's link and redirect to its story; nothing about the person is stored."""
    # a HEAD request is made by programs, not by readers
    is_click = request.method == "GET"
    try:
        url = app.clicks.follow_link(
            date.fromisoformat(day), place, counts=is_click
        )
    except (NotFound, ValueError):
        abort(404)
    return redirect(url)


@blueprint.get("/images/<key>/<name>")
def show_image(key: str, name: str) -> Response:
    """Return an edition's image; its address contains its hash, so that it never changes."""
    picture = app.editions.find_picture(key)
    if picture is None or picture.name != name:
        abort(404)
    response = Response(picture.content, mimetype=picture.media)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _no_edition_page() -> "ResponseReturnValue":
    return render_template("no_edition.html"), 404

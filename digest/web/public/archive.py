"""Archive: published editions, their list, their Atom feed, their images, their counted links.

Of an internal newsletter nothing is here but its images, which its mails show.
"""

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request

from digest.errors import NotFound
from digest.web.current import app
from digest.web.newsletter_paths import named_newsletter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.app import App


#: The newest editions have their whole text in the feed: readers poll it, and it stays light.
MAX_FULL_ENTRIES = 20

blueprint = Blueprint("archive", __name__)


@blueprint.before_request
def hide_internal() -> None:
    """Answer nothing about an internal newsletter, as if there were none."""
    is_image = request.endpoint == "archive.show_image"
    if app.settings.newsletter.is_internal and not is_image:
        abort(404)


@blueprint.get("/")
def list_editions() -> str:
    """List the published editions; where there are several newsletters, list these first."""
    from digest.render import archive_page

    public_apps = list_public_apps(app)
    if len(public_apps) > 1 and not named_newsletter():
        return _list_newsletters(public_apps)
    editions = app.publishing.list_public_editions()
    return archive_page(editions, app.settings, app.workspace.templates_folder)


@blueprint.get("/feed.atom")
def show_feed() -> Response:
    """Return the published editions as an Atom feed."""
    from digest.render import atom_feed

    editions = app.publishing.list_public_editions()
    newest = [one.edition.date for one in editions[:MAX_FULL_ENTRIES]]
    pages = {day: app.publishing.render_page(day) for day in newest}
    feed = atom_feed(
        editions, app.settings, app.workspace.templates_folder, pages
    )
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


def list_public_apps(workspace: "App") -> "list[App]":
    """Return the services for each newsletter that anybody may read."""
    return [
        one
        for one in workspace.newsletters
        if not one.settings.newsletter.is_internal
    ]


def _list_newsletters(public_apps: "list[App]") -> str:
    """Return the page that lists the newsletters."""
    from digest.render import ListedNewsletter, front_page

    listed = []
    for one in public_apps:
        editions = one.publishing.list_public_editions()
        newest = next(iter(editions), None)
        listed.append(ListedNewsletter(one.settings, newest))
    return front_page(listed, app.settings, app.workspace.templates_folder)


def _no_edition_page() -> "ResponseReturnValue":
    return render_template("no_edition.html"), 404

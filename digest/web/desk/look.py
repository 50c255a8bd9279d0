"""Looking at the edition: the very bytes that would leave, and what should be mended first."""

from typing import TYPE_CHECKING

from flask import Flask, Response, abort, render_template, request

from digest.web.desk.finds import parse_day
from digest.web.preview import document, picture

if TYPE_CHECKING:
    from digest.app import App

VIEWS = {
    "mail": "Desktop",
    "phone": "Phone",
    "dark": "Dark",
    "off": "Images off",
    "text": "Plain text",
    "page": "Web page",
}


def add(web: Flask, app: "App") -> None:
    """Add preview and preflight."""

    @web.get("/<day>/preview", endpoint="preview")
    def preview(day: str) -> str:
        kind = request.args.get("view", "mail")
        if kind not in VIEWS:
            abort(404)
        on = parse_day(day)
        subject = app.render(on).letter.subject
        return render_template(
            "look.html", day=on, here="preview", views=VIEWS, kind=kind, subject=subject
        )

    @web.get("/<day>/view/<kind>", endpoint="view")
    def view(day: str, kind: str) -> Response:
        shown = document("mail" if kind == "phone" else kind, app.render(parse_day(day)))
        return shown or abort(404)

    @web.get("/<day>/images/<name>", endpoint="image")
    def image(day: str, name: str) -> Response:
        return picture(app.render(parse_day(day)), name) or abort(404)

    @web.get("/<day>/check", endpoint="check")
    def check(day: str) -> str:
        on, links = parse_day(day), "links" in request.args
        found = app.checks.findings(on, links)
        return render_template("check.html", day=on, here="check", found=found, links=links)

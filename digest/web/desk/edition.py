"""The edition: order, words, leads, images; each change stored as it is made."""

import re
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.utils import secure_filename

from digest.edition import escape
from digest.errors import PictureUnfit
from digest.model import Edition, Lead, Pick
from digest.web.desk.i18n import _
from digest.web.desk.page_request import back, number, parse_day, part, table, typed
from digest.web.desk.preview import panel
from digest.web.desk.seeing import news

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as Answer

    from digest.app import App

STEPS = {"up": -1, "down": 1}
HEAD = ("subject", "preheader")
FIELDS = ("headline", "outlet", "note", "quote", "gift")
LEAD = ("headline", "dek", "body")


def add(web: Flask, app: "App") -> None:
    """Add the page of the edition, and what is done there."""

    @web.get("/<day>/edition", endpoint="edition")
    def page(day: str) -> "str | Answer":
        on = parse_day(day)
        if not app.publishing.status(on).is_draft:
            return redirect(url_for("sent", day=day))
        return render_template(
            "edition.html",
            day=on,
            here="edition",
            edition=table(app).edition(on),
            org=app.settings.organisation.name,
            originals=table(app).originals(on),
            **news(app, on),
            **panel(app, on),
        )

    for more in (_words, _order, _leads, _pictures):
        more(web, app)


def _words(web: Flask, app: "App") -> None:
    @web.post("/<day>/head", endpoint="head")
    def head(day: str) -> "Answer":
        table(app).head(parse_day(day), *typed(*HEAD))
        edition = table(app).edition(parse_day(day))
        return _stored(day, "head", {name: getattr(edition, name) for name in HEAD})

    @web.post("/<day>/story", endpoint="story")
    def story(day: str) -> "Answer":
        on = parse_day(day)
        url = request.form.get("url", "")
        table(app).say(on, url, *typed(*FIELDS))
        pick = _pick(table(app).edition(on), url)
        if pick:
            stored = {name: getattr(pick, name) for name in FIELDS}
        else:
            stored = {}
        return _stored(day, request.form.get("anchor", "stories"), stored)


def _order(web: Flask, app: "App") -> None:
    @web.post("/<day>/move", endpoint="move")
    def move(day: str) -> "Answer":
        form = request.form
        on = parse_day(day)
        url, section, to = (form.get(name, "") for name in ("url", "section", "to"))
        if to == "out":
            table(app).drop(on, url)
        elif to in STEPS:
            table(app).shift(on, url, section, STEPS[to])
        else:
            table(app).move(on, url, section, number("to"))
        return back("edition", day, form.get("anchor", "stories"))


def _leads(web: Flask, app: "App") -> None:
    @web.post("/<day>/lead", endpoint="lead")
    def lead(day: str) -> "Answer":
        form = request.form
        on = parse_day(day)
        at = number("number")
        was = _lead(form, "was_")
        if "drop" in form:
            new = None
        else:
            new = _lead(_with_image(app, form), "")
        table(app).write(on, at, new, was)
        if new:
            stored = {name: getattr(new, name) for name in LEAD}
        else:
            stored = {}
        return _stored(day, f"lead{at}", stored)


def _pictures(web: Flask, app: "App") -> None:
    @web.post("/<day>/picture", endpoint="picture")
    def picture(day: str) -> Response:
        parse_day(day)
        return jsonify(line=_picture_line(app))


def _with_image(app: "App", form: "Mapping[str, str]") -> "Mapping[str, str]":
    """Put an image that was sent along behind the text."""
    sent = request.files.get("image")
    if not sent or not sent.filename:
        return form
    return dict(form) | {
        "body": f"{form.get('body', '').rstrip()}\n\n{_picture_line(app)}"
    }


def _picture_line(app: "App") -> str:
    """Put the image of the form into images/; return the line for a lead. Raises PictureUnfit."""
    sent = request.files.get("image")
    alt = " ".join(request.form.get("alt", "").split())
    if not sent or not sent.filename:
        raise PictureUnfit(_("Choose an image first."))
    if not alt:
        raise PictureUnfit(
            _("Say what is to be seen on the image, for who cannot see it.")
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / (secure_filename(sent.filename) or "image")
        with closing(sent):
            sent.save(file)
        found = app.files.picture(file)
    return f"![{escape(alt)}](images/{found.name})"


def _lead(form: "Mapping[str, str]", prefix: str) -> Lead | None:
    headline, dek = (
        " ".join(form.get(prefix + n, "").split()) for n in ("headline", "dek")
    )
    body = re.sub(r"\r\n?", "\n", form.get(f"{prefix}body", "")).strip("\n").rstrip()
    if headline or dek or body:
        return Lead(headline, dek, body)
    return None


def _pick(edition: Edition, url: str) -> Pick | None:
    return next((p for s in edition.sections for p in s.picks if p.url == url), None)


def _stored(day: str, anchor: str, stored: dict[str, str]) -> "Answer":
    """Answer a script with what stands there now, a person with the page."""
    if part():
        return jsonify(stored=stored, edition=url_for("edition", day=day))
    return back("edition", day, anchor, _("Stored."))

"""The edition: order, words, leads; each change stored as it is made."""

from typing import TYPE_CHECKING

from flask import Flask, redirect, render_template, request, url_for

from digest.model import Lead
from digest.web.desk.finds import parse_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as Answer

    from digest.app import App

STEPS = {"up": -1, "down": 1}
FIELDS = ("headline", "outlet", "note", "quote", "gift")


def add(web: Flask, app: "App") -> None:
    """Add the page of the edition, and what is done there."""

    @web.get("/<day>/edition", endpoint="edition")
    def page(day: str) -> str:
        on = parse_day(day)
        return render_template(
            "edition.html",
            day=on,
            here="edition",
            edition=app.desk.edition(on),
            org=app.settings.organisation.name,
            originals=app.desk.originals(on),
            changes=app.store.editions.revisions(on),
        )

    @web.post("/<day>/head", endpoint="head")
    def head(day: str) -> "Answer":
        app.desk.head(parse_day(day), *_typed("subject", "preheader"))
        return _back(day, "head")

    @web.post("/<day>/story", endpoint="story")
    def story(day: str) -> "Answer":
        app.desk.say(parse_day(day), request.form["url"], *_typed(*FIELDS))
        return _back(day, request.form.get("anchor", "stories"))

    @web.post("/<day>/move", endpoint="move")
    def move(day: str) -> "Answer":
        form = request.form
        on, url, section, to = parse_day(day), form["url"], form["section"], form["to"]
        if to == "out":
            app.desk.drop(on, url)
        elif to in STEPS:
            app.desk.shift(on, url, section, STEPS[to])
        else:
            app.desk.move(on, url, section, int(to))
        return _back(day, form.get("anchor", "stories"))

    @web.post("/<day>/lead", endpoint="lead")
    def lead(day: str) -> "Answer":
        form = request.form
        new, was = _lead(form, ""), _lead(form, "was_")
        number = int(form["number"])
        app.desk.write(parse_day(day), number, None if "drop" in form else new, was)
        return _back(day, f"lead{number}")


def _typed(*names: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was typed into the fields of a form, and what the editor had seen there."""
    said = {n: request.form[n] for n in names if n in request.form}
    return said, {n: request.form.get(f"was_{n}", "") for n in said}


def _lead(form: "Mapping[str, str]", prefix: str) -> Lead | None:
    headline, dek = (" ".join(form.get(prefix + n, "").split()) for n in ("headline", "dek"))
    body = form.get(f"{prefix}body", "").replace("\r\n", "\n").strip("\n").rstrip()
    return Lead(headline, dek, body) if headline or dek or body else None


def _back(day: str, anchor: str) -> "Answer":
    return redirect(url_for("edition", day=day) + f"#{anchor}", 303)

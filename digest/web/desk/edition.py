"""The edition: order, words, leads; each change stored as it is made."""

from typing import TYPE_CHECKING

from flask import Flask, redirect, render_template, request, url_for

from digest.errors import NotFound
from digest.model import Lead
from digest.web.desk.finds import parse_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as Answer

    from digest.app import App

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
        app.desk.head(parse_day(day), *(_pair(n) for n in ("subject", "preheader")))
        return _back(day, "head")

    @web.post("/<day>/story", endpoint="story")
    def story(day: str) -> "Answer":
        form = request.form
        said = {n: form[n] for n in FIELDS if n in form}
        was = {n: form.get(f"was_{n}", "") for n in said}
        app.desk.say(parse_day(day), form["url"], said, was)
        return _back(day, form.get("anchor", "stories"))

    @web.post("/<day>/move", endpoint="move")
    def move(day: str) -> "Answer":
        form = request.form
        on, url = parse_day(day), form["url"]
        if form["to"] == "out":
            app.desk.drop(on, url)
        else:
            app.desk.move(on, url, form["section"], _place(app, day, form))
        return _back(day, form.get("anchor", "stories"))

    @web.post("/<day>/lead", endpoint="lead")
    def lead(day: str) -> "Answer":
        form = request.form
        new, was = _lead(form, ""), _lead(form, "was_")
        number = int(form["number"])
        app.desk.write(parse_day(day), number, None if "drop" in form else new, was)
        return _back(day, f"lead{number}")


def _pair(name: str) -> tuple[str, str]:
    """Return what was typed into a field, and what the editor had seen there."""
    return " ".join(request.form[name].split()), request.form.get(f"was_{name}", "")


def _lead(form: "Mapping[str, str]", prefix: str) -> Lead | None:
    headline, dek = (" ".join(form.get(prefix + n, "").split()) for n in ("headline", "dek"))
    body = form.get(f"{prefix}body", "").replace("\r\n", "\n").strip("\n").rstrip()
    return Lead(headline, dek, body) if headline or dek or body else None


def _place(app: "App", day: str, form: "Mapping[str, str]") -> int:
    """Return the place (from 0) that a story is to take: a number, or one up or down."""
    if form["to"].isdecimal():
        return int(form["to"])
    edition = app.desk.edition(parse_day(day))
    urls = next(
        ([p.url for p in s.picks] for s in edition.sections if s.key == form["section"]), []
    )
    if form["url"] not in urls:
        raise NotFound("that story is not in this section any more")
    return max(0, urls.index(form["url"]) + (1 if form["to"] == "down" else -1))


def _back(day: str, anchor: str) -> "Answer":
    return redirect(url_for("edition", day=day) + f"#{anchor}", 303)

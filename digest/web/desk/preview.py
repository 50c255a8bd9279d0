"""Looking at the edition: the very bytes that would leave, and what should be mended first."""

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, g, jsonify, render_template, request

from digest.edition import places
from digest.errors import DigestError, SettingsError
from digest.web.desk.i18n import _
from digest.web.desk.mail_frame import document, picture
from digest.web.desk.page_request import parse_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.app import App
    from digest.model import Build, Finding

VIEWS = (
    "mail",
    "phone",
    "dark",
    "darkphone",
    "off",
    "text",
    "page",
    "source",
    "compare",
)
LINE = re.compile(r"line (\d+)\b")


def add(web: Flask, app: "App") -> None:
    """Add preview and preflight."""
    web.jinja_env.filters["together"] = together

    @web.get("/<day>/preview", endpoint="preview")
    def preview(day: str) -> str:
        on = parse_day(day)
        kind = request.args.get("view", "mail")
        if kind not in VIEWS:
            abort(404)
        before = _before(app, on)
        if kind == "compare" and before is None:
            kind = "mail"
        return render_template(
            "look.html",
            day=on,
            here="preview",
            views=_names(),
            kind=kind,
            before=before,
            **_now(app, on),
        )

    @web.get("/<day>/view/<kind>", endpoint="view")
    def view(day: str, kind: str) -> Response:
        shown = {"phone": "mail", "darkphone": "dark"}.get(kind, kind)
        return document(shown, built(app, parse_day(day))) or abort(404)

    @web.get("/<day>/images/<name>", endpoint="image")
    def image(day: str, name: str) -> Response:
        return picture(built(app, parse_day(day)), name) or abort(404)

    _tell(web, app)


def _tell(web: Flask, app: "App") -> None:
    """Add what says how the edition stands."""

    @web.get("/<day>/version", endpoint="version")
    def version(day: str) -> Response:
        return jsonify(_now(app, parse_day(day)))

    @web.get("/<day>/findings", endpoint="findings")
    def findings(day: str) -> str:
        on = parse_day(day)
        return render_template("findings.html", day=on, **panel(app, on))

    @web.get("/<day>/check", endpoint="check")
    def check(day: str) -> str:
        on = parse_day(day)
        links = "links" in request.args
        found = app.checks.findings(on, links=links)
        return render_template(
            "check.html",
            day=on,
            here="check",
            found=found,
            links=links,
            place=_place(app, on),
        )


def panel(app: "App", day: date) -> dict[str, Any]:
    """Return what stands beside the edition: findings that need no network, the last changes."""
    try:
        found = app.checks.findings(day, links=False, spam=False)
        broken = ""
    except (DigestError, SettingsError) as e:
        found = []
        broken = str(e)
    changes = app.store.editions.revisions(day)
    return {
        "found": found,
        "broken": broken,
        "place": _place(app, day),
        "changes": changes,
    }


def together(found: "Iterable[Finding]") -> "list[tuple[Finding, list[Finding]]]":
    """Gather findings that say the same of several places: each once, with all of them."""
    same: dict[tuple[str, ...], list[Finding]] = {}
    for one in found:
        same.setdefault((one.severity, one.what, one.why, one.how), []).append(one)
    return [(some[0], some) for some in same.values()]


def built(app: "App", day: date) -> "Build":
    """Render with feeds.yaml as it is now: whoever works on the look changes it meanwhile.

    What was sent is shown as it left.
    """
    from digest.app import App
    from digest.settings import load

    if as_sent := app.publishing.as_sent(day):
        return as_sent
    if app.workspace.changed():
        with App(load(app.workspace.folder), app.clock) as now:
            return now.editions.render_stored(day)
    return app.editions.render_stored(day)


def _now(app: "App", day: date) -> dict[str, str]:
    """Return what names the edition as it stands, and who changed it last."""
    newest = app.store.editions.revisions(day, 1)
    if newest:
        by = newest[0].who
        what = newest[0].what
    else:
        by = ""
        what = ""
    told = {"by": by, "what": what, "me": g.who.name}
    try:
        now = built(app, day)
    except (DigestError, SettingsError) as e:
        return told | {"subject": "", "hash": "", "broken": str(e)}
    return told | {
        "subject": now.letter.subject,
        "hash": now.content_hash,
        "broken": "",
    }


def _place(app: "App", day: date) -> Any:
    """Return what finds the place on the page of the edition that a finding is about."""

    @cache
    def by_line() -> dict[int, str]:
        return places(app.editions.read_source(day))

    def place(finding: "Finding") -> str:
        match = LINE.match(finding.where)
        if match:
            return by_line().get(int(match[1]), "")
        return ""

    return place


def _before(app: "App", day: date) -> date | None:
    return next((d for d in app.store.editions.dates() if d < day), None)


def _names() -> dict[str, str]:
    return {
        "mail": _("Desktop"),
        "phone": _("Phone"),
        "dark": _("Dark"),
        "darkphone": _("Dark phone"),
        "off": _("Images off"),
        "text": _("Plain text"),
        "page": _("Web page"),
        "source": _("Source"),
        "compare": _("Beside the last"),
    }

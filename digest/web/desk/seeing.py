"""What is new since a person last looked: a script tells that they look, a button that they saw."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, jsonify, request

from digest.errors import DigestError
from digest.web.desk.i18n import _
from digest.web.desk.page_request import back, parse_day, part, table

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response as Answer

    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add what records that a person looked. No page records it by being shown."""

    @web.post("/<day>/seen", endpoint="seen")
    def seen(day: str) -> "Answer":
        on = parse_day(day)
        shown = _shown_at()
        if part():
            table(app).note_visit(on, shown)
            return jsonify(seen=True)
        table(app).mark_seen(on, shown)
        if request.form.get("here") == "edition":
            place = "edition"
        else:
            place = "finds"
        return back(place, day, said=_("All is marked as seen."))


def news(app: "App", day: "date") -> dict[str, Any]:
    """Return what a page shows of what is new, and when it was shown."""
    return {"news": table(app).news(day), "looked_at": app.clock().isoformat()}


def _shown_at() -> datetime:
    given = request.form.get("shown", "")
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise DigestError(f"shown: expected a time with its zone, found {given!r}")
    return at

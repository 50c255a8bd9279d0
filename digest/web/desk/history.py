"""What became of the editions, and who did what."""

import re
from typing import TYPE_CHECKING

from flask import Flask, render_template

from digest.web.desk.page_request import parse_day

#: How a pick is written down (`digest.services.editing`).
PICKED = re.compile("picked “(.*)”")

if TYPE_CHECKING:
    from datetime import date

    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add the list of editions, and the story of each."""

    @web.get("/history", endpoint="history")
    def editions() -> str:
        told = [_told(app, day) for day in app.store.editions.dates()]
        return render_template("history.html", here="history", editions=told)

    @web.get("/<day>/history", endpoint="story_of")
    def edition(day: str) -> str:
        from digest.edition import load

        on = parse_day(day)
        app.editions.read_source(on)
        done = app.store.staff.deeds(on) + app.store.editions.revisions(on, 500)
        return render_template(
            "edition_history.html",
            day=on,
            here="history",
            told=_told(app, on),
            deeds=sorted(done, key=lambda d: d.at, reverse=True),
            sections=load(app.publishing.shown_source(on)).sections,
            org=app.settings.organisation.name,
            picked=_who_picked(app, on),
            originals=app.editing_as("").originals(on),
        )


def _told(app: "App", day: "date") -> dict[str, object]:
    from digest.edition import load

    ledger = app.store.deliveries
    return {
        "day": day,
        "subject": load(app.publishing.shown_source(day)).subject,
        "yes": app.store.sent_contents.approval(day)
        or app.store.editions.approval(day),
        "status": app.publishing.status(day),
        "proof": ledger.proof(day),
        "halted": app.store.halts.halted(day),
        "by": ledger.mailed_by(day),
        "fates": app.store.events.fates(day),
    }


def _who_picked(app: "App", day: "date") -> dict[str, str]:
    """Return who picked what, by headline, as the changes say; the draft picked the others."""
    newest_last = reversed(app.store.editions.revisions(day, 10_000))
    marks = ((PICKED.fullmatch(d.what), d.who) for d in newest_last)
    return {match[1]: who for match, who in marks if match}

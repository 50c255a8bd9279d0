"""History: the editions and what happened to them, and for each the changes and their authors."""

import re
from datetime import date

from flask import Blueprint, render_template

from digest.web.current import app

#: Description of a pick among the changes (`digest.services.editing`).
PICKED = re.compile("picked “(.*)”")
MAX_CHANGES = 500  #: on the page of an edition
MAX_CHANGES_READ = 10_000  #: to find out who picked what

blueprint = Blueprint("history", __name__)


@blueprint.get("/history")
def list_editions() -> str:
    """List the editions."""
    editions = [_summarise_edition(day) for day in app.editions.list_dates()]
    return render_template("history.html", here="history", editions=editions)


@blueprint.get("/<day:day>/history")
def show_edition_history(day: date) -> str:
    """Show what was done to an edition, and who picked its stories."""
    from digest.edition import load_edition

    app.editions.read_source(day)
    log_entries = app.staff.list_audit_entries(day)
    revisions = app.editions.list_revisions(day, MAX_CHANGES)
    changes = sorted(
        log_entries + revisions, key=lambda change: change.at, reverse=True
    )
    return render_template(
        "edition_history.html",
        day=day,
        here="history",
        told=_summarise_edition(day),
        deeds=changes,
        sections=load_edition(app.publishing.shown_source(day)).sections,
        org=app.settings.organisation.name,
        picked=_find_pickers(day),
        originals=app.editing_as("").original_headlines(day),
    )


def _summarise_edition(day: date) -> dict[str, object]:
    from digest.edition import load_edition

    approval = app.approval.find_frozen_approval(day)
    return {
        "day": day,
        "subject": load_edition(app.publishing.shown_source(day)).subject,
        "yes": approval or app.approval.find_approval(day),
        "status": app.publishing.find_status(day),
        "proof": app.deliveries.count_deliveries(day),
        "halted": app.halting.find_halt(day),
        "by": app.deliveries.find_transport(day),
        "fates": app.deliveries.count_fates(day),
    }


def _find_pickers(day: date) -> dict[str, str]:
    """Return who picked a story last, by its headline; the draft picked the others."""
    newest_first = app.editions.list_revisions(day, MAX_CHANGES_READ)
    pickers: dict[str, str] = {}
    for change in reversed(newest_first):
        match = PICKED.fullmatch(change.what)
        if match:
            pickers[match[1]] = change.who
    return pickers

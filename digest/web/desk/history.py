"""History: the editions and what happened to them, and for each the changes and their authors.

It is of one newsletter, or of all of them together.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from digest.model import EditionKey
from digest.web.current import app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app import App
    from digest.model import AuditEntry

#: Description of a pick among the changes (`digest.services.editing`).
PICKED = re.compile("picked “(.*)”")
#: In the address of the page that lists the editions of all newsletters: ?of=all
ALL = "all"
MAX_EDITIONS = 50  #: on a page
MAX_CHANGES = 500  #: on the page of an edition
MAX_CHANGES_READ = 10_000  #: to find out who picked what

blueprint = Blueprint("history", __name__)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of the list of editions."""

    keys: list[EditionKey]
    before: (
        date | None
    )  #: the day that the next page goes back from; None if it is the last


@blueprint.get("/history")
def list_editions() -> str:
    """List the editions of a newsletter, or of all, the newest first; some on a page."""
    shown_apps = app.newsletters
    if request.args.get("of") != ALL:
        shown_apps = (app.for_newsletter(app.settings.newsletter.key),)
    keys = _list_keys(shown_apps, request.args.get("before", ""))
    history_page = cut_page(keys)
    editions = [
        _summarise_edition(app.for_newsletter(key.newsletter), key.day)
        for key in history_page.keys
    ]
    return render_template(
        "history.html",
        here="history",
        editions=editions,
        discarded=_list_discarded(shown_apps),
        of_all=len(shown_apps) > 1,
        before=history_page.before,
    )


@blueprint.get("/<day:day>/history")
def show_edition_history(day: date) -> str:
    """Show what was done to an edition, and who picked its stories."""
    from digest.edition import load_edition

    app.editions.read_source(day)
    log_entries = app.editions.list_audit_entries(day)
    revisions = app.editions.list_revisions(day, MAX_CHANGES)
    changes = sorted(
        log_entries + revisions, key=lambda change: change.at, reverse=True
    )
    return render_template(
        "edition_history.html",
        day=day,
        here="history",
        told=_summarise_edition(app, day),
        deeds=changes,
        sections=load_edition(app.publishing.shown_source(day)).sections,
        org=app.settings.organisation.name,
        picked=_find_pickers(day),
        originals=app.editing_as("").original_headlines(day),
    )


def cut_page(keys: "Sequence[EditionKey]") -> HistoryPage:
    """Return the first of some editions, the newest first: whole days, so that none is left out."""
    shown = list(keys[:MAX_EDITIONS])
    if len(keys) == len(shown):
        return HistoryPage(shown, None)
    last_day = shown[-1].day
    rest = keys[MAX_EDITIONS:]
    shown += [key for key in rest if key.day == last_day]
    if len(keys) == len(shown):
        return HistoryPage(shown, None)
    return HistoryPage(shown, last_day)


def _list_keys(apps: "tuple[App, ...]", before: str) -> list[EditionKey]:
    """Return the editions before a day, given as text, the newest first; "" for all of them."""
    keys = [
        EditionKey(one.settings.newsletter.key, day)
        for one in apps
        for day in one.editions.list_dates()
    ]
    if before:
        keys = [key for key in keys if key.day.isoformat() < before]
    return sorted(keys, key=lambda key: key.day, reverse=True)


def _list_discarded(apps: "tuple[App, ...]") -> "list[AuditEntry]":
    """Return who discarded drafts of some newsletters, the newest first."""
    entries = [
        entry for one in apps for entry in one.discarding.list_discarded()
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _summarise_edition(one: "App", day: date) -> dict[str, object]:
    from digest.edition import load_edition

    approval = one.approval.find_frozen_approval(day)
    return {
        "day": day,
        "newsletter": one.settings.newsletter,
        "subject": load_edition(one.publishing.shown_source(day)).subject,
        "yes": approval or one.approval.find_approval(day),
        "state": one.edition_states.find_state(day),
        "status": one.publishing.find_status(day),
        "proof": one.deliveries.count_deliveries(day),
        "halted": one.halting.find_halt(day),
        "by": one.deliveries.find_transport(day),
        "is_skipped": one.send_schedule.is_skipped(day),
        "fates": one.deliveries.count_fates(day),
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

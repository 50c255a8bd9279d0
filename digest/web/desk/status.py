"""Status: feeds, the newest and the next edition of each newsletter, workers and their queues."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from digest.model import EditionState
from digest.web.current import app
from digest.web.desk.newsletters import ComingEdition, find_coming_edition

if TYPE_CHECKING:
    from digest.app import App

blueprint = Blueprint("status", __name__)


@dataclass(frozen=True, slots=True)
class NewsletterState:
    """A newsletter's next and newest edition."""

    coming: ComingEdition
    drafted_from: datetime | None  #: when workers propose the next one
    newest_day: date | None
    newest_state: EditionState | None = None
    newest_approved_by: str = ""  #: the first who did
    newest_mailed_at: datetime | None = None


@blueprint.get("/status")
def show_status() -> str:
    """Show the state of feeds, editions, queues and workers."""
    return render_template(
        "status.html",
        here="status",
        mailboxes=app.mail_sources.list_health(),
        states=[_describe_newsletter(one) for one in app.newsletters],
        **app.status.describe_work(),
    )


def _describe_newsletter(one: "App") -> NewsletterState:
    coming = find_coming_edition(one)
    drafted_from = one.drafts.next_draft_time()
    newest_days = one.editions.list_dates()[:1]
    if not newest_days:
        return NewsletterState(coming, drafted_from, None)
    newest_day = newest_days[0]
    approval = one.approval.find_approval(newest_day)
    approved_by = ""
    if approval:
        approved_by = approval.by
    return NewsletterState(
        coming,
        drafted_from,
        newest_day,
        one.edition_states.find_state(newest_day),
        approved_by,
        one.publishing.find_status(newest_day).sent_at,
    )

"""Status: feeds, the newest and the next edition of each newsletter, workers and their queues."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, render_template

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
    next_mailed_at: datetime | None
    newest_day: date | None
    is_newest_approved: bool = False
    newest_mailed_at: datetime | None = None


@blueprint.get("/status")
def show_status() -> str:
    """Show the state of feeds, editions, queues and workers."""
    return render_template(
        "status.html",
        here="status",
        states=[_describe_newsletter(one) for one in app.newsletters],
        **app.status.describe_work(),
    )


def _describe_newsletter(one: "App") -> NewsletterState:
    coming = find_coming_edition(one)
    next_mailed_at = None
    if coming.day and coming.is_begun:
        next_mailed_at = one.publishing.find_status(coming.day).sent_at
    drafted_from = one.drafts.next_draft_time()
    newest_days = one.editions.list_dates()[:1]
    if not newest_days:
        return NewsletterState(coming, drafted_from, next_mailed_at, None)
    newest_day = newest_days[0]
    return NewsletterState(
        coming,
        drafted_from,
        next_mailed_at,
        newest_day,
        one.drafts.is_approved(newest_day),
        one.publishing.find_status(newest_day).sent_at,
    )

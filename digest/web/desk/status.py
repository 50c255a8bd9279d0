"""Status: feeds, the newest and the next edition, workers and their queues."""

from datetime import date, datetime

from flask import Blueprint, render_template

from digest.web.current import app

blueprint = Blueprint("status", __name__)


@blueprint.get("/status")
def show_status() -> str:
    """Show the state of feeds, editions, queues and workers."""
    status = app.status.describe_work()
    newest = status["edition"]
    mailed_at = None
    if newest:
        mailed_at = _sent_at(newest["date"])
    coming = status["next"]
    next_mailed_at = None
    if coming and coming["drafted"]:
        next_mailed_at = _sent_at(coming["date"])
    return render_template(
        "status.html",
        here="status",
        mailed=mailed_at,
        next_mailed=next_mailed_at,
        **status,
    )


def _sent_at(day: date) -> datetime | None:
    """Return when the mailing of an edition began; None if it did not yet."""
    return app.publishing.find_status(day).sent_at

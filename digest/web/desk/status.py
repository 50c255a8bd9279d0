"""How work stands: the press, the newest edition, workers and their queues."""

from typing import TYPE_CHECKING

from flask import Flask, render_template

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add the page that says how work stands."""

    @web.get("/status", endpoint="status")
    def status() -> str:
        found = app.status.describe_work()
        newest = found["edition"]
        coming = found["next"]
        return render_template(
            "status.html",
            here="status",
            mailed=_sent_at(app, newest["date"]) if newest else None,
            next_mailed=_sent_at(app, coming["date"]) if coming["drafted"] else None,
            **found,
        )


def _sent_at(app: "App", day: "date") -> "datetime | None":
    """The moment at which an edition began to leave by mail; None if it did not yet."""
    return app.publishing.status(day).sent_at

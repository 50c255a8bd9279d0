"""Home: leads to the next edition, or begins it."""

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for

from digest.web.current import app
from digest.web.desk.page_request import redirect_to

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MAX_EDITIONS = 12  #: earlier ones in the list

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show_home() -> "ResponseReturnValue":
    """Lead to the next edition's stories; if it is not begun, offer to begin it."""
    day = app.drafts.find_next_date()
    if day and app.editions.has_edition(day):
        return redirect(url_for("stories.list_stories", day=day))
    editions = app.editions.list_dates()[:MAX_EDITIONS]
    return render_template("begin.html", next_day=day, editions=editions)


@blueprint.post("/begin")
def begin_edition() -> "ResponseReturnValue":
    """Draft an edition unless there is one."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(404)
    if not app.editions.has_edition(day):
        app.drafts.create_draft(day)
    return redirect_to("stories.list_stories", day)

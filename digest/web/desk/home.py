"""Home: shows what each newsletter has next, leads to the next edition, or begins it."""

from datetime import date
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    abort,
    g,
    redirect,
    render_template,
    request,
    url_for,
)

from digest.web.current import app
from digest.web.desk.blocks import begin_like_last
from digest.web.desk.newsletters import find_coming_edition, has_several
from digest.web.desk.page_request import redirect_to
from digest.web.newsletter_paths import named_newsletter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

MAX_EDITIONS = 12  #: earlier ones in the list

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show_home() -> "ResponseReturnValue":
    """Lead to the next edition's stories; if it is not begun, offer to begin it.

    Where there are several newsletters, their common home shows the next edition of each.
    """
    if has_several() and not named_newsletter():
        return _overview_page()
    coming = find_coming_edition(app)
    is_by_hand = app.settings.newsletter.cadence == "by_hand"
    if coming.is_begun and not is_by_hand:
        return redirect(url_for("stories.list_stories", day=coming.day))
    editions = app.editions.list_dates()[:MAX_EDITIONS]
    before = coming.day
    if is_by_hand or before is None:
        before = date.max  # the person has yet to name the day
    return render_template(
        "begin.html",
        coming=coming,
        by_hand=is_by_hand,
        editions=editions,
        last=app.like_last_as(g.member.name).find_last(before),
    )


@blueprint.post("/begin")
def begin_edition() -> "ResponseReturnValue":
    """Draft an edition unless there is one."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        abort(404)
    is_like_last = request.form.get("like") == "last"
    if is_like_last:
        app.like_last_as(g.member.name).require_last(day)
    if not app.editions.has_edition(day):
        app.drafts.create_draft(day)
    if is_like_last:
        return begin_like_last(day)
    return redirect_to("stories.list_stories", day)


def _overview_page() -> str:
    """Return the page that shows the next edition of each newsletter."""
    return render_template(
        "overview.html",
        overview=True,
        coming=[find_coming_edition(one) for one in app.newsletters],
    )

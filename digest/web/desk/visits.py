"""Visits: what is new since a member last looked; scripts report a visit, a button marks all seen."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from digest.errors import DigestError
from digest.model import link_of
from digest.web.current import app
from digest.web.desk.i18n import _
from digest.web.desk.page_request import (
    is_script_request,
    member_editing,
    parse_moment,
    redirect_to_origin,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("visits", __name__)


@blueprint.post("/<day:day>/seen")
def record_visit(day: date) -> "ResponseReturnValue":
    """Store that a member looks at the edition, or has seen all that was shown."""
    shown_at = _read_shown_at()
    editing = member_editing()
    if is_script_request():
        editing.note_visit(day, shown_at)
        return jsonify(seen=True)
    editing.mark_seen(day, shown_at)
    return redirect_to_origin(day, _("All is marked as seen."))


def news_context(day: date) -> dict[str, Any]:
    """Return what a page shows of what is new, and the time at which it was shown."""
    return {
        "news": member_editing().find_news(day),
        "looked_at": app.clock().isoformat(),
        "link_of": link_of,
    }


def _read_shown_at() -> datetime:
    text = request.form.get("shown", "")
    shown_at = parse_moment(text)
    if shown_at is None:
        raise DigestError(
            f"shown: expected a time with its zone, found {text!r}"
        )
    return shown_at

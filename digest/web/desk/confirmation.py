"""Confirmation: a person has seen the edition as it is, and was asked before it is done."""

from datetime import date
from typing import TYPE_CHECKING

from flask import redirect, request, url_for

from digest.web.desk.error_pages import Outdated
from digest.web.desk.page_request import MAX_NUMBER_LENGTH, parse_moment
from digest.web.desk.sending_page import changes_since

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.model import SendPlan


def check_unchanged(plan: "SendPlan") -> None:
    """Raise Outdated if the edition is another than the form's page showed."""
    if request.form.get("hash", "") == plan.content_hash:
        return
    shown_at = parse_moment(request.form.get("shown", ""))
    raise Outdated(plan.edition, changes_since(plan.edition, shown_at))


def is_confirmed(count_name: str, count: int) -> bool:
    """Return True if a person confirmed at least as many (people, musts) as there are now."""
    if request.form.get("confirmed") != "yes":
        return False
    text = request.form.get(count_name, "")
    if not text.isdecimal() or len(text) >= MAX_NUMBER_LENGTH:
        return False
    return int(text) >= count


def redirect_to_question(
    day: date, action: str, count_name: str
) -> "ResponseReturnValue":
    """Lead to the page that asks; if a person was asked before, it says about how many."""
    asked_count = None
    if request.form.get("confirmed"):
        asked_count = request.form.get(count_name) or None
    url = url_for(
        "sending.ask_confirmation", day=day, action=action, was=asked_count
    )
    return redirect(url, 303)

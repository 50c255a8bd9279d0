"""What does not leave unless a person does something: told on every page; taken back, given up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask, g

from digest.model import LINK_FOUND
from digest.web.desk.i18n import _
from digest.web.desk.page_request import back, parse_day

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App


@dataclass(frozen=True, slots=True)
class Standing:
    """An approval that holds as long as nobody changes the edition."""

    by: str
    due_at: datetime  #: when the edition leaves
    links_found: int  #: findings at its links since


def add(web: Flask, app: "App") -> None:
    """Add what every page says of editions that wait, and the two ways to let one not leave."""
    web.context_processor(
        lambda: {
            "waiting_editions": app.dispatch.waiting,
            "standing_approval": lambda day: _standing_approval(app, day),
            "failing_feeds": app.watch.failing,
        }
    )

    @web.post("/<day>/unapprove", endpoint="unapprove")
    def unapprove(day: str) -> "Answer":
        app.dispatch.withdraw_approval(parse_day(day), g.who.name)
        said = _(
            "The approval is taken back: it is a draft again, and fills until its hour."
        )
        return back("sending", day, said=said)

    @web.post("/<day>/give-up", endpoint="give_up")
    def give_up(day: str) -> "Answer":
        app.dispatch.give_up(parse_day(day), g.who.name)
        said = _("It is left unsent. Its stories are offered for the next edition.")
        return back("sending", day, said=said)


def _standing_approval(app: "App", day: date) -> Standing | None:
    given = app.store.editions.approval(day)
    if given is None or not app.filling.is_approved(day):
        return None
    if given.second:
        by = f"{given.by}, {given.second}"
    else:
        by = given.by
    since = (d for d in app.store.staff.deeds(day) if d.at >= given.at)
    found = sum(d.what.startswith(LINK_FOUND) for d in since)
    return Standing(by, app.dispatch.due_at(day), found)

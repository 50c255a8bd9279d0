"""Banners: what every page says of its edition, of editions that wait, and of failing feeds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask, request

from digest.model import LINK_FOUND, EditionState, WaitingEdition
from digest.web.current import app
from digest.web.desk.newsletters import (
    HOME_PAGE,
    has_several,
    is_in_newsletter,
)
from digest.web.newsletter_paths import url_in_newsletter

if TYPE_CHECKING:
    from digest.app import App

#: States of an edition whose approval a change would void.
STANDING_STATES = (EditionState.APPROVED, EditionState.SECOND)


@dataclass(frozen=True, slots=True)
class StandingApproval:
    """An approval that is valid as long as nobody changes the edition."""

    by: str
    due_at: datetime  #: when the edition is sent
    links_found: int  #: findings at its links since


@dataclass(frozen=True, slots=True)
class WaitingNotice:
    """An edition that waits for a person, and where that person finds it."""

    newsletter: str
    waiting: WaitingEdition
    url: str


def add_banners(web: Flask) -> None:
    """Give every template the values of its banners."""
    web.context_processor(_waiting_context)
    web.context_processor(_edition_context)


def _waiting_context() -> dict[str, object]:
    """Return functions, so that only pages with these banners look anything up."""
    return {
        "waiting_editions": list_waiting_editions,
        "standing_approval": find_standing_approval,
        "failing_feeds": app.feeds.list_failing_feeds,
    }


def _edition_context() -> dict[str, object]:
    """Return whether the edition of a page is sent, published, or a correction."""
    from digest.render import page_url

    day = (request.view_args or {}).get("day")
    if not isinstance(day, date):
        return {"status": None}
    return {
        "status": app.publishing.find_status(day),
        "public_url": page_url(day, app.settings),
        "corrects": app.editions.find_corrected(day),
    }


def list_waiting_editions() -> list[WaitingNotice]:
    """Return the editions that are not sent unless a person does something.

    On the common home those of all newsletters, on the pages of one its own; pages that all share
    have none.
    """
    notices: list[WaitingNotice] = []
    for one in _newsletters_of_page():
        key = one.settings.newsletter.key
        for waiting in one.unsent.waiting_editions():
            url = url_in_newsletter(
                key, "sending.show_sending", day=waiting.edition
            )
            notices.append(WaitingNotice(key, waiting, url))
    return notices


def _newsletters_of_page() -> "tuple[App, ...]":
    """Return the services for the newsletters whose notices a page shows."""
    if is_in_newsletter():
        return (app.for_newsletter(app.settings.newsletter.key),)
    if request.endpoint == HOME_PAGE or not has_several():
        return app.newsletters
    return ()


def find_standing_approval(day: date) -> StandingApproval | None:
    """Return the approval of an edition that would be sent as it is now, or None."""
    approval = app.approval.find_approval(day)
    if approval is None:
        return None
    if app.edition_states.find_state(day) not in STANDING_STATES:
        return None
    approvers = approval.by
    if approval.second:
        approvers = f"{approval.by}, {approval.second}"
    links_found = _count_links_found(day, approval.at)
    return StandingApproval(
        approvers, app.send_schedule.due_at(day), links_found
    )


def _count_links_found(day: date, since: datetime) -> int:
    """Return how many findings at an edition's links the audit log has since a time."""
    entries = app.editions.list_audit_entries(day)
    return sum(
        entry.at >= since and entry.what.startswith(LINK_FOUND)
        for entry in entries
    )

"""Newsletters at the desk: which one a page is of, the same page of another, what each has next."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask, request, url_for

from digest.model import EditionKey
from digest.web.current import app
from digest.web.newsletter_paths import (
    home_of_newsletter,
    named_newsletter,
    url_in_newsletter,
)

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import EditionState
    from digest.settings import Newsletter

#: Pages on which an edition is worked on, in the order of the work.
STEPS = (
    "stories.list_stories",
    "edition.show_edition",
    "preview.show_preview",
    "check.show_check",
    "sending.show_sending",
)
#: Pages that all newsletters share, so that there is no same page of another.
SHARED_PAGES = (
    "account.show_account",
    "staff.list_members",
    "staff.show_audit_log",
    "status.show_status",
)
#: Of a newsletter, or of all where the address names none.
HOME_PAGE = "home.show_home"


@dataclass(frozen=True, slots=True)
class SwitchEntry:
    """A link to the same page of a newsletter."""

    title: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ComingEdition:
    """The next edition of a newsletter, and how far it is."""

    newsletter: "Newsletter"
    #: None if editions are made by hand, and none is in work
    day: date | None
    #: None if it is not begun
    state: "EditionState | None"
    approved_by: str = ""
    leaves_at: datetime | None = None
    days_left: int = 0

    @property
    def is_begun(self) -> bool:
        """Whether there is an edition that can be worked on."""
        return self.state is not None


def add_newsletters(web: Flask) -> None:
    """Give every template the newsletter of its page, and the way to the others."""
    web.context_processor(_newsletter_context)


def has_several() -> bool:
    """Return whether the newsroom has several newsletters."""
    return len(app.settings.newsletters) > 1


def own_home() -> str:
    """Return the first page of the newsletter that a page is of."""
    if has_several():
        return home_of_newsletter(app.settings.newsletter.key)
    return url_for("home.show_home")


def find_coming_edition(one: "App") -> ComingEdition:
    """Return the next edition of a newsletter, whose services are given."""
    newsletter = one.settings.newsletter
    day = one.drafts.find_next_date()
    if day is None:
        return ComingEdition(newsletter, None, None)
    leaves_at = one.send_schedule.due_at(day)
    today = one.clock().astimezone(newsletter.zone).date()
    approved_by = ""
    approval = one.approval.find_approval(day)
    if approval:
        approved_by = approval.by
    if approval and approval.second:
        approved_by = f"{approval.by}, {approval.second}"
    return ComingEdition(
        newsletter,
        day,
        _find_state(one, day),
        approved_by,
        leaves_at,
        (leaves_at.astimezone(newsletter.zone).date() - today).days,
    )


def _find_state(one: "App", day: date) -> "EditionState | None":
    if not one.editions.has_edition(day):
        return None
    return one.edition_states.find_state(day)


# The switch


def _newsletter_context() -> dict[str, object]:
    """Return values and functions, so that only pages with a switch look anything up."""
    newsletter = app.settings.newsletter
    day = (request.view_args or {}).get("day")
    edition_name = ""
    if isinstance(day, date):
        edition_name = EditionKey(newsletter.key, day).short_name
    return {
        "newsletter": newsletter,
        "several": has_several(),
        "in_newsletter": is_in_newsletter(),
        "own_home": own_home(),
        "edition_name": edition_name,
        "switch_entries": list_switch_entries,
        "title_of": title_of,
        "is_listed": is_listed,
    }


def list_switch_entries() -> list[SwitchEntry]:
    """Return links to the same page of each newsletter, and which one the page is of."""
    current = ""
    if is_in_newsletter():
        current = app.settings.newsletter.key
    return [
        SwitchEntry(
            one.settings.newsletter.title,
            _same_page_of(one),
            one.settings.newsletter.key == current,
        )
        for one in app.newsletters
    ]


def is_listed(key: str) -> bool:
    """Return whether feeds.yaml has a newsletter."""
    return key in {one.key for one in app.settings.newsletters}


def title_of(key: str) -> str:
    """Return the title of a newsletter; its key if feeds.yaml has it no more."""
    titles = {one.key: one.title for one in app.settings.newsletters}
    return titles.get(key, key)


def is_in_newsletter() -> bool:
    """Return whether the page is one newsletter's, and not of all."""
    if request.endpoint == HOME_PAGE:
        return bool(named_newsletter())
    return request.endpoint not in SHARED_PAGES


def _same_page_of(one: "App") -> str:
    """Return the address of a newsletter's page of the same kind; its home if it has none."""
    key = one.settings.newsletter.key
    endpoint = request.endpoint or ""
    if endpoint in STEPS:
        return _same_step_of(one, endpoint)
    if endpoint == "history.show_edition_history":
        return url_in_newsletter(key, "history.list_editions")
    if _has_same_page():
        typed_url = request.args.get("url")
        return url_in_newsletter(key, endpoint, url=typed_url)
    return home_of_newsletter(key)


def _same_step_of(one: "App", endpoint: str) -> str:
    """Return the address of a step in the work on a newsletter's next edition."""
    key = one.settings.newsletter.key
    day = one.drafts.find_next_date()
    if day is None or not one.editions.has_edition(day):
        return home_of_newsletter(key)
    return url_in_newsletter(key, endpoint, day=day)


def _has_same_page() -> bool:
    """Return whether each newsletter has the page that is asked for."""
    if request.method != "GET" or request.view_args:
        return False
    return request.endpoint not in (None, HOME_PAGE, *SHARED_PAGES)

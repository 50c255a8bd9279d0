"""Unsubscribing by one click (RFC 8058), and the page of one's own data and newsletters.

A link leaves the newsletter whose mail it came in. The page that says so offers to leave all.
"""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from digest.web.current import app
from digest.web.public.i18n import show_newsletter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.model import Subscriber

MAX_NAME_LENGTH = 200  #: characters

blueprint = Blueprint("unsubscribe", __name__)


@blueprint.get("/u/<token>")
def show_unsubscribe_page(token: str) -> str:
    """Show the page behind a mail's link; any token gets the same, but for the newsletter's name."""
    _show_newsletter_of(token)
    return render_template("leave.html", token=token)


@blueprint.post("/u/<token>")
def unsubscribe_reader(token: str) -> "ResponseReturnValue":
    """Unsubscribe at once, without cookies, login or redirect; may be repeated (RFC 8058, 3.2)."""
    request.get_data()
    _show_newsletter_of(token)
    gone = app.subscribers.unsubscribe_by_token(token)
    return _left_page(token, gone=gone)


@blueprint.post("/u/<token>/all")
def unsubscribe_reader_from_all(token: str) -> "ResponseReturnValue":
    """Unsubscribe from every newsletter."""
    request.get_data()
    _show_newsletter_of(token)
    gone = app.subscribers.unsubscribe_from_all_by_token(token)
    return _left_page(token, gone=gone, has_left_all=True)


@blueprint.get("/p/<token>")
def show_preferences(token: str) -> "ResponseReturnValue":
    """Show the data stored about the person whom a link belongs to."""
    return _preferences_page(app.subscribers.find_by_token(token), token)


@blueprint.post("/p/<token>")
def change_preferences(token: str) -> "ResponseReturnValue":
    """Store a name or what the person wants to get, or delete the person."""
    person = app.subscribers.find_by_token(token)
    action = request.form.get("do", "")
    if person is None:
        return _preferences_page(None, token)
    if action == "forget":
        _show_newsletter_of(token)
        app.subscribers.erase_person(person)
        return render_template("forgotten.html"), 200
    if action == "name":
        name = " ".join(request.form.get("name", "").split())
        app.subscribers.change_name(person, name[:MAX_NAME_LENGTH])
    if action == "newsletters":
        chosen_keys = request.form.getlist("newsletters")
        app.subscribers.choose_newsletters(person, chosen_keys)
    return _preferences_page(
        app.subscribers.find_by_token(token), token, stored=True
    )


def _show_newsletter_of(token: str) -> None:
    """Let the page be about the newsletter of a link; about that of the address if it is not ours."""
    reader = app.subscribers.read_link(token)
    if reader is not None:
        newsletter = app.subscribers.describe_newsletter(reader.newsletter)
        show_newsletter(newsletter)


def _left_page(
    token: str, *, gone: bool, has_left_all: bool = False
) -> "ResponseReturnValue":
    """Return the page that says what somebody has left, and what they still get."""
    person = app.subscribers.find_by_token(token)
    received = []
    if person is not None and not app.subscribers.is_suppressed(person):
        received = app.subscribers.list_received(person)
    # with one newsletter there is nothing that anybody could think they still get
    has_several = len(app.settings.newsletters) > 1
    has_left_last = bool(has_several and person and person.left_at)
    page = render_template(
        "left.html",
        gone=gone,
        is_test=app.subscribers.is_test_token(token),
        token=token,
        person=person,
        received=received,
        has_left_all=has_left_all,
        has_left_last=has_left_last,
    )
    return page, 200 if gone else 404


def _preferences_page(
    person: "Subscriber | None", token: str, *, stored: bool = False
) -> "ResponseReturnValue":
    _show_newsletter_of(token)
    if person is None:
        return render_template("left.html", gone=False, token=token), 404
    received = app.subscribers.list_received(person)
    page = render_template(
        "preferences.html",
        person=person,
        veiled=_veil_address(person.address),
        token=token,
        stored=stored,
        offered=app.subscribers.list_open_to(person),
        received=received,
        is_suppressed=app.subscribers.is_suppressed(person),
    )
    return page, 200


def _veil_address(address: str) -> str:
    """Return an address unreadable to others: a mail that was passed on shows its link to them."""
    user, _, domain = address.partition("@")
    return f"{user[:1]}…@{domain}"

"""Unsubscribing by one click (RFC 8058), and the page of one's own data."""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from digest.web.current import app

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.model import Subscriber

MAX_NAME_LENGTH = 200  #: characters

blueprint = Blueprint("unsubscribe", __name__)


@blueprint.get("/u/<token>")
def show_unsubscribe_page(token: str) -> str:
    """Show the page behind a mail's link; any token gets the same."""
    return render_template("leave.html", token=token)


@blueprint.post("/u/<token>")
def unsubscribe_reader(token: str) -> "ResponseReturnValue":
    """Unsubscribe at once, without cookies, login or redirect; may be repeated (RFC 8058, 3.2)."""
    request.get_data()
    gone = app.subscribers.unsubscribe_by_token(token)
    is_test = app.subscribers.is_test_token(token)
    page = render_template("left.html", gone=gone, is_test=is_test, token=token)
    return page, 200 if gone else 404


@blueprint.get("/p/<token>")
def show_preferences(token: str) -> "ResponseReturnValue":
    """Show the data stored about the person whom a link belongs to."""
    return _preferences_page(app.subscribers.find_by_token(token), token)


@blueprint.post("/p/<token>")
def change_preferences(token: str) -> "ResponseReturnValue":
    """Store a name, or delete the person."""
    person = app.subscribers.find_by_token(token)
    action = request.form.get("do", "")
    if person is None:
        return _preferences_page(None, token)
    if action == "forget":
        app.subscribers.erase_person(person)
        return render_template("forgotten.html"), 200
    if action == "name":
        name = " ".join(request.form.get("name", "").split())
        app.subscribers.change_name(person, name[:MAX_NAME_LENGTH])
    return _preferences_page(
        app.subscribers.find_by_token(token), token, stored=True
    )


def _preferences_page(
    person: "Subscriber | None", token: str, *, stored: bool = False
) -> "ResponseReturnValue":
    if person is None:
        return render_template("left.html", gone=False, token=token), 404
    page = render_template(
        "preferences.html",
        person=person,
        veiled=_veil_address(person.address),
        token=token,
        stored=stored,
    )
    return page, 200


def _veil_address(address: str) -> str:
    """Return an address unreadable to others: a mail that was passed on shows its link to them."""
    user, _, domain = address.partition("@")
    return f"{user[:1]}…@{domain}"

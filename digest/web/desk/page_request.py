"""Requests of the desk's pages: the day in their address, the fields of their forms, their answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import flash, g, redirect, request, url_for
from werkzeug.routing import BaseConverter, ValidationError

from digest.errors import DigestError
from digest.model import EditionKey
from digest.web.current import app

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.services.editing import Editing

MAX_NUMBER_LENGTH = 12  #: characters of a number in a form


class DayConverter(BaseConverter):
    """A day in an address, such as 2026-02-27. An address with another text is not found."""

    def to_python(self, value: str) -> date:
        """Return the day."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValidationError from None

    def to_url(self, value: object) -> str:
        """Return the day as it is written in an address."""
        return str(value)


@dataclass(frozen=True, slots=True)
class TypedFields:
    """Fields of a form, by name."""

    typed: dict[str, str]  #: what the editor sent
    shown: dict[str, str]  #: what the page had shown before the editor typed


def member_editing() -> "Editing":
    """Return the editing service, for the member who asks."""
    return app.editing_as(g.member.name)


def edition_key(day: date) -> EditionKey:
    """Return which of all editions a day stands for: one of the page's newsletter."""
    return EditionKey(app.settings.newsletter.key, day)


def is_script_request() -> bool:
    """Return True if a script asks, and wants only what changed."""
    return bool(request.form.get("part"))


def read_number(name: str) -> int:
    """Return a number of the form. Raises DigestError if it is none."""
    text = request.form.get(name, "")
    if not text.lstrip("-").isdecimal() or len(text) > MAX_NUMBER_LENGTH:
        raise DigestError(f"{name}: expected a number, found {text!r}")
    return int(text)


def read_fields(names: Iterable[str]) -> TypedFields:
    """Return those of the named fields that the form has."""
    typed = {name: request.form[name] for name in names if name in request.form}
    shown = {name: request.form.get(f"was_{name}", "") for name in typed}
    return TypedFields(typed, shown)


def parse_moment(text: str) -> datetime | None:
    """Return a time with its zone, or None if the text is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return moment


def redirect_to(
    endpoint: str, day: date, *, anchor: str = "", message: str = ""
) -> "ResponseReturnValue":
    """Lead to a page of an edition, at a place in it; the page shows the message once."""
    if message:
        flash(message)
    url = url_for(endpoint, day=day)
    if anchor:
        url = f"{url}#{anchor}"
    return redirect(url, 303)


def redirect_to_origin(
    day: date, message: str, story: str = ""
) -> "ResponseReturnValue":
    """Lead back to the edition's page if the form came from there, else to the stories.

    Among the stories to the one whose anchor is given.
    """
    endpoint = "stories.list_stories"
    if request.form.get("here") == "edition":
        endpoint = "edition.show_edition"
        story = ""
    return redirect_to(endpoint, day, message=message, anchor=story)

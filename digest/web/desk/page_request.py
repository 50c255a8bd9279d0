"""What the desk's pages share: the day in their address, the table, the way back."""

from datetime import date
from typing import TYPE_CHECKING

from flask import abort, flash, g, redirect, request, url_for

from digest.errors import DigestError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App
    from digest.services.editing import Desk


def parse_day(text: str) -> date:
    """Return the day of an address; 404 if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def table(app: "App") -> "Desk":
    """Return the editor's table, with whoever asks at it."""
    return app.editing_as(g.who.name)


def number(name: str) -> int:
    """Return a number of the form. Raises DigestError if it is none."""
    given = request.form.get(name, "")
    if not given.lstrip("-").isdecimal() or len(given) > 12:
        raise DigestError(f"{name}: expected a number, found {given!r}")
    return int(given)


def typed(*names: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was typed into the fields of a form, and what the editor had seen there."""
    said = {n: request.form[n] for n in names if n in request.form}
    return said, {n: request.form.get(f"was_{n}", "") for n in said}


def part() -> bool:
    """Say whether a script asks, and wants only what changed."""
    return bool(request.form.get("part"))


def back(endpoint: str, day: object, anchor: str = "", said: str = "") -> "Answer":
    """Lead back to a page, at a place in it, with a word on what was done."""
    if said:
        flash(said)
    return redirect(url_for(endpoint, day=day) + (f"#{anchor}" if anchor else ""), 303)

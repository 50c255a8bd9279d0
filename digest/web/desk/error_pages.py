"""Error pages: say what is wrong, and show again what was typed, so that nothing is lost."""

from math import ceil
from typing import TYPE_CHECKING

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException

from digest.errors import (
    AlreadySent,
    DigestError,
    EditConflict,
    LoginRefused,
    NotFound,
    SettingsError,
    TooManyTries,
)
from digest.web.desk.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask.typing import ResponseReturnValue

    from digest.model import AuditEntry

HOURS_FROM_SECONDS = 2 * 3600  #: a wait of more is given in hours


class Outdated(EditConflict):
    """A person approved or sent from a page that is older than the last change."""

    def __init__(self, day: "date", changes: "Sequence[AuditEntry]") -> None:
        super().__init__("the edition", "", "")
        self.day = day
        self.changes = changes


def add_error_pages(web: Flask) -> None:
    """Answer errors with pages; the handler of the nearest class of an error is used."""
    web.register_error_handler(Outdated, _answer_outdated)
    web.register_error_handler(EditConflict, _answer_conflict)
    web.register_error_handler(AlreadySent, _answer_already_sent)
    web.register_error_handler(NotFound, _answer_not_found)
    web.register_error_handler(TooManyTries, _answer_too_many_tries)
    web.register_error_handler(LoginRefused, _answer_login_refused)
    web.register_error_handler(DigestError, _answer_refusal)
    web.register_error_handler(SettingsError, _answer_refusal)
    web.register_error_handler(HTTPException, _answer_http_error)


def error_page(message: str, status: int) -> tuple[str, int]:
    """Return a page that says what is wrong, with what was typed."""
    return render_template(
        "error.html", said=message, typed=request.form
    ), status


def explain_too_many_tries(error: TooManyTries) -> str:
    """Return a text for a person who guesses too often, with what they can do."""
    if error.busy:
        return _(
            "Many people log in at this moment. Try again in some seconds."
        )
    if error.wait > HOURS_FROM_SECONDS:
        return _(
            "Too many wrong codes. Try again in %(hours)s hours, or in another browser in which "
            "you have logged in here before; and an admin can reset your password.",
            hours=ceil(error.wait / 3600),
        )
    return _(
        "Too many wrong guesses. Try again in %(minutes)s minutes. If you have logged in here "
        "before in another browser, or from another place, it works there at once; and an admin "
        "can reset your password.",
        minutes=ceil(error.wait / 60),
    )


def too_many_tries_status(error: TooManyTries) -> tuple[int, dict[str, str]]:
    """Return the status and headers of an answer (RFC 6585, 4; RFC 9110, 15.6.4)."""
    headers = {"Retry-After": str(ceil(error.wait))}
    if error.busy:
        return 503, headers
    return 429, headers


def _answer_outdated(error: Outdated) -> "ResponseReturnValue":
    page = render_template(
        "outdated.html", day=error.day, changes=error.changes, here=""
    )
    return page, 409


def _answer_conflict(error: EditConflict) -> "ResponseReturnValue":
    return render_template("conflict.html", error=error), 409


def _answer_already_sent(_error: AlreadySent) -> "ResponseReturnValue":
    day = (request.view_args or {}).get("day", "")
    message = _(
        "This edition is sent or published. It stays as it is; nothing was changed."
    )
    page = render_template(
        "error.html", said=message, typed=request.form, sent_day=day
    )
    return page, 409


def _answer_not_found(error: NotFound) -> "ResponseReturnValue":
    return error_page(str(error), 404)


def _answer_too_many_tries(error: TooManyTries) -> "ResponseReturnValue":
    status, headers = too_many_tries_status(error)
    page, _status = error_page(explain_too_many_tries(error), status)
    return page, status, headers


def _answer_login_refused(error: LoginRefused) -> "ResponseReturnValue":
    return error_page(str(error), 403)


def _answer_refusal(error: Exception) -> "ResponseReturnValue":
    return error_page(str(error), 400)


def _answer_http_error(error: HTTPException) -> "ResponseReturnValue":
    status = error.code or 500
    messages = {404: _("There is no such page."), 413: _("That is too large.")}
    return error_page(messages.get(status, f"{status} {error.name}"), status)

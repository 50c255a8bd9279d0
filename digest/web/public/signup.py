"""Signup: ask for newsletters, and confirm them by the link in a mail (double opt-in).

The form for people and the JSON endpoint for programs share one view: the same limits, and the same
reply whatever happens, so that nobody learns who is subscribed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    render_template,
    request,
)
from werkzeug.datastructures import MultiDict

from digest.web.current import app
from digest.web.public.i18n import show_newsletter, shown_newsletter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: A field that people do not see; whatever fills it in is no person.
HONEYPOT = "website"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type",
}
#: A field that only our own form with a choice has: no newsletter in it means that none was chosen.
CHOICE = "choice"
#: Answers to programs, by problem; "" if there is none.
MESSAGES: dict[str, dict[str, str]] = {
    "": {
        "said": "If that address can be mailed, a confirmation is on its way."
    },
    "address": {"error": "That is no mail address."},
    "newsletters": {
        "error": 'Expected newsletters as a list of keys, such as ["weekly"].'
    },
    "haste": {"error": "Too many requests; try again in an hour."},
}

blueprint = Blueprint("signup", __name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request for newsletters."""

    status: int
    problem: str = ""  #: a key of MESSAGES
    wait_seconds: float = 0  #: until it may be tried again; 0 if at once
    error: str = ""  #: what was wrong, if MESSAGES does not say it exactly

    @property
    def message(self) -> dict[str, str]:
        """The answer to a program."""
        if self.error:
            return {"error": self.error}
        return MESSAGES[self.problem]

    @property
    def retry_header(self) -> dict[str, str]:
        """The header that says when to try again (RFC 6585, 4)."""
        if not self.wait_seconds:
            return {}
        return {"Retry-After": str(ceil(self.wait_seconds))}


@blueprint.get("/subscribe", provide_automatic_options=False)
def show_form() -> str:
    """Show the form."""
    return _form_page()


@blueprint.route("/subscribe", methods=["OPTIONS"])
def allow_other_sites() -> Response:
    """Answer a browser's question before a page elsewhere posts JSON here (CORS)."""
    return Response(status=204, headers=CORS)


@blueprint.post("/subscribe", provide_automatic_options=False)
def ask_to_subscribe() -> "ResponseReturnValue":
    """Mail a confirmation to the address."""
    fields = _read_fields()
    reply = _reply_to(fields)
    if request.is_json:
        headers = CORS | reply.retry_header
        return jsonify(reply.message), reply.status, headers
    page = render_template("asked.html", code=reply.status, reply=reply)
    return page, reply.status, reply.retry_header


@blueprint.get("/c/<token>")
def show_confirmation(token: str) -> str:
    """Show the page behind the link in the mail; any token gets the same, but for the names."""
    named = app.signup.list_named(token)
    if named:
        show_newsletter(named[0])
    return render_template("confirm.html", named=named or [shown_newsletter()])


@blueprint.post("/c/<token>")
def confirm_subscription(token: str) -> "ResponseReturnValue":
    """Subscribe the person whom the token was mailed to."""
    request.get_data()
    confirmed = app.signup.confirm_signup(
        token, f"confirmed from {request.remote_addr}"
    )
    if confirmed is None:
        return render_template("confirmed.html", newsletters=[]), 404
    newsletters = [
        app.subscribers.describe_newsletter(key)
        for key in confirmed.newsletters
    ]
    show_newsletter(newsletters[0])
    return render_template("confirmed.html", newsletters=newsletters)


def _form_page() -> str:
    public = app.subscribers.list_public_newsletters()
    if not public:
        abort(404)
    return render_template(
        "subscribe.html", honeypot=HONEYPOT, choice=CHOICE, offered=public
    )


def _read_fields() -> Mapping[str, Any]:
    if not request.is_json:
        return request.form
    document = request.get_json(silent=True)
    if isinstance(document, Mapping):
        return document
    return {}


def _read_newsletters(fields: Mapping[str, Any]) -> list[str]:
    """Return the keys of the newsletters that are asked for; none if they are no list of keys.

    Who does not say which wants that of the page's address.
    """
    if isinstance(fields, MultiDict):
        keys: object = fields.getlist("newsletters")
        says_which = bool(keys) or CHOICE in fields
    else:
        keys = fields.get("newsletters")
        says_which = keys is not None
    if not says_which:
        return [shown_newsletter().key]
    if not isinstance(keys, list) or not all(
        isinstance(key, str) for key in keys
    ):
        return []
    return keys


def _reply_to(fields: Mapping[str, Any]) -> Reply:
    from digest.audience import is_address
    from digest.services.signup import NoSuchNewsletter, TooMany

    address = str(fields.get("address") or "")
    name = str(fields.get("name") or "")
    newsletters = _read_newsletters(fields)
    if not is_address(address):
        return Reply(400, "address")
    if not newsletters:
        return Reply(400, "newsletters")
    if fields.get(HONEYPOT):
        return Reply(202)
    try:
        app.signup.request_signup(
            address,
            name,
            request.remote_addr or "",
            request.host,
            newsletters,
        )
    except NoSuchNewsletter as error:
        return Reply(400, "newsletters", error=str(error))
    except TooMany as error:
        return Reply(429, "haste", error.wait)
    return Reply(202)

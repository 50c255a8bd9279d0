"""Signup: ask for the newsletter, and confirm it by the link in a mail (double opt-in).

The form for people and the JSON endpoint for programs share one view: the same limits, and the same
reply whatever happens, so that nobody learns who is subscribed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template, request

from digest.web.current import app

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: A field that people do not see; whatever fills it in is no person.
HONEYPOT = "website"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type",
}
#: Answers to programs, by status.
MESSAGES: dict[int, dict[str, str]] = {
    202: {
        "said": "If that address can be mailed, a confirmation is on its way."
    },
    400: {"error": "That is no mail address."},
    429: {"error": "Too many requests; try again in an hour."},
}

blueprint = Blueprint("signup", __name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request for the newsletter."""

    status: int
    wait_seconds: float = 0  #: until it may be tried again; 0 if at once

    @property
    def retry_header(self) -> dict[str, str]:
        """The header that says when to try again (RFC 6585, 4)."""
        if not self.wait_seconds:
            return {}
        return {"Retry-After": str(ceil(self.wait_seconds))}


@blueprint.get("/subscribe", provide_automatic_options=False)
def show_form() -> str:
    """Show the form."""
    return render_template("subscribe.html", honeypot=HONEYPOT)


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
        return jsonify(MESSAGES[reply.status]), reply.status, headers
    page = render_template("asked.html", code=reply.status)
    return page, reply.status, reply.retry_header


@blueprint.get("/c/<token>")
def show_confirmation(token: str) -> str:  # noqa: ARG001 - any token gets the same page
    """Show the page behind the link in the mail."""
    return render_template("confirm.html")


@blueprint.post("/c/<token>")
def confirm_subscription(token: str) -> "ResponseReturnValue":
    """Subscribe the person whom the token was mailed to."""
    request.get_data()
    person = app.signup.confirm_signup(
        token, f"confirmed from {request.remote_addr}"
    )
    status = 200 if person else 404
    return render_template("confirmed.html", person=person), status


def _read_fields() -> Mapping[str, Any]:
    if not request.is_json:
        return request.form
    document = request.get_json(silent=True)
    if isinstance(document, Mapping):
        return document
    return {}


def _reply_to(fields: Mapping[str, Any]) -> Reply:
    from digest.audience import is_address
    from digest.services.signup import TooMany

    address = str(fields.get("address") or "")
    name = str(fields.get("name") or "")
    if not is_address(address):
        return Reply(400)
    if fields.get(HONEYPOT):
        return Reply(202)
    try:
        app.signup.request_signup(
            address, name, request.remote_addr or "", request.host
        )
    except TooMany as error:
        return Reply(429, error.wait)
    return Reply(202)

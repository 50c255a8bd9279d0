"""Asking for the newsletter, and saying that it was oneself (double opt-in).

The form and the JSON endpoint are one: the same guard, the same reply whatever becomes of it, so
that nobody learns who is subscribed.
"""

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, render_template, request

if TYPE_CHECKING:
    from digest.app import App

#: A field that people do not see; what fills it in is no person.
HONEYPOT = "website"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type",
}


def add(web: Flask, app: "App") -> None:
    """Add the form, the endpoint, and the page behind the confirmation's link."""

    @web.get("/subscribe", endpoint="subscribe", provide_automatic_options=False)
    def form() -> str:
        return render_template("subscribe.html", honeypot=HONEYPOT)

    @web.route("/subscribe", methods=["POST", "OPTIONS"], endpoint="subscribe_do")
    def ask() -> Any:
        if request.method == "OPTIONS":
            return Response(status=204, headers=CORS)
        given = request.get_json(silent=True) if request.is_json else request.form
        told = given if isinstance(given, Mapping) else {}
        address, name = (str(told.get(k) or "") for k in ("address", "name"))
        code, wait = _asked(app, address, name, robot=bool(told.get(HONEYPOT)))
        # RFC 6585, 4: a 429 may say when to try again
        later = {"Retry-After": str(ceil(wait))} if wait else {}
        if request.is_json:
            return jsonify(SAID[code]), code, CORS | later
        return render_template("asked.html", code=code), code, later

    @web.get("/c/<token>", endpoint="confirm")
    def confirm_page(token: str) -> str:  # noqa: ARG001 - any token gets the same page
        return render_template("confirm.html")

    @web.post("/c/<token>", endpoint="confirm_do")
    def confirm(token: str) -> tuple[str, int]:
        request.get_data()
        source = f"confirmed from {request.remote_addr}"
        person = app.joining.confirm(token, source)
        return render_template("confirmed.html", person=person), 200 if person else 404


SAID: dict[int, dict[str, str]] = {
    202: {"said": "If that address can be mailed, a confirmation is on its way."},
    400: {"error": "That is no mail address."},
    429: {"error": "Too many requests; try again in an hour."},
}


def _asked(app: "App", address: str, name: str, *, robot: bool) -> tuple[int, float]:
    """Return the status of the answer, and in how many seconds it may be tried again."""
    from digest.audience import is_address
    from digest.services.signup import TooMany

    if not is_address(address):
        return 400, 0
    if robot:
        return 202, 0
    try:
        app.joining.ask(address, name, request.remote_addr or "", request.host)
    except TooMany as e:
        return 429, e.wait
    return 202, 0

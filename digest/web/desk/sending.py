"""Saying yes to exactly this edition, trying it out, sending it."""

import getpass
import threading
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import Flask, redirect, render_template, request, url_for

from digest.errors import Conflict, DigestError, SettingsError
from digest.web.desk.finds import parse_day

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App


@dataclass
class Sending:
    """A send that goes on while pages are looked at."""

    day: date
    sent: int = 0
    error: str = ""
    running: bool = True


def add(web: Flask, app: "App") -> None:
    """Add approval, test send and send."""
    going: dict[date, Sending] = {}

    @web.get("/<day>/send", endpoint="sending")
    def page(day: str) -> str:
        on = parse_day(day)
        return render_template(
            "send.html",
            day=on,
            here="sending",
            plan=app.plan(on),
            yes=app.store.editions.approval(on),
            must=[f for f in app.checks.findings(on, False) if f.severity == "must"],
            due=app.send_time(on),
            zone=app.settings.newsletter.time_zone,
            sending=going.get(on),
            tested=request.args.get("tested", ""),
            me=getpass.getuser(),
        )

    @web.post("/<day>/approve", endpoint="approve")
    def approve(day: str) -> "Answer":
        on = parse_day(day)
        _as_seen(app, on)
        app.approve(on, request.form["by"].strip() or getpass.getuser())
        return redirect(url_for("sending", day=day), 303)

    @web.post("/<day>/test", endpoint="test")
    def test(day: str) -> "Answer":
        outcome = app.test_send(parse_day(day), request.form["address"].strip())
        said = f"{request.form['address']}: {outcome.state} {outcome.detail}"
        return redirect(url_for("sending", day=day, tested=said), 303)

    @web.post("/<day>/send", endpoint="send")
    def send(day: str) -> "Answer":
        on = parse_day(day)
        _as_seen(app, on)
        if on not in going or not going[on].running:
            going[on] = Sending(on)
            threading.Thread(target=_send, args=(app, going[on]), daemon=True).start()
        return redirect(url_for("sending", day=day), 303)


def _as_seen(app: "App", day: date) -> None:
    """Refuse a yes to something else than what the page showed."""
    now = app.render(day).content_hash
    if request.form["hash"] != now:
        raise Conflict("the edition", f"content {now[:12]}", f"content {request.form['hash'][:12]}")


def _send(app: "App", sending: Sending) -> None:
    def progress(more: int) -> None:
        sending.sent += more

    try:
        app.send(sending.day, progress)
    except (DigestError, SettingsError) as e:
        sending.error = str(e)
    finally:
        sending.running = False

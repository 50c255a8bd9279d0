"""Saying yes to exactly this edition, trying it out, sending it now or later, halting it."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Flask, g, render_template, request

from digest.errors import Conflict, DigestError, SettingsError
from digest.web.desk.here import back, parse_day
from digest.web.desk.words import _

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App
    from digest.passes import Cancelled

log = logging.getLogger("digest")

#: Seconds between two looks at what is due while the desk is open.
LOOK = 15
PATIENT = 5.0  #: seconds that cancelling waits for another process to end what it has in hand


@dataclass
class Sending:
    """A send that goes on while pages are looked at."""

    error: str = ""
    running: bool = True


class Sends:
    """The sends that this desk began, one of each edition at a time."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._going: dict[date, Sending] = {}

    def of(self, day: date) -> Sending | None:
        """Return the send of an edition, running or ended."""
        return self._going.get(day)

    def begin(self, day: date) -> None:
        """Send an edition beside what goes on, unless that is done already."""
        going = self._going.get(day)
        if going is None or not going.running:
            self._going[day] = Sending()
            threading.Thread(target=self._send, args=(day, self._going[day]), daemon=True).start()

    def keep_time(self, pause: Callable[[float], object]) -> None:
        """Send what was scheduled, as its time comes; `pause` waits some seconds."""
        while True:
            try:
                self._begin_due()
            except Exception:  # whatever it was, the next hour must not be missed for it
                log.exception("what is due could not be looked up")
            pause(LOOK)

    def _begin_due(self) -> None:
        for day in self._app.dispatch.due():
            ours = day in self._going or self._app.store.editions.scheduled(day)
            if ours and self._app.plan(day).approved:
                self.begin(day)

    def _send(self, day: date, sending: Sending) -> None:
        try:
            self._app.send(day)
        except (DigestError, SettingsError) as e:
            sending.error = str(e)
        finally:
            sending.running = False


def add(web: Flask, app: "App", sends: Sends) -> None:
    """Add approval, test send, send, schedule, halt."""
    zone = ZoneInfo(app.settings.newsletter.time_zone)

    def shown(day: date) -> dict[str, object]:
        found = app.checks.findings(day, links=False, spam=False)
        return {
            "day": day,
            "plan": app.plan(day),
            "yes": app.store.editions.approval(day),
            "two": app.settings.desk.two_people,
            "must": [f for f in found if f.severity == "must"],
            "due": app.dispatch.due_at(day),
            "scheduled": app.store.editions.scheduled(day),
            "zone": app.settings.newsletter.time_zone,
            "local": app.dispatch.due_at(day).astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
            "sending": sends.of(day),
        }

    @web.get("/<day>/send", endpoint="sending")
    def page(day: str) -> str:
        return render_template("send.html", here="sending", **shown(parse_day(day)))

    @web.get("/<day>/progress", endpoint="progress")
    def progress(day: str) -> str:
        return render_template("progress.html", **shown(parse_day(day)))

    @web.post("/<day>/approve", endpoint="approve")
    def approve(day: str) -> "Answer":
        on = parse_day(day)
        _as_seen(app, on)
        # at one's own machine the name is what one says it is; a hosted desk knows it
        name = request.form.get("by", "").strip() if not g.who.id else ""
        app.approve(on, name or g.who.name)
        return back("sending", day)

    @web.post("/<day>/test", endpoint="test")
    def test(day: str) -> "Answer":
        from digest.subscribers import checked

        address = checked(request.form.get("address", ""))
        outcome = app.test_send(parse_day(day), address)
        told = f"{address}: {outcome.state} {outcome.detail}"
        return back("sending", day, said=f"{told}. {outcome.advice}" if outcome.advice else told)

    @web.post("/<day>/send", endpoint="send")
    def send(day: str) -> "Answer":
        on = parse_day(day)
        _as_seen(app, on)
        sends.begin(on)
        return back("sending", day)

    @web.post("/<day>/schedule", endpoint="schedule")
    def schedule(day: str) -> "Answer":
        wish = request.form.get("at", "")
        at = None if "usual" in request.form else _moment(wish, zone)
        app.dispatch.schedule(parse_day(day), at, g.who.name)
        return back("sending", day)

    _halts(web, app, sends)


def _halts(web: Flask, app: "App", sends: Sends) -> None:
    @web.post("/<day>/pause", endpoint="pause")
    def pause(day: str) -> "Answer":
        app.dispatch.pause(parse_day(day), g.who.name)
        return back("sending", day)

    @web.post("/<day>/resume", endpoint="resume")
    def resume(day: str) -> "Answer":
        app.dispatch.resume(parse_day(day), g.who.name)
        sends.begin(parse_day(day))
        return back("sending", day)

    @web.post("/<day>/cancel", endpoint="cancel")
    def cancel(day: str) -> "Answer":
        told = app.dispatch.cancel(parse_day(day), g.who.name, wait=PATIENT)
        return back("sending", day, said=_cancelled(told))

    @web.post("/<day>/retry", endpoint="retry")
    def retry(day: str) -> "Answer":
        on = parse_day(day)
        app.dispatch.retry_refused(on, g.who.name)
        sends.begin(on)
        return back("sending", day)


def _cancelled(told: "Cancelled") -> str:
    """Say what cancelling stopped, and what it could not."""
    said = [
        _("%(n)s were not handed over.", n=told.never_handed),
        _("%(n)s were taken back before they left.", n=told.taken_back),
    ]
    if told.left:
        said.append(_("%(n)s have left, or leave within minutes.", n=told.left))
    if told.beyond_limit:
        said.append(
            _(
                "%(n)s leave all the same: the provider lets ten batches be cancelled at a time.",
                n=told.beyond_limit,
            )
        )
    if told.uncertain:
        said.append(_("%(n)s may have left; nobody can say yet.", n=told.uncertain))
    if told.finishing:
        said.append(_("What is in hand just now is being stopped; look again in a minute."))
    return " ".join(said)


def _moment(given: str, zone: ZoneInfo) -> datetime:
    """Return what a datetime field holds, told in the newsletter's zone. Raises DigestError."""
    try:
        local = datetime.fromisoformat(given)
    except ValueError:
        said = _("Expected a day and an hour such as 2026-02-27 09:00, found “%(it)s”.", it=given)
        raise DigestError(said) from None
    return local.replace(tzinfo=local.tzinfo or zone).astimezone(UTC)


def _as_seen(app: "App", day: date) -> None:
    """Refuse a yes to something else than what the page showed."""
    now, seen = app.render(day).content_hash, request.form.get("hash", "")
    if seen != now:
        raise Conflict("the edition", f"content {now[:12]}", f"content {seen[:12]}")

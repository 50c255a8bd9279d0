"""Saying yes to exactly this edition, trying it out, sending it now or later, halting it."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Flask, abort, g, redirect, render_template, request, url_for

from digest.edition import load
from digest.errors import Conflict, DigestError, NotApproved, SettingsError
from digest.model import APPROVED, LINK_FOUND, State
from digest.web.desk.i18n import _, moment, several
from digest.web.desk.page_request import back, parse_day

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App
    from digest.model import Deed, Plan
    from digest.services.sending_steps import Cancelled

log = logging.getLogger("digest")

#: What a person is asked before it is done.
ASKED = ("approve", "send", "cancel")
#: Seconds between two looks at what is due while the desk is open.
LOOK = 15
CHANGES_SHOWN = 20
NAMES_SHOWN = 200
#: seconds that cancelling waits for another process to end what it has in hand
PATIENT = 5.0


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
            threading.Thread(
                target=self._send, args=(day, self._going[day]), daemon=True
            ).start()

    def keep_time(self, pause: Callable[[float], object]) -> None:
        """Send what was scheduled, as its time comes; `pause` waits some seconds."""
        while True:
            try:
                self._begin_due()
            except (
                Exception
            ):  # whatever it was, the next hour must not be missed for it
                log.exception("what is due could not be looked up")
            pause(LOOK)

    def _begin_due(self) -> None:
        for day in self._app.dispatch.due():
            ours = day in self._going or self._app.store.editions.scheduled(day)
            if ours and self._app.dispatch.plan(day).approved:
                self.begin(day)

    def _send(self, day: date, sending: Sending) -> None:
        try:
            self._app.dispatch.send(day)
        except (DigestError, SettingsError) as e:
            sending.error = str(e)
        finally:
            sending.running = False


def add(web: Flask, app: "App", sends: Sends) -> None:
    """Add approval, test send, send, schedule, halt."""
    for more in (_pages, _decisions, _halts):
        more(web, app, sends)
    _trying(web, app)

    @web.errorhandler(Outdated)
    def outdated(e: Outdated) -> tuple[str, int]:
        return render_template(
            "outdated.html", day=e.day, changes=e.changes, here=""
        ), 409


def _pages(web: Flask, app: "App", sends: Sends) -> None:
    zone = app.settings.newsletter.zone

    def shown(day: date) -> dict[str, object]:
        plan = app.dispatch.plan(day)
        frozen = app.store.sent_contents.approval(day)
        changes = _changes_since(app, day, _approved_at(app, day))
        if frozen and frozen.content_hash == plan.content_hash:
            counted = frozen
        else:
            counted = None
        return {
            "day": day,
            "plan": plan,
            "yes": counted or app.store.editions.approval(day),
            "two": app.settings.desk.two_people,
            "must": app.checks.open_musts(day),
            "due": app.dispatch.due_at(day),
            "is_due": app.dispatch.due_at(day) <= app.clock(),
            "scheduled": app.store.editions.scheduled(day),
            "zone": app.settings.newsletter.time_zone,
            "local": app.dispatch.due_at(day)
            .astimezone(zone)
            .strftime("%Y-%m-%dT%H:%M"),
            "sending": sends.of(day),
            "earliest": app.clock().astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
            "rehearsed": _is_rehearsed(plan),
            "empty": load(app.editions.read_source(day)).is_empty,
            "changes": [d for d in changes if not d.what.startswith(APPROVED)],
            "links_found": [d for d in changes if d.what.startswith(LINK_FOUND)],
            "left_out": _left_out(app, day) if plan.proof.planned else [],
            "shown_at": app.clock().isoformat(),
        }

    @web.get("/<day>/send", endpoint="sending")
    def page(day: str) -> str:
        return render_template("send.html", here="sending", **shown(parse_day(day)))

    @web.get("/<day>/progress", endpoint="progress")
    def progress(day: str) -> str:
        return render_template("progress.html", **shown(parse_day(day)))

    @web.get("/<day>/confirm/<what>", endpoint="confirm")
    def confirm(day: str, what: str) -> str:
        """Ask before it is done; a dialog asks the same where there are scripts."""
        if what not in ASKED:
            abort(404)
        known = {"here": "sending", "what": what, "was": request.args.get("was", "")}
        return render_template("confirm.html", **known, **shown(parse_day(day)))


def _decisions(web: Flask, app: "App", sends: Sends) -> None:
    @web.post("/<day>/approve", endpoint="approve")
    def approve(day: str) -> "Answer":
        on = parse_day(day)
        app.dispatch.check_approvable(on)
        _as_seen(app, app.dispatch.plan(on))
        musts = len(app.checks.open_musts(on))
        is_due = app.dispatch.due_at(on) <= app.clock()
        if (musts or is_due) and not _is_confirmed("musts", musts):
            return _ask(day, "approve", "musts")
        # at one's own machine the name is what one says it is; a hosted desk knows it
        if not g.who.id:
            name = request.form.get("by", "").strip()
        else:
            name = ""
        app.dispatch.approve(on, name or g.who.name, request.form.get("hash", ""))
        return back("sending", day)

    @web.post("/<day>/send", endpoint="send")
    def send(day: str) -> "Answer":
        on = parse_day(day)
        plan = app.dispatch.plan(on)
        _as_seen(app, plan)
        if plan.not_approved:
            raise NotApproved(plan.not_approved)
        same_way = request.form.get("transport", "") == plan.transport
        if not same_way or not _is_confirmed("people", plan.remaining):
            return _ask(day, "send", "people")
        sends.begin(on)
        return back("sending", day)


def _trying(web: Flask, app: "App") -> None:
    zone = app.settings.newsletter.zone

    @web.post("/<day>/test", endpoint="test")
    def test(day: str) -> "Answer":
        from digest.audience import checked

        address = checked(request.form.get("address", ""))
        outcome = app.dispatch.test_send(parse_day(day), address)
        told = f"{address}: {outcome.state} {outcome.detail}"
        return back(
            "sending", day, said=f"{told}. {outcome.advice}" if outcome.advice else told
        )

    @web.post("/<day>/schedule", endpoint="schedule")
    def schedule(day: str) -> "Answer":
        wish = request.form.get("at", "")
        if "usual" in request.form:
            at = None
        else:
            at = _moment(wish, zone)
        app.dispatch.schedule(parse_day(day), at, g.who.name)
        due = moment(app.dispatch.due_at(parse_day(day)), zone)
        return back(
            "sending", day, said=_("It leaves on %(at)s once it is approved.", at=due)
        )


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


def _is_rehearsed(plan: "Plan") -> bool:
    """Whether the edition went to the outbox only, and would now be mailed."""
    return plan.transport != "outbox" and not plan.sent_by and bool(plan.proof.planned)


def _cancelled(told: "Cancelled") -> str:
    """Say what cancelling stopped, and what it could not."""
    spared = several(
        "%(n)s reader is not mailed.",
        "%(n)s readers are not mailed.",
        told.never_handed,
    )
    said = [spared]
    if told.taken_back:
        said.append(
            several(
                "%(n)s mail was taken back before it left.",
                "%(n)s mails were taken back before they left.",
                told.taken_back,
            )
        )
    if told.left:
        said.append(
            several(
                "%(n)s mail has left, or leaves within minutes.",
                "%(n)s mails have left, or leave within minutes.",
                told.left,
            )
        )
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
        said.append(
            _("What is in hand just now is being stopped; look again in a minute.")
        )
    return " ".join(said)


def _moment(given: str, zone: ZoneInfo) -> datetime:
    """Return what a datetime field holds, told in the newsletter's zone. Raises DigestError."""
    try:
        local = datetime.fromisoformat(given)
    except ValueError:
        said = _(
            "Expected a day and an hour such as 2026-02-27 09:00, found “%(it)s”.",
            it=given,
        )
        raise DigestError(said) from None
    return local.replace(tzinfo=local.tzinfo or zone).astimezone(UTC)


class Outdated(Conflict):
    """A person approved or sent from a page that is older than the last change."""

    def __init__(self, day: date, changes: "Sequence[Deed]") -> None:
        super().__init__("the edition", "", "")
        self.day = day
        self.changes = changes


def _as_seen(app: "App", plan: "Plan") -> None:
    """Refuse a yes to something else than what the page showed."""
    if request.form.get("hash", "") != plan.content_hash:
        shown = _time_of(request.form.get("shown", ""))
        raise Outdated(plan.edition, _changes_since(app, plan.edition, shown))


def _time_of(given: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        return None
    if at.tzinfo:
        return at
    return None


def _approved_at(app: "App", day: date) -> datetime | None:
    given = app.store.editions.approval(day)
    if given:
        return given.at
    return None


def _changes_since(app: "App", day: date, since: datetime | None) -> "list[Deed]":
    """Return what was changed since a time, the newest first; nothing if that is not known."""
    if since is None:
        return []
    done = app.store.editions.revisions(day) + app.store.staff.deeds(day, CHANGES_SHOWN)
    return sorted((d for d in done if d.at >= since), key=lambda d: d.at, reverse=True)


def _left_out(app: "App", day: date) -> list[tuple[str, list[str]]]:
    """Return who is not served, or perhaps not, by the reason; those queued before a halt too."""
    found: dict[str, list[str]] = {}
    for state in (State.EXCLUDED, State.UNCERTAIN):
        for address, why in app.store.deliveries.of(day, state):
            found.setdefault(f"{state}, {why}" if why else str(state), []).append(
                address
            )
    return [(why, people[:NAMES_SHOWN]) for why, people in found.items()]


def _is_confirmed(what: str, now: int) -> bool:
    """Say whether a person was asked, and told of as many (people, musts) as there are now."""
    seen = request.form.get(what, "")
    if seen.isdecimal() and len(seen) < 12:
        told = int(seen)
    else:
        told = -1
    return request.form.get("confirmed") == "yes" and told >= now


def _ask(day: str, what: str, counted: str) -> "Answer":
    """Lead to the page that asks; it says what was shown before, if something was."""
    if request.form.get("confirmed"):
        was = request.form.get(counted, "")
    else:
        was = ""
    return redirect(url_for("confirm", day=day, what=what, was=was or None), 303)

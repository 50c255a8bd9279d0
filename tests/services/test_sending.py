"""From a person's yes to the last delivery: two people, a time, a halt."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from digest.app import App
from digest.errors import DigestError, NotApproved, NotFound
from digest.model import (
    DeliveryState,
    EditionKey,
    Email,
    Outcome,
    Recipient,
    SuppressionReason,
)
from digest.services.transports import Transports
from digest.web.desk.background_sends import BackgroundSends
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, page, post


class Slow:
    """Takes one message at a time, and calls somebody after each."""

    name, unit = "smtp", 1

    def __init__(self, after: Callable[[int], None]) -> None:
        self.taken: list[str] = []
        self.after = after

    def send(
        self, letter: Email, recipients: Sequence[Recipient]
    ) -> list[Outcome]:
        self.taken += [r.address for r in recipients]
        self.after(len(self.taken))
        return [Outcome(DeliveryState.ACCEPTED, "x") for _ in recipients]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch):
    """A transport that a test can interrupt; each send gets the one made last."""
    made: list[Slow] = []

    @contextmanager
    def transport(self, day, name=""):
        yield made[-1]

    monkeypatch.setattr(Transports, "open_transport", transport)

    def make(after: Callable[[int], None] = lambda _: None) -> Slow:
        made.append(Slow(after))
        return made[-1]

    return make


@pytest.fixture
def approved(app: App, audience: list[str]) -> App:
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    return app


def proof(app: App) -> str:
    return str(app.store.deliveries.get_delivery_report(DAY))


# Halting


def test_a_paused_send_stops_and_resumes_later(
    approved: App, audience: list[str], slow
) -> None:
    first = slow(
        lambda n: approved.halting.pause_send(DAY, "Ben") if n == 7 else None
    )
    approved.sending.send_edition(DAY)
    assert len(first.taken) == 7
    assert (
        proof(approved)
        == "planned 25 = 18 queued + 7 accepted + 0 excluded + 0 uncertain"
    )
    with pytest.raises(DigestError, match="Ben has paused"):
        approved.sending.send_edition(DAY)
    assert approved.send_schedule.due_editions() == []
    second = slow()
    approved.halting.resume_send(DAY, "Cai")
    approved.sending.send_edition(DAY)
    assert sorted(first.taken + second.taken) == sorted(audience)
    assert (
        proof(approved)
        == "planned 25 = 0 queued + 25 accepted + 0 excluded + 0 uncertain"
    )


def test_a_cancelled_send_mails_nobody_more_and_says_so(
    approved: App, slow
) -> None:
    first = slow(
        lambda n: approved.halting.cancel_send(DAY, "Ben") if n == 3 else None
    )
    approved.sending.send_edition(DAY)
    assert len(first.taken) == 3
    assert (
        proof(approved)
        == "planned 25 = 0 queued + 3 accepted + 22 excluded + 0 uncertain"
    )
    for again in (
        lambda: approved.sending.send_edition(DAY),
        lambda: approved.halting.resume_send(DAY, "Cai"),
        lambda: approved.halting.pause_send(DAY, "Cai"),
    ):
        with pytest.raises(DigestError):
            again()
    assert len(first.taken) == 3


def test_a_paused_send_can_be_cancelled(approved: App, slow) -> None:
    slow(lambda n: approved.halting.pause_send(DAY, "Ben") if n == 3 else None)
    approved.sending.send_edition(DAY)
    approved.halting.cancel_send(DAY, "Ben")
    assert (
        proof(approved)
        == "planned 25 = 0 queued + 3 accepted + 22 excluded + 0 uncertain"
    )


def test_what_is_not_being_sent_cannot_be_halted(approved: App) -> None:
    for halt in (
        approved.halting.pause_send,
        approved.halting.cancel_send,
        approved.halting.resume_send,
    ):
        with pytest.raises(NotFound):
            halt(DAY, "Ben")


def test_a_halt_from_the_command_line(approved: App, slow) -> None:
    from click.testing import CliRunner

    from digest.cli import cli

    def run(*words: str):
        return CliRunner().invoke(
            cli, ["-C", str(approved.workspace.folder), *words]
        )

    day = str(DAY)
    assert "no send" in run("send", day, "--pause").output
    slow(lambda n: run("send", day, "--pause") if n == 3 else None)
    approved.sending.send_edition(DAY)
    assert approved.store.send_halts.get_halt(DAY)[0] == "paused"
    slow()
    assert "25 accepted" in run("send", day, "--resume", "--yes").output
    assert run("send", day, "--cancel").exit_code == 0


# Two people


@pytest.fixture
def pair(open_app: Callable[..., App], audience: list[str]) -> App:
    app = open_app({"DIGEST_DESK__TWO_PEOPLE": "true"})
    app.editions.save_source(EDITION)
    return app


def test_where_two_must_say_yes_one_is_not_enough(pair: App, slow) -> None:
    slow()
    pair.approval.approve_edition(DAY, "Ada")
    assert not pair.sending.plan_send(DAY).approved
    with pytest.raises(NotApproved, match="only Ada"):
        pair.sending.send_edition(DAY)
    with pytest.raises(DigestError, match="a second person"):
        pair.approval.approve_edition(DAY, "ADA")
    pair.approval.approve_edition(DAY, "Ben")
    assert pair.sending.plan_send(DAY).approved
    assert "25 accepted" in str(pair.sending.send_edition(DAY))


def test_a_change_takes_both_yeses_away(pair: App) -> None:
    pair.approval.approve_edition(DAY, "Ada")
    pair.editing_as("Cai").change_heading(
        DAY, {"subject": "New"}, {"subject": "What the records show"}
    )
    pair.approval.approve_edition(DAY, "Ben")
    assert not pair.sending.plan_send(DAY).approved
    yes = pair.store.editions.get_approval(DAY)
    assert (yes.by, yes.second) == ("Ben", "")


# Time


def test_an_edition_leaves_when_a_person_says(
    approved: App, open_app: Callable[..., App]
) -> None:
    usual = approved.send_schedule.due_at(DAY)
    later = NOW + timedelta(hours=30)
    approved.send_schedule.schedule_send(DAY, later, "Ada")
    assert approved.send_schedule.due_at(DAY) == later
    assert approved.send_schedule.due_editions() == []
    assert open_app(now=later).send_schedule.due_editions() == [DAY]
    with pytest.raises(DigestError, match="is past"):
        approved.send_schedule.schedule_send(DAY, NOW, "Ada")
    approved.send_schedule.schedule_send(DAY, None, "Ada")
    assert approved.send_schedule.due_at(DAY) == usual


def test_a_desk_that_is_open_sends_what_was_scheduled(
    approved: App, open_app: Callable[..., App], slow
) -> None:
    approved.send_schedule.schedule_send(DAY, NOW + timedelta(hours=1), "Ada")
    taken = slow()

    class Enough(Exception):
        pass

    def twice(app: App) -> None:
        looks = []

        def pause(_seconds: float) -> None:
            looks.append(1)
            if len(looks) == 2:
                raise Enough

        sends = BackgroundSends(app)
        with pytest.raises(Enough):
            sends.send_when_due(pause)
        for _ in range(100):
            going = sends.find_send(EditionKey("weekly", DAY))
            if going is None or not going.running:
                break
            __import__("time").sleep(0.02)

    twice(approved)
    assert taken.taken == []
    twice(open_app(now=NOW + timedelta(hours=2)))
    assert len(taken.taken) == 25


def test_what_is_not_approved_is_not_sent_at_its_time(
    approved: App, open_app: Callable[..., App]
) -> None:
    approved.send_schedule.schedule_send(DAY, NOW + timedelta(hours=1), "Ada")
    approved.editing_as("Cai").change_heading(
        DAY, {"subject": "New"}, {"subject": "What the records show"}
    )
    late = open_app(now=NOW + timedelta(hours=2))
    assert late.send_schedule.due_editions() == [DAY]
    with pytest.raises(NotApproved):
        late.sending.send_edition(DAY)


# At the desk


def test_a_time_is_read_in_the_newsletters_zone(
    open_app: Callable[..., App], audience: list[str]
) -> None:
    from tests.desk_client import let_in

    app = open_app({"DIGEST_NEWSLETTER__TIME_ZONE": "America/New_York"})
    app.editions.save_source(EDITION)
    client = let_in(app)
    assert (
        post(client, f"/{DAY}/schedule", at="2026-02-28T09:00").status_code
        == 303
    )
    assert (
        app.send_schedule.due_at(DAY).isoformat() == "2026-02-28T14:00:00+00:00"
    )
    shown = page(client, f"/{DAY}/send").text_content()
    assert "28 Feb 2026, 09:00 EST (America/New_York)" in shown.replace(
        "Feb 28, 2026", "28 Feb 2026"
    )
    for nonsense in ("", "tomorrow", "2026-13-01T09:00"):
        assert post(client, f"/{DAY}/schedule", at=nonsense).status_code == 400
    post(client, f"/{DAY}/schedule", usual="yes")
    assert app.store.editions.get_schedule(DAY) is None


def test_a_send_is_halted_at_the_desk_by_whoever_looks_at_it(
    desk: FlaskClient, stocked: App, audience: list[str], slow
) -> None:
    stocked.approval.approve_edition(DAY, "Ada")
    slow(lambda n: post(desk, f"/{DAY}/pause") if n == 5 else None)
    stocked.sending.send_edition(DAY)
    shown = page(desk, f"/{DAY}/send")
    assert "has paused it" in shown.text_content()
    assert shown.xpath("//progress/@value") == ["5"]
    post(desk, f"/{DAY}/cancel")
    shown = page(desk, f"/{DAY}/send").text_content()
    assert "has cancelled it" in shown
    assert "25 readers: 5 accepted for delivery, 20 left out" in shown
    assert "cancelled the send" in page(desk, f"/{DAY}/history").text_content()


def test_an_edition_sent_before_its_hour_is_in_the_archive(
    approved: App, open_app: Callable[..., App], slow
) -> None:
    """Its readers follow the link to its page."""
    slow()
    app = open_app({"DIGEST_DELIVERY__TRANSPORT": "smtp"})
    app.send_schedule.schedule_send(DAY, NOW + timedelta(days=2), "Ada")
    assert app.publishing.list_public_dates() == []
    app.sending.send_edition(DAY)
    assert app.publishing.list_public_dates() == [DAY]


@pytest.mark.parametrize("transport", ["smtp", "sendgrid"])
def test_who_unsubscribes_before_their_hand_over_gets_nothing(
    transport: str,
    audience: list[str],
    app: App,
    open_app: Callable[..., App],
    request: pytest.FixtureRequest,
) -> None:
    """Their part of the queue is in hand already; each is looked at again just before the mail."""
    server = request.getfixturevalue(transport)
    one_line = {"SMTP__CONNECTIONS": "1", "SENDGRID__AT_ONCE": "1"}
    sender = open_app(
        server.env | {f"DIGEST_DELIVERY__{k}": v for k, v in one_line.items()}
    )
    app.approval.approve_edition(DAY, "Ada")
    left, by_hand, complained = audience[20:23]
    looks = []

    def meanwhile() -> bool:
        looks.append(
            app.store.deliveries.get_delivery_report(DAY).count_in_state(
                DeliveryState.CLAIMED
            )
        )
        if len(looks) == 2:
            app.subscribers.unsubscribe_by_token(
                app.tokens.sign_subscriber(
                    app.subscribers.find_subscriber(left).id
                )
            )
            app.subscribers.unsubscribe_address(by_hand)
            app.store.subscribers.suppress_address(
                complained, SuppressionReason.COMPLAINED, NOW, "by mail"
            )
        return False

    proof = sender.sending.send_edition(DAY, stop=meanwhile)
    assert looks[1] == 25, "all of them were claimed when three said no"
    assert (
        str(proof)
        == "planned 25 = 0 queued + 22 accepted + 3 excluded + 0 uncertain"
    )
    told = dict(
        sender.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.EXCLUDED
        )
    )
    assert told == {left: "left", by_hand: "left", complained: "suppressed"}
    mailed = (
        Counter(to for to, _ in server.messages)
        if transport == "smtp"
        else server.mailed()
    )
    assert mailed == Counter(set(audience) - told.keys())

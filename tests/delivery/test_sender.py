"""Nobody twice, nobody forgotten, nobody who said no: over real sockets, for every transport."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from digest.app import App
from digest.delivery import Pace, Sender
from digest.errors import Busy, NotApproved, TransportDown
from digest.model import (
    DeliveryState,
    Email,
    Outcome,
    Recipient,
    SendSpec,
    Subscriber,
)
from tests.conftest import EDITION, NOW
from tests.delivered_mail import outbox
from tests.delivery.conftest import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp


@pytest.fixture(params=["one by one", "pipelining"])
def smtp(request: pytest.FixtureRequest) -> Iterator[FakeSmtp]:
    """A mail server, of the kind that takes commands together and of the kind that does not."""
    with FakeSmtp(pipelining=request.param == "pipelining") as server:
        yield server


@pytest.mark.parametrize("transport", ["outbox", "smtp", "sendgrid"])
def test_sending_again_mails_nobody_twice(
    open_app,
    approved: list[str],
    smtp: FakeSmtp,
    sendgrid: FakeSendgrid,
    transport: str,
) -> None:
    env = {"outbox": {}, "smtp": smtp.env, "sendgrid": sendgrid.env}[transport]
    first = open_app(env).sending.send_edition(DAY)
    open_app(env).subscribers.add_people(
        [Subscriber("late@readers.example", consent_at=NOW)]
    )
    assert open_app(env).sending.send_edition(DAY).counts == first.counts
    assert len(smtp.messages) in (0, 25)
    assert len(sendgrid.payloads) in (0, 1)


def test_without_approval_nothing_leaves(app: App, audience: list[str]) -> None:
    with pytest.raises(
        NotApproved, match="the edition of 2026-02-27 is not approved"
    ):
        app.sending.send_edition(DAY)
    assert outbox(app) == {}


@pytest.mark.parametrize("what", ["edition", "template", "settings"])
def test_any_change_voids_the_approval(
    open_app, approved: list[str], folder: Path, what: str
) -> None:
    if what == "edition":
        open_app().editions.save_source(
            EDITION.replace("Paragraphs.", "Paragraphs!")
        )
    elif what == "template":
        (folder / "templates").mkdir()
        (folder / "templates" / "edition.txt").write_text(
            "{% include 'default:edition.txt' %}PS"
        )
    env = (
        {"DIGEST_NEWSLETTER__REPLY_TO": "other@openwater.example"}
        if what == "settings"
        else {}
    )
    with pytest.raises(
        NotApproved, match="has changed since a test approved it"
    ):
        open_app(env).sending.send_edition(DAY)


def test_a_refused_address_is_named_and_the_others_are_served(
    open_app, approved, smtp: FakeSmtp
) -> None:
    smtp.refuse = {approved[5]}
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.EXCLUDED: 1,
    }
    assert app.store.deliveries.list_deliveries_in_state(
        DAY, DeliveryState.EXCLUDED
    ) == [(approved[5], "refused: 550 no such user")]


def test_a_server_that_vanishes_with_the_message_leaves_one_uncertain(
    open_app, approved, smtp: FakeSmtp
) -> None:
    """It may have taken it: nobody is mailed again on a guess, and everybody else is served."""
    smtp.vanish = {approved[5]}
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.UNCERTAIN: 1,
    }
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.UNCERTAIN: 1,
    }
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)


def test_who_is_refused_for_now_is_not_forgotten(
    open_app, approved: list[str], smtp: FakeSmtp
) -> None:
    """Greylisting and full mailboxes pass; what is refused for good does not come back."""
    smtp.later, smtp.refuse = set(approved[:3]), {approved[9]}
    app = open_app(smtp.env)
    counts = {
        DeliveryState.ACCEPTED: 21,
        DeliveryState.QUEUED: 3,
        DeliveryState.EXCLUDED: 1,
    }
    assert app.sending.send_edition(DAY).counts == counts
    assert not app.store.deliveries.is_complete(DAY)
    smtp.later = set(approved[:1])
    assert app.sending.send_edition(DAY).counts == counts | {
        DeliveryState.ACCEPTED: 23,
        DeliveryState.QUEUED: 1,
    }
    smtp.later = set()
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.EXCLUDED: 1,
    }
    assert sorted(to for to, _ in smtp.messages) == sorted(
        set(approved) - {approved[9]}
    )


def test_one_reader_refused_for_now_does_not_turn_in_circles(
    open_app, smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    app.editions.save_source(EDITION)
    app.subscribers.add_people([Subscriber("one@r.example", consent_at=NOW)])
    app.approval.approve_edition(DAY, "Ada")
    smtp.later = {"one@r.example"}
    assert app.sending.send_edition(DAY).counts == {DeliveryState.QUEUED: 1}


def test_a_server_that_is_down_changes_nothing(
    open_app, approved, smtp: FakeSmtp
) -> None:
    nowhere = smtp.env | {"DIGEST_DELIVERY__SMTP__PORT": "9"}
    with pytest.raises(TransportDown, match="the mail server 127.0.0.1:9"):
        open_app(nowhere).sending.send_edition(DAY)
    assert open_app().store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }


def test_eight_lines_at_once_mail_each_exactly_once(
    open_app, sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    app.editions.save_source(EDITION)
    many = [f"reader{n}@many.example" for n in range(12_345)]
    app.subscribers.add_people(Subscriber(a, consent_at=NOW) for a in many)
    app.approval.approve_edition(DAY, "Ada")
    sendgrid.lose = 4
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 12_345
    }
    assert sendgrid.mailed() == dict.fromkeys(many, 1)


def send_all(sender: Sender) -> None:
    for _count in sender.send_queued():
        pass


class Dying:
    """A transport whose process dies at the nth hand-over, before or after the message left."""

    name = "dying"

    def __init__(self, unit: int, at: int, after: bool) -> None:
        self.unit, self.at, self.after, self.calls = unit, at, after, 0
        self.left: list[str] = []

    def send(
        self, letter: Email, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        self.calls += 1
        dies = self.calls == self.at
        if self.after or not dies:
            self.left += [r.address for r in recipients]
        if dies:
            raise KeyboardInterrupt
        return [Outcome(DeliveryState.ACCEPTED)] * len(recipients)


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("at", [1, 2, 5, 9])
@pytest.mark.parametrize("unit", [1, 4, 1000])
def test_a_death_at_any_moment_leaves_nobody_twice_and_nobody_missed(
    app: App, audience, unit: int, at: int, after: bool
) -> None:
    """What was in hand is uncertain and listed; everybody else is mailed exactly once."""
    ledger, letter = (
        app.store.deliveries,
        app.editions.render_stored(DAY).letter,
    )
    left: list[str] = []
    for attempt in range(4):
        transport = Dying(unit, at if attempt == 0 else 0, after)
        ledger.freeze_audience(DAY, SendSpec("hash", "dying"), NOW, size=10)
        try:
            send_all(
                Sender(
                    letter,
                    ledger,
                    transport,
                    app.tokens,
                    Pace(10**9),
                    lambda: NOW,
                )
            )
        except KeyboardInterrupt:
            pass
        left += transport.left
    uncertain = [
        a
        for a, _ in ledger.list_deliveries_in_state(
            DAY, DeliveryState.UNCERTAIN
        )
    ]
    assert len(left) == len(set(left))
    assert set(left) | set(uncertain) == set(audience)
    assert len(uncertain) <= max(1, min(unit, 10))


def test_a_test_send_needs_no_approval_and_touches_no_ledger(
    open_app, audience, smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    assert (
        app.sending.send_test(DAY, "boss@openwater.example").state
        == DeliveryState.ACCEPTED
    )
    ((to, message),) = smtp.messages
    assert (to, message["Subject"]) == (
        "boss@openwater.example",
        "[Test] What the records show",
    )
    assert app.store.deliveries.get_delivery_report(DAY).planned == 0
    assert app.subscribers.unsubscribe_by_token(
        message["List-Unsubscribe"].split(">")[0].rpartition("/")[2]
    )
    assert app.store.subscribers.count_active() == 25


def test_a_second_send_at_the_same_time_says_so(
    app: App, approved: list[str]
) -> None:
    with (
        app.store.hold_send_lock(),
        pytest.raises(Busy, match="another `digest send` is running"),
    ):
        app.sending.send_edition(DAY)


def test_the_pace_is_kept() -> None:
    """Ten messages at sixty a minute take nine seconds of waiting; the first waits for nobody."""
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(60, lambda: now[0], sleep)
    for _ in range(10):
        pace.wait(1)
    assert sum(slept) == pytest.approx(9)


@pytest.mark.slow
def test_a_real_kill_leaves_nobody_twice_and_nobody_missed(
    app: App, approved: list[str], folder: Path, smtp: FakeSmtp
) -> None:
    """kill -9 in the middle of a send over SMTP, three times, then once to the end."""
    env = (
        os.environ | smtp.env | {"DIGEST_DELIVERY__SMTP__RATE": "1500 a minute"}
    )
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "send",
        "--yes",
    ]
    for kill_at in (5, 11, 17):
        with subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL
        ) as process:
            while len(smtp.messages) < kill_at and process.poll() is None:
                time.sleep(0.005)
            process.kill()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False)
    mailed = [to for to, _ in smtp.messages]
    uncertain = {
        a
        for a, _ in app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.UNCERTAIN
        )
    }
    assert len(mailed) == len(set(mailed))
    assert set(mailed) | uncertain == set(approved)
    assert len(uncertain) <= 3
    assert app.store.deliveries.is_complete(DAY)

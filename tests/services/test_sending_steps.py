"""Cancelling for good stops what has not left: also what the provider keeps back still."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.infra.clock import utc_now
from digest.model import DeliveryState, Subscriber
from tests.conftest import EDITION, NOW, SHARED, needs_shared
from tests.delivery.transports.test_sendgrid import _wait_for
from tests.desk_client import DAY, let_in, page, post
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp

FAST = {"DIGEST_DELIVERY__SENDGRID__RATE": "1,000,000 a second"}


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    app.approval.approve_edition(DAY, "a test")
    return audience


@pytest.fixture
def many(app: App) -> list[str]:
    """Twelve requests' worth of readers."""
    app.editions.save_source(EDITION)
    addresses = [f"reader{n}@many.example" for n in range(11_500)]
    app.subscribers.add_people(Subscriber(a, consent_at=NOW) for a in addresses)
    app.approval.approve_edition(DAY, "a test")
    return addresses


def run(folder: Path, env: dict[str, str], *words: str):
    return CliRunner().invoke(
        cli, ["-C", str(folder), "send", str(DAY), *words], env=env
    )


def accounted(app: App, sendgrid: FakeSendgrid, everybody: list[str]) -> None:
    """Check that who is said to be stopped gets nothing, and who is said to be mailed does."""
    ledger = app.store.deliveries
    accepted = {
        a
        for a, _ in ledger.list_deliveries_in_state(DAY, DeliveryState.ACCEPTED)
    }
    assert dict(sendgrid.mailed()) == dict.fromkeys(accepted, 1)
    assert ledger.get_delivery_report(DAY).planned == len(everybody)
    assert (
        ledger.get_delivery_report(DAY).count_in_state(DeliveryState.QUEUED)
        == 0
    )


def test_what_was_handed_over_and_has_not_left_is_taken_back(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    told = app.halting.cancel_send(DAY, "Ben")
    assert (told.taken_back, told.left, told.never_handed, told.uncertain) == (
        25,
        0,
        0,
        0,
    )
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.EXCLUDED: 25
    }
    why = {
        why
        for _, why in app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.EXCLUDED
        )
    }
    assert why == {"cancelled before it left"}
    accounted(app, sendgrid, approved)
    assert (
        app.halting.cancel_send(DAY, "Ben").taken_back == 0
    )  # again, and nothing more comes of it
    deeds = [d.what for d in app.store.staff.list_actions(DAY)]
    assert deeds.count("cancelled the send") == 1


@pytest.mark.parametrize("minutes", [6, 14, 60])
def test_what_is_about_to_leave_cannot_be_stopped_and_that_is_said(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    minutes: int,
) -> None:
    """By the provider's clock, whatever ours says."""
    sendgrid.now = NOW
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    sendgrid.now = NOW + timedelta(minutes=minutes)
    told = app.halting.cancel_send(DAY, "Ben")
    assert (told.taken_back, told.left) == (0, 25)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    accounted(app, sendgrid, approved)


def test_beyond_ten_batches_it_says_how_many_leave_all_the_same(
    open_app: Callable[..., App],
    folder: Path,
    many: list[str],
    sendgrid: FakeSendgrid,
) -> None:
    sendgrid.limit, sendgrid.now = (
        10,
        NOW,
    )  # the command's own clock is the real one
    env = sendgrid.env | FAST
    app = open_app(env)
    app.sending.send_edition(DAY)
    told = run(folder, env, "--cancel", "--json")
    counts = json.loads(told.stdout)
    cancelled = counts["cancelled"]
    assert cancelled["taken_back"] + cancelled["beyond_limit"] == 11_500
    assert cancelled["beyond_limit"] in (1500, 2000)
    assert (
        cancelled["left"],
        cancelled["uncertain"],
        cancelled["never_handed"],
    ) == (
        0,
        0,
        0,
    )
    assert counts["accepted"] == cancelled["beyond_limit"]
    accounted(app, sendgrid, many)


def test_a_cancel_that_was_not_heard_leaves_them_uncertain_until_it_is(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    sendgrid.deaf = True
    told = app.halting.cancel_send(DAY, "Ben")
    assert (told.taken_back, told.left, told.uncertain) == (0, 0, 25)
    sendgrid.deaf = False
    assert app.reconciliation.reconcile_edition(DAY) == []
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.EXCLUDED: 25
    }
    accounted(app, sendgrid, approved)


def test_what_was_uncertain_is_stopped_and_not_queued_again(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    sendgrid.lose, sendgrid.deaf = 1, True
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.UNCERTAIN: 25}
    sendgrid.deaf = False
    assert app.halting.cancel_send(DAY, "Ben").taken_back == 25
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.EXCLUDED: 25
    }
    accounted(app, sendgrid, approved)


@pytest.mark.parametrize("after", [1, 4])
def test_a_send_that_goes_on_is_cancelled_by_somebody_else(
    open_app: Callable[..., App],
    folder: Path,
    many: list[str],
    sendgrid: FakeSendgrid,
    after: int,
) -> None:
    """What is in hand is finished, and then taken back as well."""
    sendgrid.latency = 0.1
    app, other = open_app(sendgrid.env | FAST | {"DIGEST_DELIVERY__SENDGRID__AT_ONCE": "2"}), open_app(sendgrid.env)  # fmt: skip
    sending = threading.Thread(target=app.sending.send_edition, args=(DAY,))
    sending.start()
    while len(sendgrid.payloads) < after:
        time.sleep(0.01)
    told = other.halting.cancel_send(DAY, "Ben", wait=10)
    sending.join()
    counts = app.store.deliveries.get_delivery_report(DAY).counts
    assert counts == {DeliveryState.EXCLUDED: 11_500}
    assert not told.finishing
    assert told.never_handed + told.taken_back + told.left <= 11_500
    accounted(app, sendgrid, many)


def test_a_sender_nobody_waits_for_stops_its_own_mail(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    app, other = open_app(sendgrid.env), open_app(sendgrid.env)
    take = sendgrid.take

    def meanwhile(payload: dict):
        assert other.halting.cancel_send(DAY, "Ben").finishing
        return take(payload)

    sendgrid.take = meanwhile
    assert app.sending.send_edition(DAY).counts == {DeliveryState.EXCLUDED: 25}
    accounted(app, sendgrid, approved)


def test_what_went_by_the_other_transport_is_not_said_to_be_stopped(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    smtp: FakeSmtp,
) -> None:
    """It had a batch id at the first transport, which took nothing."""
    sendgrid.status = 413
    app = open_app(
        smtp.env | sendgrid.env | {"DIGEST_DELIVERY__FALLBACK": "smtp"}
    )
    app.sending.send_edition(DAY)
    assert len(smtp.messages) == 25
    told = app.halting.cancel_send(DAY, "Ben")
    assert (told.taken_back, told.left) == (0, 25)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }


def test_one_bad_address_among_them_keeps_none_from_being_stopped(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    sendgrid.refuse, sendgrid.names_it = {approved[9]}, False
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    assert app.halting.cancel_send(DAY, "Ben").taken_back == 24
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.EXCLUDED: 25
    }
    assert dict(
        app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.EXCLUDED
        )
    )[approved[9]].startswith("refused")
    accounted(app, sendgrid, approved)


def test_a_pause_says_what_is_on_its_way_and_when_it_leaves(
    open_app: Callable[..., App],
    folder: Path,
    approved: list[str],
    sendgrid: FakeSendgrid,
) -> None:
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    app.halting.pause_send(DAY, "Ben")
    way = app.deliveries.describe_progress(DAY).on_its_way
    assert (way.delivery_count, way.last) == (25, NOW + timedelta(minutes=15))
    shown = page(let_in(app), f"/{DAY}/send").text_content()
    assert "25 accepted mails are with the provider still." in shown
    later = open_app(sendgrid.env, NOW + timedelta(minutes=16))
    assert (
        later.deliveries.describe_progress(DAY).on_its_way.delivery_count == 0
    )


def test_the_desk_says_how_many_were_stopped(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    desk = let_in(app)
    assert "Cancel for good" in page(desk, f"/{DAY}/send").text_content()
    post(desk, f"/{DAY}/cancel")
    assert (
        "25 mails were taken back before they left."
        in page(desk, f"/{DAY}/send").text_content()
    )
    accounted(app, sendgrid, approved)


@contextmanager
def shared_fake(log: Path, *switches: str):
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    script = SHARED / "tools" / "fake_sendgrid" / "fake_sendgrid.py"
    command = [
        sys.executable,
        str(script),
        str(port),
        "--log",
        str(log),
        "--max-seconds",
        "60",
    ]
    with subprocess.Popen([*command, *switches]) as fake:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            fake.terminate()


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize(
    "switch",
    ["--enforce-limits", pytest.param("--no-lookup", marks=pytest.mark.slow)],
)
def test_the_shared_fake_lets_nothing_leave_that_was_cancelled(
    open_app: Callable[..., App], many: list[str], tmp_path: Path, switch: str
) -> None:
    """Its clock is the real one; so is ours here."""

    log = tmp_path / "mailed.log"
    with shared_fake(log, switch) as url:
        env = {
            "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
            "DIGEST_DELIVERY__SENDGRID__HOST": url,
            "SENDGRID_API_KEY": "SG.test",
        } | FAST
        app = open_app(env, utc_now())
        app.sending.send_edition(DAY)
        told = app.halting.cancel_send(DAY, "Ben")
        requests.post(f"{url}/_flush", timeout=20)
    left = log.read_text().split() if log.exists() else []
    expected = 1500 if switch == "--enforce-limits" else 0
    assert told.taken_back == 11_500 - told.beyond_limit
    assert told.beyond_limit == len(left)
    assert abs(told.beyond_limit - expected) in (0, 500)
    assert sorted(left) == sorted(
        a
        for a, _ in app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.ACCEPTED
        )
    )

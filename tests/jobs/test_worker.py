"""Workers that a provider refuses stop, say so once, and rest; what was cancelled they take back."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.errors import DigestError
from digest.infra.clock import utc_now
from digest.model import DeliveryState
from tests.fakes.sendgrid import FakeSendgrid
from tests.jobs.conftest import TODAY
from tests.jobs.test_tasks import at_work, until, work

pytestmark = pytest.mark.slow


def accounted(app: App, sendgrid: FakeSendgrid) -> None:
    accepted = {
        a
        for a, _ in app.store.deliveries.list_deliveries_in_state(
            TODAY, DeliveryState.ACCEPTED
        )
    }
    assert dict(sendgrid.mailed()) == dict.fromkeys(accepted, 1)


def test_workers_that_are_refused_note_it_and_do_not_hammer_on(
    begun: Callable[[int], App], here: Path, sendgrid: FakeSendgrid
) -> None:
    app = begun(2500)
    sendgrid.status, sendgrid.said = (
        413,
        ("The JSON payload is too large.", None),
    )
    work(here)
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.QUEUED: 2500
    }
    assert (
        "The JSON payload is too large" in app.sending.plan_send(TODAY).stopped
    )
    asked = len(sendgrid.keys)
    # a batch id and a request for each lane, and again for what was in hand on a busy machine
    assert asked <= 2 * 2 * 8
    assert (
        1 <= len(app.store.job_failures.list_newest_failures(20, "north")) <= 8
    )
    assert app.send_schedule.due_editions() == []  # it rests
    work(here)
    assert len(sendgrid.keys) == asked
    later = App(app.workspace, lambda: utc_now() + timedelta(minutes=31))
    assert later.send_schedule.due_editions() == [TODAY]
    sendgrid.status = 202
    app.sending.enqueue_send(TODAY)
    work(here)
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.ACCEPTED: 2500
    }
    accounted(app, sendgrid)


def test_whoever_lets_workers_send_is_told_why_they_stopped(
    here: Path, north: Callable[[int], App], sendgrid: FakeSendgrid
) -> None:
    app = north(1500)
    sendgrid.status, sendgrid.said = (
        413,
        ("The JSON payload is too large.", None),
    )
    with at_work(here):
        until(app.workers.list_mailers)
        with pytest.raises(DigestError, match="The JSON payload is too large"):
            app.sending.send_edition(TODAY)
        sendgrid.status = 202
        assert app.sending.send_edition(TODAY).counts == {
            DeliveryState.ACCEPTED: 1500
        }


def test_workers_take_back_what_they_had_in_hand_when_it_was_cancelled(
    here: Path, begun: Callable[[int], App], sendgrid: FakeSendgrid
) -> None:
    sendgrid.latency = 0.3
    app = begun(12_000)
    with at_work(here):
        until(lambda: len(sendgrid.payloads) >= 2)
        told = app.halting.cancel_send(TODAY, "Ben")
        until(
            lambda: (
                not app.jobs.has_unfinished_job(app.sending.lane_prefix(TODAY))
            )
        )
        time.sleep(0.1)
    if told.finishing:
        app.halting.cancel_send(TODAY, "Ben")
    proof = app.store.deliveries.get_delivery_report(TODAY)
    assert (proof.planned, proof.count_in_state(DeliveryState.EXCLUDED)) == (
        12_000,
        12_000,
    )
    accounted(app, sendgrid)

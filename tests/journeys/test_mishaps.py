"""Disks that fill, databases that go, clocks that are set back: nobody twice, nobody forgotten."""

import os
import resource
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from digest.app import App
from digest.errors import StoreDown
from digest.model import DeliveryState
from tests.conftest import NOW
from tests.desk_client import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    app.approval.approve_edition(DAY, "a test")
    return audience


def send(
    folder: Path, env: dict[str, str], **more: object
) -> subprocess.Popen[str]:
    # on a disk that is full Python would leave half a compiled module behind
    env |= {"PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "digest", "-C", str(folder), "send", "--yes"],
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,  # type: ignore[call-overload]
    )


def settled(app: App, mailed: Counter[str], audience: list[str]) -> int:
    """Check that nobody was mailed twice or missed in silence; return how many are uncertain."""
    unsure = {
        a
        for a, _ in app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.UNCERTAIN
        )
    }
    assert app.store.deliveries.is_complete(DAY)
    assert max(mailed.values()) == 1
    assert set(mailed) | unsure == set(audience)
    return len(unsure)


class Breaking:
    """Lets the nth write of the database fail, as a disk does that is full."""

    def __init__(self, app: App, at: int) -> None:
        self.left = at
        event.listen(app.store._engine, "before_cursor_execute", self.look)

    def look(self, _c, _cursor, statement: str, *_more: object) -> None:
        writes = statement.startswith(("INSERT", "UPDATE"))
        self.left -= writes
        if writes and self.left == 0:
            raise sqlite3.OperationalError("database or disk is full")


# The database


@pytest.mark.parametrize("at", [1, 2, 3, 5, 6, 7, 8, 13, 25])
@pytest.mark.parametrize("chained", [True, False])
def test_a_database_that_fails_at_any_write_of_a_send_by_smtp(
    open_app: Callable[..., App], approved: list[str], at: int, chained: bool
) -> None:
    """What was in hand is uncertain at most: one message, on one connection."""
    with FakeSmtp(pipelining=chained) as smtp:
        env = smtp.env | {"DIGEST_DELIVERY__SMTP__CONNECTIONS": "1"}
        broken = open_app(env)
        Breaking(broken, at)
        with pytest.raises((StoreDown, sqlite3.OperationalError)):
            broken.sending.send_edition(DAY)
        app = open_app(env)
        app.sending.send_edition(DAY)
        assert (
            settled(app, Counter(to for to, _ in smtp.messages), approved) <= 1
        )


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5, 6])
def test_a_database_that_fails_at_any_write_of_a_send_by_sendgrid(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    at: int,
) -> None:
    """What was in hand is taken back, so nothing is left uncertain."""
    broken = open_app(sendgrid.env)
    Breaking(broken, at)
    with pytest.raises((StoreDown, sqlite3.OperationalError)):
        broken.sending.send_edition(DAY)
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    assert settled(app, sendgrid.mailed(), approved) == 0


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_send_goes_on_after_a_full_disk(
    folder: Path, app: App, approved: list[str], smtp: FakeSmtp
) -> None:
    """A process that may write no more than a few kilobytes, on a real database."""
    size = (folder / "digest.db").stat().st_size

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, size * 2))

    full = send(folder, smtp.env, preexec_fn=little_room)
    said, _ = full.communicate(timeout=60)
    assert full.returncode == 1
    assert "free some space" in said
    assert "Traceback" not in said
    again = send(folder, smtp.env)
    said, _ = again.communicate(timeout=60)
    unsure = settled(app, Counter(to for to, _ in smtp.messages), approved)
    assert unsure <= 4  # one on each connection


# Two at once


@pytest.mark.slow
def test_two_sends_begun_together_mail_each_reader_once(
    folder: Path, app: App, approved: list[str], smtp: FakeSmtp
) -> None:
    slow = smtp.env | {"DIGEST_DELIVERY__SMTP__RATE": "20 a second"}
    both = [send(folder, slow), send(folder, slow)]
    said = [one.communicate(timeout=60)[0] for one in both]
    assert sorted(one.returncode for one in both) == [0, 1], said
    assert (
        sum("another `digest send` is running" in words for words in said) == 1
    )
    assert settled(app, Counter(to for to, _ in smtp.messages), approved) == 0


# Clocks


@pytest.mark.parametrize("back", [timedelta(minutes=20), timedelta(days=400)])
def test_a_clock_set_back_mails_nobody_twice(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    back: timedelta,
) -> None:
    """The mail has left by the provider's clock: by ours it could still be taken back."""
    sendgrid.now, sendgrid.lose, sendgrid.deaf = NOW, 1, True
    open_app(sendgrid.env).sending.send_edition(DAY)
    sendgrid.deaf, sendgrid.now = False, NOW + timedelta(minutes=20)
    app = open_app(sendgrid.env, NOW + timedelta(minutes=20) - back)
    app.sending.send_edition(DAY)
    assert len(sendgrid.payloads) == 1
    assert len(app.reconciliation.reconcile_edition(DAY)) == 25


def test_a_clock_that_is_wrong_all_along_leaves_time_to_take_back(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    """Ours is an hour slow: by it the mail would leave at once, and be called undone."""
    sendgrid.now, sendgrid.lose = NOW + timedelta(hours=1), 1
    proof = open_app(sendgrid.env).sending.send_edition(DAY)
    assert proof.counts == {DeliveryState.ACCEPTED: 25}
    assert set(sendgrid.mailed().values()) == {1}
    leaves = {p["send_at"] for p in sendgrid.payloads}
    assert leaves == {int((NOW + timedelta(hours=1, minutes=15)).timestamp())}


def test_by_smtp_a_clock_set_back_changes_nothing(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.vanish = {approved[7]}
    open_app(smtp.env).sending.send_edition(DAY)
    app = open_app(smtp.env, NOW - timedelta(days=30))
    app.sending.send_edition(DAY)
    assert settled(app, Counter(to for to, _ in smtp.messages), approved) == 1


# Answers


def test_an_answer_that_comes_too_late_is_a_lost_one(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The provider took it and we stopped waiting: it is cancelled, and handed over anew."""
    monkeypatch.setattr(
        "digest.delivery.transports.sendgrid.TIMEOUT_SECONDS", 0.3
    )
    sendgrid.late = 1
    proof = open_app(sendgrid.env).sending.send_edition(DAY)
    assert proof.counts == {DeliveryState.ACCEPTED: 25}
    assert len(sendgrid.payloads) == 2
    assert sendgrid.mailed() == Counter(approved)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_provider_that_fails_after_taking_it_is_cancelled_and_asked_again(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    status: int,
) -> None:
    sendgrid.status = status
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.UNCERTAIN: 25}
    sendgrid.status = 202
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert sendgrid.mailed() == Counter(approved)

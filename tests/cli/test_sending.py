"""After the hand-over: status, what is uncertain, corrections, the signed manifest, SIGTERM."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.delivery.manifest import verify_manifest
from digest.errors import DigestError, NotFound
from digest.model import DeliveryState, SendSpec, Subscriber
from digest.settings import load_workspace
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp
from tests.several_newsletters import add_newsletters


def run(app: App, *words: str, **env: str):
    return CliRunner().invoke(
        cli, ["-C", str(app.workspace.folder), *words], env=env
    )


@pytest.fixture
def approved(app: App, audience: list[str]) -> App:
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    return app


@pytest.fixture
def unsure(
    approved: App,
    audience: list[str],
    open_app: Callable[..., App],
    smtp: FakeSmtp,
) -> App:
    """A send that lost its connection after the message of two readers."""
    smtp.vanish = {audience[3], audience[9]}
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    smtp.vanish = set()
    return app


# What is uncertain


def test_what_is_uncertain_is_listed_and_a_person_decides(
    unsure: App, audience: list[str], smtp: FakeSmtp
) -> None:
    told = run(unsure, "reconcile", str(DAY), **smtp.env)
    assert told.exit_code == 1
    assert all(
        f"{a}: the connection broke" in told.output
        for a in (audience[3], audience[9])
    )
    assert len(smtp.messages) == 25
    run(
        unsure, "reconcile", str(DAY), "--sent", audience[3].upper(), **smtp.env
    )
    again = run(
        unsure, "reconcile", str(DAY), "--again", audience[9], **smtp.env
    )
    assert (again.exit_code, "1 are queued again" in again.output) == (0, True)
    assert unsure.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    mailed = [to for to, _ in smtp.messages]
    assert mailed.count(audience[9]) == 2  # by a person's word
    assert mailed.count(audience[3]) == 1
    deeds = [d.what for d in unsure.store.staff.list_actions(DAY)]
    assert f"said of {audience[9]}: send it again" in deeds


def test_only_what_is_uncertain_can_be_decided(
    unsure: App, audience: list[str]
) -> None:
    for who in (audience[0], "nobody@r.example"):
        with pytest.raises(NotFound, match="is not uncertain"):
            unsure.reconciliation.settle_delivery(
                DAY, who, sent=False, by="Ada"
            )
    assert (
        unsure.store.deliveries.get_delivery_report(DAY).counts[
            DeliveryState.UNCERTAIN
        ]
        == 2
    )


def test_what_can_be_taken_back_is_by_reconciling(
    approved: App,
    open_app: Callable[..., App],
    sendgrid: FakeSendgrid,
    audience: list[str],
) -> None:
    sendgrid.lose, sendgrid.deaf = 1, True
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    sendgrid.deaf = False
    assert app.reconciliation.reconcile_edition(DAY) == []
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }
    app.sending.send_edition(DAY)
    assert sendgrid.mailed() == dict.fromkeys(audience, 1)


@pytest.fixture
def lost(
    approved: App, open_app: Callable[..., App], sendgrid: FakeSendgrid
) -> App:
    """A send whose answer was lost, and that cannot be cancelled."""
    sendgrid.lose, sendgrid.deaf = 1, True
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.UNCERTAIN: 25}
    return app


def test_what_the_provider_shows_that_it_was_given_is_accepted(
    lost: App, sendgrid: FakeSendgrid
) -> None:
    """What it does not show stays uncertain: that proves nothing."""
    sendgrid.activity, sendgrid.shows = True, 20
    told = run(lost, "reconcile", str(DAY), **sendgrid.env)
    assert told.exit_code == 1
    counts = lost.store.deliveries.get_delivery_report(DAY).counts
    assert counts == {DeliveryState.ACCEPTED: 20, DeliveryState.UNCERTAIN: 5}
    sendgrid.shows = 1000
    assert run(lost, "reconcile", str(DAY), **sendgrid.env).exit_code == 0
    assert lost.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert set(sendgrid.mailed().values()) == {1}


@pytest.mark.parametrize("subject", ["an older edition", None])
def test_other_mail_to_the_same_people_settles_nothing(
    lost: App, sendgrid: FakeSendgrid, subject: str | None
) -> None:
    sendgrid.activity = True
    if subject:
        sendgrid.payloads[0]["subject"] = subject
    else:
        sendgrid.shown_at = "2020-01-01T00:00:00Z"
    run(lost, "reconcile", str(DAY), **sendgrid.env)
    assert lost.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }


def test_mail_of_another_newsletter_with_the_same_subject_settles_nothing(
    lost: App,
    folder: Path,
    sendgrid: FakeSendgrid,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SendGrid lists the subject of what it was given, and not of which newsletter that is."""
    add_newsletters(folder, clips={"title": "Clips"})
    clips = ["--newsletter", "clips"]
    (folder / "mine.md").write_text(EDITION)
    people = list(lost.subscribers.list_matching(""))
    with App(load_workspace(folder, sendgrid.env)) as weekly:
        app = weekly.for_newsletter("clips")
        app.subscribers.add_people(people)
    for words in (
        ["edit", *clips, "--from", str(folder / "mine.md")],
        ["approve", f"clips/{DAY}", "--yes"],
        ["send", f"clips/{DAY}", "--yes"],
    ):
        assert run(lost, *words, **sendgrid.env).exit_code == 0
    sendgrid.activity = True
    del sendgrid.payloads[0]  # of the weekly letter, that it never was given
    reconciled = run(lost, "reconcile", f"weekly/{DAY}", **sendgrid.env)
    assert reconciled.exit_code == 1
    assert "clips mailed the same subject" in caplog.text
    assert lost.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }


def test_a_silent_provider_leaves_all_uncertain(
    lost: App, sendgrid: FakeSendgrid, caplog: pytest.LogCaptureFixture
) -> None:
    told = run(lost, "reconcile", str(DAY), **sendgrid.env)
    assert told.exit_code == 1
    assert (
        "SendGrid does not list the messages it accepted (403 access forbidden)"
        in caplog.text
    )
    assert lost.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }


def test_status_says_how_far_it_is(unsure: App) -> None:
    unsure.halting.pause_send(DAY, "Ben")
    told = run(unsure, "send", str(DAY), "--status").output
    assert (
        "planned 25 = 0 queued + 23 accepted + 0 excluded + 2 uncertain" in told
    )
    assert "paused by Ben" in told
    as_json = json.loads(
        run(unsure, "send", str(DAY), "--status", "--json").output
    )
    assert (as_json["planned"], as_json["accepted"], as_json["halted"]) == (
        25,
        23,
        "paused",
    )


# Whom


def test_only_those_meant_are_mailed_and_a_resume_mails_no_others(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    board = [
        Subscriber(f"b{n}@r.example", consent_at=NOW, tags=("board",))
        for n in range(3)
    ]
    app.subscribers.add_people(board)
    assert (
        run(
            app, "send", str(DAY), "--to", "tag:board", "--yes", **smtp.env
        ).exit_code
        == 0
    )
    assert sorted(to for to, _ in smtp.messages) == sorted(
        p.address for p in board
    )
    app.sending.send_edition(DAY)
    assert len(smtp.messages) == 3
    with pytest.raises(DigestError, match="was begun for tag:board"):
        app.sending.send_edition(DAY, to="tag:press")


def test_a_correction_reaches_only_those_who_got_what_it_corrects(
    unsure: App,
    audience: list[str],
    smtp: FakeSmtp,
    open_app: Callable[..., App],
) -> None:
    unsure.subscribers.add_people(
        [Subscriber("late@r.example", consent_at=NOW)]
    )
    unsure.subscribers.unsubscribe_address(audience[0])
    unsure.editions.save_source(
        EDITION.replace("date: 2026-02-27", "date: 2026-02-28")
    )
    unsure.approval.approve_edition(DAY.replace(day=28), "Ada")
    smtp.messages.clear()
    told = run(
        unsure,
        "send",
        "2026-02-28",
        "--correction",
        str(DAY),
        "--yes",
        **smtp.env,
    )
    assert told.exit_code == 0
    got = set(audience) - {audience[0], audience[3], audience[9]}
    assert sorted(to for to, _ in smtp.messages) == sorted(got)


# The manifest


def test_a_manifest_says_what_was_approved_and_sent_and_cannot_be_altered(
    approved: App, tmp_path: Path
) -> None:
    approved.sending.send_edition(DAY)
    file = approved.workspace.output_folder / str(DAY) / "manifest.json"
    told = verify_manifest(file.read_text())
    assert told["approved"]["by"] == ["Ada"]
    assert told["approved"]["content_hash"] == told["sent"]["content_hash"]
    assert told["sent"]["counts"] == {"accepted": 25}
    assert "unaltered" in run(approved, "verify", str(file)).output
    bad = tmp_path / "bad.json"
    for altered in (
        file.read_text().replace('"accepted": 25', '"accepted": 26'),
        file.read_text().replace("Ada", "Bob"),
        file.read_text().replace(told["public_key"][:8], "AAAAAAAA"),
        "{}",
        "[]",
        "nonsense",
    ):
        bad.write_text(altered)
        assert run(approved, "verify", str(bad)).exit_code == 1
    with pytest.raises(NotFound):
        approved.manifests.signed_manifest(DAY.replace(day=1))


def test_a_manifest_that_another_key_signed_is_not_ours(
    approved: App, tmp_path: Path
) -> None:
    from digest.delivery.manifest import sign_manifest

    approved.sending.send_edition(DAY)
    told = verify_manifest(approved.manifests.signed_manifest(DAY))
    forged = tmp_path / "forged.json"
    forged.write_text(
        sign_manifest(
            {k: v for k, v in told.items() if k != "public_key"}, "their key"
        )
    )
    assert (
        "not signed with this folder's key"
        in run(approved, "verify", str(forged)).output
    )


# SIGTERM


def test_sigterm_finishes_what_is_in_hand_and_stops(
    approved: App, smtp: FakeSmtp, audience: list[str]
) -> None:
    """At two messages a second: it ends within one, and everything is accounted for."""
    slow = smtp.env | {"DIGEST_DELIVERY__SMTP__RATE": "120 a minute"}
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(approved.workspace.folder),
    ]
    process = subprocess.Popen(
        [*command, "send", str(DAY), "--yes"],
        env={**__import__("os").environ, **slow},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for _ in range(1200):  # a busy machine starts it slowly
        if len(smtp.messages) >= 2:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    taken = len(smtp.messages)
    assert process.returncode == 1
    assert (
        f"planned 25 = {25 - taken} queued + {taken} accepted + 0 excluded + 0 uncertain"
        in said
    )
    assert 2 <= taken < 25
    assert "run `digest send` again to continue" in said


def test_a_halt_before_anything_was_claimed_leaves_all_queued(
    approved: App,
) -> None:
    built = approved.editions.render_stored(DAY)
    approved.store.deliveries.freeze_audience(
        DAY, SendSpec(built.content_hash, "outbox"), NOW
    )
    approved.sending.send_edition(DAY, stop=lambda: True)
    assert approved.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }

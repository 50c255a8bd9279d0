"""SendGrid: what its answers prove, and what can be taken back."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from digest.errors import SettingsError, TransportDown
from digest.model import TOKEN_PLACEHOLDER, DeliveryState, Subscriber
from digest.settings import load_workspace
from tests.conftest import EDITION, NOW, SHARED, needs_shared
from tests.delivery.conftest import DAY
from tests.fakes.sendgrid import FakeSendgrid


def test_sendgrid_gets_one_personalization_each(
    open_app, approved: list[str], sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    (payload,) = sendgrid.payloads
    assert set(sendgrid.keys) == {"Bearer SG.test"}
    people = {p["to"][0]["email"]: p for p in payload["personalizations"]}
    assert sorted(people) == sorted(approved)
    assert payload["headers"] == {
        "List-ID": "Open Water <the-open-water-letter.openwater.example>",
        "Feedback-ID": "20260227:the-open-water-letter:newsletter:openwaterexampl",
    }
    assert not any(t["enable"] for t in payload["tracking_settings"].values())
    assert [c["type"] for c in payload["content"]] == [
        "text/plain",
        "text/html",
    ]
    for address, person in people.items():
        token = person["substitutions"][TOKEN_PLACEHOLDER]
        assert (
            app.tokens.read_subscriber(token)
            == app.store.subscribers.find_subscriber(address).id
        )
        assert f"/u/{token}>" in person["headers"]["List-Unsubscribe"]
        assert (
            person["headers"]["List-Unsubscribe-Post"]
            == "List-Unsubscribe=One-Click"
        )
        assert all(
            token in c["value"].replace(TOKEN_PLACEHOLDER, token)
            for c in payload["content"]
        )


@pytest.mark.parametrize(
    ("status", "counts"),
    [(500, {DeliveryState.UNCERTAIN: 25}), (200, {DeliveryState.UNCERTAIN: 25})],
)  # fmt: skip
def test_sendgrids_answer_is_taken_for_what_it_proves(
    open_app, approved, sendgrid, status, counts
) -> None:
    sendgrid.status = status
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == counts


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429])
def test_what_sendgrid_certainly_did_not_take_stays_queued(
    open_app, approved, sendgrid, status: int
) -> None:
    sendgrid.status = status
    with pytest.raises(TransportDown):
        open_app(sendgrid.env).sending.send_edition(DAY)
    sendgrid.status = 202
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }


def test_a_lost_answer_is_taken_back_and_handed_over_anew(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.lose = 2
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert len(sendgrid.payloads) == 3
    assert sendgrid.mailed() == dict.fromkeys(approved, 1)
    assert len({p["batch_id"] for p in sendgrid.payloads}) == 3
    leaves = datetime.fromtimestamp(sendgrid.payloads[-1]["send_at"], UTC)
    assert leaves == NOW + timedelta(minutes=15)


def test_what_cannot_be_taken_back_waits_for_a_person(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.lose, sendgrid.deaf = 1, True
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }
    sendgrid.deaf = False
    late = open_app(
        sendgrid.env, now=NOW + timedelta(minutes=6)
    )  # nine before it leaves
    assert late.sending.send_edition(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }
    assert len(sendgrid.payloads) == 1
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert sendgrid.mailed() == dict.fromkeys(approved, 1)


def test_a_cancel_whose_answer_was_lost_is_asked_after(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.lose, sendgrid.deaf = 1, True
    open_app(sendgrid.env).sending.send_edition(DAY)
    sendgrid.deaf = False
    sendgrid.cancelled.add(
        sendgrid.payloads[0]["batch_id"]
    )  # heard, and not answered
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert sendgrid.mailed() == dict.fromkeys(approved, 1)


def test_without_an_undo_window_a_lost_answer_is_not_resent(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    env = sendgrid.env | {"DIGEST_DELIVERY__SENDGRID__UNDO_MINUTES": "0"}
    sendgrid.lose = 1
    assert open_app(env).sending.send_edition(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }
    assert open_app(env).sending.send_edition(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }
    assert len(sendgrid.payloads) == 1
    assert "send_at" not in sendgrid.payloads[0]


def test_an_undo_window_too_short_to_undo_is_refused(folder) -> None:
    with pytest.raises(SettingsError, match="more than the 10 SendGrid needs"):
        load_workspace(folder, {"DIGEST_DELIVERY__SENDGRID__UNDO_MINUTES": "5"})


@pytest.mark.parametrize("named", [True, False])
def test_one_bad_address_does_not_stop_the_others(
    open_app, approved: list[str], sendgrid: FakeSendgrid, named: bool
) -> None:
    """SendGrid refuses the whole request for one; named or not, it is found and left out."""
    sendgrid.refuse, sendgrid.names_it = {approved[3], approved[20]}, named
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 23,
        DeliveryState.EXCLUDED: 2,
    }
    refused = dict(
        app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.EXCLUDED
        )
    )
    assert set(refused) == sendgrid.refuse
    assert all(
        "Does not contain a valid address" in why for why in refused.values()
    )
    assert sendgrid.mailed() == dict.fromkeys(
        set(approved) - sendgrid.refuse, 1
    )


def test_when_asked_to_slow_down_it_waits_and_goes_on(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.busy = 3
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }


@pytest.mark.slow
def test_more_than_the_provider_lets_cancel_is_held_and_listed(
    open_app, sendgrid: FakeSendgrid
) -> None:
    """Ten batches may be cancelled at a time; what is uncertain beyond them is never guessed."""
    app = open_app(sendgrid.env)
    app.editions.save_source(EDITION)
    many = [f"reader{n}@many.example" for n in range(14_000)]
    app.subscribers.add_people(Subscriber(a, consent_at=NOW) for a in many)
    app.approval.approve_edition(DAY, "Ada")
    sendgrid.lose, sendgrid.limit = 13, 10
    counts = app.sending.send_edition(DAY).counts
    assert counts == {
        DeliveryState.ACCEPTED: 11_000,
        DeliveryState.UNCERTAIN: 3_000,
    }
    assert max(sendgrid.mailed().values()) == 1
    assert len(app.reconciliation.reconcile_edition(DAY)) == 3_000


def test_sendgrid_without_a_key_says_where_to_put_it(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    env = {k: v for k, v in sendgrid.env.items() if k != "SENDGRID_API_KEY"}
    with pytest.raises(TransportDown, match="set SENDGRID_API_KEY in .env"):
        open_app(env).sending.send_edition(DAY)


@needs_shared
@pytest.mark.shared
def test_the_shared_fake_of_sendgrid_takes_the_edition(
    open_app, approved: list[str], tmp_path: Path
) -> None:
    """The fake that others measure against, started as a process."""
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    log = tmp_path / "mailed.log"
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
    with subprocess.Popen(command) as fake:
        try:
            _wait_for(port)
            env = {
                "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
                "DIGEST_DELIVERY__SENDGRID__HOST": f"http://127.0.0.1:{port}",
                "SENDGRID_API_KEY": "SG.test",
            }
            assert open_app(env).sending.send_edition(DAY).counts == {
                DeliveryState.ACCEPTED: 25
            }
            assert (
                not log.exists() or not log.read_text()
            )  # it keeps the mail back
            requests.post(f"http://127.0.0.1:{port}/_flush", timeout=5)
        finally:
            fake.terminate()
    assert sorted(log.read_text().split()) == sorted(approved)


def _wait_for(port: int) -> None:
    import socket

    for _ in range(100):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the fake did not start")

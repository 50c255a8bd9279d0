"""Joining by double opt-in."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from digest.app import App
from digest.model import Subscriber, SuppressionReason
from digest.services.signup import PER_ADDRESS, PER_NETWORK, network_of_source
from digest.web.public import create_public_app
from tests.conftest import NOW
from tests.fakes.smtp import FakeSmtp
from tests.web.public.test_public import ask, link, mails

SAID = "a confirmation is on its way"


def taken(app: App, smtp: FakeSmtp) -> list:
    """The messages that the mail server took."""
    app.signup.wait_for_mails()
    return smtp.messages


# Joining


def test_who_asks_is_asked_back_and_joins_by_confirming(
    app: App, client: FlaskClient
) -> None:
    answer = ask(client, name="Ada")
    assert (answer.status_code, SAID in answer.text) == (202, True)
    assert app.store.subscribers.count_active() == 0
    (mail,) = mails(app)
    assert mail["To"] == "ada@r.example"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert "List-Unsubscribe" not in mail
    path = link(mail)
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert app.store.subscribers.count_active() == 0
    assert client.post(path).status_code == 200
    ada = app.store.subscribers.find_subscriber("ada@r.example")
    assert ada.name == "Ada"
    assert ada.consent_at == NOW
    assert re.fullmatch(
        r"form on localhost, asked 2026-02-27 15:00 UTC from 127\.0\.0\.1; "
        r"confirmed from 127\.0\.0\.1 2026-02-27 15:00 UTC",
        ada.consent_source,
    )
    welcome = mails(app)[-1]
    assert "List-Unsubscribe" in welcome
    assert client.post(path).status_code == 404


def test_confirmations_last_two_days_and_cannot_be_forged(
    app: App, client: FlaskClient, open_app: Callable[..., App]
) -> None:
    ask(client)
    path = link(mails(app)[0])
    late = create_public_app(
        open_app(now=NOW + timedelta(hours=48, seconds=1))
    ).test_client()
    assert late.post(path).status_code == 404
    value, signature = path.rsplit(".", 1)
    # the first letter: of the last, two bits are beyond the signature, and any of them is good
    other = f"{value}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    forged = [other, "/c/1.9999999999", "/c/x", "/c/1.2.3"]
    leave = app.tokens.sign_subscriber(1)
    for bad in (*forged, f"/c/{leave}"):
        assert client.post(bad).status_code == 404
    assert app.store.subscribers.count_active() == 0
    assert client.post(path).status_code == 200


def test_a_confirmation_does_not_unsubscribe_nor_the_other_way_round(
    app: App, client: FlaskClient
) -> None:
    ask(client)
    token = link(mails(app)[0]).removeprefix("/c/")
    assert client.post(f"/u/{token}").status_code == 404


def test_the_reply_says_nothing_of_who_is_subscribed(
    app: App, client: FlaskClient
) -> None:
    app.subscribers.add_people([Subscriber("known@r.example", consent_at=NOW)])
    app.subscribers.suppress_address("barred@r.example", "")
    replies = {
        ask(client, a).data
        for a in ("known@r.example", "new@r.example", "barred@r.example")
    }
    assert len(replies) == 1
    told = {
        client.post("/subscribe", json={"address": a}).data
        for a in ("known@r.example", "newer@r.example")
    }
    assert len(told) == 1
    assert not [m for m in mails(app) if m["To"] == "known@r.example"]


def test_the_endpoint_for_programs_has_the_same_guard(
    app: App, client: FlaskClient
) -> None:
    good = client.post(
        "/subscribe", json={"address": "ada@r.example", "name": "Ada"}
    )
    assert (good.status_code, good.headers["Access-Control-Allow-Origin"]) == (
        202,
        "*",
    )
    assert client.options("/subscribe").status_code == 204
    robot = client.post(
        "/subscribe", json={"address": "robot@r.example", "website": "x"}
    )
    assert robot.status_code == 202
    assert [m["To"] for m in mails(app)] == ["ada@r.example"]
    for body in ('{"address": 7}', "[]", "null", "{", '{"address": "nobody"}'):
        answer = client.post(
            "/subscribe", data=body, content_type="application/json"
        )
        assert answer.status_code == 400
        assert "error" in answer.json


def test_what_fills_in_the_hidden_field_is_no_person(
    app: App, client: FlaskClient
) -> None:
    assert SAID in ask(client, website="https://spam.example").text
    assert mails(app) == []


def test_nobodys_mailbox_is_bombed(
    open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    client = create_public_app(app).test_client()
    for _ in range(PER_ADDRESS + 2):
        assert ask(client).status_code == 202
    assert len(taken(app, smtp)) == PER_ADDRESS


def test_the_answer_does_not_wait_for_what_would_give_somebody_away(
    app: App, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a mail is sent, and how long that takes, shows nowhere."""
    looked = []
    whole = type(app.store.signups).is_mailed
    monkeypatch.setattr(
        type(app.store.signups),
        "is_mailed",
        lambda *a: looked.append(threading.get_ident()) or whole(*a),
    )
    ask(client)
    app.signup.wait_for_mails()
    assert looked
    assert threading.get_ident() not in looked


def test_one_network_cannot_ask_for_everybody(
    app: App, client: FlaskClient
) -> None:
    codes = [
        ask(client, f"r{n}@r.example").status_code
        for n in range(PER_NETWORK + 3)
    ]
    assert codes == [202] * PER_NETWORK + [429] * 3
    assert ask(client, "late@r.example").headers["Retry-After"] == "3600"
    elsewhere = client.post(
        "/subscribe",
        data={"address": "x@r.example"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
        headers={"X-Forwarded-For": "127.0.0.1"},
    )
    assert elsewhere.status_code == 202


def test_addresses_of_one_network_count_together() -> None:
    assert network_of_source("203.0.113.9") == network_of_source(
        "203.0.113.200"
    )
    assert network_of_source("203.0.113.9") != network_of_source("203.0.114.9")
    assert network_of_source("2001:db8:0:1::5") == network_of_source(
        "2001:db8:0:1:ffff::1"
    )
    assert network_of_source("nonsense" * 20) == ("nonsense" * 20)[:40]


def test_their_own_word_undoes_an_earlier_no(
    app: App, client: FlaskClient
) -> None:
    app.subscribers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    app.subscribers.unsubscribe_address("ada@r.example")
    app.store.subscribers.suppress_address(
        "ada@r.example", SuppressionReason.ASKED, NOW
    )
    ask(client)
    assert app.store.subscribers.count_active() == 0
    client.post(link(mails(app)[0]))
    assert app.store.subscribers.count_active() == 1


def test_who_never_confirms_is_forgotten(
    app: App, open_app: Callable[..., App]
) -> None:
    ask(create_public_app(app).test_client())
    app.signup.wait_for_mails()
    assert app.signup.forget_unconfirmed() == 0
    assert (
        open_app(now=NOW + timedelta(hours=49)).signup.forget_unconfirmed() == 1
    )


@pytest.mark.parametrize(
    "name", ["A\r\nBcc: x@y.example", "=cmd|' /C calc'!A0", "<script>"]
)
def test_a_hostile_name_goes_nowhere(
    app: App, client: FlaskClient, name: str
) -> None:
    ask(client, name=name)
    client.post(link(mails(app)[0]))
    raw = b"".join(
        f.read_bytes()
        for f in (app.workspace.output_folder / "notices/outbox").glob("*")
    )
    assert b"\nBcc:" not in raw
    ada = app.store.subscribers.find_subscriber("ada@r.example")
    page = client.get(f"/p/{app.tokens.sign_subscriber(ada.id)}").text
    assert "<script>" not in page


def test_the_mail_really_leaves(
    open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    client = create_public_app(app).test_client()
    ask(client)
    ((to, mail),) = taken(app, smtp)
    assert to == "ada@r.example"
    client.post(link(mail))
    assert [to for to, _ in smtp.messages] == ["ada@r.example"] * 2


def test_a_dead_mail_server_loses_nobody(
    open_app: Callable[..., App],
    smtp: FakeSmtp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who was not asked back can ask again; who confirms is in, welcomed or not."""
    app = open_app(smtp.env | {"DIGEST_DELIVERY__SMTP__PORT": "9"})
    assert ask(create_public_app(app).test_client()).status_code == 202
    app.signup.wait_for_mails()
    assert "a confirmation was not mailed" in caplog.text
    alive = open_app(smtp.env)
    ask(create_public_app(alive).test_client())
    path = link(taken(alive, smtp)[0][1])
    assert create_public_app(app).test_client().post(path).status_code == 200
    assert app.store.subscribers.count_active() == 1

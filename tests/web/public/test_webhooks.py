"""The provider's word: signed, fresh, once each; it settles, suppresses, and never brings back."""

import base64
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.delivery.transports.sendgrid_webhook import (
    SIGNATURE,
    TIMESTAMP,
    read_events,
)
from digest.errors import DigestError
from digest.model import (
    DeliveryState,
    Fate,
    Outcome,
    ProviderEvent,
    ProviderHold,
    SendSpec,
)
from digest.web.public import create_public_app
from tests.conftest import EDITION, NOW
from tests.fakes.sendgrid import FakeSendgrid

DAY = NOW.date()
KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo,
    )
).decode()


def signed(
    body: bytes, at: datetime = NOW, key: ec.EllipticCurvePrivateKey = KEY
) -> dict:
    stamp = str(int(at.timestamp()))
    signature = key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: stamp}


def told(number: int, event: str, email: str, **more: object) -> dict:
    at = int(NOW.timestamp())
    return {
        "sg_event_id": f"e{number}",
        "event": event,
        "email": email,
        "timestamp": at,
    } | more


@pytest.fixture
def app(open_app: Callable[..., App]) -> App:
    return open_app({"DIGEST_DELIVERY__SENDGRID__WEBHOOK_KEY": PUBLIC})


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_public_app(app).test_client()


def tell(client: FlaskClient, *events: dict, **headers):
    body = json.dumps(events).encode()
    return client.post(
        "/hooks/sendgrid", data=body, headers=headers or signed(body)
    )


# Who may speak


def test_a_signed_and_fresh_word_is_taken(client: FlaskClient) -> None:
    assert tell(client, told(1, "delivered", "a@r.example")).json == {"new": 1}


def test_nobody_else_is_listened_to(
    client: FlaskClient, open_app: Callable[..., App]
) -> None:
    body = json.dumps([told(1, "bounce", "a@r.example")]).encode()
    good, other = signed(body), ec.generate_private_key(ec.SECP256R1())
    bad = {
        "another key": signed(body, key=other),
        "stale": signed(body, NOW - timedelta(minutes=11)),
        "from the future": signed(body, NOW + timedelta(minutes=11)),
        "three years old": signed(body, NOW - timedelta(days=1100)),
        "no signature": {TIMESTAMP: good[TIMESTAMP]},
        "no time": {SIGNATURE: good[SIGNATURE]},
        "another time": good | {TIMESTAMP: str(int(NOW.timestamp()) + 1)},
        "time is no number": good | {TIMESTAMP: "now"},
        "huge time": good | {TIMESTAMP: "9" * 30},
        "no base64": good | {SIGNATURE: "%%%"},
        "empty": {},
    }
    for what, headers in bad.items():
        answer = client.post("/hooks/sendgrid", data=body, headers=headers)
        assert answer.status_code == 403, what
    assert (
        client.post(
            "/hooks/sendgrid", data=body + b" ", headers=good
        ).status_code
        == 403
    )
    assert (
        client.post(
            "/hooks/sendgrid", data=b"\xff\xfe", headers=good
        ).status_code
        == 403
    )
    assert client.get("/hooks/sendgrid").status_code == 405
    unset = create_public_app(open_app()).test_client()
    assert (
        unset.post("/hooks/sendgrid", data=body, headers=good).status_code
        == 403
    )


def test_a_body_of_ten_megabytes_is_refused(client: FlaskClient) -> None:
    body = b"[" + b" " * 10_000_000 + b"]"
    assert (
        client.post(
            "/hooks/sendgrid", data=body, headers=signed(body)
        ).status_code
        == 413
    )


def test_what_came_before_changes_nothing(
    app: App, client: FlaskClient
) -> None:
    body = json.dumps(
        [told(1, "bounce", "a@r.example", type="bounce")]
    ).encode()
    headers = signed(body)
    assert client.post("/hooks/sendgrid", data=body, headers=headers).json == {
        "new": 1
    }
    app.subscribers.lift_suppression("a@r.example")
    assert client.post("/hooks/sendgrid", data=body, headers=headers).json == {
        "new": 0
    }
    twice = [told(2, "delivered", "a@r.example")] * 3
    assert tell(client, *twice).json == {"new": 1}
    assert list(app.store.subscribers.iterate_suppressions()) == []


@pytest.mark.slow
def test_ten_thousand_events_at_once_are_each_taken_once(
    app: App, client: FlaskClient
) -> None:
    """Ten posts of a thousand, two of them sent again, all at the same time."""
    new: list[int] = []

    def post(part: int) -> None:
        events = [
            told(part * 1000 + n, "bounce", f"r{part}-{n}@r.example")
            for n in range(1000)
        ]
        new.append(tell(app_client(app), *events).json["new"])

    threads = [threading.Thread(target=post, args=(n % 10,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(new) == 10_000
    assert (
        sum(1 for _ in app.store.subscribers.iterate_suppressions()) == 10_000
    )


def app_client(app: App) -> FlaskClient:
    return create_public_app(app).test_client()


@given(st.recursive(st.none() | st.integers() | st.text(max_size=8), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["event", "email", "sg_event_id", "timestamp", "edition", "subscriber", "x"]), x, max_size=6)))  # fmt: skip
def test_any_json_is_events_or_a_clear_error(value: object) -> None:
    body = json.dumps(value).encode()
    try:
        found = read_events(body)
    except DigestError as e:
        assert "expected a list of events" in str(e)
    else:
        assert isinstance(value, list)
        assert len(found) <= len(value)


# What comes of it


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (told(1, "bounce", "ada@r.example", type="bounce"), "bounced"),
        (told(1, "bounce", "ADA@R.example"), "bounced"),
        (told(1, "bounce", "ada@r.example", type="blocked"), ""),
        (told(1, "spamreport", "ada@r.example"), "complained"),
        (told(1, "unsubscribe", "ada@r.example"), "asked"),
        (told(1, "group_unsubscribe", "ada@r.example"), "asked"),
        (
            told(1, "dropped", "ada@r.example", reason="Bounced Address"),
            "bounced",
        ),
        (told(1, "dropped", "ada@r.example", reason="Something new"), ""),
        (told(1, "deferred", "ada@r.example"), ""),
        (told(1, "delivered", "ada@r.example"), ""),
        (told(1, "group_resubscribe", "ada@r.example"), ""),
        (told(1, "open", "ada@r.example"), ""),
    ],
)
def test_only_a_no_suppresses(
    app: App, client: FlaskClient, event: dict, reason: str
) -> None:
    assert tell(client, event).status_code == 200
    assert [s.reason for s in app.store.subscribers.iterate_suppressions()] == (
        [reason] if reason else []
    )


def test_whoever_the_provider_says_no_of_is_never_mailed(
    app: App, client: FlaskClient, audience: list[str]
) -> None:
    """Also when it comes between the freezing of the audience and the hand-over."""
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    built = app.editions.render_stored(DAY)
    app.store.deliveries.freeze_audience(
        DAY, SendSpec(built.content_hash, "outbox"), NOW
    )
    kinds = ("bounce", "spamreport", "unsubscribe")
    tell(client, *(told(n, kind, audience[n]) for n, kind in enumerate(kinds)))
    app.sending.send_edition(DAY)
    mailed = {
        f.name
        for f in (app.workspace.output_folder / str(DAY) / "outbox").glob(
            "*.eml"
        )
    }
    assert len(mailed) == 22
    assert not [name for name in mailed for a in audience[:3] if a in name]
    assert dict(
        app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.EXCLUDED
        )
    ) == {
        audience[0]: "suppressed",
        audience[1]: "suppressed",
        audience[2]: "left",
    }
    app.subscribers.add_people(
        app.subscribers.list_matching("", active_only=False)
    )
    assert app.store.subscribers.count_active() == 22


def test_the_gravest_fate_of_a_delivery_is_kept(
    app: App, client: FlaskClient, audience: list[str]
) -> None:
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    app.sending.send_edition(DAY)
    who = app.store.subscribers.find_subscriber(audience[0])
    ours = {"edition": str(DAY), "subscriber": str(who.id)}
    tell(client, told(1, "delivered", audience[0], **ours))
    assert app.store.provider_events.count_by_fate(DAY) == {"delivered": 1}
    tell(client, told(2, "spamreport", audience[0], **ours))
    tell(client, told(3, "delivered", audience[0], **ours))
    assert app.store.provider_events.count_by_fate(DAY) == {"complained": 1}
    swapped = ours | {"subscriber": str(who.id + 1)}
    tell(client, told(4, "delivered", audience[0], **swapped))
    assert app.store.provider_events.count_by_fate(DAY) == {"complained": 1}


def test_an_uncertain_delivery_is_settled_by_the_providers_word(
    app: App, client: FlaskClient, audience: list[str]
) -> None:
    app.editions.save_source(EDITION)
    ledger = app.store.deliveries
    ledger.freeze_audience(DAY, SendSpec("x", "sendgrid"), NOW)
    claimed = ledger.claim_chunk(DAY, NOW)
    people = [who for who, _ in claimed.subscribers]
    ledger.mark_in_flight(DAY, claimed, people)
    ledger.record_outcomes(
        DAY,
        claimed,
        [(who, Outcome(DeliveryState.UNCERTAIN, "lost")) for who in people],
    )
    ledger.record_chunk_outcome(DAY, claimed)
    events = [
        told(n, "delivered", address, edition=str(DAY), subscriber=str(who))
        for n, (who, address) in enumerate(claimed.subscribers[:20])
    ]
    tell(client, *events)
    counts = ledger.get_delivery_report(DAY).counts
    assert (
        counts[DeliveryState.ACCEPTED],
        counts[DeliveryState.UNCERTAIN],
    ) == (20, 5)


def test_a_chunk_that_a_dead_process_left_is_settled_too(
    open_app: Callable[..., App], audience: list[str], sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    app.editions.save_source(EDITION)
    ledger = app.store.deliveries
    ledger.freeze_audience(DAY, SendSpec("x", "sendgrid"), NOW)
    claimed = ledger.claim_chunk(DAY, NOW)
    ledger.mark_in_flight(DAY, claimed, [who for who, _ in claimed.subscribers])
    ledger.freeze_audience(DAY, SendSpec("x", "sendgrid"), NOW)
    assert ledger.get_delivery_report(DAY).counts == {
        DeliveryState.UNCERTAIN: 25
    }
    who, address = claimed.subscribers[0]
    app.store.provider_events.take_in_events(
        [ProviderEvent("e", Fate.DELIVERED, address, NOW, DAY, who)], NOW
    )
    assert ledger.get_delivery_report(DAY).counts == {
        DeliveryState.UNCERTAIN: 24,
        DeliveryState.ACCEPTED: 1,
    }


# What proves that a hand-over was taken


def unsure(
    app: App, batch: str = "", whole: bool = True
) -> list[tuple[int, str]]:
    """Leave a hand-over uncertain, all of its chunk or each reader by itself."""
    app.editions.save_source(EDITION)
    ledger = app.store.deliveries
    ledger.freeze_audience(DAY, SendSpec("x", "sendgrid"), NOW)
    claimed = ledger.claim_chunk(DAY, NOW)
    hold = ProviderHold(batch, NOW + timedelta(minutes=15)) if batch else None
    people = list(claimed.subscribers)
    ledger.mark_in_flight(DAY, claimed, [who for who, _ in people], hold)
    lost = Outcome(DeliveryState.UNCERTAIN, "lost")
    if whole:
        ledger.record_chunk_outcome(DAY, claimed, lost)
    else:
        ledger.record_outcomes(DAY, claimed, [(who, lost) for who, _ in people])
        ledger.record_chunk_outcome(DAY, claimed)
    return people


@pytest.mark.parametrize(
    ("kind", "more", "fate"),
    [
        ("processed", {}, ""),
        ("deferred", {}, "deferred"),
        ("delivered", {}, "delivered"),
        ("bounce", {"type": "blocked"}, "blocked"),
        ("bounce", {"type": "bounce"}, "bounced"),
        ("dropped", {"reason": "Something new"}, "dropped"),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_whatever_proves_that_it_was_taken_settles_an_uncertain_delivery(
    app: App, client: FlaskClient, audience: list[str], kind: str, more: dict, fate: str, whole: bool
) -> None:  # fmt: skip
    people = unsure(app, whole=whole)
    ours = {"edition": str(DAY)}
    tell(
        client,
        *(
            told(n, kind, a, subscriber=str(n), **ours, **more)
            for n, a in people[:20]
        ),
    )
    counts = app.store.deliveries.get_delivery_report(DAY).counts
    assert (
        counts[DeliveryState.ACCEPTED],
        counts[DeliveryState.UNCERTAIN],
    ) == (20, 5)
    assert app.store.provider_events.count_by_fate(DAY) == (
        {fate: 20} if fate else {}
    )
    barred = [s.address for s in app.store.subscribers.iterate_suppressions()]
    assert sorted(barred) == (
        sorted(a for _, a in people[:20]) if fate == "bounced" else []
    )


@pytest.mark.parametrize(
    ("kind", "settles"), [("processed", False), ("delivered", True)]
)
def test_events_of_an_earlier_hand_over_prove_nothing_later(
    app: App, client: FlaskClient, audience: list[str], kind: str, settles: bool
) -> None:
    """The first was taken back; the provider tells of it all the same. Who got it got it, though."""
    who, address = unsure(app, "the second")[0]
    event = told(
        1,
        kind,
        address,
        edition=str(DAY),
        subscriber=str(who),
        batch="the first",
    )
    tell(client, event)
    assert app.store.deliveries.get_delivery_report(DAY).count_in_state(
        DeliveryState.ACCEPTED
    ) == int(settles)
    tell(client, event | {"sg_event_id": "e-2", "batch": "the second"})
    assert (
        app.store.deliveries.get_delivery_report(DAY).count_in_state(
            DeliveryState.ACCEPTED
        )
        == 1
    )


def test_what_was_taken_in_and_then_taken_back_is_handed_over_again(
    app: App, client: FlaskClient, audience: list[str]
) -> None:
    people = unsure(app, "a batch")
    events = (
        told(
            n,
            "processed",
            a,
            edition=str(DAY),
            subscriber=str(n),
            batch="a batch",
        )
        for n, a in people[:10]
    )
    tell(client, *events)
    ((no, hold),) = app.store.deliveries.list_uncertain_holds(DAY)
    app.store.deliveries.requeue_cancelled_hold(DAY, no, hold)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }


def test_mail_bears_the_name_of_its_hand_over(
    open_app: Callable[..., App],
    app: App,
    audience: list[str],
    sendgrid: FakeSendgrid,
) -> None:
    app.approval.approve_edition(DAY, "Ada")
    open_app(sendgrid.env).sending.send_edition(DAY)
    (payload,) = sendgrid.payloads
    assert payload["custom_args"] == {"batch": payload["batch_id"]}


def test_what_was_told_before_the_answer_was_lost_settles_it_later(
    open_app: Callable[..., App], app: App, audience: list[str]
) -> None:
    """The event came while the hand-over was in hand."""
    app.editions.save_source(EDITION)
    ledger = app.store.deliveries
    ledger.freeze_audience(DAY, SendSpec("x", "sendgrid"), NOW)
    claimed = ledger.claim_chunk(DAY, NOW)
    ledger.mark_in_flight(DAY, claimed, [who for who, _ in claimed.subscribers])
    who, address = claimed.subscribers[0]
    app.store.provider_events.take_in_events(
        [ProviderEvent("e", Fate.DELIVERED, address, NOW, DAY, who)], NOW
    )
    ledger.record_chunk_outcome(
        DAY, claimed, Outcome(DeliveryState.UNCERTAIN, "lost")
    )
    assert len(app.reconciliation.reconcile_edition(DAY)) == 24
    assert ledger.get_delivery_report(DAY).counts == {
        DeliveryState.UNCERTAIN: 24,
        DeliveryState.ACCEPTED: 1,
    }


def test_events_in_any_order_and_again_come_to_the_same(
    app: App, audience: list[str]
) -> None:
    orders = list(
        permutations(["processed", "deferred", "delivered", "blocked"])
    )
    people = unsure(app)
    for (who, address), order in zip(people, orders, strict=False):
        for kind in order * 2:
            event = ProviderEvent(
                f"{kind} {who}", Fate(kind), address, NOW, DAY, who
            )
            app.store.provider_events.take_in_events([event], NOW)
    counts = app.store.deliveries.get_delivery_report(DAY).counts
    assert (
        counts[DeliveryState.ACCEPTED],
        counts[DeliveryState.UNCERTAIN],
    ) == (24, 1)
    assert app.store.provider_events.count_by_fate(DAY) == {"blocked": 24}
    assert list(app.store.subscribers.iterate_suppressions()) == []

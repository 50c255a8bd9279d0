"""SMTP: chains of commands, refusals and connections that end in them."""

from collections.abc import Callable

import pytest

from digest.app import App
from digest.errors import TransportDown
from digest.model import DeliveryState, Subscriber
from tests.conftest import NOW
from tests.delivered_mail import check
from tests.delivery.conftest import DAY
from tests.fakes.smtp import FakeSmtp

# Chains


def test_whoever_is_refused_in_a_chain_is_left_out_and_no_other(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    """The next envelope goes with a message's end: its refusal must not meet the message."""
    smtp.refuse, smtp.later = set(approved[1:25:3]), set(approved[2:25:3])
    app = open_app(smtp.env | {"DIGEST_DELIVERY__SMTP__CONNECTIONS": "1"})
    proof = app.sending.send_edition(DAY)
    assert proof.counts == {
        DeliveryState.ACCEPTED: 9,
        DeliveryState.EXCLUDED: 8,
        DeliveryState.QUEUED: 8,
    }
    assert sorted(to for to, _ in smtp.messages) == sorted(approved[0:25:3])


def test_a_broken_chain_loses_only_the_current_message(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.vanish, smtp.per_connection = {approved[4], approved[9]}, 6
    app = open_app(smtp.env | {"DIGEST_DELIVERY__SMTP__CONNECTIONS": "1"})
    proof = app.sending.send_edition(DAY)
    assert proof.counts == {
        DeliveryState.ACCEPTED: 23,
        DeliveryState.UNCERTAIN: 2,
    }
    assert {
        a
        for a, _ in app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.UNCERTAIN
        )
    } == smtp.vanish
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)


def test_a_slow_pace_keeps_no_server_waiting_for_a_message(
    open_app: Callable[..., App], approved: list[str]
) -> None:
    """Where the next must wait, what is in hand is finished first."""
    with FakeSmtp(pipelining=True, patience=0.15) as smtp:
        slow = {"CONNECTIONS": "1", "RATE": "4 a second"}
        app = open_app(
            smtp.env
            | {f"DIGEST_DELIVERY__SMTP__{n}": v for n, v in slow.items()}
        )
        proof = app.sending.send_edition(
            DAY, stop=lambda: len(smtp.messages) >= 4
        )
    assert proof.counts == {DeliveryState.ACCEPTED: 4, DeliveryState.QUEUED: 21}


def test_smtp_gets_one_whole_message_each(
    open_app, approved: list[str], smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)
    assert len({check(app, m, to) for to, m in smtp.messages}) == 25


def test_a_server_that_ends_connections_is_dialled_again(
    open_app, approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.per_connection = 3
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)


def test_a_server_without_starttls_says_what_to_set(
    open_app, approved, smtp: FakeSmtp
) -> None:
    """Mail is not sent in the clear because a server did not offer better."""
    with pytest.raises(
        TransportDown, match="Set delivery.smtp.security to tls or none"
    ):
        open_app(
            smtp.env | {"DIGEST_DELIVERY__SMTP__SECURITY": "starttls"}
        ).sending.send_edition(DAY)
    assert smtp.messages == []


@pytest.mark.parametrize("utf8", [True, False])
def test_a_server_that_takes_them_gets_them_and_another_is_no_mishap(
    open_app: Callable[..., App],
    approved: list[str],
    smtp: FakeSmtp,
    utf8: bool,
) -> None:
    smtp.utf8 = utf8
    app = open_app(smtp.env)
    app.store.subscribers.add_subscribers(
        [Subscriber("josé@r.example", consent_at=NOW)]
    )
    proof = app.sending.send_edition(DAY)
    assert (
        proof.counts == {DeliveryState.ACCEPTED: 26}
        if utf8
        else {DeliveryState.ACCEPTED: 25, DeliveryState.EXCLUDED: 1}
    )
    assert ("josé@r.example" in dict(smtp.messages)) is utf8
    if not utf8:
        ((address, why),) = app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.EXCLUDED
        )
        assert address == "josé@r.example"
        assert "SMTPUTF8" in why

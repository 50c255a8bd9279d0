"""Which way mail goes: rates, a second transport, signatures, addresses beyond ASCII."""

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.audience import checked
from digest.errors import SettingsError, TransportDown
from digest.model import State, Subscriber
from digest.settings.rates import per_minute
from tests.conftest import NOW
from tests.desk_client import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    app.approval.approve_edition(DAY, "a test")
    return audience


@pytest.fixture(params=["one by one", "pipelining"])
def smtp(request: pytest.FixtureRequest) -> Iterator[FakeSmtp]:
    with FakeSmtp(pipelining=request.param == "pipelining") as server:
        yield server


@pytest.fixture
def sendgrid() -> Iterator[FakeSendgrid]:
    with FakeSendgrid() as server:
        yield server


# Rates


@pytest.mark.parametrize(
    ("words", "a_minute"),
    [("600 a minute", 600), ("10 a second", 600), ("36,000 an hour", 600), ("1440 per day", 1), ("5/minute", 5)],
)  # fmt: skip
def test_a_rate_is_said_in_plain_words(words: str, a_minute: float) -> None:
    assert per_minute(words) == pytest.approx(a_minute)


@pytest.mark.parametrize(
    "words", ["600", "", "fast", "0 a minute", "-5 a minute", "600 a fortnight"]
)
def test_what_is_no_rate_says_what_one_looks_like(
    open_app: Callable[..., App], words: str
) -> None:
    with pytest.raises(SettingsError, match="expected a rate such as 600 a minute"):
        open_app({"DIGEST_DELIVERY__SMTP__RATE": words})


@given(st.integers(1, 10**6), st.sampled_from(["second", "minute", "hour", "day"]))
def test_a_rate_means_the_same_with_commas(number: int, unit: str) -> None:
    assert per_minute(f"{number:,} a {unit}") == per_minute(f"{number} per {unit}")


def test_who_still_has_the_old_setting_is_told_the_new_one(
    open_app: Callable[..., App],
) -> None:
    with pytest.raises(SettingsError, match="smtp: {rate: 300 a minute}"):
        open_app({"DIGEST_DELIVERY__PER_MINUTE": "300"})


# A second transport


def both(sendgrid: FakeSendgrid, smtp: FakeSmtp) -> dict[str, str]:
    return smtp.env | sendgrid.env | {"DIGEST_DELIVERY__FALLBACK": "smtp"}


@pytest.mark.parametrize("status", [401, 429])
def test_what_the_first_certainly_did_not_take_goes_by_the_second(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    smtp: FakeSmtp,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sendgrid.status = status
    proof = open_app(both(sendgrid, smtp)).sending.send_edition(DAY)
    assert proof.counts == {State.ACCEPTED: 25}
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)
    assert not sendgrid.mailed()
    assert "going on through smtp" in caplog.text


def test_what_the_first_may_have_taken_never_goes_by_the_second(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    smtp: FakeSmtp,
) -> None:
    """Its answer is lost and the cancel unheard: that is uncertain, not undone."""
    sendgrid.lose, sendgrid.deaf = 1, True
    proof = open_app(both(sendgrid, smtp)).sending.send_edition(DAY)
    assert proof.counts == {State.UNCERTAIN: 25}
    assert smtp.messages == []


def test_where_both_are_down_all_stay_queued(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    smtp: FakeSmtp,
) -> None:
    sendgrid.status = 401
    app = open_app(both(sendgrid, smtp) | {"DIGEST_DELIVERY__SMTP__PORT": "9"})
    with pytest.raises(TransportDown, match="the mail server"):
        app.sending.send_edition(DAY)
    assert app.store.deliveries.proof(DAY).counts == {State.QUEUED: 25}


def test_a_notice_goes_by_the_second_as_well(
    open_app: Callable[..., App], sendgrid: FakeSendgrid, smtp: FakeSmtp
) -> None:
    sendgrid.status = 401
    app = open_app(both(sendgrid, smtp))
    app.sending.send_notice("confirm", Subscriber("ada@r.example", id=1), "token")
    assert [to for to, _ in smtp.messages] == ["ada@r.example"]


@pytest.mark.parametrize("transport", ["outbox", "smtp"])
def test_a_fallback_that_is_none_is_refused(
    open_app: Callable[..., App], transport: str
) -> None:
    with pytest.raises(SettingsError, match="expected a fallback only where"):
        open_app(
            {
                "DIGEST_DELIVERY__TRANSPORT": transport,
                "DIGEST_DELIVERY__FALLBACK": "smtp",
            }
        )


# Signatures


@pytest.fixture(scope="module")
def keys() -> tuple[str, bytes]:
    """A private key as PEM, and the DNS record that its owner publishes."""
    from base64 import b64encode

    key = rsa.generate_private_key(65537, 2048)
    pkcs1 = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(
        serialization.Encoding.PEM, pkcs1, serialization.NoEncryption()
    )
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode(), b"v=DKIM1; k=rsa; p=" + b64encode(der)


def signing(key: str) -> dict[str, str]:
    return {"DIGEST_DELIVERY__SMTP__DKIM_SELECTOR": "letter", "DKIM_KEY": key}


def test_mail_is_signed_where_the_server_does_not(
    open_app: Callable[..., App],
    approved: list[str],
    smtp: FakeSmtp,
    keys: tuple[str, bytes],
) -> None:
    """What the server was given verifies, with both headers for leaving under the signature."""
    pem, record = keys
    open_app(smtp.env | signing(pem)).sending.send_edition(DAY)
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert len(smtp.raw) == 25
    for raw in smtp.raw:
        assert dkim.verify(raw, dnsfunc=dns)
        signature = message_from_bytes(raw, policy=policy.default)["DKIM-Signature"]
        assert "list-unsubscribe : list-unsubscribe-post" in " ".join(signature.split())
    assert set(asked) == {b"letter._domainkey.openwater.example."}
    altered = smtp.raw[0].replace(b"What the records show", b"What the records hide")
    assert not dkim.verify(altered, dnsfunc=dns)


@pytest.mark.parametrize(
    ("key", "says"), [("", "set DKIM_KEY"), ("no key", "DKIM_KEY cannot sign")]
)
def test_without_a_good_key_nothing_leaves_unsigned(
    open_app: Callable[..., App],
    approved: list[str],
    smtp: FakeSmtp,
    key: str,
    says: str,
) -> None:
    app = open_app(smtp.env | signing(key))
    with pytest.raises(TransportDown, match=says):
        app.sending.send_edition(DAY)
    assert smtp.messages == []
    assert app.store.deliveries.proof(DAY).counts == {State.QUEUED: 25}


# Addresses beyond ASCII


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("josé@r.example", "josé@r.example"),
        ("jose\u0301@r.example", "josé@r.example"),  # the same letters, composed
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("用户@例子.example", "用户@xn--fsqu00a.example"),
    ],
)
def test_letters_of_any_script_may_stand_in_an_address(given: str, kept: str) -> None:
    assert checked(given) == kept


@pytest.mark.parametrize("utf8", [True, False])
def test_a_server_that_takes_them_gets_them_and_another_is_no_mishap(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp, utf8: bool
) -> None:
    smtp.utf8 = utf8
    app = open_app(smtp.env)
    app.store.subscribers.add([Subscriber("josé@r.example", consent_at=NOW)])
    proof = app.sending.send_edition(DAY)
    assert (
        proof.counts == {State.ACCEPTED: 26}
        if utf8
        else {State.ACCEPTED: 25, State.EXCLUDED: 1}
    )
    assert ("josé@r.example" in dict(smtp.messages)) is utf8
    if not utf8:
        ((address, why),) = app.store.deliveries.of(DAY, State.EXCLUDED)
        assert address == "josé@r.example"
        assert "SMTPUTF8" in why


# Chains


def test_whoever_is_refused_in_a_chain_is_left_out_and_no_other(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    """The next envelope goes with a message's end: its refusal must not meet the message."""
    smtp.refuse, smtp.later = set(approved[1:25:3]), set(approved[2:25:3])
    app = open_app(smtp.env | {"DIGEST_DELIVERY__SMTP__CONNECTIONS": "1"})
    proof = app.sending.send_edition(DAY)
    assert proof.counts == {State.ACCEPTED: 9, State.EXCLUDED: 8, State.QUEUED: 8}
    assert sorted(to for to, _ in smtp.messages) == sorted(approved[0:25:3])


def test_a_connection_that_ends_in_a_chain_loses_only_the_message_in_hand(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.vanish, smtp.per_connection = {approved[4], approved[9]}, 6
    app = open_app(smtp.env | {"DIGEST_DELIVERY__SMTP__CONNECTIONS": "1"})
    proof = app.sending.send_edition(DAY)
    assert proof.counts == {State.ACCEPTED: 23, State.UNCERTAIN: 2}
    assert {a for a, _ in app.store.deliveries.of(DAY, State.UNCERTAIN)} == smtp.vanish
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)


def test_a_slow_pace_keeps_no_server_waiting_for_a_message(
    open_app: Callable[..., App], approved: list[str]
) -> None:
    """Where the next must wait, what is in hand is finished first."""
    with FakeSmtp(pipelining=True, patience=0.15) as smtp:
        slow = {"CONNECTIONS": "1", "RATE": "4 a second"}
        app = open_app(
            smtp.env | {f"DIGEST_DELIVERY__SMTP__{n}": v for n, v in slow.items()}
        )
        proof = app.sending.send_edition(DAY, stop=lambda: len(smtp.messages) >= 4)
    assert proof.counts == {State.ACCEPTED: 4, State.QUEUED: 21}

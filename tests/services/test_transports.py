"""Which way mail goes: rates, a second transport, signatures, addresses beyond ASCII."""

from collections.abc import Callable, Iterator

import pytest

from digest.app import App
from digest.errors import SettingsError, TransportDown
from digest.model import DeliveryState, Subscriber
from tests.desk_client import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    app.approval.approve_edition(DAY, "a test")
    return audience


@pytest.fixture(params=["one by one", "pipelining"])
def smtp(request: pytest.FixtureRequest) -> Iterator[FakeSmtp]:
    """A mail server, of the kind that takes commands together and of the kind that does not."""
    with FakeSmtp(pipelining=request.param == "pipelining") as server:
        yield server


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
    assert proof.counts == {DeliveryState.ACCEPTED: 25}
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)
    assert not sendgrid.mailed()
    assert "continuing with smtp" in caplog.text


def test_what_the_first_may_have_taken_never_goes_by_the_second(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    smtp: FakeSmtp,
) -> None:
    """Its answer is lost and the cancel unheard: that is uncertain, not undone."""
    sendgrid.lose, sendgrid.deaf = 1, True
    proof = open_app(both(sendgrid, smtp)).sending.send_edition(DAY)
    assert proof.counts == {DeliveryState.UNCERTAIN: 25}
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
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }


def test_a_notice_goes_by_the_second_as_well(
    open_app: Callable[..., App], sendgrid: FakeSendgrid, smtp: FakeSmtp
) -> None:
    sendgrid.status = 401
    app = open_app(both(sendgrid, smtp))
    app.sending.send_notice(
        "confirm", Subscriber("ada@r.example", id=1), "token"
    )
    assert [to for to, _ in smtp.messages] == ["ada@r.example"]


@pytest.mark.parametrize("transport", ["outbox", "smtp"])
def test_a_fallback_that_is_none_is_refused(
    open_app: Callable[..., App], transport: str
) -> None:
    with pytest.raises(
        SettingsError, match="expected a fallback that is not the transport"
    ):
        open_app(
            {
                "DIGEST_DELIVERY__TRANSPORT": transport,
                "DIGEST_DELIVERY__FALLBACK": "smtp",
            }
        )

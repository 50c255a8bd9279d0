"""Deliveries in the store: whose audience is frozen, and what is known of each."""

import pytest

from digest.app import App
from digest.errors import AlreadySent
from digest.model import DeliveryState, SendSpec
from tests.conftest import EDITION, NOW
from tests.delivered_mail import outbox
from tests.delivery.conftest import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    app.approval.approve_edition(DAY, "a test")
    return audience


def test_two_transports_do_not_mail_one_edition_twice(
    open_app, approved, smtp: FakeSmtp, sendgrid: FakeSendgrid
) -> None:
    open_app(smtp.env).sending.send_edition(DAY)
    open_app(sendgrid.env).sending.send_edition(DAY)
    assert (len(smtp.messages), sendgrid.payloads) == (25, [])


def test_an_edition_that_went_out_cannot_go_out_changed(
    open_app, approved, smtp: FakeSmtp
) -> None:
    open_app(smtp.env).sending.send_edition(DAY)
    with pytest.raises(AlreadySent, match="cannot be changed any more"):
        open_app().editions.save_source(
            EDITION.replace("Paragraphs.", "Corrected.")
        )
    open_app(smtp.env).sending.send_edition(DAY)
    assert len(smtp.messages) == 25


def test_who_left_before_the_send_gets_nothing(
    app: App, approved: list[str]
) -> None:
    app.subscribers.unsubscribe_address(approved[3].upper())
    assert app.sending.send_edition(DAY).planned == 24
    assert approved[3] not in outbox(app)


def test_who_leaves_between_freeze_and_hand_over_gets_nothing(
    app: App, approved: list[str]
) -> None:
    ledger = app.store.deliveries
    ledger.freeze_audience(
        DAY,
        SendSpec(app.editions.render_stored(DAY).content_hash, "outbox"),
        NOW,
    )
    app.subscribers.unsubscribe_address(approved[3])
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.EXCLUDED: 1,
    }
    assert ledger.list_deliveries_in_state(DAY, DeliveryState.EXCLUDED) == [
        (approved[3], "left")
    ]
    assert approved[3] not in outbox(app)

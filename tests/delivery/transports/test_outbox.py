"""The outbox: one whole message each, and nobody is mailed."""

from pathlib import Path

import pytest

from digest.app import App
from digest.delivery import Outbox, Pace, Sender
from digest.model import DeliveryState, SendSpec
from tests.conftest import NOW
from tests.delivered_mail import check, outbox
from tests.delivery.conftest import DAY
from tests.delivery.test_sender import send_all
from tests.fakes.smtp import FakeSmtp


def test_the_outbox_gets_one_whole_message_each(
    app: App, approved: list[str]
) -> None:
    proof = app.sending.send_edition(DAY)
    assert (
        str(proof)
        == "planned 25 = 0 queued + 25 accepted + 0 excluded + 0 uncertain"
    )
    messages = outbox(app)
    assert sorted(messages) == sorted(approved)
    assert len({check(app, m, a) for a, m in messages.items()}) == 25


def test_the_outbox_is_a_rehearsal_and_keeps_nobody_from_the_mail(
    open_app, approved, smtp: FakeSmtp
) -> None:
    open_app().sending.send_edition(DAY)
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert len(smtp.messages) == 25


def test_a_rehearsal_waits_for_nobody(
    app: App, audience: list[str], tmp_path: Path
) -> None:
    """At one message a minute, twenty-five files are still written at once."""
    ledger, letter = (
        app.store.deliveries,
        app.editions.render_stored(DAY).letter,
    )
    ledger.freeze_audience(DAY, SendSpec("hash", "outbox"), NOW)
    pace = Pace(1, lambda: 0.0, lambda _seconds: pytest.fail("it waited"))
    outbox = Outbox(tmp_path, lambda: NOW)
    send_all(Sender(letter, ledger, outbox, app.tokens, pace, lambda: NOW))
    assert ledger.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }

"""Where pieces meet: sequences over sending, events, returned mail, erasure and confirmations."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
from click.testing import CliRunner
from sqlalchemy import select

from digest.app import App
from digest.cli import cli
from digest.cli.common import Context, Failure
from digest.cli.cron_run import _send_due
from digest.errors import Busy, DigestError, NotFound
from digest.model import (
    DeliveryState,
    Fate,
    ProviderEvent,
    SendSpec,
    Subscriber,
)
from digest.services.subscribers import ImportWish
from digest.store.tables import notice, suppression
from tests.cases.returned_mail import kinds
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, put
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp
from tests.services.test_returned_mail import ADA, VERP, values_for
from tests.services.test_signup import ask_at

LATER = NOW + timedelta(hours=1)


def event(
    app: App, address: str, fate: Fate, number: int = 1, told_as: str = ""
) -> ProviderEvent:
    """Return what a provider tells of a reader's delivery."""
    person = app.store.subscribers.find_subscriber(address)
    return ProviderEvent(
        f"e{number}",
        fate,
        told_as or person.address,
        NOW,
        DAY,
        person.id,
        "told",
    )


@pytest.fixture
def approved(app: App, audience: list[str]) -> App:
    app.approval.approve_edition(DAY, "Ada")
    return app


# Returned mail, of an edition that left days after its date


@pytest.mark.parametrize("verdict", ["bounced", "complained"])
def test_who_came_after_an_editions_date_and_got_it_is_heeded(
    open_app: Callable[..., App], smtp: FakeSmtp, verdict: str
) -> None:
    """An edition of Friday that leaves on Monday goes to who subscribed on Sunday as well."""
    monday = NOW + timedelta(days=3)
    app = open_app(smtp.env | VERP, monday)
    app.subscribers.add_people(
        [Subscriber(ADA, consent_at=NOW + timedelta(days=2))]
    )
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 1}
    found = [kind for kind in kinds(values_for(app)) if kind.verdict == verdict]
    told = app.returned_mail.read_content(found[0].raw)
    assert told.counts()[verdict] == 1, told
    assert [
        s.address for s in app.store.subscribers.iterate_suppressions()
    ] == [ADA]


# Events of what waits to be sent again


@pytest.mark.parametrize(
    "fate", [Fate.DELIVERED, Fate.BLOCKED, Fate.COMPLAINED]
)
def test_no_person_can_resend_mail_known_to_have_left(
    approved: App,
    open_app: Callable[..., App],
    smtp: FakeSmtp,
    audience: list[str],
    fate: Fate,
) -> None:
    """The word of a person comes first, that of the provider a moment later."""
    smtp.vanish = {audience[3]}
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    smtp.vanish = set()
    app.reconciliation.settle_delivery(DAY, audience[3], sent=False, by="Ada")
    app.store.provider_events.take_in_events(
        [event(app, audience[3], fate)], NOW
    )
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert [to for to, _ in smtp.messages].count(audience[3]) == 1


def lose_the_answer(
    approved: App, open_app: Callable[..., App], sendgrid: FakeSendgrid
) -> App:
    """Send by SendGrid, whose answer is lost and that cannot be reached for a while."""
    sendgrid.lose, sendgrid.deaf = 1, True
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.UNCERTAIN: 25}
    sendgrid.deaf = False
    return app


def test_events_keep_nobody_from_mail_that_was_taken_back(
    approved: App,
    open_app: Callable[..., App],
    sendgrid: FakeSendgrid,
    audience: list[str],
) -> None:
    """Nobody can know that mail arrived that the provider keeps back still."""
    app = lose_the_answer(approved, open_app, sendgrid)
    words = [
        "-C",
        str(app.workspace.folder),
        "reconcile",
        str(DAY),
        "--sent",
        audience[3],
    ]
    CliRunner().invoke(cli, words, env=sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert sendgrid.mailed() == dict.fromkeys(audience, 1)


def test_cancelled_mail_counts_as_stopped_despite_events(
    approved: App,
    open_app: Callable[..., App],
    sendgrid: FakeSendgrid,
    audience: list[str],
) -> None:
    app = lose_the_answer(approved, open_app, sendgrid)
    app.reconciliation.settle_delivery(DAY, audience[3], sent=True, by="Ada")
    assert app.halting.cancel_send(DAY, "Ada").taken_back == 25
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.EXCLUDED: 25
    }
    assert sendgrid.mailed() == {}


def test_no_person_can_resend_what_the_provider_reported(
    app: App, audience: list[str]
) -> None:
    """The event came before the process died that waited for the answer."""
    ledger = app.store.deliveries
    ledger.freeze_audience(DAY, SendSpec("0" * 64, "sendgrid"), NOW)
    claimed = ledger.claim_chunk(DAY, NOW)
    ledger.mark_in_flight(DAY, claimed, [who for who, _ in claimed.subscribers])
    app.store.provider_events.take_in_events(
        [event(app, audience[3], Fate.DELIVERED)], NOW
    )
    ledger.freeze_audience(DAY, SendSpec("0" * 64, "sendgrid"), NOW)
    with pytest.raises(NotFound, match="is not uncertain"):
        app.reconciliation.settle_delivery(
            DAY, audience[3], sent=False, by="Ada"
        )
    assert ledger.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 1,
        DeliveryState.UNCERTAIN: 24,
    }


def test_mail_that_left_despite_cancelling_is_known(
    approved: App,
    open_app: Callable[..., App],
    sendgrid: FakeSendgrid,
    audience: list[str],
) -> None:
    """A provider's cancel came too late for one of them."""
    app = open_app(sendgrid.env)
    app.sending.send_edition(DAY)
    app.halting.cancel_send(DAY, "Ada")
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.EXCLUDED: 25
    }
    app.store.provider_events.take_in_events(
        [event(app, audience[3], Fate.DELIVERED)], NOW
    )
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 1,
        DeliveryState.EXCLUDED: 24,
    }
    assert app.publishing.find_status(DAY).sent_at is not None


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("JÖRG@readers.example", "jörg@readers.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ],
)
def test_events_name_a_reader_in_any_spelling_of_their_address(
    app: App, stored: str, told: str
) -> None:
    app.subscribers.add_people([Subscriber(stored, consent_at=NOW)])
    app.editions.save_source(EDITION)
    ledger = app.store.deliveries
    ledger.freeze_audience(DAY, SendSpec("0" * 64, "sendgrid"), NOW)
    claimed = ledger.claim_chunk(DAY, NOW)
    ledger.mark_in_flight(DAY, claimed, [who for who, _ in claimed.subscribers])
    ledger.freeze_audience(DAY, SendSpec("0" * 64, "sendgrid"), NOW)
    assert ledger.get_delivery_report(DAY).counts == {
        DeliveryState.UNCERTAIN: 1
    }
    app.store.provider_events.take_in_events(
        [event(app, stored, Fate.DELIVERED, told_as=told)], NOW
    )
    assert ledger.get_delivery_report(DAY).counts == {DeliveryState.ACCEPTED: 1}
    assert app.store.provider_events.count_by_fate(DAY) == {"delivered": 1}


# Erasure


@pytest.mark.parametrize("fate", [Fate.BOUNCED, Fate.COMPLAINED, Fate.LEFT])
def test_what_is_told_of_who_was_erased_makes_nobody_known_again(
    approved: App,
    open_app: Callable[..., App],
    smtp: FakeSmtp,
    audience: list[str],
    fate: Fate,
) -> None:
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    late = event(app, audience[3], fate)
    app.subscribers.erase_subscriber(audience[3])
    app.store.provider_events.take_in_events([late], LATER)
    with app.store._engine.connect() as c:
        assert list(c.scalars(select(suppression.c.folded))) == []


@pytest.mark.parametrize("erased", ["JÖRG@r.example", "jörg@r.example"])
def test_who_is_forgotten_leaves_no_mail_behind_in_any_spelling(
    open_app: Callable[..., App], smtp: FakeSmtp, erased: str
) -> None:
    smtp.says = lambda stage, _address: (
        "451 4.7.1 Greylisted" if stage == "rcpt" else ""
    )
    app = open_app(smtp.env)
    ask_at(app, "jörg@r.example")
    app.subscribers.add_people([Subscriber(erased, consent_at=NOW)])
    app.subscribers.erase_subscriber(erased)
    with app.store._engine.connect() as c:
        assert list(c.scalars(select(notice.c.address))) == []


# A mail in hand of who was taken for dead


def test_who_was_taken_for_dead_writes_nothing_over_what_was_decided_since(
    open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    person = Subscriber("ada@r.example", consent_source="form")
    notices = app.store.notices
    claimed = notices.claim_notice(
        notices.add_notice("confirm", person, NOW, NOW + timedelta(days=2)), NOW
    )
    assert len(notices.give_up_late_notices(NOW + timedelta(minutes=20))) == 1
    notices.postpone_notice(claimed, NOW + timedelta(minutes=21), "451 later")
    assert notices.list_due_notices(NOW + timedelta(hours=1)) == []
    assert notices.get_figures().given_up == 1


# Several editions at a time


def test_a_reader_who_waits_in_one_edition_keeps_no_other_from_leaving(
    approved: App,
    open_app: Callable[..., App],
    smtp: FakeSmtp,
    audience: list[str],
) -> None:
    """A correction is due together with the edition of the week; cron sends both."""
    day_before = DAY - timedelta(days=1)
    smtp.later = {audience[3]}
    app = open_app(smtp.env)
    for day, words in ((DAY, "Of the week"), (day_before, "The other")):
        text = EDITION.replace("2026-02-27", str(day)).replace(
            "What the records show", words
        )
        app.editions.save_source(text)
        app.approval.approve_edition(day, "Ada")
    context = Context(app.workspace.folder, quiet=True, verbose=False)
    with pytest.raises(Failure):
        _send_due(context, app)
    assert Counter(message["Subject"] for _, message in smtp.messages) == {
        "Of the week": 24,
        "The other": 24,
    }


@pytest.mark.parametrize("by_hand", ["refresh", "replace"])
def test_a_correction_never_becomes_the_newsletter_of_a_few(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp, by_hand: str
) -> None:
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    correction = app.publishing.draft_correction(DAY, "Ada")
    put(app, 1, "A story of the week after")
    before = app.editions.read_source(correction)
    acts = {
        "refresh": lambda: app.drafts.refresh_draft(correction),
        "replace": lambda: app.drafts.create_draft(correction, replace_it=True),
    }
    with pytest.raises(
        DigestError, match="is a correction for those who got 2026-02-27"
    ):
        acts[by_hand]()
    assert app.editions.read_source(correction) == before


# Imports beside everything else


def listed(folder: Path, standing: str, *addresses: str) -> Path:
    """Write a list of people of one standing."""
    file = folder / "list.csv"
    file.write_text(
        "email,status\n" + "".join(f"{a},{standing}\n" for a in addresses)
    )
    return file


@pytest.mark.parametrize("moment", range(1, 6))
def test_who_is_erased_while_an_import_looks_is_not_brought_back(
    app: App, open_app: Callable[..., App], tmp_path: Path, moment: int
) -> None:
    """Erased before any of the statements by which an import tells who may be mailed."""
    app.subscribers.add_people([Subscriber(ADA, consent_at=NOW)])
    app.subscribers.add_people([Subscriber("other@r.example", consent_at=NOW)])
    app.subscribers.erase_subscriber("other@r.example")
    beside, asked = open_app(), []
    beside.subscribers.find_subscriber(ADA)

    def meanwhile(_connection, _cursor, statement: str, *_: object) -> None:
        if "FROM" in statement and statement.startswith("SELECT"):
            asked.append(statement)
            if len(asked) == moment:
                beside.subscribers.erase_subscriber(ADA)

    sqlalchemy.event.listen(
        app.store._engine, "before_cursor_execute", meanwhile
    )
    app.subscribers.add_people([Subscriber(ADA, consent_at=NOW)])
    sqlalchemy.event.remove(
        app.store._engine, "before_cursor_execute", meanwhile
    )
    if len(asked) < moment:
        pytest.skip("so many statements are not needed")
    assert app.subscribers.count_matching() == 0


@pytest.mark.parametrize(
    ("standing", "readers"), [("subscribed", 1), ("unsubscribed", 0)]
)
def test_a_signup_during_an_import_stops_nothing(
    app: App,
    open_app: Callable[..., App],
    tmp_path: Path,
    standing: str,
    readers: int,
) -> None:
    beside, done = open_app(), []
    beside.subscribers.count_matching()

    def meanwhile(_connection, _cursor, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO subscriber") and not done:
            done.append(statement)
            beside.store.subscribers.add_subscribers(
                [Subscriber(ADA, consent_at=NOW)]
            )

    file = listed(tmp_path, standing, ADA, "other@r.example")
    sqlalchemy.event.listen(
        app.store._engine, "before_cursor_execute", meanwhile
    )
    counts, _, _ = app.subscribers.import_sheet(file, "a list", ImportWish())
    sqlalchemy.event.remove(
        app.store._engine, "before_cursor_execute", meanwhile
    )
    assert (len(done), counts.row_sum) == (1, counts.read)
    assert app.subscribers.count_matching() == 2 * readers


def test_of_two_imports_at_once_the_second_is_told_to_wait(
    app: App, open_app: Callable[..., App], tmp_path: Path
) -> None:
    file, second = listed(tmp_path, "subscribed", ADA), open_app()
    with second.store.hold_lock("import"), pytest.raises(Busy):
        app.subscribers.import_sheet(file, "a list", ImportWish())
    assert app.subscribers.count_matching() == 0
    app.subscribers.import_sheet(file, "a list", ImportWish())
    assert app.subscribers.count_matching() == 1

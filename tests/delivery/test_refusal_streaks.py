"""What is refused for our sake stops the send and leaves everybody queued; what is about a reader
leaves out that reader."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.delivery import Pace, Sender
from digest.delivery.transports.smtp import SmtpTransport
from digest.errors import SenderRefused, TransportDown
from digest.model import (
    DeliveryState,
    Outcome,
    Recipient,
    RefusalScope,
    SendSpec,
    Subscriber,
    SuppressionReason,
)
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, let_in, page, post
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp

RELAY = "554 5.7.1 <ada@r.example>: Relay access denied"
SPAM = "550 5.7.1 Message rejected as spam"
UNKNOWN = "550 5.1.1 User unknown"
POLICY = "550 5.7.1 Not accepted by this organisation"
GREY = "450 4.2.0 Greylisted, try again in five minutes"


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    app.approval.approve_edition(DAY, "a test")
    return audience


@pytest.fixture
def smtp(request: pytest.FixtureRequest) -> Iterator[FakeSmtp]:
    """A mail server that takes commands together, or as a test asks, one by one."""
    with FakeSmtp(
        pipelining=getattr(request, "param", "pipelining") == "pipelining"
    ) as server:
        yield server


EITHER = pytest.mark.parametrize(
    "smtp", ["one by one", "pipelining"], indirect=True
)
#: The same, for tests of many cases: one server fast, both in the proofs.
EITHER_IN_PROOFS = pytest.mark.parametrize(
    "smtp",
    [pytest.param("one by one", marks=pytest.mark.slow), "pipelining"],
    indirect=True,
)


def one_line(smtp: FakeSmtp) -> dict[str, str]:
    """One connection, so that readers are asked for in their order."""
    return smtp.env | {"DIGEST_DELIVERY__SMTP__CONNECTIONS": "1"}


def at(stage: str, reply: str, *whom: str) -> Callable[[str, str], str]:
    """Say a reply at a stage, to some or to all."""
    return lambda where, who: (
        reply if where == stage and (not whom or who in whom) else ""
    )


def mailed(smtp: FakeSmtp) -> Counter[str]:
    return Counter(to for to, _ in smtp.messages)


def suppressed(app: App) -> dict[str, str]:
    return {
        s.address: s.detail
        for s in app.store.subscribers.iterate_suppressions()
    }


# About us


@EITHER_IN_PROOFS
@pytest.mark.parametrize(
    ("stage", "reply", "advice"),
    [
        ("rcpt", RELAY, "SMTP_PASSWORD"),
        (
            "rcpt",
            "550 5.1.1 User unknown in local recipient table",
            "Ask the provider",
        ),
        ("rcpt", "550 Go away", "Ask the provider"),
        (
            "mail",
            "550 5.7.1 Sender address rejected: not owned by user",
            "newsletter.sender",
        ),
        ("dot", SPAM, "digest check"),
        ("dot", "552 5.3.4 Message size exceeds fixed limit", "smaller"),
        (
            "dot",
            "554 Message rejected: Email address is not verified.",
            "newsletter.sender",
        ),
        (
            "rcpt",
            "454 Throttling failure: Maximum sending rate exceeded.",
            "limit",
        ),
    ],
)
def test_a_refusal_of_us_leaves_everybody_queued_and_says_what_to_do(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp, stage: str, reply: str, advice: str
) -> None:  # fmt: skip
    smtp.says = at(stage, reply)
    app = open_app(smtp.env)
    with pytest.raises(SenderRefused) as raised:
        app.sending.send_edition(DAY)
    assert reply.rstrip(".") in str(raised.value)
    assert advice in str(raised.value)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }
    assert suppressed(app) == {}
    smtp.says = at("never", "")
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert mailed(smtp) == dict.fromkeys(approved, 1)


@EITHER
@pytest.mark.parametrize(
    "reply",
    [
        "550 5.4.5 Daily user sending quota exceeded",
        pytest.param("550 No more today", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("lines", ["1", "4"])
def test_a_quota_that_is_used_up_stops_the_send_where_it_is(
    open_app: Callable[..., App],
    approved: list[str],
    smtp: FakeSmtp,
    reply: str,
    lines: str,
) -> None:
    smtp.says = lambda stage, _: (
        reply if stage == "dot" and len(smtp.messages) >= 10 else ""
    )
    app = open_app(smtp.env | {"DIGEST_DELIVERY__SMTP__CONNECTIONS": lines})
    with pytest.raises(SenderRefused, match=reply):
        app.sending.send_edition(DAY)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 10,
        DeliveryState.QUEUED: 15,
    }
    with pytest.raises(SenderRefused, match=reply):  # the day is not over
        app.sending.send_edition(DAY)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 10,
        DeliveryState.QUEUED: 15,
    }
    smtp.says = at("never", "")
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert mailed(smtp) == dict.fromkeys(approved, 1)


@pytest.mark.parametrize(
    ("status", "message", "field", "advice"),
    [
        (
            401,
            "Maximum credits exceeded",
            None,
            "The account's limit is used up",
        ),
        (
            401,
            "The provided authorization grant is invalid, expired, or revoked",
            None,
            "API_KEY",
        ),
        (
            403,
            "The from address does not match a verified Sender Identity.",
            "from",
            "sender.addr",
        ),
        (
            400,
            "The from address does not match a verified Sender Identity.",
            "from",
            "sender.addr",
        ),
        (400, "Something is wrong", None, "Ask the provider"),
        (413, "The JSON payload is too large.", None, "smaller"),
    ],
)
def test_what_sendgrid_refuses_us_for_is_told_in_its_words(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid, status: int, message: str, field: str | None, advice: str
) -> None:  # fmt: skip
    sendgrid.status, sendgrid.said = status, (message, field)
    app = open_app(
        sendgrid.env | {"DIGEST_DELIVERY__SENDGRID__UNDO_MINUTES": "0"}
    )
    with pytest.raises(SenderRefused) as raised:
        app.sending.send_edition(DAY)
    assert message.rstrip(".") in str(raised.value)
    assert advice in str(raised.value)
    assert ("API_KEY" in str(raised.value)) is (advice == "API_KEY")
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }
    assert len(sendgrid.keys) <= 16  # it does not ask for each of them
    sendgrid.status = 202
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert sendgrid.mailed() == dict.fromkeys(approved, 1)


def test_the_command_says_it_and_exits_with_one(
    open_app: Callable[..., App],
    app: App,
    approved: list[str],
    smtp: FakeSmtp,
    folder: Path,
) -> None:
    smtp.says = at("rcpt", RELAY)

    def run(*words: str):
        return CliRunner().invoke(
            cli, ["-C", str(folder), *words], env=smtp.env
        )

    told = run("send", str(DAY), "--yes")
    assert told.exit_code == 1
    assert "Relay access denied" in told.output
    assert "25 queued" in told.output
    assert (
        "stopped: the mail server refuses"
        in run("send", str(DAY), "--status").output
    )
    assert "its send has stopped" in run("status").output
    smtp.says = at("never", "")
    assert run("send", str(DAY), "--yes").exit_code == 0
    assert "stopped" not in run("send", str(DAY), "--status").output


def test_what_the_first_refuses_us_for_goes_by_the_second(
    open_app: Callable[..., App],
    approved: list[str],
    sendgrid: FakeSendgrid,
    smtp: FakeSmtp,
) -> None:
    sendgrid.status, sendgrid.said = (
        403,
        ("does not match a verified Sender Identity", "from"),
    )
    app = open_app(
        smtp.env | sendgrid.env | {"DIGEST_DELIVERY__FALLBACK": "smtp"}
    )
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert mailed(smtp) == dict.fromkeys(approved, 1)


def test_a_test_and_a_notice_say_what_was_refused(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.says = at("rcpt", RELAY)
    app = open_app(smtp.env)
    with pytest.raises(
        SenderRefused, match="Relay access denied.*SMTP_PASSWORD"
    ):
        app.sending.send_test(DAY, "boss@openwater.example")
    with pytest.raises(SenderRefused, match="Relay access denied"):
        app.sending.send_notice(
            "confirm", Subscriber("ada@r.example", id=1), "token"
        )
    smtp.says = at("rcpt", UNKNOWN)
    outcome = app.sending.send_test(DAY, "boss@openwater.example")
    assert (outcome.state, outcome.about) == (
        DeliveryState.EXCLUDED,
        RefusalScope.GONE,
    )


@EITHER
def test_a_process_that_dies_in_a_row_of_refusals_excludes_nobody(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    """They stay queued until somebody is accepted after them."""
    smtp.says = at("rcpt", POLICY, *approved[:4])
    app = open_app(one_line(smtp))
    ledger, letter = (
        app.store.deliveries,
        app.editions.render_stored(DAY).letter,
    )
    ledger.freeze_audience(
        DAY, SendSpec(app.editions.render_stored(DAY).content_hash, "smtp"), NOW
    )

    def send_and_die(sender: Sender) -> None:
        with closing(sender.send_queued()) as counts:
            for _count in counts:
                if ledger.get_delivery_report(DAY).counts.get(
                    DeliveryState.QUEUED
                ):
                    raise KeyboardInterrupt

    with SmtpTransport(app.settings.delivery.smtp, "", lambda: NOW) as transport, pytest.raises(KeyboardInterrupt):  # fmt: skip
        send_and_die(
            Sender(
                letter, ledger, transport, app.tokens, Pace(10**9), lambda: NOW
            )
        )
    assert (
        ledger.get_delivery_report(DAY).count_in_state(DeliveryState.EXCLUDED)
        == 0
    )
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 21,
        DeliveryState.EXCLUDED: 4,
    }
    assert mailed(smtp) == dict.fromkeys(approved[4:], 1)


# About readers


@EITHER
def test_a_few_odd_refusals_among_many_good_ones_stop_nobody(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    odd = {approved[3]: POLICY, approved[4]: SPAM, approved[11]: RELAY, approved[20]: "550 5.4.1 Access denied"}  # fmt: skip
    smtp.says = lambda stage, who: odd.get(who, "") if stage == "rcpt" else ""
    app = open_app(one_line(smtp))
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 21,
        DeliveryState.EXCLUDED: 4,
    }
    assert dict(
        app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.EXCLUDED
        )
    ) == {who: f"refused: {reply}" for who, reply in odd.items()}
    assert suppressed(app) == {}
    assert mailed(smtp) == dict.fromkeys(set(approved) - set(odd), 1)


@EITHER
def test_a_full_mailbox_is_tried_again_whatever_class_its_refusal_has(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.says = at("rcpt", "552 5.2.2 The mailbox is full", approved[3])
    assert open_app(one_line(smtp)).sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.QUEUED: 1,
    }
    smtp.says = lambda _stage, _who: ""
    later = open_app(one_line(smtp), now=NOW + timedelta(hours=1))
    assert later.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert mailed(smtp) == dict.fromkeys(approved, 1)


def test_a_domain_that_refuses_all_its_readers_stops_no_other(
    open_app: Callable[..., App], app: App, approved: list[str], smtp: FakeSmtp
) -> None:
    theirs = [f"ada{n}@strict.example" for n in range(30)]
    app.subscribers.add_people(Subscriber(a, consent_at=NOW) for a in theirs)
    app.subscribers.add_people(
        [Subscriber("last@readers.example", consent_at=NOW)]
    )
    smtp.says = at("rcpt", POLICY, *theirs)
    app = open_app(one_line(smtp))
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 26,
        DeliveryState.EXCLUDED: 30,
    }


def test_an_unknown_address_is_suppressed_and_not_asked_for_again(
    open_app: Callable[..., App], app: App, approved: list[str], smtp: FakeSmtp
) -> None:
    asked: Counter[str] = Counter()

    def says(stage: str, who: str) -> str:
        asked[who] += stage == "rcpt"
        return UNKNOWN if stage == "rcpt" and who == approved[5] else ""

    smtp.says = says
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.EXCLUDED: 1,
    }
    ((who),) = app.store.subscribers.iterate_suppressions()
    assert (who.address, who.reason) == (approved[5], SuppressionReason.BOUNCED)
    assert who.detail == f"refused: {UNKNOWN}"
    later = DAY.replace(day=28)
    app.editions.save_source(EDITION.replace(str(DAY), str(later)))
    app.approval.approve_edition(later, "a test")
    assert app.sending.send_edition(later).counts == {
        DeliveryState.ACCEPTED: 24
    }
    assert asked[approved[5]] == 1


def test_an_address_that_sendgrid_calls_invalid_is_suppressed(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    sendgrid.refuse = {approved[3], approved[20]}
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 23,
        DeliveryState.EXCLUDED: 2,
    }
    assert set(suppressed(app)) == sendgrid.refuse
    assert sendgrid.mailed() == dict.fromkeys(
        set(approved) - sendgrid.refuse, 1
    )


@pytest.mark.parametrize("known", [0, 2, 10])
def test_a_server_that_calls_most_of_them_unknown_suppresses_nobody(
    open_app: Callable[..., App],
    approved: list[str],
    smtp: FakeSmtp,
    known: int,
) -> None:
    """It has lost its list of users, or knows only those of its own house."""
    smtp.says = at("rcpt", UNKNOWN, *approved[known:])
    app = open_app(one_line(smtp))
    if known:
        app.sending.send_edition(DAY)
    else:
        with pytest.raises(SenderRefused):
            app.sending.send_edition(DAY)
    assert suppressed(app) == {}


# For now


@EITHER
def test_greylisting_passes_in_the_second_pass(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    seen: set[str] = set()

    def says(stage: str, who: str) -> str:
        first = stage == "rcpt" and who not in seen
        seen.update([who] if stage == "rcpt" else [])
        return GREY if first else ""

    smtp.says = says
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.QUEUED: 25}
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert mailed(smtp) == dict.fromkeys(approved, 1)


def test_temporary_refusals_are_retried_for_three_days(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    asked: Counter[str] = Counter()

    def says(stage: str, who: str) -> str:
        asked[who] += stage == "rcpt"
        return (
            "452 4.2.2 Mailbox full"
            if stage == "rcpt" and who == approved[7]
            else ""
        )

    smtp.says = says
    for hours in range(0, 24 * 4, 6):
        for minutes in (0, 10):  # cron calls more often than it is tried
            app = open_app(
                smtp.env, NOW + timedelta(hours=hours, minutes=minutes)
            )
            for day in app.send_schedule.due_editions():
                app.sending.send_edition(day)
    ((who, why),) = app.store.deliveries.list_deliveries_in_state(
        DAY, DeliveryState.EXCLUDED
    )
    assert who == approved[7]
    assert "452 4.2.2 Mailbox full (so for 3 days, and given up)" in why
    assert asked[who] == 14
    assert suppressed(app) == {}
    assert mailed(smtp) == dict.fromkeys(set(approved) - {who}, 1)


def test_a_send_that_was_stopped_rests_before_it_is_tried_by_itself(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.says = at("rcpt", RELAY)
    app = open_app(smtp.env)
    with pytest.raises(SenderRefused):
        app.sending.send_edition(DAY)
    assert app.send_schedule.due_editions() == []
    assert app.sending.plan_send(DAY).stopped
    assert open_app(
        smtp.env, NOW + timedelta(minutes=31)
    ).send_schedule.due_editions() == [DAY]
    smtp.says = at("never", "")
    app.sending.send_edition(DAY)
    assert app.sending.plan_send(DAY).stopped == ""


# Again, once it is repaired


def wrongly_excluded(app: App, approved: list[str]) -> None:
    """A send as it was left before refusals of us were told from those of readers."""
    ledger = app.store.deliveries
    ledger.freeze_audience(
        DAY,
        SendSpec(app.editions.render_stored(DAY).content_hash, "smtp"),
        NOW,
        size=10,
    )
    whole = ledger.claim_chunk(DAY, NOW)
    ledger.record_chunk_outcome(
        DAY, whole, Outcome(DeliveryState.EXCLUDED, "refused: 413 too large")
    )
    while claimed := ledger.claim_chunk(DAY, NOW):
        ledger.record_outcomes(DAY, claimed, [(n, Outcome(DeliveryState.EXCLUDED, f"refused: {RELAY}")) for n, _ in claimed.subscribers])  # fmt: skip
        ledger.record_chunk_outcome(DAY, claimed)


def test_whoever_was_refused_before_can_be_sent_to_once_it_is_repaired(
    open_app: Callable[..., App],
    app: App,
    approved: list[str],
    smtp: FakeSmtp,
    folder: Path,
) -> None:
    app.subscribers.unsubscribe_address(approved[0])
    wrongly_excluded(app, approved)
    app.subscribers.unsubscribe_address(approved[1])
    app.subscribers.suppress_address(approved[2], "they wrote to us")
    app.subscribers.unsubscribe_address(approved[20])
    assert app.sending.plan_send(DAY).refused == 21
    command = ["-C", str(folder), "send", str(DAY), "--yes"]
    CliRunner().invoke(cli, command, env=smtp.env)
    assert mailed(smtp) == {}
    told = CliRunner().invoke(cli, [*command, "--retry-refused"], env=smtp.env)
    assert told.exit_code == 0, told.output
    no = {approved[n] for n in (0, 1, 2, 20)}
    assert mailed(smtp) == dict.fromkeys(set(approved) - no, 1)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 21,
        DeliveryState.EXCLUDED: 3,
    }
    CliRunner().invoke(cli, [*command, "--retry-refused"], env=smtp.env)
    assert mailed(smtp) == dict.fromkeys(set(approved) - no, 1)


def test_the_desk_explains_a_stop_and_retries_refused(
    open_app: Callable[..., App], app: App, approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.says = lambda stage, who: (
        {approved[5]: POLICY}.get(who, "") if stage == "rcpt" else ""
    )
    app = open_app(one_line(smtp))
    app.sending.send_edition(DAY)
    smtp.says = at("never", "")
    desk = let_in(app)
    shown = page(desk, f"/{DAY}/send").text_content()
    assert "1 reader was refused and left out." in shown
    assert post(desk, f"/{DAY}/retry").status_code == 303
    for _ in range(100):
        if (
            "It is being sent."
            not in page(desk, f"/{DAY}/progress").text_content()
        ):
            break
        time.sleep(0.05)
    assert mailed(smtp) == dict.fromkeys(approved, 1)


def test_the_desk_shows_why_the_provider_stopped_a_send(
    open_app: Callable[..., App], approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.says = at("rcpt", RELAY)
    app = open_app(smtp.env)
    with pytest.raises(SenderRefused):
        app.sending.send_edition(DAY)
    shown = page(let_in(app), f"/{DAY}/send").text_content()
    assert "Relay access denied" in shown
    assert "SMTP_PASSWORD" in shown


# Halves of a request


def test_a_provider_lost_between_halves_mails_nobody_twice(
    open_app: Callable[..., App], approved: list[str], sendgrid: FakeSendgrid
) -> None:
    """What it took of the first half stays accepted; of the second, nothing has left."""
    sendgrid.refuse, sendgrid.names_it = {approved[20]}, False
    take = sendgrid.take

    def once(payload: dict):
        answer = take(payload)
        if answer and answer[0] == 202:
            sendgrid.status = 401
        return answer

    sendgrid.take = once
    app = open_app(sendgrid.env)
    try:
        app.sending.send_edition(DAY)
    except TransportDown:
        pass
    proof = app.store.deliveries.get_delivery_report(DAY)
    assert (proof.planned, proof.count_in_state(DeliveryState.ACCEPTED)) == (
        25,
        12,
    )
    assert (
        proof.count_in_state(DeliveryState.EXCLUDED) <= 1
    )  # the bad address, if it was told apart by then
    assert proof.count_in_state(DeliveryState.UNCERTAIN) == 0
    sendgrid.take, sendgrid.status = take, 202
    assert app.sending.send_edition(DAY).counts == {
        DeliveryState.ACCEPTED: 24,
        DeliveryState.EXCLUDED: 1,
    }
    assert sendgrid.mailed() == dict.fromkeys(
        set(approved) - sendgrid.refuse, 1
    )


def test_whoever_was_given_to_a_transport_is_named_as_they_were() -> None:
    from digest.delivery.refusal_streaks import RefusedReader

    one, two = (RefusedReader(Recipient(n, f"ada{n}@r.example", ""), Outcome(DeliveryState.EXCLUDED, f"refused: 550 5.7.1 <ada{n}@r.example> no id-{n}7")) for n in (1, 2))  # fmt: skip
    assert one.comparable_text == two.comparable_text

"""Nobody twice, nobody forgotten, nobody who said no: over real sockets, for every transport."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from itsdangerous import Signer

from digest.app import App
from digest.delivery import Outbox, Pace, Sender, Tokens
from digest.errors import AlreadySent, Busy, NotApproved, SettingsError, TransportDown
from digest.model import TOKEN, Frozen, Letter, Outcome, Recipient, State, Subscriber
from digest.settings import load
from tests.conftest import EDITION, NOW, SHARED, needs_shared
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp

DAY = date(2026, 2, 27)


@pytest.fixture(params=["one by one", "pipelining"])
def smtp(request: pytest.FixtureRequest) -> Iterator[FakeSmtp]:
    """A mail server, of the kind that takes commands together and of the kind that does not."""
    with FakeSmtp(pipelining=request.param == "pipelining") as server:
        yield server


def outbox(app: App) -> dict[str, EmailMessage]:
    files = sorted((app.workspace.output / DAY.isoformat() / "outbox").glob("*.eml"))
    messages = (
        message_from_bytes(f.read_bytes(), policy=policy.default) for f in files
    )
    return {m["To"]: m for m in messages}


def check(app: App, message: EmailMessage, address: str) -> str:
    """Check one message as a mailbox gets it; return its unsubscribe address."""
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
    url = message["List-Unsubscribe"].split(">")[0].strip("<")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    golden(message)
    assert (
        app.tokens.read(url.rpartition("/")[2])
        == app.store.subscribers.find(address).id
    )
    assert url in html
    assert url in text
    for mark in (TOKEN, "{{", "{%", "<mj-", "@@"):
        assert mark not in html + text
    return url


def golden(message: EmailMessage) -> None:
    """Every header that bulk mail must carry, as it must stand (Keila lost one for releases)."""
    assert message["From"] == "Open Water <letter@openwater.example>"
    assert message["Reply-To"] == "hello@openwater.example"
    assert message["Subject"] == "What the records show"
    assert message["List-Id"] == "Open Water <the-open-water-letter.openwater.example>"
    assert (
        message["Feedback-ID"]
        == "20260227:the-open-water-letter:newsletter:openwaterexampl"
    )
    https, mailto = message["List-Unsubscribe"].split(", ")
    assert https.startswith("<https://letter.openwater.example/u/")
    assert mailto.startswith("<mailto:hello@openwater.example?subject=unsubscribe%20")
    assert message["Message-ID"].endswith("@openwater.example>")
    assert message["Date"].datetime.tzinfo is not None
    assert message["Auto-Submitted"] is None
    assert message.get_content_type() == "multipart/alternative"
    parts = [p.get_content_type() for p in message.iter_parts()]
    assert parts == ["text/plain", "text/html"]  # the best last (RFC 2046, 5.1.4)


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    app.approval.approve_edition(DAY, "a test")
    return audience


def test_the_outbox_gets_one_whole_message_each(app: App, approved: list[str]) -> None:
    proof = app.sending.send_edition(DAY)
    assert (
        str(proof) == "planned 25 = 0 queued + 25 accepted + 0 excluded + 0 uncertain"
    )
    messages = outbox(app)
    assert sorted(messages) == sorted(approved)
    assert len({check(app, m, a) for a, m in messages.items()}) == 25


def test_smtp_gets_one_whole_message_each(
    open_app, approved: list[str], smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {State.ACCEPTED: 25}
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)
    assert len({check(app, m, to) for to, m in smtp.messages}) == 25


def test_sendgrid_gets_one_personalization_each(
    open_app, approved: list[str], sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {State.ACCEPTED: 25}
    (payload,) = sendgrid.payloads
    assert set(sendgrid.keys) == {"Bearer SG.test"}
    people = {p["to"][0]["email"]: p for p in payload["personalizations"]}
    assert sorted(people) == sorted(approved)
    assert payload["headers"] == {
        "List-ID": "Open Water <the-open-water-letter.openwater.example>",
        "Feedback-ID": "20260227:the-open-water-letter:newsletter:openwaterexampl",
    }
    assert not any(t["enable"] for t in payload["tracking_settings"].values())
    assert [c["type"] for c in payload["content"]] == ["text/plain", "text/html"]
    for address, person in people.items():
        token = person["substitutions"][TOKEN]
        assert app.tokens.read(token) == app.store.subscribers.find(address).id
        assert f"/u/{token}>" in person["headers"]["List-Unsubscribe"]
        assert (
            person["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        )
        assert all(
            token in c["value"].replace(TOKEN, token) for c in payload["content"]
        )


@pytest.mark.parametrize("transport", ["outbox", "smtp", "sendgrid"])
def test_sending_again_mails_nobody_twice(
    open_app,
    approved: list[str],
    smtp: FakeSmtp,
    sendgrid: FakeSendgrid,
    transport: str,
) -> None:
    env = {"outbox": {}, "smtp": smtp.env, "sendgrid": sendgrid.env}[transport]
    first = open_app(env).sending.send_edition(DAY)
    open_app(env).readers.add_people(
        [Subscriber("late@readers.example", consent_at=NOW)]
    )
    assert open_app(env).sending.send_edition(DAY).counts == first.counts
    assert len(smtp.messages) in (0, 25)
    assert len(sendgrid.payloads) in (0, 1)


def test_the_outbox_is_a_rehearsal_and_keeps_nobody_from_the_mail(
    open_app, approved, smtp: FakeSmtp
) -> None:
    open_app().sending.send_edition(DAY)
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {State.ACCEPTED: 25}
    assert len(smtp.messages) == 25


def test_two_transports_do_not_mail_one_edition_twice(
    open_app, approved, smtp: FakeSmtp, sendgrid: FakeSendgrid
) -> None:
    open_app(smtp.env).sending.send_edition(DAY)
    open_app(sendgrid.env).sending.send_edition(DAY)
    assert (len(smtp.messages), sendgrid.payloads) == (25, [])


def test_without_approval_nothing_leaves(app: App, audience: list[str]) -> None:
    with pytest.raises(
        NotApproved, match="nobody has approved the edition of 2026-02-27"
    ):
        app.sending.send_edition(DAY)
    assert outbox(app) == {}


@pytest.mark.parametrize("what", ["edition", "template", "settings"])
def test_any_change_voids_the_approval(
    open_app, approved: list[str], folder: Path, what: str
) -> None:
    if what == "edition":
        open_app().editions.save_source(EDITION.replace("Paragraphs.", "Paragraphs!"))
    elif what == "template":
        (folder / "templates").mkdir()
        (folder / "templates" / "edition.txt").write_text(
            "{% include 'default:edition.txt' %}PS"
        )
    env = (
        {"DIGEST_NEWSLETTER__REPLY_TO": "other@openwater.example"}
        if what == "settings"
        else {}
    )
    with pytest.raises(NotApproved, match="has changed since a test approved it"):
        open_app(env).sending.send_edition(DAY)


def test_an_edition_that_went_out_cannot_go_out_changed(
    open_app, approved, smtp: FakeSmtp
) -> None:
    open_app(smtp.env).sending.send_edition(DAY)
    with pytest.raises(AlreadySent, match="what was sent stays as it is"):
        open_app().editions.save_source(EDITION.replace("Paragraphs.", "Corrected."))
    open_app(smtp.env).sending.send_edition(DAY)
    assert len(smtp.messages) == 25


def test_who_left_before_the_send_gets_nothing(app: App, approved: list[str]) -> None:
    app.readers.unsubscribe_address(approved[3].upper())
    assert app.sending.send_edition(DAY).planned == 24
    assert approved[3] not in outbox(app)


def test_who_leaves_between_freeze_and_hand_over_gets_nothing(
    app: App, approved: list[str]
) -> None:
    ledger = app.store.deliveries
    ledger.prepare(
        DAY, Frozen(app.editions.render_stored(DAY).content_hash, "outbox"), NOW
    )
    app.readers.unsubscribe_address(approved[3])
    assert app.sending.send_edition(DAY).counts == {
        State.ACCEPTED: 24,
        State.EXCLUDED: 1,
    }
    assert ledger.of(DAY, State.EXCLUDED) == [(approved[3], "left")]
    assert approved[3] not in outbox(app)


def test_a_refused_address_is_named_and_the_others_are_served(
    open_app, approved, smtp: FakeSmtp
) -> None:
    smtp.refuse = {approved[5]}
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {
        State.ACCEPTED: 24,
        State.EXCLUDED: 1,
    }
    assert app.store.deliveries.of(DAY, State.EXCLUDED) == [
        (approved[5], "refused: 550 no such user")
    ]


def test_a_server_that_vanishes_with_the_message_leaves_one_uncertain(
    open_app, approved, smtp: FakeSmtp
) -> None:
    """It may have taken it: nobody is mailed again on a guess, and everybody else is served."""
    smtp.vanish = {approved[5]}
    app = open_app(smtp.env)
    assert app.sending.send_edition(DAY).counts == {
        State.ACCEPTED: 24,
        State.UNCERTAIN: 1,
    }
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {
        State.ACCEPTED: 24,
        State.UNCERTAIN: 1,
    }
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)


def test_a_server_that_ends_connections_is_dialled_again(
    open_app, approved: list[str], smtp: FakeSmtp
) -> None:
    smtp.per_connection = 3
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {State.ACCEPTED: 25}
    assert sorted(to for to, _ in smtp.messages) == sorted(approved)


def test_who_is_refused_for_now_is_not_forgotten(
    open_app, approved: list[str], smtp: FakeSmtp
) -> None:
    """Greylisting and full mailboxes pass; what is refused for good does not come back."""
    smtp.later, smtp.refuse = set(approved[:3]), {approved[9]}
    app = open_app(smtp.env)
    counts = {State.ACCEPTED: 21, State.QUEUED: 3, State.EXCLUDED: 1}
    assert app.sending.send_edition(DAY).counts == counts
    assert not app.store.deliveries.complete(DAY)
    smtp.later = set(approved[:1])
    assert app.sending.send_edition(DAY).counts == counts | {
        State.ACCEPTED: 23,
        State.QUEUED: 1,
    }
    smtp.later = set()
    assert app.sending.send_edition(DAY).counts == {
        State.ACCEPTED: 24,
        State.EXCLUDED: 1,
    }
    assert sorted(to for to, _ in smtp.messages) == sorted(
        set(approved) - {approved[9]}
    )


def test_one_reader_refused_for_now_does_not_turn_in_circles(
    open_app, smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    app.editions.save_source(EDITION)
    app.readers.add_people([Subscriber("one@r.example", consent_at=NOW)])
    app.approval.approve_edition(DAY, "Ada")
    smtp.later = {"one@r.example"}
    assert app.sending.send_edition(DAY).counts == {State.QUEUED: 1}


def test_a_server_that_is_down_changes_nothing(
    open_app, approved, smtp: FakeSmtp
) -> None:
    nowhere = smtp.env | {"DIGEST_DELIVERY__SMTP__PORT": "9"}
    with pytest.raises(TransportDown, match="the mail server 127.0.0.1:9"):
        open_app(nowhere).sending.send_edition(DAY)
    assert open_app().store.deliveries.proof(DAY).counts == {State.QUEUED: 25}
    assert open_app(smtp.env).sending.send_edition(DAY).counts == {State.ACCEPTED: 25}


@pytest.mark.parametrize(
    ("status", "counts"),
    [(500, {State.UNCERTAIN: 25}), (200, {State.UNCERTAIN: 25})],
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
        State.ACCEPTED: 25
    }


def test_a_lost_answer_is_taken_back_and_handed_over_anew(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.lose = 2
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        State.ACCEPTED: 25
    }
    assert len(sendgrid.payloads) == 3
    assert sendgrid.mailed() == dict.fromkeys(approved, 1)
    assert len({p["batch_id"] for p in sendgrid.payloads}) == 3
    leaves = datetime.fromtimestamp(sendgrid.payloads[-1]["send_at"], UTC)
    assert leaves == NOW + timedelta(minutes=15)


def test_what_cannot_be_taken_back_now_is_later_or_is_held_for_a_person(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.lose, sendgrid.deaf = 1, True
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        State.UNCERTAIN: 25
    }
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        State.UNCERTAIN: 25
    }
    sendgrid.deaf = False
    late = open_app(
        sendgrid.env, now=NOW + timedelta(minutes=6)
    )  # nine before it leaves
    assert late.sending.send_edition(DAY).counts == {State.UNCERTAIN: 25}
    assert len(sendgrid.payloads) == 1
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        State.ACCEPTED: 25
    }
    assert sendgrid.mailed() == dict.fromkeys(approved, 1)


def test_a_cancel_whose_answer_was_lost_is_asked_after(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.lose, sendgrid.deaf = 1, True
    open_app(sendgrid.env).sending.send_edition(DAY)
    sendgrid.deaf = False
    sendgrid.cancelled.add(sendgrid.payloads[0]["batch_id"])  # heard, and not answered
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        State.ACCEPTED: 25
    }
    assert sendgrid.mailed() == dict.fromkeys(approved, 1)


def test_without_an_undo_window_a_lost_answer_is_not_resent(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    env = sendgrid.env | {"DIGEST_DELIVERY__SENDGRID__UNDO_MINUTES": "0"}
    sendgrid.lose = 1
    assert open_app(env).sending.send_edition(DAY).counts == {State.UNCERTAIN: 25}
    assert open_app(env).sending.send_edition(DAY).counts == {State.UNCERTAIN: 25}
    assert len(sendgrid.payloads) == 1
    assert "send_at" not in sendgrid.payloads[0]


def test_an_undo_window_too_short_to_undo_is_refused(folder) -> None:
    with pytest.raises(SettingsError, match="more than the 10 SendGrid needs"):
        load(folder, {"DIGEST_DELIVERY__SENDGRID__UNDO_MINUTES": "5"})


@pytest.mark.parametrize("named", [True, False])
def test_one_bad_address_does_not_stop_the_others(
    open_app, approved: list[str], sendgrid: FakeSendgrid, named: bool
) -> None:
    """SendGrid refuses the whole request for one; named or not, it is found and left out."""
    sendgrid.refuse, sendgrid.names_it = {approved[3], approved[20]}, named
    app = open_app(sendgrid.env)
    assert app.sending.send_edition(DAY).counts == {
        State.ACCEPTED: 23,
        State.EXCLUDED: 2,
    }
    refused = dict(app.store.deliveries.of(DAY, State.EXCLUDED))
    assert set(refused) == sendgrid.refuse
    assert all("Does not contain a valid address" in why for why in refused.values())
    assert sendgrid.mailed() == dict.fromkeys(set(approved) - sendgrid.refuse, 1)


def test_when_asked_to_slow_down_it_waits_and_goes_on(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    sendgrid.busy = 3
    assert open_app(sendgrid.env).sending.send_edition(DAY).counts == {
        State.ACCEPTED: 25
    }


@pytest.mark.slow
def test_more_than_the_provider_lets_cancel_is_held_and_listed(
    open_app, sendgrid: FakeSendgrid
) -> None:
    """Ten batches may be cancelled at a time; what is uncertain beyond them is never guessed."""
    app = open_app(sendgrid.env)
    app.editions.save_source(EDITION)
    many = [f"reader{n}@many.example" for n in range(14_000)]
    app.readers.add_people(Subscriber(a, consent_at=NOW) for a in many)
    app.approval.approve_edition(DAY, "Ada")
    sendgrid.lose, sendgrid.limit = 13, 10
    counts = app.sending.send_edition(DAY).counts
    assert counts == {State.ACCEPTED: 11_000, State.UNCERTAIN: 3_000}
    assert max(sendgrid.mailed().values()) == 1
    assert len(app.reconciliation.reconcile_edition(DAY)) == 3_000


def test_eight_lines_at_once_mail_each_exactly_once(
    open_app, sendgrid: FakeSendgrid
) -> None:
    app = open_app(sendgrid.env)
    app.editions.save_source(EDITION)
    many = [f"reader{n}@many.example" for n in range(12_345)]
    app.readers.add_people(Subscriber(a, consent_at=NOW) for a in many)
    app.approval.approve_edition(DAY, "Ada")
    sendgrid.lose = 4
    assert app.sending.send_edition(DAY).counts == {State.ACCEPTED: 12_345}
    assert sendgrid.mailed() == dict.fromkeys(many, 1)


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


def test_sendgrid_without_a_key_says_where_to_put_it(
    open_app, approved, sendgrid: FakeSendgrid
) -> None:
    env = {k: v for k, v in sendgrid.env.items() if k != "SENDGRID_API_KEY"}
    with pytest.raises(TransportDown, match="set SENDGRID_API_KEY in .env"):
        open_app(env).sending.send_edition(DAY)


def send_all(sender: Sender) -> None:
    for _count in sender.send_queued():
        pass


class Dying:
    """A transport whose process dies at the nth hand-over, before or after the message left."""

    name = "dying"

    def __init__(self, unit: int, at: int, after: bool) -> None:
        self.unit, self.at, self.after, self.calls = unit, at, after, 0
        self.left: list[str] = []

    def send(
        self, letter: Letter, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        self.calls += 1
        dies = self.calls == self.at
        if self.after or not dies:
            self.left += [r.address for r in recipients]
        if dies:
            raise KeyboardInterrupt
        return [Outcome(State.ACCEPTED)] * len(recipients)


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("at", [1, 2, 5, 9])
@pytest.mark.parametrize("unit", [1, 4, 1000])
def test_a_death_at_any_moment_leaves_nobody_twice_and_nobody_missed(
    app: App, audience, unit: int, at: int, after: bool
) -> None:
    """What was in hand is uncertain and listed; everybody else is mailed exactly once."""
    ledger, letter = app.store.deliveries, app.editions.render_stored(DAY).letter
    left: list[str] = []
    for attempt in range(4):
        transport = Dying(unit, at if attempt == 0 else 0, after)
        ledger.prepare(DAY, Frozen("hash", "dying"), NOW, size=10)
        try:
            send_all(
                Sender(letter, ledger, transport, app.tokens, Pace(10**9), lambda: NOW)
            )
        except KeyboardInterrupt:
            pass
        left += transport.left
    uncertain = [a for a, _ in ledger.of(DAY, State.UNCERTAIN)]
    assert len(left) == len(set(left))
    assert set(left) | set(uncertain) == set(audience)
    assert len(uncertain) <= max(1, min(unit, 10))


def test_a_test_send_needs_no_approval_and_touches_no_ledger(
    open_app, audience, smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env)
    assert app.sending.send_test(DAY, "boss@openwater.example").state == State.ACCEPTED
    ((to, message),) = smtp.messages
    assert (to, message["Subject"]) == (
        "boss@openwater.example",
        "[Test] What the records show",
    )
    assert app.store.deliveries.proof(DAY).planned == 0
    assert app.readers.unsubscribe_by_token(
        message["List-Unsubscribe"].split(">")[0].rpartition("/")[2]
    )
    assert app.store.subscribers.count() == 25


def test_a_second_send_at_the_same_time_says_so(app: App, approved: list[str]) -> None:
    with (
        app.store.alone("send"),
        pytest.raises(Busy, match="another `digest send` is running"),
    ):
        app.sending.send_edition(DAY)


def test_the_pace_is_kept() -> None:
    """Ten messages at sixty a minute take nine seconds of waiting; the first waits for nobody."""
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(60, lambda: now[0], sleep)
    for _ in range(10):
        pace.wait(1)
    assert sum(slept) == pytest.approx(9)


def test_a_rehearsal_waits_for_nobody(
    app: App, audience: list[str], tmp_path: Path
) -> None:
    """At one message a minute, twenty-five files are still written at once."""
    ledger, letter = app.store.deliveries, app.editions.render_stored(DAY).letter
    ledger.prepare(DAY, Frozen("hash", "outbox"), NOW)
    pace = Pace(1, lambda: 0.0, lambda _seconds: pytest.fail("it waited"))
    outbox = Outbox(tmp_path, lambda: NOW)
    send_all(Sender(letter, ledger, outbox, app.tokens, pace, lambda: NOW))
    assert ledger.proof(DAY).counts == {State.ACCEPTED: 25}


def test_a_token_is_the_one_that_itsdangerous_makes() -> None:
    key = "a" * 64
    signer = Signer(
        key, salt="unsubscribe", key_derivation="hmac", digest_method=hashlib.sha256
    )
    for number in (1, 17, 10**9):
        assert Tokens([key]).sign(number) == signer.sign(str(number)).decode()


def test_a_token_is_hard_to_forge_and_outlives_a_new_key() -> None:
    old, new, other = Tokens(["a"]), Tokens(["a", "b"]), Tokens(["c"])
    token = old.sign(7)
    assert (old.read(token), new.read(token), new.read(new.sign(8))) == (7, 7, 8)
    assert [
        other.read(token),
        old.read(token[:-1] + "!"),
        old.read("8" + token[1:]),
        old.read(""),
    ] == [None] * 4


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
                State.ACCEPTED: 25
            }
            assert not log.exists() or not log.read_text()  # it keeps the mail back
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


@pytest.mark.slow
def test_a_real_kill_leaves_nobody_twice_and_nobody_missed(
    app: App, approved: list[str], folder: Path, smtp: FakeSmtp
) -> None:
    """kill -9 in the middle of a send over SMTP, three times, then once to the end."""
    env = os.environ | smtp.env | {"DIGEST_DELIVERY__SMTP__RATE": "1500 a minute"}
    command = [sys.executable, "-m", "digest", "-C", str(folder), "send", "--yes"]
    for kill_at in (5, 11, 17):
        with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as process:
            while len(smtp.messages) < kill_at and process.poll() is None:
                time.sleep(0.005)
            process.kill()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=False)
    mailed = [to for to, _ in smtp.messages]
    uncertain = {a for a, _ in app.store.deliveries.of(DAY, State.UNCERTAIN)}
    assert len(mailed) == len(set(mailed))
    assert set(mailed) | uncertain == set(approved)
    assert len(uncertain) <= 3
    assert app.store.deliveries.complete(DAY)

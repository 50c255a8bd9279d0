"""Mail that comes back: settled for whom a token of ours proves, and for nobody else."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.cli import cli
from digest.delivery.bounces import read_returned, split_messages
from digest.delivery.message import EncodedEmail, read_message_id
from digest.delivery.return_path import read_verp, return_path, verp_token
from digest.errors import DigestError, SettingsError
from digest.model import (
    DeliveryState,
    EditionKey,
    Outcome,
    Recipient,
    SendSpec,
    Subscriber,
    SuppressionReason,
)
from digest.model.returned import DeliveryProof, Verdict
from digest.settings import load_workspace
from digest.settings.delivery import Smtp
from tests.cases.returned_mail import (
    BLOCKED,
    BOUNCED,
    COMPLAINED,
    DEFERRED,
    DELIVERED,
    LEFT,
    NOTHING,
    TEXTS,
    UNKNOWN,
    Kind,
    kinds,
    one,
    plain,
    report,
)
from tests.conftest import NOW
from tests.fakes.imap import FakeImap
from tests.fakes.smtp import FakeSmtp

DAY = date(2026, 2, 27)
ADA = "ada@readers.example"
VERP = {
    "DIGEST_DELIVERY__SMTP__RETURN_PATH": "bounces@openwater.example",
    "DIGEST_DELIVERY__SMTP__VERP": "true",
}


def values_for(app: App, address: str = ADA) -> dict[str, str]:
    """Return what stands for the marks in the kinds, as of a message of ours to a reader."""
    person = app.store.subscribers.find_subscriber(address)
    recipient = Recipient(
        person.id, person.address, app.tokens.sign_subscriber(person.id)
    )
    letter = app.editions.render_stored(DAY).letter
    raw = (
        EncodedEmail(letter, NOW)
        .bytes_for(recipient)
        .replace(b"\r\n", b"\n")
        .decode()
    )
    server = app.settings.delivery.smtp
    return {
        "HEAD": raw.partition("\n\n")[0] + "\n",
        "MAIL": raw,
        "TOKEN": recipient.token,
        "ID": re.search(r"Message-ID: (\S+)", raw)[1],
        "TO": address,
        "BACK": return_path(server, "letter@openwater.example", DAY)(recipient),
    }


@pytest.fixture
def mailed(app: App, audience: list[str]) -> App:
    """Ada and twenty-five others, of whom nobody knows yet whether they got the edition."""
    app.subscribers.add_people(
        [
            Subscriber(
                ADA, consent_source="a test", consent_at=NOW - timedelta(9)
            )
        ]
    )
    ledger = app.store.deliveries
    ledger.freeze_audience(
        DAY, SendSpec(app.editions.render_stored(DAY).content_hash, "smtp"), NOW
    )
    return app


def take(app: App, raw: bytes, **how: bool):
    (outcome,) = app.returned_mail.read_content(raw, **how).outcomes
    return outcome


def suppressed(app: App) -> dict[str, SuppressionReason]:
    return {
        s.address: s.reason
        for s in app.store.subscribers.iterate_suppressions()
    }


def test_every_kind_of_returned_mail_is_settled_as_it_should_be(
    mailed: App,
) -> None:
    """Each of them after a fresh start: the reader is neither suppressed nor gone before."""
    assert len(TEXTS) >= 50
    wrong = []
    for number, kind in enumerate(kinds(values_for(mailed))):
        expected = {
            BOUNCED: SuppressionReason.BOUNCED,
            COMPLAINED: SuppressionReason.COMPLAINED,
        }.get(kind.verdict)
        unique = re.sub(
            rb"<(report|complaint|note)@", b"<%d@" % number, kind.raw
        )
        outcome = take(mailed, unique)
        barred = suppressed(mailed)
        left = mailed.store.subscribers.find_subscriber(ADA).left_at is not None
        found = (outcome.verdict, barred, left)
        right = (
            kind.verdict,
            {ADA: expected} if expected else {},
            kind.verdict == LEFT,
        )
        if found != right:
            wrong.append((kind.name, found, outcome.why))
        mailed.store.subscribers.remove_suppression(ADA)
        _come_back(mailed)
    assert wrong == []


def renew_consent(app: App, at: datetime) -> None:
    """Let Ada subscribe anew."""
    asked = app.store.signups.add_request(
        Subscriber(ADA, consent_source="form"), NOW
    )
    assert app.store.signups.confirm_request(asked, "confirmed", at, at)


def _come_back(app: App) -> None:
    """Let Ada subscribe anew, as long before the edition as she had."""
    renew_consent(app, NOW - timedelta(days=9))


def bounce(app: App, number: int = 0, address: str = ADA) -> bytes:
    """Return a plain report that an address does not exist, one of several."""
    values = values_for(app, address)
    text = report("failed", one("failed", "5.1.1", "550 5.1.1 user unknown"))
    for name, value in values.items():
        text = text.replace(f"~{name}~", value)
    return text.replace("<report@", f"<{number}@").encode()


# The same twice, older than a consent, of nobody


def test_the_same_report_twice_changes_nothing_twice(mailed: App) -> None:
    raw = bounce(mailed)
    assert take(mailed, raw).verdict == BOUNCED
    before = list(mailed.store.subscribers.iterate_suppressions())
    again = take(mailed, raw)
    assert (again.verdict, again.why) == (
        NOTHING,
        "bounced, as is known already",
    )
    assert list(mailed.store.subscribers.iterate_suppressions()) == before


def test_a_report_of_mail_before_a_renewed_consent_does_not_undo_it(
    mailed: App,
) -> None:
    raw = bounce(mailed)
    take(mailed, raw)
    renew_consent(mailed, NOW + timedelta(days=3))
    old = take(mailed, bounce(mailed, 1))
    assert (old.verdict, suppressed(mailed)) == (NOTHING, {})
    assert "before they subscribed anew" in old.why


def test_a_wish_to_be_unsubscribed_is_heeded_whatever_the_readers_clock_says(
    open_app, mailed, imap
) -> None:
    """Only where mail is read a second time does a renewed consent stand against an old wish."""
    app = open_app(imap.env)
    text = plain(ADA, f"unsubscribe {values_for(app)['TOKEN']}", "").replace(
        "2026", "1970"
    )
    imap.put(text.encode())
    assert app.returned_mail.read_mailbox().counts()[LEFT] == 1
    assert app.store.subscribers.find_subscriber(ADA).left_at == NOW
    _come_back(app)
    again = app.returned_mail.read_mailbox(everything=True)
    assert again.counts()[NOTHING] == 1
    assert app.store.subscribers.find_subscriber(ADA).left_at is None


def test_reports_of_test_mail_or_forgotten_people_do_nothing(
    mailed: App,
) -> None:
    raw = bounce(mailed)
    mailed.subscribers.erase_subscriber(ADA)
    assert take(mailed, raw).verdict == NOTHING
    of_a_test = raw.replace(
        values_token(raw), mailed.tokens.sign_subscriber(0).encode()
    )
    of_a_test = of_a_test.replace(b"Message-ID: <2026", b"X-Was: <2026")
    assert take(mailed, of_a_test).verdict == NOTHING
    assert suppressed(mailed) == {}


def values_token(raw: bytes) -> bytes:
    return re.search(rb"/u/([\w.-]+)>", raw)[1]


def test_a_report_that_speaks_of_two_readers_settles_neither(
    mailed: App,
) -> None:
    one_reader, other = (
        bounce(mailed),
        bounce(mailed, address="reader3@readers.example"),
    )
    mixed = one_reader.replace(values_token(one_reader), values_token(other), 1)
    outcome = take(mailed, mixed)
    assert (outcome.verdict, outcome.why) == (
        UNKNOWN,
        "it speaks of several readers",
    )
    assert suppressed(mailed) == {}


def test_a_token_of_an_older_key_still_proves(mailed: App) -> None:
    raw = bounce(mailed)
    mailed.store.subscribers.add_signing_key(NOW)
    with App(mailed.workspace, mailed.clock) as later:
        assert take(later, raw).verdict == BOUNCED


@pytest.mark.parametrize(
    "kind", [BOUNCED, BLOCKED, DEFERRED, DELIVERED, COMPLAINED]
)
def test_what_comes_back_proves_that_an_uncertain_mail_was_taken(
    mailed: App, kind: str
) -> None:
    ledger = mailed.store.deliveries
    chunk = ledger.claim_chunk(DAY, NOW)
    who = mailed.store.subscribers.find_subscriber(ADA).id
    ledger.mark_in_flight(DAY, chunk, [who])
    ledger.record_outcomes(
        DAY,
        chunk,
        [(who, Outcome(DeliveryState.UNCERTAIN, "the connection broke"))],
    )
    assert ledger.get_delivery_state(DAY, who) == DeliveryState.UNCERTAIN
    raw = next(k.raw for k in kinds(values_for(mailed)) if k.verdict == kind)
    assert take(mailed, raw).verdict == kind
    assert ledger.get_delivery_state(DAY, who) == DeliveryState.ACCEPTED
    assert mailed.store.provider_events.count_by_fate(DAY) == {kind: 1}


def test_a_complaint_outweighs_a_bounce_and_a_bounce_a_delay(
    mailed: App,
) -> None:
    by_verdict = {k.verdict: k.raw for k in kinds(values_for(mailed))}
    for verdict, fate in [
        (BOUNCED, BOUNCED),
        (DEFERRED, BOUNCED),
        (COMPLAINED, COMPLAINED),
    ]:
        take(mailed, by_verdict[verdict])
        assert mailed.store.provider_events.count_by_fate(DAY) == {fate: 1}


# No proof, no consequence


def test_a_damaged_unsubscribe_wish_is_heeded_by_sender(
    mailed,
) -> None:
    raw = plain(f"Ada <{ADA}>", "unsubscribe 1." + "a" * 43, "").replace(
        "~BACK~", "b@o.example"
    )
    assert take(mailed, raw.encode()).verdict == LEFT
    assert mailed.store.subscribers.find_subscriber(ADA).left_at == NOW


@given(st.data())
def test_no_random_or_damaged_mail_raises(data: st.DataObject) -> None:
    values = {"HEAD": "A: b\n", "MAIL": "A: b\n\nc", "TOKEN": "1." + "a" * 43, "ID": "<a@b>", "TO": ADA, "BACK": "b@o.example"}  # fmt: skip
    raw = bytearray(data.draw(st.sampled_from(kinds(values))).raw)
    for _ in range(data.draw(st.integers(0, 30))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        damage = data.draw(st.sampled_from([b"", b"\0", b"\xff", b"\n", b"\n\n", b"=?", b"--=", b";", b"\x1b$B"]))  # fmt: skip
        raw[at : at + data.draw(st.integers(0, 40))] = damage
    for _, message in split_messages(bytes(raw)):
        assert read_returned(message).verdict in Verdict


@given(st.binary(max_size=600))
def test_no_bytes_at_all_raise(raw: bytes) -> None:
    for _, message in split_messages(raw):
        assert read_returned(message).verdict in Verdict


@pytest.mark.parametrize(
    "raw",
    [
        b"From: MAILER-DAEMON@x.example\n\n" + b"-" * 200_000,
        b"From: MAILER-DAEMON@x.example\nContent-Type: text/html\n\n"
        + b"<" * 200_000,
        b"From: a@x.example\nSubject: " + b"." * 200_000 + b"\n\nx",
        b"From: a@x.example\nTo: " + b"a" * 200_000 + b"\n\nx",
        b"From: " + b'"a" <' * 40_000 + b"\n\nx",
        b"From: a@x.example\nSubject: " + b"=?a?q?" * 30_000 + b"\n\nx",
        b"From: MAILER-DAEMON@x.example\n\n" + b"user " * 40_000,
        b"From: a@x.example\n\n" + b"unsubscribe" + b"_" * 200_000,
    ],
    ids=range(8),
)
def test_no_mail_is_made_to_keep_us_busy(raw: bytes) -> None:
    """Without bounds some of these take minutes, or hours."""
    ((_, message),) = split_messages(raw)
    assert read_returned(message).verdict == UNKNOWN


def test_parts_nested_a_thousand_deep_are_left_for_a_person(
    open_app, mailed, imap
) -> None:
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1500))  # fmt: skip
    assert take(mailed, raw).verdict == UNKNOWN
    imap.put(raw)
    imap.put(bounce(mailed))
    counts = open_app(imap.env).returned_mail.read_mailbox().counts()
    assert (counts[UNKNOWN], counts[BOUNCED]) == (1, 1)


def test_nobody_is_suppressed_or_unsubscribed_by_a_report_without_their_own_token(
    mailed: App,
) -> None:
    """Every kind again, with tokens, ids and return paths that look like ours and are not."""
    forged = values_for(mailed)
    right = forged["TOKEN"]
    forged = {
        k: v.replace(right, f"{right[:-4]}AAAA") for k, v in forged.items()
    }
    own_id = forged["ID"]
    wrong_id = re.sub(r"\.\w{20}@", ".0123456789abcdef0123@", own_id)
    forged = {k: v.replace(own_id, wrong_id) for k, v in forged.items()}
    for kind in kinds(forged):
        if kind.verdict == LEFT and b"From: Ada" in kind.raw:
            continue  # a reader's wish is heeded by their address alone: the docs say why
        outcome = take(mailed, kind.raw)
        assert outcome.verdict in (UNKNOWN, NOTHING), kind.name
    assert suppressed(mailed) == {}
    assert mailed.store.subscribers.find_subscriber(ADA).left_at is None
    assert mailed.store.provider_events.count_by_fate(DAY) == {}


# A return path for each message


@pytest.mark.parametrize("pipelining", [False, True])
def test_each_message_leaves_with_a_return_path_of_its_own(
    open_app, audience, pipelining: bool
) -> None:
    with FakeSmtp(pipelining=pipelining) as smtp:
        app = open_app(smtp.env | VERP)
        app.approval.approve_edition(DAY, "Ada")
        assert app.sending.send_edition(DAY).counts == {
            DeliveryState.ACCEPTED: 25
        }
    assert len(set(smtp.senders)) == 25
    server = app.settings.delivery.smtp
    for sender, (to, _) in zip(smtp.senders, smtp.messages, strict=True):
        assert len(sender.partition("@")[0]) <= 64
        person = app.store.subscribers.find_subscriber(to)
        for spelt in (sender, sender.upper(), sender.lower()):
            proof = read_verp(
                spelt, server, app.tokens.tokens_by_every_key, ["weekly"]
            )
            assert proof == DeliveryProof(person.id, EditionKey("weekly", DAY))


def test_without_verp_every_message_leaves_with_the_same_return_path(
    open_app, audience, smtp: FakeSmtp
) -> None:
    path = {"DIGEST_DELIVERY__SMTP__RETURN_PATH": "back@bücher.example"}
    app = open_app(smtp.env | path)
    app.approval.approve_edition(DAY, "Ada")
    app.sending.send_edition(DAY)
    assert set(smtp.senders) == {"back@xn--bcher-kva.example"}


def test_a_bare_bounce_is_settled_by_its_return_path(open_app, mailed) -> None:
    app = open_app(VERP)
    back = values_for(app)["BACK"]
    raw = report(
        "failed",
        one("failed", "5.1.1", "550 user unknown", recipient="x@y.example"),
    )
    raw = raw.replace("~HEAD~", "Subject: all else was cut off\n").replace(
        "~BACK~", back.upper()
    )
    assert take(app, raw.encode()).verdict == BOUNCED
    assert suppressed(app) == {ADA: SuppressionReason.BOUNCED}


def test_a_vacation_notice_to_a_return_path_of_its_own_changes_nothing(
    open_app, mailed
) -> None:
    app = open_app(VERP)
    for kind in kinds(values_for(app)):
        if kind.verdict == NOTHING:
            assert take(app, kind.raw).verdict == NOTHING
    assert suppressed(app) == {}
    assert app.store.subscribers.find_subscriber(ADA).left_at is None


@given(
    st.integers(0, 10**10 - 1),
    st.dates(date(2020, 1, 1), date(2200, 1, 1)),
    st.data(),
)
def test_a_return_path_is_short_and_cannot_be_altered(
    subscriber: int, day: date, data
) -> None:
    server = Smtp(return_path="b" * 36 + "@example.org", verp=True)

    def tokens(who: int, newsletter: str) -> tuple[str, ...]:
        return (f"{who}.{newsletter}.secret",)

    newsletters = ["weekly", "q" * 32]
    for newsletter in newsletters:
        recipient = Recipient(
            subscriber, "x@y.example", tokens(subscriber, newsletter)[0]
        )
        address = return_path(server, "", day)(recipient)
        assert len(address.partition("@")[0]) <= 64
        assert address == address.lower()
        proof = read_verp(address, server, tokens, newsletters)
        assert proof == DeliveryProof(subscriber, EditionKey(newsletter, day))
    token = verp_token(recipient, day)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyz"))
    altered = token[:place] + letter + token[place + 1 :]
    if altered.lstrip("0") != token.lstrip("0"):
        changed = address.replace(token, altered)
        assert read_verp(changed, server, tokens, newsletters) is None


def test_a_message_id_cannot_be_made_up() -> None:
    def tokens(who: int, newsletter: str) -> tuple[str, ...]:
        return (f"{who}.{newsletter}.secret",)

    assert (
        read_message_id("<20260227.7.0123456789abcdef0123@x.example>", tokens)
        is None
    )
    assert (
        read_message_id("<99999999.7.0123456789abcdef0123@x.example>", tokens)
        is None
    )
    assert read_message_id("<nonsense>", tokens) is None


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"DIGEST_DELIVERY__SMTP__VERP": "true"}, "expected a return_path"),
        (
            VERP
            | {"DIGEST_DELIVERY__SMTP__RETURN_PATH": "b" * 37 + "@o.example"},
            "at most 36",
        ),
        (
            {"DIGEST_DELIVERY__BOUNCES__HOST": "imap.o.example"},
            "expected a username",
        ),
        (
            {"DIGEST_DELIVERY__BOUNCES__ADDRESS": "nobody"},
            r"delivery\.bounces\.address: expected a mail address such as press@example\.org, found",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused(
    folder: Path, env: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load_workspace(folder, env)


def test_unsubscribing_by_mail_goes_to_the_mailbox_that_is_read(
    open_app, mailed: App
) -> None:
    app = open_app(
        {"DIGEST_DELIVERY__BOUNCES__ADDRESS": "bounces@openwater.example"}
    )
    assert "<mailto:bounces@openwater.example?" in values_for(app)["HEAD"]


# The mailbox


@pytest.fixture
def imap() -> Iterator[FakeImap]:
    with FakeImap() as server:
        yield server


def fill(imap: FakeImap, app: App) -> list[Kind]:
    """Put one mail of each verdict into the mailbox, and one more that is too large."""
    by_verdict = {k.verdict: k for k in reversed(kinds(values_for(app)))}
    for kind in by_verdict.values():
        imap.put(kind.raw)
    return list(by_verdict.values())


def test_unknown_mail_stays_unread_and_flagged(
    open_app, mailed, imap: FakeImap
) -> None:
    app = open_app(imap.env)
    here = fill(imap, app)
    imap.put(b"Subject: large\n\n" + b"x" * 10_000_001)
    imap.put(b"Subject: read before\n\nx", "\\Seen")
    tally = app.returned_mail.read_mailbox()
    assert tally.problem == ""
    assert tally.read == len(here) + 1 == sum(tally.counts().values())
    assert tally.counts() == dict.fromkeys(map(str, Verdict), 1) | {
        "not understood": 2
    }
    expected = [set() if k.verdict == UNKNOWN else {"\\Seen"} for k in here]
    marked = [flags - {"\\Flagged"} for flags in imap.flags()]
    assert marked == [*expected, set(), {"\\Seen"}]
    assert sum("\\Flagged" in flags for flags in imap.flags()) == 2
    again = app.returned_mail.read_mailbox()
    assert (again.read, again.waiting) == (0, 2)
    everything = app.returned_mail.read_mailbox(everything=True)
    assert (
        everything.counts()["nothing to do"] == everything.read - 3
    )  # known already
    assert set(suppressed(app)) == {ADA}


@pytest.mark.parametrize(
    "capabilities", [("MOVE", "UIDPLUS"), ("UIDPLUS",), ("CHILDREN",)]
)
@pytest.mark.parametrize("handled", ["move", "delete"])
def test_only_handled_mail_is_moved_or_deleted(
    open_app, mailed, handled: str, capabilities: tuple[str, ...]
) -> None:
    with FakeImap(*capabilities) as imap:
        app = open_app(
            imap.env | {"DIGEST_DELIVERY__BOUNCES__HANDLED": handled}
        )
        marked = imap.put(
            b"Subject: marked as deleted by a person\n\nx",
            "\\Seen",
            "\\Deleted",
        )
        imap.put(bounce(app))
        unknown = imap.put(
            b"From: ada@readers.example\nSubject: Re: hello\n\nI love it"
        )
        app.returned_mail.read_mailbox()
        left = [
            k
            for k in imap.folders["INBOX"]
            if "\\Deleted" not in k.flags or k is marked
        ]
        assert left == [marked, unknown]
        assert marked in imap.folders["INBOX"]
        if "UIDPLUS" in capabilities:
            assert imap.folders["INBOX"] == [marked, unknown]
        assert len(imap.folders.get("Handled", [])) == (handled == "move")


def test_a_dry_run_changes_neither_the_mailbox_nor_anybody(
    open_app, mailed, imap
) -> None:
    app = open_app(imap.env)
    here = fill(imap, app)
    tally = app.returned_mail.read_mailbox(dry_run=True)
    assert tally.counts()["bounced"] == 1
    assert imap.flags() == [set()] * len(here)
    assert suppressed(app) == {}
    assert app.store.subscribers.find_subscriber(ADA).left_at is None


def test_a_mailbox_that_hangs_up_is_resumed_next_time(
    open_app, mailed, imap
) -> None:
    app = open_app(imap.env)
    for n in range(5):
        imap.put(bounce(app, n, f"reader{n}@readers.example"))
    imap.hang_up_after = 2
    first = app.returned_mail.read_mailbox()
    assert first.read == 2
    assert f"the mailbox 127.0.0.1:{imap.port}" in first.problem
    imap.hang_up_after = 0
    second = app.returned_mail.read_mailbox()
    assert (second.read, second.problem) == (3, "")
    assert len(suppressed(app)) == 5


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"IMAP_PASSWORD": "wrong"}, "IMAP_PASSWORD"),
        ({"DIGEST_DELIVERY__BOUNCES__FOLDER": "Nowhere"}, "folder"),
        ({"DIGEST_DELIVERY__BOUNCES__PORT": "9"}, "127.0.0.1:9"),
    ],
)
def test_a_mailbox_that_cannot_be_opened_is_told_with_what_to_do(
    open_app, mailed, imap, env: dict[str, str], said: str
) -> None:
    tally = open_app(imap.env | env).returned_mail.read_mailbox()
    assert said in tally.problem
    assert "secret" not in tally.problem


def test_without_a_mailbox_one_is_told_how_to_set_it(app: App) -> None:
    with pytest.raises(DigestError, match=r"delivery\.bounces\.host"):
        app.returned_mail.read_mailbox()


# The command


def digest(
    app: App, *words: str, stdin: bytes = b"", env: dict[str, str] | None = None
):
    folder = str(app.workspace.folder)
    return CliRunner().invoke(
        cli, ["-C", folder, *words], input=stdin, env=env or {}
    )


def test_the_command_prints_sums_that_add_up_and_json_for_programs(
    mailed, imap
) -> None:
    fill(imap, mailed)
    shown = digest(mailed, "bounces", "--dry-run", "--json", env=imap.env)
    told = json.loads(shown.output)
    assert (
        told["read"]
        == sum(told["counts"].values())
        == len(told["mails"])
        == len(Verdict)
    )
    shown = digest(mailed, "bounces", env=imap.env)
    assert shown.exit_code == 0
    assert re.search(
        r"read 8 = 1 bounced \+ 1 blocked \+ .* \+ 1 not understood",
        shown.output,
    )
    assert ADA in shown.output


def test_a_failing_mailbox_is_exit_code_one(mailed, imap) -> None:
    shown = digest(mailed, "bounces", env=imap.env | {"IMAP_PASSWORD": "wrong"})
    assert (shown.exit_code, "IMAP_PASSWORD" in shown.output) == (1, True)


@pytest.mark.parametrize("words", [["-"], ["--stdin"]])
def test_a_mail_server_may_pipe_one_message_or_an_mbox(
    mailed, words: list[str]
) -> None:
    first = digest(mailed, "bounces", *words, stdin=bounce(mailed))
    assert (first.exit_code, "read 1 = 1 bounced" in first.output) == (0, True)
    separator = b"From MAILER-DAEMON Fri Feb 27 16:00:00 2026\n"
    more = [bounce(mailed, n, f"reader{n}@readers.example") for n in range(3)]
    box = b"".join(separator + m + b"\n\n" for m in more)
    several = digest(mailed, "bounces", *words, stdin=box)
    assert "read 3 = 3 bounced" in several.output


def test_piped_mail_nobody_understands_is_kept(
    mailed,
) -> None:
    raw = b"From: ada@readers.example\nSubject: Re: hello\n\nI love it\n"
    shown = digest(mailed, "bounces", "-", stdin=raw)
    assert shown.exit_code == 0
    (kept,) = (mailed.workspace.output_folder / "returned").glob("*.eml")
    assert b"I love it" in kept.read_bytes()
    assert "output/returned" in shown.output


def test_our_faults_tell_mail_servers_to_retry(
    mailed, tmp_path_factory
) -> None:
    elsewhere = tmp_path_factory.mktemp("no workspace")
    words = ["-C", str(elsewhere), "bounces", "-"]
    assert CliRunner().invoke(cli, words, input=bounce(mailed)).exit_code == 75


def test_cron_reads_the_mailbox_and_a_mailbox_that_fails_stops_nothing(
    mailed, imap
) -> None:
    imap.put(bounce(mailed))
    shown = digest(mailed, "run", env=imap.env)
    assert "returned mail: read 1 = 1 bounced" in shown.output
    assert suppressed(mailed) == {ADA: SuppressionReason.BOUNCED}
    failed = digest(mailed, "run", env=imap.env | {"IMAP_PASSWORD": "wrong"})
    assert failed.exit_code == shown.exit_code == 0
    assert "returned mail was not all read" in failed.output
    assert "edition" in failed.output

"""Confirmations and welcomes: tried again until they are taken, and never mailed twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from digest.app import App
from digest.cli import cli
from digest.model import Subscriber, SuppressionReason
from digest.services.signup import pause_after
from digest.settings import load_workspace
from digest.web.public import create_public_app, mail_waiting_notices
from tests.conftest import EDITION, NOW
from tests.desk_client import page
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp
from tests.journeys.test_known_attacks import Held
from tests.web.public.test_public import ask, link

ADA = "ada@r.example"
At = Callable[[timedelta], App]


@pytest.fixture
def at(open_app: Callable[..., App], smtp: FakeSmtp) -> At:
    """Open the folder some time later, with the mail server that there is."""
    return lambda later: open_app(smtp.env, NOW + later)


def ask_at(app: App, address: str = ADA) -> FlaskClient:
    client = create_public_app(app).test_client()
    assert ask(client, address).status_code == 202
    app.signup.wait_for_mails()
    return client


def mailed(smtp: FakeSmtp) -> list[str]:
    return [to for to, _ in smtp.messages]


@pytest.mark.parametrize(
    "reason",
    [
        SuppressionReason.BOUNCED,
        SuppressionReason.COMPLAINED,
        SuppressionReason.BY_HAND,
    ],
)
def test_who_bounced_or_complained_comes_back_by_their_own_confirmed_wish(
    at: At, smtp: FakeSmtp, reason: SuppressionReason
) -> None:
    """They never left: what keeps them from mail is the suppression alone."""
    app = at(timedelta())
    app.subscribers.add_people([Subscriber(ADA, consent_at=NOW)])
    app.store.subscribers.suppress_address(ADA, reason, NOW)
    client = ask_at(app)
    assert mailed(smtp) == [ADA]
    assert (
        app.store.subscribers.count_active() == 0
    )  # asking alone brings nobody back
    assert client.post(link(smtp.messages[0][1])).status_code == 200
    assert app.store.subscribers.count_active() == 1
    app.editions.save_source(EDITION)
    app.approval.approve_edition(NOW.date(), "Ada")
    app.sending.send_edition(NOW.date())
    assert smtp.messages[-1][1]["Subject"] == "What the records show"


@pytest.mark.parametrize("trouble", ["greylisted", "server away"])
def test_a_confirmation_that_was_not_taken_is_tried_again_after_a_restart(
    at: At, smtp: FakeSmtp, open_app: Callable[..., App], trouble: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    smtp.later = {ADA} if trouble == "greylisted" else set()
    env = (
        smtp.env
        if smtp.later
        else smtp.env | {"DIGEST_DELIVERY__SMTP__PORT": "9"}
    )
    first = open_app(env)
    ask_at(first)
    first.__exit__(None, None, None)
    assert mailed(smtp) == []
    assert "is tried again" in caplog.text
    smtp.later = set()
    assert at(timedelta(minutes=4)).signup.send_waiting_mails() == 0
    later = at(timedelta(minutes=6))
    assert later.signup.send_waiting_mails() == 1
    assert later.signup.send_waiting_mails() == 0
    assert at(timedelta(days=1)).signup.send_waiting_mails() == 0
    assert mailed(smtp) == [ADA]
    assert (
        create_public_app(later)
        .test_client()
        .post(link(smtp.messages[0][1]))
        .status_code
        == 200
    )
    assert later.store.subscribers.count_active() == 1


def test_a_confirmation_is_retried_ever_less_often_then_given_up(
    folder: Path, smtp: FakeSmtp, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.later, passed, tried = {ADA}, timedelta(), [timedelta()]
    with App(load_workspace(folder, smtp.env), lambda: NOW + passed) as app:
        ask_at(app)
        while passed < timedelta(hours=60):
            passed += timedelta(minutes=5)
            if app.signup.has_mail_due():
                app.signup.send_waiting_mails()
                tried.append(passed)
        assert tried[-1] <= timedelta(hours=48)
        pauses = [after - before for before, after in pairwise(tried)]
        assert pauses == sorted(pauses)
        assert pauses[0] == pause_after(1)
        assert len(pauses) > 10
        assert "is given up: refused for now: 451" in caplog.text
        figures = app.store.notices.get_figures()
        assert (figures.waiting, figures.given_up) == (0, 1)
        with app.store._engine.connect() as c:
            left = c.execute(text("SELECT * FROM notice")).all()
    assert left
    assert ADA not in f"{left} {caplog.text}"
    assert mailed(smtp) == []


def test_nobody_is_mailed_twice_for_one_ask_however_many_drain(
    at: At, smtp: FakeSmtp
) -> None:
    people = [f"r{n}@r.example" for n in range(10)]
    smtp.later = set(people)
    app = at(timedelta())
    for address in people:
        ask_at(app, address)
    smtp.later = set()
    drainers = [at(timedelta(minutes=10)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = sum(pool.map(lambda a: a.signup.send_waiting_mails(), drainers))
    assert taken == 10
    assert sorted(mailed(smtp)) == sorted(people)


def test_what_may_have_left_is_not_mailed_again(
    at: At, smtp: FakeSmtp, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.vanish = {
        ADA
    }  # takes the message, and the connection breaks before it says so
    ask_at(at(timedelta()))
    smtp.vanish = set()
    later = at(timedelta(hours=1))
    later.signup.send_waiting_mails()
    assert mailed(smtp) == [ADA]
    assert later.store.notices.get_figures().given_up == 1
    assert "no mail is sent twice" in caplog.text


def test_a_killed_process_s_mail_is_told_not_resent(
    at: At, smtp: FakeSmtp, caplog: pytest.LogCaptureFixture
) -> None:
    app = at(timedelta())
    number = app.store.notices.add_notice(
        "confirm", Subscriber(ADA), NOW, NOW + timedelta(hours=48)
    )
    assert app.store.notices.claim_notice(number, NOW)  # and then it was killed
    later = at(timedelta(minutes=20))
    assert later.signup.has_mail_due()
    assert later.signup.send_waiting_mails() == 0
    assert mailed(smtp) == []
    assert "the process ended" in caplog.text
    assert later.store.notices.get_figures().given_up == 1


def test_who_asks_again_meanwhile_gets_one_mail(at: At, smtp: FakeSmtp) -> None:
    smtp.later = {ADA}
    app = at(timedelta())
    ask_at(app)
    ask_at(app)
    smtp.later = set()
    at(timedelta(minutes=10)).signup.send_waiting_mails()
    assert mailed(smtp) == [ADA]


def test_a_welcome_is_tried_again_and_not_sent_to_who_left_meanwhile(
    at: At, smtp: FakeSmtp
) -> None:
    app = at(timedelta())
    for address in (ADA, "ben@r.example"):
        client = ask_at(app, address)
        smtp.later = {address}
        assert client.post(link(smtp.messages[-1][1])).status_code == 200
    smtp.later = set()
    app.subscribers.unsubscribe_address("ben@r.example")
    before = len(smtp.messages)
    later = at(timedelta(minutes=10))
    assert later.signup.send_waiting_mails() == 1
    assert mailed(smtp)[before:] == [ADA]
    assert "List-Unsubscribe" in smtp.messages[-1][1]
    assert later.store.notices.get_figures().waiting == 0


def test_who_is_forgotten_leaves_no_mail_behind(at: At, smtp: FakeSmtp) -> None:
    smtp.later = {ADA}
    app = at(timedelta())
    app.subscribers.add_people([Subscriber(ADA, consent_at=NOW)])
    app.subscribers.unsubscribe_address(ADA)
    ask_at(app, "ADA@r.example")
    smtp.later |= {"ADA@r.example"}
    app.subscribers.erase_subscriber(ADA)
    assert app.store.notices.get_figures().waiting == 0


def test_an_ask_that_was_answered_is_not_lost_with_the_process(
    at: At, smtp: FakeSmtp
) -> None:
    """It is in the database before the answer is given."""
    app = at(timedelta())
    app.signup._mail_threads.shutdown()
    app.signup._mail_threads = Held()  # it ends before it gets to the work
    assert ask(create_public_app(app).test_client(), ADA).status_code == 202
    assert mailed(smtp) == []
    assert at(timedelta()).signup.send_waiting_mails() == 1
    assert mailed(smtp) == [ADA]


def test_serve_and_run_try_again_and_status_says_how_many_wait(
    at: At, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp.later = {ADA}
    app = at(timedelta())
    ask_at(app)
    for name, value in smtp.env.items():
        monkeypatch.setenv(name, value)
    folder = str(app.workspace.folder)
    told = CliRunner().invoke(cli, ["-C", folder, "status"]).output
    assert (
        "confirmations and welcomes: 1 waiting to be mailed (the oldest since 2026-02-27"
        in told
    )
    assert "451 try again later" in told
    assert (
        '"waiting": 1'
        in CliRunner().invoke(cli, ["-C", folder, "status", "--json"]).output
    )
    CliRunner().invoke(
        cli, ["-C", folder, "run"]
    )  # its clock is today's: the link is over
    assert app.store.notices.get_figures().given_up == 1
    ask_at(app, "ben@r.example")
    smtp.later = {"cy@r.example"}
    ask_at(app, "cy@r.example")
    smtp.later = set()

    def pause(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mail_waiting_notices(at(timedelta(minutes=10)), pause)
    assert mailed(smtp) == ["ben@r.example", "cy@r.example"]


def test_the_desk_and_the_metrics_show_them(
    open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    from tests.desk_client import let_in

    smtp.later = {ADA}
    app = open_app(smtp.env | {"METRICS_TOKEN": "secret"})
    ask_at(app)
    assert (
        "1 mail waits to be sent" in page(let_in(app), "/status").text_content()
    )
    answer = (
        create_public_app(app)
        .test_client()
        .get("/metrics", headers={"Authorization": "Bearer secret"})
    )
    assert 'digest_notices{state="waiting"} 1' in answer.text


def test_sendgrid_is_asked_to_let_them_back_in(
    open_app: Callable[..., App], sendgrid: FakeSendgrid
) -> None:
    """Its own lists would drop what is mailed to who bounced, and tell us to suppress them anew."""
    app = open_app(sendgrid.env)
    app.subscribers.add_people([Subscriber(ADA, consent_at=NOW)])
    app.store.subscribers.suppress_address(ADA, SuppressionReason.BOUNCED, NOW)
    client = ask_at(app)
    (asking,) = sendgrid.payloads
    bypassed = {n for n, v in asking["mail_settings"].items() if v["enable"]}
    lists = ("bounce", "spam", "unsubscribe")
    assert bypassed == {f"bypass_{name}_management" for name in lists}
    token = asking["personalizations"][0]["substitutions"].popitem()[1]
    assert client.post(f"/c/{token}").status_code == 200
    welcome = sendgrid.payloads[-1]
    assert "mail_settings" not in welcome
    kinds = (
        "suppression/bounces",
        "suppression/blocks",
        "suppression/spam_reports",
    )
    wanted = [
        f"/v3/{kind}/ada%40r.example"
        for kind in (*kinds, "asm/suppressions/global")
    ]
    assert sendgrid.deleted == wanted


@pytest.mark.postgresql
def test_workers_try_again_where_there_are_any(
    at: At, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.jobs.due_jobs import DueJobs
    from digest.jobs.tasks import Tasks
    from digest.jobs.workspaces import Workspaces

    smtp.later = {ADA}
    app = at(timedelta())
    ask_at(app)
    smtp.later = set()
    for name, value in smtp.env.items():
        monkeypatch.setenv(name, value)
    later = NOW + timedelta(minutes=10)
    workspaces = Workspaces(app.workspace.folder, lambda: later)
    workspaces.any_app().workers.prepare_tables()
    tasks = Tasks(workspaces)
    due_jobs = DueJobs(workspaces)
    try:
        (job,) = [j for j in due_jobs.find_all() if j.task == "notices"]
        assert job.queue == "mail"
        tasks.by_name()[job.task](**job.args)
        assert mailed(smtp) == [ADA]
        assert [j for j in due_jobs.find_all() if j.task == "notices"] == []
    finally:
        tasks.close()
        workspaces.close()


def test_who_asks_for_two_newsletters_at_once_can_confirm_both(
    app: App,
) -> None:
    """Two mails leave at the same time: neither forgets what the other one asks for."""
    signups = app.store.signups
    for number in range(10):
        person = Subscriber(f"p{number}@r.example", "", "form")

        def ask_for(key: str, person: Subscriber = person) -> str:
            return signups.add_request(person, NOW, [key]).nonce

        with ThreadPoolExecutor(2) as threads:
            nonces = set(threads.map(ask_for, ("weekly", "funders")))
        assert len(nonces) == 1
        request = signups.find_request(nonces.pop())
        assert request is not None
        assert set(request.newsletters) == {"weekly", "funders"}

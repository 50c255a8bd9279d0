"""Workers on a real PostgreSQL: what waits is done once, whoever does it and whoever dies."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (
    InMemorySpanExporter,
)
from sqlalchemy import select

from digest.app import App
from digest.cli import cli
from digest.errors import Busy, DigestError, NotYet
from digest.infra.clock import utc_now
from digest.infra.job_queue import JobQueue, Worker, libpq_url
from digest.jobs.due_jobs import DueJobs
from digest.jobs.tasks import Tasks
from digest.jobs.worker import run_worker
from digest.jobs.workspaces import Workspaces
from digest.model import DeliveryState, Job, Outcome, Recipient
from digest.services.transports import Transports
from digest.settings import load_workspace
from digest.store.tables import chunk
from digest.web.public.metrics import metrics_text
from tests.cases.returned_mail import plain
from tests.desk_client import HOME, let_in
from tests.fakes.imap import FakeImap
from tests.fakes.sendgrid import FakeSendgrid
from tests.jobs.conftest import TODAY, chapter, filled, ready


def work(folder: Path, *queues: str) -> None:
    """Do what waits now, and end."""
    run_worker(
        folder,
        queues or ("office", "mail", "press"),
        on_start=lambda _worker: None,
        idle=True,
    )


def test_workers_send_what_was_begun_to_everybody_once(
    begun: Callable[[int], App], here: Path, sendgrid: FakeSendgrid
) -> None:
    app = begun(2500)
    assert app.jobs.queue_figures()[0]["waiting"] == 8
    work(here)
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.ACCEPTED: 2500
    }
    assert sendgrid.mailed() == Counter(
        f"reader{n}@north.example" for n in range(2500)
    )
    assert (here / "north" / "output" / str(TODAY) / "manifest.json").exists()
    assert (
        sum(q["waiting"] + q["failed"] for q in app.jobs.queue_figures()) == 0
    )


def test_an_audience_is_frozen_with_its_jobs_or_not_at_all(
    north: Callable[[int], App], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = north(3)

    def broken(connection: object, jobs: object) -> int:
        JobQueue.add_jobs_in_transaction(app.jobs, connection, jobs)  # type: ignore[arg-type]
        raise DigestError("the last job could not be put in")

    monkeypatch.setattr(app.workers, "enqueue_jobs", broken)
    with pytest.raises(DigestError, match="last job"):
        app.sending.enqueue_send(TODAY)
    assert app.store.deliveries.get_send_spec(TODAY) is None
    assert app.jobs.queue_figures() == []


def test_a_frozen_audience_is_counted_for_the_planner(
    begun: Callable[[int], App],
) -> None:
    app = begun(500)
    with psycopg.connect(libpq_url(app.settings.database)) as c:
        asked = "SELECT reltuples FROM pg_class WHERE oid = 'north.delivery'::regclass"
        assert c.execute(asked).fetchone() == (500,)


def test_begun_twice_it_has_its_lanes_once(begun: Callable[[int], App]) -> None:
    app = begun(3)
    app.sending.enqueue_send(TODAY)
    assert app.jobs.queue_figures()[0]["waiting"] == 8


@contextmanager
def at_work(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Run a worker of mail for as long as it is needed."""
    worker = start(folder, "--queues", "mail")
    try:
        yield worker
    finally:
        worker.terminate()
        worker.communicate()


@pytest.mark.slow
def test_whoever_sends_while_workers_are_there_lets_them_do_it(
    here: Path, north: Callable[[int], App], sendgrid: FakeSendgrid
) -> None:
    app, said = north(3000), []
    with at_work(here):
        until(app.workers.list_mailers)
        proof = app.sending.send_edition(TODAY, said.append)
    assert proof.counts == {DeliveryState.ACCEPTED: 3000}
    assert sum(said) == 3000
    assert set(sendgrid.mailed().values()) == {1}
    with app.store._engine.connect() as c:
        assert set(c.execute(select(chunk.c.lane)).scalars()) != {None}


@pytest.mark.slow
def test_if_the_workers_die_the_rest_is_sent_from_here(
    here: Path, north: Callable[[int], App], sendgrid: FakeSendgrid
) -> None:
    app = north(20_000)
    sendgrid.latency = 1
    with at_work(here) as worker:
        until(app.workers.list_mailers)
        threading.Timer(1.5, worker.kill).start()
        proof = app.sending.send_edition(TODAY)
    assert proof.counts == {DeliveryState.ACCEPTED: 20_000}
    assert set(sendgrid.mailed().values()) == {1}


def left_by_a_dead_worker(app: App, announced: bool) -> None:
    """Claim a chunk for a lane and hand it over, as far as a worker came that was killed."""
    ledger = app.store.deliveries
    claimed = ledger.claim_chunk(TODAY, utc_now(), lane=3)
    assert claimed
    if announced:
        with Transports(app.sending_context).open_transport(TODAY) as transport:
            hold = transport.hold()
            ledger.mark_in_flight(
                TODAY, claimed, [who for who, _ in claimed.subscribers], hold
            )
            people = [
                _recipient(app, who, address)
                for who, address in claimed.subscribers
            ]
            transport.send_held(
                app.editions.render_stored(TODAY).letter, people, hold
            )


def _recipient(app: App, who: int, address: str) -> Recipient:
    return Recipient(who, address, app.tokens.sign_subscriber(who))


@pytest.mark.parametrize("announced", [False, True])
def test_what_a_dead_worker_left_its_successor_takes_up(
    begun: Callable[[int], App],
    here: Path,
    sendgrid: FakeSendgrid,
    announced: bool,
) -> None:
    app = begun(1500)
    left_by_a_dead_worker(app, announced)
    work(here)
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.ACCEPTED: 1500
    }
    assert set(sendgrid.mailed().values()) == {1}
    assert len(sendgrid.mailed()) == 1500


def test_whoever_was_taken_for_dead_hands_nothing_over_and_writes_nothing(
    begun: Callable[[int], App],
) -> None:
    """A worker that slept: its claim was settled, and the chunk claimed anew by another."""
    app = begun(3)
    ledger = app.store.deliveries
    old = ledger.claim_chunk(TODAY, utc_now(), lane=0)
    ledger.recover_stale_claims(TODAY, 0)
    people = [who for who, _ in old.subscribers]
    assert not ledger.mark_in_flight(TODAY, old, people)
    assert not ledger.mark_in_flight(TODAY, old, people[:1])
    new = ledger.claim_chunk(TODAY, utc_now(), lane=0)
    assert not ledger.mark_in_flight(TODAY, old, people)
    ledger.record_outcomes(
        TODAY, old, [(people[0], Outcome(DeliveryState.UNCERTAIN, "lost"))]
    )
    ledger.requeue_claim(TODAY, old)
    ledger.record_chunk_outcome(TODAY, old)
    assert ledger.get_delivery_report(TODAY).counts == {
        DeliveryState.CLAIMED: 3
    }
    assert ledger.mark_in_flight(TODAY, new, people)


def test_what_was_taken_back_twice_is_queued_once(
    begun: Callable[[int], App],
) -> None:
    """Two lanes that settle the same chunk: the second finds it sent anew, and leaves it."""
    app = begun(3)
    left_by_a_dead_worker(app, announced=True)
    ledger = app.store.deliveries
    ledger.recover_stale_claims(TODAY, 3)
    [(no, hold)] = ledger.list_uncertain_holds(TODAY)
    ledger.requeue_cancelled_hold(TODAY, no, hold)
    claimed = ledger.claim_chunk(TODAY, utc_now(), lane=1)
    ledger.requeue_cancelled_hold(TODAY, no, hold)
    assert ledger.claim_chunk(TODAY, utc_now(), lane=2) is None
    assert ledger.mark_in_flight(
        TODAY, claimed, [who for who, _ in claimed.subscribers]
    )


def test_workers_and_a_command_do_not_send_at_the_same_time(
    begun: Callable[[int], App], here: Path, opened: list[App]
) -> None:
    app = begun(3)
    other = App(load_workspace(here / "north", {}))
    opened.append(other)
    with app.store.hold_send_lock(shared=True):
        with pytest.raises(Busy, match="here or on another machine"):
            other.sending.send_edition(TODAY)
        assert other.sending.send_lane(TODAY, 0, lambda: False) is False
    with app.store.hold_send_lock(), pytest.raises(Busy):
        other.sending.send_lane(TODAY, 0, lambda: False)


def test_what_was_frozen_is_handed_over_whatever_is_edited_since(
    begun: Callable[[int], App], here: Path, sendgrid: FakeSendgrid
) -> None:
    """By workers that were never there before: the content comes from the database."""
    app = begun(3)
    frozen = app.editions.render_stored(TODAY).letter
    app.editions.save_source(
        app.editions.read_source(TODAY).replace("first lead", "other lead")
    )
    folder = here / "north" / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "subject.txt").write_text("Another subject")
    work(here)
    assert sendgrid.mailed() == Counter(
        f"reader{n}@north.example" for n in range(3)
    )
    assert {p["subject"] for p in sendgrid.payloads} == {frozen.subject}
    assert all("other lead" not in json.dumps(p) for p in sendgrid.payloads)
    assert app.status.describe_work()["failures"] == []


def test_workers_share_a_providers_rate(here: Path, opened: list[App]) -> None:
    """Two lanes of one account: turns follow each other; whoever is too far back is told when."""
    app = ready(App(load_workspace(here / "north", {})))
    opened.append(app)
    slept: list[float] = []
    mine, theirs = (
        app.store.rate_limits.get_shared_pace("key", 6000, patient=1)
        for _ in range(2)
    )
    for lane in (mine, theirs):
        lane._sleep = slept.append
    mine.wait(100)  # a second's worth
    theirs.wait(100)
    assert slept == [pytest.approx(1, abs=0.3)]
    with pytest.raises(NotYet) as told:
        mine.wait(100)
    assert 1 < told.value.wait < 2.1
    app.store.rate_limits.get_shared_pace("another key", 6000, patient=0).wait(
        100
    )


def test_mail_does_not_wait_behind_feeds(
    here: Path, opened: list[App], url: str
) -> None:
    """Each queue has slots of its own, and what matters more is begun first."""
    app = ready(App(load_workspace(here / "north", {})))
    opened.append(app)
    begun: list[str] = []
    held = threading.Event()

    def feeds(n: int) -> None:
        begun.append("feeds")
        held.wait(20)

    def mail(what: str) -> None:
        begun.append(what)
        if what == "test":
            held.set()

    app.jobs.add_jobs(Job("feeds", {"n": n}, "press") for n in range(50))
    app.jobs.add_jobs([Job("mail", {"what": "send"}, "mail", 10)])
    app.jobs.add_jobs([Job("mail", {"what": "test"}, "mail", 100)])
    worker = Worker(url, {"feeds": feeds, "mail": mail}, lambda *_: None, list)
    worker.run_jobs(["press", "mail"], idle=True)
    assert held.is_set()
    assert begun.index("test") < begun.index("send")
    assert begun.count("feeds") == 50
    assert begun[:10].count("feeds") < 10


def test_workers_read_returned_mail_hourly_and_report_failures(
    here: Path, opened: list[App], url: str
) -> None:
    with FakeImap() as imap:
        env = imap.env | {
            "DIGEST_DELIVERY__SMTP__RETURN_PATH": "bounces@openwater.example"
        }
        app = ready(filled(here / "north", 1, env))
        opened.append(app)
        (person,) = app.store.subscribers.iterate_subscribers()
        text = plain(
            person.address,
            f"unsubscribe {app.tokens.sign_subscriber(person.id)}",
            "",
        )
        imap.put(text.replace("~BACK~", "bounces@openwater.example").encode())
        workspaces = Workspaces(here)
        due = [job for _ in range(2) for job in DueJobs(workspaces).find_all()]
        jobs = [job for job in due if job.task == "bounces"]
        assert len(jobs) == 1
        app.jobs.add_jobs(jobs)
        workspaces.close()
        work(here)
        assert [
            p.left_at is not None
            for p in app.store.subscribers.iterate_subscribers()
        ] == [True]
    app.jobs.add_jobs(jobs)  # nobody listens there any more
    work(here)
    (failure,) = app.store.job_failures.list_newest_failures(5, "north")
    assert (failure["task"], "the mailbox 127.0.0.1" in failure["said"]) == (
        "bounces",
        True,
    )


def test_the_desk_and_the_metrics_say_how_work_stands(
    begun: Callable[[int], App],
) -> None:
    app = begun(3)
    app.store.job_failures.note_failure(
        "", "send", "of another organisation", utc_now()
    )
    app.store.job_failures.note_failure(
        "north", "send", "the key is refused", utc_now()
    )
    page = let_in(app).get("/status", base_url=HOME).text
    assert "No worker is connected." in page
    assert '<th scope="row">mail</th><td>8</td>' in page
    assert "the key is refused" in page
    assert "of another organisation" not in page
    metrics = metrics_text(app)
    assert 'digest_jobs{queue="mail",state="waiting"} 8\n' in metrics
    assert "digest_workers 0\n" in metrics
    assert 'digest_queue_lag_seconds{queue="mail"}' in metrics


def test_each_job_is_a_span_for_whoever_collects_traces(
    here: Path, begun: Callable[[int], App]
) -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    begun(3)
    work(here, "mail")
    spans = [s for s in kept.get_finished_spans() if s.name == "digest send"]
    assert {s.attributes["digest.lane"] for s in spans} == {
        str(n) for n in range(8)
    }
    assert {s.attributes["digest.workspace"] for s in spans} == {"north"}


def test_a_queue_that_cannot_be_reached_is_told_in_a_sentence(
    tmp_path: Path,
) -> None:
    folder = chapter(tmp_path, "", "postgresql+psycopg://x@127.0.0.1:9/x")
    answer = CliRunner().invoke(cli, ["-C", str(folder), "worker"])
    assert (answer.exit_code, "fault" in answer.output) == (1, False)
    assert "the database cannot be reached" in answer.output


# Processes


def start(folder: Path, *options: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "worker",
        "--log",
        "json",
        *options,
    ]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def until(what: Callable[[], object], seconds: float = 60) -> None:
    for _ in range(int(seconds * 20)):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


@pytest.mark.slow
def test_a_stopped_worker_finishes_its_current_jobs(
    begun: Callable[[int], App], here: Path, sendgrid: FakeSendgrid
) -> None:
    sendgrid.latency = 0.3
    app = begun(20_000)
    worker = start(here)
    until(lambda: sendgrid.payloads)
    assert len(app.jobs.connected_workers()) == 1
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=60)
    assert worker.returncode == 0, said
    counts = app.store.deliveries.get_delivery_report(TODAY).counts
    assert (
        counts.get(DeliveryState.CLAIMED, 0)
        == counts.get(DeliveryState.UNCERTAIN, 0)
        == 0
    )
    assert counts[DeliveryState.ACCEPTED] == sendgrid.mailed().total() > 0
    assert all(json.loads(line)["level"] for line in said.splitlines())
    assert app.jobs.connected_workers() == []
    work(here)
    assert set(sendgrid.mailed().values()) == {1}
    assert sendgrid.mailed().total() == 20_000


def test_status_tells_how_work_stands(
    begun: Callable[[int], App], here: Path
) -> None:
    begun(3)
    told = CliRunner().invoke(cli, ["-C", str(here / "north"), "status"]).output
    assert "feeds: 1, 1 due" in told
    assert (
        "rates: 0 feeds and 0 articles in the last hour, 0 mails in the last minute"
        in told
    )
    assert re.search(
        # on a Friday it is the one that was drafted above
        r"next edition \S+: drafted( from \S+ \S+ UTC)?, to be sent \S+ \S+ UTC",
        told,
    )
    assert f"edition {TODAY}: approved, 3 queued" in told
    assert "mail" in told
    as_json = (
        CliRunner()
        .invoke(cli, ["-C", str(here / "north"), "status", "--json"])
        .output
    )
    assert json.loads(as_json)["queues"][0]["waiting"] == 8


def test_status_of_a_database_that_no_worker_has_seen_says_so(
    here: Path,
) -> None:
    answer = CliRunner().invoke(cli, ["-C", str(here / "north"), "status"])
    assert answer.exit_code == 0
    assert "workers: 0" in answer.output


def test_workers_fill_a_draft_with_what_they_judge(
    here: Path, opened: list[App]
) -> None:
    from digest.edition import next_date
    from tests.services.test_articles import put

    app = ready(App(load_workspace(here / "north", {})))
    opened.append(app)
    at = utc_now() - timedelta(minutes=5)
    put(
        app,
        1,
        "A first story",
        "Open Water sued over the pipes of Alby.",
        published=at,
    )
    day = next_date(app.settings.newsletter, utc_now())
    workspaces = Workspaces(here)
    tasks = Tasks(workspaces)
    try:
        tasks.draft_edition("north")
        ours = app.editing_as("Ada")
        (first,) = (p for s in ours.load_edition(day).sections for p in s.picks)
        ours.change_story_line(
            day, first.url, {"note": "Our sentence."}, {"note": ""}
        )
        text = "Open Water and the school of Borough: lead was in its taps, says Open Water."
        put(app, 2, "Open Water finds lead", text, published=at)
        tasks.judge_articles("north")
        picks = {
            (p.headline, p.note)
            for s in ours.load_edition(day).sections
            for p in s.picks
        }
        assert picks == {
            ("Open Water finds lead", ""),
            ("A first story", "Our sentence."),
        }
    finally:
        tasks.close()
        workspaces.close()

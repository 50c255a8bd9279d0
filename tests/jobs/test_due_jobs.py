"""What is due: put in once, by one worker at a time."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from digest.app import App
from digest.infra.clock import utc_now
from digest.jobs.due_jobs import DueJobs
from digest.jobs.workspaces import Workspaces
from digest.model import DeliveryState, Subscriber
from tests.conftest import EDITION
from tests.fakes.sendgrid import FakeSendgrid
from tests.jobs.conftest import TODAY, filled, ready
from tests.jobs.test_tasks import work
from tests.several_newsletters import add_newsletters


def test_what_is_due_is_put_in_once_it_is_approved(
    here: Path, opened: list[App], sendgrid: FakeSendgrid
) -> None:
    day = TODAY - timedelta(days=1)
    app = ready(filled(here / "north", 3, sendgrid.env, day))
    opened.append(app)
    workspaces = Workspaces(here)
    due_jobs = DueJobs(workspaces)
    try:
        assert [j.task for j in due_jobs.find_all()].count("begin") == 1
        app.editions.save_source(
            app.editions.read_source(day).replace("first lead", "other lead")
        )
        assert [j.task for j in due_jobs.find_all()].count("begin") == 0
    finally:
        workspaces.close()


def test_two_newsletters_have_jobs_of_their_own_for_one_date(
    here: Path, opened: list[App], sendgrid: FakeSendgrid
) -> None:
    """What is shared is done once; each newsletter is drafted and sent by itself."""
    add_newsletters(here / "north", clips={"title": "Clips"})
    weekly = ready(filled(here / "north", 3, sendgrid.env))
    opened.append(weekly)
    clips = weekly.for_newsletter("clips")
    clips.subscribers.add_people(
        [Subscriber("reader0@north.example", consent_at=utc_now())]
    )
    text = EDITION.replace("2026-02-27", TODAY.isoformat())
    for app, key in ((weekly, "weekly"), (clips, "clips")):
        app.editions.save_source(text.replace("What the records show", key))
        app.approval.approve_edition(TODAY, "Ada")
        app.send_schedule.schedule_send(
            TODAY, utc_now() + timedelta(milliseconds=1), "Ada"
        )
    workspaces = Workspaces(here)
    try:
        jobs = DueJobs(workspaces).find_all()
    finally:
        workspaces.close()
    begun = [job for job in jobs if job.task == "begin"]
    assert [job.once for job in begun] == [
        f"begin north {TODAY}",
        f"begin north clips/{TODAY}",
    ]
    assert [job.args.get("newsletter") for job in begun] == [None, "clips"]
    tasks = Counter(job.task for job in jobs)
    assert tasks["prune"] == tasks["collect"] == 1
    weekly.jobs.add_jobs(begun)
    work(here, "office")
    work(here, "mail")
    mailed = Counter(
        (payload["subject"], to["email"])
        for payload in sendgrid.payloads
        for person in payload["personalizations"]
        for to in person["to"]
    )
    assert mailed == {
        ("weekly", "reader0@north.example"): 1,
        ("weekly", "reader1@north.example"): 1,
        ("weekly", "reader2@north.example"): 1,
        ("clips", "reader0@north.example"): 1,
    }


def test_what_is_uncertain_is_asked_of_the_provider_once_an_hour(
    begun: Callable[[int], App], here: Path, sendgrid: FakeSendgrid
) -> None:
    """Also if a worker looks that knows of no such job, since it was just started."""
    sendgrid.lose, sendgrid.deaf, sendgrid.activity, sendgrid.shows = (
        1,
        True,
        True,
        1000,
    )
    app = begun(3)
    work(here)
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.UNCERTAIN: 3
    }
    workspaces = Workspaces(here)
    due = [job for _ in range(2) for job in DueJobs(workspaces).find_all()]
    jobs = [job for job in due if job.task == "reconcile"]
    assert len(jobs) == 1
    app.jobs.add_jobs(jobs)
    workspaces.close()
    work(here)
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.ACCEPTED: 3
    }
    assert set(sendgrid.mailed().values()) == {1}


def test_of_several_workers_one_at_a_time_looks_what_is_due(here: Path) -> None:
    several = [Workspaces(here) for _ in range(2)]
    several[0].any_app().workers.prepare_tables()
    assert [bool(DueJobs(one).find_in_turn()) for one in several] == [
        True,
        False,
    ]

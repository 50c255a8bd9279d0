"""What is due: put in once, by one worker at a time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from digest.app import App
from digest.jobs.due_jobs import DueJobs
from digest.jobs.workspaces import Workspaces
from digest.model import DeliveryState
from tests.fakes.sendgrid import FakeSendgrid
from tests.jobs.conftest import TODAY, filled, ready
from tests.jobs.test_tasks import work


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

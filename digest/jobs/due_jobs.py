"""Due jobs: what is to be done now, in all workspaces, as jobs for the queue.

A job whose lock (`once`) waits or runs already is not added again; see `digest.model.Job`.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from digest.app import App
from digest.errors import DigestError, NotYet
from digest.infra.job_queue import DUE_SECONDS
from digest.jobs.lots import lot_of
from digest.jobs.workspaces import Workspaces
from digest.model import ROOT_NEWSLETTER, Job
from digest.services.workers import edition_args, newsletter_args

SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = 86_400.0
SECONDS_OF_MAIL = 900.0  #: between two looks into mailboxes of newsletters
#: A job of a higher priority is begun first; without one it has 0, a lane of a send 10.
SEND_PRIORITY = 50
NOTICES_PRIORITY = 20
DRAFT_PRIORITY = 5
PRUNE_PRIORITY = -10

log = logging.getLogger("digest")


def workspace_args(app: App) -> dict[str, Any]:
    """Return the argument by which a job names its workspace."""
    return {"workspace": app.settings.workspace}


class DueJobs:
    """Finds due jobs. Several workers may look; at any time one of them is enough."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        #: Monotonic times by name; before them the database need not be asked.
        self._not_before = defaultdict[str, float](float)

    def find_in_turn(self) -> list[Job]:
        """Return the due jobs, or nothing if another worker has just looked."""
        if not self._is_time("due", DUE_SECONDS):
            return []
        return self.find_all()

    def find_all(self) -> list[Job]:
        """Return the jobs that are due now; workspaces in trouble are logged and left out."""
        self._workspaces.refresh()
        names_by_lot: defaultdict[int, list[str]] = defaultdict(list)
        jobs: list[Job] = []
        for name, app in self._workspaces:
            try:
                lots = {
                    lot_of(url) for url in app.feeds.list_waiting_addresses()
                }
                for lot in lots:
                    names_by_lot[lot].append(name)
                jobs.extend(self._find_in_workspace(name, app))
            except DigestError as error:
                place = name or "workspace"
                log.error("%s: could not look up what is due: %s", place, error)
        for lot, names in sorted(names_by_lot.items()):
            collect_job = Job(
                "collect",
                {"lot": lot, "workspaces": names},
                queue="press",
                once=f"lot {lot}",
            )
            jobs.append(collect_job)
        return jobs

    def _find_in_workspace(self, name: str, app: App) -> Iterator[Job]:
        """Yield what is due in one workspace, apart from collecting."""
        for one in app.newsletters:
            yield from self._find_for_newsletter(name, one)
        yield from self._find_upkeep(name, app)
        if app.signup.has_mail_due():
            yield Job(
                "notices",
                workspace_args(app),
                queue="mail",
                priority=NOTICES_PRIORITY,
                once=f"notices {name}",
            )

    def _find_for_newsletter(self, name: str, app: App) -> list[Job]:
        """Return what is due for one newsletter; if it is in trouble that is logged, and nothing."""
        try:
            return [
                *self._find_sending(name, app),
                *_find_drafting(name, app),
                *self._find_reconciling(name, app),
            ]
        except DigestError as error:
            newsletter = app.settings.newsletter.key
            place = f"{name or 'workspace'}, {newsletter}"
            log.error("%s: could not look up what is due: %s", place, error)
            return []

    def _find_sending(self, name: str, app: App) -> Iterator[Job]:
        """Yield jobs that begin to send approved editions whose time has come."""
        for day in app.send_schedule.due_editions():
            if app.jobs.has_unfinished_job(app.sending.lane_prefix(day)):
                continue
            if not app.approval.find_approval(day):
                continue
            if app.sending.plan_send(day).approved:
                yield Job(
                    "begin",
                    edition_args(app.settings, day),
                    priority=SEND_PRIORITY,
                    once=f"begin {name} {_name_in_jobs(app, day)}",
                )

    def _find_reconciling(self, name: str, app: App) -> Iterator[Job]:
        """Yield jobs that ask providers for uncertain deliveries, once an hour."""
        for day in app.send_schedule.uncertain_editions():
            lock = f"reconcile {name} {_name_in_jobs(app, day)}"
            if self._is_time(lock, SECONDS_PER_HOUR):
                args = edition_args(app.settings, day)
                yield Job("reconcile", args, once=lock)

    def _find_upkeep(self, name: str, app: App) -> Iterator[Job]:
        """Yield what is done by the clock, whatever editions there are."""
        args = workspace_args(app)
        lock = f"bounces {name}"
        if app.returned_mail.has_mailbox and self._is_time(
            lock, SECONDS_PER_HOUR
        ):
            yield Job("bounces", args, once=lock)
        lock = f"mail {name}"
        if app.mail_sources.is_set and self._is_time(lock, SECONDS_OF_MAIL):
            yield Job("mail", args, queue="press", once=lock)
        lock = f"prune {name}"
        if self._is_time(lock, SECONDS_PER_DAY):
            yield Job("prune", args, priority=PRUNE_PRIORITY, once=lock)

    def _is_time(self, name: str, seconds: float) -> bool:
        """Return True for one worker, once in so many seconds."""
        if time.monotonic() < self._not_before[name]:
            return False
        workers = self._workspaces.any_app().workers
        try:
            workers.take_turn(name, seconds)
        except NotYet as error:
            self._not_before[name] = time.monotonic() + error.wait
            return False
        self._not_before[name] = time.monotonic() + seconds
        return True


def _find_drafting(name: str, app: App) -> Iterator[Job]:
    """Yield the job that proposes a newsletter's next edition, if it is time."""
    if not app.drafts.is_draft_due():
        return
    lock = f"draft {name}"
    newsletter = app.settings.newsletter.key
    if newsletter != ROOT_NEWSLETTER:
        lock += f" {newsletter}"
    yield Job(
        "draft",
        newsletter_args(app.settings),
        priority=DRAFT_PRIORITY,
        once=lock,
    )


def _name_in_jobs(app: App, day: date) -> str:
    """Return the name of an edition in the names of jobs."""
    return app.settings.key_edition(day).short_name

"""Tasks: the functions that jobs of the queue call, one for each kind of job.

Each calls one method that commands call as well. A task may run twice, late, or not at all: the
tables of deliveries and the feeds' own times decide what is left to do.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import partial

from digest.app import App
from digest.collect import make_shared_fetcher
from digest.errors import Busy, DigestError
from digest.infra.process_pool import Processors
from digest.jobs.due_jobs import workspace_args
from digest.jobs.lots import lot_of
from digest.jobs.workspaces import Workspaces
from digest.model import ROOT_NEWSLETTER, Job
from digest.ports import Fetcher

SLICE_SECONDS = 20.0  #: for which one job sends, before others have their turn
WORKSPACES_AT_ONCE = 4  #: that one job collects for


class Tasks:
    """The tasks, for the workspaces of one installation.

    The names in `by_name` and the parameters of the methods are stored with jobs in the database:
    a worker of the next release may have to read them. Jobs that name no newsletter are of the
    root one.
    """

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._stack = ExitStack()
        self._processes = self._stack.enter_context(Processors(at_once=True))
        #: Tells a task that the worker is to stop; set by who runs the worker.
        self.is_stopping: Callable[[], bool] = lambda: False

    def by_name(self) -> Mapping[str, Callable[..., None]]:
        """Return the tasks by the names that jobs have in the queue."""
        return {
            "collect": self.collect_lot,
            "mail": self.read_mail,
            "judge": self.judge_articles,
            "draft": self.draft_edition,
            "begin": self.begin_sending,
            "send": self.send_lane,
            "notices": self.mail_notices,
            "reconcile": self.reconcile_deliveries,
            "bounces": self.read_returned_mail,
            "prune": self.delete_old_data,
        }

    def close(self) -> None:
        """End the processes that parse feeds and pages."""
        self._stack.close()

    # Feeds, articles, drafts

    def collect_lot(self, lot: int, workspaces: Sequence[str]) -> None:
        """Poll what is due of a lot of hosts and read its pages, for the named workspaces."""
        apps = [app for name, app in self._workspaces if name in workspaces]
        if not apps:
            return
        with (
            make_shared_fetcher([app.settings for app in apps]) as fetcher,
            ThreadPoolExecutor(WORKSPACES_AT_ONCE) as threads,
        ):
            collect = partial(self._collect_for, lot=lot, fetcher=fetcher)
            news = list(threads.map(collect, apps))
        for app, has_news in zip(apps, news, strict=True):
            if has_news:
                lock = f"judge {app.settings.workspace}"
                app.jobs.add_jobs(
                    [Job("judge", workspace_args(app), once=lock)]
                )
        # the lot's next job may ask the same hosts
        time.sleep(max(app.settings.collect.spacing for app in apps))

    def _collect_for(self, app: App, lot: int, fetcher: Fetcher) -> bool:
        """Collect from a lot for one workspace; return True if that brought anything new."""
        try:
            report = app.feeds.poll_assigned_feeds(
                fetcher, self._processes, lambda url: lot_of(url) == lot
            )
        except Busy:
            return False  # a person collects by hand at this moment
        except DigestError as error:
            # the other workspaces' news must not wait for it
            self._workspaces.record_failure(
                app.settings.workspace, "collect", error
            )
            return False
        return any(tally.new or tally.read for tally in report.values())

    def read_mail(self, workspace: str) -> None:
        """Read new mail of newsletters and alerts; their pages are read with their hosts' lots."""
        app = self._workspaces.get_app(workspace)
        with make_shared_fetcher([app.settings]) as fetcher:
            report = app.mail_sources.read_mail(fetcher)
        if any(tally.new for tally in report.values()):
            lock = f"judge {workspace}"
            app.jobs.add_jobs([Job("judge", workspace_args(app), once=lock)])
        problems = [
            f"{tally.name}: {tally.error}"
            for tally in report.mailboxes
            if tally.error
        ]
        if problems:
            raise DigestError("; ".join(problems))

    def judge_articles(self, workspace: str) -> None:
        """Analyse new articles, and fill open drafts with them."""
        self._workspaces.get_app(workspace).collection.analyse_and_fill()

    def draft_edition(
        self, workspace: str, newsletter: str = ROOT_NEWSLETTER
    ) -> None:
        """Propose a newsletter's next edition, if there is none yet."""
        app = self._get_app(workspace, newsletter)
        app.drafts.create_draft_if_missing()

    # Mail

    def begin_sending(
        self, workspace: str, day: str, newsletter: str = ROOT_NEWSLETTER
    ) -> None:
        """Freeze an edition's audience, or recover one left by a dead process; add a job for each lane."""
        app = self._get_app(workspace, newsletter)
        app.sending.enqueue_send(date.fromisoformat(day))

    def send_lane(
        self,
        workspace: str,
        day: str,
        lane: int,
        newsletter: str = ROOT_NEWSLETTER,
    ) -> None:
        """Send one lane's mails for a while; if more are left, add a job for them."""
        app = self._get_app(workspace, newsletter)
        edition = date.fromisoformat(day)
        ends_at = time.monotonic() + SLICE_SECONDS

        def must_stop() -> bool:
            return time.monotonic() >= ends_at or self.is_stopping()

        if app.sending.send_lane(edition, lane, must_stop):
            app.jobs.add_jobs([app.sending.lane_job(edition, lane)])

    def reconcile_deliveries(
        self, workspace: str, day: str, newsletter: str = ROOT_NEWSLETTER
    ) -> None:
        """Ask the provider about an edition's uncertain deliveries; requeue what can be."""
        app = self._get_app(workspace, newsletter)
        app.reconciliation.reconcile_edition(date.fromisoformat(day))

    def read_returned_mail(self, workspace: str) -> None:
        """Read the mailbox of returned mail. Raises DigestError if it cannot be read."""
        app = self._workspaces.get_app(workspace)
        tally = app.returned_mail.read_mailbox()
        if tally.problem:
            raise DigestError(tally.problem)

    def mail_notices(self, workspace: str) -> None:
        """Mail the confirmations and welcomes that are due."""
        self._workspaces.get_app(workspace).signup.send_waiting_mails()

    # Upkeep

    def delete_old_data(self, workspace: str) -> None:
        """Delete what is older than the settings say."""
        for app in self._workspaces.get_app(workspace).newsletters:
            app.retention.delete_expired()

    # Inside

    def _get_app(self, workspace: str, newsletter: str) -> App:
        """Return the services for a newsletter of a workspace.

        Raises NotOnThisWorker, and NotFound if feeds.yaml has no such newsletter.
        """
        return self._workspaces.get_app(workspace).for_newsletter(newsletter)

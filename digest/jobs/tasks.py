"""How jobs run: the task functions, and a process that works on them for many workspaces.

Each task calls one method that commands call as well, and each may run twice, late, or never
again: the ledger and the feeds' own times decide what is left to do.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any
from zlib import crc32

from digest.app import App, now
from digest.collect import politest
from digest.collect.fetch import authority
from digest.engine import DUE_SECONDS, Worker
from digest.errors import Busy, DigestError, Elsewhere, NotYet, SettingsError
from digest.infra.job_queue import DUE, Worker
from digest.infra.process_pool import Processors
from digest.model import Job
from digest.settings import Workspace, load

#: Hosts are dealt into so many lots. One lot is asked by one worker at a time, for all workspaces,
#: so that politeness to a host needs no word between workers.
LOTS = 32
SLICE = 20.0  #: seconds that one job sends, before others have their turn
AT_ONCE = 4  #: workspaces of a lot that are collected for at a time
HOUR = 3600.0
DAY = 86_400.0

log = logging.getLogger("digest")


def lot_of(address: str) -> int:
    """Return the lot of an address's host."""
    return crc32(authority(address).encode()) % LOTS


def workspaces(folder: Path) -> list[Path]:
    """Return the working folders that a folder is, or holds. Raises SettingsError if none."""
    if (folder / "feeds.yaml").exists():
        return [folder]
    found = sorted(f.parent for f in folder.glob("*/feeds.yaml"))
    if not found:
        raise SettingsError(
            [f"{folder}: neither feeds.yaml nor folders that hold one are here"]
        )
    return found


class Office:
    """The workspaces of an installation, opened as they are needed."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = now) -> None:
        """Raises SettingsError if no workspace there can be read, or they need no workers."""
        self._folder = folder
        self._clock = clock
        self._apps: dict[str, App] = {}
        self._opening = Lock()
        self.look()
        if not self._apps:
            raise SettingsError(
                [f"{folder}: no workspace can be read; the log says why"]
            )
        self.database = self.any().settings.database
        if not self.any().settings.on_postgresql:
            raise SettingsError(
                [
                    "database: workers need PostgreSQL; with SQLite `digest run` does it all itself"
                ]
            )

    def look(self) -> None:
        """See which workspaces are there, new or changed. One that is wrong stops no other."""
        with self._opening:
            for folder in workspaces(self._folder):
                try:
                    self._open(folder)
                except (SettingsError, DigestError) as e:
                    log.error("%s is left out: %s", folder.name, e)

    def _open(self, folder: Path) -> None:
        known = next(
            (a for a in self._apps.values() if a.workspace.folder == folder), None
        )
        if known and not known.workspace.changed():
            return
        workspace = load(folder)
        name = workspace.settings.workspace
        taken = self._apps.get(name)
        if taken and taken is not known:
            raise DigestError(
                f"workspace {name or '(none)'} is {taken.workspace.folder.name} already; "
                "each needs a name of its own"
            )
        self._one_database(workspace)
        self._apps[name] = App(
            workspace, self._clock
        )  # jobs at work go on with the old one

    def _one_database(self, workspace: Workspace) -> None:
        others = {a.settings.database for a in self._apps.values()}
        if others and workspace.settings.database not in others:
            raise DigestError(
                "its database is another one than that of the workspaces before it"
            )

    def __iter__(self) -> Iterator[tuple[str, App]]:
        return iter(list(self._apps.items()))

    def any(self) -> App:
        """Return one of the workspaces, for what they share."""
        return next(iter(self._apps.values()))

    def app(self, name: str) -> App:
        """Return a workspace. Raises Elsewhere if it is not here."""
        if name not in self._apps:
            raise Elsewhere(f"there is no workspace {name!r} in {self._folder}")
        return self._apps[name]

    def close(self) -> None:
        """Give every connection back."""
        for _, app in self:
            app.__exit__(None, None, None)


class Work:
    """What jobs do."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._stack = ExitStack()
        self.pool = self._stack.enter_context(Processors(at_once=True))
        self.is_stopping: Callable[[], bool] = lambda: False
        self._not_before = defaultdict[str, float](
            float
        )  #: spares a question to the database

    def close(self) -> None:
        """End the processes that read."""
        self._stack.close()

    def tasks(self) -> Mapping[str, Callable[..., None]]:
        """Return the tasks by name."""
        press = (self.collect, self.judge, self.draft)
        mail = (self.begin, self.send, self.notices)
        upkeep = (self.reconcile, self.bounces, self.prune)
        return {task.__name__: task for task in (*press, *mail, *upkeep)}

    # Press

    def collect(self, lot: int, workspaces: Sequence[str]) -> None:
        """Poll what is due of a lot of hosts and read its pages, for those who wait for some."""
        apps = [app for name, app in self._office if name in workspaces]
        if not apps:
            return
        with (
            politest([a.settings for a in apps]) as fetch,
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):

            def one(app: App) -> bool:
                try:
                    report = app.watch.collect_some(
                        fetch, self.pool, lambda u: lot_of(u) == lot
                    )
                except Busy:
                    return False  # somebody collects by hand
                except DigestError as e:  # the others' news is not to wait for it
                    self.note(app.settings.workspace, "collect", e)
                    return False
                return any(t.new or t.read for t in report.values())

            news = [
                app for app, new in zip(apps, pool.map(one, apps), strict=True) if new
            ]
        for app in news:
            app.jobs.submit_now(
                [Job("judge", _of(app), once=f"judge {app.settings.workspace}")]
            )
        time.sleep(
            max(a.settings.collect.spacing for a in apps)
        )  # the next may ask these hosts

    def judge(self, workspace: str) -> None:
        """Read what came by the rules, and fill open drafts with it."""
        self._office.app(workspace).judge()

    def draft(self, workspace: str) -> None:
        """Propose the next edition, if there is none yet."""
        self._office.app(workspace).draft_if_new()

    # Mail

    def begin(self, workspace: str, day: str) -> None:
        """Freeze an edition's audience, or settle what was left of it, and put its lanes in."""
        app = self._office.app(workspace)
        app.begin(date.fromisoformat(day))

    def send(self, workspace: str, day: str, lane: int) -> None:
        """Hand over on one lane for a while; if more is left, that is another job."""
        app = self._office.app(workspace)
        until = time.monotonic() + SLICE

        def stop() -> bool:
            return time.monotonic() >= until or self.is_stopping()

        if app.dispatch.go_on(date.fromisoformat(day), lane, stop):
            app.jobs.submit_now([app.dispatch.lane_job(date.fromisoformat(day), lane)])

    def reconcile(self, workspace: str, day: str) -> None:
        """Take back what is uncertain and can be, and ask the provider for the rest."""
        self._office.app(workspace).dispatch.settle(date.fromisoformat(day))

    def bounces(self, workspace: str) -> None:
        """Read the mailbox of returned mail. Raises DigestError if it cannot be read."""
        tally = self._office.app(workspace).returned_mail.read_mailbox()
        if tally.problem:
            raise DigestError(tally.problem)

    def notices(self, workspace: str) -> None:
        """Hand over the confirmations and welcomes that wait, and are due."""
        self._office.app(workspace).joining.mail_waiting()

    # House

    def prune(self, workspace: str) -> None:
        """Forget what is older than the settings say."""
        self._office.app(workspace).house.prune()

    def due_by_turns(self) -> list[Job]:
        """Return what is due, or nothing if another worker has just looked."""
        return self.due() if self._is_time("due", DUE_SECONDS) else []

    def due(self) -> list[Job]:
        """Return what is to be done now, in all workspaces."""
        self._office.look()
        waiting: defaultdict[int, list[str]] = defaultdict(list)
        jobs: list[Job] = []
        for name, app in self._office:
            try:
                for lot in {lot_of(u) for u in app.watch.waiting()}:
                    waiting[lot].append(name)
                jobs += self._due_of(name, app)
                if app.joining.has_mail_due():
                    once = f"notices {name}"
                    jobs.append(
                        Job("notices", _of(app), "mail", priority=20, once=once)
                    )
            except DigestError as e:
                log.error(
                    "%s: what is due cannot be looked up: %s", name or "workspace", e
                )
        return jobs + [
            Job(
                "collect", {"lot": lot, "workspaces": names}, "press", once=f"lot {lot}"
            )
            for lot, names in sorted(waiting.items())
        ]

    def note(self, workspace: str, task: str, error: BaseException) -> None:
        """Remember what went wrong, for who looks after it."""
        if isinstance(error, DigestError):
            said = str(error)
        else:
            said = f"{type(error).__name__}: {error}"
        self._office.any().store.failures.note(workspace, task, said, now())

    def _due_of(self, name: str, app: App) -> Iterable[Job]:
        for day in app.dispatch.due():
            if app.jobs.waits(
                app.dispatch.lanes_of(day)
            ) or not app.store.editions.approval(day):
                continue
            if app.plan(day).approved:
                args = _of(app) | {"day": day.isoformat()}
                yield Job("begin", args, priority=50, once=f"begin {name} {day}")
        if app.house.wants_draft():
            yield Job("draft", _of(app), priority=5, once=f"draft {name}")
        for day in app.dispatch.unsure():
            if self._is_time(f"reconcile {name} {day}", HOUR):
                args = _of(app) | {"day": day.isoformat()}
                yield Job("reconcile", args, once=f"reconcile {name} {day}")
        yield from self._upkeep(name, app)

    def _upkeep(self, name: str, app: App) -> Iterable[Job]:
        """Yield what is done by the clock, whatever editions there are."""
        if app.returned_mail.has_mailbox and self._is_time(f"bounces {name}", HOUR):
            yield Job("bounces", _of(app), once=f"bounces {name}")
        if self._is_time(f"prune {name}", DAY):
            yield Job("prune", _of(app), priority=-10, once=f"prune {name}")

    def _is_time(self, what: str, every: float) -> bool:
        """Say whether no worker has had its turn at something for so many seconds."""
        if time.monotonic() < self._not_before[what]:
            return False
        try:
            self._office.any().store.rates.shared(what, 60 / every, patient=1).wait(1)
        except NotYet as e:
            self._not_before[what] = time.monotonic() + e.wait
            return False
        self._not_before[what] = time.monotonic() + every
        return True


def _of(app: App) -> dict[str, Any]:
    return {"workspace": app.settings.workspace}


def run(
    folder: Path, queues: Sequence[str], told: Callable[[Worker], None], *, idle: bool
) -> None:
    """Work on jobs of the workspaces in a folder; `told` is given what can stop it.

    Raises SettingsError. With `idle`, return when nothing is left to do now.
    """
    office = Office(folder)
    work = Work(office)
    try:
        office.any().house.prepare_workers()

        def failed(task: str, args: Mapping[str, Any], error: BaseException) -> None:
            work.note(str(args.get("workspace", "")), task, error)

        worker = Worker(office.database, work.tasks(), failed, work.due_by_turns)
        work.is_stopping = worker.is_stopping
        told(worker)
        worker.run(queues, idle=idle)
    finally:
        work.close()
        office.close()

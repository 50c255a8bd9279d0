"""Jobs on the same PostgreSQL, by Procrastinate. Its only user.

The engine says "go on with this" and nothing more; our own ledger decides what that means, so a
job may run twice, late, or after another engine has taken this one's place.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate import exceptions as refusals
from procrastinate.jobs import Job as Stored
from procrastinate.retry import BaseRetryStrategy

from digest.errors import (
    Busy,
    DigestError,
    Elsewhere,
    NotYet,
    SenderRefused,
    StoreDown,
    TransportDown,
)
from digest.infra.tracing import span
from digest.model import QUEUES, Job

#: Slots of one worker process, by queue: mail never waits behind ten thousand feeds.
SLOTS = dict(zip(QUEUES, (8, 2, 4), strict=True))
#: Seconds: a worker says that it lives; is given up; and how often we look for such.
HEARTBEAT = 5.0
DEAD = 20.0
LOOK = 5.0
DUE = 15.0  #: seconds between two looks at what is due
AGAIN = 5.0  #: seconds until a job is tried again that had to make way, or lost the database
REFUSED = 60.0  #: seconds until a provider is tried again that took nothing
PATIENCE = 50  #: tries of one job before a person must look
NAME = "digest worker"

log = logging.getLogger("digest")


def conninfo(url: str) -> str:
    """Return what libpq calls the database of a `database` setting."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


class Jobs:
    """The queue, as those see it who put something into it."""

    def __init__(self, url: str) -> None:
        self._url = conninfo(url)
        self._app = App(connector=SyncPsycopgConnector())

    def prepare(self) -> None:
        """Make the engine's tables where they are missing."""
        with _connected(self._url) as c:
            c.execute("SELECT pg_advisory_xact_lock(hashtext('digest prepares jobs'))")
            if not _there(c):
                c.execute(self._app.schema_manager.get_schema())

    def submit(self, connection: Any, jobs: Iterable[Job]) -> int:
        """Put jobs into the queue within a driver's transaction; return how many are new.

        One that waits there already, by its lock, is not put there twice.
        """
        return sum(self._submit(connection, job) for job in jobs)

    def submit_now(self, jobs: Iterable[Job]) -> int:
        """Put jobs into the queue, in a transaction of their own."""
        with _connected(self._url) as c:
            c.execute("SELECT 1")  # a transaction, so that each job has a savepoint
            return self.submit(c, jobs)

    def _submit(self, connection: Any, job: Job) -> bool:
        options: dict[str, Any] = {"queue": job.queue, "priority": job.priority}
        if job.once:
            options |= {"queueing_lock": job.once, "lock": job.once}
        try:
            with connection.transaction():
                task = self._app.configure_task(
                    job.task, allow_unknown=True, connection=connection, **options
                )
                task.defer(**job.args)
        except refusals.AlreadyEnqueued:
            return False
        return True

    def waits(self, once: str) -> bool:
        """Say whether a job waits or runs whose lock begins so."""
        asked = (
            "SELECT EXISTS (SELECT FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing') AND starts_with(lock, %s))"
        )
        with _connected(self._url) as c:
            row = c.execute(asked, (once,)).fetchone()
        return bool(row and row[0])

    def workers(self) -> list[str]:
        """Return the workers that are connected, each with its machine, process and queues."""
        asked = (
            "SELECT DISTINCT application_name FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE %s ORDER BY 1"
        )
        with _connected(self._url) as c:
            return [
                row[0].removeprefix(NAME).strip()
                for row in c.execute(asked, (f"{NAME} %",))
            ]

    def queues(self) -> list[dict[str, Any]]:
        """Return each queue: jobs that wait, run, failed; seconds that the oldest has waited."""
        with _connected(self._url) as c:
            if _there(c):
                found = c.execute(COUNTED).fetchall()
            else:
                found = []
        names = ("queue", "waiting", "later", "running", "failed", "lag")
        return [dict(zip(names, row, strict=True)) for row in found]


COUNTED = """\
WITH job AS (
    SELECT j.*, coalesce(j.scheduled_at, (
        SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id
    )) AS since FROM procrastinate_jobs j
)
SELECT queue_name,
    count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()),
    count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()),
    count(*) FILTER (WHERE status = 'doing'),
    count(*) FILTER (WHERE status = 'failed'),
    coalesce(extract(epoch FROM now() - min(since) FILTER (
        WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()
    )), 0)::float
FROM job GROUP BY 1 ORDER BY 1
"""


@contextmanager
def _connected(url: str) -> "Iterator[psycopg.Connection[Any]]":
    """Connect for one transaction. Raises StoreDown."""
    try:
        with psycopg.connect(url) as c:
            yield c
    except psycopg.OperationalError as e:
        raise StoreDown.unreached(e) from e


def _there(c: "psycopg.Connection[Any]") -> bool:
    row = c.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL").fetchone()
    return bool(row and row[0])


def _in(seconds: float) -> RetryDecision:
    return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=seconds))


class _Patience(BaseRetryStrategy):
    """When a job that failed is tried again."""

    def get_retry_decision(
        self, *, exception: BaseException, job: Stored
    ) -> RetryDecision | None:
        """Give what may pass by itself another try; the rest is for a person."""
        if isinstance(exception, NotYet):
            return _in(max(exception.wait, 0.2))
        if isinstance(exception, Busy | StoreDown):
            return _in(AGAIN)
        if isinstance(exception, SenderRefused):
            return None  # what is left is put in again after a while, once, and not by every lane
        if isinstance(exception, TransportDown) and job.attempts < PATIENCE:
            return _in(REFUSED)
        if isinstance(exception, Elsewhere) and job.attempts < PATIENCE:
            return _in(AGAIN)
        return None


class Worker:
    """A process that works on jobs until it is told to stop."""

    def __init__(
        self,
        url: str,
        tasks: Mapping[str, Callable[..., None]],
        failed: Callable[[str, Mapping[str, Any], BaseException], None],
        every: Callable[[], Iterable[Job]],
    ) -> None:
        """`failed` is told of jobs that a person must look after; `every` gives what is due."""
        self._url = url
        self._tasks = tasks
        self._failed = failed
        self._every = every
        self._jobs = Jobs(url)
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Begin nothing more; `run` returns when what is in hand is done."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopping.set)

    def is_stopping(self) -> bool:
        """Say whether jobs are to come to an end."""
        return self._stopping.is_set()

    def run(self, queues: Sequence[str], *, idle: bool = False) -> None:
        """Work on these queues; with `idle`, only until they are empty."""
        asyncio.run(self._run(queues, idle=idle))

    async def _run(self, queues: Sequence[str], *, idle: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(sum(SLOTS.values()) + 4))
        while not self._stopping.is_set():
            try:
                await self._connected(queues, idle=idle)
            except Exception as e:  # the database went away: it is waited for
                log.warning("the database cannot be reached (%s); trying again", e)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), AGAIN)
            if idle:
                break

    async def _connected(self, queues: Sequence[str], *, idle: bool) -> None:
        name = f"{NAME} {socket.gethostname()[:20]}:{os.getpid()} {','.join(queues)}"[
            :63
        ]
        connector = PsycopgConnector(
            conninfo=conninfo(self._url), kwargs={"application_name": name}, min_size=1
        )
        app = App(connector=connector)
        for task, work in self._tasks.items():
            app.task(name=task, retry=_Patience(), pass_context=True)(
                self._told(task, work)
            )
        async with app.open_async():
            working = [
                asyncio.create_task(self._work(app, q, idle=idle)) for q in queues
            ]
            if idle:
                sides = []
            else:
                sides = [
                    asyncio.create_task(self._keep_house(app, queues)),
                    asyncio.create_task(self._stopping.wait()),
                ]
            if idle:
                how = asyncio.ALL_COMPLETED
            else:
                how = asyncio.FIRST_COMPLETED
            try:
                await asyncio.wait([*working, *sides], return_when=how)
            finally:
                for one in (*sides, *working):
                    one.cancel()  # a worker that is cancelled first ends what it has in hand
                ended = await asyncio.gather(*working, *sides, return_exceptions=True)
            for end in ended:
                if isinstance(end, Exception):
                    raise end

    async def _work(self, app: App, queue: str, *, idle: bool) -> None:
        await app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=SLOTS[queue],
            wait=not idle,
            delete_jobs="successful",
            install_signal_handlers=False,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD,
        )

    def _told(self, task: str, work: Callable[..., None]) -> Callable[..., None]:
        """Return the work of a task, telling of what goes wrong for good."""

        def run(context: Any, **args: Any) -> None:
            try:
                with span(task, args):
                    work(**args)
            except BaseException as e:
                if not _Patience().get_retry_decision(exception=e, job=context.job):
                    self._failed(task, args, e)
                raise

        return run

    async def _keep_house(self, app: App, queues: Sequence[str]) -> None:
        """Let a dead worker's jobs run again, and put in what is due.

        No job of its own: it would be lost with a dead worker as any other
        (procrastinate-org/procrastinate#1408).
        """
        asked = 0.0
        while True:
            for job in await app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=DEAD
            ):
                log.warning("a worker died over %s; it runs again", job.task_name)
                await app.job_manager.retry_job(job)
            if "office" in queues and time.monotonic() - asked > DUE:
                asked = time.monotonic()
                await asyncio.get_running_loop().run_in_executor(None, self._put_due)
            await asyncio.sleep(LOOK)

    def _put_due(self) -> None:
        try:
            self._jobs.submit_now(self._every())
        except DigestError as e:
            log.warning("what is due could not be looked up: %s", e)

"""Job queue: jobs in the installation's own PostgreSQL, run by Procrastinate (its only user).

A job says "continue with this" and nothing more; the tables of editions, deliveries and feeds
decide what is left to do. So a job may run twice, late, or on another worker than the one that
began it.
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
from procrastinate import App as QueueApp
from procrastinate import PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job as StoredJob
from procrastinate.retry import BaseRetryStrategy

from digest.errors import (
    Busy,
    DigestError,
    NotOnThisWorker,
    NotYet,
    SenderRefused,
    StoreDown,
    TransportDown,
)
from digest.infra.tracing import start_span
from digest.model import Job

#: How many jobs of each queue one worker process runs at a time: mail never waits behind ten
#: thousand feeds.
JOBS_AT_ONCE = {"mail": 8, "office": 2, "press": 4}
#: Threads beside those of jobs: looking up what is due, and Procrastinate's own.
SPARE_THREADS = 4
HEARTBEAT_SECONDS = 5.0  #: between two signs of life of a worker
DEAD_AFTER_SECONDS = 20.0  #: without a sign of life
CHECK_SECONDS = 5.0  #: between two looks for dead workers
DUE_SECONDS = 15.0  #: between two looks at what is due
MIN_RETRY_SECONDS = 0.2
RETRY_SECONDS = 5.0  #: after a job was postponed, or lost the database
PROVIDER_RETRY_SECONDS = 60.0  #: after a provider took nothing
MAX_ATTEMPTS = 50  #: of one job, before a person must act
#: Beginning of the name of a worker's database connection.
CONNECTION_NAME = "digest worker"
MAX_CONNECTION_NAME = 63  #: characters (PostgreSQL: NAMEDATALEN - 1)

JOB_EXISTS = """\
SELECT EXISTS (SELECT FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND starts_with(lock, %s))
"""
CONNECTED_WORKERS = """\
SELECT DISTINCT application_name FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE %s ORDER BY 1
"""
QUEUE_FIGURES = """\
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
FIGURE_NAMES = ("queue", "waiting", "later", "running", "failed", "lag")

log = logging.getLogger("digest")


def libpq_url(url: str) -> str:
    """Return libpq's address of a database, from the setting `database`."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


class JobQueue:
    """The queue from outside: add jobs, ask how many wait and which workers are connected."""

    def __init__(self, url: str) -> None:
        self._url = libpq_url(url)
        self._app = QueueApp(connector=SyncPsycopgConnector())

    def create_tables(self) -> None:
        """Create Procrastinate's tables if they are missing."""
        with _connect(self._url) as connection:
            # two workers may start at the same time
            connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext('digest prepares jobs'))"
            )
            if not _has_tables(connection):
                connection.execute(self._app.schema_manager.get_schema())

    def add_jobs_in_transaction(
        self, connection: Any, jobs: Iterable[Job]
    ) -> int:
        """Add jobs within the transaction of a psycopg connection; return how many are new.

        A job with a lock (`once`) is not added while another with the same lock waits.
        """
        return sum(self._add_job(connection, job) for job in jobs)

    def add_jobs(self, jobs: Iterable[Job]) -> int:
        """Add jobs in a transaction of their own; return how many are new."""
        with _connect(self._url) as connection:
            # begins the transaction, so that each job has a savepoint within it
            connection.execute("SELECT 1")
            return self.add_jobs_in_transaction(connection, jobs)

    def _add_job(self, connection: Any, job: Job) -> bool:
        options: dict[str, Any] = {"queue": job.queue, "priority": job.priority}
        if job.once:
            options["queueing_lock"] = job.once
            options["lock"] = job.once
        try:
            with connection.transaction():
                task = self._app.configure_task(
                    job.task,
                    allow_unknown=True,
                    connection=connection,
                    **options,
                )
                task.defer(**job.args)
        except AlreadyEnqueued:
            return False
        return True

    def has_unfinished_job(self, once: str) -> bool:
        """Return True if a job waits or runs whose lock begins with this text."""
        with _connect(self._url) as connection:
            row = connection.execute(JOB_EXISTS, (once,)).fetchone()
        return bool(row and row[0])

    def connected_workers(self) -> list[str]:
        """Return the connected workers, each as "machine:process queue,queue"."""
        pattern = f"{CONNECTION_NAME} %"
        with _connect(self._url) as connection:
            rows = connection.execute(CONNECTED_WORKERS, (pattern,)).fetchall()
        return [row[0].removeprefix(CONNECTION_NAME).strip() for row in rows]

    def queue_figures(self) -> list[dict[str, Any]]:
        """Return each queue's jobs by state, and the seconds that its oldest job has waited."""
        with _connect(self._url) as connection:
            if not _has_tables(connection):
                return []
            rows = connection.execute(QUEUE_FIGURES).fetchall()
        return [dict(zip(FIGURE_NAMES, row, strict=True)) for row in rows]


@contextmanager
def _connect(url: str) -> "Iterator[psycopg.Connection[Any]]":
    """Connect for one transaction. Raises StoreDown."""
    try:
        with psycopg.connect(url) as connection:
            yield connection
    except psycopg.OperationalError as error:
        raise StoreDown.for_unreached_server(error) from error


def _has_tables(connection: "psycopg.Connection[Any]") -> bool:
    query = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL"
    row = connection.execute(query).fetchone()
    return bool(row and row[0])


class _RetryStrategy(BaseRetryStrategy):
    """Decides by its error whether a failed job is tried again, and when."""

    def get_retry_decision(
        self, *, exception: BaseException, job: StoredJob
    ) -> RetryDecision | None:
        """Return when to try again; None leaves the job as failed, for a person."""
        seconds = _seconds_until_retry(exception, job.attempts)
        if seconds is None:
            return None
        return RetryDecision(
            retry_at=datetime.now(UTC) + timedelta(seconds=seconds)
        )


def _seconds_until_retry(error: BaseException, attempts: int) -> float | None:
    """Return the seconds to wait where an error may pass by itself, else None."""
    match error:
        case NotYet():
            return max(error.wait, MIN_RETRY_SECONDS)
        case Busy() | StoreDown():
            return RETRY_SECONDS
        case SenderRefused():
            # the rest of the edition is sent again after a pause, once, not by every lane
            return None
        case TransportDown() if attempts < MAX_ATTEMPTS:
            return PROVIDER_RETRY_SECONDS
        case NotOnThisWorker() if attempts < MAX_ATTEMPTS:
            return RETRY_SECONDS
    return None


class Worker:
    """A process that runs jobs until `stop` is called."""

    def __init__(
        self,
        url: str,
        tasks: Mapping[str, Callable[..., None]],
        report_failure: Callable[[str, Mapping[str, Any], BaseException], None],
        find_due_jobs: Callable[[], Iterable[Job]],
    ) -> None:
        """Run jobs of the database at `url` by the functions in `tasks`.

        `report_failure` is called with task, arguments and error of each job that is not tried
        again; `find_due_jobs` returns the jobs that are to be added now.
        """
        self._url = url
        self._tasks = tasks
        self._report_failure = report_failure
        self._find_due_jobs = find_due_jobs
        self._jobs = JobQueue(url)
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop_soon(self) -> None:
        """Begin no more jobs; `run` returns when those that run have ended."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopping.set)

    def is_stopping(self) -> bool:
        """Return True if running jobs should end soon."""
        return self._stopping.is_set()

    def run_jobs(self, queues: Sequence[str], *, idle: bool = False) -> None:
        """Run the jobs of these queues; with `idle`, only until the queues are empty."""
        asyncio.run(self._run_until_stopped(queues, idle=idle))

    async def _run_until_stopped(
        self, queues: Sequence[str], *, idle: bool
    ) -> None:
        self._loop = asyncio.get_running_loop()
        threads = ThreadPoolExecutor(sum(JOBS_AT_ONCE.values()) + SPARE_THREADS)
        self._loop.set_default_executor(threads)
        while not self._stopping.is_set():
            try:
                await self._run_while_connected(queues, idle=idle)
            except Exception as error:  # the database went away: wait for it
                log.warning(
                    "the database cannot be reached (%s); trying again", error
                )
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), RETRY_SECONDS)
            if idle:
                break

    async def _run_while_connected(
        self, queues: Sequence[str], *, idle: bool
    ) -> None:
        """Run jobs until `stop` is called; raise if a connection breaks."""
        app = self._make_queue_app(queues)
        async with app.open_async():
            queue_tasks = [
                asyncio.create_task(self._run_queue(app, queue, idle=idle))
                for queue in queues
            ]
            if idle:
                side_tasks = []
                return_when = asyncio.ALL_COMPLETED
            else:
                side_tasks = [
                    asyncio.create_task(self._watch_over_jobs(app, queues)),
                    asyncio.create_task(self._wait_for_stop()),
                ]
                return_when = asyncio.FIRST_COMPLETED
            try:
                await asyncio.wait(
                    [*queue_tasks, *side_tasks], return_when=return_when
                )
            finally:
                # a queue's task that is cancelled first ends the jobs that it runs
                for task in (*side_tasks, *queue_tasks):
                    task.cancel()
                results = await asyncio.gather(
                    *queue_tasks, *side_tasks, return_exceptions=True
                )
            for result in results:
                if isinstance(result, Exception):
                    raise result

    def _make_queue_app(self, queues: Sequence[str]) -> QueueApp:
        """Return Procrastinate's application, which knows each task by its name."""
        process = f"{socket.gethostname()[:20]}:{os.getpid()}"
        connection_name = f"{CONNECTION_NAME} {process} {','.join(queues)}"
        connector = PsycopgConnector(
            conninfo=libpq_url(self._url),
            kwargs={"application_name": connection_name[:MAX_CONNECTION_NAME]},
            min_size=1,
        )
        app = QueueApp(connector=connector)
        for name, function in self._tasks.items():
            register = app.task(
                name=name, retry=_RetryStrategy(), pass_context=True
            )
            register(self._with_report(name, function))
        return app

    async def _run_queue(
        self, app: QueueApp, queue: str, *, idle: bool
    ) -> None:
        await app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=JOBS_AT_ONCE[queue],
            wait=not idle,
            delete_jobs="successful",
            install_signal_handlers=False,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
        )

    async def _wait_for_stop(self) -> None:
        await self._stopping.wait()

    def _with_report(
        self, name: str, function: Callable[..., None]
    ) -> Callable[..., None]:
        """Return a task's function that reports the errors after which it is not tried again."""

        def run_task(context: Any, **args: Any) -> None:
            try:
                with start_span(name, args):
                    function(**args)
            except BaseException as error:
                if _seconds_until_retry(error, context.job.attempts) is None:
                    self._report_failure(name, args, error)
                raise

        return run_task

    async def _watch_over_jobs(
        self, app: QueueApp, queues: Sequence[str]
    ) -> None:
        """Retry the jobs of dead workers, and add what is due, until cancelled.

        It is not a job itself: that would be lost with a dead worker as any other
        (procrastinate-org/procrastinate#1408).
        """
        looked_at = 0.0
        while True:
            await _retry_jobs_of_dead_workers(app)
            is_time = time.monotonic() - looked_at > DUE_SECONDS
            if "office" in queues and is_time:
                looked_at = time.monotonic()
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(None, self._add_due_jobs)
            await asyncio.sleep(CHECK_SECONDS)

    def _add_due_jobs(self) -> None:
        try:
            self._jobs.add_jobs(self._find_due_jobs())
        except DigestError as error:
            log.warning("could not look up what is due: %s", error)


async def _retry_jobs_of_dead_workers(app: QueueApp) -> None:
    stalled = await app.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=DEAD_AFTER_SECONDS
    )
    for job in stalled:
        log.warning(
            "a worker died while running %s; the job runs again", job.task_name
        )
        await app.job_manager.retry_job(job)

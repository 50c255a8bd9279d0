"""Process pool: runs work that is all processor on every processor."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import connection, get_context, parent_process
from typing import Any, TypeVar

from digest.errors import DigestError

J = TypeVar("J")  # a job
R = TypeVar("R")  # its result

#: Jobs that are done in this process before others are started: one takes about half a second
#: to start, a page or a score of feeds 30 ms to read.
MIN_JOBS = 40
MAX_PROCESSES = 8
#: Jobs that a process may have waiting, so that it never has none.
JOBS_AHEAD = 48


class Processors:
    """A Pool that starts processes once there is enough to do. Use it in a `with`."""

    def __init__(self, *, at_once: bool = False) -> None:
        """With `at_once`, nothing is done here: this is no process's main thread."""
        self._size = min(os.cpu_count() or 1, MAX_PROCESSES)
        self._jobs_left_here = 0 if at_once else MIN_JOBS
        self._is_alone = self._size == 1 and not at_once
        self._shared_lock = threading.Lock()
        self._single_lock = threading.Lock()
        self._shared: ProcessPoolExecutor | None = None
        #: one process, for jobs that may have ended theirs
        self._single: ProcessPoolExecutor | None = None
        self.ahead = self._size * JOBS_AHEAD

    def __enter__(self) -> "Processors":
        return self

    def __exit__(self, *_: object) -> None:
        for executor in (self._shared, self._single):
            if executor:
                executor.shutdown(cancel_futures=True)

    def __call__(
        self,
        work: Callable[[J], R],
        job: J,
        failed: Callable[[J, DigestError], R],
    ) -> Callable[[], R]:
        """Start a job in a process that is free; the first few are done here when asked for."""
        self._jobs_left_here -= 1
        if self._jobs_left_here >= 0 or self._is_alone:
            return partial(work, job)
        future = self._submit_job(work, job)
        return partial(self._wait_for, future, work, job, failed)

    def _submit_job(self, work: Callable[[J], R], job: J) -> Future[R]:
        with self._shared_lock:
            self._shared = self._shared or _start_processes(self._size)
            try:
                return self._shared.submit(work, job)
            except BrokenExecutor:
                self._shared = _start_processes(self._size)
                return self._shared.submit(work, job)

    def _wait_for(
        self,
        future: Future[R],
        work: Callable[[J], R],
        job: J,
        failed: Callable[[J, DigestError], R],
    ) -> R:
        """Return a job's result. Where some job ended its process, each lost one is done alone."""
        try:
            return future.result()
        except BrokenExecutor:
            pass
        with self._single_lock:
            self._single = self._single or _start_processes(1)
            try:
                return self._single.submit(work, job).result()
            except BrokenExecutor:
                self._single = None
                return failed(
                    job,
                    DigestError("reading it ended the process that read it"),
                )


def _start_processes(count: int) -> ProcessPoolExecutor:
    # spawn: a fork would copy the fetcher's thread in whatever state it is
    executor = ProcessPoolExecutor(
        count, get_context("spawn"), initializer=_prepare_process
    )
    # All start at once: one that submit() starts later can come while the executor counts its
    # processes after a crash, and Python 3.11 then ends its own thread with a traceback.
    for _ in range(count):
        executor.submit(int)
    return executor


def _prepare_process() -> None:
    """Ignore Ctrl-C, which the parent handles, and end when the parent has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent: Any = parent_process()

    def end_with_parent() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()

"""Runs work that is all processor on every processor."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import connection, get_context, parent_process
from typing import Any, TypeVar

from digest.errors import DigestError

J = TypeVar("J")
R = TypeVar("R")

#: A process takes about half a second to start, a page or a score of feeds 30 ms to read.
WORTH_IT = 40
MOST = 8
AHEAD = 48  # jobs a process may have waiting, so that it never has none


class Processors:
    """A Pool that starts processes once there is enough to do. Use it in a `with`."""

    def __init__(self, *, at_once: bool = False) -> None:
        """With `at_once`, nothing is done here: this is no process's main thread."""
        self._size = min(os.cpu_count() or 1, MOST)
        if at_once:
            self._left = 0
        else:
            self._left = WORTH_IT
        self._here = self._size == 1 and not at_once
        self._starting = threading.Lock()
        self._alone = threading.Lock()
        self._many: ProcessPoolExecutor | None = None
        #: for what may have ended its process
        self._one: ProcessPoolExecutor | None = None
        self.ahead = self._size * AHEAD

    def __enter__(self) -> "Processors":
        return self

    def __exit__(self, *_: object) -> None:
        for processes in (self._many, self._one):
            if processes:
                processes.shutdown(cancel_futures=True)

    def __call__(
        self, work: Callable[[J], R], job: J, failed: Callable[[J, DigestError], R]
    ) -> Callable[[], R]:
        """Start a job in a process that is free; the first few are done here when asked for."""
        self._left -= 1
        if self._left >= 0 or self._here:
            return partial(work, job)
        return partial(self._result, self._submit(work, job), work, job, failed)

    def _submit(self, work: Callable[[J], R], job: J) -> Future[R]:
        with self._starting:
            self._many = self._many or _processes(self._size)
            try:
                return self._many.submit(work, job)
            except BrokenExecutor:
                self._many = _processes(self._size)
                return self._many.submit(work, job)

    def _result(
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
        with self._alone:
            self._one = self._one or _processes(1)
            try:
                return self._one.submit(work, job).result()
            except BrokenExecutor:
                self._one = None
                return failed(
                    job, DigestError("reading it ended the process that read it")
                )


def _processes(count: int) -> ProcessPoolExecutor:
    # spawn: a fork would copy the fetcher's thread in whatever state it is
    pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=_settle_in)
    # All start at once: one that submit() starts later can come while the executor counts its
    # processes after a crash, and Python 3.11 then ends its own thread with a traceback.
    for _ in range(count):
        pool.submit(int)
    return pool


def _settle_in() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent: Any = parent_process()

    def follow() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

"""Runs work that is all processor on every processor."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import connection, get_context, parent_process
from typing import Any, TypeVar

J = TypeVar("J")
R = TypeVar("R")

#: A process takes about half a second to start, a page or a score of feeds 30 ms to read.
WORTH_IT = 40
MOST = 8
AHEAD = 16  # jobs a process may have waiting, so that it never has none


class Processors:
    """A Pool that starts processes once there is enough to do. Use it in a `with`."""

    def __init__(self) -> None:
        self._size = min(os.cpu_count() or 1, MOST)
        self._left = WORTH_IT
        self._processes: ProcessPoolExecutor | None = None
        self.ahead = self._size * AHEAD

    def __enter__(self) -> "Processors":
        return self

    def __exit__(self, *_: object) -> None:
        if self._processes:
            self._processes.shutdown(cancel_futures=True)

    def __call__(self, work: Callable[[J], R], job: J) -> Callable[[], R]:
        """Start a job in a process that is free; the first few are done here when asked for."""
        self._left -= 1
        if self._left >= 0 or self._size == 1:
            return partial(work, job)
        if not self._processes:
            # spawn: a fork would copy the fetcher's thread in whatever state it is
            self._processes = ProcessPoolExecutor(
                self._size, get_context("spawn"), initializer=_settle_in
            )
        return self._processes.submit(work, job).result


def _settle_in() -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent: Any = parent_process()

    def follow() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

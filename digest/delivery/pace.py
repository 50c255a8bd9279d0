"""Pace: keeps the messages of one process under a rate. The store has one that workers share."""

import time
from collections.abc import Callable
from threading import Lock

SECONDS_PER_MINUTE = 60


class Pace:
    """Keeps messages under a number a minute; threads may share one."""

    def __init__(
        self,
        per_minute: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` and `sleep` count in seconds."""
        self._seconds_per_message = SECONDS_PER_MINUTE / per_minute
        self._clock = clock
        self._sleep = sleep
        self._free_at = clock()
        self._lock = Lock()

    def wait(self, messages: int) -> None:
        """Sleep until that many more messages may be sent."""
        with self._lock:
            now = self._clock()
            start = max(self._free_at, now)
            self._free_at = start + self._seconds_per_message * messages
        if start > now:
            self._sleep(start - now)

    def is_free(self) -> bool:
        """Return whether the next message need not wait."""
        return self._free_at <= self._clock()

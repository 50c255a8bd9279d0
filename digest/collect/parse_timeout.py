"""Time limit of parsing: an end to reading what was made to be slow to read."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from digest.errors import DigestError

#: The slowest of 2,200 real pages takes two, the slowest real feed less.
TIMEOUT_SECONDS = 20.0


class TooSlow(BaseException):
    """The time is up. Not an Exception, so that no library handles it as its own failure."""


@contextmanager
def limit_parse_time(
    failure: type[DigestError], seconds: float = TIMEOUT_SECONDS
) -> Iterator[None]:
    """Raise this failure if what is done here takes too long.

    By SIGALRM, so it works in a process's main thread, on systems that have that signal; elsewhere
    there is no end but the work's own.
    """
    is_main_thread = threading.current_thread() is threading.main_thread()
    if not is_main_thread or not hasattr(signal, "setitimer"):
        yield
        return
    previous_handler = signal.signal(signal.SIGALRM, _raise_too_slow)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except TooSlow:
        raise failure(
            f"given up after {seconds:g} s of reading; the document takes too long to parse"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous_handler)


def _raise_too_slow(_number: int, _frame: object) -> None:
    raise TooSlow

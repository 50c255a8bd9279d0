"""Signals: let SIGTERM and a first Ctrl-C end a send after its current messages."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGTERM or a first Ctrl-C has come.

    The caller finishes its chunk then. A second Ctrl-C acts as it did before.
    """
    stop_asked = threading.Event()
    previous = {
        number: signal.getsignal(number)
        for number in (signal.SIGTERM, signal.SIGINT)
    }

    def note_signal(number: int, _frame: object) -> None:
        stop_asked.set()
        signal.signal(number, previous[signal.Signals(number)])

    for number in previous:
        signal.signal(number, note_signal)
    try:
        yield stop_asked.is_set
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)

"""Signals: let SIGTERM and a first Ctrl-C end a send after what is in hand."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Yield what says whether SIGTERM, or a first Ctrl-C, has come: what is in hand is finished."""
    asked = threading.Event()
    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}

    def ask(number: int, _frame: object) -> None:
        asked.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""One process at a time for work that two would spoil."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from digest.errors import Busy


@contextmanager
def alone(folder: Path, work: str) -> Iterator[None]:
    """Hold a working folder's lock for this work; it goes with the process, however that ends.

    Raises Busy at once if another process holds it.
    """
    try:
        with FileLock(folder / f".digest-{work}.lock", timeout=0):
            yield
    except Timeout:
        raise Busy(f"another `digest {work}` is running in this folder") from None

"""Work that two would spoil: one process at a time, on whichever machine it is."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zlib import crc32

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from digest.errors import Busy, StoreDown

#: The first of the two numbers that name a lock of ours, so that no other program's is meant.
OURS = 0x64696765
ALONE, AMONG = (
    text(f"SELECT pg_try_advisory_lock{how}(:ours, :name)") for how in ("", "_shared")
)


class Locks:
    """The locks of one workspace. They go with the process that holds them, however that ends."""

    def __init__(self, engine: Engine, folder: Path, workspace: str) -> None:
        self._engine = engine
        self._folder = folder
        self._workspace = workspace

    @contextmanager
    def alone(self, work: str, *, among: bool = False) -> Iterator[None]:
        """Hold the lock for some work; `among` others who say that too, else with nobody else.

        Raises Busy at once if that cannot be. In a folder with SQLite it is a file; on PostgreSQL
        an advisory lock, which all machines see (postgresql.org/docs: "Advisory Locks").
        """
        if self._engine.dialect.name == "postgresql":
            with self._advisory(work, among=among):
                yield
            return
        try:
            with FileLock(self._folder / f".digest-{work}.lock", timeout=0):
                yield
        except Timeout:
            raise Busy(f"another `digest {work}` is running in this folder") from None

    @contextmanager
    def _advisory(self, work: str, *, among: bool) -> Iterator[None]:
        """Hold a session's lock on a connection of its own."""
        name = crc32(f"{self._workspace}/{work}".encode()) - 2**31
        with self._engine.connect() as c:
            c.execution_options(isolation_level="AUTOCOMMIT")
            if not c.scalar(AMONG if among else ALONE, {"ours": OURS, "name": name}):
                raise Busy(
                    f"another `digest {work}` is running, here or on another machine"
                )
            try:
                yield
            finally:
                with suppress(StoreDown):  # then the lock is gone as well
                    c.execute(text("SELECT pg_advisory_unlock_all()"))

"""Locks: work that only one process may do at a time, on whichever machine it runs."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zlib import crc32

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text

from digest.errors import Busy, StoreDown
from digest.model import ROOT_NEWSLETTER

#: The first of the two numbers that name a lock of digest, so that no other program uses the same.
LOCK_CLASS = 0x64696765
TRY_EXCLUSIVE_LOCK = text("SELECT pg_try_advisory_lock(:lock_class, :name)")
TRY_SHARED_LOCK = text("SELECT pg_try_advisory_lock_shared(:lock_class, :name)")
UNLOCK_ALL = text("SELECT pg_advisory_unlock_all()")


class Locks:
    """The locks of one workspace. A lock ends with the process that holds it, however that ends."""

    def __init__(self, engine: Engine, folder: Path, workspace: str) -> None:
        self._engine = engine
        self._folder = folder
        self._workspace = workspace

    @contextmanager
    def hold_lock(
        self, work: str, newsletter: str = "", *, shared: bool = False
    ) -> Iterator[None]:
        """Hold the lock for some work alone, or `shared` with others who hold it so too.

        With `newsletter` it is that newsletter's own: two of them may do the work at one time. The
        lock of the root newsletter has the name that it had when there was one only.

        Raises Busy at once if that cannot be. In a folder with SQLite it is a file; on PostgreSQL
        an advisory lock, which all machines see (postgresql.org/docs: "Advisory Locks").
        """
        name = work
        described = f"`digest {work}`"
        if newsletter not in ("", ROOT_NEWSLETTER):
            name = f"{work}-{newsletter}"
            described = f"`digest {work}` of {newsletter}"
        if self._engine.dialect.name == "postgresql":
            with self._hold_advisory_lock(name, described, shared=shared):
                yield
            return
        try:
            with FileLock(self._folder / f".digest-{name}.lock", timeout=0):
                yield
        except Timeout:
            raise Busy(
                f"another {described} is running in this folder"
            ) from None

    @contextmanager
    def _hold_advisory_lock(
        self, lock_name: str, described: str, *, shared: bool
    ) -> Iterator[None]:
        """Hold a lock of a database session, on a connection of its own."""
        lock = TRY_EXCLUSIVE_LOCK
        if shared:
            lock = TRY_SHARED_LOCK
        name = crc32(f"{self._workspace}/{lock_name}".encode()) - 2**31
        with self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            parameters = {"lock_class": LOCK_CLASS, "name": name}
            if not connection.scalar(lock, parameters):
                raise Busy(
                    f"another {described} is running, here or on another machine"
                )
            try:
                yield
            finally:
                with suppress(StoreDown):  # then the lock has ended as well
                    connection.execute(UNLOCK_ALL)

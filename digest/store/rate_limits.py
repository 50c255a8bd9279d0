"""Rate limits of providers, which all workers of an installation share, and all sends of a folder."""

import hashlib
import time
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from filelock import FileLock
from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert

from digest.errors import NotYet
from digest.store.tables.shared import rate

#: The database's clock, since those of machines differ.
DATABASE_NOW = func.extract("epoch", func.clock_timestamp())
#: One question to the database is worth the turns of so many seconds, and at most so many turns.
BATCH_SECONDS = 0.5
MAX_BATCH = 1000
HASH_LENGTH = 16  #: characters of an account's hash in the name of its file
RATE_USED_UP = "the provider's rate is used up"


class RateLimits:
    """Turns at providers, shared by all workers of an installation.

    On PostgreSQL a table says when the next turn is, in a folder with SQLite a file.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def get_shared_pace(
        self, account: str, per_minute: float, patient: float
    ) -> "SharedPace":
        """Return the pace of an account (any text; its hash is stored).

        Its `wait` raises NotYet where it would take longer than `patient` seconds.
        """
        account_hash = hashlib.sha256(account.encode()).hexdigest()
        turns: Turns
        if self._engine.dialect.name == "postgresql":
            turns = TurnsInDatabase(self._engine, account_hash, patient)
        else:
            turns = TurnsInFile(self._folder, account_hash, patient)
        return SharedPace(turns, seconds_per_turn=60 / per_minute)


class Turns(Protocol):
    """What hands out an account's time, to whichever process asks."""

    def take_seconds(self, seconds: float) -> float:
        """Take the next seconds; return in how many they begin. Raises NotYet if not soon."""
        ...


class SharedPace:
    """A Paced that takes turns some at a time from what all processes share; threads may share it."""

    def __init__(self, turns: Turns, seconds_per_turn: float) -> None:
        self._source = turns
        self._seconds_per_turn = seconds_per_turn
        self._sleep = time.sleep
        self._lock = Lock()
        self._turns = 0  #: turns that were taken and not used
        #: when the next of those is, by this process's monotonic clock
        self._next_turn = 0.0

    def wait(self, messages: int) -> None:
        """Sleep until that many more messages may be sent. Raises NotYet."""
        with self._lock:
            if messages > self._turns:
                self._take_turns(max(messages, self._batch_size()))
            self._turns -= messages
            now = time.monotonic()
            pause = self._next_turn - now
            start = max(self._next_turn, now)
            self._next_turn = start + self._seconds_per_turn * messages
            if pause > 0:
                self._sleep(pause)

    def is_free(self) -> bool:
        """Return whether the next message need not wait."""
        return self._turns > 0 and self._next_turn <= time.monotonic()

    def _batch_size(self) -> int:
        """Return how many turns are worth one question to the database."""
        turns = int(BATCH_SECONDS / self._seconds_per_turn)
        return min(MAX_BATCH, max(1, turns))

    def _take_turns(self, turns: int) -> None:
        seconds = turns * self._seconds_per_turn
        seconds_until_first = self._source.take_seconds(seconds)
        self._turns = turns
        self._next_turn = time.monotonic() + seconds_until_first


class TurnsInDatabase:
    """The time of an account in the table of rates."""

    def __init__(self, engine: Engine, account: str, patient: float) -> None:
        self._engine = engine
        self._account = account
        self._patient = patient

    def take_seconds(self, seconds: float) -> float:
        """Take the next seconds; return in how many they begin. Raises NotYet."""
        take_seconds = _take_seconds(self._account, seconds, self._patient)
        next_free = select(DATABASE_NOW, rate.c.free_at).where(
            rate.c.account == self._account
        )
        with self._engine.begin() as connection:
            row = connection.execute(take_seconds).first()
            if row is None:
                now, free_at = connection.execute(next_free).one()
                wait = float(free_at) - float(now)
                raise NotYet(RATE_USED_UP, wait)
        return float(row.free_at) - seconds - float(row.now)


class TurnsInFile:
    """The time of an account in a file of the working folder, for the processes of one machine."""

    def __init__(self, folder: Path, account: str, patient: float) -> None:
        name = f".digest-rate-{account[:HASH_LENGTH]}"
        self._lock = FileLock(folder / f"{name}.lock")
        self._file = folder / f"{name}-next.lock"
        self._patient = patient

    def take_seconds(self, seconds: float) -> float:
        """Take the next seconds; return in how many they begin. Raises NotYet."""
        with self._lock:
            now = time.time()
            free_at = max(self._read_time(now), now)
            if free_at > now + self._patient:
                raise NotYet(RATE_USED_UP, free_at - now)
            self._file.write_text(f"{free_at + seconds:.6f}", "ascii")
        return free_at - now

    def _read_time(self, now: float) -> float:
        """Return when the next turn is; `now` if none was taken, or the clock was set back since."""
        try:
            text = self._file.read_text("ascii")
            was_set_back = self._file.stat().st_mtime > now + 1
        except FileNotFoundError:
            return now
        if was_set_back or not text:
            return now
        return float(text)


def _take_seconds(account: str, seconds: float, patient: float) -> Any:
    """Return the statement that takes an account's next seconds, if they begin soon enough."""
    return (
        insert(rate)
        .values(account=account, free_at=DATABASE_NOW + seconds)
        .on_conflict_do_update(
            index_elements=["account"],
            set_={
                "free_at": func.greatest(rate.c.free_at, DATABASE_NOW) + seconds
            },
            where=rate.c.free_at <= DATABASE_NOW + patient,
        )
        .returning(rate.c.free_at, DATABASE_NOW.label("now"))
    )

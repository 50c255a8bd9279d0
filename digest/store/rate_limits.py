"""Rate limits of providers, which all workers of an installation share."""

import hashlib
import time
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert

from digest.errors import NotYet
from digest.store.tables.shared import rate

#: The database's clock, since those of machines differ.
DATABASE_NOW = func.extract("epoch", func.clock_timestamp())
#: One question to the database is worth the turns of so many seconds, and at most so many turns.
BATCH_SECONDS = 0.5
MAX_BATCH = 1000


class RateLimits:
    """Turns at providers, shared by all workers of an installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get_shared_pace(
        self, account: str, per_minute: float, patient: float
    ) -> "SharedPace":
        """Return the pace of an account (any text; its hash is stored).

        Its `wait` raises NotYet where it would take longer than `patient` seconds.
        """
        account_hash = hashlib.sha256(account.encode()).hexdigest()
        return SharedPace(
            self._engine,
            account_hash,
            seconds_per_turn=60 / per_minute,
            patient=patient,
        )


class SharedPace:
    """A Paced for one worker's lane: it takes turns from the database some at a time."""

    def __init__(
        self,
        engine: Engine,
        account: str,
        seconds_per_turn: float,
        patient: float,
    ) -> None:
        self._engine = engine
        self._account = account
        self._seconds_per_turn = seconds_per_turn
        self._patient = patient
        self._sleep = time.sleep
        self._turns = 0  #: turns that were taken from the database and not used
        #: when the next of those is, by this process's monotonic clock
        self._next_turn = 0.0

    def wait(self, messages: int) -> None:
        """Sleep until that many more messages may be sent. Raises NotYet."""
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
        take_turns = _take_seconds(self._account, seconds, self._patient)
        next_free = select(DATABASE_NOW, rate.c.free_at).where(
            rate.c.account == self._account
        )
        with self._engine.begin() as connection:
            row = connection.execute(take_turns).first()
            if row is None:
                now, free_at = connection.execute(next_free).one()
                wait = float(free_at) - float(now)
                raise NotYet("the provider's rate is used up", wait)
        self._turns = turns
        seconds_until_first = float(row.free_at) - seconds - float(row.now)
        self._next_turn = time.monotonic() + seconds_until_first


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

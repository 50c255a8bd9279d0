"""What the workspaces of one PostgreSQL share: providers' rates, and what became of failed jobs.

No word of any workspace's press or readers is here.
"""

import hashlib
import time
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Double,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from digest.errors import NotYet
from digest.store.tables.base import Utc

metadata = MetaData(schema="public")

#: Until when an account with a provider has handed out its turns (seconds since 1970).
rate = Table(
    "digest_rate",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("free_at", Double, nullable=False),
)

failure = Table(
    "digest_failure",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("workspace", String(100), nullable=False),
    Column("task", String(100), nullable=False),
    Column("said", Text, nullable=False),
)
KEPT = 1000  #: failures that are remembered
#: The database's clock, since those of machines differ.
NOW = func.extract("epoch", func.clock_timestamp())


def prepare(engine: Engine) -> None:
    """Make the shared tables where they are missing."""
    metadata.create_all(engine)


class Rates:
    """Turns at providers, shared by all workers of an installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def shared(self, account: str, per_minute: float, patient: float) -> "SharedPace":
        """Return the pace of an account (any text; its hash is stored).

        Who would have to wait longer than `patient` seconds is told NotYet.
        """
        name = hashlib.sha256(account.encode()).hexdigest()
        return SharedPace(self._engine, name, 60 / per_minute, patient)


class SharedPace:
    """A Paced for one worker's lane: turns are taken from the database some at a time."""

    def __init__(
        self,
        engine: Engine,
        account: str,
        each: float,
        patient: float,
    ) -> None:
        self._engine = engine
        self._account = account
        self._each = each
        self._patient = patient
        self._sleep = time.sleep
        self._turns = 0
        self._next = 0.0  #: when the next of our turns is, by our monotonic clock

    def wait(self, messages: int) -> None:
        """Sleep until that many more messages may leave. Raises NotYet."""
        if messages > self._turns:
            self._take(max(messages, self._at_once()))
        self._turns -= messages
        pause = self._next - time.monotonic()
        self._next = max(self._next, time.monotonic()) + self._each * messages
        if pause > 0:
            self._sleep(pause)

    def is_free(self) -> bool:
        """Say whether the next message need not wait."""
        return self._turns > 0 and self._next <= time.monotonic()

    def _at_once(self) -> int:
        """Return how many turns are worth one question to the database: half a second of them."""
        return min(1000, max(1, int(0.5 / self._each)))

    def _take(self, turns: int) -> None:
        ask = _turns(self._account, turns * self._each, self._patient)
        free_at = select(NOW, rate.c.free_at).where(rate.c.account == self._account)
        with self._engine.begin() as c:
            row = c.execute(ask).first()
            if row is None:
                now, free = c.execute(free_at).one()
                raise NotYet("the provider's rate is used up", float(free) - float(now))
        self._turns = turns
        self._next = (
            time.monotonic() + float(row.free_at) - turns * self._each - float(row.now)
        )


def _turns(account: str, seconds: float, patient: float) -> Any:
    """Return the statement that takes the next so many seconds of an account, if they are near."""
    first = upsert(rate).values(account=account, free_at=NOW + seconds)
    return first.on_conflict_do_update(
        index_elements=["account"],
        set_={"free_at": func.greatest(rate.c.free_at, NOW) + seconds},
        where=rate.c.free_at <= NOW + patient,
    ).returning(rate.c.free_at, NOW.label("now"))


class Failures:
    """What went wrong in jobs, the newest first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, workspace: str, task: str, said: str, now: datetime) -> None:
        """Remember one, and forget the oldest of many."""
        row = {"workspace": workspace, "task": task, "said": said[:2000], "at": now}
        with self._engine.begin() as c:
            number = c.scalar(insert(failure).values(row).returning(failure.c.id))
            c.execute(delete(failure).where(failure.c.id <= (number or 0) - KEPT))

    def newest(self, limit: int, workspace: str) -> list[dict[str, Any]]:
        """Return the last so many of a workspace; none where no worker has ever been."""
        own = select(failure).where(failure.c.workspace == workspace)
        with self._engine.connect() as c:
            if not inspect(c).has_table(failure.name, failure.schema):
                return []
            asked = own.order_by(failure.c.id.desc()).limit(limit)
            return [dict(row._mapping) for row in c.execute(asked)]

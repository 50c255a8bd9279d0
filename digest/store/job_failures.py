"""Failures of jobs, which all workspaces of one PostgreSQL share."""

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, inspect, select

from digest.store.tables.shared import failure

MAX_FAILURES = 1000  #: failures that are remembered
MAX_MESSAGE_LENGTH = 2000


class JobFailures:
    """Jobs that went wrong, the newest first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note_failure(
        self, workspace: str, task: str, message: str, now: datetime
    ) -> None:
        """Remember a failure, and forget the oldest of many."""
        add_failure = (
            insert(failure)
            .values(
                workspace=workspace,
                task=task,
                said=message[:MAX_MESSAGE_LENGTH],
                at=now,
            )
            .returning(failure.c.id)
        )
        with self._engine.begin() as connection:
            number = connection.scalar(add_failure) or 0
            forget_oldest = delete(failure).where(
                failure.c.id <= number - MAX_FAILURES
            )
            connection.execute(forget_oldest)

    def list_newest_failures(
        self, limit: int, workspace: str
    ) -> list[dict[str, Any]]:
        """Return the last failures of a workspace; none where no worker has ever run."""
        newest_first = (
            select(failure)
            .where(failure.c.workspace == workspace)
            .order_by(failure.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(failure.name, failure.schema):
                return []
            rows = connection.execute(newest_first)
            return [dict(row._mapping) for row in rows]

"""Connections that flush each commit to the disk."""

from pathlib import Path

import pytest
from sqlalchemy import text

from digest.app import App
from digest.store.connections import (
    acquire_engine,
    power_problem,
    release_engine,
)
from tests.fakes.postgres import postgres

FULL = 2  #: sqlite.org/pragma.html#pragma_synchronous


@pytest.mark.sqlite
def test_sqlite_flushes_each_commit_on_every_connection(app: App) -> None:
    engine = app.store._engine
    several = [engine.connect() for _ in range(3)]
    try:
        assert [c.scalar(text("PRAGMA synchronous")) for c in several] == [
            FULL
        ] * 3
    finally:
        for c in several:
            c.close()


def test_a_postgresql_that_is_set_to_lose_commits_keeps_ours(
    tmp_path: Path,
) -> None:
    """The tests' own server is set to `synchronous_commit = off`, as some are for speed."""
    url = postgres().database()
    engine = acquire_engine(url, tmp_path)
    try:
        with engine.connect() as c:
            assert c.scalar(text("SHOW synchronous_commit")) == "on"
            c.rollback()
            assert c.scalar(text("SHOW synchronous_commit")) == "on"
        assert "set fsync = on" in power_problem(engine)
    finally:
        release_engine(url, engine)

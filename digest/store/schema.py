"""Brings a database to the schema of this version, through Alembic's migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from digest.errors import DigestError

#: The newest file in migrations/versions. Known here so that Alembic is imported only to migrate.
HEAD = "0015"


def upgrade(engine: Engine, workspace: str = "") -> None:
    """Run what migrations a workspace misses. Raises DigestError if its tables are newer than we.

    On PostgreSQL a workspace is a schema; "" is the one that connections have by default.
    """
    current = _version(engine, workspace)
    if current == HEAD:
        return
    if current and current > HEAD:
        raise DigestError(
            f"{engine.url.database} was written by a newer digest (schema {current}, this one "
            f"knows {HEAD}); upgrade press-digest"
        )
    _migrate(engine, workspace)


def _version(engine: Engine, workspace: str) -> str | None:
    if not inspect(engine).has_table("alembic_version", schema=workspace or None):
        return None
    # settings allow nothing but a name there
    if workspace:
        of = f'"{workspace}".'
    else:
        of = ""
    with engine.connect() as c:
        return c.execute(text(f"SELECT version_num FROM {of}alembic_version")).scalar()  # noqa: S608


def _migrate(engine: Engine, workspace: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection, _whole(connection):
        if workspace:
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{workspace}"'))
            connection.execute(text(f'SET LOCAL search_path TO "{workspace}"'))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _whole(connection: Connection) -> Iterator[None]:
    """Make changes of tables part of the transaction, so that a killed migration leaves nothing.

    Python's sqlite3 by itself begins a transaction only before INSERT and its like. IMMEDIATE, and
    the lock on PostgreSQL, let a second process wait for the first, and find everything done.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('digest migrates'))")
        )
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    before = driver.isolation_level
    driver.isolation_level = None
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        driver.isolation_level = before

"""Schema: a database is brought to the schema of this version by Alembic's migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from digest.errors import DigestError

#: The newest file in migrations/versions, repeated here so that Alembic is imported only to migrate.
HEAD = "0024"
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_MIGRATION = text(
    "SELECT pg_advisory_xact_lock(hashtext('digest migrates'))"
)


def upgrade_schema(engine: Engine, workspace: str = "") -> None:
    """Run the migrations that a workspace lacks.

    On PostgreSQL a workspace is a schema; "" is the one that connections have by default. Raises
    DigestError if a newer version wrote the tables.
    """
    version = _read_version(engine, workspace)
    if version == HEAD:
        return
    if version and version > HEAD:
        raise DigestError(
            f"{engine.url.database} was written by a newer digest (schema {version}, this one "
            f"knows {HEAD}); upgrade press-digest"
        )
    _run_migrations(engine, workspace)


def is_up_to_date(engine: Engine, workspace: str = "") -> bool:
    """Return whether a workspace has the tables of this version; changes nothing."""
    return _read_version(engine, workspace) == HEAD


def _read_version(engine: Engine, workspace: str) -> str | None:
    """Return the schema that a workspace has; None if it has no tables."""
    if not inspect(engine).has_table(
        "alembic_version", schema=workspace or None
    ):
        return None
    table = "alembic_version"
    if workspace:  # settings allow nothing but a name there
        table = f'"{workspace}".alembic_version'
    statement = text(f"SELECT version_num FROM {table}")  # noqa: S608
    with engine.connect() as connection:
        return connection.execute(statement).scalar()


def _run_migrations(engine: Engine, workspace: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection, _one_transaction(connection):
        if workspace:
            connection.execute(
                text(f'CREATE SCHEMA IF NOT EXISTS "{workspace}"')
            )
            connection.execute(text(f'SET LOCAL search_path TO "{workspace}"'))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _one_transaction(connection: Connection) -> Iterator[None]:
    """Make changes of tables part of the transaction, so that a killed migration leaves nothing.

    Python's sqlite3 by itself begins a transaction only before INSERT and its like. IMMEDIATE, and
    the lock on PostgreSQL, make a second process wait for the first, and find everything done.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(LOCK_MIGRATION)
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    isolation_level = driver.isolation_level
    driver.isolation_level = None
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        driver.isolation_level = isolation_level

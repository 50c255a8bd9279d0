"""Brings a database to the schema of this version, through Alembic's migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from digest.errors import DigestError

#: The newest file in migrations/versions. Known here so that Alembic is imported only to migrate.
HEAD = "0008"


def upgrade(engine: Engine) -> None:
    """Run what migrations are missing. Raises DigestError if the database is newer than we are."""
    current = _version(engine)
    if current == HEAD:
        return
    if current and current > HEAD:
        raise DigestError(
            f"{engine.url.database} was written by a newer digest (schema {current}, this one "
            f"knows {HEAD}); upgrade press-digest"
        )
    _migrate(engine)


def _version(engine: Engine) -> str | None:
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as c:
        return c.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection, _whole(connection):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _whole(connection: Connection) -> Iterator[None]:
    """Make changes of tables part of the transaction, so that a killed migration leaves nothing.

    Python's sqlite3 by itself begins a transaction only before INSERT and its like. IMMEDIATE lets
    a second process wait for the first, and find everything done.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    before, driver.isolation_level = driver.isolation_level, None
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        driver.isolation_level = before

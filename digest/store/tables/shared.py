"""Tables that all workspaces of one PostgreSQL share, in its public schema.

They hold nothing about any workspace's articles or subscribers.
"""

from sqlalchemy import (
    Column,
    Double,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from digest.store.tables.base import UtcDateTime

metadata = MetaData(schema="public")

#: The time until which an account with a provider has handed out its turns (seconds since 1970).
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
    Column("at", UtcDateTime, nullable=False),
    Column("workspace", String(100), nullable=False),
    Column("task", String(100), nullable=False),
    Column("said", Text, nullable=False),
)


def create_shared_tables(engine: Engine) -> None:
    """Create the shared tables where they are missing."""
    metadata.create_all(engine)

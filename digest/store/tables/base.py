"""Column types, metadata and helpers that all tables share."""

import zlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

from digest.model import EditionKey


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC without its zone, since SQLite keeps none."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Refuse a time without a zone rather than guess one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(
        self,
        value: Any,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Return the time with its zone."""
        if value is None:
            return None
        aware: datetime = value.replace(tzinfo=UTC)
        return aware


class EditionRef(TypeDecorator[EditionKey]):
    """An edition of any newsletter, as text: `weekly/2026-02-27`.

    PostgreSQL compares it by its bytes, as SQLite does, so that a newsletter's editions are in the
    order of their dates, and beside each other, whatever the database's collation.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Text(collation="C"))
        return dialect.type_descriptor(Text())

    def process_bind_param(
        self,
        value: EditionKey | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> str | None:
        """Refuse a bare date: which newsletter is it of?"""
        if value is None:
            return None
        if not isinstance(value, EditionKey):
            raise TypeError(f"{value!r} names no edition of a newsletter")
        return str(value)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> EditionKey | None:
        """Return the key."""
        if value is None:
            return None
        return EditionKey.parse(value)


class CompressedText(TypeDecorator[str]):
    """Long text, stored as zlib compresses it (RFC 1950): articles' texts are most of a database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> bytes | None:
        """Compress the text; an empty one stays empty."""
        if not value:
            return b""
        return zlib.compress(value.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text."""
        if not value:
            return ""
        return zlib.decompress(value).decode()


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of some rows.

    A query uses it if its condition is literally the same, without a bound parameter
    (sqlite.org/partialindex.html; postgresql.org/docs: "Partial Indexes").
    """
    return Index(
        name, *columns, sqlite_where=text(where), postgresql_where=text(where)
    )


def text_column(name: str) -> Column[str]:
    """Return a column of text that is empty unless set."""
    return Column(name, Text, nullable=False, server_default="")

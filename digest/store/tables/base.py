"""What all tables share."""

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


class Utc(TypeDecorator[datetime]):
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

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the time its zone back."""
        return value.replace(tzinfo=UTC) if value else None


class Packed(TypeDecorator[str]):
    """Long text, kept as zlib packs it (RFC 1950): articles' texts are most of a database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Pack it; what is empty stays so."""
        return zlib.compress(value.encode()) if value else b""

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Give the text back."""
        return zlib.decompress(value).decode() if value else ""


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of some rows: a query finds it by saying the same, in words, not by a
    parameter (sqlite.org/partialindex.html; postgresql.org/docs: "Partial Indexes").
    """
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


def text_column(name: str) -> Column[str]:
    """Return a column of text that is empty unless set."""
    return Column(name, Text, nullable=False, server_default="")

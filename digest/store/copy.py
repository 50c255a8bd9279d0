"""Copy: a whole database into another, of either kind, compared row by row."""

from collections.abc import Callable, Generator
from contextlib import closing
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    String,
    Table,
    func,
    insert,
    select,
    text,
)

from digest.errors import DigestError
from digest.store.connections import qualified_name
from digest.store.tables import metadata

BATCH_SIZE = 2000  #: rows held in memory
SET_SEQUENCE = text("SELECT setval(:sequence, :last)")
#: Called with a table's name, the number of rows that were copied, and the number of all.
Progress = Callable[[str, int, int], None]


def ignore_progress(_table: str, _copied: int, _total: int) -> None:
    """Ignore progress."""


def count_rows(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with engine.connect() as connection:
        return {
            table.name: _count_table_rows(connection, table)
            for table in metadata.sorted_tables
        }


def copy_database(
    source: Engine, target: Engine, progress: Progress = ignore_progress
) -> dict[str, int]:
    """Copy every row into an empty database, in one transaction; return the rows of each table.

    Raises DigestError if the target holds anything, or if a row does not come back as it was:
    nothing is left in the target then.
    """
    full_tables = [name for name, count in count_rows(target).items() if count]
    if full_tables:
        raise DigestError(
            f"the target holds {', '.join(full_tables)} already; name an empty database"
        )
    row_counts: dict[str, int] = {}
    with source.connect() as reader, target.begin() as writer:
        for table in metadata.sorted_tables:
            row_counts[table.name] = _copy_table(
                reader, writer, table, progress
            )
            _compare_table(reader, writer, table)
            _advance_sequence(writer, table)
    return row_counts


def _copy_table(
    reader: Connection, writer: Connection, table: Table, progress: Progress
) -> int:
    """Copy the rows of a table; return how many."""
    total = _count_table_rows(reader, table)
    copied = 0
    rows = reader.execute(_select_in_order(reader, table)).mappings()
    for batch in rows.partitions(BATCH_SIZE):
        writer.execute(insert(table), [dict(row) for row in batch])
        copied += len(batch)
        progress(table.name, copied, total)
    return copied


def _compare_table(
    reader: Connection, writer: Connection, table: Table
) -> None:
    """Raise DigestError at the first row that differs."""
    source_rows = _iterate_rows(reader, table)
    target_rows = _iterate_rows(writer, table)
    with closing(source_rows), closing(target_rows):
        for row, copied in zip_longest(source_rows, target_rows):
            if row != copied:
                raise DigestError(
                    f"{table.name}: {str(row)[:200]} came back as {str(copied)[:200]}"
                )


def _iterate_rows(
    connection: Connection, table: Table
) -> Generator[tuple[Any, ...], None, None]:
    with connection.execute(_select_in_order(connection, table)) as rows:
        for batch in rows.partitions(BATCH_SIZE):
            for row in batch:
                yield tuple(row)


def _select_in_order(connection: Connection, table: Table) -> Select[Any]:
    """Select rows ordered by their key, text by its bytes: both kinds of database agree on that."""
    sort_keys: list[ColumnElement[Any]] = []
    for column in table.primary_key:
        if connection.dialect.name == "postgresql" and isinstance(
            column.type, String
        ):
            sort_keys.append(column.collate("C"))
        else:
            sort_keys.append(column)
    in_order = select(table).order_by(*sort_keys)
    return in_order.execution_options(yield_per=BATCH_SIZE)


def _advance_sequence(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were copied with their numbers."""
    key_columns = list(table.primary_key)
    key = key_columns[0]
    is_numbered = len(key_columns) == 1 and isinstance(key.type, Integer)
    if connection.dialect.name != "postgresql" or not is_numbered:
        return
    name = qualified_name(connection, table)
    sequence = connection.scalar(
        select(func.pg_get_serial_sequence(name, key.name))
    )
    last = connection.scalar(select(func.max(key)))
    if sequence and last:
        connection.execute(SET_SEQUENCE, {"sequence": sequence, "last": last})


def _count_table_rows(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0

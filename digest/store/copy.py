"""All of a database into another, of either kind, checked row by row."""

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
from digest.store.tables import metadata

BATCH = 2000  #: rows held in memory
Progress = Callable[[str, int, int], None]


def counts(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with engine.connect() as c:
        return {t.name: _count(c, t) for t in metadata.sorted_tables}


def copy(
    source: Engine, target: Engine, progress: Progress = lambda *_: None
) -> dict[str, int]:
    """Copy every row into an empty database, in one transaction; return the rows of each table.

    Raises DigestError if the target holds anything, or if a row does not come back as it was:
    nothing is left in the target then.
    """
    full = [name for name, number in counts(target).items() if number]
    if full:
        raise DigestError(
            f"the target holds {', '.join(full)} already; name an empty database"
        )
    done: dict[str, int] = {}
    with source.connect() as old, target.begin() as new:
        for table in metadata.sorted_tables:
            done[table.name] = _copied(old, new, table, progress)
            _compare(old, new, table)
            _count_on(new, table)
    return done


def _copied(old: Connection, new: Connection, table: Table, progress: Progress) -> int:
    total = _count(old, table)
    done = 0
    for rows in old.execute(_in_order(old, table)).mappings().partitions(BATCH):
        new.execute(insert(table), [dict(row) for row in rows])
        done += len(rows)
        progress(table.name, done, total)
    return done


def _compare(old: Connection, new: Connection, table: Table) -> None:
    """Raises DigestError at the first row that differs."""
    with closing(_rows(old, table)) as here, closing(_rows(new, table)) as there:
        for row, copied in zip_longest(here, there):
            if row != copied:
                raise DigestError(
                    f"{table.name}: {str(row)[:200]} came back as {str(copied)[:200]}"
                )


def _rows(c: Connection, table: Table) -> Generator[tuple[Any, ...], None, None]:
    with c.execute(_in_order(c, table)) as found:
        for rows in found.partitions(BATCH):
            yield from map(tuple, rows)


def _in_order(c: Connection, table: Table) -> Select[Any]:
    """Ask for rows by their key, letters by their bytes: both kinds of database agree on that."""
    by_bytes = c.dialect.name == "postgresql"

    def key(column: ColumnElement[Any]) -> ColumnElement[Any]:
        if by_bytes and isinstance(column.type, String):
            return column.collate("C")
        return column

    asked = select(table).order_by(*(key(column) for column in table.primary_key))
    return asked.execution_options(yield_per=BATCH)


def _count_on(c: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows behind those that were brought with their numbers."""
    (key, *more) = table.primary_key
    if c.dialect.name != "postgresql" or more or not isinstance(key.type, Integer):
        return
    of = c.get_execution_options().get("schema_translate_map", {}).get(None)
    if of:
        name = f"{of}.{table.name}"
    else:
        name = table.name
    sequence = c.scalar(select(func.pg_get_serial_sequence(name, key.name)))
    last = c.scalar(select(func.max(key)))
    if sequence and last:
        c.execute(
            text("SELECT setval(:sequence, :last)"),
            {"sequence": sequence, "last": last},
        )


def _count(c: Connection, table: Table) -> int:
    return c.scalar(select(func.count()).select_from(table)) or 0

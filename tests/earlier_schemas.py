"""Databases of before: what a workspace holds, in the tables that an earlier schema had."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from digest.store import schema

MIGRATIONS = Path(schema.__file__).parent / "migrations"


def put_back(file: Path, revision: str) -> None:
    """Give a SQLite database the tables of an earlier revision, with its rows as far as they fit.

    Columns that are not in both stay at their default. Call it with the database closed.
    """
    older = file.with_suffix(".older")
    _make_at(older, revision)
    with closing(sqlite3.connect(older)) as c:
        c.execute("ATTACH ? AS newer", (str(file),))
        names = [
            row[0]
            for row in c.execute(
                "SELECT name FROM main.sqlite_master WHERE type = 'table'"
            )
        ]
        for table in names:
            if table != "alembic_version" and not table.startswith("sqlite_"):
                _take_rows(c, table)
        c.commit()
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    older.rename(file)


def _make_at(file: Path, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def _take_rows(c: sqlite3.Connection, table: str) -> None:
    old, new = (
        [row[1] for row in c.execute(f"PRAGMA {database}.table_info({table})")]
        for database in ("main", "newer")
    )
    names = [name for name in old if name in new]
    if names:
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(map(_older_value, names))
        c.execute(
            f"INSERT INTO main.{table} ({columns}) SELECT {values} FROM newer.{table}"
        )


def _older_value(name: str) -> str:
    """Return what a column held: an edition was named by its date alone before 0016."""
    if name in ("edition", "corrects"):
        return f'substr("{name}", -10)'
    return f'"{name}"'

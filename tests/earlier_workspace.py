"""A workspace that digest wrote when it had one newsletter, with what it answered then.

`cases/workspace_0015` holds its files, its SQLite database as SQL, and in expected.json its links,
pages and manifests. All of it is invented.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Integer, MetaData, create_engine, insert, select, text

from digest.store.schema import MIGRATIONS
from tests.fakes.postgres import postgres

CASE = Path(__file__).parent / "cases" / "workspace_0015"
REVISION = "0015"
#: What it answered, and its links.
EXPECTED: dict[str, Any] = json.loads((CASE / "expected.json").read_text())
#: The PostgreSQL schema of the workspace, among others of one database.
WORKSPACE = "earlier"
#: Number new rows after those that were copied with their numbers.
ADVANCE = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
Row = tuple[object, ...]


def unpack_workspace(folder: Path, *, on_postgresql: bool = False) -> None:
    """Write the workspace into a folder as it was left, its database of either kind."""
    shutil.copytree(CASE / "templates", folder / "templates")
    settings = (CASE / "feeds.yaml").read_text()
    database = folder / "digest.db"
    unpack_database(database)
    if on_postgresql:
        url = postgres().database()
        settings += f"database: {url}\nworkspace: {WORKSPACE}\n"
        _move_to_postgresql(database, url)
        database.unlink()
    (folder / "feeds.yaml").write_text(settings)


def unpack_database(file: Path) -> None:
    """Write the SQLite database as it was left."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((CASE / "digest.sql").read_text())


def read_rows(file: Path) -> dict[str, set[Row]]:
    """Return the rows of each table of a SQLite database, each as (column, value) in order."""
    rows: dict[str, set[Row]] = {}
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        for (name,) in names.fetchall():
            found = connection.execute(f"SELECT * FROM {name}")
            columns = [column[0] for column in found.description]
            rows[name] = {
                tuple(sorted(zip(columns, row, strict=True))) for row in found
            }
    return rows


def _move_to_postgresql(database: Path, url: str) -> None:
    """Copy all rows into tables of PostgreSQL as they were at that time."""
    source = create_engine(f"sqlite:///{database}")
    options = {"options": f"-csearch_path={WORKSPACE}"}
    target = create_engine(url, connect_args=options)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    old_tables, tables = MetaData(), MetaData()
    with source.connect() as reader, target.begin() as writer:
        writer.execute(text(f"CREATE SCHEMA {WORKSPACE}"))
        config.attributes["connection"] = writer
        command.upgrade(config, REVISION)
        old_tables.reflect(reader)
        tables.reflect(writer)
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            for row in reader.execute(select(old_tables.tables[table.name])):
                # without what is null: a column of JSON would hold the word
                values = {
                    name: value
                    for name, value in row._mapping.items()
                    if value is not None
                }
                writer.execute(insert(table).values(values))
            if "id" in table.c and isinstance(table.c.id.type, Integer):
                writer.execute(text(ADVANCE.format(table=table.name)))
    source.dispose()
    target.dispose()

"""Connections: to SQLite in the working folder, or to PostgreSQL, which workspaces share."""

import re
from collections import Counter
from pathlib import Path
from sqlite3 import DatabaseError
from threading import Lock
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    Table,
    create_engine,
    event,
)
from sqlalchemy.exc import OperationalError

from digest.errors import DigestError, StoreDown
from digest.settings.models import DATABASE

#: Connections of a process to one PostgreSQL: kept open, and more while they are needed.
POOL_SIZE = 5
MAX_OVERFLOW = 45

#: Messages of SQLite about what a person can fix, and how (sqlite.org/rescode.html).
ADVICE_BY_MESSAGE = {
    "full": "free some space",
    "disk I/O": "free some space, and check the disk",
    "locked": "wait until no other program uses it",
    "readonly": "give this account write access",
    "unable to open": "give this account read and write access to its folder",
    "malformed": "restore a backup",
}

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "fullfsync=ON",  # macOS: fsync alone leaves data in the disk's cache (fcntl(2), F_FULLFSYNC)
    "checkpoint_fullfsync=ON",
    "foreign_keys=ON",
    "busy_timeout=10000",
)

_shared_engines: dict[str, Engine] = {}
_user_counts: Counter[str] = Counter()
_sharing_lock = Lock()


def acquire_engine(url: str, folder: Path) -> Engine:
    """Return connections to a database; a relative SQLite path is taken from `folder`.

    Those to one PostgreSQL are the same for all workspaces of a process: five hundred of them need
    no more connections than their work needs. Give them back by `release_engine`. Raises
    DigestError if the URL is none of a database.
    """
    if not re.match(DATABASE, url):
        raise DigestError(
            f"expected a database URL such as sqlite:///digest.db, found {url!r}"
        )
    if url.startswith("sqlite:///"):
        return _create_sqlite_engine(folder / url.removeprefix("sqlite:///"))
    with _sharing_lock:
        if url not in _shared_engines:
            _shared_engines[url] = _create_postgresql_engine(url)
        _user_counts[url] += 1
        return _shared_engines[url]


def release_engine(url: str, engine: Engine) -> None:
    """Release connections; they are closed with their last user."""
    with _sharing_lock:
        if url in _user_counts:
            _user_counts[url] -= 1
        if url in _shared_engines and _user_counts[url] > 0:
            return
        _shared_engines.pop(url, None)
        _user_counts.pop(url, None)
    engine.dispose()


def engine_of_workspace(engine: Engine, workspace: str) -> Engine:
    """Return an engine that sees the tables of one workspace alone: its schema; "" is public.

    It names the schema in every statement, so that no connection has to be prepared before use
    (docs.sqlalchemy.org: "Translation of Schema Names").
    """
    if not workspace:
        return engine
    return engine.execution_options(schema_translate_map={None: workspace})


def qualified_name(connection: Connection, table: Table) -> str:
    """Return a table's name with its workspace's schema, if it has one."""
    options = connection.get_execution_options()
    schema = options.get("schema_translate_map", {}).get(None)
    if schema:
        return f"{schema}.{table.name}"
    return table.name


def refresh_statistics(connection: Connection, *tables: Table) -> None:
    """Let PostgreSQL count the rows of tables now.

    It would do so by itself, but a minute later, and until then it reads millions of new rows as it
    would read a few (postgresql.org/docs: "Updating Planner Statistics").
    """
    if connection.dialect.name == "postgresql":
        names = [qualified_name(connection, table) for table in tables]
        connection.exec_driver_sql(f"ANALYZE {', '.join(names)}")


def power_problem(engine: Engine) -> str:
    """Return why a power cut would lose what was committed, and what to do; "" if it would not."""
    if engine.dialect.name != "postgresql":
        return ""
    with engine.connect() as connection:
        fsync = connection.exec_driver_sql("SHOW fsync").scalar()
    if fsync != "off":
        return ""
    return (
        "this PostgreSQL flushes nothing to its disk: after a power cut readers may be mailed "
        "twice; set fsync = on in postgresql.conf"
    )


def _create_sqlite_engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "handle_error", _raise_own_error)
    return engine


def _create_postgresql_engine(url: str) -> Engine:
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=MAX_OVERFLOW,
        )
    except ModuleNotFoundError as error:
        raise DigestError(
            "PostgreSQL needs `pip install 'press-digest[cluster]'`"
        ) from error
    event.listen(engine, "handle_error", _raise_own_error)
    event.listen(engine, "connect", _require_durable_commits)
    # inserted first: it must refuse before SQLAlchemy asks for text
    event.listen(engine, "connect", _require_utf8, insert=True)
    return engine


def _require_utf8(connection: Any, _record: object) -> None:
    """Refuse a database that cannot hold headlines of any script. Raises DigestError."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DigestError(
            f"the database {connection.info.dbname} is encoded as {encoding}; make one in UTF-8: "
            "`createdb -E UTF8 -T template0 NAME`"
        )


def _raise_own_error(context: ExceptionContext) -> None:
    """Raise StoreDown if a person can fix it, or the server is not reached; else return."""
    error = context.original_exception
    is_operational = isinstance(context.sqlalchemy_exception, OperationalError)
    dialect = context.dialect
    if is_operational and dialect and dialect.name == "postgresql":
        raise StoreDown.for_unreached_server(error)
    if not isinstance(error, DatabaseError):
        return
    message = " ".join(str(error).split())
    advice = _find_advice(message)
    if not advice:
        return
    database: str | None = "the database"
    if context.engine:
        database = context.engine.url.database
    raise StoreDown(
        f"{database}: {message}; {advice}, and run it again: what was done before is kept"
    )


def _find_advice(message: str) -> str:
    """Return an advice for a message of SQLite; "" if there is none."""
    for words, advice in ADVICE_BY_MESSAGE.items():
        if words in message:
            return advice
    return ""


def _set_pragmas(connection: Any, _record: object) -> None:
    """Prepare a connection to SQLite.

    WAL lets the desk read while collect writes. FULL flushes the log at each commit: with NORMAL, a
    power cut could lose the last commits, and recipients just announced or unsubscribed would be
    mailed again (sqlite.org/pragma.html#pragma_synchronous). What
    FULL costs is in docs/delivery.md, "Power".
    """
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _require_durable_commits(connection: Any, _record: object) -> None:
    """Make commits of PostgreSQL durable, whatever is set for the database.

    `off` alone loses them, at a crash already (postgresql.org/docs: "Asynchronous Commit"); the
    other values stay as they are. Whether the server flushes at all (`fsync`) is not for a session
    to decide: see `power_problem`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            cursor.execute("SET SESSION synchronous_commit TO on")
    connection.commit()

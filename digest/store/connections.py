"""Connections: to SQLite in the working folder, or to PostgreSQL, which workspaces share."""

import re
from collections import Counter
from pathlib import Path
from sqlite3 import DatabaseError
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, Table, create_engine, event
from sqlalchemy.exc import OperationalError

from digest.errors import DigestError, StoreDown
from digest.settings.models import DATABASE

#: Connections of a process to one PostgreSQL: kept, and more while they are needed.
KEPT = 5
MORE = 45

#: What SQLite says where a person can help, and how (sqlite.org/rescode.html).
HELP = {
    "full": "free some space",
    "disk I/O": "free some space, and look after the disk",
    "locked": "wait for whoever else uses it",
    "readonly": "let this account write it",
    "unable to open": "let this account read and write its folder",
    "malformed": "restore a backup",
}

_shared: dict[str, Engine] = {}
_users: Counter[str] = Counter()
_sharing = Lock()


def acquire(url: str, folder: Path) -> Engine:
    """Return connections to a database; a relative SQLite path is taken from `folder`.

    Those to one PostgreSQL are the same for all workspaces of a process: five hundred of them need
    no more connections than their work needs. Raises DigestError. Give them back by `release`.
    """
    if not re.match(DATABASE, url):
        raise DigestError(
            f"expected a database URL such as sqlite:///digest.db, found {url!r}"
        )
    if url.startswith("sqlite:///"):
        engine = create_engine(f"sqlite:///{folder / url.removeprefix('sqlite:///')}")
        event.listen(engine, "connect", _pragmas)
        event.listen(engine, "handle_error", _told)
        return engine
    with _sharing:
        if url not in _shared:
            _shared[url] = _postgresql(url)
        _users[url] += 1
        return _shared[url]


def release(url: str, engine: Engine) -> None:
    """Give connections back; they are closed when nobody has them any more."""
    with _sharing:
        _users[url] -= url in _users
        if url in _shared and _users[url] > 0:
            return
        _shared.pop(url, None)
        _users.pop(url, None)
    engine.dispose()


def of_workspace(engine: Engine, name: str) -> Engine:
    """Return an engine that sees the tables of one workspace alone: its schema; "" is public.

    It names the schema in every statement, so that no connection has to be put right before use
    (docs.sqlalchemy.org: "Translation of Schema Names").
    """
    if name:
        return engine.execution_options(schema_translate_map={None: name})
    return engine


def count_anew(c: Connection, *tables: Table) -> None:
    """Let PostgreSQL see how many rows there are now.

    It would look by itself, but a minute later, and until then it reads millions of new rows as it
    would read a few (postgresql.org/docs: "Updating Planner Statistics").
    """
    if c.dialect.name == "postgresql":
        schema = c.get_execution_options().get("schema_translate_map", {}).get(None)
        names = (f"{schema}.{t.name}" if schema else t.name for t in tables)
        c.exec_driver_sql(f"ANALYZE {', '.join(names)}")


def power_problem(engine: Engine) -> str:
    """Say why a power cut would lose what was committed, and what to do; "" if it would not."""
    if engine.dialect.name != "postgresql":
        return ""
    with engine.connect() as c:
        if c.exec_driver_sql("SHOW fsync").scalar() != "off":
            return ""
    return (
        "this PostgreSQL flushes nothing to its disk: after a power cut readers may be mailed "
        "twice; set fsync = on in postgresql.conf"
    )


def _postgresql(url: str) -> Engine:
    try:
        engine = create_engine(
            url, pool_pre_ping=True, pool_size=KEPT, max_overflow=MORE
        )
    except ModuleNotFoundError as e:
        raise DigestError(
            "PostgreSQL needs `pip install 'press-digest[cluster]'`"
        ) from e
    event.listen(engine, "handle_error", _told)
    event.listen(engine, "connect", _durable)
    event.listen(
        engine, "connect", _any_script, insert=True
    )  # before SQLAlchemy asks for text
    return engine


def _any_script(connection: Any, _record: object) -> None:
    """Refuse a database that cannot hold headlines of any script. Raises DigestError."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DigestError(
            f"the database {connection.info.dbname} is encoded as {encoding}; make one in UTF-8: "
            "`createdb -E UTF8 -T template0 NAME`"
        )


def _told(context: ExceptionContext) -> None:
    """Say what is the matter with the database as an error of ours. Raises StoreDown."""
    said = " ".join(str(context.original_exception).split())
    down = isinstance(context.sqlalchemy_exception, OperationalError)
    if down and context.dialect and context.dialect.name == "postgresql":
        raise StoreDown.unreached(context.original_exception)
    todo = next((todo for words, todo in HELP.items() if words in said), "")
    if todo and isinstance(context.original_exception, DatabaseError):
        if context.engine:
            name = context.engine.url.database
        else:
            name = "the database"
        raise StoreDown(
            f"{name}: {said}; {todo}, and run it again: what was done is kept"
        )


def _pragmas(connection, _record) -> None:  # type: ignore[no-untyped-def]
    # WAL lets the desk read while collect writes. FULL flushes the log at each commit: NORMAL does
    # not, and after a power cut those would be mailed again whose hand-over was announced in its
    # last commits, and those who had just unsubscribed (sqlite.org/pragma.html#pragma_synchronous).
    # What FULL costs is in docs/delivery.md, "Power".
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "fullfsync=ON",  # macOS: fsync alone leaves it in the disk's cache (fcntl(2), F_FULLFSYNC)
        "checkpoint_fullfsync=ON",
        "foreign_keys=ON",
        "busy_timeout=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _durable(connection: Any, _record: object) -> None:
    """Let no commit be lost that PostgreSQL said was made, whatever is set for the database.

    `off` alone loses them, at a crash already (postgresql.org/docs: "Asynchronous Commit"); the
    other values stay as they are. Whether the server flushes at all (`fsync`) is not for a session
    to decide: see `power_problem`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        if cursor.fetchone()[0] == "off":
            cursor.execute("SET SESSION synchronous_commit TO on")
    connection.commit()

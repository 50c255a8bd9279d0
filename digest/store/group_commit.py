"""Group commit: transactions of several threads share one flush of the disk.

SQLite has one writer, and a flush takes a slow disk ten milliseconds: eight connections to a mail
server, each of which commits before each message, would make a hundred messages a second. Here,
work that arrives during a flush is committed by the next one, together. PostgreSQL does that by
itself (postgresql.org/docs: `commit_delay`).
"""

import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from digest.errors import StoreDown

Result = TypeVar("Result")


class _Piece:
    """Work of one thread, and its result."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None


class GroupCommit:
    """Commits work of several threads; on SQLite together with all other work that waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[_Piece] = []
        self._waiting_lock = Lock()
        self._turn = Lock()

    def run(self, work: Callable[[Connection], Result]) -> Result:
        """Do some work in a transaction; return its result once that is committed durably.

        Raises what `work` raises. If it is the database that fails, all work fails that was to be
        committed together, and nothing of it is stored.
        """
        if self._engine.dialect.name != "sqlite":
            with self._engine.begin() as connection:
                return work(connection)
        piece = _Piece(work)
        with self._waiting_lock:
            self._waiting.append(piece)
        with self._turn:
            if not piece.done:
                self._commit_all_waiting(piece)
        if piece.error:
            raise piece.error
        return cast("Result", piece.result)

    def _commit_all_waiting(self, own_piece: _Piece) -> None:
        """Commit what waits, `own_piece` among it. Call only while holding the turn."""
        with self._waiting_lock:
            pieces = self._waiting
            self._waiting = []
        try:
            if not self._commit_together(pieces):
                for piece in pieces:
                    self._commit_alone(piece)
        finally:
            # at an interrupt of this thread, whichever has the next turn does the others' work
            with self._waiting_lock:
                for piece in pieces:
                    if not piece.done and piece is not own_piece:
                        self._waiting.append(piece)

    def _commit_together(self, pieces: list[_Piece]) -> bool:
        """Commit several pieces in one transaction; False if one fails, and nothing is stored.

        Each is to be committed alone then, so that no thread fails by the work of another.
        """
        if len(pieces) == 1:
            return False
        try:
            with self._engine.begin() as connection:
                for piece in pieces:
                    piece.result = piece.work(connection)
        except (StoreDown, SQLAlchemyError, sqlite3.Error) as error:
            for piece in pieces:
                piece.error = error
        except Exception:
            return False
        for piece in pieces:
            piece.done = True
        return True

    def _commit_alone(self, piece: _Piece) -> None:
        try:
            with self._engine.begin() as connection:
                piece.result = piece.work(connection)
        except Exception as error:
            piece.error = error
        piece.done = True

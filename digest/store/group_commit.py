"""Group commit: transactions of several threads share one flush of the disk.

SQLite has one writer, and a flush takes a slow disk ten milliseconds: eight connections to a mail
server, each of which commits before each message, would make a hundred messages a second. Here who
comes while a flush goes on is committed by the next one, together. PostgreSQL does that by itself
(postgresql.org/docs: `commit_delay`).
"""

import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from digest.errors import StoreDown

T = TypeVar("T")


class _Piece:
    """Work of one thread, and what came of it."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: Exception | None = None


class GroupCommit:
    """Commits work of several threads; on SQLite together with whatever else waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[_Piece] = []
        self._waiting_lock = Lock()
        self._turn = Lock()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do some work in a transaction; return its result once that is committed durably.

        Raises what `work` raises. If it is the database that fails, all fail who were to be
        committed together, and nothing of theirs is stored.
        """
        if self._engine.dialect.name != "sqlite":
            with self._engine.begin() as c:
                return work(c)
        piece = _Piece(work)
        with self._waiting_lock:
            self._waiting.append(piece)
        with self._turn:
            if not piece.done:
                self._commit_all_waiting(piece)
        if piece.error:
            raise piece.error
        return cast("T", piece.result)

    def _commit_all_waiting(self, mine: _Piece) -> None:
        """Commit what waits, `mine` among it. Call only while holding the turn."""
        with self._waiting_lock:
            pieces = self._waiting
            self._waiting = []
        try:
            if not self._committed_together(pieces):
                for piece in pieces:
                    self._commit_alone(piece)
        finally:  # at an interrupt of ours, whoever has the next turn does the work of the others
            with self._waiting_lock:
                self._waiting += [p for p in pieces if not p.done and p is not mine]

    def _committed_together(self, pieces: list[_Piece]) -> bool:
        """Commit several pieces in one transaction; False if one fails, and nothing is stored.

        Each is to be committed alone then, so that no thread fails by the work of another.
        """
        if len(pieces) == 1:
            return False
        try:
            with self._engine.begin() as c:
                for piece in pieces:
                    piece.result = piece.work(c)
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
            with self._engine.begin() as c:
                piece.result = piece.work(c)
        except Exception as error:
            piece.error = error
        piece.done = True

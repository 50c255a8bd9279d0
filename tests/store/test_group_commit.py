"""Commits that share a flush: together where they can, each alone where one fails."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event

from digest.store.group_commit import GroupCommit, _Piece


def test_eight_who_commit_at_once_share_one_flush(tmp_path: Path) -> None:
    group, commits = counting(tmp_path)
    all_wait = threading.Event()

    def first(c: Connection) -> int:
        assert all_wait.wait(60)
        return put(c, 0)

    results: dict[int, int] = {}

    def run(n: int) -> None:
        results[n] = group.run(first if n == 0 else lambda c: put(c, n))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    threads[0].start()
    while not group._turn.locked() or group._waiting:
        time.sleep(0.001)
    for one in threads[1:]:
        one.start()
    while len(group._waiting) < 7:
        time.sleep(0.001)
    all_wait.set()
    for one in threads:
        one.join()
    assert results == {n: n for n in range(8)}
    assert stored(tmp_path) == list(range(8))
    assert len(commits) == 2


def test_who_fails_in_a_shared_commit_fails_alone(tmp_path: Path) -> None:
    group, _ = counting(tmp_path)

    def broken(c: Connection) -> int:
        put(c, 99)
        raise ValueError("no")

    pieces: list[Callable[[Connection], int]] = [
        lambda c: put(c, 1),
        broken,
        lambda c: put(c, 2),
    ]
    told: list[object] = []

    def run(work: Callable[[Connection], int]) -> None:
        try:
            told.append(group.run(work))
        except ValueError as e:
            told.append(str(e))

    with group._turn:  # so that all three wait
        threads = [
            threading.Thread(target=run, args=(work,)) for work in pieces
        ]
        for one in threads:
            one.start()
        while len(group._waiting) < 3:
            pass
    for one in threads:
        one.join()
    assert sorted(map(str, told)) == ["1", "2", "no"]
    assert stored(tmp_path) == [1, 2]


def test_who_is_to_be_committed_together_fails_together_if_the_database_does(
    tmp_path: Path,
) -> None:
    group, commits = counting(tmp_path)

    def failing(c: Connection) -> int:
        raise sqlite3.OperationalError("disk I/O error")

    other = _Piece(lambda c: put(c, 5))
    group._waiting.append(other)
    with pytest.raises(sqlite3.OperationalError):
        group.run(failing)
    assert (other.done, str(other.error)) == (True, "disk I/O error")
    assert (stored(tmp_path), commits) == ([], [])


def test_an_interrupt_in_a_shared_commit_leaves_no_piece_undone(
    tmp_path: Path,
) -> None:
    group, _ = counting(tmp_path)

    def interrupted(c: Connection) -> int:
        raise KeyboardInterrupt

    other = _Piece(lambda c: put(c, 5))
    group._waiting.append(other)
    with pytest.raises(KeyboardInterrupt):
        group.run(interrupted)
    assert not other.done
    group.run(lambda c: put(c, 6))
    assert other.done
    assert stored(tmp_path) == [5, 6]


def counting(folder: Path) -> tuple[GroupCommit, list[object]]:
    engine = create_engine(f"sqlite:///{folder / 'x.db'}")
    with engine.begin() as c:
        c.exec_driver_sql("CREATE TABLE x (n INTEGER PRIMARY KEY)")
    commits: list[object] = []
    event.listen(engine, "commit", commits.append)
    return GroupCommit(engine), commits


def put(c: Connection, n: int) -> int:
    c.exec_driver_sql("INSERT INTO x VALUES (?)", (n,))
    return n


def stored(folder: Path) -> list[int]:
    connection = sqlite3.connect(folder / "x.db")
    try:
        return [n for (n,) in connection.execute("SELECT n FROM x ORDER BY n")]
    finally:
        connection.close()

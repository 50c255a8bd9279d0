"""What was said to be done stays done after a power cut: flushed, in one piece.

What a cut really leaves is shown by test_power_loss.py, which takes minutes.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, text

from digest.app import App
from digest.infra.durable_files import write_durably
from digest.settings.edit import FeedsFile, NewFeed
from digest.store.connections import acquire_engine, power_problem, release_engine
from digest.store.group_commit import GroupCommit, _Piece
from tests.fakes.postgres import postgres

FULL = 2  #: sqlite.org/pragma.html#pragma_synchronous


@pytest.mark.sqlite
def test_sqlite_flushes_each_commit_on_every_connection(app: App) -> None:
    engine = app.store._engine
    several = [engine.connect() for _ in range(3)]
    try:
        assert [c.scalar(text("PRAGMA synchronous")) for c in several] == [FULL] * 3
    finally:
        for c in several:
            c.close()


def test_a_postgresql_that_is_set_to_lose_commits_keeps_ours(tmp_path: Path) -> None:
    """The tests' own server is set to `synchronous_commit = off`, as some are for speed."""
    url = postgres().database()
    engine = acquire_engine(url, tmp_path)
    try:
        with engine.connect() as c:
            assert c.scalar(text("SHOW synchronous_commit")) == "on"
            c.rollback()
            assert c.scalar(text("SHOW synchronous_commit")) == "on"
        assert "set fsync = on" in power_problem(engine)
    finally:
        release_engine(url, engine)


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
        threads = [threading.Thread(target=run, args=(work,)) for work in pieces]
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


def test_an_interrupt_in_a_shared_commit_leaves_no_piece_undone(tmp_path: Path) -> None:
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


def test_a_file_is_replaced_in_one_piece_and_keeps_its_permissions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text("old")
    file.chmod(0o640)
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        kind = "folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file"
        steps.append(f"flush {kind}")
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    write_durably(file, b"new")
    assert steps == ["flush file", "rename", "flush folder"]
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_what_could_not_be_written_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(file, b"new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_settings_manifests_and_pictures_are_flushed(
    app: App, audience: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.infra import images
    from digest.model import Picture
    from tests.desk_client import DAY

    flushed: set[str] = set()
    real = os.fsync

    def fsync(handle: int) -> None:
        flushed.add(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    app.approval.approve_edition(DAY, "Ada")
    monkeypatch.setattr(os, "fsync", fsync)
    app.sending.send_edition(DAY)
    feeds = FeedsFile(app.workspace.folder)
    feeds.add(NewFeed("New", "https://new.example/", "https://new.example/feed"))
    feeds.save()
    images.save(app.workspace.images, Picture("a.png", "image/png", 1, 1, b"x"))
    names = {name.split(".")[1] for name in flushed if name.endswith(".new")}
    assert {"manifest", "feeds", "a"} <= names


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

"""kill -9 at any moment of a collect loses nothing and doubles nothing."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.kill import killed, main
from tests.conftest import workspace
from tests.fakes.web import Answer, FakeWeb

FEEDS, ROUNDS, KILLS = 500, 5, 10
TEXT = (
    "The county published the report on Friday after a dispute about who should pay. "
    * 5
)
#: What must be the same however often the collect was killed. Times and ids may differ, and so
#: may which of two feeds gave an article first.
SAME = (
    "select key, url, outlet, title, summary, published, authors, guid, label, text, unread,"
    " reader, read_at is null from article order by key",
    "select url, outlet, etag, fingerprint, last_success is null, failures, error from feed"
    " order by url",
    "select a.key, j.detail, j.print, s.key from judgement j join article a on a.id = j.article"
    " join article s on s.id = j.story"
    " order by a.key",
    "select key from alias order by key",
    "select title from headline",
    "pragma integrity_check",
)


@pytest.fixture
def press() -> Iterator[FakeWeb]:
    """Five hundred feeds of three articles, of which one is in two feeds; and their pages."""
    with FakeWeb() as web:
        for n in range(FEEDS):
            items = "".join(
                f"<item><title>Report {m}-{i} on drinking water here</title><guid>g{m}-{i}</guid>"
                f"<link>/page?n={m}-{i}</link>"
                f"<pubDate>Fri, 27 Feb 2026 0{i}:00:00 GMT</pubDate></item>"
                for i, m in enumerate((n // 2, n, n))
            )
            body = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()
            web.answers[f"/feed/{n}"] = Answer(body, headers={"ETag": f'"{n}"'})
        web.answers["/page"] = Answer(
            f"<html><body><p>{TEXT}</p></body></html>".encode()
        )
        yield web


def collect(folder: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "collect",
        "--all",
    ]


def made(folder: Path, web: FakeWeb) -> Path:
    folder.mkdir()
    workspace(folder, web.url)
    text = (folder / "feeds.yaml").read_text()
    feeds = ", ".join(f"{web.url}/feed/{n}" for n in range(FEEDS))
    text = text.replace(f"[{web.url}/feed]", f"[{feeds}]").replace(
        "  spacing: 0\n", "  spacing: 0\n  per_host: 8\n"
    )
    (folder / "feeds.yaml").write_text(text)
    return folder


def stored(folder: Path) -> list[list[tuple]]:
    with closing(sqlite3.connect(folder / "digest.db")) as database:
        return [database.execute(query).fetchall() for query in SAME]


@pytest.mark.slow
def test_kill_at_fifty_moments_then_collect_again_equals_an_undisturbed_run(
    tmp_path: Path, press: FakeWeb
) -> None:
    whole = made(tmp_path / "whole", press)
    started = time.monotonic()
    subprocess.run(collect(whole), check=True, capture_output=True)
    takes = time.monotonic() - started
    moments = random.Random(3)
    for n in range(ROUNDS):
        broken = made(tmp_path / f"broken-{n}", press)
        # by the shortest of these moments nothing is stored, by the last of them nearly all
        killed = [
            killed_after(broken, 0.3 + moments.random() * takes / 4)
            for _ in range(KILLS)
        ]
        assert all(killed)
        subprocess.run(collect(broken), check=True, capture_output=True)
        assert stored(broken) == stored(whole)


def killed_after(folder: Path, seconds: float) -> bool:
    """Collect and kill it; False if it was done before."""
    return killed(collect(folder), dict(os.environ), seconds)


def has_stored_articles(folder: Path) -> bool:
    """Return whether a collect that is running has stored something already."""
    try:
        with closing(sqlite3.connect(folder / "digest.db")) as database:
            query = "select count(*) from article"
            return database.execute(query).fetchone()[0] > 0
    except sqlite3.OperationalError:  # there is no table yet
        return False


@pytest.mark.slow
def test_ctrl_c_counts_what_was_stored(tmp_path: Path, press: FakeWeb) -> None:
    """The summary of an interrupted collect is the store's."""
    folder = made(tmp_path / "stopped", press)
    process = subprocess.Popen(
        [*collect(folder), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # it is in the middle of its work once feeds of it are stored
    for _ in range(300):
        if has_stored_articles(folder):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "stopped before the end" in complained
    import json

    (tally,) = json.loads(said)
    with closing(sqlite3.connect(folder / "digest.db")) as database:
        assert (
            tally["new"]
            == database.execute("select count(*) from article").fetchone()[0]
        )
        read = "select count(*) from article where read_at is not null and unread = ''"
        assert tally["read"] == database.execute(read).fetchone()[0]
    assert "Traceback" not in complained


@pytest.mark.slow
def test_a_send_killed_again_and_again_misses_nobody_and_mails_nobody_twice() -> (
    None
):
    """In small what `benchmarks/kill.py` does with two hundred kills."""
    assert main(10, 8_000) == 0

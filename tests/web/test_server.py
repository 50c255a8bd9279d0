"""`digest serve` as a process: whom it believes, and how it ends."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from digest.app import App
from digest.services.signup import PER_NETWORK
from digest.web.public import delete_unconfirmed_signups


def test_whoever_never_confirmed_is_forgotten_although_the_database_was_away(
    open_app: Callable[..., App], caplog: pytest.LogCaptureFixture
) -> None:
    """A look that failed is not the last."""
    app, looks = (
        open_app({"DIGEST_DATABASE": "postgresql+psycopg://x@127.0.0.1:9/x"}),
        [],
    )

    def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        delete_unconfirmed_signups(app, pause)
    assert caplog.text.count("the database cannot be reached") == 2


@contextmanager
def served(
    app: App, proxy: str
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve as in production, from a process of its own; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = str(app.workspace.folder)
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        folder,
        "serve",
        f"--port={port}",
    ]
    process = subprocess.Popen([*command, f"--proxy={proxy}"])
    at = f"http://127.0.0.1:{port}"
    while process.poll() is None:
        with suppress(OSError):
            urlopen(f"{at}/health").read()
            break
        time.sleep(0.05)
    try:
        yield at, process
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize(
    ("proxy", "last"),
    [
        pytest.param("*", 202, marks=pytest.mark.slow),
        ("127.0.0.1", 202),
        ("203.0.113.1", 429),
    ],
)
def test_the_proxys_word_on_who_asks_is_believed_and_nobody_elses(
    app: App, proxy: str, last: int
) -> None:
    """And it ends when told to."""
    with served(app, proxy) as (at, process):
        for n in range(PER_NETWORK + 1):
            given = urlencode({"address": f"r{n}@r.example"}).encode()
            asking = Request(
                f"{at}/subscribe",
                given,
                {"X-Forwarded-For": f"198.51.{n}.1"},
                method="POST",
            )
            try:
                code = urlopen(asking).status
            except HTTPError as e:
                code = e.code
    assert code == last
    assert process.returncode == 0

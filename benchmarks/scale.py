"""How much workers do: an edition to a million readers, 20,000 feeds, 500 organisations.

    python benchmarks/scale.py [mail|press|organisations] [how many] [folder of the fakes]

Server, provider, outlets and workers share one machine, so the ratios say how little workers stand
in each other's way rather than what a second machine would bring. Rates are set out of the way.
"""

import json
import math
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen

import psutil
import psycopg

from benchmarks.cluster import (
    Process,
    Server,
    end,
    fresh,
    peak_mb,
    readers,
    server,
    wait_for,
    worker,
    workspace,
)
from benchmarks.send import FAKES, fake, serving, timed
from digest.app import App
from digest.infra.clock import utc_now
from digest.infra.job_queue import libpq_url
from digest.jobs.due_jobs import DueJobs
from digest.jobs.workspaces import Workspaces
from digest.model import Fate, ProviderEvent
from tests.conftest import EDITION

WORKERS = (1, 2, 4)
HOSTS, CHAPTERS = 2000, 10
POLLED = "feed WHERE next_poll IS NOT NULL"
#: Seconds between two requests to a host, and by how much a busy machine may blur them.
SPACING, BLUR = 1.0, 0.1


@contextmanager
def working(
    folder: Path, app: App, number: int, queues: str
) -> Iterator[list[Process]]:
    """Run so many workers that are there already when this begins."""
    several = [worker(folder, "--queues", queues) for _ in range(number)]
    wait_for(lambda: len(app.jobs.connected_workers()) == number)
    time.sleep(2)
    try:
        yield several
    finally:
        end(several)


# Mail


def mail(running: Server, number: int, folder: Path) -> None:
    """Print how fast an edition leaves, by readers and workers, and how that grows."""
    print("| readers | workers | frozen in, s | recipients/s | MB a worker |")
    print("| --- | --- | --- | --- | --- |")
    took: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for readers_ in (number // 100, number // 10, number):
        with fake(folder / "fake_sendgrid.py", "--latency-ms", "20") as port:
            for workers, frozen, sent in an_edition(running, port, readers_):
                took["freezing"].append((readers_, frozen))
                took[f"sending, {workers} workers"].append((readers_, sent))
    for what, points in took.items():
        print(f"{what}: grows as readers^{exponent(points):.2f}")


def an_edition(
    running: Server, port: int, number: int
) -> Iterator[tuple[int, float, float]]:
    """Send an edition by each number of workers; yield it, seconds to freeze and to hand over."""
    env = {
        "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
        "DIGEST_DELIVERY__SENDGRID__HOST": f"http://127.0.0.1:{port}",
        "DIGEST_DELIVERY__SENDGRID__RATE": "1,000,000 a second",
        "SENDGRID_API_KEY": "SG.bench",
    }
    with tempfile.TemporaryDirectory() as name:
        app = workspace(Path(name), fresh(running, f"mail{number}"), env)
        readers(app, number)
        for n, workers in enumerate(WORKERS, 1):
            day = utc_now().date() + timedelta(days=n)
            app.editions.save_source(
                EDITION.replace("2026-02-27", day.isoformat())
            )
            app.approval.approve_edition(day, "the bench")
            with working(Path(name), app, workers, "mail") as several:
                start = time.perf_counter()
                app.sending.enqueue_send(day)
                frozen = time.perf_counter() - start
                sent = wait_for(
                    lambda d=day: app.store.deliveries.is_complete(d)  # type: ignore[misc]
                )
                peak = max(map(peak_mb, several))
            told(port, number)
            row = (
                f"{number:,}",
                workers,
                f"{frozen:.2f}",
                f"{number / sent:,.0f}",
                peak,
            )
            print(f"| {' | '.join(map(str, row))} |", flush=True)
            yield workers, frozen, sent
        afterwards(app, day, number)
        app.__exit__(None, None, None)


def afterwards(app: App, day: date, number: int) -> None:
    """Print what an edition costs once it is sent: to count it, to keep it, its events."""
    counted, _ = timed(lambda: app.store.deliveries.get_delivery_report(day))
    people = [
        app.store.subscribers.find_subscriber(
            f"reader{n}@example{n % 1000}.org"
        )
        for n in range(1000)
    ]
    told = [
        ProviderEvent(
            f"{day}{p.id}", Fate.DELIVERED, p.address, utc_now(), day, p.id
        )
        for p in people
        if p
    ]
    taken, _ = timed(
        lambda: app.store.provider_events.take_in_events(told, utc_now())
    )
    with psycopg.connect(libpq_url(app.settings.database)) as c:
        size = c.execute("SELECT pg_total_relation_size('delivery')").fetchone()
    each = size[0] / number / len(WORKERS) if size else 0
    print(f"afterwards: counted in {counted:.2f} s, {each:.0f} bytes a delivery with its indices, "
          f"{len(told) / taken:,.0f} events/s")  # fmt: skip


def told(port: int, number: int) -> None:
    """Make sure that the provider was given everybody once, and let it forget them."""
    at = f"http://127.0.0.1:{port}"
    urlopen(Request(f"{at}/_flush", method="POST")).read()
    stats = json.loads(urlopen(f"{at}/_stats").read())
    assert stats["messages"] == number, stats
    urlopen(Request(f"{at}/_reset", method="POST")).read()


def exponent(points: list[tuple[int, float]]) -> float:
    """Return b of the line log y = a + b log x through some points, by least squares."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mx, my = (sum(some) / len(logs) for some in zip(*logs, strict=True))
    slope = sum((x - mx) * (y - my) for x, y in logs)
    return float(slope / sum((x - mx) ** 2 for x, _ in logs))


# Press


def press(running: Server, number: int) -> None:
    """Print how fast feeds are polled by workers, and how near requests to a host came."""
    print(
        "\n| feeds | workers | cold, s | feeds/s | articles | MB a worker | nearest, s |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for workers in WORKERS:
        with (
            tempfile.TemporaryDirectory() as name,
            serving_feeds(Path(name), number) as port,
        ):
            url = fresh(running, f"press{workers}")
            apps = [
                chapter(Path(name), n, url, port, number)
                for n in range(CHAPTERS)
            ]
            with working(
                Path(name), apps[0], workers, "office,press"
            ) as several:
                is_polled = partial(_is_polled, url, number)
                took = wait_for(is_polled, 1800)
                peak = max(map(peak_mb, several))
            stored = counted(url, "article")
            for app in apps:
                app.__exit__(None, None, None)
            time.sleep(1)
            near = nearest(Path(name) / "log")
        row = (
            f"{number:,}",
            workers,
            f"{took:.0f}",
            f"{number / took:,.0f}",
            f"{stored:,}",
            peak,
        )
        print(f"| {' | '.join(map(str, row))} | {near:.2f} |", flush=True)


def serving_feeds(folder: Path, number: int) -> AbstractContextManager[int]:
    """Serve feeds; what is asked of them is written into a log."""
    script, log = (
        str(Path(__file__).parent / "feeds_server.py"),
        str(folder / "log"),
    )
    return serving(
        lambda port: [sys.executable, script, str(port), str(number), log]
    )


def chapter(folder: Path, n: int, url: str, port: int, number: int) -> App:
    """Make the n-th organisation: it watches feeds of all hosts, as the others do."""
    mine = [(k, f"http://127.1.{k % HOSTS // 250}.{k % HOSTS % 250 + 1}:{port}/{k}")
            for k in range(n * number // CHAPTERS, (n + 1) * number // CHAPTERS)]  # fmt: skip
    outlets = "outlets:\n" + "".join(
        f"  - {{name: Outlet {k}, homepage: '{at}', feeds: ['{at}']}}\n"
        for k, at in mine
    )
    here = folder / f"chapter{n}"
    app = workspace(here, url, {}, f"workspace: chapter{n}\n")
    text = (here / "feeds.yaml").read_text()
    text = re.sub(r"outlets:\n(  .*\n)+", outlets, text)
    text = text.replace("spacing: 0", f"spacing: {SPACING}\n  at_once: 64")
    (here / "feeds.yaml").write_text(text)
    return app


def _is_polled(url: str, number: int) -> bool:
    """Return whether so many feeds have been polled."""
    return counted(url, POLLED) >= number


def counted(url: str, rows: str) -> int:
    """Return how many such rows there are in all workspaces."""
    each = " UNION ALL ".join(
        f"SELECT count(*) FROM chapter{n}.{rows}" for n in range(CHAPTERS)
    )
    with psycopg.connect(libpq_url(url)) as c:
        return int(c.execute(f"SELECT sum(count) FROM ({each})").fetchone()[0])  # type: ignore[index]


def nearest(log: Path) -> float:
    """Return the least number of seconds between two requests to one host."""
    last: dict[str, float] = {}
    least, gaps, close = math.inf, 0, 0
    for line in log.read_text().splitlines():
        with suppress(ValueError):  # a last line that was cut off
            at, host, _ = line.split()
            gap = float(at) - last.get(host, -math.inf)
            least, gaps, close = (
                min(least, gap),
                gaps + 1,
                close + (gap < SPACING - BLUR),
            )
            last[host] = float(at)
    print(
        f"{close} of {gaps} requests came nearer to the one before",
        file=sys.stderr,
    )
    return least


# Organisations


def organisations(running: Server, number: int) -> None:
    """Print what it costs to look after so many organisations of one database."""
    with tempfile.TemporaryDirectory() as name:
        url = fresh(running, "many")
        for n in range(number):
            an_organisation(Path(name), n, url)
        start = time.perf_counter()
        workspaces = Workspaces(Path(name))
        opened = time.perf_counter() - start
        due_jobs = DueJobs(workspaces)
        looks = [timed(due_jobs.find_all)[0] for _ in range(3)]
        mb = psutil.Process().memory_info().rss // 1_000_000
        workspaces.close()
    told = ", ".join(f"{seconds:.1f}" for seconds in looks)
    print(
        f"{number} organisations: read in {opened:.1f} s; what is due in {told} s; {mb} MB"
    )


def an_organisation(folder: Path, n: int, url: str) -> None:
    """Make one with ten readers and an edition."""
    app = workspace(folder / f"chapter{n}", url, {}, f"workspace: chapter{n}\n")
    readers(app, 10)
    app.__exit__(None, None, None)


def main(which: str, number: int, folder: Path) -> None:
    """Print the tables."""
    with server() as running:
        if which in ("", "mail"):
            mail(running, number or 1_000_000, folder)
        if which in ("", "press"):
            press(running, number or 20_000)
        if which in ("", "organisations"):
            organisations(running, number or 500)


if __name__ == "__main__":
    argv = sys.argv[1:]
    main(
        argv[0] if argv else "",
        int(argv[1]) if len(argv) > 1 else 0,
        Path(argv[2]) if len(argv) > 2 else FAKES,
    )

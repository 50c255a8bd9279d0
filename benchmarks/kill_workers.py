"""kill -9 of workers, and of PostgreSQL, while they send: who is missed, or mailed twice.

    python benchmarks/kill_workers.py [kills] [readers a round]

Three workers hand an edition over to a fake SendGrid that takes half a second an answer. Every
second or two one of them is killed and another started, and each tenth time the database with all
its processes as well, which then recovers. In the end everybody must have been mailed once.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.cluster import (
    Process,
    Server,
    end,
    fresh,
    readers,
    server,
    wait_for,
    worker,
    workspace,
)
from benchmarks.kill import Tally
from digest.app import App
from digest.errors import DigestError
from digest.infra.clock import utc_now
from digest.model import DeliveryState
from tests.fakes.sendgrid import FakeSendgrid

WORKERS = 3
TODAY = utc_now().date()
QUICK = {"DIGEST_DELIVERY__SENDGRID__RATE": "10,000 a second"}


def left(app: App) -> int:
    """Return how many deliveries are not settled; many while the database is away."""
    with suppress(DigestError):
        counts = app.store.deliveries.get_delivery_report(TODAY).counts
        return counts.get(DeliveryState.QUEUED, 0) + counts.get(
            DeliveryState.CLAIMED, 0
        )
    return sys.maxsize


def a_round(
    running: Server,
    folder: Path,
    number: int,
    tally: Tally,
    wanted: int,
    dice: random.Random,
) -> None:
    """Kill until all is sent or there were enough kills; count what became of the readers."""
    with FakeSendgrid() as fake:
        fake.latency = 0.5
        app = workspace(
            folder,
            fresh(running, f"round{dice.randrange(10**9)}"),
            fake.env | QUICK,
        )
        addresses = readers(app, number)
        app.sending.enqueue_send(TODAY)
        workers = [worker(folder) for _ in range(WORKERS)]
        while left(app) and tally.kills < wanted:
            time.sleep(0.5 + dice.random() * 2)
            kill_one(workers, folder, dice.randrange(WORKERS))
            tally.kills += 1
            if tally.kills % 10 == 5:
                running.kill()
                running.start()
        wait_for(lambda: not left(app) and settled(app))
        end(workers)
        unsure = app.store.deliveries.get_delivery_report(TODAY).counts.get(
            DeliveryState.UNCERTAIN, 0
        )
        tally.add(0, fake.mailed(), addresses, unsure)
        app.__exit__(None, None, None)


def kill_one(workers: list[Process], folder: Path, place: int) -> None:
    """Kill a worker, and start another in its place."""
    workers[place].kill()
    workers[place].wait()
    workers[place] = worker(folder)


def settled(app: App) -> bool:
    """Take back what is uncertain still, as `digest reconcile` does."""
    with suppress(DigestError):
        app.reconciliation.reconcile_edition(TODAY)
        return not left(app)
    return False


@contextmanager
def a_worker(
    running: Server, folder: Path, number: int
) -> Iterator[tuple[FakeSendgrid, Process]]:
    """Run one worker that has begun to hand an edition over."""
    with FakeSendgrid() as fake:
        fake.latency = 0.5
        app = workspace(folder, fresh(running, "interrupted"), fake.env | QUICK)
        readers(app, number)
        app.sending.enqueue_send(TODAY)
        one = worker(folder, "--queues", "mail")
        wait_for(lambda: fake.payloads)
        yield fake, one
        app.__exit__(None, None, None)


def recovery(running: Server, folder: Path) -> float:
    """Return the seconds from a worker's death to its jobs' next hand-over, by another."""
    with a_worker(running, folder, 40_000) as (fake, first):
        first.kill()
        first.wait()
        died, before = time.perf_counter(), len(fake.payloads)
        second = worker(folder, "--queues", "mail")
        wait_for(lambda: len(fake.payloads) > before)
        took = time.perf_counter() - died
        end([second])
        return took


def interruption(running: Server, folder: Path) -> float:
    """Return the seconds from PostgreSQL's death to the next hand-over, its own start included."""
    with a_worker(running, folder, 200_000) as (fake, one):
        running.kill()
        died = time.perf_counter()
        time.sleep(1)  # what was under way is answered
        before = len(fake.payloads)
        running.start()
        wait_for(lambda: len(fake.payloads) > before)
        took = time.perf_counter() - died
        one.kill()
        one.wait()
        return took


def spread(seconds: list[float]) -> str:
    """Return the least, the most and the median of some times."""
    return f"{min(seconds):.1f} to {max(seconds):.1f} s, median {statistics.median(seconds):.1f} s"


def main(kills: int, number: int) -> int:
    """Print the tables; return how many were missed or mailed twice."""
    dice, tally, n = random.Random(8), Tally(), 0
    with server() as running, tempfile.TemporaryDirectory() as name:
        while tally.kills < kills:
            a_round(running, Path(name) / str(n), number, tally, kills, dice)
            n += 1
            print(f"round {n}: {tally}", file=sys.stderr, flush=True)
        took = [recovery(running, Path(name) / f"r{i}") for i in range(5)]
        away = [interruption(running, Path(name) / f"i{i}") for i in range(5)]
    print("| workers killed | missed | mailed twice | uncertain |")
    print(f"| --- | --- | --- | --- |\n| {tally} |")
    print(f"PostgreSQL was killed {(tally.kills + 5) // 10} times")
    print(f"\nA dead worker's jobs ran again after {spread(took)}")
    print(
        f"After PostgreSQL died, mail was handed over again after {spread(away)}"
    )
    return tally.missed + tally.twice


if __name__ == "__main__":
    numbers = [int(n) for n in sys.argv[1:3]]
    sys.exit(main(*numbers, *(100, 400_000)[len(numbers) :]) > 0)

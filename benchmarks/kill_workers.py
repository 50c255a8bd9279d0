"""kill -9 of random workers while they send: who is missed, who is mailed twice, how long it takes.

    python benchmarks/kill_workers.py [kills] [readers a round]

Three workers hand an edition over to a fake SendGrid that takes half a second an answer. Every
second or two one of them is killed and another started. In the end everybody must have been mailed
once.
"""

import random
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.cluster import Server, fresh, readers, server, wait_for, worker, workspace
from digest.app import App, now
from digest.errors import DigestError
from digest.model import State
from tests.fakes.sendgrid import FakeSendgrid

WORKERS = 3
TODAY = now().date()


def left(app: App) -> int:
    """Return how many deliveries are not settled; many while the database is away."""
    with suppress(DigestError):
        counts = app.store.deliveries.proof(TODAY).counts
        return counts.get(State.QUEUED, 0) + counts.get(State.CLAIMED, 0)
    return sys.maxsize


def a_round(
    running: Server, folder: Path, number: int, wanted: int, dice: random.Random
) -> list[int]:
    """Kill until all is sent or there were enough kills; return kills, missed, twice, uncertain."""
    with FakeSendgrid() as fake:
        fake.latency = 0.5
        app = workspace(folder, fresh(running, f"round{dice.randrange(10**9)}"), fake.env)
        addresses = readers(app, number)
        app.begin(TODAY)
        workers = [worker(folder) for _ in range(WORKERS)]
        kills = 0
        while left(app) and kills < wanted:
            time.sleep(0.5 + dice.random() * 2)
            place = dice.randrange(WORKERS)
            workers[place].kill()
            workers[place].wait()
            workers[place] = worker(folder)
            kills += 1
        wait_for(lambda: not left(app) and settled(app))
        for one in workers:
            one.terminate()
        for one in workers:
            one.wait()
        mailed = fake.mailed()
        unsure = app.store.deliveries.proof(TODAY).counts.get(State.UNCERTAIN, 0)
        missed = sum(mailed[a] == 0 for a in addresses) - unsure
        twice = sum(n > 1 for n in mailed.values())
        app.__exit__(None, None, None)
        return [kills, max(missed, 0), twice, unsure]


def settled(app: App) -> bool:
    """Take back what is uncertain still, as `digest reconcile` does."""
    with suppress(DigestError):
        app.dispatch.settle(TODAY)
        return not left(app)
    return False


def recovery(running: Server, folder: Path) -> float:
    """Return the seconds from a worker's death to its job's next hand-over, by another."""
    with FakeSendgrid() as fake:
        fake.latency = 0.5
        app = workspace(folder, fresh(running, "recovery"), fake.env)
        readers(app, 20_000)
        app.begin(TODAY)
        first = worker(folder, "--queues", "mail")
        wait_for(lambda: fake.payloads)
        first.kill()
        first.wait()
        died, before = time.perf_counter(), len(fake.payloads)
        second = worker(folder, "--queues", "mail")
        wait_for(lambda: len(fake.payloads) > before + 8)
        took = time.perf_counter() - died
        second.terminate()
        second.wait()
        app.__exit__(None, None, None)
        return took


def main(kills: int, number: int) -> int:
    """Print the tables; return how many were missed or mailed twice."""
    dice, sums = random.Random(8), [0, 0, 0, 0]
    with server() as running, tempfile.TemporaryDirectory() as name:
        n = 0
        while sums[0] < kills:
            found = a_round(running, Path(name) / str(n), number, kills - sums[0], dice)
            sums = [a + b for a, b in zip(sums, found, strict=True)]
            n += 1
            print(f"round {n}: {found}", file=sys.stderr, flush=True)
        took = [recovery(running, Path(name) / f"r{i}") for i in range(5)]
    print("| workers killed | missed | mailed twice | uncertain |")
    print("| --- | --- | --- | --- |")
    print(f"| {' | '.join(map(str, sums))} |")
    print(f"\nA dead worker's jobs ran again after {min(took):.1f} to {max(took):.1f} s, "
          f"median {statistics.median(took):.1f} s")  # fmt: skip
    return sums[1] + sums[2]


if __name__ == "__main__":
    numbers = [int(n) for n in sys.argv[1:3]]
    sys.exit(main(*numbers, *(100, 400_000)[len(numbers) :]) > 0)

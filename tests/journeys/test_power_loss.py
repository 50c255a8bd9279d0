"""A power cut loses nothing that was promised: nobody is mailed twice, no "no" is forgotten.

The disk is tests/fakes/power.py: after each run the working folder is put back to what had been
flushed to it, and by dice to any part of the rest. The moments come by chance, so no test asserts
that a certain one was hit, only what must hold after every one.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from benchmarks.kill import counts, stocked
from digest.app import App
from digest.model import DeliveryState
from digest.settings import load_workspace
from tests.desk_client import DAY
from tests.fakes.power import Disk
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

READERS, CUTS = 2_000, 6


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path)
    yield made
    made.remove()


def send(folder: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "send",
        str(DAY),
        "--yes",
    ]


def cut_again_and_again(
    disk: Disk,
    folder: Path,
    env: dict[str, str],
    handed: Callable[[], int],
    readers: int,
) -> int:
    """Send, and cut the power each time some more were handed over; return the cuts."""
    dice, cuts = random.Random(17), 0
    while cuts < CUTS and handed() < readers:
        process = subprocess.Popen(
            send(folder), env=disk.env() | env, stdout=subprocess.DEVNULL
        )
        wanted = handed() + dice.randint(1, readers // CUTS)
        while process.poll() is None and handed() < wanted:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
        disk.lose_power(dice if cuts % 2 else None)
        cuts += 1
    for _ in range(3):  # the last run takes back what is uncertain
        subprocess.run(
            send(folder),
            env={**os.environ, **env},
            check=False,
            capture_output=True,
        )
    return cuts


def judged(
    folder: Path, mailed: Counter[str], addresses: list[str]
) -> tuple[int, int, int]:
    """Return how many were mailed twice, missed in silence, and are listed as uncertain."""
    unsure = counts(folder).get(DeliveryState.UNCERTAIN, 0)
    twice = sum(n > 1 for n in mailed.values())
    return (
        twice,
        max(0, sum(mailed[a] == 0 for a in addresses) - unsure),
        unsure,
    )


def test_a_power_cut_in_a_send_through_sendgrid_mails_nobody_twice(
    tmp_path: Path, disk: Disk
) -> None:
    addresses = stocked(tmp_path, 6_000)
    with FakeSendgrid() as fake:
        fake.latency = 0.02

        def handed() -> int:
            return sum(len(p["personalizations"]) for p in list(fake.payloads))

        cuts = cut_again_and_again(disk, tmp_path, fake.env, handed, 6_000)
        twice, missed, unsure = judged(tmp_path, fake.mailed(), addresses)
        print(
            f"SendGrid: {cuts} power cuts, {twice} twice, {missed} missed, {unsure} uncertain"
        )
        assert cuts >= 3
        assert (twice, missed, unsure) == (0, 0, 0)


def test_a_power_cut_leaves_one_uncertain_per_smtp_connection(
    tmp_path: Path, disk: Disk
) -> None:
    addresses = stocked(tmp_path, READERS)
    with FakeSmtp(pipelining=True) as fake:
        env = fake.env | {"DIGEST_DELIVERY__SMTP__RATE": "1000000 a minute"}
        cuts = cut_again_and_again(
            disk, tmp_path, env, lambda: len(fake.messages), READERS
        )
        mailed = Counter(to for to, _ in fake.messages)
        twice, missed, unsure = judged(tmp_path, mailed, addresses)
        print(
            f"SMTP: {cuts} power cuts, {twice} twice, {missed} missed, {unsure} uncertain"
        )
        assert cuts >= 3
        assert (twice, missed) == (0, 0)
        assert unsure <= 4 * cuts  # delivery.smtp.connections


def test_who_was_told_that_they_left_has_left_after_a_power_cut(
    tmp_path: Path, disk: Disk
) -> None:
    stocked(tmp_path, 20)
    with App(load_workspace(tmp_path, {})) as app:
        people = [p.id for p in app.store.subscribers.iterate_subscribers()]
        tokens = [app.tokens.sign_subscriber(n) for n in people]
    with serving(tmp_path, disk.env()) as port:
        for token in tokens:
            asked = Request(f"http://127.0.0.1:{port}/u/{token}", method="POST")
            assert urlopen(asked).status == 200
    disk.lose_power()
    with App(load_workspace(tmp_path, {})) as app:
        assert app.store.subscribers.count_active() == 0


@contextmanager
def serving(folder: Path, env: dict[str, str]) -> Iterator[int]:
    """Serve readers as a process that is killed in the end; yield its port once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "serve",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        while True:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


def test_feeds_yaml_is_whole_after_a_power_cut(
    tmp_path: Path, disk: Disk
) -> None:
    stocked(tmp_path, 1)
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from digest.settings.edit import FeedsFile, NewFeed\n"
        "feeds = FeedsFile(Path(sys.argv[1]))\n"
        "feeds.add_feed(NewFeed('New', 'https://new.example/', 'https://new.example/' + sys.argv[2]))\n"
        "feeds.save_changes()\n"
    )
    dice = random.Random(4)
    for n in range(8):
        command = [sys.executable, "-c", script, str(tmp_path), str(n)]
        subprocess.run(command, env=disk.env(), check=True)
        disk.lose_power(dice if n % 2 else None)
        (_, new) = load_workspace(tmp_path, {}).settings.outlets
        assert [str(feed) for feed in new.feeds] == [
            f"https://new.example/{m}" for m in range(n + 1)
        ]

"""kill -9 at random moments of a send, again and again: who is missed, who is mailed twice?

    python benchmarks/kill.py [kills] [recipients]

Senders to the same fakes, each killed so often and then run to its end: `digest` through
SendGrid (a fake that keeps batches, cancels and times to leave), `digest` through SMTP, and beside
them a sender that notes a checkpoint after each batch, as many do, to show that the test can fail.

Among the kills of `digest` somebody edits the edition, and a second sender is started at the same
time as the first: whoever is mailed must get what was approved, and get it once.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.app import App
from digest.errors import DigestError
from digest.infra.clock import utc_now
from digest.model import DeliveryState, Subscriber
from digest.settings import load_workspace
from tests.conftest import EDITION, FEEDS
from tests.desk_client import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp

CHECKPOINT = """\
import json, sqlite3, sys, urllib.request
folder, url, batch = sys.argv[1], sys.argv[2], 1000
rows = [r[0] for r in sqlite3.connect(folder + "/digest.db").execute(
    "select address from subscriber order by id")]
try:
    done = int(open(folder + "/checkpoint").read())
except (OSError, ValueError):
    done = 0
while done < len(rows):
    some = [{"to": [{"email": a}]} for a in rows[done:done + batch]]
    body = json.dumps({"personalizations": some}).encode()
    urllib.request.urlopen(urllib.request.Request(url + "/v3/mail/send", body)).read()
    done += batch
    open(folder + "/checkpoint", "w").write(str(done))
"""


#: What an edit writes into the edition. No mail may hold it: it was never approved.
MARK = "Zzedited"


def stocked(folder: Path, recipients: int) -> list[str]:
    """Fill a working folder: an approved edition and its readers."""
    (folder / "feeds.yaml").write_text(FEEDS.format(home="http://127.0.0.1:9"))
    addresses = [f"reader{n}@example{n % 100}.org" for n in range(recipients)]
    with App(load_workspace(folder, {})) as app:
        app.subscribers.add_people(
            Subscriber(a, consent_at=utc_now()) for a in addresses
        )
        app.editions.save_source(EDITION)
        app.approval.approve_edition(DAY, "the bench")
    return addresses


def killed(command: list[str], env: dict[str, str], moment: float) -> bool:
    """Run a command and kill it at a moment; False if it was done before."""
    quiet: dict[str, Any] = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    return _killed(subprocess.Popen(command, env=env, **quiet), moment)


def _lasts(command: list[str], env: dict[str, str]) -> float:
    """Return the seconds that a command takes now."""
    began = time.monotonic()
    subprocess.run(command, env=env, check=False, capture_output=True)
    return time.monotonic() - began


def _killed(process: "subprocess.Popen[bytes]", moment: float) -> bool:
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def until_done(
    command: list[str],
    env: dict[str, str],
    kills: int,
    done: Callable[[], bool],
    takes: float,
) -> int:
    """Kill so often at random moments, then let it end; return how many kills it took."""
    dice, count = random.Random(1), 0
    while count < kills and not done():
        # most of a run is Python starting; kills are to hit what comes after it
        count += killed(command, env, 0.45 + dice.random() * takes)
    for _ in range(20):
        if done():
            break
        subprocess.run(command, env=env, check=False, capture_output=True)
    return count


class Editor:
    """Somebody who edits the edition while it is being sent, and takes that back the next time."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._edited = folder, False
        self.edits = 0

    def __call__(self) -> None:
        """Edit the edition, or put back what was approved."""
        self._save(
            EDITION
            if self._edited
            else EDITION.replace("Paragraphs", f"{MARK} paragraphs")
        )
        self._edited = not self._edited
        self.edits += 1

    def put_back(self) -> None:
        """Put back what was approved, if it is not there."""
        if self._edited:
            self()

    def _save(self, text: str) -> None:
        with App(load_workspace(self._folder, {})) as app:
            try:
                app.editions.save_source(text)
            except DigestError as e:  # what was sent may be refused an edit
                print(f"an edit was refused: {e}", file=sys.stderr)


def disturbed(
    command: list[str],
    env: dict[str, str],
    kills: int,
    done: Callable[[], bool],
    takes: float,
    edit: Editor,
) -> tuple[int, int]:
    """Do as `until_done` does, with edits and second senders among the kills.

    Return how many kills it took, and how often two senders were started together.
    """
    dice, count, pairs = random.Random(2), 0, 0
    starts = _lasts(
        [*command, "--dry-run"], env
    )  # kills are to hit what comes after it
    quiet: dict[str, Any] = {
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    while count < kills and not done():
        number = dice.choice([1, 2])
        pairs += number == 2
        senders = [
            subprocess.Popen(command, env=env, **quiet) for _ in range(number)
        ]
        if dice.random() < 0.5:
            edit()
        for sender in senders:
            count += _killed(sender, starts + dice.random() * takes)
    for last in range(20):
        if done():
            break
        if (
            last == 10
        ):  # a sender that minds edits goes on once they are taken back
            edit.put_back()
        subprocess.run(command, env=env, check=False, capture_output=True)
    return count, pairs


@dataclass
class Tally:
    """What became of readers, over several rounds."""

    kills: int = 0
    missed: int = 0
    twice: int = 0
    unsure: int = 0
    edits: int = 0
    pairs: int = 0  #: times that two senders were started together
    other: int = 0  #: mails that hold what was not approved

    def add(
        self,
        kills: int,
        mailed: Counter[str],
        addresses: list[str],
        unsure: int,
    ) -> None:
        """Count a round. Who is uncertain and was not reached is listed, not missed in silence."""
        silent = sum(mailed[a] == 0 for a in addresses)
        self.kills += kills
        self.twice += sum(n > 1 for n in mailed.values())
        self.missed += max(0, silent - unsure)
        self.unsure += unsure

    def __str__(self) -> str:
        return f"{self.kills} | {self.missed} | {self.twice} | {self.unsure}"

    @property
    def row(self) -> str:
        """The figures as a row of the table."""
        among = f"{self.kills} | {self.edits} | {self.pairs}"
        return f"{among} | {self.missed} | {self.twice} | {self.other} | {self.unsure}"


def counts(folder: Path) -> dict[DeliveryState, int]:
    """Return what the ledger knows."""
    with App(load_workspace(folder, {})) as app:
        return app.store.deliveries.get_delivery_report(DAY).counts


def by_digest(
    folder: Path, env: dict[str, str], kills: int, takes: float, tally: Tally
) -> int:
    """Kill `digest send` so often, then let it end and settle what is uncertain."""
    command = [
        sys.executable,
        "-m",
        "digest",
        "-C",
        str(folder),
        "send",
        str(DAY),
        "--yes",
    ]

    def done() -> bool:
        left = counts(folder)
        return (
            bool(left)
            and not left.get(DeliveryState.QUEUED, 0)
            and not left.get(DeliveryState.CLAIMED, 0)
        )

    editor = Editor(folder)
    count, pairs = disturbed(command, env, kills, done, takes, editor)
    subprocess.run(command, env=env, check=False, capture_output=True)
    tally.edits += editor.edits
    tally.pairs += pairs
    return count


def through_sendgrid(
    kills: int, recipients: int, limit: int = 1_000_000
) -> Tally:
    """Kill sends through SendGrid until there were so many kills.

    `limit` is how many batches it lets be cancelled at a time. SendGrid's is ten, until they would
    have left; kills as close as these, ten seconds apart at most, use that up.
    """
    tally = Tally()
    while tally.kills < kills:
        with tempfile.TemporaryDirectory() as name, FakeSendgrid() as fake:
            addresses = stocked(Path(name), recipients)
            fake.latency, fake.limit = 0.05, limit
            env = {**os.environ, **fake.env}
            count = by_digest(Path(name), env, kills - tally.kills, 0.6, tally)
            tally.other += sum(
                MARK in p["content"][0]["value"] for p in fake.payloads
            )
            unsure = counts(Path(name)).get(DeliveryState.UNCERTAIN, 0)
            tally.add(count, fake.mailed(), addresses, unsure)
    return tally


def through_smtp(kills: int, recipients: int) -> Tally:
    """Kill sends through SMTP until there were so many kills."""
    tally = Tally()
    while tally.kills < kills:
        with (
            tempfile.TemporaryDirectory() as name,
            FakeSmtp(pipelining=True) as fake,
        ):
            addresses = stocked(Path(name), recipients)
            env = {**os.environ, **fake.env}
            count = by_digest(Path(name), env, kills - tally.kills, 1.0, tally)
            tally.other += sum(
                MARK.encode() in raw.replace(b"=\r\n", b"") for raw in fake.raw
            )
            unsure = counts(Path(name)).get(DeliveryState.UNCERTAIN, 0)
            tally.add(
                count, Counter(to for to, _ in fake.messages), addresses, unsure
            )
    return tally


def by_checkpoint(kills: int, recipients: int) -> Tally:
    """Kill the sender that others are like until there were so many kills."""
    tally = Tally()
    while tally.kills < kills:
        with tempfile.TemporaryDirectory() as name, FakeSendgrid() as fake:
            addresses = stocked(Path(name), recipients)
            fake.latency = 0.05
            (Path(name) / "sender.py").write_text(CHECKPOINT)
            checkpoint = Path(name) / "checkpoint"

            def ended(
                file: Path = checkpoint, of: int = len(addresses)
            ) -> bool:
                return file.exists() and int(file.read_text() or 0) >= of

            command = [sys.executable, f"{name}/sender.py", name, fake.url]
            count = until_done(
                command, dict(os.environ), kills - tally.kills, ended, 0.3
            )
            tally.add(max(count, 1), fake.mailed(), addresses, 0)
    return tally


def main(kills: int, recipients: int) -> int:
    """Print the table; return how many digest missed, mailed twice, or mailed other content."""
    print(f"{recipients} recipients a round; by SMTP a tenth of them\n")
    print(
        "| sender | kills | edits | two at once | missed in silence | mailed twice "
        "| other content | uncertain, listed |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    ours = {
        "digest, SendGrid": through_sendgrid(kills, recipients),
        "the same, ten cancels at a time": through_sendgrid(
            kills, recipients, 10
        ),
        "digest, SMTP": through_smtp(kills, recipients // 10),
    }
    for name, tally in ours.items():
        print(f"| {name} | {tally.row} |")
    print(
        f"| checkpoint after each batch | {by_checkpoint(kills, recipients).row} |"
    )
    return sum(t.missed + t.twice + t.other for t in ours.values())


if __name__ == "__main__":
    numbers = [int(n) for n in sys.argv[1:3]]
    sys.exit(main(*numbers, *(200, 20_000)[len(numbers) :]) > 0)

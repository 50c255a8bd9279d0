"""Two newsletters of one date are sent at one time, to people of whom many get both.

Each is a send of its own: whoever is stopped, killed or unsubscribed in one of them changes nothing
in the other.
"""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from digest.app import App
from digest.model import DeliveryState, Subscriber
from digest.settings import load_workspace
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp
from tests.several_newsletters import add_newsletters

KEYS = ("weekly", "clips")
SUBJECTS = {"weekly": "What the records show", "clips": "What was said today"}
#: Between the freeze and the hand-over one left the clips, one everything, one is suppressed.
LEFT_CLIPS = "reader2@readers.example"
LEFT_ALL = "reader5@readers.example"
SUPPRESSED = "reader8@readers.example"


@dataclass
class Mailbox:
    """What a fake was given: how many mails of each newsletter for each address."""

    fake: FakeSmtp | FakeSendgrid

    def count_mails(self, newsletter: str) -> Counter[str]:
        subject = SUBJECTS[newsletter]
        if isinstance(self.fake, FakeSmtp):
            return Counter(
                to
                for to, mail in self.fake.messages
                if mail["Subject"] == subject
            )
        left = [
            payload
            for payload in self.fake.payloads
            if payload.get("batch_id") not in self.fake.cancelled
            and payload["subject"] == subject
        ]
        return Counter(
            recipient["email"]
            for payload in left
            for person in payload["personalizations"]
            for recipient in person["to"]
        )

    def count_all(self) -> int:
        """Count what was handed over, if only to be cancelled later."""
        if isinstance(self.fake, FakeSmtp):
            return len(self.fake.messages)
        return len(self.fake.payloads)


@pytest.fixture(params=["smtp", "sendgrid"])
def mailbox(request: pytest.FixtureRequest) -> Iterator[Mailbox]:
    fake: FakeSmtp | FakeSendgrid = FakeSendgrid()
    if request.param == "smtp":
        fake = FakeSmtp(pipelining=True)
    with fake:
        yield Mailbox(fake)


def subscribers_of(newsletter: str, number: int) -> list[str]:
    """Return the addresses of a newsletter: a third gets this one, a third the other, a third both."""
    other = 1 - KEYS.index(newsletter)
    return [
        f"reader{n}@readers.example" for n in range(number) if n % 3 != other
    ]


def prepare(folder: Path, env: dict[str, str], number: int) -> None:
    """Fill a folder with two approved editions of one date, and freeze their audiences."""
    add_newsletters(folder, clips={"title": "Clips"})
    with (folder / ".env").open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in env.items())
    with open_folder(folder) as whole:
        for app in whole.newsletters:
            key = app.settings.newsletter.key
            app.subscribers.add_people(
                Subscriber(address, consent_at=NOW)
                for address in subscribers_of(key, number)
            )
            text = EDITION.replace(SUBJECTS["weekly"], SUBJECTS[key])
            app.editions.save_source(text)
            app.approval.approve_edition(DAY, "Ada")
            frozen = app.sending.send_edition(DAY, stop=lambda: True)
            expected = len(subscribers_of(key, number))
            assert frozen.counts == {DeliveryState.QUEUED: expected}


def change_minds(folder: Path) -> None:
    """Let people leave, and one be suppressed, while both audiences are frozen."""
    with open_folder(folder) as app:
        leaver = app.store.subscribers.find_subscriber(LEFT_CLIPS)
        assert leaver is not None
        app.store.subscriptions.leave(leaver.id, "clips", NOW)
        app.subscribers.unsubscribe_address(LEFT_ALL)
        app.subscribers.suppress_address(SUPPRESSED, "a test")


def expected_of(newsletter: str, number: int) -> set[str]:
    """Return who is to get a newsletter after people have changed their minds."""
    addresses = set(subscribers_of(newsletter, number))
    addresses -= {LEFT_ALL, SUPPRESSED}
    if newsletter == "clips":
        addresses -= {LEFT_CLIPS}
    return addresses


@contextmanager
def open_folder(folder: Path) -> Iterator[App]:
    with App(load_workspace(folder, {}), lambda: NOW) as app:
        yield app


def test_two_sends_at_one_time_each_reach_their_own_people_once(
    folder: Path, mailbox: Mailbox
) -> None:
    """Each is in the middle of its hand-over while the other one is."""
    prepare(folder, mailbox.fake.env, 30)
    change_minds(folder)
    both_at_work = threading.Barrier(2, timeout=20)

    def send_one(newsletter: str) -> Counter[DeliveryState]:
        is_first = True

        def wait_for_other(_count: int) -> None:
            nonlocal is_first
            if is_first:
                is_first = False
                both_at_work.wait()

        with open_folder(folder) as app:
            sending = app.for_newsletter(newsletter).sending
            return Counter(sending.send_edition(DAY, wait_for_other).counts)

    with ThreadPoolExecutor(2) as threads:
        weekly, clips = threads.map(send_one, KEYS)
    assert weekly == {DeliveryState.ACCEPTED: 18, DeliveryState.EXCLUDED: 2}
    assert clips == {DeliveryState.ACCEPTED: 17, DeliveryState.EXCLUDED: 3}
    for newsletter in KEYS:
        expected = Counter(expected_of(newsletter, 30))
        assert mailbox.count_mails(newsletter) == expected
    assert LEFT_CLIPS in mailbox.count_mails("weekly")
    assert (folder / f"output/{DAY}/manifest.json").exists()
    assert (folder / f"output/clips/{DAY}/manifest.json").exists()


def test_who_halts_one_send_halts_no_other(
    folder: Path, mailbox: Mailbox
) -> None:
    prepare(folder, mailbox.fake.env, 9)
    with open_folder(folder) as weekly:
        clips = weekly.for_newsletter("clips")
        weekly.halting.pause_send(DAY, "Ada")
        clips.sending.send_edition(DAY)
        weekly.halting.cancel_send(DAY, "Ada")
        assert clips.halting.find_halt(DAY) == ("", "")
        assert clips.deliveries.count_deliveries(DAY).counts == {
            DeliveryState.ACCEPTED: 6
        }
        assert weekly.deliveries.count_deliveries(DAY).counts == {
            DeliveryState.EXCLUDED: 6
        }
    assert not mailbox.count_mails("weekly")
    assert set(mailbox.count_mails("clips").values()) == {1}


#: Of each transport: how many people, and what makes a send last long enough to be killed.
LONG_SENDS: dict[type, tuple[int, dict[str, str]]] = {
    FakeSmtp: (90, {"DIGEST_DELIVERY__SMTP__RATE": "1500 a minute"}),
    FakeSendgrid: (3000, {}),
}


@pytest.mark.slow
def test_kills_of_two_overlapping_sends_leave_nobody_out_and_nobody_twice(
    folder: Path, mailbox: Mailbox
) -> None:
    """kill -9 of both again and again, then each to its end: 0 missed, 0 twice, each on its own."""
    number, slow = LONG_SENDS[type(mailbox.fake)]
    prepare(folder, mailbox.fake.env | slow, number)
    change_minds(folder)
    if isinstance(mailbox.fake, FakeSendgrid):
        mailbox.fake.latency = 0.3
    for round_number in range(4):
        senders = [start_sending(folder, key) for key in KEYS]
        wait_for_hand_overs(mailbox, 2 + 3 * (round_number % 2), senders)
        # now one dies first, now the other
        for sender in senders[:: (-1) ** round_number]:
            sender.kill()
            sender.wait()
    for sender in [start_sending(folder, key) for key in KEYS]:
        sender.wait()
    check_sums(folder, mailbox, number)


def start_sending(folder: Path, newsletter: str) -> "subprocess.Popen[bytes]":
    edition = f"{newsletter}/{DAY}"
    command = [sys.executable, "-m", "digest", "-C", str(folder)]
    return subprocess.Popen(
        [*command, "send", edition, "--yes"],
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_hand_overs(
    mailbox: Mailbox, more: int, senders: "list[subprocess.Popen[bytes]]"
) -> None:
    """Wait until so many more hand-overs came, or nobody sends any more."""
    enough = mailbox.count_all() + more

    def is_enough() -> bool:
        has_ended = all(sender.poll() is not None for sender in senders)
        return has_ended or mailbox.count_all() >= enough

    wait_until(is_enough)


def wait_until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.005)


def check_sums(folder: Path, mailbox: Mailbox, number: int) -> None:
    """Everybody got what they want once, or is listed as uncertain; nobody else got anything."""
    with open_folder(folder) as whole:
        for app in whole.newsletters:
            newsletter = app.settings.newsletter.key
            mailed = mailbox.count_mails(newsletter)
            uncertain = {
                address
                for address, _ in app.deliveries.list_deliveries(
                    DAY, DeliveryState.UNCERTAIN
                )
            }
            expected = expected_of(newsletter, number)
            assert set(mailed.values()) == {1}
            assert set(mailed) | uncertain == expected
            # a kill leaves what each connection had in hand
            assert len(uncertain) <= 40
            assert app.store.deliveries.is_complete(DAY)
    assert LEFT_CLIPS in mailbox.count_mails("weekly")

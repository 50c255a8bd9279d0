"""Mail that comes back: settled for whom a token of ours proves, and for nobody else."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.bounces import messages_of, read_returned
from digest.cli import cli
from digest.deliver.message import Message, read_message_id
from digest.deliver.verp import read_verp, return_path, verp_token
from digest.errors import DigestError, SettingsError
from digest.model import Event, Fate, Frozen, Recipient, Refusal, State, Subscriber
from digest.model.returned import Verdict
from digest.settings import load
from digest.settings.models import Smtp
from tests.conftest import NOW
from tests.fakes.imap import FakeImap
from tests.fakes.smtp import FakeSmtp
from tests.returned import (
    BLOCKED,
    BOUNCED,
    COMPLAINED,
    DEFERRED,
    DELIVERED,
    LEFT,
    NOTHING,
    TEXTS,
    UNKNOWN,
    Kind,
    kinds,
    one,
    plain,
    report,
)

DAY = date(2026, 2, 27)
ADA = "ada@readers.example"
VERP = {
    "DIGEST_DELIVERY__SMTP__RETURN_PATH": "bounces@openwater.example",
    "DIGEST_DELIVERY__SMTP__VERP": "true",
}


def values_for(app: App, address: str = ADA) -> dict[str, str]:
    """Return what stands for the marks in the kinds, as of a message of ours to a reader."""
    person = app.store.subscribers.find(address)
    recipient = Recipient(person.id, person.address, app.tokens.sign(person.id))
    letter = app.render(DAY).letter
    raw = Message(letter, NOW).to(recipient).replace(b"\r\n", b"\n").decode()
    server = app.settings.delivery.smtp
    return {
        "HEAD": raw.partition("\n\n")[0] + "\n",
        "MAIL": raw,
        "TOKEN": recipient.token,
        "ID": re.search(r"Message-ID: (\S+)", raw)[1],
        "TO": address,
        "BACK": return_path(server, "letter@openwater.example", DAY)(recipient),
    }


@pytest.fixture
def mailed(app: App, audience: list[str]) -> App:
    """Ada and twenty-five others, of whom nobody knows yet whether they got the edition."""
    app.import_subscribers(
        [Subscriber(ADA, consent_source="a test", consent_at=NOW - timedelta(9))]
    )
    ledger = app.store.deliveries
    ledger.prepare(DAY, Frozen(app.render(DAY).content_hash, "smtp"), NOW)
    return app


def take(app: App, raw: bytes, **how: bool):
    (outcome,) = app.returned_mail.read_content(raw, **how).outcomes
    return outcome


def suppressed(app: App) -> dict[str, Refusal]:
    return {s.address: s.reason for s in app.store.subscribers.suppressed()}


def test_every_kind_of_returned_mail_is_settled_as_it_should_be(mailed: App) -> None:
    """Each of them after a fresh start: the reader is neither suppressed nor gone before."""
    assert len(TEXTS) >= 50
    wrong = []
    for number, kind in enumerate(kinds(values_for(mailed))):
        expected = {BOUNCED: Refusal.BOUNCED, COMPLAINED: Refusal.COMPLAINED}.get(kind.verdict)
        unique = re.sub(rb"<(report|complaint|note)@", b"<%d@" % number, kind.raw)
        outcome = take(mailed, unique)
        barred = suppressed(mailed)
        left = mailed.store.subscribers.find(ADA).left_at is not None
        found = (outcome.verdict, barred, left)
        right = (kind.verdict, {ADA: expected} if expected else {}, kind.verdict == LEFT)
        if found != right:
            wrong.append((kind.name, found, outcome.why))
        mailed.store.subscribers.allow(ADA)
        _come_back(mailed)
    assert wrong == []


def _come_back(app: App) -> None:
    """Let Ada subscribe anew, as long before the edition as she had."""
    number = app.store.subscribers.ask(Subscriber(ADA, consent_source="form"), NOW)
    app.store.subscribers.confirm(number, "confirmed", NOW - timedelta(days=9))

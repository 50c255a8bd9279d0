"""Workers on a real PostgreSQL: what waits is done once, whoever does it and whoever dies."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import event

from digest.app import App, now
from digest.cli import cli
from digest.engine import Jobs, conninfo
from digest.errors import Busy, DigestError, NotYet, SettingsError
from digest.model import Frozen, Job, Outcome, State, Subscriber
from digest.settings import load
from digest.work import Office, Work, lot_of, run
from tests.conftest import EDITION, FEEDS
from tests.fakes.postgres import postgres
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp
from tests.fakes.web import FakeWeb

TODAY = now().date()


def chapter(folder: Path, name: str, url: str, home: str = "http://127.0.0.1:9") -> Path:
    """Make a working folder of one organisation in a database."""
    here = folder / (name or "alone")
    here.mkdir()
    text = FEEDS.format(home=home).replace("Open Water Letter", f"Letter of {name}")
    named = f"workspace: {name}\n" if name else ""
    (here / "feeds.yaml").write_text(f"{text}database: {url}\n{named}", "utf-8")
    return here


def filled(folder: Path, readers: int, env: dict[str, str], day: date = TODAY) -> App:
    """Give a workspace readers, and an approved edition that is due."""
    with (folder / ".env").open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in env.items())
    app = App(load(folder, {}))
    app.import_subscribers(
        Subscriber(f"reader{n}@{folder.name}.example", consent_at=now()) for n in range(readers)
    )
    app.save(EDITION.replace("2026-02-27", day.isoformat()))
    app.approve(day, "Ada")
    return app


@pytest.fixture
def url() -> str:
    return postgres().database()


@pytest.fixture
def here(tmp_path: Path, url: str) -> Path:
    """A folder that holds the folder of one organisation."""
    chapter(tmp_path, "north", url)
    return tmp_path


@pytest.fixture
def opened() -> Iterator[list[App]]:
    apps: list[App] = []
    yield apps
    for app in apps:
        app.__exit__(None, None, None)


def ready(app: App) -> App:
    app.jobs.prepare()
    app.store.prepare_shared()
    return app


def work(folder: Path, *queues: str) -> None:
    """Do what waits now, and end."""
    run(folder, queues or ("office", "mail", "press"), idle=True, told=lambda _worker: None)


def test_workers_send_what_was_begun_to_everybody_once(
    here: Path, opened: list[App], sendgrid: FakeSendgrid
) -> None:
    app = ready(filled(here / "north", 2500, sendgrid.env))
    opened.append(app)
    app.begin(TODAY)
    assert app.jobs.queues()[0]["waiting"] == 8
    work(here)
    assert app.store.deliveries.proof(TODAY).counts == {State.ACCEPTED: 2500}
    assert sendgrid.mailed() == Counter(f"reader{n}@north.example" for n in range(2500))
    assert (here / "north" / "output" / str(TODAY) / "manifest.json").exists()
    assert sum(q["waiting"] + q["failed"] for q in app.jobs.queues()) == 0


def test_an_audience_is_frozen_with_its_jobs_or_not_at_all(
    here: Path, opened: list[App], sendgrid: FakeSendgrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = ready(filled(here / "north", 3, sendgrid.env))
    opened.append(app)

    def broken(connection: object, jobs: object) -> int:
        Jobs.submit(app.jobs, connection, jobs)  # type: ignore[arg-type]
        raise DigestError("the last job could not be put in")

    with pytest.raises(DigestError, match="last job"):
        app.dispatch.begin(TODAY, None, broken)
    assert app.store.deliveries.frozen(TODAY) is None
    assert app.jobs.queues() == []

"""What the tests of jobs share: organisations in one PostgreSQL, with sends for workers."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from digest.app import App
from digest.infra.clock import utc_now
from digest.model import Subscriber
from digest.settings import load_workspace
from tests.conftest import EDITION, FEEDS
from tests.fakes.postgres import postgres
from tests.fakes.sendgrid import FakeSendgrid

TODAY = utc_now().date()


def chapter(
    folder: Path, name: str, url: str, home: str = "http://127.0.0.1:9"
) -> Path:
    """Make a working folder of one organisation in a database."""
    here = folder / (name or "alone")
    here.mkdir()
    text = FEEDS.format(home=home).replace(
        "Open Water Letter", f"Letter of {name}"
    )
    # today's edition is due at any hour at which the tests run
    text = text.replace("hour: 14", "hour: 0")
    named = f"workspace: {name}\n" if name else ""
    (here / "feeds.yaml").write_text(f"{text}database: {url}\n{named}", "utf-8")
    return here


def filled(
    folder: Path, readers: int, env: dict[str, str], day: date = TODAY
) -> App:
    """Give a workspace readers, and an approved edition that is due."""
    with (folder / ".env").open("a") as file:
        file.writelines(f"{name}={value}\n" for name, value in env.items())
    app = App(load_workspace(folder, {}))
    app.subscribers.add_people(
        Subscriber(f"reader{n}@{folder.name}.example", consent_at=utc_now())
        for n in range(readers)
    )
    app.editions.save_source(EDITION.replace("2026-02-27", day.isoformat()))
    app.approval.approve_edition(day, "Ada")
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
    app.workers.prepare_tables()
    return app


@pytest.fixture
def north(
    here: Path, opened: list[App], sendgrid: FakeSendgrid
) -> Callable[[int], App]:
    """Make the one organisation, with so many readers and an approved edition that is due."""

    def make(readers: int) -> App:
        opened.append(ready(filled(here / "north", readers, sendgrid.env)))
        return opened[-1]

    return make


@pytest.fixture
def begun(north: Callable[[int], App]) -> Callable[[int], App]:
    """The same, whose send workers may go on with."""

    def make(readers: int) -> App:
        app = north(readers)
        app.sending.enqueue_send(TODAY)
        return app

    return make

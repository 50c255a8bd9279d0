"""What the tests share: a working folder, a clock that stands still, servers on loopback."""

import os
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from ruamel.yaml import YAML
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from digest.app import App
from digest.model import Subscriber
from digest.services.staff import Staff
from digest.settings import load_workspace
from tests.fakes.postgres import postgres
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp
from tests.fakes.web import FakeWeb

settings.register_profile(
    "fast",
    deadline=None,
    max_examples=20,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
#: .ci/run tries the properties once more with this: --hypothesis-profile=full
settings.register_profile(
    "full", settings.get_profile("fast"), max_examples=100
)
settings.load_profile("fast")

NOW = datetime(2026, 2, 27, 15, 0, tzinfo=UTC)
#: Which database the tests run on: sqlite, or postgresql.
TEST_DATABASE = os.environ.get("TEST_DATABASE", "sqlite")
SHARED = Path(__file__).parent.parent.parent / "shared"

FEEDS = """\
organisation:
  name: Open Water
  aliases: [Open Water Trust]
  people: [Maren Oduya]
  cases: [Open Water v. Hallam County]
  not_it: [open water swimming, Open Water Festival]
topics:
  - name: Drinking water
    any: [drinking water, lead pipes]
outlets:
  - name: The Courier
    homepage: {home}/
    feeds: [{home}/feed]
    tier: 1
newsletter:
  title: The Open Water Letter
  sender: {{name: Open Water, address: letter@openwater.example}}
  reply_to: hello@openwater.example
  postal_address: 12 Bicycle Lane, Northgate 40100
  public_url: https://letter.openwater.example
  weekday: friday
  hour: 14
collect:
  allow_loopback: true
  timeout: 5
  spacing: 0
delivery:
  smtp: {{rate: 1000000 a minute}}
"""


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """On PostgreSQL run what opens a database by our fixtures; the rest would say it twice."""
    if TEST_DATABASE != "postgresql":
        items[:] = [i for i in items if not i.get_closest_marker("postgresql")]
        return
    kept = [
        i
        for i in items
        if {"folder", "app", "open_app"} & set(getattr(i, "fixturenames", ()))
        and not i.get_closest_marker("sqlite")
    ]
    config.hook.pytest_deselected(
        items=[i for i in items if i not in set(kept)]
    )
    items[:] = kept


def pytest_sessionfinish() -> None:
    """End our PostgreSQL: a worker of pytest-xdist ends without tidying up."""
    if postgres.cache_info().currsize:
        postgres().stop()


@pytest.fixture(autouse=True)
def _no_spamassassin(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leave SpamAssassin to the proofs: it takes a second and more for each look at a check."""
    if not request.node.get_closest_marker("slow"):
        monkeypatch.setattr(
            "digest.preflight.mail.which", lambda _program: None
        )


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the developer's machine reaches a test."""
    import os

    for name in os.environ:
        if name.startswith(("DIGEST_", "SENDGRID_", "SMTP_", "IMAP_")):
            monkeypatch.delenv(name)


class CompiledTemplates(BytecodeCache):
    """Templates of web pages as Jinja compiled them, by name and content."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Compile each template once a process, not once an application: that takes longer than most tests."""
    options = Flask.jinja_options | {"bytecode_cache": CompiledTemplates()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", options)
        yield


@pytest.fixture(scope="session", autouse=True)
def _settings_parsed_once() -> Iterator[None]:
    """Parse each text of feeds.yaml once a process: an eighth of the processor of journeys."""

    class CachedYaml(YAML):
        def load(self, stream: str) -> Any:
            return pickle.loads(_parsed(stream))

    @cache
    def _parsed(text: str) -> bytes:
        return pickle.dumps(YAML(typ="rt").load(text))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digest.settings.yaml_tree.YAML", CachedYaml)
        yield


@pytest.fixture(autouse=True)
def _passwords_hashed_lightly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little work and memory: what a hash costs is argon2's affair, not ours."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(Staff, "_hasher", light)


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_when_built() -> Iterator[None]:
    """Compile how a route's address is built when one is asked for: a desk has sixty, a page few."""
    compile_builder = Rule._compile_builder

    def compile_later(
        rule: Rule, append_unknown: bool = True
    ) -> Callable[..., Any]:
        compiled: list[Callable[..., Any]] = []

        def build(*arguments: Any, **values: Any) -> Any:
            if not compiled:
                compiled.append(compile_builder(rule, append_unknown))
            return compiled[0](*arguments, **values)

        return build

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_later)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Let all SQLite engines of a process share what SQLAlchemy compiled: each would do it anew.

    It keeps compiled statements by dialect; those of one kind are alike here.
    """
    compiled = LRUCache[Any, Any](2000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            SQLiteDialect_pysqlite, "__hash__", lambda self: hash(type(self))
        )
        patch.setattr(
            SQLiteDialect_pysqlite,
            "__eq__",
            lambda self, other: type(self) is type(other),
        )
        patch.setattr(
            Engine,
            "_compiled_cache",
            property(lambda _: compiled, lambda *_: None),
            raising=False,
        )
        yield


@pytest.fixture
def web() -> Iterator[FakeWeb]:
    with FakeWeb() as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    with FakeSmtp() as server:
        yield server


@pytest.fixture
def sendgrid() -> Iterator[FakeSendgrid]:
    with FakeSendgrid() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder whose one outlet answers nowhere."""
    return workspace(tmp_path, "http://127.0.0.1:9")


def workspace(folder: Path, home: str) -> Path:
    """Make a working folder, with a database that holds nothing yet."""
    text = FEEDS.format(home=home)
    if TEST_DATABASE == "postgresql":
        text += f"database: {postgres().database()}\n"
    else:
        (folder / "digest.db").write_bytes(empty_database())
    (folder / "feeds.yaml").write_text(text, "utf-8")
    return folder


@cache
def empty_database() -> bytes:
    """Return a SQLite database with its tables, made once: migrating takes longer than most tests."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "feeds.yaml").write_text(
            FEEDS.format(home="http://127.0.0.1:9")
        )
        with App(load_workspace(folder, {})) as app:
            app.store.get_status()
        return (folder / "digest.db").read_bytes()


@pytest.fixture
def open_app(folder: Path) -> Iterator[Callable[..., App]]:
    """Open the folder with settings from the environment, at NOW or another time."""
    opened = []

    def make(env: dict[str, str] | None = None, now: datetime = NOW) -> App:
        app = App(load_workspace(folder, env or {}), lambda: now)
        opened.append(app)
        return app

    yield make
    for app in opened:
        app.__exit__(None, None, None)


@pytest.fixture
def app(open_app: Callable[..., App]) -> App:
    return open_app()


EDITION = """\
---
date: 2026-02-27
subject: What the records show
preheader: Emails, training files and a demand letter
---

# Headline of the first lead

*Its dek, one paragraph in italics.*

Paragraphs of Markdown with [links](https://example.org/a).

[Learn more from the records](https://example.org/b){.button}

# Headline of the second lead

Paragraphs.

## {org} in the news {#in_the_news}

- [Headline as it runs](https://example.org/c) (Politico)

## Other stories we’re following {#following}

- [Another headline](https://example.org/d) (NPR)
"""


@pytest.fixture
def audience(app: App) -> list[str]:
    """Twenty-five people and an edition they are waiting for."""
    addresses = [f"reader{n}@readers.example" for n in range(25)]
    app.subscribers.add_people(
        Subscriber(a, consent_source="a test", consent_at=NOW)
        for a in addresses
    )
    app.editions.save_source(EDITION)
    return addresses


needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason="the real data (../shared) is not beside this checkout",
)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A working folder as `digest init` makes it."""
    root = Path(__file__).parent.parent
    shutil.copy(root / "feeds.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def stocked(app: App) -> App:
    """A week with twelve stories that name us, and an edition that holds none yet."""
    from tests.desk_client import put

    for n in range(12):
        put(app, n, f"Story {n}: pipes of district {n}")
    app.editions.save_source(re.sub(r"- \[.*\n", "", EDITION))
    return app


@pytest.fixture
def desk(stocked: App) -> FlaskClient:
    """Whoever brought the token to the desk."""
    from tests.desk_client import let_in

    return let_in(stocked)


@pytest.fixture
def picked(desk: FlaskClient, stocked: App) -> FlaskClient:
    """The same, after three picks."""
    from tests.desk_client import DAY, page, post

    for article in page(desk, f"/{DAY}/finds").xpath("//article/@id")[:3]:
        post(desk, f"/{DAY}/finds", article=article[1:], do="in_the_news")
    return desk


@pytest.fixture
def press(tmp_path: Path, web: FakeWeb) -> Iterator[App]:
    """A workspace whose one outlet is the web server of the test."""
    workspace(tmp_path, web.url)
    with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
        yield app


@pytest.fixture
def tagged(app: App) -> App:
    """Three readers with tags and ways in of their own."""
    people = [
        Subscriber("ada@r.example", "", "form", NOW, tags=("board", "press")),
        Subscriber(
            "bo@r.example",
            "",
            "a list",
            NOW - timedelta(days=90),
            tags=("press",),
        ),
        Subscriber("cy@other.example", "", "Form of 2020", NOW),
    ]
    app.subscribers.add_people(people)
    return app

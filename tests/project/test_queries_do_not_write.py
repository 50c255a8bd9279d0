"""Queries do not write: no GET, and no command that only shows, changes a row of the database.

A page or command that is new fails here until it is listed: a route with values for its address,
a command as one that shows or one that changes. Exceptions are named with their reason.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from digest.app import App
from digest.cli import cli
from digest.model import StaffRights
from digest.web.desk import create_desk_app
from digest.web.public import create_public_app
from tests.desk_client import DAY, HOME, TOKEN, let_in, put
from tests.fakes.smtp import FakeSmtp
from tests.services.test_staff import PASSWORD, log_in

WRITES = re.compile(
    r"\s*(WITH\b.*\b)?(INSERT|UPDATE|DELETE|REPLACE)\b", re.DOTALL
)
NEXT = DAY + timedelta(days=7)

#: Routes whose GET writes, by endpoint, and why that is right.
WRITING_ROUTES = {
    "archive.follow_link": "a click is counted; the link redirects, so that it cannot be a POST",
    "oidc.go_to_provider": "begins a login at the provider (its state is in the browser's session)",
    "oidc.return_from_provider": "the provider sends the browser back here, and a login begins",
}
#: Values of the parts of addresses.
ADDRESS_PARTS = {
    "name": "tap.png",
    "image": "tap.png",
    "key": "0" * 64,
    "token": "1.a-token",
    "place": 0,
    "number": 1,
}
#: Values of parts that a route knows few of.
CHOICES = {
    "kind": ["mail", "page", "text", "source", "off"],
    "action": ["approve", "send", "cancel"],
}
#: Commands that only show, with arguments; those that end with 1 say that something is to be done.
SHOWING = {
    "db status": [["--json"]],
    "articles": [["--json"], ["--since", "2026-01-01"], ["--why", "1"]],
    "feeds list": [["--json"]],
    "feeds export": [[]],
    "mail list": [["--json"]],
    "blocks list": [["--json"]],
    "blocks show": [["donate"]],
    "templates list": [["--json"]],
    "templates diff": [[]],
    "templates tidy": [[]],
    "build": [[]],
    "check": [["--no-links", "--json"]],
    "editions": [["--json"]],
    "evaluate": [["--json"]],
    "subscribers list": [["--json"], ["--all"]],
    "subscribers suppressed": [["--json"]],
    "subscribers show": [["reader1@readers.example"]],
    "subscribers export": [["people.csv"]],
    "staff list": [["--json"]],
    "status": [["--json"]],
    "send": [["--dry-run", "--json"], ["--status", "--json"]],
    "config schema": [[]],
    "config check": [[]],
    "completion": [["bash"]],
}
#: Commands that change something, or that open no database.
CHANGING = {
    *(
        "init",
        "demo",
        "db upgrade",
        "db copy",
        "collect",
        "add",
        "import clips",
        "run",
        "worker",
    ),
    *(
        "feeds add",
        "feeds remove",
        "feeds import",
        "feeds check",
        "mail check",
        "read",
        "doctor",
    ),
    *(
        "desk",
        "draft",
        "blocks insert",
        "edit",
        "image",
        "preview",
        "serve",
        "verify",
    ),
    *("subscribers import", "subscribers add", "subscribers tag"),
    *("subscribers remove", "subscribers suppress", "subscribers erase"),
    *("staff add", "staff role", "staff reset", "staff remove"),
    *("templates copy", "templates merged", "templates translate"),
    *("approve", "publish", "correct", "reconcile", "bounces"),
}


@contextmanager
def recorded_writes() -> Iterator[list[str]]:
    """Yield the statements that write, as they come, whichever database they go to."""
    writes: list[str] = []

    def record(_connection, _cursor, statement: str, *_rest: object) -> None:
        if WRITES.match(statement):
            writes.append(statement)

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield writes
    finally:
        event.remove(Engine, "before_cursor_execute", record)


@pytest.fixture
def busy(
    app: App,
    audience: list[str],
    open_app: Callable[..., App],
    smtp: FakeSmtp,
) -> App:
    """A sent edition, a draft of the next one, and articles that nobody has analysed yet."""
    app.approval.approve_edition(DAY, "Ada")
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    for number in range(3):
        put(app, number, f"Story {number}: pipes of district {number}")
    app.drafts.create_draft(NEXT)
    for number in range(3, 6):
        put(app, number, f"Story {number}: pipes of district {number}")
    return app


# What is recorded


def test_writes_are_recorded(app: App) -> None:
    with recorded_writes() as writes:
        put(app, 1, "A story")
    assert writes


def test_new_articles_are_analysed_in_memory_as_they_would_be_stored(
    busy: App, open_app: Callable[..., App]
) -> None:
    with recorded_writes() as writes:
        looked_at = busy.articles.list_ranked()
        stories = busy.articles.list_stories()
    assert writes == []
    assert len(looked_at) == 6
    busy.articles.analyse_new()
    assert open_app().articles.list_ranked() == looked_at
    assert open_app().articles.list_stories() == stories


def test_what_is_analysed_already_is_not_written_again(busy: App) -> None:
    busy.articles.analyse_new()
    with recorded_writes() as writes:
        busy.articles.analyse_new()
    assert writes == []


def test_changed_rules_hold_at_once_and_changing_them_back_too(
    busy: App, folder: Path, open_app: Callable[..., App]
) -> None:
    busy.articles.analyse_new()
    before = busy.articles.list_ranked()
    feeds = folder / "feeds.yaml"
    text = feeds.read_text()
    feeds.write_text(text.replace("name: Open Water\n", "name: Nobody\n", 1))
    with recorded_writes() as writes:
        without_a_name = open_app().articles.list_ranked()
    assert [one.reading for one in without_a_name] != [
        one.reading for one in before
    ]
    feeds.write_text(text)
    with recorded_writes() as more_writes:
        assert open_app().articles.list_ranked() == before
    assert writes + more_writes == []


# Pages


@pytest.mark.slow  # the hosted desk has the same pages, and more
def test_no_page_of_the_desk_writes(busy: App) -> None:
    web = create_desk_app(busy, TOKEN)
    client = web.test_client()
    client.get(f"/?token={TOKEN}", base_url=HOME)
    assert _writing_routes(web, client, base_url=HOME) == {}


def test_no_page_of_the_hosted_desk_writes(busy: App) -> None:
    invitation = busy.staff.invite_member("Ada", StaffRights.ADMIN, "a test")
    busy.staff.accept_invitation(invitation, PASSWORD)
    client = log_in(busy, "Ada")
    assert _writing_routes(client.application, client, base_url=HOME) == {}


def test_no_public_page_writes(busy: App) -> None:
    web = create_public_app(busy)
    assert _writing_routes(web, web.test_client()) == {}


def test_a_link_of_ones_own_data_makes_no_key(app: App) -> None:
    client = create_public_app(app).test_client()
    with recorded_writes() as writes:
        assert client.get("/p/1.a-token").status_code == 404
    assert writes == []


def test_the_draft_is_shown_with_its_new_finds_without_a_write(
    busy: App,
) -> None:
    client = let_in(busy)
    with recorded_writes() as writes:
        page = client.get(f"/{NEXT}/finds?show=all", base_url=HOME)
    assert "Story 5: pipes of district 5" in page.text
    assert writes == []


# Commands


def test_every_command_is_known_to_show_or_to_change() -> None:
    assert set(_command_names(cli)) == SHOWING.keys() | CHANGING


def test_no_command_that_shows_writes(busy: App, folder: Path) -> None:
    """All of them on one folder: none leaves anything behind for the next."""
    for name, arguments in (
        (n, a) for n, calls in SHOWING.items() for a in calls
    ):
        given = [
            str(folder / a) if a.endswith(".csv") else a for a in arguments
        ]
        with recorded_writes() as writes:
            result = CliRunner().invoke(
                cli, ["-C", str(folder), *name.split(), *given]
            )
        assert result.exit_code in (0, 1), (name, result.output)
        assert writes == [], name


def _command_names(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _command_names(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def _writing_routes(
    web: Flask, client: FlaskClient, **options: str
) -> dict[str, list[str]]:
    """Ask every address of an application; return those that wrote, with what they wrote."""
    written: dict[str, list[str]] = {}
    for rule in web.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in WRITING_ROUTES:
            continue
        for path in _addresses(rule):
            with recorded_writes() as writes:
                answer = client.get(path, **options)
            assert answer.status_code < 500, (path, answer.text)
            if writes:
                written[path] = writes
    return written


def _addresses(rule: Rule) -> Iterator[str]:
    """Yield addresses of a route: for each edition, and each choice."""
    if rule.endpoint.endswith("static"):
        return
    days: list[date] = [DAY, NEXT] if "day" in rule.arguments else [DAY]
    chosen = next(
        (CHOICES[part] for part in CHOICES if part in rule.arguments), [""]
    )
    for day in days:
        for choice in chosen:
            parts = ADDRESS_PARTS | {
                "day": day,
                "kind": choice,
                "action": choice,
            }
            yield _filled(rule.rule, parts)


def _filled(pattern: str, parts: dict[str, object]) -> str:
    """Return a route's address with its parts filled in."""
    return re.sub(
        r"<(?:\w+:)?(\w+)>", lambda match: str(parts[match[1]]), pattern
    )

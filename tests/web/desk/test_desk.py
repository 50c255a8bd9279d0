"""The desk: what a person does there, and that nothing typed is lost."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from digest.app import App
from digest.web.desk import create_desk_app
from tests.desk_client import DAY, TOKEN, let_in, page, post, put

# Who may come


def test_only_the_printed_address_lets_its_owner_in(
    stocked: App,
) -> None:
    """A browser that was closed has no cookie any more."""
    web = create_desk_app(stocked, TOKEN, once="for-the-browser")
    first, second, stranger = (web.test_client() for _ in range(3))
    assert first.get("/", base_url="http://localhost").status_code == 403
    assert (
        first.get("/?token=wrong", base_url="http://localhost").status_code
        == 403
    )
    for again in (first, second):
        assert (
            again.get(
                f"/?token={TOKEN}", base_url="http://localhost"
            ).status_code
            == 302
        )
        assert (
            again.get(f"/{DAY}/finds", base_url="http://localhost").status_code
            == 200
        )
    for token in ("", "?token=", "?token=%00", "?token=for-the-browse"):
        assert (
            stranger.get(f"/{token}", base_url="http://localhost").status_code
            == 403
        )
    assert (
        "Use the address that"
        in stranger.get("/", base_url="http://localhost").text
    )


def test_what_the_browser_is_started_with_is_good_once(stocked: App) -> None:
    """Other accounts of the machine see it in the list of processes; the printed one they do not."""
    web = create_desk_app(stocked, TOKEN, once="for-the-browser")
    first, second = web.test_client(), web.test_client()
    asked = "/?token=for-the-browser"
    assert first.get(asked, base_url="http://localhost").status_code == 302
    assert (
        first.get(f"/{DAY}/finds", base_url="http://localhost").status_code
        == 200
    )
    assert second.get(asked, base_url="http://localhost").status_code == 403


def test_a_name_that_somebodys_dns_points_here_is_refused(
    desk: FlaskClient,
) -> None:
    assert desk.get("/", base_url="http://evil.example").status_code == 421


ROUTES = (
    *(
        "finds",
        "undo",
        "head",
        "story",
        "move",
        "lead",
        "approve",
        "test",
        "send",
    ),
    *("publish", "withdraw", "correct", "correction"),
)


@pytest.mark.parametrize("route", [f"/{DAY}/{r}" for r in ROUTES] + ["/begin"])
def test_no_form_works_without_its_token_or_without_a_session(
    stocked: App, route: str
) -> None:
    before = stocked.editions.read_source(DAY)
    outsider = create_desk_app(stocked, TOKEN).test_client()
    assert outsider.post(route, base_url="http://127.0.0.1").status_code == 403
    client = let_in(stocked)
    for csrf in ("", "wrong"):
        assert (
            post(
                client, route, csrf=csrf, article="1", do="following"
            ).status_code
            == 403
        )
    assert stocked.editions.read_source(DAY) == before
    assert stocked.store.editions.get_approval(DAY) is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "finds", "edition", "preview", "check", "send", "view/mail"),
        *("confirm/approve", "confirm/send"),
    ],
)
def test_looking_changes_nothing_and_runs_nothing_foreign(
    stocked: App, path: str
) -> None:
    client, before = let_in(stocked), stocked.editions.read_source(DAY)
    answer = client.get(
        f"/{DAY}/{path}" if path else "/", base_url="http://127.0.0.1"
    )
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'unsafe" not in policy
    assert "<script>" not in answer.text
    assert " on" not in " ".join(re.findall(r"<[^>]+>", answer.text)).replace(
        " one", ""
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert stocked.editions.read_source(DAY) == before


@pytest.mark.parametrize(
    "path", ["/2026-13-99/finds", "/x/edition", "/2020-01-01/edition", "/no"]
)
def test_what_is_not_there_is_said(desk: FlaskClient, path: str) -> None:
    answer = desk.get(path, base_url="http://127.0.0.1")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def confirm(client: FlaskClient, what: str) -> TestResponse:
    """Send the form of the page that asks, as a person who says yes."""
    asked = page(client, f"/{DAY}/confirm/{what}")
    (form,) = asked.xpath(f"//form[@action='/{DAY}/{what}']")
    return post(client, f"/{DAY}/{what}", **dict(form.form_values()))


def test_an_edition_that_is_not_begun_is_begun_by_a_person(
    open_app: Callable[..., App],
) -> None:
    app = open_app()
    put(app, 1, "A story")
    client = let_in(app)
    shown = page(client, "/")
    day = shown.xpath("//input[@name='day']/@value")[0]
    assert app.store.editions.list_dates() == []
    post(client, "/begin", day=day)
    assert [str(d) for d in app.store.editions.list_dates()] == [day]

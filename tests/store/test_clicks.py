"""Counts without persons: how often a link was followed, and nothing of who did."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from digest.app import App
from digest.cli import cli
from digest.edition import load_edition
from digest.web.public import create_public_app
from tests.conftest import EDITION
from tests.desk_client import DAY
from tests.fakes.smtp import FakeSmtp

ON = {"DIGEST_NEWSLETTER__COUNT_LINKS": "true"}
URLS = [p.url for s in load_edition(EDITION).sections for p in s.picks]


@pytest.fixture
def counting(open_app: Callable[..., App]) -> App:
    app = open_app(ON)
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "a test")
    return app


@pytest.fixture
def client(counting: App) -> FlaskClient:
    counting.publishing.publish_edition(DAY, "a test")
    return create_public_app(counting).test_client()


def hrefs(app: App) -> list[str]:
    return re.findall(
        r'href="([^"]+)"', app.editions.render_stored(DAY).letter.html
    )


def test_by_default_every_link_is_the_storys_own(app: App) -> None:
    app.editions.save_source(EDITION)
    assert set(URLS) <= {h.replace("&amp;", "&") for h in hrefs(app)}
    assert not [h for h in hrefs(app) if "/to/" in h]


def test_where_it_is_wished_each_storys_link_leads_past_the_counter(
    counting: App,
) -> None:
    """The same link for everybody: it holds a place, and no token."""
    ours = [h for h in hrefs(counting) if "/to/" in h]
    base = "https://letter.openwater.example/2026-02-27/to/"
    assert list(dict.fromkeys(ours)) == [f"{base}{n}" for n in range(len(URLS))]
    assert not set(URLS) & set(hrefs(counting))
    assert all(
        url in counting.editions.render_stored(DAY).letter.text for url in URLS
    )


def test_to_switch_it_on_is_a_change_that_voids_a_yes(
    app: App, open_app: Callable[..., App]
) -> None:
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "a test")
    assert not open_app(ON).sending.plan_send(DAY).approved


def test_a_followed_link_leads_to_the_story_and_is_counted(
    counting: App, client: FlaskClient
) -> None:
    for _ in range(3):
        answer = client.get("/2026-02-27/to/1")
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            URLS[1],
        )
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers
    assert client.head("/2026-02-27/to/1").status_code == 302
    assert counting.clicks.count_by_address(DAY) == {URLS[1]: 3}


@pytest.mark.parametrize(
    "path", ["/2026-02-27/to/999", "/2026-02-27/to/-1", "/2026-02-27/to/x", "/2031-01-01/to/0", "/x/to/0"]
)  # fmt: skip
def test_it_leads_nowhere_else(client: FlaskClient, path: str) -> None:
    for query in ("", "?url=https://evil.example", "?to=//evil.example"):
        answer = client.get(path + query)
        assert answer.status_code == 404
        assert "Location" not in answer.headers


@pytest.mark.sqlite
def test_nothing_is_kept_of_who_followed(
    counting: App, client: FlaskClient
) -> None:
    """What the database holds is a date, a place and a number."""
    agent = {
        "User-Agent": "Ada's phone",
        "X-Forwarded-For": "198.51.100.7",
        "Cookie": "a=b",
    }
    client.get("/2026-02-27/to/0", headers=agent)
    client.get("/2026-02-27/to/0", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    everything = (counting.workspace.folder / "digest.db").read_bytes()
    wal = counting.workspace.folder / "digest.db-wal"
    everything += wal.read_bytes() if wal.exists() else b""
    for trace in (b"phone", b"198.51.100.7", b"203.0.113.9"):
        assert trace not in everything


def test_status_says_how_often(
    counting: App, client: FlaskClient, smtp: FakeSmtp
) -> None:
    client.get("/2026-02-27/to/0")
    folder = str(counting.workspace.folder)
    told = CliRunner().invoke(
        cli, ["-C", folder, "send", str(DAY), "--status"], env=ON
    )
    assert f"clicked 1 times: {URLS[0]}" in told.output

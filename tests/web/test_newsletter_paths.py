"""Newsletters in addresses: the same pages, sessions and limits with a key in front and without."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, redirect, url_for
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.model import StaffRights
from digest.settings import load_workspace
from digest.settings.cross_checks import RESERVED_KEYS
from digest.web.current import app as current
from digest.web.desk import body_limit as desk_limit
from digest.web.desk import create_desk_app
from digest.web.newsletter_paths import (
    add_newsletter_paths,
    home_of_newsletter,
    limit_bodies,
    split_path,
    url_in_newsletter,
)
from digest.web.public import body_limit as public_limit
from digest.web.public import create_public_app
from tests.conftest import NOW
from tests.desk_client import HOME, TOKEN, post
from tests.fakes.oidc import FakeProvider
from tests.three_newsletters import open_three

PASSWORD = "nine pipes of lead"
KEYS = ("clips", "weekly", "funders")


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[App]:
    workspace = load_workspace(open_three(tmp_path), {})
    with App(workspace, lambda: NOW) as opened:
        yield opened


@pytest.fixture
def site() -> Flask:
    """A site that says where it was asked, and how it would link to its pages."""
    web = Flask(__name__)

    @web.get("/<day>/page")
    def page(day: str) -> dict[str, str]:
        return {
            "same": url_for("page", day=day),
            "clips": url_in_newsletter("clips", "page", day=day),
            "weekly": url_in_newsletter("weekly", "page", day=day),
            "shared": url_in_newsletter("", "page", day=day, external=True),
            "home": home_of_newsletter("weekly"),
        }

    @web.get("/lead")
    def lead() -> object:
        return redirect(url_for("page", day="1"))

    add_newsletter_paths(web, KEYS)
    return web


def test_reserved_keys_are_the_first_parts_of_all_addresses(
    newsroom: App,
) -> None:
    applications = [create_desk_app(newsroom), create_public_app(newsroom)]
    first_parts = {
        str(rule).split("/")[1]
        for web in applications
        for rule in web.url_map.iter_rules()
    }
    fixed = {part for part in first_parts if part.isalpha()}
    assert fixed <= RESERVED_KEYS


def test_links_keep_the_newsletter_of_the_page(site: Flask) -> None:
    client = site.test_client()
    links = client.get("/clips/1/page").json
    assert links == {
        "same": "/clips/1/page",
        "clips": "/clips/1/page",
        "weekly": "/1/page",
        "shared": "http://localhost/1/page",
        "home": "/weekly/",
    }
    assert client.get("/clips/lead").location == "/clips/1/page"


def test_the_root_newsletter_answers_with_its_key_and_links_without(
    site: Flask,
) -> None:
    client = site.test_client()
    assert client.get("/weekly/1/page").json["same"] == "/1/page"
    assert client.get("/1/page").json["same"] == "/1/page"
    assert client.get("/weekly/1/page").json["clips"] == "/clips/1/page"


def test_behind_a_proxy_that_mounts_the_site_in_a_folder(site: Flask) -> None:
    answer = site.test_client().get(
        "/clips/1/page", environ_overrides={"SCRIPT_NAME": "/press"}
    )
    assert answer.json == {
        "same": "/press/clips/1/page",
        "clips": "/press/clips/1/page",
        "weekly": "/press/1/page",
        "shared": "http://localhost/press/1/page",
        "home": "/press/weekly/",
    }


def test_a_key_alone_leads_to_its_folder(site: Flask) -> None:
    answer = site.test_client().get("/clips")
    assert (answer.status_code, answer.location) == (308, "/clips/")


@given(st.text("/clipsweky.", max_size=12))
def test_a_path_is_split_at_a_whole_key_or_not_at_all(text: str) -> None:
    split = split_path(f"/{text}", KEYS)
    if split.newsletter:
        assert f"/{split.newsletter}{split.page}" == f"/{text}"
        assert split.page.startswith("/")
    else:
        assert split.page == f"/{text}"


def test_bodies_are_limited_alike_in_each_newsletter() -> None:
    for limit, path in (
        (desk_limit, "/login"),
        (desk_limit, "/join/x"),
        (desk_limit, "/2026-02-27/picture"),
        (desk_limit, "/2026-02-27/head"),
        (public_limit, "/hooks/sendgrid"),
        (public_limit, "/subscribe"),
    ):
        limited = limit_bodies(limit, KEYS)
        assert limited(f"/clips{path}") == limited(path) == limit(path)


def test_views_work_on_the_newsletter_that_the_address_names(
    newsroom: App,
) -> None:
    web = create_desk_app(newsroom, TOKEN)

    @web.get("/which")
    def which() -> str:
        return current.settings.newsletter.key

    client = web.test_client()
    client.get(f"/?token={TOKEN}", base_url=HOME)
    answers = {
        path: client.get(f"{path}/which", base_url=HOME).text
        for path in ("", "/clips", "/weekly", "/funders")
    }
    assert answers == {
        "": "weekly",
        "/clips": "clips",
        "/weekly": "weekly",
        "/funders": "funders",
    }


def test_a_local_desk_is_entered_at_any_newsletter(newsroom: App) -> None:
    client = create_desk_app(newsroom, TOKEN).test_client()
    answer = client.get(f"/clips/history?token={TOKEN}", base_url=HOME)
    assert answer.location == "/clips/history"
    pages = ("history", "clips/history", "funders/history", "clips/login")
    for path in pages:
        assert client.get(f"/{path}", base_url=HOME).status_code == 200
    with client.get("/clips/static/desk.css", base_url=HOME) as style:
        assert style.status_code == 200


def test_a_hosted_desk_lets_in_at_one_place(tmp_path: Path) -> None:
    folder = open_three(
        tmp_path, more="desk: {url: 'http://desk.openwater.example'}\n"
    )
    home = "http://desk.openwater.example"
    with App(load_workspace(folder, {}), lambda: NOW) as app:
        token = app.staff.invite_member("Ada", StaffRights.ADMIN, "test")
        app.staff.accept_invitation(token, PASSWORD)
        client = create_desk_app(app).test_client()
        asked = "/clips/history?outlet=a%20b"
        answer = client.get(asked, base_url=home)
        login = urlsplit(answer.location)
        assert login.path == "/login"
        assert parse_qs(login.query) == {"next": [asked]}
        answer = post(
            client,
            "/clips/login",
            home,
            name="Ada",
            password=PASSWORD,
            next=asked,
        )
        assert (answer.status_code, answer.location) == (303, asked)
        device = client.get_cookie(
            "digest_device", urlsplit(home).hostname, "/login"
        )
        assert device is not None
        page = client.get(asked, base_url=home)
        assert page.status_code == 200
        # where a change of language leads
        assert f'name="next" value="{asked}"' in page.text
        answer = client.post("/funders/logout", base_url=home)
        assert answer.status_code == 403  # it lacks the session's token


def test_a_provider_of_accounts_leads_back_to_one_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Providers know the address to return to, to the letter."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with FakeProvider() as provider:
        env = {
            "DIGEST_DESK__OIDC__ISSUER": provider.home,
            "DIGEST_DESK__OIDC__CLIENT_ID": "desk",
            "OIDC_CLIENT_SECRET": "secret",
        }
        workspace = load_workspace(open_three(tmp_path), env)
        with App(workspace, lambda: NOW) as app:
            client = create_desk_app(app).test_client()
            answer = client.get("/clips/oidc", base_url=HOME)
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["redirect_uri"] == [f"{HOME}/oidc/back"]

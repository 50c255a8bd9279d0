"""The preview: the very bytes that would leave, in a frame where nothing runs, live."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient

from digest.app import App
from digest.web.desk import create_desk_app
from tests.conftest import EDITION
from tests.desk_client import TOKEN, let_in
from tests.fakes.browser import browser, needs_browser, watched
from tests.fakes.wsgi import served

DAY = date(2026, 2, 27)
HOME = "http://127.0.0.1"
BASE = '<base target="_blank">'


@pytest.fixture
def edited(app: App) -> App:
    app.editions.save_source(EDITION)
    return app


@pytest.fixture
def web(edited: App) -> FlaskClient:
    return let_in(edited)


def view(web: FlaskClient, kind: str):
    return web.get(f"/{DAY}/view/{kind}", base_url=HOME)


def test_each_view_shows_the_bytes_that_would_leave(
    edited: App, web: FlaskClient
) -> None:
    built = edited.editions.render_stored(DAY)
    assert view(web, "source").text == built.html
    assert view(web, "mail").text.replace(BASE, "") == built.html
    assert view(web, "phone").text == view(web, "mail").text
    assert view(web, "text").text == built.text
    assert view(web, "page").text == built.page
    assert "@media all" in view(web, "dark").text
    assert view(web, "nosuch").status_code == 404


def test_nothing_in_a_view_can_run(web: FlaskClient) -> None:
    for kind in ("mail", "dark", "off", "page"):
        policy = view(web, kind).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "allow-scripts" not in policy
        assert "script-src" not in policy


def test_images_can_be_off(edited: App, web: FlaskClient) -> None:
    answer = view(web, "off")
    assert (
        answer.text.replace(BASE, "") == edited.editions.render_stored(DAY).html
    )
    assert "img-src" not in answer.headers["Content-Security-Policy"]


def test_a_broken_template_is_shown_and_the_preview_lives_on(
    edited: App, web: FlaskClient
) -> None:
    def version() -> dict[str, str]:
        return web.get(f"/{DAY}/version", base_url=HOME).json

    before, templates = version(), edited.workspace.templates_folder
    templates.mkdir()
    (templates / "edition.txt").write_text("{{ nosuch }}")
    assert (
        version()["broken"] == "templates/edition.txt:1: 'nosuch' is undefined"
    )
    assert "is undefined" in web.get(f"/{DAY}/preview", base_url=HOME).text
    assert "is undefined" in web.get(f"/{DAY}/edition", base_url=HOME).text
    (templates / "edition.txt").unlink()
    assert version() == before


def test_a_change_of_the_settings_is_seen_at_once(
    edited: App, web: FlaskClient
) -> None:
    file = edited.workspace.folder / "feeds.yaml"
    file.write_text(
        file.read_text().replace("The Open Water Letter", "Another Letter")
    )
    assert "Another Letter" in view(web, "mail").text
    file.write_text("nothing: good")
    assert "nothing" in web.get(f"/{DAY}/version", base_url=HOME).json["broken"]


def test_the_edition_before_stands_beside_this_one(
    edited: App, web: FlaskClient
) -> None:
    assert "view=compare" not in web.get(f"/{DAY}/preview", base_url=HOME).text
    edited.editions.save_source(
        EDITION.replace("date: 2026-02-27", "date: 2026-02-20")
    )
    shown = web.get(f"/{DAY}/preview?view=compare", base_url=HOME).text
    assert "/2026-02-20/view/mail" in shown
    assert f"/{DAY}/view/mail" in shown


@pytest.fixture
def address(edited: App) -> Iterator[str]:
    with served(create_desk_app(edited, TOKEN)) as home:
        yield home


@pytest.mark.slow
@needs_browser
def test_a_person_sees_every_view_and_changes_as_they_are_made(
    edited: App, address: str
) -> None:
    from playwright.sync_api import expect

    with browser() as chromium:
        seen = watched(
            chromium, address, viewport={"width": 1280, "height": 900}
        )
        page = seen.page
        page.goto(f"{address}/{DAY}/preview?token={TOKEN}")
        mail = page.frame_locator("#view")
        expect(
            mail.get_by_role("heading", name="Headline of the first lead")
        ).to_be_visible()
        for name in ("Dark", "Web page", "Phone", "Images off", "Desktop"):
            page.get_by_role("link", name=name, exact=True).click()
            expect(
                mail.get_by_role("heading", name="Headline of the second lead")
            ).to_be_visible()
        page.get_by_role("link", name="Plain text").click()
        expect(mail.get_by_text("- Another headline (NPR)")).to_be_visible()
        page.get_by_role("link", name="Source").click()
        expect(mail.get_by_text("<!doctype html>")).to_be_visible()
        page.get_by_role("link", name="Dark phone").click()
        assert page.locator("#view").bounding_box()["width"] <= 377
        edited.editions.save_source(
            EDITION.replace(
                "Headline of the first lead", "Changed while you looked"
            )
        )
        expect(
            mail.get_by_role("heading", name="Changed while you looked")
        ).to_be_visible()
        assert seen.problems == []

"""The live preview: in a real browser where there is one, and over HTTP everywhere."""

import os
import shutil
from collections.abc import Iterator
from datetime import date

import pytest

from digest.app import App
from digest.web.preview import fresh, preview_app
from tests.conftest import EDITION
from tests.fakes.wsgi import served

DAY = date(2026, 2, 27)
KEY = "key"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture
def edited(app: App) -> App:
    app.save(EDITION)
    return app


def client(app: App):
    return preview_app(lambda: fresh(app, DAY), KEY).test_client()


def test_each_view_shows_the_bytes_that_would_leave(edited: App) -> None:
    built, web = fresh(edited, DAY), client(edited)
    assert web.get(f"/{KEY}/view/mail").text == built.html
    assert web.get(f"/{KEY}/view/text").text == built.text
    assert web.get(f"/{KEY}/view/page").text == built.page
    assert "@media all" in web.get(f"/{KEY}/view/dark").text
    assert web.get(f"/{KEY}/view/nosuch").status_code == 404


def test_nothing_in_a_view_can_run(edited: App) -> None:
    policy = client(edited).get(f"/{KEY}/view/mail").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_images_can_be_off(edited: App) -> None:
    answer = client(edited).get(f"/{KEY}/view/off")
    assert answer.text == fresh(edited, DAY).html
    assert "img-src" not in answer.headers["Content-Security-Policy"]


def test_only_who_has_the_address_sees_it(edited: App) -> None:
    web = client(edited)
    assert [web.get(p).status_code for p in ("/", "/view/mail", "/other/view/mail")] == [
        404,
        404,
        404,
    ]


def test_a_broken_template_is_shown_and_the_preview_lives_on(edited: App) -> None:
    web, templates = client(edited), edited.workspace.templates
    before = web.get(f"/{KEY}/version").text
    templates.mkdir()
    (templates / "edition.txt").write_text("{{ nosuch }}")
    assert (
        web.get(f"/{KEY}/version").text == "error: templates/edition.txt:1: 'nosuch' is undefined"
    )
    assert web.get(f"/{KEY}/").status_code == 200
    (templates / "edition.txt").unlink()
    assert web.get(f"/{KEY}/version").text == before


@pytest.fixture
def address(edited: App) -> Iterator[str]:
    with served(preview_app(lambda: fresh(edited, DAY), KEY)) as home:
        yield f"{home}/{KEY}/"


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium; install it or set CHROMIUM")
def test_a_person_sees_every_view_and_changes_as_they_are_made(edited: App, address: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        problems: list[str] = []
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on(
            "request",
            lambda r: None if r.url.startswith("http://127.0.0.1") else problems.append(r.url),
        )
        page.goto(address)
        mail = page.frame_locator("#view")
        expect(mail.get_by_role("heading", name="Headline of the first lead")).to_be_visible()
        for view in ("Dark", "Web archive", "Phone", "Images off", "Desktop"):
            page.get_by_role("button", name=view, exact=True).click()
            expect(mail.get_by_role("heading", name="Headline of the second lead")).to_be_visible()
        page.get_by_role("button", name="Plain text").click()
        expect(mail.get_by_text("- Another headline (NPR)")).to_be_visible()
        page.get_by_role("button", name="Dark phone").click()
        assert page.locator("#view").bounding_box()["width"] <= 377
        edited.save(EDITION.replace("Headline of the first lead", "Changed while you looked"))
        expect(mail.get_by_role("heading", name="Changed while you looked")).to_be_visible()
        assert problems == []
        browser.close()

"""Three newsletters in a real browser: the pages that only a newsroom with several has."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from digest.app import App
from digest.settings import load_workspace
from digest.web.desk import create_desk_app
from digest.web.public import create_public_app
from tests.browser.test_desk import axe, found_amiss
from tests.conftest import NOW
from tests.desk_client import DAY, TOKEN, put
from tests.fakes.browser import browser, needs_browser, watched
from tests.fakes.wsgi import served
from tests.three_newsletters import open_three

__all__ = ["axe"]  # a fixture
pytestmark = [
    pytest.mark.slow,
    needs_browser,
    # a page that is left while a file is being served leaves the server's file to the collector
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]
DESK_PAGES = (
    "",
    f"clips/{DAY}/finds",
    f"clips/{DAY}/edition",
    f"clips/{DAY}/send",
    "clips/add",
    "funders/",
    "history?of=all",
    "status",
)
PUBLIC_PAGES = ("", "weekly/", "funders/")


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[App]:
    with App(load_workspace(open_three(tmp_path), {}), lambda: NOW) as app:
        for number in range(4):
            put(app, number, f"Story {number}: pipes of district {number}")
        app.articles.analyse_new()
        for key in ("weekly", "clips"):
            app.for_newsletter(key).drafts.create_draft(DAY)
        app.for_newsletter("funders").drafts.create_draft(date(2026, 3, 31))
        yield app


def test_pages_of_several_newsletters_are_accessible(
    newsroom: App, axe: str
) -> None:
    """Light and dark; wide, and a phone."""
    problems = []
    with (
        served(create_desk_app(newsroom, TOKEN)) as desk,
        served(create_public_app(newsroom)) as site,
        browser() as chromium,
    ):
        addresses = [f"{desk}/{path}" for path in DESK_PAGES]
        addresses += [f"{site}/{path}" for path in PUBLIC_PAGES]
        page = chromium.new_context(bypass_csp=True).new_page()
        page.goto(f"{desk}/?token={TOKEN}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                for address in addresses:
                    page.goto(address)
                    where = f"{address} {scheme} {width}"
                    amiss = found_amiss(page, axe, width)
                    problems += [f"{where}: {one}" for one in amiss]
    assert problems == []


def test_what_is_typed_for_one_newsletter_is_not_shown_in_another(
    newsroom: App,
) -> None:
    """Both have an edition of this day; the desk is away, and what is typed waits in the browser."""
    with (
        served(create_desk_app(newsroom, TOKEN)) as desk,
        browser() as chromium,
    ):
        page = watched(chromium, desk).page
        page.goto(f"{desk}/clips/{DAY}/edition?token={TOKEN}")
        page.route("**/head", lambda route: route.abort())
        page.get_by_label("Subject").first.fill("Clips of the day")
        expect(page.locator("#said")).to_contain_text("is kept here")
        page.goto(f"{desk}/{DAY}/edition")
        subject = page.get_by_label("Subject").first
        expect(subject).not_to_have_value("Clips of the day")
        page.goto(f"{desk}/clips/{DAY}/edition")
        subject = page.get_by_label("Subject").first
        expect(subject).to_have_value("Clips of the day")

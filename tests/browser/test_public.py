"""A person's whole way, in a real browser: subscribes, confirms, receives, leaves, is left alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from digest.app import App
from digest.model import DeliveryState
from digest.web.public import create_public_app
from tests.browser.test_desk import axe, found_amiss
from tests.conftest import EDITION, NOW
from tests.fakes.browser import browser, needs_browser, watched
from tests.fakes.smtp import FakeSmtp
from tests.fakes.wsgi import served

__all__ = ["axe"]

DAY = NOW.date()


@pytest.mark.slow
@needs_browser
def test_a_person_joins_receives_leaves_and_is_never_mailed_again(
    open_app: Callable[..., App], smtp: FakeSmtp, axe: str
) -> None:
    app = open_app(smtp.env)
    with browser() as chromium, served(create_public_app(app)) as home:
        seen = watched(chromium.new_context(bypass_csp=True), home)
        page = seen.page
        page.goto(f"{home}/subscribe")
        seen.problems += found_amiss(page, axe, 1280)
        page.get_by_label("Your mail address").fill("ada@r.example")
        page.get_by_role("button", name="Subscribe").click()
        expect(page.get_by_text("a confirmation is on its way")).to_be_visible()
        app.signup.wait_for_mails()
        page.goto(home + link(smtp, "/c/"))
        seen.problems += found_amiss(page, axe, 1280)
        page.get_by_role("button", name="Confirm my subscription").click()
        expect(
            page.get_by_role("heading", name="You are subscribed")
        ).to_be_visible()

        app.editions.save_source(EDITION)
        app.approval.approve_edition(DAY, "Ada")
        assert app.sending.send_edition(DAY).counts == {
            DeliveryState.ACCEPTED: 1
        }
        mail = smtp.messages[-1][1]
        assert mail["Subject"] == "What the records show"

        page.set_viewport_size({"width": 360, "height": 800})
        page.goto(home + link(smtp, "/u/"))
        seen.problems += found_amiss(page, axe, 360)
        page.get_by_role("link", name="Or change what we know of you").click()
        expect(page.get_by_text("a…@r.example")).to_be_visible()
        seen.problems += found_amiss(page, axe, 360)
        page.get_by_role("button", name="Unsubscribe").click()
        expect(page.get_by_role("heading", name="Unsubscribed")).to_be_visible()

        before = len(smtp.messages)
        next_day = DAY.replace(day=28)
        app.editions.save_source(
            EDITION.replace("date: 2026-02-27", "date: 2026-02-28")
        )
        app.approval.approve_edition(next_day, "Ada")
        assert app.sending.send_edition(next_day).planned == 0
        assert len(smtp.messages) == before
        assert seen.problems == []


def link(smtp: FakeSmtp, kind: str) -> str:
    """Return the path of the link in the newest mail."""
    text = smtp.messages[-1][1].get_body(("plain",)).get_content()
    return re.search(rf"letter\.openwater\.example({kind}\S+)", text)[1]

"""What the desk says around sending: plain words, no way offered that leads nowhere, asked first."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from digest.app import App
from digest.model import DeliveryState, Subscriber
from digest.web.desk import create_desk_app
from tests.browser.test_desk import axe, found_amiss
from tests.conftest import NOW
from tests.desk_client import DAY, TOKEN, let_in, page, post
from tests.fakes.browser import browser, needs_browser, watched
from tests.fakes.smtp import FakeSmtp
from tests.fakes.wsgi import served

__all__ = ["axe"]

PATH = f"/{DAY}/"
#: Words of ours that a press officer has no use for.
RIDDLES = (
    "mended",
    "planned",
    "queued",
    "claimed",
    "excluded",
    "halted",
    "said so",
    " smtp",
    "(UTC)",
)


def words(client: FlaskClient, path: str) -> str:
    """The text of a page's middle, its spaces single."""
    (main,) = page(client, path).xpath("//main")
    return " ".join(main.text_content().split())


@pytest.fixture
def halted(
    stocked: App,
    audience: list[str],
    open_app: Callable[..., App],
    smtp: FakeSmtp,
) -> tuple[App, FlaskClient]:
    """An edition of which two mails have left when a person paused it."""
    stocked.approval.approve_edition(DAY, "Ada")
    app = open_app(smtp.env)
    client = let_in(app)

    def pause(stage: str, _address: str) -> str:
        if stage == "dot" and len(smtp.messages) == 1:
            app.halting.pause_send(DAY, "Ada")
        return ""

    smtp.says = pause
    app.sending.send_edition(DAY)
    smtp.says = lambda _stage, _address: ""
    return app, client


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_page_around_sending_speaks_in_riddles_hashes_or_machine_words(
    halted: tuple[App, FlaskClient], language: str
) -> None:
    app, client = halted
    post(client, "/speak", language=language)
    digest = app.sending.plan_send(DAY).content_hash[:12]
    for path in (
        f"{PATH}send",
        f"{PATH}sent",
        f"{PATH}confirm/send",
        f"{PATH}confirm/cancel",
    ):
        shown = words(client, path)
        assert [w for w in (*RIDDLES, digest) if w in shown] == [], (
            path,
            shown,
        )


def test_progress_is_told_in_ones_language_and_adds_up(
    halted: tuple[App, FlaskClient],
) -> None:
    app, client = halted
    accepted = len(
        app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.ACCEPTED
        )
    )
    told = f"25 readers: {accepted} accepted for delivery, {25 - accepted} still waiting"
    for path in (f"{PATH}send", f"{PATH}sent", f"{PATH}history", "/history"):
        assert told in words(client, path), path
    post(client, "/speak", language="es")
    assert f"25 lectores: {accepted} aceptados para la entrega" in words(
        client, f"{PATH}send"
    )


def test_a_paused_send_offers_to_go_on_and_nothing_else(
    halted: tuple[App, FlaskClient],
) -> None:
    _, client = halted
    shown = page(client, f"{PATH}send")
    (main,) = shown.xpath("//main")
    buttons = [
        b.text_content() for b in main.xpath(".//button[not(ancestor::dialog)]")
    ]
    assert buttons == ["Go on", "Cancel for good …", "Send a test"]
    assert "began to leave" in main.text_content()
    assert "was sent" not in main.text_content()


def test_a_cancelled_send_says_that_not_everybody_has_it(
    halted: tuple[App, FlaskClient],
) -> None:
    _, client = halted
    assert post(client, f"{PATH}cancel").status_code == 303
    shown = words(client, f"{PATH}send")
    assert "It was cancelled for good: nobody else is mailed." in shown
    assert "is complete" not in shown
    accepted = shown.split("25 readers: ")[1].split(" ")[0]
    assert f"{accepted} of 25" in shown
    assert "cancelled by" in words(client, "/history")


def test_cancelling_asks_first_and_is_done_by_that_answer_alone(
    halted: tuple[App, FlaskClient],
) -> None:
    app, client = halted
    asked = page(client, f"{PATH}confirm/cancel")
    assert "This cannot be undone." in asked.text_content()
    assert app.store.send_halts.get_halt(DAY)[0] == "paused"
    (form,) = asked.xpath(f"//main//form[@action='{PATH}cancel']")
    post(client, f"{PATH}cancel", **dict(form.form_values()))
    assert app.store.send_halts.get_halt(DAY)[0] == "cancelled"


def test_a_rehearsal_is_not_taken_for_a_send_that_reached_everybody(
    stocked: App,
    audience: list[str],
    open_app: Callable[..., App],
    smtp: FakeSmtp,
) -> None:
    stocked.approval.approve_edition(DAY, "Ada")
    stocked.sending.send_edition(DAY)
    app = open_app(smtp.env)
    shown = page(let_in(app), f"{PATH}send")
    assert (
        "25 messages became files, and nobody was mailed"
        in shown.text_content()
    )
    assert shown.xpath("//progress") == []
    assert "is complete" not in shown.text_content()
    assert "Send to 25 subscribers …" in shown.text_content()
    app.sending.send_edition(DAY)
    assert len(smtp.messages) == 25
    assert app.sending.plan_send(DAY).served


def test_a_running_send_counts_its_readers_not_the_list(
    halted: tuple[App, FlaskClient],
) -> None:
    app, client = halted
    app.subscribers.add_people(
        [Subscriber("late@readers.example", consent_at=NOW)]
    )
    assert "To 25 subscribers" in words(client, f"{PATH}send")


def test_the_status_page_says_what_has_left(
    halted: tuple[App, FlaskClient],
) -> None:
    app, client = halted
    post(client, f"{PATH}cancel")
    shown = words(client, "/status")
    assert "sent since" in shown
    mailed = len(
        app.store.deliveries.list_deliveries_in_state(
            DAY, DeliveryState.ACCEPTED
        )
    )
    assert f"{mailed} mails in the last minute" in shown


def test_a_refused_time_leads_back_to_sending(stocked: App) -> None:
    client = let_in(stocked)
    answer = post(client, f"{PATH}schedule", at="2020-01-01T09:00")
    assert answer.status_code == 400
    assert f'href="{PATH}send">Back to sending' in answer.text


@pytest.mark.slow
@needs_browser
def test_the_dialog_that_asks_before_cancelling_is_used_by_keyboard(
    halted: tuple[App, FlaskClient], axe: str
) -> None:
    app, _ = halted
    with served(create_desk_app(app, TOKEN)) as address, browser() as chromium:
        seen = watched(chromium.new_context(bypass_csp=True), address)
        tab = seen.page
        tab.goto(f"{address}{PATH}send?token={TOKEN}")
        tab.goto(f"{address}{PATH}send")
        for width in (360, 1280):
            tab.set_viewport_size({"width": width, "height": 800})
            tab.get_by_role("button", name="Cancel for good …").focus()
            tab.keyboard.press("Enter")
            expect(tab.get_by_role("dialog")).to_be_visible()
            expect(tab.get_by_role("link", name="Back")).to_be_focused()
            seen.problems += found_amiss(tab, axe, width)
            tab.keyboard.press("Escape")
            expect(tab.get_by_role("dialog")).to_be_hidden()
        assert app.store.send_halts.get_halt(DAY)[0] == "paused"
        assert seen.problems == []


@pytest.mark.slow
@needs_browser
def test_no_page_of_the_spanish_desk_is_wider_than_a_phone(
    stocked: App, axe: str
) -> None:
    with (
        served(create_desk_app(stocked, TOKEN)) as address,
        browser() as chromium,
    ):
        screen = {"width": 360, "height": 800}
        context = chromium.new_context(
            bypass_csp=True, locale="es-ES", viewport=screen
        )
        seen = watched(context, address)
        tab = seen.page
        tab.goto(f"{address}/?token={TOKEN}")
        for path in ("finds", "edition", "preview", "check", "send", "history"):
            tab.goto(f"{address}{PATH}{path}")
            expect(tab.locator("html")).to_have_attribute("lang", "es")
            seen.problems += [
                f"{path}: {a}" for a in found_amiss(tab, axe, 360)
            ]
        assert seen.problems == []

"""The desk in a real browser: by keys, by mouse, by thumb, by two people, against a hostile press."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from digest.app import App
from digest.model import StaffRights, Subscriber
from digest.web.desk import create_desk_app
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, TOKEN, headlines, put
from tests.fakes.browser import browser, needs_browser, watched
from tests.fakes.smtp import FakeSmtp
from tests.fakes.wsgi import served

pytestmark = [
    pytest.mark.slow,
    needs_browser,
    # a page that is left while a file is being served leaves the server's file to the collector
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]

LEADLESS = re.sub(
    r"# Headline.*?## ",
    "## ",
    re.sub(r"- \[.*\n", "", EDITION),
    flags=re.DOTALL,
    count=1,
)
#: Tells the page's problems of whatever its policy had to stop.
REPORTS = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
AXE_TAGS = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']"


@pytest.fixture
def address(stocked: App) -> Iterator[str]:
    with served(create_desk_app(stocked, TOKEN)) as home:
        yield home


def wait_for_proof(app: App) -> None:
    for _ in range(100):
        if app.store.deliveries.is_complete(DAY):
            break
        time.sleep(0.1)
    assert str(app.store.deliveries.get_delivery_report(DAY)).startswith(
        "planned 25 = 0 queued + 25 accepted"
    )


class Hands:
    """Types and presses, and counts it: a text typed counts as one."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, *keys: str) -> None:
        # the keys' script is deferred: a page can be seen before it listens
        self.page.wait_for_load_state("domcontentloaded")
        for one in keys:
            self.page.keyboard.press(one)
            self.presses += 1

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.presses += 1


def test_an_edition_from_finds_to_sent_by_keyboard_alone(
    stocked: App, audience: list[str], address: str
) -> None:
    """Ten picks, a lead, a subject, approved and sent: forty key presses at the most."""
    stocked.editions.save_source(LEADLESS)
    with browser() as chromium:
        seen = watched(chromium, address)
        page, hands = seen.page, Hands(seen.page)
        page.goto(f"{address}/{DAY}/finds?token={TOKEN}")
        started = time.monotonic()
        hands.press("j")
        for n in range(10):
            hands.press("1" if n < 5 else "2")
            expect(page.locator(".find.picked")).to_have_count(n + 1)
        hands.press("e")
        expect(page.get_by_role("heading", name="The edition")).to_be_visible()
        hands.press("t")
        page.keyboard.press("Control+a")
        hands.type("The pipes of district nine")
        hands.press("Escape", "n")
        hands.type("They knew of the pipes")
        hands.press("Tab")
        hands.type("And said nothing.")
        hands.press("Tab")
        hands.type("A paragraph with [a link](https://example.org/x).")
        hands.press("Control+Enter", "Escape")
        mail = page.frame_locator("#view")
        expect(
            mail.get_by_role("heading", name="They knew of the pipes")
        ).to_be_visible()
        hands.press("s")
        expect(page.get_by_role("button", name="Approve")).to_be_visible()
        hands.press("a")
        expect(
            page.get_by_role("dialog", name="Approve exactly this?")
        ).to_be_visible()
        hands.press("Tab", "Enter")
        expect(page.get_by_text("Approved by")).to_be_visible()
        hands.press("g")
        expect(
            page.get_by_role("dialog", name="Mail this to 25 people?")
        ).to_be_visible()
        hands.press("Tab", "Enter")
        wait_for_proof(stocked)
        print(
            f"{hands.presses} key presses, {time.monotonic() - started:.1f} s of machine time"
        )
        edition = stocked.editing_as("").load_edition(DAY)
        assert edition.subject == "The pipes of district nine"
        assert [lead.headline for lead in edition.leads] == [
            "They knew of the pipes"
        ]
        assert (len(headlines(stocked, 0)), len(headlines(stocked, 1))) == (
            5,
            5,
        )
        assert hands.presses <= 40, hands.presses
        assert seen.problems == []


def test_no_key_alone_mails_anybody(
    stocked: App, audience: list[str], address: str
) -> None:
    """The dialog has "Cancel" in its focus, keeps the keyboard to itself, and Escape closes it."""
    stocked.approval.approve_edition(DAY, "Ada")
    with browser() as chromium:
        seen = watched(chromium, address)
        page = seen.page
        page.goto(f"{address}/{DAY}/send?token={TOKEN}")
        dialog = page.get_by_role("dialog", name="Mail this to 25 people?")
        cancel = dialog.get_by_role("link", name="Cancel")
        for close in ("Escape", "Enter"):
            page.keyboard.press("g")
            expect(dialog).to_be_visible()
            expect(cancel).to_be_focused()
            for key in ("g", "a", "e", "u", "g"):
                page.keyboard.press(key)
            expect(dialog).to_be_visible()
            page.keyboard.press(close)
            expect(dialog).to_be_hidden()
        page.keyboard.press("g")
        for said in (
            "What the records show",
            "Open Water <letter@openwater.example>",
            "outbox",
        ):
            expect(dialog.get_by_text(said).first).to_be_visible()
        stocked.subscribers.add_people(
            [Subscriber("late@readers.example", consent_at=NOW)]
        )
        dialog.get_by_role("button", name="Yes, mail 25 people").click()
        expect(page.get_by_text("by now there are 26")).to_be_visible()
        expect(page.get_by_role("link", name="Cancel")).to_be_focused()
        assert stocked.store.deliveries.get_delivery_report(DAY).planned == 0
        assert seen.problems == []


def test_what_was_sent_is_corrected_in_the_browser_both_ways(
    stocked: App,
    audience: list[str],
    smtp: FakeSmtp,
    open_app: Callable[..., App],
    axe: str,
) -> None:
    stocked.approval.approve_edition(DAY, "Ada")
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    with served(create_desk_app(app, TOKEN)) as address, browser() as chromium:
        seen = watched(chromium.new_context(bypass_csp=True), address)
        page = seen.page
        page.goto(f"{address}/{DAY}/edition?token={TOKEN}")
        page.goto(f"{address}/{DAY}/edition")
        expect(
            page.get_by_role("heading", name="What was sent stays as it is")
        ).to_be_visible()
        page.get_by_role("link", name="Correct the web page").click()
        page.get_by_label("What was wrong").fill("It was twelve, not ten.")
        page.locator("[name=lead1_body]").fill("Twelve.")
        page.get_by_role(
            "button", name="Put the corrected page on the web"
        ).click()
        expect(
            page.get_by_text("It was twelve, not ten.").first
        ).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (360, 640, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                for path in ("sent", "correct", "send", "finds", "history"):
                    page.goto(f"{address}/{DAY}/{path}")
                    amiss = found_amiss(page, axe, width)
                    seen.problems += [
                        f"{path} {scheme} {width}: {a}" for a in amiss
                    ]
        page.goto(f"{address}/{DAY}/sent")
        page.get_by_role(
            "button", name="Draft a correction for its readers"
        ).click()
        expect(page.locator("#head [name=subject]")).to_have_value(
            "Correction: What the records show"
        )
        assert seen.problems == []
        assert len(app.publishing.find_status(DAY).corrections) == 1


def test_the_open_dialogs_are_accessible(
    stocked: App, audience: list[str], address: str, axe: str
) -> None:
    stocked.editions.save_source(EDITION.replace("Paragraphs.", "TK"))
    with browser() as chromium:
        seen = watched(chromium.new_context(bypass_csp=True), address)
        page = seen.page
        page.goto(f"{address}/{DAY}/send?token={TOKEN}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(f"{address}/{DAY}/send")
                page.keyboard.press("a")
                expect(page.get_by_role("dialog")).to_be_visible()
                seen.problems += [
                    f"{scheme} {width}: {a}"
                    for a in found_amiss(page, axe, width)
                ]
        assert seen.problems == []


def by_hand(page: Page, address: str, app: App, click) -> None:
    """Make an edition with a pointer alone: ten picks, order, a lead, subject, approve, send."""
    page.goto(f"{address}/{DAY}/finds?token={TOKEN}")
    for n in range(10):
        name = (
            "Open Water in the news"
            if n < 5
            else "Other stories we’re following"
        )
        click(
            page.locator(".find:not(.picked)").first.get_by_role(
                "button", name=name
            )
        )
        expect(page.locator(".find.picked")).to_have_count(n + 1)
    click(page.get_by_role("link", name="Edition", exact=True))
    second = headlines(app, 0)[1]
    click(page.get_by_role("button", name=f"Move “{second}” up"))
    expect(page.locator(".pick").first).to_contain_text(second)
    page.locator("#head [name=subject]").fill("The pipes of district nine")
    new = page.locator(".new form")
    new.locator("[name=headline]").fill("They knew")
    new.locator("[name=body]").fill("A paragraph.")
    click(new.get_by_role("button", name="Store"))
    expect(page.locator("#said")).to_have_text("stored")
    expect(
        page.frame_locator("#view").get_by_role("heading", name="They knew")
    ).to_be_visible()
    click(page.get_by_role("link", name="Send", exact=True))
    click(page.get_by_role("button", name="Approve …"))
    click(page.get_by_role("button", name="Yes, approve it"))
    click(page.get_by_role("button", name="Send to 25 subscribers …"))
    click(page.get_by_role("button", name="Yes, mail 25 people"))
    wait_for_proof(app)
    assert (
        app.editing_as("").load_edition(DAY).subject
        == "The pipes of district nine"
    )
    expect(
        page.get_by_text("25 messages are in the outbox; nobody was mailed")
    ).to_be_visible()
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - innerWidth"
    )
    assert overflow <= 0


def test_the_same_by_mouse_with_dragging(
    stocked: App, audience: list[str], address: str
) -> None:
    stocked.editions.save_source(LEADLESS)
    with browser() as chromium:
        seen = watched(
            chromium, address, viewport={"width": 1280, "height": 900}
        )
        by_hand(seen.page, address, stocked, lambda target: target.click())
        seen.page.set_viewport_size(
            {"width": 1280, "height": 2600}
        )  # from end to end in one pull
        seen.page.goto(f"{address}/{DAY}/edition")
        last = headlines(stocked, 0)[-1]
        picks = seen.page.locator(".picks").first.locator(".pick")
        picks.last.locator(".line").drag_to(picks.first.locator(".line"))
        expect(seen.page.locator(".pick").first).to_contain_text(last)
        assert headlines(stocked, 0)[0] == last
        across = headlines(stocked, 1)[0]
        seen.page.locator(".picks").last.locator(".pick .line").first.drag_to(
            seen.page.locator(".picks").first.locator(".pick .line").first
        )
        expect(seen.page.locator(".pick").first).to_contain_text(across)
        assert seen.problems == []


def test_the_same_by_thumb_on_a_phone(
    stocked: App, audience: list[str], address: str
) -> None:
    stocked.editions.save_source(LEADLESS)
    with browser() as chromium:
        phone = chromium.new_context(
            viewport={"width": 390, "height": 844},
            has_touch=True,
            is_mobile=True,
        )
        seen = watched(phone, address)
        by_hand(seen.page, address, stocked, lambda target: target.tap())
        small = seen.page.evaluate(
            "[...document.querySelectorAll('button, nav a, summary')].filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.outerHTML)"
        )
        assert small == []
        assert seen.problems == []


def test_all_of_it_works_without_javascript(
    stocked: App, audience: list[str], address: str
) -> None:
    stocked.editions.save_source(LEADLESS)
    with browser() as chromium:
        seen = watched(chromium.new_context(java_script_enabled=False), address)
        page = seen.page
        page.goto(f"{address}/{DAY}/finds?token={TOKEN}")
        page.get_by_role("button", name="Open Water in the news").first.click()
        expect(page.locator(".find.picked")).to_have_count(1)
        page.get_by_role("link", name="Edition", exact=True).click()
        page.locator("#head [name=subject]").fill("Without a script")
        page.locator("#head button").click()
        page.locator(".new [name=headline]").fill("A lead")
        page.locator(".new").get_by_role("button", name="Store").click()
        expect(
            page.frame_locator("#view").get_by_role("heading", name="A lead")
        ).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone: wrote “A lead”")).to_be_visible()
        page.get_by_role("link", name="Send", exact=True).click()
        page.get_by_role("button", name="Approve …").click()
        page.get_by_role("button", name="Yes, approve it").click()
        page.get_by_role("button", name="Send to 25 subscribers …").click()
        page.get_by_role("button", name="Yes, mail 25 people").click()
        wait_for_proof(stocked)
        assert (
            stocked.editing_as("").load_edition(DAY).subject
            == "Without a script"
        )
        assert seen.problems == []


def test_two_editors_at_once_lose_nothing(stocked: App, address: str) -> None:
    """Different words both stand; the second to change the same words is shown both."""
    with browser() as chromium:
        context = chromium.new_context()
        ada, ben = watched(context, address), watched(context, address)
        ada.page.goto(f"{address}/{DAY}/edition?token={TOKEN}")
        ben.page.goto(f"{address}/{DAY}/edition")
        ada.page.locator("#head [name=subject]").fill("Ada's subject")
        expect(ada.page.locator("#said")).to_have_text("stored")
        ben.page.locator("#head [name=subject]").fill("Ben's subject")
        conflict = ben.page.locator("#head .conflict")
        expect(conflict).to_contain_text("Ada's subject")
        expect(conflict).to_contain_text("Ben's subject")
        assert (
            stocked.editing_as("").load_edition(DAY).subject == "Ada's subject"
        )
        conflict.get_by_role("button", name="Take theirs").click()
        expect(ben.page.locator("#head [name=subject]")).to_have_value(
            "Ada's subject"
        )
        ben.page.locator("#head [name=preheader]").fill("Ben's line")
        expect(ben.page.locator("#said")).to_have_text("stored")
        ada.page.locator("#head [name=preheader]").fill("Ada's line")
        ada.page.locator("#head .conflict").get_by_role(
            "button", name="Keep mine"
        ).click()
        expect(ada.page.locator("#said")).to_have_text("stored")
        edition = stocked.editing_as("").load_edition(DAY)
        assert (edition.subject, edition.preheader) == (
            "Ada's subject",
            "Ada's line",
        )
        assert [p for p in ada.problems + ben.problems if "409" not in p] == []


def test_reload_and_back_in_the_middle_lose_nothing(
    stocked: App, address: str
) -> None:
    with browser() as chromium:
        seen = watched(chromium, address)
        page, subject = seen.page, seen.page.locator("#head [name=subject]")
        page.goto(f"{address}/{DAY}/finds?token={TOKEN}")
        page.locator(".find").first.get_by_role(
            "button", name="Open Water in the news"
        ).click()
        expect(page.locator(".find.picked")).to_have_count(1)
        page.goto(f"{address}/{DAY}/edition")
        subject.fill("Typed a moment ago")
        page.reload()  # before it was stored
        expect(subject).to_have_value("Typed a moment ago")
        expect(page.locator("#said")).to_have_text("stored")
        subject.fill("And then left")
        page.get_by_role("link", name="Preview", exact=True).click()
        expect(
            page.get_by_role("heading", name="And then left")
        ).to_be_visible()
        page.go_back()
        expect(subject).to_have_value("And then left")
        page.go_back()
        expect(page.locator(".find.picked")).to_have_count(1)
        assert (
            stocked.editing_as("").load_edition(DAY).subject == "And then left"
        )
        assert len(headlines(stocked, 0)) == 1
        assert seen.problems == []


#: Tells the server when the desk has said that all is stored.
TELLS_STORED = """() => {
  const said = document.getElementById("said");
  new MutationObserver(() => {
    if (said.textContent === "stored") navigator.sendBeacon("/said-stored");
  }).observe(said, { childList: true });
}"""


class OvertakenStore:
    """Middleware: the next edition page is made before a head is stored, and shown after."""

    def __init__(self, app: Flask) -> None:
        self.app = app.wsgi_app
        self.store_has_begun = threading.Event()
        self.page_is_made = threading.Event()
        self.may_show = threading.Event()

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/said-stored":
            self.may_show.set()
            start_response("204 No Content", [])
            return []
        if environ["REQUEST_METHOD"] == "POST" and path.endswith("/head"):
            self.store_has_begun.set()
            assert self.page_is_made.wait(20)
        answer = self.app(environ, start_response)
        if path.endswith("/edition") and self.store_has_begun.is_set():
            answer = [b"".join(answer)]
            self.page_is_made.set()
            assert self.may_show.wait(20)
        return answer


def test_a_reload_overtaking_what_is_being_stored_loses_nothing(
    stocked: App,
) -> None:
    """The new page was made before the text was stored, the answer came after."""
    desk = create_desk_app(stocked, TOKEN)
    overtaken = OvertakenStore(desk)
    desk.wsgi_app = overtaken  # type: ignore[method-assign]
    with served(desk) as address, browser() as chromium:
        seen = watched(chromium, address)
        page = seen.page
        page.goto(f"{address}/{DAY}/edition?token={TOKEN}")
        page.wait_for_load_state("networkidle")
        page.evaluate(TELLS_STORED)
        subject = page.locator("#head [name=subject]")
        subject.fill("Typed a moment ago")
        expect(page.locator("#said")).to_have_text("storing …")
        page.reload()
        expect(subject).to_have_value("Typed a moment ago")
        expect(page.locator("#said")).to_have_text("stored")
        edition = stocked.editing_as("").load_edition(DAY)
        assert edition.subject == "Typed a moment ago"
        assert page.evaluate("localStorage.length") == 0
        assert seen.problems == []


def test_a_server_killed_while_one_types_loses_nothing(stocked: App) -> None:
    """What was typed stays on the page, and is stored once the desk is back."""
    from digest.web.local_server import serve_locally  # noqa: F401  (the command below runs it)

    with browser() as chromium, served(create_desk_app(stocked, TOKEN)) as home:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{home}/{DAY}/edition?token={TOKEN}")
        subject = page.locator("#head [name=subject]")
        page.route("**/head", lambda route: route.abort("connectionrefused"))
        subject.fill("Typed at a dead desk")
        expect(page.locator("#said")).to_contain_text("kept here")
        page.unroute("**/head")
        expect(page.locator("#said")).to_have_text("stored", timeout=8000)
        assert (
            stocked.editing_as("").load_edition(DAY).subject
            == "Typed at a dead desk"
        )
        page.route("**/head", lambda route: route.abort("connectionrefused"))
        subject.fill("And the tab was closed")
        expect(page.locator("#said")).to_contain_text("kept here")
        page.unroute("**/head")
        page.goto("about:blank")
        page.goto(f"{home}/{DAY}/edition")
        expect(subject).to_have_value("And the tab was closed")
        expect(page.locator("#said")).to_have_text("stored")
        assert (
            stocked.editing_as("").load_edition(DAY).subject
            == "And the tab was closed"
        )


def test_what_is_stored_while_the_preview_loads_is_shown_afterwards(
    stocked: App, address: str
) -> None:
    stocked.editions.save_source(LEADLESS)
    with browser() as chromium:
        context = chromium.new_context()
        seen = watched(context, address)
        page = seen.page
        page.goto(f"{address}/{DAY}/edition?token={TOKEN}")
        mail = page.frame_locator("#view")
        expect(mail.locator("body")).to_contain_text("The Open Water Letter")
        # the mail takes seconds, while answers to what is stored are short
        slow = {"offline": False, "latency": 0, "downloadThroughput": 10_000}
        context.new_cdp_session(page).send(
            "Network.emulateNetworkConditions",
            slow | {"uploadThroughput": 1_000_000},
        )
        given_up: list[str] = []
        page.on("requestfailed", lambda request: given_up.append(request.url))
        subject = page.get_by_label("Subject")
        subject.fill("Stored first")
        expect(page.locator("#said")).to_have_text("stored")
        subject.blur()
        page.keyboard.press("n")
        for words in ("Stored while it loads", "And shown.", "A paragraph."):
            page.keyboard.insert_text(words)
            page.keyboard.press("Tab")
        page.keyboard.press("Control+Enter")
        expect(
            mail.get_by_role("heading", name="Stored while it loads")
        ).to_be_visible(timeout=30_000)
        # a browser that is asked for the same page again may go on with the first answer
        assert given_up == []
        assert seen.problems == []


def test_on_a_slow_network_quick_keys_all_arrive(
    stocked: App, address: str
) -> None:
    with browser() as chromium:
        context = chromium.new_context()
        seen = watched(context, address)
        seen.page.goto(f"{address}/{DAY}/finds?token={TOKEN}")
        slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000}
        context.new_cdp_session(seen.page).send(
            "Network.emulateNetworkConditions",
            slow | {"uploadThroughput": 20_000},
        )
        for _ in range(4):
            seen.page.keyboard.press("j")
            seen.page.keyboard.press("1")
        expect(seen.page.locator(".find.picked")).to_have_count(
            4, timeout=15_000
        )
        assert len(headlines(stocked, 0)) == 4
        assert seen.problems == []


def test_an_answer_that_comes_late_takes_no_key_from_another_story(
    stocked: App, address: str
) -> None:
    with browser() as chromium:
        seen = watched(chromium, address)
        page = seen.page
        page.goto(f"{address}/{DAY}/finds?token={TOKEN}")
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/*", hold)
        for _ in range(2):
            page.keyboard.press("j")
            page.keyboard.press("1")
        page.keyboard.press("j")
        here = page.evaluate("document.activeElement.id")
        for route in held:
            route.continue_()
        page.unroute("**/*", hold)
        expect(page.locator(".find.picked")).to_have_count(2)
        assert page.evaluate("document.activeElement.id") == here
        page.keyboard.press("1")
        expect(page.locator(".find.picked")).to_have_count(3)
        assert seen.problems == []


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    if not shutil.which("npm"):
        pytest.skip("npm brings axe-core")
    folder = tmp_path_factory.mktemp("axe")
    quiet = ["--no-audit", "--no-fund", "axe-core@4.14.1"]
    subprocess.run(
        ["npm", "install", "--prefix", str(folder), *quiet], check=True
    )
    return (folder / "node_modules/axe-core/axe.min.js").read_text()


HOSTILE = (
    "<script>alert(1)</script>",
    "<svg/onload=alert(2)><img src=x onerror=alert(3)>",
    "Verylongword" * 60,
    "\u202eright to left\u202c and {{ 7 * 7 }} ${7*7} <!--",
    "' onmouseover='alert(4)' \" autofocus onfocus=\"alert(5)",
)


def hostile_week(app: App) -> None:
    """Fill finds, edition and history with what should not run and does not fit."""
    for n, title in enumerate(HOSTILE):
        put(app, 90 + n, title, text=f"{title} Open Water sued them. {title}")
    ids = [f.article.id for f in app.editing_as("").list_candidates(DAY)]
    for number in ids[:4]:
        app.editing_as(HOSTILE[1]).pick_story(DAY, number, "following")
    app.editing_as("").reject_story(DAY, ids[5])
    for find in app.editing_as("").list_candidates(DAY):
        if find.article.title in HOSTILE:
            app.editing_as("").pick_story(DAY, find.article.id, "in_the_news")


PAGES = (
    "{day}/finds?show=all",
    "{day}/edition",
    "{day}/preview",
    "{day}/preview?view=dark",
    "{day}/preview?view=source",
    "{day}/preview?view=compare",
    "{day}/check",
    "{day}/send",
    "{day}/confirm/approve",
    "{day}/confirm/send",
    "{day}/history",
    "history",
    "add?url=https://example.org/%3Cscript%3E",
    "2020-01-01/edition",
)
STAFF_PAGES = ("me", "staff", "audit")


def found_amiss(page: Page, axe: str, width: int) -> list[str]:
    page.evaluate(axe)
    run = f"axe.run(document, {{runOnly: {AXE_TAGS}, iframes: false}})"
    found = page.evaluate(run)["violations"]
    amiss = [f"{v['id']} {v['nodes'][0]['html'][:120]}" for v in found]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        amiss.append("wider than the screen")
    return amiss


def test_every_page_is_accessible_and_nothing_hostile_runs(
    stocked: App, address: str, axe: str
) -> None:
    """Light and dark; 1,280 pixels, the same at 200 % zoom (640), a phone (360)."""
    hostile_week(stocked)
    stocked.editions.save_source(
        EDITION.replace("date: 2026-02-27", "date: 2026-02-20")
    )
    looked = 0
    with browser() as chromium:
        context = chromium.new_context(bypass_csp=True)
        seen = watched(context, address)
        seen.page.goto(f"{address}/?token={TOKEN}")
        for scheme in ("light", "dark"):
            seen.page.emulate_media(color_scheme=scheme)
            for width in (360, 640, 1280):
                seen.page.set_viewport_size({"width": width, "height": 800})
                for path in PAGES:
                    seen.page.goto(f"{address}/{path.format(day=DAY)}")
                    where = f"{path} {scheme} {width}"
                    seen.problems += [
                        f"{where}: {a}"
                        for a in found_amiss(seen.page, axe, width)
                    ]
                    looked += 1
        print(f"axe-core looked {looked} times")
        assert [p for p in seen.problems if "404" not in p] == []


def test_a_hostile_press_makes_the_policy_stop_nothing(
    stocked: App, address: str
) -> None:
    """Nothing runs, and nothing even tries to: the report of the policy is empty."""
    hostile_week(stocked)
    with browser() as chromium:
        context = chromium.new_context()
        context.add_init_script(REPORTS)
        seen = watched(context, address)
        seen.page.goto(f"{address}/?token={TOKEN}")
        for path in PAGES[:-1]:
            seen.page.goto(f"{address}/{path.format(day=DAY)}")
            for details in seen.page.locator("summary").all()[:30]:
                details.click()
        seen.page.goto(f"{address}/{DAY}/finds?show=all")
        seen.page.locator(".find", has_text="alert(1)").first.get_by_role(
            "button"
        ).last.click()
        expect(seen.page.locator("#said")).to_contain_text(
            "<script>alert(1)</script>"
        )
        assert seen.problems == []


def test_logging_in_by_phone_code_and_accessible_pages(
    stocked: App, axe: str
) -> None:
    import pyotp

    token = stocked.staff.invite_member("Ada", StaffRights.ADMIN, "test")
    with browser() as chromium, served(create_desk_app(stocked)) as home:
        page = chromium.new_context(bypass_csp=True).new_page()
        page.goto(f"{home}/join/{token}")
        amiss = found_amiss(page, axe, 1280)
        page.get_by_label("Your new password").fill("nine pipes of lead")
        page.get_by_role("button", name="Set it and come in").click()
        page.goto(f"{home}/me")
        secret = page.locator("[name=secret]").input_value()
        page.get_by_label("The code").fill(
            pyotp.TOTP(secret).at(stocked.clock())
        )
        page.get_by_label("Your password").fill("nine pipes of lead")
        page.get_by_role("button", name="Turn it on").click()
        expect(
            page.get_by_text("From now on, logging in takes a code")
        ).to_be_visible()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                for path in STAFF_PAGES:
                    page.goto(f"{home}/{path}")
                    amiss += [
                        f"{path} {scheme} {width}: {a}"
                        for a in found_amiss(page, axe, width)
                    ]
        page.get_by_role("button", name="Log out", exact=True).click()
        amiss += found_amiss(page, axe, 1280)
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("nine pipes of lead")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "do not belong together"
        )
        page.get_by_role("button", name="Español").click()
        expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
        assert amiss == []


def test_a_desk_killed_at_any_moment_keeps_what_it_said_it_stored(
    stocked: App, tmp_path: Path
) -> None:
    """kill -9 while changes come in: each that was answered stands; the edition is always whole."""
    import random
    import sys
    import threading

    import requests

    folder, dice = stocked.workspace.folder, random.Random(7)
    script = tmp_path / "serve.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom digest.app import App\n"
        "from digest.settings import load_workspace\n"
        "from digest.web.desk import create_desk_app\n"
        "from digest.web.local_server import serve_locally\n"
        f"app = App(load_workspace(Path({str(folder)!r}), {{}}))\n"
        f"serve_locally(create_desk_app(app, {TOKEN!r}), '/', 0, lambda s: print(s, flush=True), '{{}}')\n"
    )
    number = 0
    for _ in range(6):
        desk = subprocess.Popen(
            [sys.executable, script], stdout=subprocess.PIPE, text=True
        )
        home = desk.stdout.readline().strip().rstrip("/")
        person = requests.Session()
        form = person.get(f"{home}/{DAY}/edition?token={TOKEN}").text
        csrf = re.search(r'name="csrf" value="([^"]+)"', form)[1]
        threading.Timer(0.1 + dice.random() * 0.3, desk.kill).start()
        was = stocked.editing_as("").load_edition(DAY).subject
        while True:
            said = {
                "subject": f"Subject {number + 1}",
                "was_subject": was,
                "csrf": csrf,
            }
            try:
                answer = person.post(
                    f"{home}/{DAY}/head", data=said, allow_redirects=False
                )
            except requests.RequestException:
                break
            assert answer.status_code == 303
            number, was = number + 1, said["subject"]
        desk.wait()
        desk.stdout.close()
        now = stocked.editing_as("").load_edition(DAY).subject
        assert now in (was, f"Subject {number + 1}")
        number = int(now.split()[1]) if now.startswith("Subject") else number
    assert number > 10


def test_who_closed_the_browser_comes_in_again_by_the_printed_address(
    stocked: App, tmp_path: Path
) -> None:
    """The browser is opened by an address that is good once: other accounts may see that one."""
    folder, opened = stocked.workspace.folder, tmp_path / "opened"
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    opener.chmod(0o755)
    command = [sys.executable, "-m", "digest", "-C", str(folder), "desk"]
    env = os.environ | {"BROWSER": f"{opener} %s", "PYTHONUNBUFFERED": "1"}
    desk = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=env,
        text=True,
    )
    try:
        printed = re.search(r"http://\S+", desk.stdout.readline())[0]
        while not opened.exists() or not opened.read_text().strip():
            time.sleep(0.05)
        first_address = opened.read_text().strip()
        assert first_address != printed
        with browser() as chromium:
            for address, status in (
                (first_address, 200),
                (first_address, 403),
                (printed, 200),
                (printed, 200),
            ):
                context = chromium.new_context()  # a browser that knows nothing
                page = context.new_page()
                assert page.goto(address).status == status
                assert "token=" not in page.url or status == 403
                context.close()
            stays = chromium.new_context().new_page()
            stays.goto(printed)
            again = chromium.new_context().new_page()
            again.goto(printed)
            assert stays.reload().status == 200  # who was in stays in
            home = printed.partition("?")[0]
            assert chromium.new_context().new_page().goto(home).status == 403
    finally:
        desk.terminate()
        desk.wait()
        desk.stdout.close()


def test_what_may_be_us_is_answered_by_keys_and_taken_back(
    stocked: App, address: str
) -> None:
    put(stocked, 60, "A Walk by Open Water", "It rained.")
    put(stocked, 61, "Into Open Water", "A ship has moved.")
    with browser() as chromium:
        seen = watched(chromium, address)
        page = seen.page
        page.goto(f"{address}/?token={TOKEN}")
        page.goto(f"{address}/{DAY}/finds")
        page.get_by_role("link", name="2 articles may be about you").click()
        first, second = page.locator(
            "section[aria-labelledby=may-be-us] .find"
        ).all()
        page.keyboard.press("j")
        expect(first).to_be_focused()
        page.keyboard.press("y")
        expect(second).to_be_focused()
        expect(first.locator(".state")).to_have_text("in the edition")
        page.keyboard.press("n")
        expect(second.locator(".state")).to_have_text("passed over")
        page.keyboard.press("u")
        expect(page.get_by_text("Undone: passed over")).to_be_visible()
        expect(
            page.locator("section[aria-labelledby=may-be-us] .find")
        ).to_be_focused()
        assert "A Walk by Open Water" in headlines(stocked, 0)
        assert seen.problems == []

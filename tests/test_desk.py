"""The desk: what a person does there, who may, and that nothing typed is lost."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement, document_fromstring
from PIL import Image

from digest.app import App
from digest.model import Article
from digest.web.desk import desk_app
from tests.conftest import EDITION, NOW
from tests.fakes.wsgi import served
from tests.test_press import put as store
from tests.test_preview import CHROMIUM, FLAGS

DAY = NOW.date()
TOKEN = "a-token"
SECTIONS = ("in_the_news", "following")


def put(app: App, number: int, title: str, text: str = "") -> Article:
    """Store an article that names us; the higher its number, the older it is."""
    text = text or f"Open Water sued pipe number {number}, for the {number * 7}th time, and won."
    return store(app, number, title, text, published=NOW - timedelta(hours=number + 2))


@pytest.fixture
def stocked(app: App) -> App:
    """A week with twelve stories that name us, and an edition that holds none yet."""
    for n in range(12):
        put(app, n, f"Story {n}: pipes of district {n}")
    app.save(re.sub(r"- \[.*\n", "", EDITION))
    return app


@pytest.fixture
def desk(stocked: App) -> FlaskClient:
    return let_in(stocked)


def let_in(app: App) -> FlaskClient:
    client = desk_app(app, TOKEN).test_client()
    assert client.get(f"/?token={TOKEN}", base_url="http://127.0.0.1:8000").status_code == 302
    return client


def page(client: FlaskClient, path: str) -> HtmlElement:
    answer = client.get(path, base_url="http://127.0.0.1:8000")
    assert answer.status_code == 200, answer.text
    return document_fromstring(answer.text)


def post(client: FlaskClient, path: str, **form: str):
    with client.session_transaction(base_url="http://127.0.0.1:8000") as session:
        form.setdefault("csrf", session.get("csrf", ""))
    return client.post(path, data=form, base_url="http://127.0.0.1:8000")


def headlines(app: App, section: int) -> list[str]:
    return [p.headline for p in app.desk.edition(DAY).sections[section].picks]


# Who may come


def test_one_browser_is_let_in_by_the_address_and_no_other(stocked: App) -> None:
    web = desk_app(stocked, TOKEN)
    first, second = web.test_client(), web.test_client()
    assert first.get("/", base_url="http://localhost").status_code == 403
    assert first.get("/?token=wrong", base_url="http://localhost").status_code == 403
    assert first.get(f"/?token={TOKEN}", base_url="http://localhost").status_code == 302
    assert first.get(f"/{DAY}/finds", base_url="http://localhost").status_code == 200
    assert second.get(f"/?token={TOKEN}", base_url="http://localhost").status_code == 403


def test_a_name_that_somebodys_dns_points_here_is_refused(desk: FlaskClient) -> None:
    assert desk.get("/", base_url="http://evil.example").status_code == 421


ROUTES = ("finds", "undo", "head", "story", "move", "lead", "approve", "test", "send")


@pytest.mark.parametrize("route", [f"/{DAY}/{r}" for r in ROUTES] + ["/begin"])
def test_no_form_works_without_its_token_or_without_a_session(stocked: App, route: str) -> None:
    before = stocked.source(DAY)
    outsider = desk_app(stocked, TOKEN).test_client()
    assert outsider.post(route, base_url="http://127.0.0.1").status_code == 403
    client = let_in(stocked)
    for csrf in ("", "wrong"):
        assert post(client, route, csrf=csrf, article="1", do="following").status_code == 403
    assert stocked.source(DAY) == before
    assert stocked.store.editions.approval(DAY) is None


@pytest.mark.parametrize("path", ["", "finds", "edition", "preview", "check", "send", "view/mail"])
def test_looking_changes_nothing_and_runs_nothing_foreign(stocked: App, path: str) -> None:
    client, before = let_in(stocked), stocked.source(DAY)
    answer = client.get(f"/{DAY}/{path}" if path else "/", base_url="http://127.0.0.1")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'unsafe" not in policy
    assert "<script>" not in answer.text
    assert " on" not in " ".join(re.findall(r"<[^>]+>", answer.text)).replace(" one", "")
    assert answer.headers["Cache-Control"] == "no-store"
    assert stocked.source(DAY) == before


@pytest.mark.parametrize("path", ["/2026-13-99/finds", "/x/edition", "/2020-01-01/edition", "/no"])
def test_what_is_not_there_is_said(desk: FlaskClient, path: str) -> None:
    answer = desk.get(path, base_url="http://127.0.0.1")
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


# Finds


def test_a_find_shows_the_sentence_that_proves_it(desk: FlaskClient) -> None:
    first = page(desk, f"/{DAY}/finds").xpath("//article[contains(@class, 'find')]")[0]
    assert first.findtext(".//blockquote/mark") == "Open Water"
    assert "sued pipe number" in first.find(".//blockquote").text_content()
    assert "names Open Water" in first.find(".//details").text_content()


def test_a_picked_story_goes_to_its_section_and_back(desk: FlaskClient, stocked: App) -> None:
    article = page(desk, f"/{DAY}/finds").xpath("//input[@name='article']/@value")[0]
    assert post(desk, f"/{DAY}/finds", article=article, do="following").status_code == 303
    assert len(headlines(stocked, 1)) == 1
    post(desk, f"/{DAY}/finds", article=article, do="in_the_news")
    assert (len(headlines(stocked, 0)), len(headlines(stocked, 1))) == (1, 0)
    post(desk, f"/{DAY}/finds", article=article, do="back")
    assert headlines(stocked, 0) == []


def test_a_story_passed_over_is_gone_until_all_are_asked_for(desk: FlaskClient) -> None:
    article = page(desk, f"/{DAY}/finds").xpath("//input[@name='article']/@value")[0]
    post(desk, f"/{DAY}/finds", article=article, do="reject")
    assert page(desk, f"/{DAY}/finds").xpath(f"//article[@id='f{article}']") == []
    (shown,) = page(desk, f"/{DAY}/finds?show=all").xpath(f"//article[@id='f{article}']")
    assert "rejected" in shown.get("class")
    post(desk, f"/{DAY}/finds", article=article, do="back")
    assert page(desk, f"/{DAY}/finds").xpath(f"//article[@id='f{article}']")


def test_finds_are_filtered_by_words_and_outlet(desk: FlaskClient) -> None:
    def count(query: str) -> int:
        return len(page(desk, f"/{DAY}/finds?{query}").xpath("//article"))

    assert count("q=story+7:") == 1
    assert count("q=nosuchword") == 0
    assert count("outlet=The+Courier") == 12
    assert count("outlet=Nobody") == 0


def test_every_change_can_be_undone_the_last_first(desk: FlaskClient, stocked: App) -> None:
    before = stocked.source(DAY)
    for article in page(desk, f"/{DAY}/finds").xpath("//input[@name='article']/@value")[:3]:
        post(desk, f"/{DAY}/finds", article=article, do="in_the_news")
    for left in (2, 1, 0):
        post(desk, f"/{DAY}/undo")
        assert len(headlines(stocked, 0)) == left
    post(desk, f"/{DAY}/undo")
    assert load_equal(stocked, before)


def load_equal(app: App, before: str) -> bool:
    from digest.edition import load

    return load(app.source(DAY)) == load(before)


# The edition


@pytest.fixture
def picked(desk: FlaskClient, stocked: App) -> FlaskClient:
    for article in page(desk, f"/{DAY}/finds").xpath("//input[@name='article']/@value")[:3]:
        post(desk, f"/{DAY}/finds", article=article, do="in_the_news")
    return desk


def urls(app: App) -> list[str]:
    return [p.url for s in app.desk.edition(DAY).sections for p in s.picks]


def test_stories_move_up_down_across_and_out(picked: FlaskClient, stocked: App) -> None:
    a, b, c = urls(stocked)

    def move(url: str, to: str, section: str = "in_the_news") -> list[str]:
        post(picked, f"/{DAY}/move", url=url, to=to, section=section)
        return urls(stocked)

    assert move(b, "up") == [b, a, c]
    assert move(b, "up") == [b, a, c]
    assert move(a, "down") == [b, c, a]
    assert move(a, "0") == [a, b, c]
    assert move(a, "999", "following") == [b, c, a]
    assert len(headlines(stocked, 1)) == 1
    assert move(c, "out") == [b, a]


def test_a_reworded_headline_keeps_the_outlets_beside_it(picked: FlaskClient, stocked: App) -> None:
    url = urls(stocked)[0]
    was = headlines(stocked, 0)[0]
    post(
        picked,
        f"/{DAY}/story",
        url=url,
        headline="Ours",
        was_headline=was,
        note="A note.",
        was_note="",
    )
    assert headlines(stocked, 0)[0] == "Ours"
    shown = page(picked, f"/{DAY}/edition")
    assert was in shown.xpath("//s/text()")
    assert "A note." in shown.text_content()


def test_two_editors_at_different_words_both_win(picked: FlaskClient, stocked: App) -> None:
    url, was = urls(stocked)[0], headlines(stocked, 0)[0]
    post(picked, f"/{DAY}/story", url=url, headline="Ours", was_headline=was)
    post(picked, f"/{DAY}/story", url=url, note="Theirs.", was_note="")
    pick = stocked.desk.edition(DAY).sections[0].picks[0]
    assert (pick.headline, pick.note) == ("Ours", "Theirs.")


def test_two_editors_at_the_same_words_are_told_and_nothing_is_overwritten(
    picked: FlaskClient, stocked: App
) -> None:
    url, was = urls(stocked)[0], headlines(stocked, 0)[0]
    post(picked, f"/{DAY}/story", url=url, headline="First", was_headline=was)
    answer = post(picked, f"/{DAY}/story", url=url, headline="Second", was_headline=was)
    assert answer.status_code == 409
    assert "First" in answer.text
    assert "Second" in answer.text
    assert headlines(stocked, 0)[0] == "First"


def test_subject_and_leads_are_written_and_guarded_alike(desk: FlaskClient, stocked: App) -> None:
    head = {
        "subject": "New",
        "was_subject": "What the records show",
        "preheader": "P",
        "was_preheader": stocked.desk.edition(DAY).preheader,
    }
    assert post(desk, f"/{DAY}/head", **head).status_code == 303
    assert post(desk, f"/{DAY}/head", **head | {"subject": "Other"}).status_code == 409
    lead = {"number": "2", "headline": "A third lead", "dek": "Dek", "body": "Text.\r\n\r\nMore."}
    post(desk, f"/{DAY}/lead", **lead)
    assert stocked.desk.edition(DAY).leads[2].body == "Text.\n\nMore."
    assert post(desk, f"/{DAY}/lead", **lead | {"headline": "Again"}).status_code == 409
    first = stocked.desk.edition(DAY).leads[0]
    was = {"was_headline": first.headline, "was_dek": first.dek, "was_body": first.body}
    post(desk, f"/{DAY}/lead", number="0", drop="yes", **was)
    assert [le.headline for le in stocked.desk.edition(DAY).leads][-1] == "A third lead"
    assert len(stocked.desk.edition(DAY).leads) == 2


def test_what_cannot_be_stored_is_shown_again_with_what_was_typed(desk: FlaskClient) -> None:
    answer = post(
        desk, f"/{DAY}/lead", number="2", headline="H", body="![](images/x.png)\n\nLong work"
    )
    assert answer.status_code == 400
    assert "an image needs words" in answer.text
    assert "Long work" in answer.text


def test_the_preview_shows_the_bytes_that_would_leave_with_their_images(
    desk: FlaskClient, stocked: App
) -> None:
    """A sandboxed frame sends no cookie: images come without one."""
    stocked.workspace.images.mkdir()
    Image.new("RGB", (40, 20)).save(stocked.workspace.images / "tap.png")
    post(desk, f"/{DAY}/lead", number="2", headline="H", body="![A tap](images/tap.png)")
    built = stocked.render(DAY)
    mail = desk.get(f"/{DAY}/view/mail", base_url="http://127.0.0.1:8000")
    (src,) = document_fromstring(mail.text).xpath("//img/@src")
    name = f"{built.pictures[0].key}-tap.png"
    assert mail.text == built.html.replace(
        f"https://letter.openwater.example/images/{built.pictures[0].key}/tap.png", src
    )
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    outsider = desk.application.test_client()
    image = outsider.get(f"/{DAY}/images/{name}", base_url="http://127.0.0.1:8000")
    assert image.data == built.pictures[0].content
    assert src == f"../images/{name}"


# Leaving


def test_a_yes_is_to_what_the_page_showed(picked: FlaskClient, stocked: App) -> None:
    seen = page(picked, f"/{DAY}/send").xpath("//input[@name='hash']/@value")[0]
    stocked.desk.head(DAY, {"subject": "Changed"}, {"subject": "What the records show"})
    assert post(picked, f"/{DAY}/approve", hash=seen, by="Ada").status_code == 409
    assert stocked.store.editions.approval(DAY) is None


def test_approved_and_sent_to_the_outbox_with_the_proof(
    picked: FlaskClient, audience: list[str], stocked: App
) -> None:
    seen = page(picked, f"/{DAY}/send").xpath("//input[@name='hash']/@value")[0]
    post(picked, f"/{DAY}/approve", hash=seen, by="Ada")
    assert "Approved by Ada" in page(picked, f"/{DAY}/send").text_content()
    post(picked, f"/{DAY}/send", hash=seen)
    for _ in range(100):
        if stocked.store.deliveries.complete(DAY):
            break
        time.sleep(0.05)
    shown = page(picked, f"/{DAY}/send").text_content()
    assert "planned 25 = 0 queued + 25 accepted + 0 excluded + 0 uncertain" in shown


def test_an_unapproved_edition_is_not_sent(
    picked: FlaskClient, audience: list[str], stocked: App
) -> None:
    seen = page(picked, f"/{DAY}/send").xpath("//input[@name='hash']/@value")[0]
    post(picked, f"/{DAY}/send", hash=seen)
    for _ in range(100):
        shown = page(picked, f"/{DAY}/send").text_content()
        if "nobody has approved" in shown:
            break
        time.sleep(0.05)
    assert "nobody has approved" in shown
    assert stocked.store.deliveries.proof(DAY).planned == 0


def test_an_edition_that_is_not_begun_is_begun_by_a_person(open_app: Callable[..., App]) -> None:
    app = open_app()
    put(app, 1, "A story")
    client = let_in(app)
    shown = page(client, "/")
    day = shown.xpath("//input[@name='day']/@value")[0]
    assert app.store.editions.dates() == []
    post(client, "/begin", day=day)
    assert [str(d) for d in app.store.editions.dates()] == [day]


# In a real browser


@pytest.fixture
def address(stocked: App) -> Iterator[str]:
    with served(desk_app(stocked, TOKEN)) as home:
        yield home


class Hands:
    """Types and presses, and counts it: a text typed counts as one."""

    def __init__(self, page) -> None:
        self.page, self.presses = page, 0

    def press(self, *keys: str) -> None:
        for one in keys:
            self.page.keyboard.press(one)
            self.presses += 1

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.presses += 1


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium; install it or set CHROMIUM")
def test_an_edition_from_finds_to_sent_by_keyboard_alone(
    stocked: App, audience: list[str], address: str
) -> None:
    """Ten picks, a lead, a subject, approved and sent: forty key presses at the most."""
    from playwright.sync_api import expect, sync_playwright

    stocked.save(
        re.sub(r"# Headline.*?## ", "## ", re.sub(r"- \[.*\n", "", EDITION), flags=re.S, count=1)
    )
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        problems: list[str] = []
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("request", lambda r: None if r.url.startswith(address) else problems.append(r.url))
        page.goto(f"{address}/?token={TOKEN}")
        page.goto(f"{address}/{DAY}/finds")
        hands = Hands(page)
        hands.press("j")
        for n in range(10):
            hands.press("1" if n < 5 else "2")
            expect(page.locator(".find.picked")).to_have_count(n + 1)
        hands.press("e")
        expect(page.get_by_role("heading", name="The edition")).to_be_visible()
        hands.press("t")
        page.keyboard.press("Control+a")
        hands.type("The pipes of district nine")
        hands.press("Enter")
        expect(page.locator("[name=subject]")).to_have_value("The pipes of district nine")
        hands.press("n")
        hands.type("They knew of the pipes")
        hands.press("Tab")
        hands.type("And said nothing.")
        hands.press("Tab")
        hands.type("A paragraph with [a link](https://example.org/x).")
        hands.press("Control+Enter")
        expect(page.locator("#lead0 [name=headline]")).to_have_value("They knew of the pipes")
        hands.press("s")
        expect(page.get_by_role("button", name="Approve")).to_be_visible()
        hands.press("a")
        expect(page.get_by_text("Approved by")).to_be_visible()
        hands.press("g")
        for _ in range(100):
            if stocked.store.deliveries.complete(DAY):
                break
            time.sleep(0.1)
        assert str(stocked.store.deliveries.proof(DAY)).startswith("planned 25 = 0 queued + 25")
        assert (len(headlines(stocked, 0)), len(headlines(stocked, 1))) == (5, 5)
        assert hands.presses <= 40, hands.presses
        assert problems == []
        print(f"{hands.presses} key presses")
        browser.close()


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium; install it or set CHROMIUM")
@pytest.mark.skipif(not shutil.which("npm"), reason="npm brings axe-core")
def test_every_page_is_accessible_light_and_dark_wide_and_narrow(
    stocked: App, address: str, tmp_path: Path
) -> None:
    """No violation of WCAG 2.2 AA that axe-core finds, and no page wider than a phone."""
    from playwright.sync_api import sync_playwright

    npm = [
        "npm",
        "install",
        "--prefix",
        str(tmp_path),
        "--no-audit",
        "--no-fund",
        "axe-core@4.14.1",
    ]
    subprocess.run(npm, check=True, capture_output=True)
    axe = (tmp_path / "node_modules/axe-core/axe.min.js").read_text()
    stocked.desk.pick(DAY, stocked.articles()[0].article.id, "following")
    stocked.desk.reject(DAY, stocked.articles()[1].article.id)
    put(
        stocked,
        90,
        "<script>alert(1)</script>" + "Verylongword" * 40,
        text="<svg onload=alert(1)> Open Water sued.",
    )
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(bypass_csp=True)
        page = context.new_page()
        problems: list[str] = []
        page.on("dialog", lambda d: problems.append(d.message))
        page.goto(f"{address}/?token={TOKEN}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                for path in ("finds?show=all", "edition", "preview", "check", "send"):
                    page.goto(f"{address}/{DAY}/{path}")
                    page.evaluate(axe)
                    run = "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa'], iframes: false})"
                    found = page.evaluate(run)["violations"]
                    problems += [
                        f"{path} {scheme} {width}: {v['id']} {v['nodes'][0]['html'][:90]}"
                        for v in found
                    ]
                    if page.evaluate("document.documentElement.scrollWidth") > width:
                        problems.append(f"{path} is wider than {width}")
        assert problems == []
        browser.close()

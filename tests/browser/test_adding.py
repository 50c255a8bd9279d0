"""The bookmarklet in a real browser: on pages with strict policies, and on pages that try to abuse it.

The desk is at 127.0.0.1 and pages are at localhost: two sites, so that cookies keep to their rules.
A bookmark is run as a browser runs it: with the page's policy set aside for the script alone. What
the script does then (a window that opens) is under the policy again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from digest.app import App
from digest.model import Article, StaffRights
from digest.services.sent_texts import MAX_SENT_LENGTH
from digest.services.unlinked_clips import UnlinkedClip
from digest.web.desk import create_desk_app
from tests.desk_client import DAY, TOKEN
from tests.fakes.browser import browser, needs_browser
from tests.fakes.web import Answer, FakeWeb
from tests.fakes.wsgi import served

pytestmark = [pytest.mark.slow, needs_browser]

STRICT = (
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
PROOF = "Behind the wall, Open Water proved that ninety pipes leaked."
FILLER = "The city said nothing of it for a year, and then it said that it was sorry."
ARTICLE = f"""<!doctype html><html lang="en"><head><title>Pipes | The Closed Paper</title>
<meta property="og:title" content="Ninety pipes of lead">
<meta property="og:site_name" content="The Closed Paper">
<meta property="article:published_time" content="2026-02-26T09:00:00Z"></head><body>
<nav><p>Subscribe to Open Water swimming, our magazine</p></nav>
<article><h1>Ninety pipes of lead</h1><p>{FILLER}</p><div><p id="proof">{PROOF}</p></div>
<p hidden>Hidden words</p><aside><p>Read more: an unrelated story</p></aside>
<p>{FILLER}</p><p>{FILLER}</p></article>
<footer><p>All rights reserved</p></footer></body></html>"""
SPANISH = ARTICLE.replace(
    FILLER,
    "La ciudad calló durante un año — «sin excusas» — y luego pidió perdón: 水 📰.",
).replace(PROOF, "Open Water probó que noventa tuberías tenían fugas.")


@dataclass
class Site:
    """An outlet's pages on another site than the desk's, and a member's browser."""

    web: FakeWeb
    home: str  #: the desk's
    app: App
    context: BrowserContext

    @property
    def url(self) -> str:
        """Its address by another name than the desk's: another site to a browser."""
        return self.web.url.replace("127.0.0.1", "localhost")

    def publish(self, path: str, page: str, policy: str = STRICT) -> str:
        """Serve a page; return its address."""
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": policy,
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        }
        self.web.answers[path] = Answer(page.encode(), headers=headers)
        return self.url + path

    def open(self, path: str, page: str, policy: str = STRICT) -> Page:
        """Open a page in the member's browser, as they can read it."""
        address = self.publish(path, page, policy)
        shown = self.context.new_page()
        shown.goto(address)
        # what the collector gets there
        self.web.answers[path] = Answer(status=403)
        return shown

    def bookmark(self) -> str:
        """Return the script of the bookmark that the desk offers."""
        desk = self.context.new_page()
        desk.goto(f"{self.home}/add")
        address = desk.locator("a.mark").get_attribute("href")
        desk.close()
        return unquote(address.removeprefix("javascript:"))

    def click_bookmark(self, page: Page) -> Page:
        """Click the bookmark on a page; return the window of the desk that opens."""
        script = self.bookmark()
        with self.context.expect_page() as opened:
            run_as_bookmark(page, script)
        window = opened.value
        window.wait_for_load_state()
        return window

    def stored(self, path: str) -> Article | None:
        for one in self.app.articles.list_ranked():
            if one.article.url.endswith(path):
                return self.app.store.articles.get_article(one.article.id)
        return None

    def counts(self) -> tuple[int, int]:
        editions = len(self.app.store.editions.list_dates())
        return len(self.app.articles.list_ranked()), editions


def run_as_bookmark(page: Page, script: str) -> None:
    """Run a script as the browser's own, by a person's gesture, whatever the page's policy."""
    session = page.context.new_cdp_session(page)
    result = session.send(
        "Runtime.evaluate",
        {
            "expression": script,
            "userGesture": True,
            "allowUnsafeEvalBlockedByCSP": True,
        },
    )
    assert "exceptionDetails" not in result, result


@pytest.fixture
def site(stocked: App, web: FakeWeb) -> Iterator[Site]:
    with (
        served(create_desk_app(stocked, TOKEN)) as home,
        browser() as chromium,
    ):
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{home}/?token={TOKEN}")
        page.close()
        yield Site(web, home, stocked, context)


def test_an_article_is_sent_from_a_page_with_a_strict_policy(
    site: Site,
) -> None:
    page = site.open("/strict", ARTICLE)
    window = site.click_bookmark(page)
    text = window.get_by_label("Text", exact=True)
    sent = text.input_value()
    assert PROOF in sent
    for other in ("swimming", "Hidden", "unrelated", "rights reserved"):
        assert other not in sent
    expect(window.get_by_text("brought this from localhost")).to_be_visible()
    assert "#" not in window.url
    assert site.stored("/strict") is None  # nothing until the person says so
    window.locator("#by-address button").click()
    expect(window.get_by_text("In the edition: Ninety pipes")).to_be_visible()
    article = site.stored("/strict")
    assert article
    assert PROOF in article.text
    assert article.sent_by
    assert article.outlet == "The Closed Paper"
    assert str(article.published).startswith("2026-02-26")


def test_what_is_selected_goes_in_place_of_the_article(site: Site) -> None:
    page = site.open("/selected", ARTICLE)
    page.locator("#proof").select_text()
    window = site.click_bookmark(page)
    text = window.get_by_label("Text", exact=True)
    expect(text).to_have_value(PROOF)


def test_another_language_comes_letter_by_letter(site: Site) -> None:
    page = site.open("/spanish", SPANISH)
    window = site.click_bookmark(page)
    text = window.get_by_label("Text", exact=True).input_value()
    assert "tuberías tenían fugas" in text
    assert "«sin excusas» — y luego pidió perdón: 水 📰." in text


def test_a_very_long_text_is_cut_and_the_form_says_so(site: Site) -> None:
    filler = "".join(f"<p>水 {n} {FILLER}</p>" for n in range(3000))
    page = site.open(
        "/long", ARTICLE.replace("<p hidden>", f"{filler}<p hidden>")
    )
    window = site.click_bookmark(page)
    text = window.get_by_label("Text", exact=True).input_value()
    # JavaScript counts halves of what Python counts whole
    assert len(text.encode("utf-16-le")) == 2 * MAX_SENT_LENGTH
    expect(window.get_by_text("longer than 100,000 characters")).to_be_visible()
    window.locator("#by-address button").click()
    expect(window.get_by_text("In the edition: Ninety pipes")).to_be_visible()


def test_who_must_log_in_first_finds_the_text_behind_the_login(
    stocked: App, web: FakeWeb
) -> None:
    token = stocked.staff.invite_member("Ada", StaffRights.EDITOR, "test")
    stocked.staff.accept_invitation(token, "nine pipes of lead")
    with served(create_desk_app(stocked)) as home, browser() as chromium:
        page = chromium.new_page()
        page.goto(f"{home}/add?url=https://a.example/b#text=Pipes&length=5")
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill("nine pipes of lead")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_label("Text", exact=True)).to_have_value("Pipes")


# Pages that try to abuse it


def hostile(site: Site) -> str:
    """Return a page that does all that a page of another site can do to the desk."""
    form = {
        "way": "address",
        "url": f"{site.url}/planted",
        "title": "Planted",
        "section": "in_the_news",
        "text": "Open Water planted this.",
    }
    return f"""<!doctype html><title>Hostile</title><iframe name="well"></iframe><script>
const form = {json.dumps(form)}, desk = {json.dumps(site.home + "/add")};
const told = window.told = [];
const post = document.createElement("form");
post.method = "post"; post.action = desk; post.target = "well";
for (const [name, value] of Object.entries(form)) {{
  const field = document.createElement("input");
  field.name = name; field.value = value; post.append(field);
}}
document.body.append(post);
post.submit();
fetch(desk, {{method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams(form)}})
  .then(() => told.push("posted"), () => told.push("failed"));
fetch(desk, {{credentials: "include"}}).then((a) => a.text()).then((text) => told.push("read " + text), () => told.push("unread"));
addEventListener("message", (event) => told.push("message " + event.data));
</script>"""


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_page_of_another_origin_adds_and_reads_nothing(
    site: Site, name: str
) -> None:
    """By another name it gets no cookie; by the desk's own (another port) it lacks the form's token."""
    before = site.counts()
    address = site.publish("/hostile", hostile(site), policy="")
    page = site.context.new_page()
    page.goto(address.replace("localhost", name))
    page.wait_for_function("told.length >= 2")
    told = page.evaluate("told")
    assert set(told) == {"posted", "unread"}
    assert site.counts() == before


def test_a_page_can_fill_the_form_but_neither_send_nor_read_it(
    site: Site,
) -> None:
    """As with any link: the person sees the form with the host's name, and must press the button."""
    before = site.counts()
    page = site.context.new_page()
    page.goto(site.publish("/opener", "<!doctype html><p>Hello</p>", policy=""))
    with site.context.expect_page() as opened:
        page.evaluate(
            "address => { window.child = open(address) }",
            f"{site.home}/add?url=https://a.example/b#title=<img src=x onerror=alert(1)>"
            '&day="><script>alert(1)</script>&text=</textarea><script>alert(1)</script>',
        )
    window = opened.value
    problems = []
    window.on("dialog", lambda dialog: problems.append(dialog.message))
    window.wait_for_load_state()
    expect(window.get_by_text("brought this from a.example")).to_be_visible()
    text = window.get_by_label("Text", exact=True).input_value()
    assert text == "</textarea><script>alert(1)</script>"
    assert page.evaluate(
        "child.closed"
    )  # severed: it can be neither scripted nor sent elsewhere
    assert problems == []
    assert site.counts() == before


def test_the_bookmark_tells_a_page_nothing_but_where_the_desk_is(
    site: Site,
) -> None:
    page = site.open("/spy", ARTICLE)
    spy = """window.told = []; window.open = (...all) => { told.push(all.join()); return {}; };
    const own = window.URLSearchParams;
    window.URLSearchParams = function (given) { told.push(JSON.stringify(given)); return new own(given); }"""
    run_as_bookmark(page, spy)
    script = site.bookmark()
    run_as_bookmark(page, script)
    told = " ".join(page.evaluate("told"))
    assert f"{site.home}/add?url=" in told
    assert TOKEN not in script
    assert "csrf" not in script
    (cookie,) = [
        one for one in site.context.cookies() if one["name"] == "digest_desk"
    ]
    assert cookie["value"] not in told + script
    assert cookie["sameSite"] == "Lax"
    assert cookie["httpOnly"]


def test_a_clip_without_an_address_is_picked_by_a_key(site: Site) -> None:
    site.app.manual_articles.add_unlinked(
        UnlinkedClip("Radio Six", "Open Water was right", place="minute 12")
    )
    page = site.context.new_page()
    page.goto(f"{site.home}/{DAY}/finds")
    find = page.locator(".find", has_text="minute 12")
    find.focus()
    page.keyboard.press("1")
    expect(page.locator("#said")).to_contain_text("Open Water was right")
    expect(find).to_have_class("find picked")

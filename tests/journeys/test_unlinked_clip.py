"""A clip without an address, through all that shows articles: nowhere its code, nowhere a link to it."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from lxml.html import HtmlElement, document_fromstring

from digest.app import App
from digest.cli import cli
from digest.model import UNLINKED, Subscriber
from digest.services.unlinked_clips import UnlinkedClip
from digest.web.public import create_public_app
from tests.conftest import NOW
from tests.desk_client import let_in, page, put

DAY = NOW.date()
PRINTED = UnlinkedClip(
    "The Courier",
    "Pipes of lead",
    DAY,
    "page 3",
    "Open Water Trust counted them, pipe by pipe.",
)
SHOWN = ("The Courier, page 3", PRINTED.title, PRINTED.quote)
#: Commands go by the real clock, which is ahead of the tests'.
SINCE = ("--since", "2026-02-01")
#: What shows an edition at the desk.
DESK = ("finds", "edition", "preview", "check", "send", "history")
VIEWS = ("mail", "dark", "off", "text", "page", "source")


@pytest.fixture(params=["letter", "clips"])
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def app(open_app: Callable[..., App], layout: str) -> App:
    """A workspace with a draft of a clip without an address, and of another story."""
    app = open_app({"DIGEST_NEWSLETTER__LAYOUT": layout})
    put(app, 1, "A story of another day")
    app.manual_articles.add_unlinked(PRINTED)
    app.drafts.create_draft(DAY)
    return app


def run(app: App, *arguments: str) -> str:
    folder = str(app.workspace.folder)
    env = {"DIGEST_NEWSLETTER__LAYOUT": app.settings.newsletter.layout}
    result = CliRunner().invoke(cli, ["-C", folder, *arguments], env=env)
    assert result.exit_code == 0, (arguments, result.output)
    return result.output


def links(shown: HtmlElement) -> Iterator[str]:
    """Yield what a page links to."""
    for attribute in ("href", "src"):
        yield from map(str, shown.xpath(f"//@{attribute}"))


@pytest.mark.sqlite
def test_what_the_commands_print_has_no_code(app: App) -> None:
    (number,) = [
        one.article.id
        for one in app.articles.list_ranked()
        if not one.article.has_link
    ]
    commands = (
        ["articles", *SINCE],
        ["articles", "--json", *SINCE],
        ["articles", "--why", str(number)],
        ["draft", "--date", str(DAY), "--refresh"],
        ["draft", "--date", str(DAY), "--refresh", "--json"],
        ["editions"],
        ["status"],
    )
    outputs = {" ".join(command): run(app, *command) for command in commands}
    assert [name for name, out in outputs.items() if UNLINKED in out] == []
    assert "page 3" in outputs[" ".join(["articles", *SINCE])]
    listed = json.loads(run(app, "articles", "--json", *SINCE))
    (clip,) = [one for one in listed if one["place"]]
    assert (clip["url"], clip["place"]) == ("", "page 3")


def test_the_desk_shows_it_without_a_link(app: App) -> None:
    client = let_in(app)
    for step in DESK:
        shown = page(client, f"/{DAY}/{step}")
        assert UNLINKED not in shown.text_content(), step
        assert [link for link in links(shown) if UNLINKED in link] == [], step
    for words in SHOWN[:2]:
        assert words in page(client, f"/{DAY}/finds").text_content()
    for step in ("edition", "view/mail", "view/page", "view/text"):
        shown = page(client, f"/{DAY}/{step}")
        for words in SHOWN:
            assert words in re.sub(r"\s+", " ", shown.text_content()), step
    for kind in VIEWS:
        answer = client.get(
            f"/{DAY}/view/{kind}", base_url="http://127.0.0.1:8000"
        )
        assert answer.status_code == 200, kind
        if (
            kind != "source"
        ):  # the edition's own text, in which its code names it
            assert UNLINKED not in answer.text, kind


def test_a_story_that_gave_way_is_listed_without_a_link(app: App) -> None:
    editing = app.editing_as("Ada")
    for number in range(2, 14):
        put(app, number, f"Better story {number}: Open Water in the lead")
    app.drafts.refresh_draft(DAY)
    client = let_in(app)
    shown = page(client, f"/{DAY}/edition")
    assert editing.find_news(DAY)
    assert [link for link in links(shown) if UNLINKED in link] == []


def test_what_leaves_has_its_place_and_no_link(
    app: App,
) -> None:
    app.subscribers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    run(app, "build", str(DAY))
    app.approval.approve_edition(DAY, "Ben")
    app.sending.send_edition(DAY)
    app.publishing.publish_edition(DAY, "Ben")
    output = app.workspace.folder / "output"
    written = {
        file.name: file.read_text("utf-8", "replace")
        for file in output.rglob("*")
        if file.is_file() and file.suffix in (".html", ".txt", ".eml", ".json")
    }
    assert {"email.html", "email.txt", "index.html"} <= set(written)
    public = create_public_app(app).test_client()
    for path in ("/", f"/{DAY}/", "/feed.atom"):
        answer = public.get(path, base_url="https://letter.openwater.example")
        assert answer.status_code == 200, path
        written[path] = answer.text
    assert [name for name, text in written.items() if UNLINKED in text] == []
    for name in ("email.html", "index.html", f"/{DAY}/"):
        shown = document_fromstring(written[name])
        text = re.sub(r"\s+", " ", shown.text_content())
        for words in SHOWN:
            assert words in text, (name, words)
        assert "" not in shown.xpath("//a/@href")
    for words in (PRINTED.title, "The Courier, page 3"):
        assert words in written["email.txt"]


def test_it_stands_with_another_report_without_a_link(app: App) -> None:
    wire = (
        "Open Water Trust won. " + "The court heard of pipes at length. " * 30
    )
    put(app, 2, "Open Water Trust won in court", wire)
    same_words = UnlinkedClip("Radio Six", "Open Water Trust won in court", DAY)
    app.manual_articles.add_unlinked(same_words)
    app.drafts.refresh_draft(DAY)
    built = app.editions.render_stored(DAY)
    for shown in (built.html, built.text, built.page):
        assert UNLINKED not in shown
        assert "Radio Six" in shown

"""Several newsletters at the desk: what each has next, and the way from one to another."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from digest.app import App
from digest.model import EditionKey, Subscriber
from digest.settings import load_workspace
from digest.web.desk.background_sends import BackgroundSends
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, HOME, let_in, page, post, put
from tests.fakes.smtp import FakeSmtp
from tests.project.test_queries_do_not_write import recorded_writes
from tests.services.test_articles import put as put_elsewhere
from tests.services.test_earlier_runs import (
    IN_THE_FILES,
    THURSDAY,
    let_run,
    three,
)
from tests.three_newsletters import open_three

MORNING = NOW - timedelta(hours=4)  # three hours before all three are due
QUARTER = date(2026, 3, 31)


__all__ = ["three"]  # a fixture


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[App]:
    """Stories of the week, and nothing begun."""
    workspace = load_workspace(open_three(tmp_path), {})
    with App(workspace, lambda: MORNING) as app:
        for number in range(4, 8):
            put(app, number, f"Story {number}: pipes of district {number}")
        app.articles.analyse_new()
        yield app


@pytest.fixture
def desk(newsroom: App) -> FlaskClient:
    return let_in(newsroom)


def switch(shown: HtmlElement) -> dict[str, str]:
    """Return the links of the switch by their titles."""
    links = shown.xpath("//nav[@class='switch']/a")
    return {link.text: link.get("href") for link in links}


def current(shown: HtmlElement) -> list[str]:
    path = "//nav[@class='switch']/a[@aria-current]/text()"
    return list(shown.xpath(path))


def cards(shown: HtmlElement) -> dict[str, str]:
    """Return what the common home says of each newsletter."""
    return {
        card.findtext("h2/a"): " ".join(card.text_content().split())
        for card in shown.xpath("//article")
    }


def test_the_common_home_shows_the_next_edition_of_each(
    newsroom: App, desk: FlaskClient
) -> None:
    newsroom.drafts.create_draft()
    newsroom.approval.approve_edition(DAY, "Ada")
    newsroom.for_newsletter("clips").drafts.create_draft()
    said = cards(page(desk, "/"))
    assert list(said) == [
        "Daily clips",
        "The Open Water Letter",
        "The Quarter at Open Water",
    ]
    assert "Friday, February 27, 2026, today" in said["Daily clips"]
    assert "internal, for: staff" in said["Daily clips"]
    assert "somebody has to approve it before" in said["Daily clips"]
    letter = said["The Open Water Letter"]
    assert "Approved by Ada: it leaves on" in letter
    assert "No edition is in work." in said["The Quarter at Open Water"]


def test_no_page_calls_approved_what_will_not_leave(
    newsroom: App, desk: FlaskClient
) -> None:
    """A saved block changed since: the text is the same, and the approval is void."""
    blocks = newsroom.workspace.folder / "blocks"
    blocks.mkdir()
    (blocks / "donate.md").write_text("Please give.\n", "utf-8")
    for one in newsroom.newsletters:
        one.editions.save_source(f"{EDITION}\n{{block: donate}}\n")
        one.approval.approve_edition(DAY, "Ada")
    (blocks / "donate.md").write_text("Please give more.\n", "utf-8")
    for said in cards(page(desk, "/")).values():
        assert "it leaves on" in said
        assert "only if it is approved again" in said
        assert "Approved by" not in said
    by_hand = page(desk, "/funders/")
    assert by_hand.xpath("//p[@class='error'][contains(., 'approved again')]")
    status = page(desk, "/status")
    path = "//dd/span[@class='error'][contains(., 'approve it again')]"
    assert len(status.xpath(path)) == 3
    history = page(desk, f"/{DAY}/history")
    assert history.xpath("//strong[@class='error']")
    # “if you change it, that holds no longer” is said of valid approvals only
    assert not page(desk, f"/{DAY}/edition").xpath("//p[@class='locked']")


def test_what_is_out_is_not_the_next_one(
    newsroom: App, desk: FlaskClient
) -> None:
    funders = newsroom.for_newsletter("funders")
    for one in newsroom.newsletters:
        one.editions.save_source(EDITION)
        one.approval.approve_edition(DAY, "Ada")
    newsroom.sending.send_edition(DAY)  # into the outbox
    funders.publishing.publish_edition(DAY, "Ada")
    said = cards(page(desk, "/"))
    assert "March 6, 2026" in said["The Open Water Letter"]
    assert "No edition is in work." in said["The Quarter at Open Water"]
    assert "is in work" not in page(desk, "/funders/").text_content()
    status = " ".join(page(desk, "/status").text_content().split())
    assert "February 27, 2026, in the outbox, nobody was mailed" in status
    assert "February 27, 2026, published on the web, not mailed" in status


def test_like_the_last_one_is_offered_where_there_is_something_to_copy(
    newsroom: App, desk: FlaskClient
) -> None:
    funders = newsroom.for_newsletter("funders")
    stories_alone = EDITION[EDITION.index("## {org}") :]
    head = "---\ndate: 2026-02-27\nsubject: A subject\n---\n\n"
    funders.editions.save_source(head + stories_alone)
    path = "//button[@name='like']"
    assert page(desk, "/funders/").xpath(path) == []
    funders.editions.save_source(EDITION)
    assert len(page(desk, "/funders/").xpath(path)) == 1


def test_the_switch_keeps_to_the_same_kind_of_page(
    newsroom: App, desk: FlaskClient
) -> None:
    newsroom.drafts.create_draft()
    newsroom.for_newsletter("clips").drafts.create_draft()
    stories = page(desk, f"/clips/{DAY}/finds")
    assert current(stories) == ["Daily clips"]
    assert "Daily clips" in stories.findtext(".//title")
    assert switch(stories) == {
        "All": "/",
        "Daily clips": f"/clips/{DAY}/finds",
        "The Open Water Letter": f"/{DAY}/finds",
        "The Quarter at Open Water": "/funders/",  # where none is begun
    }
    history = page(desk, f"/{DAY}/history")
    assert current(history) == ["The Open Water Letter"]
    assert switch(history)["Daily clips"] == "/clips/history"
    status = page(desk, "/clips/status")  # of all newsletters
    assert current(status) == []
    assert switch(status)["Daily clips"] == "/clips/"
    adding = page(desk, "/clips/add?url=https://example.org/a%26b")
    assert (
        switch(adding)["The Open Water Letter"]
        == "/add?url=https://example.org/a%26b"
    )
    for address in switch(adding).values():
        assert desk.get(address, base_url=HOME).status_code in (200, 302)


def test_one_newsletter_has_no_switch(app: App) -> None:
    client = let_in(app)
    app.drafts.create_draft(DAY)
    assert switch(page(client, f"/{DAY}/finds")) == {}
    assert page(client, f"/{DAY}/finds").findtext(".//title") == (
        "Finds – 2026-02-27"
    )


def test_what_is_done_on_a_page_is_done_to_its_newsletter(
    newsroom: App, desk: FlaskClient
) -> None:
    clips = newsroom.for_newsletter("clips")
    answer = post(desk, "/clips/begin", day=str(DAY))
    assert answer.location == f"/clips/{DAY}/finds"
    assert clips.editions.has_edition(DAY)
    assert not newsroom.editions.has_edition(DAY)
    article = clips.editing_as("Ada").list_candidates(DAY)[0].article
    answer = post(
        desk, f"/clips/{DAY}/finds", article=str(article.id), do="reject"
    )
    assert answer.location.startswith(f"/clips/{DAY}/finds")
    newsroom.drafts.create_draft()
    shown = page(desk, f"/{DAY}/finds?show=rejected")
    assert shown.xpath("//article[contains(@class, 'rejected')]") == []


def test_editions_made_by_hand_are_begun_on_a_day_of_ones_own(
    newsroom: App, desk: FlaskClient
) -> None:
    shown = page(desk, "/funders/")
    assert shown.xpath("//input[@name='day']/@type") == ["date"]
    answer = post(desk, "/funders/begin", day=str(QUARTER))
    assert answer.location == f"/funders/{QUARTER}/finds"
    assert "in 32 days" in cards(page(desk, "/"))["The Quarter at Open Water"]
    assert (
        "What the press brought" in page(desk, answer.location).text_content()
    )


def test_a_story_says_where_else_it_ran(
    newsroom: App, desk: FlaskClient
) -> None:
    newsroom.drafts.create_draft()
    newsroom.for_newsletter("clips").drafts.create_draft()
    shown = page(desk, f"/{DAY}/finds")
    said = shown.xpath("//p[@class='meta']/a[contains(., 'also in')]")[0]
    assert said.text == "also in Daily clips, February 27, 2026"
    assert said.get("href") == f"/clips/{DAY}/edition"


def test_history_is_of_one_newsletter_or_of_all(
    newsroom: App, desk: FlaskClient
) -> None:
    newsroom.drafts.create_draft()
    newsroom.for_newsletter("clips").drafts.create_draft()
    path = "//article/h2/a/@href"
    assert page(desk, "/clips/history").xpath(path) == [f"/clips/{DAY}/history"]
    assert sorted(page(desk, "/clips/history?of=all").xpath(path)) == [
        f"/{DAY}/history",
        f"/clips/{DAY}/history",
    ]


def test_a_story_says_what_it_follows_up_elsewhere(
    three: App,
) -> None:
    """A later report of what ran in the clips is news to the letter, and says so."""
    put_elsewhere(three, 40, "Lead in taps", IN_THE_FILES)
    let_run(three.for_newsletter("clips"), THURSDAY)
    for number in range(60, 70):
        text = f"Pig {number} won prize {number} at fair {number}."
        put_elsewhere(three, number, f"Fair {number}", text)
    judge = (
        "A judge is to rule on the lead files, on each memo and tap. "
        "Open Water asked for every official file."
    )
    put_elsewhere(three, 1, "Lead in taps: judge to rule on files", judge)
    three.drafts.create_draft(DAY)
    shown = page(let_in(three), f"/{DAY}/finds")
    path = "//p[@class='meta']/a[contains(., 'follows up')]"
    (link,) = shown.xpath(path)
    assert link.text == "follows up Daily clips, February 26, 2026"
    assert link.get("href") == f"/clips/{THURSDAY}/edition"


def test_an_edition_that_waits_is_told_at_home_and_on_its_newsletters_pages(
    tmp_path: Path,
) -> None:
    """Whoever works on another one is not told in red what is none of theirs."""
    workspace = load_workspace(open_three(tmp_path), {})
    with App(workspace, lambda: NOW) as app:
        app.for_newsletter("clips").editions.save_source(EDITION)
        client = let_in(app)
        path = "//p[@class='error']"
        for other in ("/funders/history", "/history", "/status"):
            assert page(client, other).xpath(path) == []
        for place in ("/", "/clips/history"):
            assert len(page(client, place).xpath(path)) == 1
        said = page(client, "/").xpath(path)[0]
        assert said.text.startswith("Daily clips: ")
        assert said.find("a").get("href") == f"/clips/{DAY}/send"


def test_an_internal_edition_is_offered_no_web(
    newsroom: App, desk: FlaskClient
) -> None:
    newsroom.for_newsletter("clips").drafts.create_draft()
    newsroom.drafts.create_draft()
    assert page(desk, f"/{DAY}/send").xpath("//*[@id='web']") != []
    assert page(desk, f"/clips/{DAY}/send").xpath("//*[@id='web']") == []
    answer = post(desk, f"/clips/{DAY}/publish")
    assert answer.status_code == 400
    assert "is internal" in answer.text


def test_looking_at_all_newsletters_writes_nothing(
    newsroom: App, desk: FlaskClient
) -> None:
    newsroom.for_newsletter("clips").drafts.create_draft()
    with recorded_writes() as writes:
        for path in ("/", "/history?of=all", "/status", "/clips/add"):
            page(desk, path)
    assert writes == []


def test_two_people_where_the_newsletter_asks_for_them(tmp_path: Path) -> None:
    folder = open_three(tmp_path)
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8").replace(
        "    window: 90\n", "    window: 90\n    two_people: true\n"
    )
    file.write_text(text, "utf-8")
    with App(load_workspace(folder, {}), lambda: MORNING) as app:
        for one in app.newsletters:
            one.editions.save_source(EDITION)
            one.approval.approve_edition(DAY, "Ada")
        said = cards(page(let_in(app), "/"))
        assert "Approved by Ada" in said["Daily clips"]
        quarter = said["The Quarter at Open Water"]
        assert "a second person must approve it too" in quarter


def test_the_clock_sends_what_is_due_of_all_newsletters(
    tmp_path: Path, smtp: FakeSmtp
) -> None:
    class Enough(Exception):
        pass

    now = [MORNING]
    workspace = load_workspace(open_three(tmp_path), smtp.env)
    with App(workspace, lambda: now[0]) as app:
        app.subscribers.add_people(
            [Subscriber("ada@r.example", "Ada", "form", NOW, tags=("staff",))]
        )
        letters = [app.for_newsletter("clips"), app.for_newsletter("weekly")]
        for one in letters:
            one.editions.save_source(EDITION)
            one.approval.approve_edition(DAY, "Ada")
            due_at = MORNING + timedelta(hours=1)
            one.send_schedule.schedule_send(DAY, due_at, "Ada")
        now[0] = MORNING + timedelta(hours=2)
        sends = BackgroundSends(app)

        def pause(_seconds: float) -> None:
            raise Enough

        with pytest.raises(Enough):
            sends.send_when_due(pause)
        for thread in threading.enumerate():
            if thread.name.endswith("(_run_send)"):
                thread.join(10)
        for one in letters:
            key = EditionKey(one.settings.newsletter.key, DAY)
            send = sends.find_send(key)
            assert send is not None
            assert send.error == ""
        assert len(smtp.messages) == 2


def test_the_history_of_an_edition_is_of_its_newsletter(
    newsroom: App, desk: FlaskClient
) -> None:
    """Two editions of one date: each shows what was done to it, and nothing of the other."""
    clips = newsroom.for_newsletter("clips")
    newsroom.drafts.create_draft(DAY)
    clips.drafts.create_draft(DAY)
    newsroom.approval.approve_edition(DAY, "Wilma of the letter")
    clips.approval.approve_edition(DAY, "Clara of the clips")
    letter_history = page(desk, f"/{DAY}/history").text_content()
    clips_history = page(desk, f"/clips/{DAY}/history").text_content()
    assert "Wilma of the letter" in letter_history
    assert "Clara of the clips" not in letter_history
    assert "Clara of the clips" in clips_history
    assert "Wilma of the letter" not in clips_history

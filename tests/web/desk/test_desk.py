"""The desk: what a person does there, and that nothing typed is lost."""

import re
import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from lxml.html import document_fromstring
from PIL import Image
from werkzeug.test import TestResponse

from digest.app import App
from digest.web.desk import desk_app
from tests.desk_client import DAY, HOME, TOKEN, headlines, let_in, page, post, put, urls

# Who may come


def test_only_the_printed_address_lets_its_owner_in(
    stocked: App,
) -> None:
    """A browser that was closed has no cookie any more."""
    web = desk_app(stocked, TOKEN, once="for-the-browser")
    first, second, stranger = (web.test_client() for _ in range(3))
    assert first.get("/", base_url="http://localhost").status_code == 403
    assert first.get("/?token=wrong", base_url="http://localhost").status_code == 403
    for again in (first, second):
        assert (
            again.get(f"/?token={TOKEN}", base_url="http://localhost").status_code
            == 302
        )
        assert (
            again.get(f"/{DAY}/finds", base_url="http://localhost").status_code == 200
        )
    for token in ("", "?token=", "?token=%00", "?token=for-the-browse"):
        assert stranger.get(f"/{token}", base_url="http://localhost").status_code == 403
    assert "Use the address that" in stranger.get("/", base_url="http://localhost").text


def test_what_the_browser_is_started_with_is_good_once(stocked: App) -> None:
    """Other accounts of the machine see it in the list of processes; the printed one they do not."""
    web = desk_app(stocked, TOKEN, once="for-the-browser")
    first, second = web.test_client(), web.test_client()
    asked = "/?token=for-the-browser"
    assert first.get(asked, base_url="http://localhost").status_code == 302
    assert first.get(f"/{DAY}/finds", base_url="http://localhost").status_code == 200
    assert second.get(asked, base_url="http://localhost").status_code == 403


def test_a_name_that_somebodys_dns_points_here_is_refused(desk: FlaskClient) -> None:
    assert desk.get("/", base_url="http://evil.example").status_code == 421


ROUTES = (
    *("finds", "undo", "head", "story", "move", "lead", "approve", "test", "send"),
    *("publish", "withdraw", "correct", "correction"),
)


@pytest.mark.parametrize("route", [f"/{DAY}/{r}" for r in ROUTES] + ["/begin"])
def test_no_form_works_without_its_token_or_without_a_session(
    stocked: App, route: str
) -> None:
    before = stocked.editions.read_source(DAY)
    outsider = desk_app(stocked, TOKEN).test_client()
    assert outsider.post(route, base_url="http://127.0.0.1").status_code == 403
    client = let_in(stocked)
    for csrf in ("", "wrong"):
        assert (
            post(client, route, csrf=csrf, article="1", do="following").status_code
            == 403
        )
    assert stocked.editions.read_source(DAY) == before
    assert stocked.store.editions.approval(DAY) is None


@pytest.mark.parametrize(
    "path",
    [
        *("", "finds", "edition", "preview", "check", "send", "view/mail"),
        *("confirm/approve", "confirm/send"),
    ],
)
def test_looking_changes_nothing_and_runs_nothing_foreign(
    stocked: App, path: str
) -> None:
    client, before = let_in(stocked), stocked.editions.read_source(DAY)
    answer = client.get(f"/{DAY}/{path}" if path else "/", base_url="http://127.0.0.1")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'unsafe" not in policy
    assert "<script>" not in answer.text
    assert " on" not in " ".join(re.findall(r"<[^>]+>", answer.text)).replace(
        " one", ""
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert stocked.editions.read_source(DAY) == before


@pytest.mark.parametrize(
    "path", ["/2026-13-99/finds", "/x/edition", "/2020-01-01/edition", "/no"]
)
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


def test_a_picked_story_goes_to_its_section_and_back(
    desk: FlaskClient, stocked: App
) -> None:
    article = page(desk, f"/{DAY}/finds").xpath("//input[@name='article']/@value")[0]
    assert (
        post(desk, f"/{DAY}/finds", article=article, do="following").status_code == 303
    )
    assert len(headlines(stocked, 1)) == 1
    post(desk, f"/{DAY}/finds", article=article, do="in_the_news")
    assert (len(headlines(stocked, 0)), len(headlines(stocked, 1))) == (1, 0)
    post(desk, f"/{DAY}/finds", article=article, do="back")
    assert headlines(stocked, 0) == []


def test_a_story_passed_over_is_gone_until_all_are_asked_for(desk: FlaskClient) -> None:
    article = page(desk, f"/{DAY}/finds").xpath("//input[@name='article']/@value")[0]
    post(desk, f"/{DAY}/finds", article=article, do="reject")
    assert page(desk, f"/{DAY}/finds").xpath(f"//article[@id='f{article}']") == []
    (shown,) = page(desk, f"/{DAY}/finds?show=all").xpath(
        f"//article[@id='f{article}']"
    )
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


def test_every_change_can_be_undone_the_last_first(
    desk: FlaskClient, stocked: App
) -> None:
    before = stocked.editions.read_source(DAY)
    for article in page(desk, f"/{DAY}/finds").xpath("//input[@name='article']/@value")[
        :3
    ]:
        post(desk, f"/{DAY}/finds", article=article, do="in_the_news")
    for left in (2, 1, 0):
        post(desk, f"/{DAY}/undo")
        assert len(headlines(stocked, 0)) == left
    post(desk, f"/{DAY}/undo")
    assert load_equal(stocked, before)


def load_equal(app: App, before: str) -> bool:
    from digest.edition import load

    return load(app.editions.read_source(DAY)) == load(before)


# The edition


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


def test_a_reworded_headline_keeps_the_outlets_beside_it(
    picked: FlaskClient, stocked: App
) -> None:
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


def test_two_editors_at_different_words_both_win(
    picked: FlaskClient, stocked: App
) -> None:
    url, was = urls(stocked)[0], headlines(stocked, 0)[0]
    post(picked, f"/{DAY}/story", url=url, headline="Ours", was_headline=was)
    post(picked, f"/{DAY}/story", url=url, note="Theirs.", was_note="")
    pick = stocked.editing_as("Ada").edition(DAY).sections[0].picks[0]
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


def test_subject_and_leads_are_written_and_guarded_alike(
    desk: FlaskClient, stocked: App
) -> None:
    head = {
        "subject": "New",
        "was_subject": "What the records show",
        "preheader": "P",
        "was_preheader": stocked.editing_as("Ada").edition(DAY).preheader,
    }
    assert post(desk, f"/{DAY}/head", **head).status_code == 303
    assert post(desk, f"/{DAY}/head", **head | {"subject": "Other"}).status_code == 409
    lead = {
        "number": "2",
        "headline": "A third lead",
        "dek": "Dek",
        "body": "Text.\r\n\r\nMore.",
    }
    post(desk, f"/{DAY}/lead", **lead)
    assert stocked.editing_as("Ada").edition(DAY).leads[2].body == "Text.\n\nMore."
    assert post(desk, f"/{DAY}/lead", **lead | {"headline": "Again"}).status_code == 409
    first = stocked.editing_as("Ada").edition(DAY).leads[0]
    was = {"was_headline": first.headline, "was_dek": first.dek, "was_body": first.body}
    post(desk, f"/{DAY}/lead", number="0", drop="yes", **was)
    assert [le.headline for le in stocked.editing_as("Ada").edition(DAY).leads][
        -1
    ] == "A third lead"
    assert len(stocked.editing_as("Ada").edition(DAY).leads) == 2


def test_what_cannot_be_stored_is_shown_again_with_what_was_typed(
    desk: FlaskClient,
) -> None:
    answer = post(
        desk,
        f"/{DAY}/lead",
        number="2",
        headline="H",
        body="![](images/x.png)\n\nLong work",
    )
    assert answer.status_code == 400
    assert "an image needs words" in answer.text
    assert "Long work" in answer.text


def test_images_in_the_preview_come_from_this_machine(
    desk: FlaskClient, stocked: App
) -> None:
    stocked.workspace.images.mkdir()
    Image.new("RGB", (40, 20)).save(stocked.workspace.images / "tap.png")
    post(
        desk, f"/{DAY}/lead", number="2", headline="H", body="![A tap](images/tap.png)"
    )
    built = stocked.editions.render_stored(DAY)
    mail = desk.get(f"/{DAY}/view/mail", base_url=HOME)
    (src,) = document_fromstring(mail.text).xpath("//img/@src")
    name = f"{built.pictures[0].key}-tap.png"
    theirs = f"https://letter.openwater.example/images/{built.pictures[0].key}/tap.png"
    assert mail.text.replace('<base target="_blank">', "") == built.html.replace(
        theirs, src
    )
    assert src == f"../images/{name}"
    image = desk.get(f"/{DAY}/images/{name}", base_url=HOME)
    assert image.data == built.pictures[0].content
    assert desk.get(f"/{DAY}/images/x", base_url=HOME).status_code == 404


# Leaving


def test_a_yes_is_to_what_the_page_showed(picked: FlaskClient, stocked: App) -> None:
    seen = page(picked, f"/{DAY}/send").xpath("//input[@name='hash']/@value")[0]
    stocked.editing_as("Ada").head(
        DAY, {"subject": "Changed"}, {"subject": "What the records show"}
    )
    assert post(picked, f"/{DAY}/approve", hash=seen, by="Ada").status_code == 409
    assert stocked.store.editions.approval(DAY) is None


def confirm(client: FlaskClient, what: str) -> TestResponse:
    """Send the form of the page that asks, as a person who says yes."""
    asked = page(client, f"/{DAY}/confirm/{what}")
    (form,) = asked.xpath(f"//form[@action='/{DAY}/{what}']")
    return post(client, f"/{DAY}/{what}", **dict(form.form_values()))


def test_approved_and_sent_to_the_outbox_with_the_proof(
    picked: FlaskClient, audience: list[str], stocked: App
) -> None:
    confirm(picked, "approve")
    assert "Approved by" in page(picked, f"/{DAY}/send").text_content()
    confirm(picked, "send")
    for _ in range(100):
        if stocked.store.deliveries.complete(DAY):
            break
        time.sleep(0.05)
    shown = page(picked, f"/{DAY}/send").text_content()
    assert "25 messages are in the outbox; nobody was mailed" in shown


def test_an_unapproved_edition_is_not_sent(
    picked: FlaskClient, audience: list[str], stocked: App
) -> None:
    plan = stocked.sending.plan_send(DAY)
    form = {"hash": plan.content_hash, "people": "25", "transport": plan.transport}
    answer = post(picked, f"/{DAY}/send", **form, confirmed="yes")
    assert answer.status_code == 400
    assert "obody has approved" in answer.text
    assert "obody has approved" in page(picked, f"/{DAY}/confirm/send").text_content()
    assert stocked.store.deliveries.proof(DAY).planned == 0


def test_an_edition_that_is_not_begun_is_begun_by_a_person(
    open_app: Callable[..., App],
) -> None:
    app = open_app()
    put(app, 1, "A story")
    client = let_in(app)
    shown = page(client, "/")
    day = shown.xpath("//input[@name='day']/@value")[0]
    assert app.store.editions.dates() == []
    post(client, "/begin", day=day)
    assert [str(d) for d in app.store.editions.dates()] == [day]

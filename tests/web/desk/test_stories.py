"""The desk: filters, one's own addresses, images, places, history, languages, what is new."""

import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from digest.app import App
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, headlines, let_in, page, post, put, urls
from tests.services.test_articles import put as store

WIRE = (
    "Open Water sued Hallam County on Friday over pipes that the county had known to hold lead "
    "for eighteen months, a complaint says, and asked a judge to order that every school be given "
    "bottled water until the pipes are gone. The county said it would answer in court."
)


def count(client: FlaskClient, query: str) -> int:
    return len(page(client, f"/{DAY}/finds?{query}").xpath("//article"))


# Finds


def test_the_note_of_a_past_clip_is_shown_to_staff(
    desk: FlaskClient, stocked: App
) -> None:
    store(
        stocked,
        52,
        "On air",
        WIRE,
        published=NOW,
        feed="sheet:clips.csv",
        summary="Maren spoke",
    )
    shown = page(desk, f"/{DAY}/finds?days=1").text_content()
    assert "Your note: Maren spoke" in shown


def test_finds_are_filtered_by_topic_age_and_whether_they_were_read(
    desk: FlaskClient, stocked: App
) -> None:
    put(
        stocked,
        50,
        "Lead pipes",
        "Open Water counted lead pipes and lead pipes and lead pipes.",
    )
    store(
        stocked,
        51,
        "Open Water behind a wall",
        "",
        published=NOW,
        unread="robots.txt",
    )
    assert count(desk, "topic=Drinking+water") == 1
    assert count(desk, "topic=Nothing") == 0
    assert count(desk, "days=1") == 13
    assert count(desk, "days=3") == 14
    assert count(desk, "days=nonsense") == 14
    assert count(desk, "show=unread") == 1


def test_a_long_list_is_shown_in_parts(desk: FlaskClient, stocked: App) -> None:
    for n in range(100, 140):
        put(stocked, n, f"Story {n}: other pipes of district {n}")
    shown = page(desk, f"/{DAY}/finds")
    assert len(shown.xpath("//article")) == 40
    (more,) = [a for a in shown.iter("a") if a.text == "12 more"]
    assert len(page(desk, more.get("href")).xpath("//article")) == 52


def test_another_report_can_stand_for_its_story(app: App) -> None:
    for n, outlet in enumerate(("The Courier", "The Post")):
        store(
            app, n, "County sued over lead", WIRE, outlet=outlet, published=NOW
        )
    app.editions.save_source(re.sub(r"- \[.*\n", "", EDITION))
    client = let_in(app)
    (find,) = page(client, f"/{DAY}/finds").xpath("//article")
    assert "also in 1" in find.text_content()
    first, other = find.xpath(".//input[@name='article']/@value")[::-1]
    post(client, f"/{DAY}/finds", article=first, do="following")
    was = urls(app)
    answer = post(client, f"/{DAY}/finds", article=other, do="stand", part="1")
    assert answer.status_code == 200
    assert "in the edition" in answer.text
    assert urls(app) != was
    assert len(urls(app)) == 1
    assert len(headlines(app, 1)) == 1
    post(client, f"/{DAY}/finds", article=other, do="back")
    assert urls(app) == []


def test_the_week_is_judged_once_until_something_is_new(
    desk: FlaskClient, stocked: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []
    whole = type(stocked.articles)._make_stories
    monkeypatch.setattr(
        type(stocked.articles),
        "_make_stories",
        lambda *a: judged.append(1) or whole(*a),
    )
    page(desk, f"/{DAY}/finds")
    first = page(desk, f"/{DAY}/finds").xpath("//article/@id")[0][1:]
    post(desk, f"/{DAY}/finds", article=first, do="in_the_news")
    page(desk, f"/{DAY}/finds")
    assert len(judged) == 1
    put(stocked, 70, "Quite new")
    assert "Quite new" in page(desk, f"/{DAY}/finds").text_content()
    stocked.editions.save_source(EDITION.replace("2026-02-27", "2026-02-20"))
    page(desk, f"/{DAY}/finds")
    page(desk, f"/{DAY}/finds")
    assert len(judged) == 3


def test_what_another_process_read_anew_is_seen(
    stocked: App, open_app: Callable[..., App]
) -> None:
    """Its words changed, and it was judged again, all elsewhere."""
    before = [
        s.representative.article.title
        for s in stocked.articles.list_stories(but=DAY)
    ]
    other = open_app()
    changed = other.store.articles.get_article(1)
    other.store.articles.put_article(
        changed.__class__(
            **{f: getattr(changed, f) for f in changed.__slots__}
            | {"title": "Anew"}
        ),
        NOW,
    )
    other.articles.analyse_new()
    after = [
        s.representative.article.title
        for s in stocked.articles.list_stories(but=DAY)
    ]
    assert "Anew" not in before
    assert "Anew" in after


def test_what_is_no_number_is_said(desk: FlaskClient) -> None:
    for path, form in (
        ("finds", {"article": "one", "do": "following"}),
        ("lead", {"number": "x", "headline": "H"}),
        ("move", {"url": "x", "to": "9" * 20, "section": "following"}),
    ):
        answer = post(desk, f"/{DAY}/{path}", **form)
        assert answer.status_code in (400, 404)
        assert "500" not in answer.text
    assert post(desk, "/begin", day="someday").status_code == 404


def test_a_paywall_is_marked(open_app: Callable[..., App]) -> None:
    file = open_app().workspace.folder / "feeds.yaml"
    file.write_text(
        file.read_text().replace(
            "    tier: 1\n", "    tier: 1\n    paywall: metered\n"
        )
    )
    app = open_app()
    put(app, 1, "A story")
    app.editions.save_source(EDITION)
    assert (
        "paywall"
        in page(let_in(app), f"/{DAY}/finds")
        .xpath("//article")[0]
        .text_content()
    )


# Finds


def test_a_find_shows_the_sentence_that_proves_it(desk: FlaskClient) -> None:
    first = page(desk, f"/{DAY}/finds").xpath(
        "//article[contains(@class, 'find')]"
    )[0]
    assert first.findtext(".//blockquote/mark") == "Open Water"
    assert "sued pipe number" in first.find(".//blockquote").text_content()
    assert "names Open Water" in first.find(".//details").text_content()


def test_a_picked_story_goes_to_its_section_and_back(
    desk: FlaskClient, stocked: App
) -> None:
    article = page(desk, f"/{DAY}/finds").xpath(
        "//input[@name='article']/@value"
    )[0]
    assert (
        post(desk, f"/{DAY}/finds", article=article, do="following").status_code
        == 303
    )
    assert len(headlines(stocked, 1)) == 1
    post(desk, f"/{DAY}/finds", article=article, do="in_the_news")
    assert (len(headlines(stocked, 0)), len(headlines(stocked, 1))) == (1, 0)
    post(desk, f"/{DAY}/finds", article=article, do="back")
    assert headlines(stocked, 0) == []


def test_a_story_passed_over_is_gone_until_all_are_asked_for(
    desk: FlaskClient,
) -> None:
    article = page(desk, f"/{DAY}/finds").xpath(
        "//input[@name='article']/@value"
    )[0]
    post(desk, f"/{DAY}/finds", article=article, do="reject")
    assert (
        page(desk, f"/{DAY}/finds").xpath(f"//article[@id='f{article}']") == []
    )
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


def test_what_names_us_is_shown_also_if_no_section_takes_it(
    open_app: Callable[..., App],
) -> None:
    topic = {"name": "Water", "any": ["drinking water"], "section": "tap"}
    by_topic = {"key": "tap", "title": "Taps"}
    app = open_app(
        {
            "DIGEST_TOPICS": json.dumps([topic]),
            "DIGEST_SECTIONS": json.dumps([by_topic]),
        }
    )
    put(app, 1, "Lead in the drinking water")
    put(app, 2, "A festival")
    drafted = app.drafts.create_draft(DAY)
    assert [s.key for s in drafted.edition.sections] == ["tap"]
    assert [(a.title, why) for a, why in drafted.aside] == [
        (
            "A festival",
            "names you, and no section of this newsletter takes it",
        )
    ]
    shown = page(let_in(app), f"/{DAY}/finds")
    (left_out,) = shown.xpath("//section[@aria-labelledby='left-out']")
    (find,) = left_out.xpath(".//article")
    assert "A festival" in find.text_content()
    assert "no section of this newsletter takes it" in find.text_content()
    assert find.xpath(".//button[@value='tap']")


def test_what_may_be_us_is_shown_with_its_doubt_and_a_key_for_yes_and_no(
    desk: FlaskClient, stocked: App
) -> None:
    put(stocked, 60, "A Walk by Open Water", "It rained.")
    put(stocked, 61, "Into Open Water", "A ship has moved.")
    shown = page(desk, f"/{DAY}/finds")
    (asked,) = shown.xpath("//section[@aria-labelledby='may-be-us']")
    first, second = asked.xpath(".//article")
    assert (
        "may be Open Water: it may be the ordinary word" in first.text_content()
    )
    (sentence,) = first.xpath(".//blockquote")
    assert sentence.text_content() == "A Walk by Open Water"
    assert sentence.xpath(".//mark")[0].text == "Open Water"
    buttons = [button.text for button in first.xpath(".//button[@name='do']")]
    assert buttons == [
        "Yes, that is us",
        "No, that is not us",
        "Other stories we’re following",
    ]
    (yes,) = first.xpath(".//button[@data-key='y 1']")
    (no,) = second.xpath(".//button[@data-key='n x']")
    for find, button in ((first, yes), (second, no)):
        number = find.xpath(".//form[@data-part]//input[@name='article']")[0]
        post(
            desk,
            f"/{DAY}/finds",
            article=number.get("value"),
            do=button.get("value"),
        )
    assert "A Walk by Open Water" in headlines(stocked, 0)
    after = page(desk, f"/{DAY}/finds")
    assert not after.xpath("//section[@aria-labelledby='may-be-us']//article")


def test_without_the_script_an_answer_leads_to_the_next_doubt(
    desk: FlaskClient, stocked: App
) -> None:
    put(stocked, 60, "A Walk by Open Water", "It rained.")
    put(stocked, 61, "Into Open Water", "A ship has moved.")
    shown = page(desk, f"/{DAY}/finds")
    first, second = shown.xpath(
        "//section[@aria-labelledby='may-be-us']//article"
    )
    form = first.xpath(".//form[@class='acts']")[0]
    answer = post(desk, f"/{DAY}/finds", **dict(form.fields, do="reject"))
    assert answer.location.endswith(f"#{second.get('id')}")
    undone = post(desk, f"/{DAY}/undo", here="finds")
    assert undone.location.endswith(f"#{first.get('id')}")


def test_doubts_are_searched_and_told_once_for_all_their_sentences(
    desk: FlaskClient, stocked: App
) -> None:
    put(
        stocked,
        60,
        "Names in the news",
        "Maren Oduya married on Sunday. Maren Oduya laughed all day. Maren Oduya danced until four. "
        "The guests of Maren Oduya sang.",
    )
    shown = page(desk, f"/{DAY}/finds?q=laughed")
    (find,) = shown.xpath("//article")
    assert len(find.xpath(".//blockquote")) == 3
    assert find.text_content().count("may be Maren Oduya") == 1
    assert "and in 1 more sentence" in find.text_content()


def test_a_story_on_a_topic_is_asked_about_where_it_stands(
    desk: FlaskClient, stocked: App
) -> None:
    put(stocked, 60, "Into Open Water", "Lead pipes and drinking water.")
    shown = page(desk, f"/{DAY}/finds?q=into")
    (find,) = shown.xpath("//article")
    assert "may be Open Water" in find.text_content()
    assert "1 on a topic may be about you too" in shown.text_content()
    assert not shown.xpath("//section[@aria-labelledby='may-be-us']")
    assert find.xpath(".//button[@data-key='y 1']")
    (no,) = find.xpath(".//button[@data-key='n']")
    (number,) = find.xpath(".//form[@class='acts']//input[@name='article']")
    post(
        desk,
        f"/{DAY}/finds",
        article=number.get("value"),
        do=no.get("value"),
    )
    (left,) = page(desk, f"/{DAY}/finds?q=into").xpath("//article")
    assert "may be Open Water" not in left.text_content()
    assert not left.xpath(".//button[contains(@data-key, 'y')]")


def test_what_is_answered_at_the_desk_is_kept_and_undone_with_the_change(
    desk: FlaskClient, stocked: App
) -> None:
    first = put(stocked, 60, "A Walk by Open Water", "It rained.").id
    page(desk, f"/{DAY}/finds")
    post(desk, f"/{DAY}/finds", article=first, do="reject", asked=1)
    (answer,) = stocked.store.name_answers.list_answers()
    assert (answer.article, answer.name, answer.is_us) == (
        first,
        "Open Water",
        False,
    )
    post(desk, f"/{DAY}/undo", here="finds")
    assert not stocked.store.name_answers.list_answers()


def test_after_four_answers_alike_the_next_is_not_asked_about(
    desk: FlaskClient, stocked: App
) -> None:
    page(desk, f"/{DAY}/finds")
    for number in range(60, 64):
        title = f"Walk {number} by Open Water"
        article = put(stocked, number, title, f"Rain {number}.").id
        post(desk, f"/{DAY}/finds", article=article, do="reject", asked=1)
    put(stocked, 64, "A Last Walk by Open Water", "It snowed.")
    shown = page(desk, f"/{DAY}/finds")
    assert not shown.xpath("//section[@aria-labelledby='may-be-us']//article")
    (misses,) = shown.xpath("//details[@id='near-misses']")
    assert (
        "you answered no to 4 of 4 like this: it may be"
        in misses.text_content()
    )


def test_near_misses_are_listed_with_reasons_and_can_be_picked_all_the_same(
    desk: FlaskClient, stocked: App
) -> None:
    near_miss = put(
        stocked, 60, "A park opens", "They met in Open Water Park on Sunday."
    )
    shown = page(desk, f"/{DAY}/finds")
    (fold,) = shown.xpath("//details[@id='near-misses']")
    assert "1 article holds your name and was not counted" in fold[0].text
    assert "part of a longer name, “Open Water Park”" in fold.text_content()
    (button,) = fold.xpath(".//button[@name='do']")
    post(
        desk,
        f"/{DAY}/finds",
        article=str(near_miss.id),
        do=button.get("value"),
    )
    assert "A park opens" in headlines(stocked, 0)
    after = page(desk, f"/{DAY}/finds")
    assert not after.xpath("//details[@id='near-misses']")
    assert after.xpath(f"//article[@id='f{near_miss.id}']")

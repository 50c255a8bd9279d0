"""Why an article was missed, and what brings it in: nothing is advised that was not tried."""

from datetime import timedelta

import pytest

from digest.app import App
from digest.services.missed_articles import NO_ADVICE
from digest.settings import load_workspace
from tests.command_line import invoke
from tests.conftest import NOW
from tests.services.test_articles import LEAD, OTHER, put


def change_settings(app: App, old: str, new: str) -> None:
    """Change feeds.yaml as a press officer would who follows the advice."""
    file = app.workspace.folder / "feeds.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("text", "advice", "old", "new"),
    [
        pytest.param(
            "OpenWater Trust counted the pipes.",
            "add “OpenWater Trust” to `aliases`: it stands there for “Open Water Trust”",
            "aliases: [",
            "aliases: [OpenWater Trust, ",
            id="another spelling",
        ),
        pytest.param(
            "It was Maren Odoya who counted the pipes of lead and the drinking fountains.",
            "add “Maren Odoya” to `people`: it stands there for “Maren Oduya”",
            "people: [",
            "people: [Maren Odoya, ",
            id="a misspelt person",
        ),
        pytest.param(
            "A report by Open Water swimming against the stream found lead.",
            "take “open water swimming” out of `not_it`",
            "open water swimming, ",
            "",
            id="not_it",
        ),
        pytest.param(
            "The lead piping of the school is old.",
            "add “lead piping” to `any` of the topic Drinking water, beside “lead pipes”",
            "any: [",
            "any: [lead piping, ",
            id="a topic nearly matched",
        ),
        pytest.param(
            "Berlin. Die Stiftung Offenes Wasser zählt Rohre aus Blei.",
            "if “Stiftung Offenes Wasser” is you, add it to `aliases`",
            "aliases: [",
            "aliases: [Stiftung Offenes Wasser, ",
            id="a name in another language",
        ),
    ],
)
def test_the_advice_brings_the_article_in(
    app: App, text: str, advice: str, old: str, new: str
) -> None:
    made = put(app, 1, "A headline", text)
    found = app.manual_articles.report_missed(made.url)
    words = [getattr(change, "words", change) for change in found.changes]
    assert advice in words
    change_settings(app, old, new)
    with App(load_workspace(app.workspace.folder, {}), lambda: NOW) as changed:
        judged = changed.articles.explain_article(made.id).judged
        assert judged.judgement.section or judged.may_name_us


def test_what_else_a_change_would_bring_in_is_counted(app: App) -> None:
    for number in range(2, 5):
        put(app, number, f"Pipes {number}", f"OpenWater Trust, {number}.")
    put(app, 5, "A ferry", OTHER)
    made = put(app, 1, "A headline", "OpenWater Trust counted the pipes.")
    found = app.manual_articles.explain_missed(made.id)
    assert "(would also bring in 3 other articles of this week)" in found.advice


def test_what_brings_nothing_in_is_not_advised(app: App) -> None:
    made = put(app, 1, "a headline", OTHER.lower())
    assert app.manual_articles.explain_missed(made.id).advice == NO_ADVICE


def test_a_doubtful_article_waits_for_an_answer(app: App) -> None:
    made = put(app, 1, "Into Open Water", "A ship has moved.")
    found = app.manual_articles.explain_missed(made.id)
    assert found.cause == "doubtful"
    assert found.advice == "say yes to it at the desk, under May be you"


def test_an_old_article_says_so_and_which_window_takes_it(app: App) -> None:
    made = put(
        app, 1, "Old", "Open Water sued.", published=NOW - timedelta(days=20)
    )
    found = app.manual_articles.explain_missed(made.id)
    assert found.cause == "too old"
    assert "it came out on 7 February 2026" in found.because
    assert "set `window: 27`" in found.advice


def test_another_report_stands_for_the_story(app: App) -> None:
    text = f"Drinking water was bad. {LEAD}"
    put(app, 2, "Bad water", text)
    copy = put(app, 1, "Bad water", text, outlet="The Post")
    found = app.manual_articles.explain_missed(copy.id)
    assert found.cause == ""
    assert (
        "“Bad water” (The Courier) stands for the same story" in found.because
    )


def test_a_page_that_was_not_read_is_filed_by_hand(app: App) -> None:
    made = put(app, 1, "Behind a wall", "", unread="http 403")
    found = app.manual_articles.explain_missed(made.id)
    assert found.cause == "unread"
    assert f"`digest add {made.url} --section in_the_news`" in found.advice
    assert "--text FILE" in found.advice


def test_asking_why_stores_nothing_and_takes_an_address(app: App) -> None:
    made = put(app, 1, "A headline", "OpenWater Trust counted the pipes.")
    told = invoke(app.workspace.folder, "articles", "--why", made.url).output
    assert "Not proposed (rule)" in told
    assert "add “OpenWater Trust” to `aliases`" in told
    assert app.manual_articles.count_missed() == {}
    refused = invoke(
        app.workspace.folder, "articles", "--why", "https://courier.example/9"
    )
    assert refused.exit_code != 0
    assert "no article at https://courier.example/9 was collected" in (
        refused.output + refused.stderr
    )


def test_a_story_below_the_rest_is_told_which_size_takes_it(app: App) -> None:
    for number in range(1, 7):
        text = f"Drinking water of pump{number}, and drinking water again."
        put(app, number, f"Drinking water {number}", text, outlet=f"P{number}")
    low = put(app, 20, "A fair", "Of many things and the drinking water.")
    found = app.manual_articles.explain_missed(low.id)
    assert found.cause == "rank"
    assert "give the section following `size: " in found.advice

"""Which articles are about us, with the sentence, and which are one story."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.judge import into_stories, judge
from digest.judge.stories import group
from digest.judge.text import sentences
from digest.model import Article, Kind, Place
from digest.settings import Settings, load
from tests.conftest import FEEDS, NOW


@pytest.fixture
def rules(folder: Path) -> Settings:
    return load(folder, {}).settings


def article(
    text: str = "", title: str = "A headline", number: int = 1, outlet: str = "The Courier"
) -> Article:
    published = NOW - timedelta(hours=number)
    return Article(
        f"k{number}",
        f"https://c.example/{number}",
        outlet,
        title,
        text=text,
        published=published,
        id=number,
    )


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The files were obtained by Open Water.", "Open Water", Kind.ORGANISATION),
        ("Open Water’s lawsuit goes on.", "Open Water", Kind.ORGANISATION),
        ("It was the Open\nWater report.", "Open Water", Kind.ORGANISATION),
        ("(Open Water)", "Open Water", Kind.ORGANISATION),
        ("The Open Water Trust has four people.", "Open Water Trust", Kind.ALIAS),
        ("“No,” said Maren Oduya.", "Maren Oduya", Kind.PERSON),
        (
            "In Open Water v. Hallam County, a court ruled.",
            "Open Water v. Hallam County",
            Kind.CASE,
        ),
    ],
)
def test_a_name_is_found_with_its_kind(rules: Settings, text: str, name: str, kind: Kind) -> None:
    (judged,) = judge([article(text)], rules, NOW)
    (mention,) = judged.judgement.mentions
    assert (mention.name, mention.kind, mention.place) == (name, kind, Place.BODY)
    assert judged.judgement.section == "in_the_news"


@pytest.mark.parametrize(
    "text",
    [
        "The open water lay still.",
        "Open Water Swimming is a sport.",
        "The Open Water Festival begins.",
        "Reopen Waterways, they said.",
        "Open Waters is a novel.",
        "",
    ],
)
def test_what_only_looks_like_the_name_is_not_it(rules: Settings, text: str) -> None:
    (judged,) = judge([article(text)], rules, NOW)
    assert judged.judgement.mentions == ()


def test_the_evidence_is_the_sentence(rules: Settings) -> None:
    text = "Rain fell. Gov. A. Pike met Dr. Renn of Open Water v. Hallam County fame at 3 p.m. on Monday. Then he left."
    (judged,) = judge([article(text)], rules, NOW)
    assert judged.judgement.mentions[0].sentence == (
        "Gov. A. Pike met Dr. Renn of Open Water v. Hallam County fame at 3 p.m. on Monday."
    )


@given(st.text())
def test_sentences_cover_the_text(text: str) -> None:
    assert "".join(text[a:b] for a, b in sentences(text)) == text


def test_a_topic_says_which_words_fired(rules: Settings) -> None:
    (judged,) = judge(
        [article("Lead Pipes foul the drinking water; drinking water is life.")], rules, NOW
    )
    assert judged.judgement.section == "following"
    assert judged.judgement.topics[0].words == ("Lead Pipes", "drinking water")
    assert judged.judgement.reasons[0] == "Drinking water: Lead Pipes, drinking water"


def test_capitals_matter_only_where_they_are_given(tmp_path: Path) -> None:
    text = FEEDS.format(home="http://127.0.0.1:9").replace("[drinking water, lead pipes]", "[ICE]")
    (tmp_path / "feeds.yaml").write_text(text)
    rules = load(tmp_path, {}).settings
    found = judge([article("ICE agents", number=1), article("ice cream", number=2)], rules, NOW)
    assert [bool(j.judgement.topics) for j in found] == [True, False]


WIRE = " ".join(
    f"Sentence number {n} of the wire text says something of its own." for n in range(30)
)


def test_a_wire_text_in_three_papers_is_one_story(rules: Settings) -> None:
    cut = " ".join(WIRE.split(". ")[:24])
    copies = [
        article(WIRE, "One", 3, "Wire"),
        article("Intro. " + WIRE, "Two", 2),
        article(cut, "Three", 1, "Post"),
    ]
    other = article("Quite another text. " * 40, "Four", 4)
    judged = judge([*copies, other], rules, NOW)
    stories = into_stories(judged, {"The Courier": 1})
    assert sorted(len(s.articles) for s in stories) == [1, 3]
    story = next(s for s in stories if len(s.articles) == 3)
    assert story.representative.article.outlet == "The Courier"


@given(st.permutations(range(1, 7)))
def test_the_order_of_arrival_does_not_change_stories(order: list[int]) -> None:
    texts = {
        1: WIRE,
        2: WIRE + " More.",
        3: "Other words entirely. " * 30,
        4: "Other words entirely. " * 31,
        5: "",
        6: "x",
    }
    found = group([article(texts[n], f"Headline {n}", n) for n in order])
    assert found == {1: 1, 2: 1, 3: 3, 4: 3, 5: 5, 6: 6}


def test_the_paper_that_names_us_stands_for_the_story(rules: Settings) -> None:
    """Another paper cut the paragraph with our name; its tier does not win."""
    named = article(WIRE + " Open Water found it.", "One", 1, "Small")
    judged = judge([named, article(WIRE, "Two", 2)], rules, NOW)
    (story,) = into_stories(judged, {"The Courier": 1, "Small": 3})
    assert story.representative.article.outlet == "Small"


def test_a_person_decides_over_the_rules(rules: Settings) -> None:
    (judged,) = judge([replace(article("Nothing."), section="in_the_news")], rules, NOW)
    assert judged.judgement.section == "in_the_news"
    assert judged.judgement.reasons[0] == "filed under in_the_news by hand"


@given(st.text(), st.text())
def test_no_text_is_a_crash(title: str, text: str) -> None:
    rules = Settings.model_validate(
        {
            "organisation": {"name": "Öpen (W)*"},
            "topics": [{"name": "t", "any": ["a.b", "(", "C++"]}],
            "outlets": [
                {"name": "o", "homepage": "https://o.example", "feeds": ["https://o.example/f"]}
            ],
            "newsletter": {
                "title": "t",
                "sender": {"name": "s", "address": "s@o.example"},
                "reply_to": "s@o.example",
                "postal_address": "p",
                "public_url": "https://o.example",
            },
        }
    )
    judge([article(text, title)], rules, NOW)


def test_an_unrelated_article_changes_no_other(rules: Settings) -> None:
    pair = [article("By Open Water. " + WIRE, number=1), article(WIRE, number=2)]
    with_third = judge(
        [*pair, article("Elsewhere it rained on the fair. " * 20, number=3)], rules, NOW
    )
    assert with_third[:2] == judge(pair, rules, NOW)

"""What a story is worth, in words; what an editor's picks teach; what the topics say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import (
    AnalysedArticle,
    Article,
    ArticleAnalysis,
    Relevance,
    ScoreReason,
    StoryMembership,
)
from digest.relevance import (
    into_stories,
    judge_articles,
)
from digest.settings import Settings
from tests.conftest import NOW


def article(
    number: int = 1, text: str = "", title: str = "A headline", **more
) -> Article:
    values = {
        "published": NOW - timedelta(hours=number),
        "outlet": "The Courier",
    } | more
    outlet = values.pop("outlet")
    return Article(
        f"k{number}",
        f"https://c.example/{number}",
        outlet,
        title,
        text=text,
        id=number,
        **values,
    )


def score(settings: Settings, a: Article) -> float:
    (judged,) = judge_articles([a], settings, NOW)
    assert judged.judgement.score == pytest.approx(
        sum(r.points for r in judged.judgement.reasons), abs=0.01
    )
    return judged.judgement.score


# Rules


def test_being_the_source_outweighs_a_passing_name(
    rules: Settings,
) -> None:
    texts = (
        "The files were obtained by Open Water.",
        "Open Water has sued the county.",
        "“No,” said Maren Oduya of Open Water.",
        "The mayor met Open Water.",
        "Photo courtesy of Open Water",
    )
    scores = [score(rules, article(text=t)) for t in texts]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 5


def test_tier_age_size_and_readability_tell(rules: Settings) -> None:
    base = article(text="The mayor met Open Water.")
    assert score(rules, base) > score(rules, replace(base, outlet="Elsewhere"))
    assert score(rules, base) > score(
        rules, replace(base, published=NOW - timedelta(days=3))
    )
    unread = replace(
        base, text="", summary="The mayor met Open Water.", unread="paywall"
    )
    assert score(rules, base) > score(rules, unread)
    text = "The mayor met Open Water. " + " ".join(
        f"Thing {n} was said of it." for n in range(20)
    )
    copies = [replace(article(n, text), outlet=f"P{n}") for n in (1, 2)]
    assert "in 2 outlets" in {
        r.words for r in judge_articles(copies, rules, NOW)[0].judgement.reasons
    }


def test_every_reason_is_in_words_with_its_points(rules: Settings) -> None:
    text = (
        "The inspection reports on drinking water were obtained by Open Water."
    )
    (judged,) = judge_articles([article(30, text)], rules, NOW)
    assert [str(r) for r in judged.judgement.reasons] == [
        "names Open Water, source of the documents, in the body (+4.3)",
        "Drinking water: drinking water (+0.6)",
        "tier 1 outlet (+1.5)",
        "a day old (-0.2)",
    ]


def made(number: int, points: float, outlet: str) -> AnalysedArticle:
    judgement = Relevance("following", points, (ScoreReason("x", points),))
    return AnalysedArticle(
        article(number, outlet=outlet),
        ArticleAnalysis(),
        judgement,
        StoryMembership(number, number),
    )


def test_no_list_is_of_one_outlet() -> None:
    """Four good stories of one paper give way to nearly as good ones of others."""
    several = [made(n, 6.0 - n / 10, "The Courier") for n in range(1, 5)]
    several += [made(n, 5.0 - n / 100, f"Paper {n}") for n in range(5, 8)]
    outlets = [
        s.representative.article.outlet for s in into_stories(several, {})
    ]
    assert outlets[:3] == ["The Courier", "The Courier", "Paper 5"]
    assert sorted(outlets) == sorted(j.article.outlet for j in several)


def test_a_fifth_story_of_one_outlet_waits_for_any_other() -> None:
    several = [made(n, 9.9, "The Courier") for n in range(1, 9)] + [
        made(9, 0.1, "Small")
    ]
    outlets = [
        s.representative.article.outlet for s in into_stories(several, {})
    ]
    assert outlets.index("Small") == 4


def test_every_report_that_names_us_is_listed_and_its_copies_are_not(
    rules: Settings,
) -> None:
    """Two papers each wrote of the files; a third ran the first one's text, a fourth left us out."""
    body = " ".join(
        f"Official {n} wrote memo {n} on the lead taps of Hallam county."
        for n in range(15)
    )
    other = " ".join(
        f"In Hallam county tap {n} carried lead, memo {n} says."
        for n in range(15)
    )
    several = [
        replace(article(1, f"{body} Open Water had the files."), outlet="One"),
        replace(
            article(2, f"{other} The files came from Open Water."), outlet="Two"
        ),
        replace(
            article(3, f"{body} Open Water had the files."), outlet="Three"
        ),
        replace(article(4, body.replace("Official", "Manager")), outlet="Four"),
    ]
    rain = [
        article(n, f"Rain {n} fell on fair {n}. " * 5, f"Rain {n}")
        for n in range(5, 15)
    ]
    found = into_stories(judge_articles([*several, *rain], rules, NOW), {})
    named = [
        [j.article.id for j in s.articles]
        for s in found
        if s.representative.reading.mentions
    ]
    assert sorted(sorted(ids) for ids in named) == [[1, 3, 4], [2]]


def test_the_paper_that_names_us_stands_for_the_story(rules: Settings) -> None:
    """Another paper cut the paragraph with our name; its tier does not win."""
    text = " ".join(
        f"Sentence {n} of the text says a thing of its own." for n in range(20)
    )
    named = replace(article(1, text + " Open Water found it."), outlet="Small")
    (story,) = into_stories(
        judge_articles([named, article(2, text)], rules, NOW),
        {"The Courier": 1, "Small": 3},
    )
    assert story.representative.article.outlet == "Small"

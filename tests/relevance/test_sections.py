"""Which section of a newsletter an article is of: one analysis, and each newsletter's own sections."""

from dataclasses import replace

import pytest

from digest.model import ArticleAnalysis, StoryMembership
from digest.relevance import (
    RelevanceRules,
    into_stories,
    judge_articles,
    judge_read_articles,
    make_fingerprint,
)
from digest.relevance.preference_model import PreferenceModel
from digest.relevance.sections import Sections
from digest.settings import SectionRule, Settings, Topic
from tests.cases.choices import USUAL, editions
from tests.conftest import NOW
from tests.relevance.test_ranking import article

WATER = Topic(name="Water", any=("lead pipes",), weight=2)
RATES = Topic(name="Rates", any=("water rates",), section="money")
TOPICS = (WATER, RATES)


def rule(key: str, *topics: str) -> SectionRule:
    return SectionRule(key=key, title=key, topics=topics)


def section_in(
    settings: Settings,
    sections: tuple[SectionRule, ...],
    text: str,
    filed: str = "",
) -> str:
    scoped = settings.model_copy(
        update={"sections": sections, "topics": TOPICS}
    )
    (judged,) = judge_articles([article(text=text, section=filed)], scoped, NOW)
    return judged.judgement.section


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ((rule("in_the_news"), rule("following"), rule("money")), "following"),
        ((rule("in_the_news"), rule("following", "Rates")), "following"),
        # its own section gives way to the one that lists it
        ((rule("following"), rule("tap", "Water")), "tap"),
        # of several that list it, the first
        ((rule("one", "Water"), rule("two", "Water")), "one"),
        # the strongest topic has no place here, the second has
        ((rule("money"),), "money"),
        ((rule("in_the_news"),), ""),
        ((rule("other", "Rates"),), "other"),
    ],
)
def test_a_newsletter_has_its_own_sections_for_topics(
    rules: Settings, sections: tuple[SectionRule, ...], expected: str
) -> None:
    text = "The lead pipes are old, and lead pipes cost more than water rates."
    assert section_in(rules, sections, text) == expected


def test_a_mention_goes_by_its_topic_where_there_are_no_news_of_us(
    rules: Settings,
) -> None:
    by_topic = (rule("tap", "Water"), rule("other"))
    text = "Open Water has the files"
    assert section_in(rules, by_topic, f"{text} on lead pipes.") == "tap"
    assert section_in(rules, by_topic, f"{text}.") == ""
    with_news = (rule("tap", "Water"), rule("in_the_news"))
    assert section_in(rules, with_news, f"{text} on lead pipes.") == (
        "in_the_news"
    )


def test_what_has_no_place_says_why(rules: Settings) -> None:
    scoped = rules.model_copy(
        update={"sections": (rule("tap"),), "topics": TOPICS}
    )
    text = "Open Water has the files on water rates."
    (judged,) = judge_articles(
        [article(text=text, section="gone")], scoped, NOW
    )
    assert [str(reason) for reason in judged.judgement.reasons] == [
        "filed under gone by hand, which is no section of this newsletter",
        "names Open Water, and this newsletter has no section in_the_news",
        "Rates: no section of this newsletter takes it",
    ]


def test_a_filing_counts_only_where_the_section_is(rules: Settings) -> None:
    scoped = rules.model_copy(
        update={"sections": (rule("tap", "Water"),), "topics": TOPICS}
    )
    filed = article(text="The lead pipes are old.", section="money")
    (judged,) = judge_articles([filed], scoped, NOW)
    assert judged.judgement.section == "tap"
    said = [reason.words for reason in judged.judgement.reasons]
    assert (
        "filed under money by hand, which is no section of this newsletter"
        in said
    )
    assert "filed under money by hand" not in said
    (kept,) = judge_articles([replace(filed, section="tap")], scoped, NOW)
    assert "filed under tap by hand" in [
        reason.words for reason in kept.judgement.reasons
    ]


def test_liking_brings_in_what_is_on_no_topic_and_not_what_nobody_asked_for(
    rules: Settings,
) -> None:
    scoped = rules.model_copy(
        update={"sections": (rule("following"),), "topics": TOPICS}
    )
    reader = RelevanceRules(scoped)
    text = "The ballot box of the county clerk is counted by hand."
    plain = article(1, text=text, title="The ballot box")
    on_rates = article(
        2, text=f"{text} So are water rates.", title="The ballot box"
    )
    read = [
        (each, reader.read_article(each), make_fingerprint(each))
        for each in (plain, on_rates)
    ]
    taste = PreferenceModel(editions(weeks=6), USUAL)
    judged = judge_read_articles(read, {}, scoped, taste, NOW)
    assert [one.judgement.section for one in judged] == ["following", ""]


def test_rules_are_the_same_whatever_sections_a_newsletter_has(
    rules: Settings,
) -> None:
    scoped = rules.model_copy(
        update={"sections": (rule("tap", "Drinking water"),)}
    )
    assert RelevanceRules(scoped).mark == RelevanceRules(rules).mark


def test_a_report_with_a_place_stands_for_one_without(
    rules: Settings,
) -> None:
    """In a newsletter by topic, a mention on no topic does not hide the event's other reports."""
    scoped = rules.model_copy(
        update={"sections": (rule("tap", "Water"),), "topics": TOPICS}
    )
    reader = RelevanceRules(scoped)
    named = article(1, text="Open Water said so.")
    on_topic = article(2, text="The lead pipes are old.")
    read = [
        (each, reader.read_article(each), make_fingerprint(each))
        for each in (named, on_topic)
    ]
    belongs = {1: StoryMembership(1, 1), 2: StoryMembership(2, 1)}
    judged = judge_read_articles(
        read, belongs, scoped, PreferenceModel([], USUAL), NOW
    )
    (story,) = into_stories(judged, {})
    assert [one.article.id for one in story.articles] == [2, 1]


def test_an_article_about_nothing_has_no_place() -> None:
    placed = Sections((rule("following"),)).place_article(
        article(), ArticleAnalysis()
    )
    assert (placed.section, placed.learned_in, placed.lacks) == (
        "",
        "following",
        (),
    )

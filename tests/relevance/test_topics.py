"""Topics: which words of an article fire, and what they count."""

import pytest

from digest.relevance.topics import Topics
from digest.settings import Topic
from tests.relevance.test_ranking import article

# Topics


def hits(text: str, **topic) -> list[tuple[str, ...]]:
    found = Topics([Topic.model_validate({"name": "t"} | topic)]).find_topics(
        article(text=text)
    )
    return [h.words for h in found]


@pytest.mark.parametrize(
    ("topic", "text", "words"),
    [
        (
            {"any": ["lead pipes"]},
            "Lead Pipes foul it; lead-pipes.",
            [("Lead Pipes",)],
        ),
        ({"any": ["ICE"]}, "ICE agents on ice", [("ICE",)]),
        ({"any": ["ICE"]}, "ice cream", []),
        ({"any": ["deport*"]}, "He was deported.", [("deport",)]),
        ({"any": ["port"]}, "He was deported.", []),
        ({"all": ["court", "ballot"]}, "The court met.", []),
        (
            {"all": ["court", "ballot"]},
            "The court took up the ballot.",
            [("court", "ballot")],
        ),
        ({"any": ["ice"], "none": ["ice cream"]}, "Ice cream is ice.", []),
        ({"any": ["x", "b"], "all": ["c"]}, "c and b", [("c", "b")]),
        ({"any": ["pêche"]}, "La peche et le péché", [("peche",)]),
        ({"any": ["pêche"]}, "Le péché", []),
    ],
)
def test_a_topic_says_which_words_fired(
    topic: dict, text: str, words: list
) -> None:
    assert hits(text, **topic) == words


def test_a_phrase_counts_more_in_the_headline_and_by_its_weights() -> None:
    def strength(text: str, title: str = "A headline", **topic) -> float:
        made = Topics(
            [Topic.model_validate({"name": "t", "any": ["rolls"]} | topic)]
        )
        return made.find_topics(article(text=text, title=title))[0].strength

    plain = strength("x " * 400 + "rolls")
    assert plain < strength("rolls " + "x " * 400) < strength("", "Rolls")
    assert strength("x " * 400 + "rolls", weight=2) == 2 * plain
    assert strength("x " * 400 + "rolls", weights={"rolls": 3}) == 3 * plain

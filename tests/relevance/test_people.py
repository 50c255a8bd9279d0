"""People: ours, and others of the same name."""

import pytest

from digest.model import Article
from digest.relevance.mentions import Names, find_mentions
from digest.relevance.people import DESCRIBED_OTHERWISE, FAR_FROM_US, NO_LINK
from digest.settings import Organisation
from tests.relevance.test_mentions import counted, found


def names_of(text: str, title: str = "A headline") -> list[str]:
    return [m.name for m in counted(text, title=title)]


@pytest.mark.parametrize(
    "text",
    [
        "“No,” said Maren Oduya, who directs the charity.",
        "Maren Oduya, who has sailed open water for years, was there.",
        "Open Water sued. “No,” Maren Oduya said.",
    ],
)
def test_a_person_counts_where_the_article_links_them_to_us(text: str) -> None:
    assert "Maren Oduya" in names_of(text)


def test_a_person_without_a_link_is_shown_and_not_counted() -> None:
    (mention,) = found("Maren Oduya won the leek show.")
    assert not mention.counts
    assert mention.doubtful
    assert mention.doubt == NO_LINK


def test_a_person_of_sport_or_art_is_somebody_else() -> None:
    text = "Maren Oduya scored two goals in the last match of the season."
    (mention,) = found(text)
    assert not mention.doubtful
    assert mention.doubt == DESCRIBED_OTHERWISE


def test_a_surname_behind_another_first_name_is_another_person() -> None:
    text = (
        "Open Water sued, Maren Oduya said. Alan Oduya, the mayor, shrugged. "
        "“Fish do not vote,” Oduya said."
    )
    assert names_of(text) == ["Open Water", "Maren Oduya"]


def test_a_surname_is_that_of_whoever_was_last_named_in_full() -> None:
    text = (
        "Alan Oduya shrugged. Open Water sued. Maren Oduya signed the claim. "
        "“We will win,” Oduya said."
    )
    assert names_of(text).count("Maren Oduya") == 2


def test_a_surname_beside_our_name_needs_no_full_name() -> None:
    assert "Maren Oduya" in names_of("Open Water’s Oduya was not there.")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Maren Oduya won the leek show by two goals.", FAR_FROM_US),
        ("Maren Oduya won the leek show.", NO_LINK),
        ("Maren Oduya has two goals. Its trawlers stayed away.", NO_LINK),
    ],
)
def test_a_person_of_sport_far_from_every_topic_is_not_asked_about(
    text: str, doubt: str
) -> None:
    names = Names(
        Organisation(name="Open Water", people=("Maren Oduya",)), ["trawlers"]
    )
    article = Article("k", "https://o.example/1", "Courier", "", text=text)
    (mention,) = find_mentions(article, names)
    assert mention.doubt == doubt
    assert mention.doubtful == (doubt == NO_LINK)

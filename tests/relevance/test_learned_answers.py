"""Learned answers: what a person said of a name settles the same doubt about it later."""

from hypothesis import given
from hypothesis import strategies as st

from digest.model import (
    ArticleAnalysis,
    Mention,
    MentionPlace,
    NameAnswer,
    NameKind,
)
from digest.relevance import LearnedAnswers
from digest.relevance.learned_answers import MIN_ANSWERS

DOUBT = "a few letters"
ASKED = ArticleAnalysis(
    (
        Mention(
            "DHU",
            NameKind.ALIAS,
            MentionPlace.BODY,
            "DHU sang.",
            doubt=DOUBT,
            doubtful=True,
        ),
    )
)


def answers(
    *said: bool, name: str = "DHU", doubt: str = DOUBT
) -> LearnedAnswers:
    return LearnedAnswers(
        NameAnswer(number, name, doubt, is_us)
        for number, is_us in enumerate(said, 1)
    )


def settled(learned: LearnedAnswers, article: int = 99) -> Mention:
    (mention,) = learned.settle_doubts(article, ASKED).mentions
    return mention


def test_four_times_no_is_no_with_the_reason() -> None:
    mention = settled(answers(False, False, False, False))
    assert (mention.counts, mention.doubtful) == (False, False)
    assert mention.doubt == "you answered no to 4 of 4 like this: a few letters"
    assert mention.question == DOUBT


def test_four_times_yes_counts_and_says_why() -> None:
    mention = settled(answers(True, True, True, True))
    assert mention.counts
    assert mention.answers == "you answered yes to 4 of 4 like this"


def test_three_are_too_few() -> None:
    assert settled(answers(False, False, False)).doubtful


def test_answers_about_another_name_or_doubt_settle_nothing() -> None:
    no = [False] * MIN_ANSWERS
    assert settled(answers(*no, name="Deck Hands")).doubtful
    assert settled(answers(*no, doubt="a surname alone")).doubtful


def test_the_article_that_was_answered_is_settled_whatever_the_others() -> None:
    learned = answers(True, False, False, False)
    assert settled(learned, article=1).counts
    assert settled(learned, article=2).doubt == f"you answered no: {DOUBT}"


@given(st.lists(st.booleans(), max_size=12))
def test_answers_that_differ_leave_the_question_open(said: list[bool]) -> None:
    mention = settled(answers(*said))
    is_settled = len(said) >= MIN_ANSWERS and len(set(said)) == 1
    assert mention.doubtful != is_settled
    assert ArticleAnalysis((mention,)).questions == (("DHU", DOUBT),)

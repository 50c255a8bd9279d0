"""Learned answers: what a person said of a name settles the same doubt about it later.

Input: an article's analysis and the answers given so far. Output: the analysis with the doubts
settled that an answer was given to: to this article, or alike to several others. The same doubt
is one in the same words about the same configured name. Nothing is stored; an answer that is
taken back has no effect any more, and one that differs opens the question again.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.model import ArticleAnalysis, Mention, NameAnswer
from digest.relevance.occurrences import DOUBTFUL, LIKELY

#: Articles that must have been answered alike, and none otherwise. By the rule of succession the
#: next is then like them with five chances of six.
MIN_ANSWERS = 4

_WORDS = {True: "yes", False: "no"}
#: A configured name, and the words of a doubt about it.
_Question = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How answers settle a question."""

    is_us: bool
    words: str


class LearnedAnswers:
    """The answers of a workspace, ready to settle doubts."""

    def __init__(self, answers: Iterable[NameAnswer]) -> None:
        self._of_articles: dict[tuple[int, _Question], bool] = {}
        self._counts: Counter[tuple[_Question, bool]] = Counter()
        for answer in answers:
            question = (answer.name, answer.doubt)
            self._of_articles[answer.article, question] = answer.is_us
            self._counts[question, answer.is_us] += 1

    def settle_doubts(
        self, article: int, reading: ArticleAnalysis
    ) -> ArticleAnalysis:
        """Return an article's analysis (by the article's id) with the doubts that answers settle."""
        if not self._counts:
            return reading
        if not any(mention.doubtful for mention in reading.mentions):
            return reading
        mentions = tuple(
            self._settle_mention(article, mention)
            for mention in reading.mentions
        )
        return replace(reading, mentions=mentions)

    def _settle_mention(self, article: int, mention: Mention) -> Mention:
        if not mention.doubtful:
            return mention
        verdict = self._find_verdict(article, (mention.name, mention.doubt))
        if verdict is None:
            return mention
        if verdict.is_us:
            return replace(
                mention,
                confidence=LIKELY,
                doubt="",
                doubtful=False,
                question=mention.doubt,
                answers=verdict.words,
            )
        return replace(
            mention,
            confidence=DOUBTFUL,
            doubt=f"{verdict.words}: {mention.doubt}",
            doubtful=False,
            question=mention.doubt,
            answers=verdict.words,
        )

    def _find_verdict(
        self, article: int, question: _Question
    ) -> _Verdict | None:
        """Return how answers settle a question about an article; None if they leave it open."""
        own_answer = self._of_articles.get((article, question))
        if own_answer is not None:
            return _Verdict(own_answer, f"you answered {_WORDS[own_answer]}")
        yes = self._counts[question, True]
        no = self._counts[question, False]
        number = yes + no
        if number < MIN_ANSWERS or (yes and no):
            return None
        is_us = yes > 0
        words = (
            f"you answered {_WORDS[is_us]} to {number} of {number} like this"
        )
        return _Verdict(is_us, words)

"""New openings: whether one of two articles that share text tells something before it.

A copy opens as the other does, if in other words. A follow-up puts what is new at its top, and what
was printed before stands below as background: news is written so (the inverted pyramid), and most of
a follow-up may be background. So two articles are one text only if neither opens with sentences
whose words the other has not.

Thresholds were chosen on `tests/cases` and on pairs of reports that were written without a view of
these rules; docs/judge.md has what was measured on those kept back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property

from digest.relevance.fingerprint import (
    SENTENCE_END,
    Fingerprint,
    terms_of_names,
)
from digest.relevance.term_marks import HEADLINE_WEEKDAY, NAME

#: Share of a sentence's words found in another article from which that one tells it, too.
TOLD_SHARE = 0.6
#: Words of a sentence from which it can be told whether it is new; a dateline or a byline has fewer.
MIN_SENTENCE_WORDS = 3
#: Words at the top that the other article has not, from which they are news: about one sentence.
NEWS_WORDS = 9
#: … and from which they are no mere lead-in of another paper, of one or two sentences.
MORE_THAN_LEAD_IN = 18
#: How long after an article other papers print it with a lead-in of their own: till the next day.
LEAD_IN_PERIOD = timedelta(hours=36)
#: Share of the other's first sentence that stands below a lead-in; a follow-up tells it anew.
LEDE_KEPT = 0.9

#: Share of names that two articles have in common from which they may be one text.
NAMES_OF_ONE_TEXT = 0.6


class Opening:
    """What is compared of one article."""

    def __init__(
        self, fingerprint: Fingerprint, outlet: str, published: datetime
    ) -> None:
        self._fingerprint = fingerprint
        self.outlet = outlet
        self.published = published

    def tells_news_to(
        self,
        other: "Opening",
    ) -> bool:
        """Return whether this article opens with what the other does not tell."""
        least = NEWS_WORDS
        if self._may_have_lead_in(other) and self._keeps_lede_of(other):
            least = MORE_THAN_LEAD_IN
        return self.count_new_words(other) >= least

    def surely_tells_news_to(
        self,
        other: "Opening",
    ) -> bool:
        """Return whether it would even if one or both had a lead-in instead of a first sentence."""
        least = NEWS_WORDS
        if self._may_have_lead_in(other):
            least = MORE_THAN_LEAD_IN
        return self.count_new_words(other) >= least

    def _may_have_lead_in(
        self,
        other: "Opening",
    ) -> bool:
        """Return whether words at the top may be another paper's, put before the same text."""
        is_soon = abs(self.published - other.published) <= LEAD_IN_PERIOD
        return is_soon and self.outlet != other.outlet

    def _keeps_lede_of(
        self,
        other: "Opening",
    ) -> bool:
        if not other._sentences:
            return False
        return self._share_told(other._sentences[0]) >= LEDE_KEPT

    def count_new_words(
        self,
        other: "Opening",
    ) -> int:
        """Return how many words stand before the first sentence that the other tells, too."""
        number = 0
        if not other._sentences:  # nothing is known of it
            return number
        for sentence in self._sentences:
            if other._tells(sentence):
                break
            number += sum(word not in other._vocabulary for word in sentence)
        return number

    def _tells(
        self,
        sentence: list[int],
    ) -> bool:
        return self._share_told(sentence) >= TOLD_SHARE

    def _share_told(
        self,
        sentence: list[int],
    ) -> float:
        told_words = sum(word in self._vocabulary for word in sentence)
        return told_words / len(sentence)

    def fills_same_form_as(
        self,
        other: "Opening",
    ) -> bool:
        """Return whether two articles that share text tell of other names, or of another weekday.

        Recalls, results and forecasts are written so: a form of words, filled in anew.
        """
        if self._has_other_names(other) and self._retells_with_other_names_than(
            other
        ):
            return True
        if self.outlet != other.outlet:
            return False
        return self._names_other_weekday(other)

    def _has_other_names(
        self,
        other: "Opening",
    ) -> bool:
        """Return whether that with fewer names has some that are not in the other's words."""
        fewer_names = min(len(self._names), len(other._names))
        shared = max(
            len(self._names & other._words), len(other._names & self._words)
        )
        return shared < NAMES_OF_ONE_TEXT * fewer_names

    def _retells_with_other_names_than(
        self,
        other: "Opening",
    ) -> bool:
        """Return whether sentences that both tell name others, on either side."""
        names = self._names_in_what_both_tell(other)
        others_names = other._names_in_what_both_tell(self)
        missing = sum(name not in other._words for name in names)
        others_missing = sum(name not in self._words for name in others_names)
        number = len(names) + len(others_names)
        most = (1 - NAMES_OF_ONE_TEXT) * number
        are_on_both_sides = bool(missing) and bool(others_missing)
        return are_on_both_sides and missing + others_missing > most

    def _names_in_what_both_tell(
        self,
        other: "Opening",
    ) -> list[int]:
        """Return the names in this one's sentences that the other tells, too."""
        return [
            word
            for sentence in self._sentences
            if other._tells(sentence)
            for word in sentence
            if word in self._names
        ]

    def _names_other_weekday(
        self,
        other: "Opening",
    ) -> bool:
        """Return whether both headlines name a weekday, and not the same."""
        mine = self._terms_marked(HEADLINE_WEEKDAY)
        others = other._terms_marked(HEADLINE_WEEKDAY)
        if not mine or not others:
            return False
        return mine.isdisjoint(others)

    @cached_property
    def _names(self) -> frozenset[int]:
        """The names in it, without that of its outlet, which stands in every line on terms of use."""
        return self._terms_marked(NAME) - terms_of_names([self.outlet])

    def _terms_marked(
        self,
        mark: int,
    ) -> frozenset[int]:
        is_marked = (self._fingerprint.marks & mark) > 0
        return frozenset(self._fingerprint.terms[is_marked].tolist())

    @cached_property
    def _words(self) -> frozenset[int]:
        return self._vocabulary.union(self._fingerprint.terms.tolist())

    @cached_property
    def _vocabulary(self) -> frozenset[int]:
        return frozenset(self._fingerprint.vocabulary.tolist())

    @cached_property
    def _sentences(self) -> list[list[int]]:
        sentences = _split_sentences(self._fingerprint.opening.tolist())
        return [one for one in sentences if len(one) >= MIN_SENTENCE_WORDS]


def count_difference(
    one: Opening,
    other: Opening,
) -> int:
    """Return how many words one of two articles opens with that the other has not."""
    return max(one.count_new_words(other), other.count_new_words(one))


def are_one_text(
    one: Opening,
    other: Opening,
) -> bool:
    """Return whether neither of two articles that share text has news for the other's readers."""
    return not (
        one.fills_same_form_as(other)
        or one.tells_news_to(other)
        or other.tells_news_to(one)
    )


def are_surely_two_texts(
    one: Opening,
    other: Opening,
) -> bool:
    """Return whether two articles that share text are two texts whatever third one is like both."""
    return (
        one.fills_same_form_as(other)
        or one.surely_tells_news_to(other)
        or other.surely_tells_news_to(one)
    )


def _split_sentences(words: list[int]) -> Iterator[list[int]]:
    sentence: list[int] = []
    for word in words:
        if word == SENTENCE_END:
            yield sentence
            sentence = []
        else:
            sentence.append(word)
    if sentence:
        yield sentence

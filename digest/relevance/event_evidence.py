"""Event evidence: what speaks for two reports telling one event, and how surely they do.

Words in common are not enough: two fires in two towns are told in the same words, and two reports of
one fire in different ones. So names, figures, weekdays and text in common are weighed apart, by a
logistic regression whose coefficients stand below. Input: the compared terms of each article and
pairs of rows. Output: how surely each pair tells one event, 0 to 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from digest.relevance.article_pairs import (
    Labels,
    Rows,
    multiply_rows,
    sparse_table,
)
from digest.relevance.fingerprint import Fingerprint, Hashes, Weights
from digest.relevance.term_marks import FIGURE, HEADLINE_WEEKDAY, NAME, OPENING

#: The names of an article weigh so many of the rarest at least: one name in common is no proof.
FEWEST_NAMES = 3.0
#: Hours within which one outlet seldom reports on an event twice, and often on two that are alike.
SAME_SHIFT_HOURS = 14.0
#: Stands in for a sum or length of nothing that something is divided by.
ALMOST_ZERO = 1e-6
MAX_TERMS = 60  #: terms of an article that are compared, its most telling ones

#: What a logistic regression has learned from pairs of reports: 35 groups of invented reports by
#: somebody who had not seen these rules, the events of `tests/cases`, forty public groups, and 245
#: real pages of three weeks; docs/judge.md has how it was measured.
COEFFICIENTS = {
    "cosine of words that are no names or figures, unless it is one form": 22.95,
    "figures in common": 2.64,
    "names in common that one opens with": 3.65,
    "names in common that one opens with, for how many names they have": 1.73,
    "share of the names that one opens with": 1.77,
    "one form, filled in with other names": -0.95,
    "headlines with different weekdays": -17.37,
    "one outlet, within hours": -2.20,
}
INTERCEPT = -6.95


@dataclass(frozen=True, slots=True)
class ComparedTerms:
    """The terms of one article that are compared; arrays of one length."""

    terms: Hashes  #: sorted, unique
    weights: Weights  #: by number and rarity, of length one together
    rarity: Weights  #: 0 for a word of every article, 1 for one of this alone
    marks: Hashes


def select_terms(
    fingerprint: Fingerprint, rarity: Weights, own_terms: Hashes
) -> ComparedTerms:
    """Return an article's terms of most weight; the organisation's own weigh nothing."""
    is_telling = ~np.isin(fingerprint.terms, own_terms)
    rarity = rarity * is_telling
    weights = fingerprint.weights * rarity
    chosen = np.flatnonzero(weights)
    if len(chosen) > MAX_TERMS:
        heaviest = np.argpartition(-weights[chosen], MAX_TERMS)[:MAX_TERMS]
        chosen = np.sort(chosen[heaviest])
    weights = weights[chosen]
    length = float(np.linalg.norm(weights))
    if length:
        weights = weights / length
    return ComparedTerms(
        fingerprint.terms[chosen],
        weights.astype(np.float32),
        rarity[chosen].astype(np.float32),
        fingerprint.marks[chosen],
    )


class EventEvidence:
    """Articles laid side by side, to be compared as reports of an event."""

    def __init__(
        self,
        articles: Sequence[ComparedTerms],
        times: NDArray[np.float64],
        outlets: Labels,
    ) -> None:
        """`times` are in seconds; outlets are numbered."""
        self.words = sparse_table(
            [(article.terms, article.weights) for article in articles]
        )
        self._hours = times / 3600
        self._outlets = outlets
        weights = np.concatenate([article.weights for article in articles])
        rarity = np.concatenate([article.rarity for article in articles])
        marks = np.concatenate([article.marks for article in articles])
        is_name = (marks & NAME) > 0
        is_figure = (marks & FIGURE) > 0
        is_opening = (marks & OPENING) > 0
        self._plain_words = _scale_rows(
            self._table(weights * ~(is_name | is_figure))
        )
        self._all_terms = self._table(weights > 0)
        self._names = self._table(rarity * is_name)
        self._opening_names = self._table(rarity * (is_name & is_opening))
        self._figures = self._table(rarity * is_figure)
        self._weekdays = self._table((marks & HEADLINE_WEEKDAY) > 0)
        self._sum_of_names = _sum_rows(self._names)
        self._sum_of_opening_names = _sum_rows(self._opening_names)
        self._number_of_weekdays = _sum_rows(self._weekdays)

    def _table(self, values: NDArray[np.generic]) -> csr_matrix:
        """Return a table of other values of the same terms."""
        place = (
            values.astype(np.float32),
            self.words.indices,
            self.words.indptr,
        )
        table = csr_matrix(place, shape=self.words.shape, copy=True)
        table.eliminate_zeros()
        return table

    def likeness_of(
        self, first: Rows, second: Rows, is_form: NDArray[np.bool_]
    ) -> Weights:
        """Return how surely each pair tells one event, 0 to 1."""
        features = self.describe_pairs(first, second, is_form)
        weights = np.array(list(COEFFICIENTS.values()), np.float32)
        return np.asarray(expit(features @ weights + INTERCEPT), np.float32)

    def describe_pairs(
        self, first: Rows, second: Rows, is_form: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Return a row of numbers for each pair, in the order of `COEFFICIENTS`.

        `is_form` says whether they are one form of words, filled in with other names.
        """
        hours = np.abs(self._hours[first] - self._hours[second])
        is_same_outlet = self._outlets[first] == self._outlets[second]
        shared_openings = self._sum_shared(self._opening_names, first, second)
        sizes = np.maximum(self._sum_of_names, FEWEST_NAMES)
        scale = (sizes[first] * sizes[second]) ** 0.25
        plain_words = self._plain_words
        cosine = multiply_rows(plain_words, first, plain_words, second)
        columns = (
            cosine * ~is_form,
            np.log1p(
                multiply_rows(self._figures, first, self._all_terms, second)
            ),
            np.log1p(shared_openings),
            shared_openings / scale,
            self._share_of_opening(first, second),
            is_form,
            self._name_other_weekdays(first, second),
            is_same_outlet & (hours < SAME_SHIFT_HOURS),
        )
        return np.column_stack(columns).astype(np.float32)

    def share_of_names(self, first: Rows, second: Rows) -> Weights:
        """Return how much of the names of that with fewer stands in the other; 1 without names."""
        shared = self._sum_shared(self._names, first, second)
        fewer = np.minimum(
            self._sum_of_names[first], self._sum_of_names[second]
        )
        share = np.where(fewer > 0, shared / np.maximum(fewer, ALMOST_ZERO), 1)
        return np.asarray(share, np.float32)

    def _name_other_weekdays(
        self, first: Rows, second: Rows
    ) -> NDArray[np.bool_]:
        """Return whether the headlines of both name a weekday, and not the same."""
        shared = multiply_rows(self._weekdays, first, self._weekdays, second)
        fewer = np.minimum(
            self._number_of_weekdays[first], self._number_of_weekdays[second]
        )
        return np.asarray((fewer > 0) & (shared == 0))

    def _share_of_opening(self, first: Rows, second: Rows) -> Weights:
        """Return how much of the names that one opens with stands in the other, the larger share."""
        sizes = np.maximum(self._sum_of_opening_names, ALMOST_ZERO)
        forth = multiply_rows(
            self._opening_names, first, self._all_terms, second
        )
        back = multiply_rows(
            self._opening_names, second, self._all_terms, first
        )
        share = forth / sizes[first]
        others_share = back / sizes[second]
        return np.maximum(share, others_share)

    def _sum_shared(
        self, table: csr_matrix, first: Rows, second: Rows
    ) -> Weights:
        """Return the sum over what is in the table for one and stands in the other at all."""
        forth = multiply_rows(table, first, self._all_terms, second)
        back = multiply_rows(table, second, self._all_terms, first)
        is_in_table = table.astype(bool).astype(np.float32)
        twice = multiply_rows(table, first, is_in_table, second)
        return forth + back - twice


def _sum_rows(table: csr_matrix) -> Weights:
    return np.asarray(table.sum(axis=1)).ravel().astype(np.float32)


def _scale_rows(table: csr_matrix) -> csr_matrix:
    """Return a table with rows of length one."""
    squares = table.multiply(table).sum(axis=1)
    length = np.sqrt(np.asarray(squares).ravel())
    scale = 1 / np.maximum(length, ALMOST_ZERO)
    rows = np.repeat(scale, np.diff(table.indptr))
    place = (table.data * rows.astype(np.float32), table.indices, table.indptr)
    return csr_matrix(place, shape=table.shape)

"""Clustering: gather articles into stories, on two levels.

- Copies of one text: by the share of the shorter text's five-word runs that are in the longer
  (containment; Broder 1997), if neither opens with news (`new_openings`); or by the same headline
  where a text is missing.
- Reports of one event: by how surely they tell one (`event_evidence`), within days; joined by
  average linkage, so that a chain of follow-ups is one story and two events that are alike are
  two.

Input: a trace of each article and how common words are. Output: for each article the ids that
name its text and its story. Everything is decided by pairs, so the order of arrival changes
nothing, and only what is connected with a new article is looked at again.
"""

from collections import defaultdict
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform

from digest.model import StoryMembership
from digest.relevance.article_pairs import (
    Labels,
    Pairs,
    Rows,
    alike_pairs,
    join_pairs,
    label_connected,
    lay_out_pairs,
    multiply_rows,
    places_in,
    smallest_id_by_label,
    sparse_table,
    split_by_label,
)
from digest.relevance.event_evidence import (
    ComparedTerms,
    EventEvidence,
    select_terms,
)
from digest.relevance.fingerprint import (
    Background,
    Fingerprint,
    Hashes,
    Weights,
)
from digest.relevance.new_openings import (
    NAMES_OF_ONE_TEXT,
    Opening,
    are_one_text,
    are_surely_two_texts,
    count_difference,
)

COPY_SHARE = 0.35  #: share of the shorter text found in the longer
#: stored shingles that two copies share, about fifteen words
MIN_SHARED_SHINGLES = 6
#: Cosine of their words from which two reports are compared as reports of one event.
LEAST_COSINE = 0.08
#: How surely two reports tell one event, on the average, from where they are one story.
EVENT_LIKENESS = 0.58
#: Share of five-word runs from which two reports may be fillings of one form.
TEXT_OF_FORM = 0.02
BOILERPLATE_ARTICLES = 3  #: articles of one outlet that hold the same words
EVENT_PERIOD = timedelta(days=6)  #: between two reports of one event
#: Between two that share text besides.
FOLLOW_UP_PERIOD = timedelta(days=14)
#: Between two articles of one headline whose texts we lack.
SAME_HEADLINE_PERIOD = timedelta(days=4)
#: in a body; a shorter one is no text to recognise a copy by, unless nearly all of it is shared
MIN_TEXT_WORDS = 40
#: The same for a short notice, which one outlet shares with another: it has no more words.
MIN_NOTICE_WORDS = 20
NOTICE_SHARE = 0.6  #: share of the shorter notice found in the other text
MIN_SHARED_OF_NOTICE = 3  #: stored shingles
#: Connected articles that are cut at once; more are cut apart by closer likeness first.
MAX_CONNECTED = 1500
CLOSER_STEP = 0.1  #: by how much closer


@dataclass(frozen=True, slots=True)
class ArticleTrace:
    """Data of an article that clustering compares."""

    id: int
    key: str  #: decides between equals, so that the order of arrival does not
    outlet: str
    language: str
    published: datetime
    fingerprint: Fingerprint


def group_into_stories(
    traces: Iterable[ArticleTrace],
    background: Background,
    own_words: Collection[int] = (),
) -> dict[int, StoryMembership]:
    """Return the story of every article."""
    return StoryGrouping(traces, background, own_words).gather_stories()


class StoryGrouping:
    """Articles laid side by side, to be compared and gathered."""

    def __init__(
        self,
        traces: Iterable[ArticleTrace],
        background: Background,
        own_words: Collection[int] = (),
    ) -> None:
        """`own_words` are the terms of the organisation's own names.

        They weigh nothing: they say that an article is about us, and not what happened, and two short
        clips may have little else in common.
        """
        self._traces = sorted(traces, key=lambda trace: trace.key)
        self._shingles = sparse_table(
            [
                (shingles, None)
                for shingles in _shingles_without_boilerplate(self._traces)
            ]
        )
        own_terms = np.array(sorted(own_words), np.uint32)
        self._times = np.array(
            [trace.published.timestamp() for trace in self._traces]
        )
        self._outlets = _number_outlets(self._traces)
        self._evidence = EventEvidence(
            [
                _select_terms(trace, background, own_terms)
                for trace in self._traces
            ],
            self._times,
            self._outlets,
        )
        self._openings = [
            Opening(trace.fingerprint, trace.outlet, trace.published)
            for trace in self._traces
        ]

    def gather_stories(self) -> dict[int, StoryMembership]:
        """Gather all articles anew."""
        return self._gather(np.arange(len(self._traces)))

    def join_new_articles(
        self, new: Collection[int], before: Mapping[int, StoryMembership]
    ) -> dict[int, StoryMembership]:
        """Return the stories with some articles (ids) new, from how the others were gathered.

        The same as `stories` gives, but only what is connected with a new one is cut again.
        """
        new_rows = []
        unchanged: dict[int, StoryMembership] = {}
        for row, trace in enumerate(self._traces):
            if trace.id in before:
                unchanged[trace.id] = before[trace.id]
            if trace.id in new or trace.id not in before:
                new_rows.append(row)
        changed = self._connected_rows(np.array(new_rows, np.int64))
        return unchanged | self._gather(changed)

    def _connected_rows(self, rows: Rows) -> Rows:
        """Return rows with all that are connected with them, near or far."""
        connected = rows
        unvisited = rows
        while len(unvisited):
            pairs = join_pairs(
                join_pairs(
                    self._pairs_sharing_text(unvisited),
                    self._pairs_of_same_headline,
                ),
                self._pairs_of_reports(unvisited).at_least(EVENT_LIKENESS),
            )
            neighbours = np.union1d(pairs.first, pairs.second)
            unvisited = np.setdiff1d(neighbours, connected)
            connected = np.union1d(connected, neighbours)
        return connected

    def _gather(self, rows: Rows) -> dict[int, StoryMembership]:
        """Gather some articles, none of which is connected with any other."""
        if not len(rows):
            return {}
        sharing = self._pairs_sharing_text(rows)
        copies = self._find_copies(sharing)
        texts = self._label_texts(copies, sharing)
        reports = join_pairs(
            self._pairs_of_reports(rows), self._pairs_of_follow_ups(sharing)
        )
        together = join_pairs(_as_certain(copies), reports)
        parts = self._split_connected(together, rows)
        table = lay_out_pairs(len(self._traces), reports)
        stories = self._label_stories(parts, texts, table)
        ids = np.array([trace.id for trace in self._traces])
        text_ids = smallest_id_by_label(ids, texts)
        story_ids = smallest_id_by_label(ids, stories)
        return {
            int(ids[row]): StoryMembership(
                int(text_ids[row]), int(story_ids[row])
            )
            for row in rows
        }

    # Pairs that are alike

    def _find_copies(self, sharing: Pairs) -> Pairs:
        """Return the pairs of one text, of those that share text or one headline."""
        copies = self._filter_pairs(sharing, are_one_text)
        return join_pairs(copies, self._pairs_of_same_headline)

    def _filter_pairs(
        self, pairs: Pairs, question: Callable[[Opening, Opening], bool]
    ) -> Pairs:
        """Return the pairs for which a question about their openings is true."""
        answers = [
            question(self._openings[row], self._openings[other_row])
            for row, other_row in zip(
                pairs.first.tolist(), pairs.second.tolist(), strict=True
            )
        ]
        return pairs.where(np.array(answers, np.bool_))

    def _pairs_sharing_text(self, rows: Rows) -> Pairs:
        """Return pairs the shorter of which has much of its text in the longer."""
        sizes = np.diff(self._shingles.indptr)
        words = np.array([trace.fingerprint.words for trace in self._traces])

        def containment(first: Rows, second: Rows, shared: Weights) -> Weights:
            shorter = np.minimum(sizes[first], sizes[second])
            share = shared / np.maximum(shorter, 1)
            fewest_words = np.minimum(words[first], words[second])
            is_text = fewest_words >= MIN_TEXT_WORDS
            is_enough = is_text & (shared >= MIN_SHARED_SHINGLES)
            is_notice = (
                ~is_text
                & (fewest_words >= MIN_NOTICE_WORDS)
                & (self._outlets[first] != self._outlets[second])
            )
            is_enough |= (
                is_notice
                & (shared >= MIN_SHARED_OF_NOTICE)
                & (share >= NOTICE_SHARE)
            )
            return np.asarray(share * is_enough)

        return alike_pairs(self._shingles, rows, containment, COPY_SHARE)

    @cached_property
    def _pairs_of_same_headline(self) -> Pairs:
        """Articles that share a headline, where a text to compare is missing."""
        by_headline = sorted(
            (trace.fingerprint.title, trace.published, row)
            for row, trace in enumerate(self._traces)
            if trace.fingerprint.title
        )
        pairs = []
        for (title, earlier, row), (next_title, later, next_row) in pairwise(
            by_headline
        ):
            is_near = later - earlier <= SAME_HEADLINE_PERIOD
            if (
                title == next_title
                and is_near
                and self._lack_texts(row, next_row)
            ):
                pairs.append(sorted((row, next_row)))
        rows = np.array(pairs, np.int64).reshape(-1, 2)
        return Pairs(
            first=rows[:, 0],
            second=rows[:, 1],
            likeness=np.ones(len(pairs), np.float32),
        )

    def _lack_texts(self, row: int, other_row: int) -> bool:
        """Return True if the texts of two outlets are not both there to be compared."""
        trace = self._traces[row]
        other = self._traces[other_row]
        shorter = min(trace.fingerprint.words, other.fingerprint.words)
        return shorter < MIN_TEXT_WORDS and trace.outlet != other.outlet

    def _pairs_of_reports(self, rows: Rows) -> Pairs:
        """Return pairs that may be of one event, near in time, with how surely they are."""

        def cosine_if_near(
            first: Rows, second: Rows, cosine: Weights
        ) -> Weights:
            return np.asarray(
                cosine * self._are_within(EVENT_PERIOD, first, second)
            )

        alike = alike_pairs(
            self._evidence.words, rows, cosine_if_near, LEAST_COSINE
        )
        return self._weigh_evidence(alike)

    def _pairs_of_follow_ups(self, sharing: Pairs) -> Pairs:
        """Return the pairs that may be of one event, near in time or not, of those that share text.

        A follow-up tells again what it follows, after a week, too.
        """
        is_within = self._are_within(
            FOLLOW_UP_PERIOD, sharing.first, sharing.second
        )
        pairs = sharing.where(is_within)
        words = self._evidence.words
        cosine = multiply_rows(words, pairs.first, words, pairs.second)
        alike = Pairs(pairs.first, pairs.second, cosine)
        return self._weigh_evidence(alike.at_least(LEAST_COSINE))

    def _weigh_evidence(self, pairs: Pairs) -> Pairs:
        """Return pairs, alike by their words, with how surely they tell one event."""
        likeness = self._evidence.likeness_of(
            pairs.first, pairs.second, self._are_of_one_form(pairs)
        )
        return Pairs(pairs.first, pairs.second, likeness)

    def _are_of_one_form(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Return for each pair whether it is one form of words, filled in with other names.

        Where much of a text is found in the other, it may be background that stands below news.
        """
        sizes = np.diff(self._shingles.indptr)
        shorter = np.minimum(sizes[pairs.first], sizes[pairs.second])
        shared = multiply_rows(
            self._shingles, pairs.first, self._shingles, pairs.second
        )
        share = shared / np.maximum(shorter, 1)
        names = self._evidence.share_of_names(pairs.first, pairs.second)
        is_form = (share >= TEXT_OF_FORM) & (names < NAMES_OF_ONE_TEXT)
        for place in np.flatnonzero(is_form & (share >= COPY_SHARE)):
            opening = self._openings[pairs.first[place]]
            other = self._openings[pairs.second[place]]
            is_form[place] = opening.fills_same_form_as(other)
        return np.asarray(is_form)

    def _are_within(
        self, period: timedelta, first: Rows, second: Rows
    ) -> NDArray[np.bool_]:
        distance = np.abs(self._times[first] - self._times[second])
        return np.asarray(distance <= period.total_seconds())

    # Connected articles, cut into texts

    def _label_texts(self, copies: Pairs, sharing: Pairs) -> Labels:
        """Return a label for each article, one for each text.

        Copies are connected; but two of which one surely opens with news to the other are two texts,
        even if a third is like both, unless that one came before them: then it was no news.
        """
        labels = label_connected(len(self._traces), copies)
        is_together = labels[sharing.first] == labels[sharing.second]
        apart = self._filter_pairs(
            sharing.where(is_together), are_surely_two_texts
        )
        apart = apart.where(~self._have_common_original(apart, copies))
        last_label = int(labels.max(initial=0))
        for label in np.unique(labels[apart.first]):
            part = np.flatnonzero(labels == label)
            is_here = labels[apart.first] == label
            labels_in_part = self._cut_apart(part, apart.where(is_here))
            labels[part] = last_label + labels_in_part
            last_label += int(labels_in_part.max())
        return labels

    def _cut_apart(self, part: Rows, apart: Pairs) -> Labels:
        """Return a label for each row of a part, none for two rows that are a pair apart.

        By complete linkage: groups are joined only if no pair between them is apart, and first those
        that open alike.
        """
        openings = [self._openings[row] for row in part]
        differences = [
            count_difference(one, other)
            for one, other in combinations(openings, 2)
        ]
        distance = squareform(np.array(differences, np.float64))
        farther = distance.max() + 1
        first, second = places_in(part, apart)
        distance[first, second] = farther
        distance[second, first] = farther
        tree = linkage(squareform(distance, checks=False), "complete")
        return np.asarray(fcluster(tree, farther - 0.5, "distance"), np.int64)

    def _have_common_original(
        self, apart: Pairs, copies: Pairs
    ) -> NDArray[np.bool_]:
        """Return for each pair whether an article from before both is one text with each."""
        copies_of: defaultdict[int, set[int]] = defaultdict(set)
        for row, other_row in zip(
            copies.first.tolist(), copies.second.tolist(), strict=True
        ):
            copies_of[row].add(other_row)
            copies_of[other_row].add(row)
        answers = []
        for row, other_row in zip(
            apart.first.tolist(), apart.second.tolist(), strict=True
        ):
            start = min(self._times[row], self._times[other_row])
            common = copies_of[row] & copies_of[other_row]
            answers.append(any(self._times[one] <= start for one in common))
        return np.array(answers, np.bool_)

    # Connected articles, cut into stories

    def _split_connected(
        self, pairs: Pairs, rows: Rows, minimum: float = EVENT_LIKENESS
    ) -> Iterator[Rows]:
        """Yield the articles that are connected by pairs, cutting up what is too large."""
        labels = label_connected(len(self._traces), pairs.at_least(minimum))
        for part in split_by_label(rows, labels[rows]):
            if len(part) <= MAX_CONNECTED or minimum >= 1:
                yield part
            else:
                yield from self._split_connected(
                    pairs, part, minimum + CLOSER_STEP
                )

    def _label_stories(
        self, parts: Iterable[Rows], texts: Labels, likeness: csr_matrix
    ) -> Labels:
        """Cut each part by average linkage; copies stay together whatever their headlines."""
        labels = np.zeros(len(self._traces), np.int64)
        last_label = 0
        for part in parts:
            if len(part) > 2:
                labels_in_part = _cut(part, texts, likeness)
            else:
                labels_in_part = np.ones(len(part), np.int64)
            labels[part] = last_label + labels_in_part
            last_label += int(labels_in_part.max())
        return labels


def _as_certain(copies: Pairs) -> Pairs:
    """Return the pairs of one text as pairs that surely tell one event."""
    return Pairs(
        copies.first, copies.second, np.ones(len(copies.first), np.float32)
    )


def _cut(part: Rows, texts: Labels, likeness: csr_matrix) -> Labels:
    """Return a label for each article of a part, one for each story in it."""
    alike = likeness[part][:, part].toarray()
    alike = np.maximum(alike, alike.T)
    alike[texts[part][:, None] == texts[part][None, :]] = 1
    distance = np.clip(1 - alike, 0, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    return np.asarray(fcluster(tree, 1 - EVENT_LIKENESS, "distance"), np.int64)


# Compared features of an article


def _shingles_without_boilerplate(
    traces: Sequence[ArticleTrace],
) -> list[Hashes]:
    """Return shingles without what an outlet writes under everything, as terms of use."""
    by_outlet: dict[str, list[Hashes]] = {}
    for trace in traces:
        by_outlet.setdefault(trace.outlet, []).append(
            trace.fingerprint.shingles
        )
    boilerplate = {
        outlet: _frequent_shingles(shingles)
        for outlet, shingles in by_outlet.items()
    }
    return [
        np.setdiff1d(
            trace.fingerprint.shingles,
            boilerplate[trace.outlet],
            assume_unique=True,
        )
        for trace in traces
    ]


def _frequent_shingles(shingles: Sequence[Hashes]) -> Hashes:
    hashes, counts = np.unique(np.concatenate(shingles), return_counts=True)
    return hashes[counts >= BOILERPLATE_ARTICLES]


def _select_terms(
    trace: ArticleTrace, background: Background, own_terms: Hashes
) -> ComparedTerms:
    """Return the terms of an article that are compared."""
    rarity = background.relative_rarity_of(
        trace.fingerprint.terms, trace.language, trace.outlet
    )
    return select_terms(trace.fingerprint, rarity, own_terms)


def _number_outlets(traces: Sequence[ArticleTrace]) -> Labels:
    """Return a number for each article, the same for those of one outlet."""
    names = [trace.outlet for trace in traces]
    _, numbers = np.unique(names, return_inverse=True)
    return np.asarray(numbers, np.int64)

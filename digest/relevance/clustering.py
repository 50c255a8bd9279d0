"""Which articles are one story, on two levels: copies of one text, and reports of one event.

    fingerprints | pairs alike | what hangs together | each cut where it holds together least

Copies: the share of the shorter text's five-word runs that stand in the longer (containment;
Broder 1997). Events: the cosine of headline and lede, words weighted by rarity, within days;
joined by average linkage, so that a chain of follow-ups is one story and two alike are two.
Everything is decided by pairs, so the order of arrival changes nothing, and only what hangs
together with a new article is looked at again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from digest.model import Belongs
from digest.relevance.fingerprint import Background, Fingerprint, Hashes, Weights

COPY = 0.35  #: share of the shorter text found in the longer
SHARED = 6  #: kept shingles that two texts must share at least, about fifteen words
EVENT = 0.19  #: cosine from which two reports are of one event
USUAL = 3  #: articles of one outlet that hold the same words: those are its boilerplate
WITHIN = timedelta(days=6)  #: between two reports of one event
#: between two articles of one headline whose texts we lack
WITHIN_COPIES = timedelta(days=4)
FEW = 40  #: words; a shorter body is no text to know a copy by
BLOCK = 512  #: rows compared at a time, to bound memory
TOP = 60  #: terms of an article that are compared, its most telling ones
CROWD = 1500  #: articles hanging together; more are cut apart by closer likeness first
CLOSER = 0.1  #: by how much closer


@dataclass(frozen=True, slots=True)
class Trace:
    """What grouping needs to know of an article."""

    id: int
    key: str  #: decides between equals, so that the order of arrival does not
    outlet: str
    language: str
    published: datetime
    print_: Fingerprint


@dataclass(frozen=True, slots=True)
class Pairs:
    """Articles that are alike, by their places in a list, the first before the second."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    alike: Weights


NONE = Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))


def group(traces: Iterable[Trace], background: Background) -> dict[int, Belongs]:
    """Return the story of every article."""
    return Grouping(traces, background).stories()


class Grouping:
    """Articles laid side by side, to be compared and gathered."""

    def __init__(self, traces: Iterable[Trace], background: Background) -> None:
        self._traces = sorted(traces, key=lambda t: t.key)
        self._shingles = _table([(s, None) for s in _own_words(self._traces)])
        self._terms = _table([_telling(t, background) for t in self._traces])
        self._when = np.array([t.published.timestamp() for t in self._traces])

    def stories(self) -> dict[int, Belongs]:
        """Gather all anew."""
        return self._gathered(np.arange(len(self._traces)))

    def joined(
        self, new: Collection[int], before: Mapping[int, Belongs]
    ) -> dict[int, Belongs]:
        """Return the stories with some articles (ids) new, from how the others were gathered.

        The same as `stories` gives, but only what hangs together with a new one is cut again.
        """
        start = [
            p for p, t in enumerate(self._traces) if t.id in new or t.id not in before
        ]
        touched = self._hanging(np.array(start, np.int64))
        kept = {t.id: before[t.id] for t in self._traces if t.id in before}
        return kept | self._gathered(touched)

    def _hanging(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return places with all that hang together with them, near or far."""
        known = places
        fresh = places
        while len(fresh):
            pairs = self._pairs(fresh)
            reached = np.union1d(pairs.first, pairs.second)
            fresh = np.setdiff1d(reached, known)
            known = np.union1d(known, reached)
        return known

    def _pairs(self, places: NDArray[np.int64]) -> Pairs:
        return _both(self._copies(places), self._events(places))

    def _gathered(self, places: NDArray[np.int64]) -> dict[int, Belongs]:
        """Gather some articles, of which none hangs together with any other."""
        if not len(places):
            return {}
        copies = self._copies(places)
        by_copy = _together(len(self._traces), copies)
        parts = self._parts(_both(copies, self._events(places)), places)
        by_story = self._apart(parts, by_copy)
        ids = np.array([t.id for t in self._traces])
        first = _smallest(ids, by_copy)
        story = _smallest(ids, by_story)
        return {int(ids[p]): Belongs(int(first[p]), int(story[p])) for p in places}

    # What is alike

    def _copies(self, places: NDArray[np.int64]) -> Pairs:
        sizes = np.diff(self._shingles.indptr)
        long = np.array([t.print_.words >= FEW for t in self._traces])

        def enough(
            first: NDArray[np.int64], second: NDArray[np.int64], shared: Weights
        ) -> Weights:
            part = shared / np.maximum(np.minimum(sizes[first], sizes[second]), 1)
            return np.asarray(part * (shared >= SHARED) * long[first] * long[second])

        found = _alike(self._shingles, places, enough, COPY)
        return _both(found, self._same_headline)

    @cached_property
    def _same_headline(self) -> Pairs:
        """Find articles that share a headline, where a text that could tell is missing."""
        order = sorted(
            (t.print_.title, t.published, p)
            for p, t in enumerate(self._traces)
            if t.print_.title
        )
        pairs = [
            (min(a[2], b[2]), max(a[2], b[2]))
            for a, b in pairwise(order)
            if a[0] == b[0]
            and b[1] - a[1] <= WITHIN_COPIES
            and self._untold(a[2], b[2])
        ]
        places = np.array(pairs, np.int64).reshape(-1, 2)
        return Pairs(places[:, 0], places[:, 1], np.ones(len(pairs), np.float32))

    def _untold(self, a: int, b: int) -> bool:
        one = self._traces[a]
        other = self._traces[b]
        return (
            min(one.print_.words, other.print_.words) < FEW
            and one.outlet != other.outlet
        )

    def _events(self, places: NDArray[np.int64]) -> Pairs:
        limit = WITHIN.total_seconds()

        def near(
            first: NDArray[np.int64], second: NDArray[np.int64], cosine: Weights
        ) -> Weights:
            return np.asarray(
                cosine * (np.abs(self._when[first] - self._when[second]) <= limit)
            )

        return _alike(self._terms, places, near, EVENT)

    # What hangs together

    def _parts(
        self, pairs: Pairs, places: NDArray[np.int64], least: float = EVENT
    ) -> Iterator[NDArray[np.int64]]:
        """Yield the articles that hang together by pairs, cutting up any crowd."""
        closer = pairs.alike >= least
        kept = Pairs(pairs.first[closer], pairs.second[closer], pairs.alike[closer])
        for part in _split(places, _together(len(self._traces), kept)[places]):
            if len(part) <= CROWD or least >= 1:
                yield part
            else:
                yield from self._parts(pairs, part, least + CLOSER)

    def _apart(
        self, parts: Iterable[NDArray[np.int64]], copies: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Cut each part by average linkage; copies stay together whatever their headlines."""
        labels = np.zeros(len(self._traces), np.int64)
        last = 0
        for part in parts:
            if len(part) > 2:
                cut = self._cut(part, copies)
            else:
                cut = np.ones(len(part), np.int64)
            labels[part] = last + cut
            last += int(cut.max())
        return labels

    def _cut(
        self, part: NDArray[np.int64], copies: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        rows = self._terms[part]
        alike = (rows @ rows.T).toarray()
        when = self._when[part]
        alike[np.abs(when[:, None] - when[None, :]) > WITHIN.total_seconds()] = 0
        alike[copies[part][:, None] == copies[part][None, :]] = 1
        apart = np.clip(1 - alike, 0, 1)
        np.fill_diagonal(apart, 0)
        tree = linkage(squareform(apart, checks=False), "average")
        return np.asarray(fcluster(tree, 1 - EVENT, "distance"), np.int64)


def _own_words(traces: Sequence[Trace]) -> list[Hashes]:
    """Return shingles without what an outlet writes under everything: terms of use, newsletters."""
    outlets: dict[str, list[Hashes]] = {}
    for t in traces:
        outlets.setdefault(t.outlet, []).append(t.print_.shingles)
    usual = {name: _usual(some) for name, some in outlets.items()}
    return [
        np.setdiff1d(t.print_.shingles, usual[t.outlet], assume_unique=True)
        for t in traces
    ]


def _usual(shingles: Sequence[Hashes]) -> Hashes:
    found, counts = np.unique(np.concatenate(shingles), return_counts=True)
    return found[counts >= USUAL]


def _telling(trace: Trace, background: Background) -> tuple[Hashes, Weights]:
    """Return an article's most telling terms, with weights of length one together."""
    p = trace.print_
    weights = p.weights * background.rarity(p.terms, trace.language, trace.outlet)
    if len(weights) > TOP:
        top = np.sort(np.argpartition(-weights, TOP)[:TOP])
        terms = p.terms[top]
        weights = weights[top]
    else:
        terms = p.terms
    length = float(np.linalg.norm(weights))
    return terms, (weights / length if length else weights).astype(np.float32)


def _table(rows: Sequence[tuple[Hashes, Weights | None]]) -> csr_matrix:
    """Lay bags of hashes side by side, a column for each hash that any holds."""
    if not any(len(h) for h, _ in rows):
        return csr_matrix((len(rows), 1), dtype=np.float32)
    hashes = np.concatenate([h for h, _ in rows])
    _, columns = np.unique(hashes, return_inverse=True)
    ends = np.cumsum([0, *(len(h) for h, _ in rows)])
    values = [np.ones(len(h), np.float32) if w is None else w for h, w in rows]
    return csr_matrix(
        (np.concatenate(values), columns, ends), shape=(len(rows), columns.max() + 1)
    )


def _alike(
    table: csr_matrix,
    places: NDArray[np.int64],
    measure: Callable[[NDArray[np.int64], NDArray[np.int64], Weights], Weights],
    least: float,
) -> Pairs:
    """Return pairs of some rows with any other whose measure, from their product, is enough."""
    found = [NONE]
    columns = table.T.tocsr()
    for start in range(0, len(places), BLOCK):
        some = places[start : start + BLOCK]
        product = (table[some] @ columns).tocoo()
        first = some[product.row]
        second = product.col.astype(np.int64)
        other = second != first
        first = first[other]
        second = second[other]
        alike = measure(first, second, product.data[other]).astype(np.float32)
        close = alike >= least
        found.append(Pairs(first[close], second[close], alike[close]))
    return reduce(_both, found)


def _both(one: Pairs, other: Pairs) -> Pairs:
    return Pairs(
        np.concatenate([one.first, other.first]),
        np.concatenate([one.second, other.second]),
        np.concatenate([one.alike, other.alike]),
    )


def _split(
    places: NDArray[np.int64], labels: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Return places in groups of one label each."""
    order = np.argsort(labels, kind="stable")
    return np.split(places[order], np.flatnonzero(np.diff(labels[order])) + 1)


def _together(size: int, pairs: Pairs) -> NDArray[np.int64]:
    graph = csr_matrix(
        (np.ones(len(pairs.first)), (pairs.first, pairs.second)), (size, size)
    )
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _smallest(ids: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each article the smallest id of its group."""
    least = np.full(int(labels.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, labels, ids)
    return least[labels]

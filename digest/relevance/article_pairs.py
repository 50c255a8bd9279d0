"""Article pairs: which articles of a list are alike, found by sparse tables, and labels of groups.

Articles are named by their rows, their places in a list.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from digest.relevance.fingerprint import Hashes, Weights

BATCH_SIZE = 512  #: rows compared at a time, to bound memory
MULTIPLIED_AT_ONCE = 50_000  #: pairs of rows, to bound memory

#: Positions in a list of articles, or one label for each of them.
Rows = NDArray[np.int64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Articles that are alike, by their rows, and how much."""

    first: Rows
    second: Rows
    likeness: Weights

    def at_least(self, minimum: float) -> "Pairs":
        """Return the pairs that are so much alike."""
        return self.where(self.likeness >= minimum)

    def where(self, is_wanted: NDArray[np.bool_]) -> "Pairs":
        """Return the pairs for which it is true."""
        return Pairs(
            self.first[is_wanted],
            self.second[is_wanted],
            self.likeness[is_wanted],
        )


#: Returns how much pairs are alike from their rows and the product of these.
Measure = Callable[[Rows, Rows, Weights], Weights]


def sparse_table(bags: Sequence[tuple[Hashes, Weights | None]]) -> csr_matrix:
    """Lay bags of hashes side by side: a row for each bag, a column for each hash.

    A bag without weights counts 1 for each of its hashes.
    """
    if not any(len(hashes) for hashes, _ in bags):
        return csr_matrix((len(bags), 1), dtype=np.float32)
    all_hashes = np.concatenate([hashes for hashes, _ in bags])
    _, columns = np.unique(all_hashes, return_inverse=True)
    row_ends = np.cumsum([0, *(len(hashes) for hashes, _ in bags)])
    values = []
    for hashes, weights in bags:
        if weights is None:
            values.append(np.ones(len(hashes), np.float32))
        else:
            values.append(weights)
    shape = (len(bags), columns.max() + 1)
    return csr_matrix((np.concatenate(values), columns, row_ends), shape=shape)


def alike_pairs(
    table: csr_matrix, rows: Rows, measure: Measure, minimum: float
) -> Pairs:
    """Return pairs of some rows with any other that are alike by a measure."""
    batches = [NO_PAIRS]
    columns = table.T.tocsr()
    for start in range(0, len(rows), BATCH_SIZE):
        batch = rows[start : start + BATCH_SIZE]
        product = (table[batch] @ columns).tocoo()
        first = batch[product.row]
        second = product.col.astype(np.int64)
        is_other = second != first
        first = first[is_other]
        second = second[is_other]
        likeness = measure(first, second, product.data[is_other]).astype(
            np.float32
        )
        batches.append(Pairs(first, second, likeness).at_least(minimum))
    return reduce(join_pairs, batches)


NO_PAIRS = Pairs(
    first=np.empty(0, np.int64),
    second=np.empty(0, np.int64),
    likeness=np.empty(0, np.float32),
)


def join_pairs(pairs: Pairs, others: Pairs) -> Pairs:
    """Return both lists of pairs as one."""
    return Pairs(
        np.concatenate([pairs.first, others.first]),
        np.concatenate([pairs.second, others.second]),
        np.concatenate([pairs.likeness, others.likeness]),
    )


def split_by_label(rows: Rows, labels: Labels) -> list[Rows]:
    """Return rows in groups of one label each."""
    order = np.argsort(labels, kind="stable")
    borders = np.flatnonzero(np.diff(labels[order])) + 1
    return np.split(rows[order], borders)


def label_connected(size: int, pairs: Pairs) -> Labels:
    """Return a label for each of `size` articles, the same for all that pairs connect."""
    edges = (np.ones(len(pairs.first)), (pairs.first, pairs.second))
    graph = csr_matrix(edges, (size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, np.int64)


def smallest_id_by_label(ids: Rows, labels: Labels) -> Rows:
    """Return for each article the smallest id of its group."""
    smallest = np.full(int(labels.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, labels, ids)
    return smallest[labels]


def places_in(part: Rows, pairs: Pairs) -> tuple[Rows, Rows]:
    """Return the places, in sorted rows, of both articles of each pair that is among them."""
    is_here = np.isin(pairs.first, part) & np.isin(pairs.second, part)
    first = np.searchsorted(part, pairs.first[is_here])
    second = np.searchsorted(part, pairs.second[is_here])
    return first, second


def lay_out_pairs(size: int, pairs: Pairs) -> csr_matrix:
    """Return a table of how much pairs of `size` articles are alike; each pair stands there once."""
    places = pairs.first * size + pairs.second
    _, chosen = np.unique(places, return_index=True)
    rows_and_columns = (pairs.first[chosen], pairs.second[chosen])
    return csr_matrix((pairs.likeness[chosen], rows_and_columns), (size, size))


def multiply_rows(
    table: csr_matrix, rows: Rows, other: csr_matrix, other_rows: Rows
) -> Weights:
    """Return for each pair of rows, of one table and another, the sum of their products."""
    parts = [np.empty(0, np.float32)]
    for start in range(0, len(rows), MULTIPLIED_AT_ONCE):
        one = table[rows[start : start + MULTIPLIED_AT_ONCE]]
        two = other[other_rows[start : start + MULTIPLIED_AT_ONCE]]
        products = one.multiply(two)
        parts.append(np.asarray(products.sum(axis=1)).ravel())
    return np.concatenate(parts).astype(np.float32)

"""Print the scores of the judgement on our sets, beside plain baselines: `python -m tests.cases`.

Every threshold, ours and the baselines', was chosen on the tuning half; what is printed is the half
that was kept back.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from zlib import crc32

import numpy as np
from datasketch import MinHash
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from digest.model import Article, StoryMembership
from digest.relevance import (
    count_background,
    group_into_stories,
    make_fingerprint,
    trace_of,
)
from digest.relevance.word_hashes import split_words
from tests.cases import events, passages, relevance, wire
from tests.cases.learning import PICKS, curve

Alike = Callable[[Sequence[Article]], np.ndarray]


def belongs(articles: Sequence[Article]) -> dict[int, StoryMembership]:
    """Group articles as the product does, by how common words are among them."""
    traces = [trace_of(a, make_fingerprint(a)) for a in articles]
    return group_into_stories(traces, count_background(traces))


def by_tf_idf(articles: Sequence[Article]) -> np.ndarray:
    table = TfidfVectorizer(sublinear_tf=True).fit_transform(
        f"{a.title} {a.text}" for a in articles
    )
    return (table @ table.T).toarray()


def by_lsa(articles: Sequence[Article]) -> np.ndarray:
    """A small embedding made on the spot: the first hundred dimensions of TF-IDF."""
    table = TfidfVectorizer(sublinear_tf=True).fit_transform(
        f"{a.title} {a.text}" for a in articles
    )
    dense = TruncatedSVD(
        min(60, len(articles) - 1), random_state=0
    ).fit_transform(table)
    dense /= np.linalg.norm(dense, axis=1, keepdims=True)
    return dense @ dense.T


def by_headline(articles: Sequence[Article]) -> np.ndarray:
    """The overlap coefficient of headline words, as NewsBlur groups."""
    words = [{w for w in split_words(a.title) if len(w) > 3} for a in articles]
    return _matrix(words, lambda a, b: len(a & b) / max(min(len(a), len(b)), 1))


def by_minhash(articles: Sequence[Article]) -> np.ndarray:
    hashes = [MinHash(128) for _ in articles]
    for made, a in zip(hashes, articles, strict=True):
        words = split_words(a.text)
        made.update_batch(
            [" ".join(words[i : i + 5]).encode() for i in range(len(words) - 4)]
        )
    return _matrix(hashes, lambda a, b: a.jaccard(b))


def by_simhash(articles: Sequence[Article]) -> np.ndarray:
    """64 bits of all words (Charikar 2002); alike is the share of bits that agree."""
    bits = [_bits(split_words(a.text)) for a in articles]
    return _matrix(bits, lambda a, b: float((a == b).mean()))


def _bits(words: Sequence[str]) -> np.ndarray:
    rows = [
        np.random.default_rng(crc32(w.encode())).integers(0, 2, 64) * 2 - 1
        for w in words
    ]
    return np.sum(rows, axis=0) > 0


def _matrix(items: Sequence, alike: Callable) -> np.ndarray:
    found = np.eye(len(items))
    for i, j in combinations(range(len(items)), 2):
        found[i, j] = found[j, i] = alike(items[i], items[j])
    return found


def _linked(alike: np.ndarray, least: float) -> np.ndarray:
    """Put together whatever is joined by pairs that are alike enough."""
    from scipy.sparse.csgraph import connected_components

    return connected_components(alike >= least)[1]


Score = tuple[float, float, float]


def tuned(
    tune: Iterable, back: Iterable, alike: Alike, score: Callable[..., Score]
) -> Score:
    """Choose a baseline's threshold on one half; return its score on the other."""
    one, other = list(tune), list(back)
    matrix = alike([a for _, a in one])
    best = max(
        np.arange(0.05, 1.0, 0.01),
        key=lambda least: _score(one, matrix, least, score)[2],
    )
    return _score(other, alike([a for _, a in other]), best, score)


def _score(
    some: Sequence, alike: np.ndarray, least: float, score: Callable[..., Score]
) -> Score:
    labels = _linked(alike, least)
    truth = {a.id: label for label, a in some}
    return score(
        truth, {a.id: int(n) for (_, a), n in zip(some, labels, strict=True)}
    )


def main() -> None:
    print("| mentions, kept back | precision | recall |\n| --- | --- | --- |")
    back = passages.passages(kept_back=True)
    for name, found in (
        ("substring, any capitals", passages.by_substring),
        ("whole words, capitals", passages.by_word),
        ("digest", passages.by_judge),
    ):
        precision, recall, _ = passages.score(found, back)
        print(f"| {name} | {precision:.3f} | {recall:.3f} |")

    copies = [
        [(c.source, c.article) for c in wire.copies(kept)]
        for kept in (False, True)
    ]
    print(
        "\n| wire copies, kept back | precision | recall | F1 |\n| --- | --- | --- | --- |"
    )
    for name, alike in (
        ("same headline words", by_headline),
        ("SimHash, 64 bits", by_simhash),
        ("MinHash, Jaccard of 5-word runs", by_minhash),
        ("TF-IDF cosine", by_tf_idf),
    ):
        _row(name, tuned(*copies, alike, wire.pairwise))
    found = {
        i: b.copy_of for i, b in belongs([a for _, a in copies[1]]).items()
    }
    _row("digest", wire.pairwise({a.id: n for n, a in copies[1]}, found))

    reports = [events.reports(kept) for kept in (False, True)]
    print(
        "\n| events, kept back | precision | recall | B-cubed F1 |\n| --- | --- | --- | --- |"
    )
    for name, alike in (
        ("headline overlap", by_headline),
        ("TF-IDF cosine", by_tf_idf),
        ("LSA embedding", by_lsa),
    ):
        _row(name, tuned(*reports, alike, events.b_cubed))
    found = {i: b.story for i, b in belongs([a for _, a in reports[1]]).items()}
    _row("digest", events.b_cubed({a.id: e for e, a in reports[1]}, found))

    print(
        "\n| precision@10 (average precision) | "
        + " | ".join(f"{n} picks" for n in PICKS)
        + " |"
    )
    print("| --- |" + " --- |" * len(PICKS))
    for editor in relevance.EDITORS:
        for name, scores in curve(editor).items():
            cells = " | ".join(
                f"{at10:.2f} ({average:.2f})" for at10, average in scores
            )
            print(f"| {editor.name}: {name} | {cells} |")


def _row(name: str, score: Score) -> None:
    print(f"| {name} | " + " | ".join(f"{s:.3f}" for s in score) + " |")


main()

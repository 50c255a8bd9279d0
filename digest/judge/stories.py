"""Which articles are one story: the same wire text in several papers, or the same headline.

Texts are compared by the share of five-word shingles they have in common (Broder, "On the
resemblance and containment of documents", 1997), estimated on the smallest hashes of each.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from digest.model import Article

SHINGLE = 5  #: words
SKETCH = 64  #: hashes kept of each text
SAME = 0.5  #: share of the shorter sketch found in the other
FEW = 30  #: words; a shorter text is compared by headline alone
CROWD = 50  #: a shingle in more texts than this is boilerplate and says nothing

_WORD = re.compile(r"\w+")


def group(articles: Sequence[Article]) -> dict[int, int]:
    """Return each article's story: the id of its earliest article. Order does not matter."""
    parents = {a.id: a.id for a in articles}
    for a, b in _pairs(articles):
        first, second = sorted((_root(parents, a), _root(parents, b)))
        parents[second] = first
    return {a.id: _root(parents, a.id) for a in articles}


def _pairs(articles: Sequence[Article]) -> Iterator[tuple[int, int]]:
    sketches = {a.id: sketch for a in articles if (sketch := _sketch(a.text))}
    shared: defaultdict[tuple[int, int], int] = defaultdict(int)
    for holders in _holders(sketches).values():
        if len(holders) <= CROWD:
            for pair in combinations(holders, 2):
                shared[pair] += 1
    for (a, b), count in shared.items():
        if count >= SAME * min(len(sketches[a]), len(sketches[b])):
            yield a, b
    for ids in _same_headline(articles).values():
        yield from ((ids[0], other) for other in ids[1:])


def _holders(sketches: dict[int, frozenset[int]]) -> dict[int, list[int]]:
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for article_id in sorted(sketches):
        for shingle in sketches[article_id]:
            holders[shingle].append(article_id)
    return holders


def _sketch(text: str) -> frozenset[int]:
    words = _WORD.findall(text.lower())
    if len(words) < FEW:
        return frozenset()
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
    return frozenset(sorted(zlib.crc32(s.encode()) for s in shingles)[:SKETCH])


def _same_headline(articles: Sequence[Article]) -> dict[str, list[int]]:
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for a in sorted(articles, key=lambda a: a.id):
        words = _WORD.findall(a.title.lower())
        if len(words) >= SHINGLE:
            ids[" ".join(words)].append(a.id)
    return ids


def _root(parents: dict[int, int], node: int) -> int:
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node

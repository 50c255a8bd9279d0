"""What is kept of a text to find its copies, its follow-ups and what editors liked: two bags of
hashes, some hundreds of bytes, so that a week is compared without reading it again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.judge.text import fold, tidy
from digest.model import Article

#: Changes whenever fingerprints made earlier cannot be compared with those made now.
VERSION = 1
SHINGLE = 5  #: words in a shingle
#: One shingle in so many is kept, by its hash (Broder 1997, “mod m”): unlike a fixed number of
#: smallest hashes, that keeps true how much of a short text lies in a long one.
KEEP = 2
LEDE = 200  #: words of the body that tell what an article is about; after that come backgrounds
IN_HEADLINE = 2.0  #: what a word of the headline counts

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_MIX = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint32]
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """One text, as its shingles and its words."""

    shingles: Hashes  #: sorted, unique
    terms: Hashes  #: sorted, unique
    weights: Weights  #: of each term, logarithmic; not yet by how rare the term is
    words: int  #: in the body
    title: int  #: hash of the headline's words; 0 if there are too few to know it by

    def to_bytes(self) -> bytes:
        """Return it for the store; `from_bytes` reads it."""
        head = np.array([VERSION, self.words, self.title, len(self.shingles)], np.uint32)
        return b"".join(a.tobytes() for a in (head, self.shingles, self.terms, self.weights))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Fingerprint":
        """Return what `to_bytes` wrote."""
        head, rest = np.frombuffer(raw[:16], np.uint32), np.frombuffer(raw[16:], np.uint32)
        shingles, bags = rest[: head[3]], rest[head[3] :]
        terms, weights = bags[: len(bags) // 2], bags[len(bags) // 2 :].view(np.float32)
        return cls(shingles, terms, weights, int(head[1]), int(head[2]))


def fingerprint(article: Article) -> Fingerprint:
    """Return what is kept of an article; one that was not read is known by its summary."""
    title, text = _words(article.title), _words(article.text)
    terms, weights = _terms(title, (text or _words(article.summary))[:LEDE])
    known_by = crc32(" ".join(title).encode()) if len(title) >= SHINGLE else 0
    return Fingerprint(_shingles(text), terms, weights, len(text), known_by)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(tidy(text)))


def _shingles(words: list[str]) -> Hashes:
    """Hash every run of five words, and keep one in `KEEP`."""
    if len(words) < SHINGLE:
        return np.empty(0, np.uint32)
    each = np.array([crc32(w.encode()) for w in words], np.uint64)
    run = np.zeros(len(words) - SHINGLE + 1, np.uint64)
    for place in range(SHINGLE):
        run = (run ^ each[place : place + len(run)]) * _MIX
        run ^= run >> np.uint64(29)
    return np.unique((run[run % np.uint64(KEEP) == 0] >> np.uint64(16)).astype(np.uint32))


def _terms(title: list[str], text: list[str]) -> tuple[Hashes, Weights]:
    counts: Counter[str] = Counter()
    for word in text:
        counts[word.removesuffix("'s")] += 1
    for word in title:
        counts[word.removesuffix("'s")] += IN_HEADLINE  # type: ignore[assignment] # a weight
    bag = sorted((crc32(w.encode()), n) for w, n in counts.items() if len(w) > 1)
    terms = np.array([h for h, _ in bag], np.uint32)
    weights = 1 + np.log(np.array([n for _, n in bag], np.float32))
    return terms, weights.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Background:
    """How common each word is in the press at large, language by language.

    It is counted once for many articles and stands still while single ones come: so an article
    more changes nothing about the others.
    """

    articles: Mapping[str, int] = field(default_factory=dict)  #: how many, by language
    holding: Mapping[str, Mapping[int, int]] = field(default_factory=dict)  #: a term, of those

    def counts(self) -> dict[str, list[object]]:
        """Return it as JSON takes it; `of` reads it."""
        return {
            name: [n, list(self.holding[name]), list(self.holding[name].values())]
            for name, n in self.articles.items()
        }

    @classmethod
    def of(cls, counts: Mapping[str, Sequence[Any]] | None) -> "Background":
        """Return what `counts` gave; of nothing, a background before which every word is rare."""
        known = counts or {}
        holding = {name: dict(zip(c[1], c[2], strict=True)) for name, c in known.items()}
        return cls({name: c[0] for name, c in known.items()}, holding)

    def rarity(self, terms: Hashes, language: str) -> Weights:
        """Return the inverse document frequency of terms: 0 for a word of every article."""
        every, holding = self.articles.get(language, 0), self.holding.get(language, {})
        found = np.array([holding.get(t, 1) for t in terms.tolist()], np.float32)
        return np.maximum(np.log((1 + every) / (1 + found)), 0).astype(np.float32)


def background(prints: Iterable[tuple[str, Fingerprint]]) -> Background:
    """Count how many of some articles (language, fingerprint) hold each term.

    A term of one article only is left out: it is as rare as one never seen.
    """
    articles: Counter[str] = Counter()
    terms: dict[str, list[Hashes]] = {}
    for language, print_ in prints:
        articles[language] += 1
        terms.setdefault(language, []).append(print_.terms)
    return Background(articles, {name: _common(some) for name, some in terms.items()})


def _common(terms: list[Hashes]) -> dict[int, int]:
    found, counts = np.unique(np.concatenate(terms), return_counts=True)
    often = counts > 1
    return dict(zip(found[often].tolist(), counts[often].tolist(), strict=True))

"""What is kept of a text to find its copies, its follow-ups and what editors liked: two bags of
hashes, some hundreds of bytes, so that a week is compared without reading it again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.model import Article
from digest.relevance.text import fold, tidy

#: Changes whenever fingerprints made earlier cannot be compared with those made now.
VERSION = 1
SHINGLE = 5  #: words in a shingle
#: One shingle in so many is kept, by its hash (Broder 1997, “mod m”): unlike a fixed number of
#: smallest hashes, that keeps true how much of a short text lies in a long one.
KEEP = 2
LEDE = 200  #: words of the body that tell what an article is about; after that come backgrounds
KNOWN = 8  #: articles of an outlet from which it is told what it writes in most of them
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
        head = np.array(
            [VERSION, self.words, self.title, len(self.shingles)], np.uint32
        )
        return b"".join(
            a.tobytes() for a in (head, self.shingles, self.terms, self.weights)
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Fingerprint":
        """Return what `to_bytes` wrote."""
        head = np.frombuffer(raw[:16], np.uint32)
        rest = np.frombuffer(raw[16:], np.uint32)
        shingles = rest[: head[3]]
        bags = rest[head[3] :]
        terms = bags[: len(bags) // 2]
        weights = bags[len(bags) // 2 :].view(np.float32)
        return cls(shingles, terms, weights, int(head[1]), int(head[2]))


def fingerprint(article: Article) -> Fingerprint:
    """Return what is kept of an article; one that was not read is known by its summary."""
    title = _words(article.title)
    text = _words(article.text)
    terms, weights = _terms(title, (text or _words(article.summary))[:LEDE])
    if len(title) >= SHINGLE:
        known_by = crc32(" ".join(title).encode())
    else:
        known_by = 0
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
    return np.unique(
        (run[run % np.uint64(KEEP) == 0] >> np.uint64(16)).astype(np.uint32)
    )


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


class Sample(Protocol):
    """An article, as far as counting how common words are needs it."""

    @property
    def language(self) -> str:
        """Its language, as a tag without region."""

    @property
    def outlet(self) -> str:
        """Who published it."""

    @property
    def print_(self) -> Fingerprint:
        """Its fingerprint."""


@dataclass(frozen=True, slots=True)
class Background:
    """How common each word is in the press at large, language by language.

    It is counted once for many articles and stands still while single ones come: so an article
    more changes nothing about the others.
    """

    articles: Mapping[str, int] = field(default_factory=dict)  #: how many, by language
    #: a term, of those
    holding: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    #: What an outlet writes in most of its articles: “Subscribe to our channel”.
    usual: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def counts(self) -> dict[str, Any]:
        """Return it as JSON takes it; `of` reads it."""
        languages = {
            name: [n, list(self.holding[name]), list(self.holding[name].values())]
            for name, n in self.articles.items()
        }
        return {
            "languages": languages,
            "outlets": {o: sorted(t) for o, t in self.usual.items()},
        }

    @classmethod
    def of(cls, counts: Mapping[str, Any] | None) -> "Background":
        """Return what `counts` gave; of nothing, a background before which no word tells."""
        if not counts:
            return cls()
        known = counts["languages"]
        return cls(
            {name: c[0] for name, c in known.items()},
            {name: dict(zip(c[1], c[2], strict=True)) for name, c in known.items()},
            {name: frozenset(terms) for name, terms in counts["outlets"].items()},
        )

    def rarity(self, terms: Hashes, language: str, outlet: str = "") -> Weights:
        """Return the inverse document frequency of terms: 0 for a word of every article.

        Of an outlet, if one is named, what it writes under everything is worth nothing either.
        """
        every = self.articles.get(language, 0)
        holding = self.holding.get(language, {})
        usual = self.usual.get(outlet, frozenset())
        found = [every if t in usual else holding.get(t, 1) for t in terms.tolist()]
        rare = np.log((1 + every) / (1 + np.array(found, np.float32)))
        return np.maximum(rare, 0).astype(np.float32)


def background(samples: Iterable[Sample]) -> Background:
    """Count how many of some articles hold each term.

    A term of one article only is left out: it is as rare as one never seen.
    """
    by_language: dict[str, list[Hashes]] = {}
    by_outlet: dict[str, list[Hashes]] = {}
    for s in samples:
        by_language.setdefault(s.language, []).append(s.print_.terms)
        by_outlet.setdefault(s.outlet, []).append(s.print_.terms)
    usual = {
        o: _held(some, len(some) / 2)
        for o, some in by_outlet.items()
        if len(some) >= KNOWN
    }
    return Background(
        {name: len(some) for name, some in by_language.items()},
        {name: _held(some, 2) for name, some in by_language.items()},
        {outlet: frozenset(terms) for outlet, terms in usual.items()},
    )


def _held(terms: list[Hashes], least: float) -> dict[int, int]:
    """Return terms that so many articles or more hold, each with how many."""
    found, counts = np.unique(np.concatenate(terms), return_counts=True)
    often = counts >= least
    return dict(zip(found[often].tolist(), counts[often].tolist(), strict=True))

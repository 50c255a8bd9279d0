"""Fingerprints: hashes of a text by which it is compared without reading it again.

A fingerprint is bags of hashes, some thousand bytes: shingles (runs of five words), to find what
shares a text; the vocabulary and the opening's sentences, to tell copies from follow-ups; and
weighted terms, to find reports of one event and what editors liked. The background is how common
terms are in all articles, so that rare ones weigh more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.model import Article
from digest.relevance.running_text import (
    fold_text,
    normalize_text,
    split_sentences,
)
from digest.relevance.term_marks import mark_terms
from digest.relevance.word_hashes import (
    WORD,
    find_words,
    hash_word,
    hash_words,
    split_words,
    stem_of,
)

#: Changes whenever fingerprints made earlier cannot be compared with those made now.
VERSION = 3
SHINGLE_LENGTH = 5  #: words
#: One shingle in so many is stored, by its hash (Broder 1997, “mod m”): unlike a fixed number
#: of smallest hashes, that keeps true how much of a short text lies in a long one.
SAMPLING = 2
LEDE = 200  #: words of the body that tell what an article is about; after that come backgrounds
#: Characters in which so many words stand, whatever the language.
LEDE_LENGTH = 2400
#: Articles of an outlet that are needed to know what it writes in most of them.
MIN_ARTICLES_OF_OUTLET = 8
#: Share of an outlet's articles from which a term is its boilerplate.
BOILERPLATE_SHARE = 0.5
#: A term of one article only is not counted: it is as rare as one never seen.
MIN_ARTICLES_OF_TERM = 2
#: what a word of the headline counts, where one of the body counts 1
HEADLINE_WEIGHT = 2.0
#: Characters of the body, about 150 words, in whose sentences a follow-up tells what is new.
OPENING_LENGTH = 900
#: Letters from which a word says something, whatever the language; shorter ones are mostly
#: articles and prepositions. Numbers always do.
CONTENT_WORD_LENGTH = 4
FIRST_HEADER_BYTES = 16  #: of version 1, that had no vocabulary: four integers
#: From this version on, terms have marks.
MARKS_SINCE = 3
HEADER_BYTES = 24  #: six unsigned integers of 32 bits
SENTENCE_END = 0  #: stands between the sentences of an opening

#: 2**64 divided by the golden ratio: multiplication by it spreads hashes evenly (Knuth).
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint32]
Weights = NDArray[np.float32]
_NO_HASHES: Hashes = np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """One text, as its shingles and its words."""

    shingles: Hashes  #: sorted, unique
    terms: Hashes  #: sorted, unique
    #: of each term, logarithmic; not yet by how rare the term is
    weights: Weights
    words: int  #: in the body
    title: int  #: hash of the headline's words; 0 if they are too few to recognise it
    #: the words of headline and body that say something; sorted, unique
    vocabulary: Hashes = field(default_factory=lambda: _NO_HASHES)
    #: those of the first sentences, in their order; each sentence ends with `SENTENCE_END`
    opening: Hashes = field(default_factory=lambda: _NO_HASHES)
    #: of each term, what it is and where it stands (`term_marks`); 0 in earlier versions
    marks: Hashes = field(default_factory=lambda: _NO_HASHES)

    def to_bytes(self) -> bytes:
        """Return it for the store; `from_bytes` reads it."""
        sizes = [len(self.shingles), len(self.terms), len(self.vocabulary)]
        header = np.array([VERSION, self.words, self.title, *sizes], np.uint32)
        arrays = (
            header,
            self.shingles,
            self.terms,
            self.weights,
            self.marks,
            self.vocabulary,
            self.opening,
        )
        return b"".join(array.tobytes() for array in arrays)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Fingerprint":
        """Return what `to_bytes` wrote, of this version or of an earlier one."""
        numbers = np.frombuffer(raw, np.uint32)
        if numbers[0] == 1:
            return cls._from_first_version(raw)
        version, words, title, *sizes = numbers[: HEADER_BYTES // 4].tolist()
        shingle_count, term_count, vocabulary_size = sizes
        mark_count = term_count if version >= MARKS_SINCE else 0
        counts = [
            shingle_count,
            term_count,
            term_count,
            mark_count,
            vocabulary_size,
        ]
        borders = HEADER_BYTES // 4 + np.cumsum([0, *counts])
        shingles, terms, weights, marks, vocabulary, opening = np.split(
            numbers, borders
        )[1:]
        if version < MARKS_SINCE:
            marks = np.zeros(term_count, np.uint32)
        return cls(
            shingles,
            terms,
            weights.view(np.float32),
            words,
            title,
            vocabulary,
            opening,
            marks,
        )

    @classmethod
    def _from_first_version(cls, raw: bytes) -> "Fingerprint":
        header = np.frombuffer(raw[:FIRST_HEADER_BYTES], np.uint32)
        _, words, title, shingle_count = header.tolist()
        rest = np.frombuffer(raw[FIRST_HEADER_BYTES:], np.uint32)
        shingles = rest[:shingle_count]
        terms_and_weights = rest[shingle_count:]
        term_count = len(terms_and_weights) // 2
        terms = terms_and_weights[:term_count]
        weights = terms_and_weights[term_count:].view(np.float32)
        marks = np.zeros(term_count, np.uint32)
        return cls(shingles, terms, weights, words, title, marks=marks)


def make_fingerprint(article: Article) -> Fingerprint:
    """Return the fingerprint of an article; one that was not read is known by its summary."""
    title = split_words(article.title)
    body = normalize_text(article.text)
    text = find_words(body)
    if not text:
        body = normalize_text(article.summary)
    lede = body[:LEDE_LENGTH]
    lede_words = find_words(lede)[:LEDE]
    terms, weights, marks = _weigh_terms(
        title, lede_words, mark_terms(title, lede_words, lede)
    )
    title_hash = 0
    if len(title) >= SHINGLE_LENGTH:
        title_hash = crc32(" ".join(title).encode())
    return Fingerprint(
        _sample_shingles(hash_words(text)),
        terms,
        weights,
        len(text),
        title_hash,
        _list_vocabulary(title, text),
        _list_opening(article.text),
        marks,
    )


def _list_vocabulary(title: list[str], text: list[str]) -> Hashes:
    """Return the words that say something."""
    words = {*title, *text}
    contracted = {word for word in words if "'" in word}
    stems = words.difference(contracted).union(map(stem_of, contracted))
    telling = filter(_says_something, stems)
    hashes = np.unique(hash_words(telling))
    return hashes.astype(np.uint32)


def _list_opening(text: str) -> Hashes:
    """Return the words that say something in each sentence of a text's opening."""
    hashes: list[int] = []
    for line in text[:OPENING_LENGTH].splitlines():
        paragraph = normalize_text(line)
        folded = fold_text(paragraph)
        for start, end in split_sentences(paragraph):
            words = map(stem_of, WORD.findall(folded, start, end))
            hashes += map(hash_word, filter(_says_something, words))
            hashes.append(SENTENCE_END)
    return np.array(hashes, np.uint32)


def _says_something(word: str) -> bool:
    return len(word) >= CONTENT_WORD_LENGTH or word.isdigit()


def _sample_shingles(word_hashes: NDArray[np.uint64]) -> Hashes:
    """Hash every run of five words, and return one in `SAMPLING`."""
    if len(word_hashes) < SHINGLE_LENGTH:
        return np.empty(0, np.uint32)
    count = len(word_hashes) - SHINGLE_LENGTH + 1
    hashes = np.zeros(count, np.uint64)
    for offset in range(SHINGLE_LENGTH):
        hashes = (hashes ^ word_hashes[offset : offset + count]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    sampled = hashes[hashes % np.uint64(SAMPLING) == 0]
    # other bits than the lowest, which decided what is sampled
    return np.unique((sampled >> np.uint64(16)).astype(np.uint32))


def _weigh_terms(
    title: list[str], text: list[str], marks: Mapping[str, int]
) -> tuple[Hashes, Weights, Hashes]:
    """Return the words of headline and lede as sorted hashes, with weight and marks of each."""
    counts: Counter[str] = Counter(map(stem_of, text))
    headline = Counter(map(stem_of, title))
    bag = sorted(
        (
            hash_word(word),
            counts[word] + HEADLINE_WEIGHT * headline[word],
            marks.get(word, 0),
        )
        for word in counts.keys() | headline.keys()
        if len(word) > 1
    )
    if not bag:
        return _NO_HASHES, _NO_HASHES.astype(np.float32), _NO_HASHES
    terms, frequencies, marks_of_terms = zip(*bag, strict=True)
    numbers = np.array(frequencies, np.float32)
    weights = 1 + np.log(numbers)
    return (
        np.array(terms, np.uint32),
        weights.astype(np.float32),
        np.array(marks_of_terms, np.uint32),
    )


def terms_of_names(names: Iterable[str]) -> frozenset[int]:
    """Return the terms of names, as fingerprints hold them."""
    return frozenset(
        hash_word(stem_of(word)) for name in names for word in split_words(name)
    )


class Sample(Protocol):
    """An article, as far as counting how common words are needs it."""

    @property
    def language(self) -> str:
        """Its language, as a tag without region."""

    @property
    def outlet(self) -> str:
        """The outlet that published it."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Its fingerprint."""


@dataclass(frozen=True)
class Background:
    """Frequencies of words in all articles, by language.

    They are counted once for many articles and do not change with single ones: so a new article
    changes nothing about the others.
    """

    #: Number of articles, by language.
    articles: Mapping[str, int] = field(default_factory=dict)
    #: Number of articles that hold a term, by language and term.
    holding: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    #: Terms that an outlet writes in most of its articles: “Subscribe to our channel”.
    usual: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the frequencies as JSON data; `of` reads it."""
        languages = {}
        for language, articles in self.articles.items():
            holding = self.holding[language]
            languages[language] = [
                articles,
                list(holding),
                list(holding.values()),
            ]
        outlets = {
            outlet: sorted(terms) for outlet, terms in self.usual.items()
        }
        return {"languages": languages, "outlets": outlets}

    @classmethod
    def from_json(cls, counts: Mapping[str, Any] | None) -> "Background":
        """Return the background of data from `counts`; without data, every word weighs 0."""
        if not counts:
            return cls()
        articles = {}
        holding = {}
        for language, (total, terms, numbers) in counts["languages"].items():
            articles[language] = total
            holding[language] = dict(zip(terms, numbers, strict=True))
        usual = {
            outlet: frozenset(terms)
            for outlet, terms in counts["outlets"].items()
        }
        return cls(articles, holding, usual)

    def rarity_of(
        self, terms: Hashes, language: str, outlet: str = ""
    ) -> Weights:
        """Return the inverse document frequency of terms: 0 for a word of every article.

        If an outlet is named, the terms of its boilerplate count as words of every article. Where
        nobody says the language, as of a clip that a person typed, those of all languages count: the
        few others of no known language do not show that "the" is common.
        """
        total = self.articles.get(language, 0)
        holding = self.holding.get(language, {})
        if not language:
            total = sum(self.articles.values())
            holding = self._holding_in_all
        usual = self.usual.get(outlet, frozenset())
        counts = [
            total if term in usual else holding.get(term, 1)
            for term in terms.tolist()
        ]
        rarity = np.log((1 + total) / (1 + np.array(counts, np.float32)))
        return np.maximum(rarity, 0).astype(np.float32)

    def relative_rarity_of(
        self, terms: Hashes, language: str, outlet: str = ""
    ) -> Weights:
        """Return the rarity of terms, 1 for one that no other article holds.

        It means the same in a small press and in a large one.
        """
        total = self.articles.get(language, 0)
        if not language:
            total = sum(self.articles.values())
        rarest = float(np.log((1 + total) / 2))
        if rarest <= 0:  # of one article nothing is known
            return np.zeros(len(terms), np.float32)
        rarity = self.rarity_of(terms, language, outlet)
        return np.asarray(np.minimum(rarity / rarest, 1), np.float32)

    @cached_property
    def _holding_in_all(self) -> Mapping[int, int]:
        """Number of articles of any language that hold a term."""
        together: Counter[int] = Counter()
        for holding in self.holding.values():
            together.update(holding)
        return together


def count_background(samples: Iterable[Sample]) -> Background:
    """Count how many of some articles hold each term, by language and by outlet."""
    by_language: dict[str, list[Hashes]] = {}
    by_outlet: dict[str, list[Hashes]] = {}
    for sample in samples:
        terms = sample.fingerprint.terms
        by_language.setdefault(sample.language, []).append(terms)
        by_outlet.setdefault(sample.outlet, []).append(terms)
    usual = {}
    for outlet, articles in by_outlet.items():
        if len(articles) >= MIN_ARTICLES_OF_OUTLET:
            frequent = _frequent_terms(
                articles, BOILERPLATE_SHARE * len(articles)
            )
            usual[outlet] = frozenset(frequent)
    return Background(
        articles={
            language: len(articles)
            for language, articles in by_language.items()
        },
        holding={
            language: _frequent_terms(articles, MIN_ARTICLES_OF_TERM)
            for language, articles in by_language.items()
        },
        usual=usual,
    )


def _frequent_terms(articles: list[Hashes], minimum: float) -> dict[int, int]:
    """Return the terms that so many articles or more hold, each with their number."""
    terms, counts = np.unique(np.concatenate(articles), return_counts=True)
    is_frequent = counts >= minimum
    frequent_terms = terms[is_frequent].tolist()
    frequent_counts = counts[is_frequent].tolist()
    return dict(zip(frequent_terms, frequent_counts, strict=True))

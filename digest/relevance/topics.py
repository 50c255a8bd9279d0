"""Topics: find which of the organisation's issue areas an article touches.

A topic is a list of phrases in feeds.yaml: any of them, all of them, none of them. Output: the
topics found, the strongest first, each with the phrases that matched and its strength.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from digest.model import Article, TopicHit
from digest.relevance.matcher import Hit, Matcher
from digest.relevance.running_text import (
    accents_agree,
    fold_text,
    normalize_text,
)
from digest.settings import Topic

# Weight of a phrase by its place: headline and opening say what an article is about.
IN_HEADLINE = 3.0
IN_OPENING = 2.0
IN_BODY = 1.0
OPENING_LENGTH = 600  #: characters


@dataclass(frozen=True, slots=True)
class _PhraseMatch:
    """A phrase found in an article."""

    words: str  #: as written there
    strength: float


class Topics:
    """The issue areas, ready to be found: all their phrases in one pass."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = topics
        phrases: set[str] = set()
        for topic in topics:
            phrases.update(topic.any, topic.all, topic.none)
        self._phrases = sorted(phrases)
        self._matcher = Matcher(self._phrases)

    def find_topics(self, article: Article) -> tuple[TopicHit, ...]:
        """Return the topics found in headline, summary or body, the strongest first."""
        title = normalize_text(article.title)
        text = normalize_text(article.text) or normalize_text(article.summary)
        matches = self._match_phrases(f"{title}\n\n{text}", len(title))
        hits = [
            _topic_hit(topic, matches)
            for topic in self._topics
            if _is_touched(topic, matches)
        ]
        return tuple(sorted(hits, key=lambda hit: -hit.strength))

    def _match_phrases(
        self, text: str, headline_length: int
    ) -> dict[str, _PhraseMatch]:
        hits_by_phrase: dict[str, list[Hit]] = {}
        for hit in self._matcher.find_phrases(fold_text(text)):
            phrase = self._phrases[hit.phrase]
            if _is_written_as(phrase, text[hit.start : hit.end]):
                hits_by_phrase.setdefault(phrase, []).append(hit)
        return {
            phrase: _phrase_match(text, hits, headline_length)
            for phrase, hits in hits_by_phrase.items()
        }


def _phrase_match(
    text: str, hits: Sequence[Hit], headline_length: int
) -> _PhraseMatch:
    """Rate a phrase by its best place, and by the logarithm of its number."""
    first = hits[0]
    best = max(_strength_at(hit.start, headline_length) for hit in hits)
    strength = best * (1 + log(len(hits)))
    return _PhraseMatch(text[first.start : first.end], strength)


def _strength_at(position: int, headline_length: int) -> float:
    if position < headline_length:
        return IN_HEADLINE
    if position < headline_length + OPENING_LENGTH:
        return IN_OPENING
    return IN_BODY


def _is_touched(topic: Topic, matches: Mapping[str, _PhraseMatch]) -> bool:
    """Return True if all of `all`, one of `any` and nothing of `none` was found."""
    phrases = matches.keys()
    has_all = phrases >= set(topic.all)
    has_any = not topic.any or not phrases.isdisjoint(topic.any)
    has_none = phrases.isdisjoint(topic.none)
    return has_all and has_any and has_none


def _topic_hit(topic: Topic, matches: Mapping[str, _PhraseMatch]) -> TopicHit:
    phrases = [
        phrase for phrase in (*topic.all, *topic.any) if phrase in matches
    ]
    strength = sum(
        topic.weights.get(phrase, 1.0) * matches[phrase].strength
        for phrase in phrases
    )
    words = _without_repetition(matches[phrase].words for phrase in phrases)
    return TopicHit(topic.name, words, topic.section, topic.weight * strength)


def _without_repetition(words: Iterable[str]) -> tuple[str, ...]:
    """Return each word once whatever its capitals, in its last form."""
    by_lower_case = {word.lower(): word for word in words}
    return tuple(by_lower_case.values())


def _is_written_as(phrase: str, words: str) -> bool:
    """Return True if capitals and accents are those of the phrase, where it has any."""
    for expected, actual in zip(phrase, words, strict=False):
        if expected.isupper() and not actual.isupper():
            return False
    return accents_agree(phrase, words)

"""Which of the organisation's issue areas an article touches, by the phrases that fired."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from digest.model import Article, TopicHit
from digest.relevance.matcher import Hit, Matcher
from digest.relevance.text import accents_agree, fold, tidy
from digest.settings import Topic

#: What a phrase counts by where it stands: an article is about what its headline and opening say.
IN_HEADLINE = 3.0
IN_OPENING = 2.0
IN_BODY = 1.0
OPENING = 600  #: characters


@dataclass(frozen=True, slots=True)
class _Firing:
    """A phrase in an article."""

    words: str
    strength: float


class Topics:
    """The issue areas, ready to be found: all their phrases in one pass."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = topics
        self._phrases = sorted({p for t in topics for p in (*t.any, *t.all, *t.none)})
        self._matcher = Matcher(self._phrases)

    def hits(self, article: Article) -> tuple[TopicHit, ...]:
        """Return the topics found in headline, summary or body, the strongest first."""
        title = tidy(article.title)
        text = tidy(article.text) or tidy(article.summary)
        fired = self._fired(f"{title}\n\n{text}", len(title))
        found = (hit for t in self._topics if (hit := _hit(t, fired)))
        return tuple(sorted(found, key=lambda h: -h.strength))

    def _fired(self, text: str, headline: int) -> dict[str, _Firing]:
        places: dict[str, list[Hit]] = {}
        for hit in self._matcher.find(fold(text)):
            phrase = self._phrases[hit.phrase]
            if _meant(phrase, text[hit.start : hit.end]):
                places.setdefault(phrase, []).append(hit)
        return {p: _firing(text, hits, headline) for p, hits in places.items()}


def _firing(text: str, hits: Sequence[Hit], headline: int) -> _Firing:
    first = hits[0]
    best = max(_worth(h.start, headline) for h in hits)
    return _Firing(text[first.start : first.end], best * (1 + log(len(hits))))


def _worth(start: int, headline: int) -> float:
    if start < headline:
        return IN_HEADLINE
    if start < headline + OPENING:
        return IN_OPENING
    return IN_BODY


def _hit(topic: Topic, fired: dict[str, _Firing]) -> TopicHit | None:
    named = [p for p in (*topic.all, *topic.any) if p in fired]
    missing = any(p not in fired for p in topic.all) or (
        topic.any and not any(p in fired for p in topic.any)
    )
    if missing or any(p in fired for p in topic.none):
        return None
    strength = sum(topic.weights.get(p, 1.0) * fired[p].strength for p in named)
    return TopicHit(
        topic.name,
        _once(fired[p].words for p in named),
        topic.section,
        topic.weight * strength,
    )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple({w.lower(): w for w in words}.values())


def _meant(phrase: str, found: str) -> bool:
    """Say whether capitals and accents are those of the phrase, where it has any."""
    if any(
        p.isupper() and not f.isupper() for p, f in zip(phrase, found, strict=False)
    ):
        return False
    return accents_agree(phrase, found)

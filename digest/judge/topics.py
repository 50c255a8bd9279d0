"""Which of the organisation's issue areas an article touches, by the phrases that fired."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.judge.text import pattern
from digest.model import Article, TopicHit
from digest.settings import Topic


@dataclass(frozen=True, slots=True)
class CompiledTopic:
    """A topic, ready to match."""

    name: str
    section: str
    phrases: re.Pattern[str]


def compile_topics(topics: Sequence[Topic]) -> tuple[CompiledTopic, ...]:
    """Prepare for `topic_hits`. A phrase in lower case matches any; capitals match themselves."""
    return tuple(CompiledTopic(t.name, t.section, _phrases(t.any)) for t in topics)


def topic_hits(article: Article, topics: Sequence[CompiledTopic]) -> tuple[TopicHit, ...]:
    """Return the topics found in headline, summary or body, those with most words first."""
    text = f"{article.title}\n{article.summary}\n{article.text}"
    hits = (TopicHit(t.name, _words(t, text), t.section) for t in topics)
    return tuple(sorted((h for h in hits if h.words), key=lambda h: -len(h.words)))


def _phrases(phrases: Sequence[str]) -> re.Pattern[str]:
    longest = sorted(phrases, key=len, reverse=True)
    parts = (f"(?i:{pattern(p)})" if p == p.lower() else f"(?:{pattern(p)})" for p in longest)
    return re.compile("|".join(parts))


def _words(topic: CompiledTopic, text: str) -> tuple[str, ...]:
    found = (" ".join(m.group().split()) for m in topic.phrases.finditer(text))
    return tuple({word.lower(): word for word in found}.values())

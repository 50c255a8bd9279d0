"""What an article is worth in its section, with the reasons in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from digest.model import (
    IN_THE_NEWS,
    Article,
    Judged,
    Judgement,
    Kind,
    Mention,
    Place,
    Story,
    TopicHit,
)
from digest.settings import Outlet

#: Points for a name, by where it stands. A headline that names us is about us.
BY_PLACE = {Place.HEADLINE: 4.0, Place.BODY: 3.0, Place.SUMMARY: 3.0}
BY_KIND = {Kind.ORGANISATION: 1.0, Kind.ALIAS: 0.5, Kind.CASE: 1.0, Kind.PERSON: 0.5}
BY_TIER = {1: 2.0, 2: 1.0, 3: 0.0}
PER_WORD, MOST_WORDS = 0.5, 6
PER_DAY = 0.1


def judgement(
    article: Article,
    found: tuple[Mention, ...],
    topics: tuple[TopicHit, ...],
    outlet: Outlet | None,
    now: datetime,
) -> Judgement:
    """Put an article into a section and say why."""
    reasons = [*_why_filed(article), *_why_named(found), *_why_topics(topics)]
    if outlet and outlet.tier == 1:
        reasons.append("tier 1 outlet")
    if article.unread:
        reasons.append(f"judged on headline and summary only: {article.unread}")
    return Judgement(
        section=_section(article, found, topics),
        score=round(_score(article, found, topics, outlet, now), 2),
        mentions=found,
        topics=topics,
        reasons=tuple(reasons),
    )


def into_stories(judged: Iterable[Judged], tiers: dict[str, int]) -> list[Story]:
    """Gather judged articles into stories, the best story first."""
    gathered: dict[int, list[Judged]] = {}
    for j in judged:
        gathered.setdefault(j.story or j.article.id, []).append(j)
    found = [
        Story(tuple(sorted(g, key=lambda j: _preference(j, tiers)))) for g in gathered.values()
    ]
    return sorted(found, key=lambda s: (-s.representative.judgement.score, _date(s.representative)))


def _section(article: Article, found: Sequence[Mention], topics: Sequence[TopicHit]) -> str:
    if article.section:
        return article.section
    if found:
        return IN_THE_NEWS
    return topics[0].section if topics else ""


def _score(
    article: Article,
    found: Sequence[Mention],
    topics: Sequence[TopicHit],
    outlet: Outlet | None,
    now: datetime,
) -> float:
    named = max((BY_PLACE[m.place] + BY_KIND[m.kind] for m in found), default=0.0)
    words = min(sum(len(t.words) for t in topics), MOST_WORDS)
    age = max((now - article.published).total_seconds() / 86_400, 0) if article.published else 0
    return named + PER_WORD * words + BY_TIER[outlet.tier if outlet else 2] - PER_DAY * age


def _preference(j: Judged, tiers: dict[str, int]) -> tuple[bool, bool, int, bool, str, int]:
    """Order the articles of a story: naming us, in a section, high tier, readable, early."""
    named, filed = bool(j.judgement.mentions), bool(j.judgement.section)
    tier = tiers.get(j.article.outlet, 2)
    return (not named, not filed, tier, bool(j.article.unread), _date(j), j.article.id)


def _date(j: Judged) -> str:
    return j.article.published.isoformat() if j.article.published else "9999"


def _why_filed(article: Article) -> list[str]:
    return [f"filed under {article.section} by hand"] if article.section else []


def _why_named(found: Sequence[Mention]) -> list[str]:
    first = {m.name: m for m in reversed(found)}
    return [f"names {m.name} in the {m.place}" for m in reversed(first.values())]


def _why_topics(topics: Sequence[TopicHit]) -> list[str]:
    return [f"{t.topic}: {', '.join(t.words)}" for t in topics]

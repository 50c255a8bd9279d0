"""What an article is worth in its section, as points with reasons in words; and in what order.

reading, outlet, age, size of its story | points by the rules | mixed with what was learned
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2

from digest.model import (
    IN_THE_NEWS,
    NEEDS_A_PERSON,
    Article,
    Judged,
    Judgement,
    Mention,
    Place,
    Reading,
    Reason,
    Role,
    Story,
)

#: Points for a mention, by what the name does there; the headline, and further sentences, add.
BY_ROLE = {Role.SOURCE: 4.5, Role.PARTY: 4.0, Role.QUOTED: 3.5, Role.PASSING: 2.0}
IN_HEADLINE = 1.5
PER_SENTENCE = 0.3
MOST_SENTENCES = 4
#: A name only inside somebody's words, or under a picture, says less about the article.
BY_PLACE = {Place.QUOTE: 0.7, Place.CAPTION: 0.5}
ON_TOPIC = 1.2
MOST_ON_TOPIC = 5.0
#: To an article that names the organisation its topics add less: the name says most of it.
TOPIC_BESIDE_NAME = 0.3
BY_TIER = {1: 1.5, 2: 0.75, 3: 0.0}
PER_DOUBLING = 0.6
MOST_FOR_SIZE = 2.0
PER_DAY = 0.15
MOST_FOR_AGE = 3.0
UNREAD = -0.5
#: The scale of the score: what a story that an editor surely picks is worth by what was learned.
LIKED = 10.0
#: An article on no topic is proposed once so much is known, and it is liked so much.
TRUSTED = 0.5
LIKED_ENOUGH = 0.6
#: Taken off a story when one, two, three … of its outlet, or of its event, are there already: a
#: second is welcome, a fifth is never wanted while there is anything else.
HELD_BACK = (0.0, 0.8, 1.6, 4.0, 12.0)
VARIED = 200  #: places that are seen to


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an article beyond its words."""

    tier: int
    outlets: int  #: that carry its story, itself included
    now: datetime


@dataclass(frozen=True, slots=True)
class Liking:
    """What was learned of an editor, as it bears on one article."""

    weight: float = 0.0  #: 0 to 1, by how many picks are known
    liked: float = 0.5  #: 0 to 1
    section: str = ""  #: in which it is liked
    told: tuple[str, ...] = ()  #: in words


def section_of(article: Article, reading: Reading) -> str:
    """Return the section an article belongs to, "" for none; a person's word goes first."""
    if article.section:
        return article.section
    if any(m.counts for m in reading.mentions):
        return IN_THE_NEWS
    if reading.topics:
        return reading.topics[0].section
    return ""


def judgement(
    article: Article, reading: Reading, standing: Standing, liking: Liking
) -> Judgement:
    """Return what an article is worth now, and why."""
    section = section_of(article, reading)
    if not section and liking.weight >= TRUSTED and liking.liked >= LIKED_ENOUGH:
        section = liking.section
    if not section:
        return Judgement(reasons=tuple(_why_none(reading)))
    reasons = list(_by_rules(article, reading, standing))
    rules = sum(r.points for r in reasons)
    if liking.weight:
        shift = liking.weight * (LIKED * liking.liked - rules)
        reasons.append(Reason(_in_words(liking), shift))
    score = sum(r.points for r in reasons)
    return Judgement(section, round(score, 2), tuple(reasons), round(rules, 2))


def _by_rules(
    article: Article, reading: Reading, standing: Standing
) -> Iterator[Reason]:
    if article.section:
        yield Reason(f"filed under {article.section} by hand")
    counted = [m for m in reading.mentions if m.counts]
    yield from _named(counted)
    if counted:
        share = TOPIC_BESIDE_NAME
    else:
        share = 1.0
    for hit in reading.topics[:2]:
        points = min(ON_TOPIC * log2(1 + hit.strength), MOST_ON_TOPIC) * share
        yield Reason(f"{hit.topic}: {', '.join(hit.words[:6])}", points)
        share *= 0.3  # a second topic says little more
    yield Reason(f"tier {standing.tier} outlet", BY_TIER[standing.tier])
    if standing.outlets > 1:
        points = min(PER_DOUBLING * log2(standing.outlets), MOST_FOR_SIZE)
        yield Reason(f"in {standing.outlets} outlets", points)
    if article.published and (days := _days(article.published, standing.now)) >= 1:
        yield Reason(
            f"{days:.0f} days old" if days >= 2 else "a day old",
            -min(PER_DAY * days, MOST_FOR_AGE),
        )
    if article.unread:
        words = (
            f"judged on headline and summary only, {NEEDS_A_PERSON}: {article.unread}"
        )
        yield Reason(words, UNREAD)


def _named(counted: Sequence[Mention]) -> Iterator[Reason]:
    if not counted:
        return
    best = max(counted, key=_worth)
    if best.place == Place.QUERY:
        words = f"by query, {NEEDS_A_PERSON}: its feed was searched for {best.name}"
        yield Reason(words, _worth(best))
        return
    yield Reason(f"names {best.name}, {best.role}, in the {best.place}", _worth(best))
    if any(m.place == Place.HEADLINE for m in counted):
        yield Reason("named in the headline", IN_HEADLINE)
    if more := min(len(counted) - 1, MOST_SENTENCES):
        yield Reason(f"named in {len(counted)} sentences", PER_SENTENCE * more)


def _worth(m: Mention) -> float:
    return BY_ROLE[m.role] * BY_PLACE.get(m.place, 1.0) * m.confidence


def _why_none(reading: Reading) -> Iterator[Reason]:
    """Say of an article in no section what nearly put it into one, each thing once."""
    told = (
        f"“{m.name}” does not count: {m.doubt or f'it stands in the {m.place}'}"
        for m in reading.mentions
    )
    yield from map(Reason, dict.fromkeys(told))


def _in_words(liking: Liking) -> str:
    told = "; ".join(liking.told) or "by the words of stories you picked"
    return f"learned, {liking.liked:.0%} liked: {told}"


def _days(published: datetime, now: datetime) -> float:
    return max((now - published).total_seconds() / 86_400, 0)


# Stories, and their order


def into_stories(judged: Iterable[Judged], tiers: Mapping[str, int]) -> list[Story]:
    """Gather judged articles into stories, in the order in which sections should take them.

    A report of its own that names the organisation is a story of its own even if the event has
    others: each is a clip that readers are to see. What does not name it goes with the best.
    """
    events: dict[int, list[Judged]] = {}
    for j in judged:
        events.setdefault(j.belongs.story or j.article.id, []).append(j)
    return in_order(s for event in events.values() for s in _told(event, tiers))


def _told(event: Sequence[Judged], tiers: Mapping[str, int]) -> Iterator[Story]:
    """Yield the stories of one event: a story for each text that names the organisation."""
    ordered = sorted(event, key=lambda j: _preference(j, tiers))
    named = dict.fromkeys(j.belongs.copy_of for j in ordered if _names_us(j))
    texts: dict[int, list[Judged]] = {text: [] for text in named} or {0: []}
    best = next(iter(texts.values()))
    for j in ordered:
        texts.get(j.belongs.copy_of, best).append(j)
    yield from (Story(tuple(some)) for some in texts.values())


def in_order(stories: Iterable[Story]) -> list[Story]:
    """Order stories by score, each outlet and event held back by its stories already taken.

    Only the first places are seen to: nobody reads the hundredth runner-up for variety.
    """
    waiting = sorted(
        stories,
        key=lambda s: (-s.representative.judgement.score, _date(s.representative)),
    )
    taken: Counter[tuple[str, str | int]] = Counter()
    ordered: list[Story] = []
    while waiting and len(ordered) < VARIED:
        story = waiting.pop(_next(waiting, taken))
        taken.update(_kin(story))
        ordered.append(story)
    return ordered + waiting


def _next(waiting: Sequence[Story], taken: Mapping[tuple[str, str | int], int]) -> int:
    """Return the place of the best story, counting what its outlet and event have already."""
    best = float("-inf")
    place = 0
    for number, story in enumerate(waiting):
        score = story.representative.judgement.score
        if score <= best:  # sorted: no later one can be better
            break
        there = (min(taken.get(k, 0), len(HELD_BACK) - 1) for k in _kin(story))
        held = score - sum(HELD_BACK[n] for n in there)
        if held > best:
            best = held
            place = number
    return place


def _kin(story: Story) -> tuple[tuple[str, str | int], ...]:
    """Return what a story shares with others of its section: its outlet, its event."""
    j = story.representative
    return (j.judgement.section, j.article.outlet), (
        j.judgement.section,
        j.belongs.story,
    )


def _names_us(j: Judged) -> bool:
    return any(m.counts for m in j.reading.mentions)


def _preference(
    j: Judged, tiers: Mapping[str, int]
) -> tuple[bool, bool, bool, int, bool, str, str]:
    """Order a story's articles: naming us, in a section, readable, by tier, own text, early."""
    named = _names_us(j)
    tier = tiers.get(j.article.outlet, 2)
    unread = bool(j.article.unread)
    copied = bool(j.reading.agency)
    return (
        not named,
        not j.judgement.section,
        unread,
        tier,
        copied,
        _date(j),
        j.article.key,
    )


def _date(j: Judged) -> str:
    if j.article.published:
        return j.article.published.isoformat()
    return "9999"

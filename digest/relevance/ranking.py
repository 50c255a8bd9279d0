"""Ranking: score articles in points with reasons, gather them into stories, order these.

The score of an article is the sum of its reasons: by the rules (mentions, topics, outlet, size
of the story, age), then shifted towards what was learned from the editor's picks. Points have
no unit; tests/cases measures the order that they give against simulated editors.
"""

from collections.abc import (
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import datetime
from math import log2

import numpy as np
from numpy.typing import NDArray

from digest.model import (
    NEEDS_A_PERSON,
    AnalysedArticle,
    Article,
    ArticleAnalysis,
    Mention,
    MentionPlace,
    MentionRole,
    Relevance,
    ScoreReason,
    Story,
    TopicHit,
)
from digest.relevance.preference_model import LIKED
from digest.relevance.sections import SectionPlace

#: Points for a mention, by what the name does there; the headline, and further sentences, add.
BY_ROLE = {
    MentionRole.SOURCE: 4.5,
    MentionRole.PARTY: 4.0,
    MentionRole.QUOTED: 3.5,
    MentionRole.PASSING: 2.0,
}
IN_HEADLINE = 1.5
PER_SENTENCE = 0.3
MAX_SENTENCES = 4
#: A name only in a quotation, or under a picture, says less about the article.
BY_PLACE = {MentionPlace.QUOTE: 0.7, MentionPlace.CAPTION: 0.5}
#: Points for a topic, by the logarithm of its strength.
ON_TOPIC = 1.2
MAX_ON_TOPIC = 5.0
#: Only the strongest topics count, and the second adds little to the first.
MAX_TOPICS = 2
SECOND_TOPIC_SHARE = 0.3
#: To an article that names the organisation its topics add less: the name says most of it.
TOPIC_SHARE_BESIDE_NAME = 0.3
MAX_WORDS_SHOWN = 6
#: Points by the tier that the settings give an outlet.
BY_TIER = {1: 1.5, 2: 0.75, 3: 0.0}
DEFAULT_TIER = 2
#: Points each time that the number of outlets with the story doubles.
PER_DOUBLING = 0.6
MAX_FOR_SIZE = 2.0
#: Points taken off for each day since publication.
PER_DAY = 0.15
MAX_FOR_AGE = 3.0
SECONDS_PER_DAY = 86_400
UNREAD = -0.5
#: An article on no topic is proposed if the learned part weighs so much, and likes it so much.
TRUSTED_WEIGHT = 0.5
LIKED_ENOUGH = 0.6
#: Points taken off a story when one, two, three … of its outlet, or of its event, are there
#: already: a second is welcome, a fifth is never wanted while there is anything else.
HELD_BACK = (0.0, 0.8, 1.6, 4.0, 12.0)
#: Places for which variety counts.
VARIED_PLACES = 200
#: A section, with an outlet or an event in it.
_VarietyKey = tuple[str, str | int]
#: Sorts behind every date.
_NO_DATE = "9999"


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """Facts of an article beyond its words, for ranking."""

    tier: int
    outlets: int  #: that carry its story, itself included
    now: datetime
    place: SectionPlace  #: in the newsletter


@dataclass(frozen=True, slots=True)
class LearnedLiking:
    """The preference model's effect on one article."""

    weight: float = 0.0  #: 0 to 1, by the number of picks learned from
    liked: float = 0.5  #: 0 to 1
    explanations: tuple[str, ...] = ()  #: in words


def score_article(
    article: Article,
    reading: ArticleAnalysis,
    context: ArticleContext,
    liking: LearnedLiking,
) -> Relevance:
    """Return what an article is worth now, and why."""
    section = context.place.section
    is_trusted = liking.weight >= TRUSTED_WEIGHT
    if not section and is_trusted and liking.liked >= LIKED_ENOUGH:
        section = context.place.learned_in
    if not section:
        reasons_for_none = _reasons_for_no_section(reading, context.place)
        return Relevance(reasons=tuple(reasons_for_none))
    reasons = list(_reasons_by_rules(article, reading, context))
    points_by_rules = sum(reason.points for reason in reasons)
    if liking.weight:
        # the weighted mean of both scores, written as what it changes
        shift = liking.weight * (LIKED * liking.liked - points_by_rules)
        words = _words_for_liking(liking)
        reasons.append(ScoreReason(words, shift, is_passing=True))
    score = sum(reason.points for reason in reasons)
    return Relevance(
        section=section,
        score=round(score, 2),
        reasons=tuple(reasons),
        rules=round(points_by_rules, 2),
    )


# Reasons by the rules


def _reasons_by_rules(
    article: Article, reading: ArticleAnalysis, context: ArticleContext
) -> Iterator[ScoreReason]:
    """Yield the reasons that need nothing learned, in the order in which they are shown."""
    if article.section and article.section == context.place.section:
        yield ScoreReason(f"filed under {article.section} by hand")
    for words in context.place.lacks:
        yield ScoreReason(words)
    mentions = [mention for mention in reading.mentions if mention.counts]
    yield from _reasons_for_mentions(mentions)
    yield from _reasons_for_topics(reading.topics, beside_name=bool(mentions))
    yield ScoreReason(f"tier {context.tier} outlet", BY_TIER[context.tier])
    if context.outlets > 1:
        points = min(PER_DOUBLING * log2(context.outlets), MAX_FOR_SIZE)
        yield ScoreReason(f"in {context.outlets} outlets", points)
    if article.published:
        yield from _reasons_for_age(article.published, context.now)
    yield from _reasons_for_text(article)


def _reasons_for_text(article: Article) -> Iterator[ScoreReason]:
    """Yield on what an article was judged, if not on the text of its page."""
    if article.sent_by:
        # changes nothing, and names a person: it is no reason that a newsletter prints
        words = f"judged on the text, {article.source_of_text}"
        yield ScoreReason(words, is_passing=True)
    elif article.unread and article.came_in_sheet:
        yield ScoreReason(f"judged on what a sheet says: {article.unread}")
    elif article.unread and article.text:
        yield ScoreReason(
            f"judged on the text that the feed gives; its page: {article.unread}"
        )
    elif article.unread:
        words = f"judged on headline and summary only, {NEEDS_A_PERSON}: {article.unread}"
        yield ScoreReason(words, UNREAD)


def _reasons_for_mentions(mentions: Sequence[Mention]) -> Iterator[ScoreReason]:
    """Yield points for the best mention, for the headline, and for further sentences."""
    if not mentions:
        return
    best = max(mentions, key=_points_of_mention)
    points = _points_of_mention(best)
    if best.place == MentionPlace.QUERY:
        words = (
            f"by query, {NEEDS_A_PERSON}: its feed was searched for {best.name}"
        )
        yield ScoreReason(words, points)
        return
    yield ScoreReason(
        f"names {best.name}, {best.role}, in the {best.place}", points
    )
    if best.answers:
        yield ScoreReason(f"{best.answers}: {best.question}")
    if any(mention.place == MentionPlace.HEADLINE for mention in mentions):
        yield ScoreReason("named in the headline", IN_HEADLINE)
    further_sentences = min(len(mentions) - 1, MAX_SENTENCES)
    if further_sentences:
        points = PER_SENTENCE * further_sentences
        yield ScoreReason(f"named in {len(mentions)} sentences", points)


def _points_of_mention(mention: Mention) -> float:
    place_factor = BY_PLACE.get(mention.place, 1.0)
    return BY_ROLE[mention.role] * place_factor * mention.confidence


def _reasons_for_topics(
    topics: Sequence[TopicHit], *, beside_name: bool
) -> Iterator[ScoreReason]:
    share = 1.0
    if beside_name:
        share = TOPIC_SHARE_BESIDE_NAME
    for topic in topics[:MAX_TOPICS]:
        points = min(ON_TOPIC * log2(1 + topic.strength), MAX_ON_TOPIC) * share
        words = ", ".join(topic.words[:MAX_WORDS_SHOWN])
        yield ScoreReason(f"{topic.topic}: {words}", points)
        share *= SECOND_TOPIC_SHARE


def _reasons_for_age(
    published: datetime, now: datetime
) -> Iterator[ScoreReason]:
    days = (now - published).total_seconds() / SECONDS_PER_DAY
    if days < 1:
        return
    words = "a day old"
    if days >= 2:
        words = f"{days:.0f} days old"
    points = -min(PER_DAY * days, MAX_FOR_AGE)
    yield ScoreReason(words, points, is_passing=True)


def _reasons_for_no_section(
    reading: ArticleAnalysis, place: SectionPlace
) -> Iterator[ScoreReason]:
    """Yield what nearly put an article into a section, each thing once."""
    sentences = list(place.lacks)
    for mention in reading.mentions:
        if mention.counts:
            continue
        doubt = mention.doubt or f"it stands in the {mention.place}"
        sentences.append(f"“{mention.name}” does not count: {doubt}")
    for sentence in dict.fromkeys(sentences):
        yield ScoreReason(sentence)


def _words_for_liking(liking: LearnedLiking) -> str:
    explanation = "; ".join(liking.explanations)
    if not explanation:
        explanation = "by the words of stories you picked"
    earned = f"weighs {liking.weight:.0%}, as far as it beat the rules"
    return f"learned, {liking.liked:.0%} liked: {explanation}; {earned}"


# Stories, and their order


def into_stories(
    judged: Iterable[AnalysedArticle], tiers: Mapping[str, int]
) -> list[Story]:
    """Gather analysed articles into stories, in the order in which sections should take them.

    A report that names the organisation is a story of its own even if the event has others: press
    officers want to see each. A report that does not name it goes with the best one.
    """
    events: dict[int, list[AnalysedArticle]] = {}
    for article in judged:
        event = article.belongs.story or article.article.id
        events.setdefault(event, []).append(article)
    stories: list[Story] = []
    for articles in events.values():
        stories += _stories_of_event(articles, tiers)
    return order_stories(stories)


def _stories_of_event(
    articles: Iterable[AnalysedArticle], tiers: Mapping[str, int]
) -> list[Story]:
    """Return a story for each text that names the organisation, or one for all."""
    by_preference = sorted(
        articles, key=lambda article: _preference_key(article, tiers)
    )
    texts: dict[int, list[AnalysedArticle]] = {
        article.belongs.copy_of: []
        for article in by_preference
        if article.reading.names_organisation
    }
    if not texts:
        return [Story(tuple(by_preference))]
    best_text = next(iter(texts.values()))
    for article in by_preference:
        texts.get(article.belongs.copy_of, best_text).append(article)
    return [
        Story(tuple(articles_of_text)) for articles_of_text in texts.values()
    ]


def order_stories(stories: Iterable[Story]) -> list[Story]:
    """Order stories by score, each outlet and event held back by its stories already taken.

    Behind the first `VARIED_PLACES` the order is by score alone.
    """
    by_score = sorted(stories, key=_score_and_date)
    scores = np.array(
        [story.representative.judgement.score for story in by_score],
        np.float64,
    )
    variety_keys = [_variety_keys(story) for story in by_score]
    outlets = _number_values([outlet for outlet, _ in variety_keys])
    events = _number_values([event for _, event in variety_keys])
    from_outlet = np.zeros(len(by_score), np.int64)
    on_event = np.zeros(len(by_score), np.int64)
    taken: list[int] = []
    for _ in range(min(VARIED_PLACES, len(by_score))):
        points = _points_held_back(from_outlet[outlets])
        points += _points_held_back(on_event[events])
        best = int(np.argmax(scores - points))
        taken.append(best)
        scores[best] = -np.inf
        from_outlet[outlets[best]] += 1
        on_event[events[best]] += 1
    waiting = sorted(set(range(len(by_score))) - set(taken))
    return [by_score[row] for row in (*taken, *waiting)]


def _score_and_date(story: Story) -> tuple[float, str]:
    representative = story.representative
    return -representative.judgement.score, _sortable_date(representative)


def _number_values(values: Sequence[Hashable]) -> NDArray[np.int64]:
    """Return a number for each value, the same for those that are equal."""
    numbers: dict[Hashable, int] = {}
    return np.array(
        [numbers.setdefault(value, len(numbers)) for value in values], np.int64
    )


def _points_held_back(taken: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the points taken off stories, by how many of their kind are taken."""
    most = len(HELD_BACK) - 1
    points: NDArray[np.float64] = np.array(HELD_BACK)[np.minimum(taken, most)]
    return points


def _variety_keys(story: Story) -> tuple[_VarietyKey, _VarietyKey]:
    """Return what a story shares with others of its section: its outlet, its event."""
    representative = story.representative
    section = representative.judgement.section
    return (
        (section, representative.article.outlet),
        (section, representative.belongs.story),
    )


def _preference_key(
    judged: AnalysedArticle, tiers: Mapping[str, int]
) -> tuple[bool, bool, bool, int, bool, str, str]:
    """Return the key by which the articles of a story are sorted, the best first."""
    article = judged.article
    names_nobody = not judged.reading.names_organisation
    is_in_no_section = not judged.judgement.section
    is_unread = bool(article.unread)
    tier = tiers.get(article.outlet, DEFAULT_TIER)
    is_agency_copy = bool(judged.reading.agency)
    return (
        is_in_no_section,
        names_nobody,
        is_unread,
        tier,
        is_agency_copy,
        _sortable_date(judged),
        article.key,
    )


def _sortable_date(judged: AnalysedArticle) -> str:
    published = judged.article.published
    if published:
        return published.isoformat()
    return _NO_DATE

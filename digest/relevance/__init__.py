"""Relevance: work out how relevant each article is to the organisation, with reasons.

Pure functions: articles in, relevance with reasons out. The steps, for a batch of articles:

1. `RelevanceRules.read_article`: mentions, topics and agency of each. Stored; valid until the
   text or the rules change.
2. `make_fingerprint` and `trace_of`: what is needed to compare each with the others. Stored.
3. `group_into_stories`: the story of each, from all that are in reach.
4. `judge_read_articles`: section, points and reasons. Not stored, since they change with time,
   with picks and from newsletter to newsletter.
5. `into_stories`: stories in the order in which sections take them.

`judge_articles` takes all steps at once.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from digest.model import (
    AnalysedArticle,
    Article,
    ArticleAnalysis,
    StoryMembership,
)
from digest.relevance.clustering import (
    ArticleTrace,
    StoryGrouping,
    group_into_stories,
)
from digest.relevance.fingerprint import VERSION as FINGERPRINT_VERSION
from digest.relevance.fingerprint import (
    Background,
    Fingerprint,
    count_background,
    make_fingerprint,
    terms_of_names,
)
from digest.relevance.learned_answers import LearnedAnswers
from digest.relevance.mentions import Names, find_mentions
from digest.relevance.news_agencies import find_agency
from digest.relevance.preference_model import (
    EditorChoice,
    PreferenceModel,
    StoryFeatures,
)
from digest.relevance.ranking import (
    DEFAULT_TIER,
    ArticleContext,
    LearnedLiking,
    into_stories,
    score_article,
)
from digest.relevance.sections import Sections
from digest.relevance.topics import Topics
from digest.settings import Organisation, Settings

__all__ = [
    "ArticleTrace",
    "Background",
    "EditorChoice",
    "Fingerprint",
    "LearnedAnswers",
    "PreferenceModel",
    "RelevanceRules",
    "StoryFeatures",
    "StoryGrouping",
    "count_background",
    "features_of",
    "group_into_stories",
    "into_stories",
    "judge_articles",
    "judge_read_articles",
    "make_fingerprint",
    "own_words_of",
    "trace_of",
]

#: Changes whenever the same rules would read the same article otherwise.
VERSION = "3"
_MARK_LENGTH = 16  #: hexadecimal digits

#: An article with what is stored of it.
ReadArticle = tuple[Article, ArticleAnalysis, Fingerprint]


class RelevanceRules:
    """The settings' names and topics, ready to read articles by.

    `mark` names these rules: what was read by rules of another mark is to be read again.
    """

    def __init__(self, settings: Settings) -> None:
        phrases = [
            phrase
            for topic in settings.topics
            for phrase in (topic.name, *topic.any, *topic.all)
        ]
        self._names = Names(settings.organisation, phrases)
        self._topics = Topics(settings.topics)
        relevant_settings = settings.model_dump_json(
            include={"organisation", "topics"}
        )
        identity = f"{VERSION} {FINGERPRINT_VERSION} {relevant_settings}"
        self.mark = hashlib.sha256(identity.encode()).hexdigest()[:_MARK_LENGTH]

    def read_article(self, article: Article) -> ArticleAnalysis:
        """Return what an article's words say. Never raises, whatever the text."""
        return ArticleAnalysis(
            mentions=find_mentions(article, self._names),
            topics=self._topics.find_topics(article),
            agency=find_agency(article),
        )


def trace_of(article: Article, fingerprint: Fingerprint) -> ArticleTrace:
    """Return what clustering needs of an article.

    One without a date counts from when it was first seen.
    """
    earliest = datetime.min.replace(tzinfo=UTC)
    return ArticleTrace(
        id=article.id,
        key=article.key,
        outlet=article.outlet,
        language=_language_of(article),
        published=article.published or article.first_seen or earliest,
        fingerprint=fingerprint,
    )


def own_words_of(organisation: Organisation) -> frozenset[int]:
    """Return the terms of an organisation's names and people, by which no two stories are alike."""
    return terms_of_names(
        (organisation.name, *organisation.aliases, *organisation.people)
    )


def features_of(
    article: Article,
    reading: ArticleAnalysis,
    fingerprint: Fingerprint,
    section: str,
) -> StoryFeatures:
    """Return what an editor sees of an article, in a section."""
    return StoryFeatures(
        section=section,
        fingerprint=fingerprint,
        language=_language_of(article),
        outlet=article.outlet,
        topics=tuple(hit.topic for hit in reading.topics),
    )


def judge_read_articles(
    read: Sequence[ReadArticle],
    belongs: Mapping[int, StoryMembership],
    settings: Settings,
    taste: PreferenceModel,
    now: datetime,
) -> list[AnalysedArticle]:
    """Return what read articles are worth now, each by itself and by the size of its story.

    The sections are those of the newsletter that the settings are for.
    `belongs` names the story of each article by id; one that is missing is a story of its own.
    """
    tiers = {outlet.name: outlet.tier for outlet in settings.outlets}
    sizes = _count_outlets(read, belongs)
    sections = Sections(settings.sections)
    places = [
        sections.place_article(article, reading) for article, reading, _ in read
    ]
    looks = [
        features_of(*each, place.learned_in)
        for each, place in zip(read, places, strict=True)
    ]
    likings = taste.predict_likings(looks)
    judged = []
    for (article, reading, _), place, own_look, liked in zip(
        read, places, looks, likings, strict=True
    ):
        own_story = StoryMembership(article.id, article.id)
        belongs_to = belongs.get(article.id, own_story)
        context = ArticleContext(
            tier=tiers.get(article.outlet, DEFAULT_TIER),
            outlets=sizes[belongs_to.story],
            now=now,
            place=place,
        )
        liking = _liking_of(own_look, liked, taste)
        judgement = score_article(article, reading, context, liking)
        judged.append(AnalysedArticle(article, reading, judgement, belongs_to))
    return judged


def judge_articles(
    articles: Iterable[Article],
    settings: Settings,
    now: datetime,
    choices: Iterable[EditorChoice] = (),
    usual: Background | None = None,
) -> list[AnalysedArticle]:
    """Return the relevance of articles from their texts alone, in one call.

    `usual` is how common words are in all articles; without it, in these.
    """
    rules = RelevanceRules(settings)
    read = [
        (article, rules.read_article(article), make_fingerprint(article))
        for article in articles
    ]
    traces = [
        trace_of(article, fingerprint) for article, _, fingerprint in read
    ]
    common = usual or count_background(traces)
    own_words = own_words_of(settings.organisation)
    stories = group_into_stories(traces, common, own_words)
    return judge_read_articles(
        read, stories, settings, PreferenceModel(choices, common), now
    )


def _liking_of(
    look: StoryFeatures, liked: float, taste: PreferenceModel
) -> LearnedLiking:
    weight = taste.weight_in(look.section)
    explanations: tuple[str, ...] = ()
    if weight:
        explanations = tuple(taste.explain_liking(look))
    return LearnedLiking(weight, liked, explanations)


def _language_of(article: Article) -> str:
    """Return an article's language without its region."""
    return article.language.partition("-")[0].lower()


def _count_outlets(
    read: Sequence[ReadArticle], belongs: Mapping[int, StoryMembership]
) -> Counter[int]:
    """Return the number of outlets of each story."""
    outlets_of_stories = {
        (belongs[article.id].story, article.outlet)
        for article, _, _ in read
        if article.id in belongs
    }
    return Counter(story for story, _ in outlets_of_stories)

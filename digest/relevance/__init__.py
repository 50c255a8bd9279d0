"""Say what each article is to the organisation, and why. All pure: articles in, reasons out.

    mentions, topics, fingerprint of each | stories of all | section, points and reasons | order

What an article's own words say (`Rules.read`) is kept; what it is worth today (`weigh`) is not.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from digest.model import FOLLOWING, Article, Belongs, Judged, Reading
from digest.relevance.clustering import Grouping, Trace, group
from digest.relevance.fingerprint import VERSION as PRINTS
from digest.relevance.fingerprint import (
    Background,
    Fingerprint,
    background,
    fingerprint,
)
from digest.relevance.mentions import Names, mentions
from digest.relevance.news_agencies import agency
from digest.relevance.preference_model import Choice, Look, Taste
from digest.relevance.ranking import (
    Liking,
    Standing,
    into_stories,
    judgement,
    section_of,
)
from digest.relevance.topics import Topics
from digest.settings import Settings

__all__ = [
    "Background",
    "Choice",
    "Fingerprint",
    "Grouping",
    "Look",
    "Rules",
    "Taste",
    "Trace",
    "background",
    "fingerprint",
    "group",
    "into_stories",
    "judge",
    "look",
    "trace",
    "weigh",
]

#: Changes whenever the same rules would read the same article otherwise.
VERSION = "1"


class Rules:
    """The settings' names and topics, ready to read articles by."""

    def __init__(self, settings: Settings) -> None:
        self._names = Names(settings.organisation)
        self._topics = Topics(settings.topics)
        said = settings.model_dump_json(include={"organisation", "topics"})
        self.mark = hashlib.sha256(f"{VERSION} {PRINTS} {said}".encode()).hexdigest()[
            :16
        ]

    def read(self, article: Article) -> Reading:
        """Return what an article's words say. Raises for no text."""
        return Reading(
            mentions(article, self._names), self._topics.hits(article), agency(article)
        )


def trace(article: Article, print_: Fingerprint) -> Trace:
    """Return what grouping needs of an article; one without a date counts from when it was seen."""
    when = article.published or article.first_seen or datetime.min.replace(tzinfo=UTC)
    return Trace(
        article.id, article.key, article.outlet, _language(article), when, print_
    )


def look(article: Article, reading: Reading, print_: Fingerprint) -> Look:
    """Return what an editor sees of an article; one on no topic could be of those followed."""
    topics = tuple(t.topic for t in reading.topics)
    section = section_of(article, reading) or FOLLOWING
    return Look(section, print_, _language(article), article.outlet, topics)


def weigh(
    read: Sequence[tuple[Article, Reading, Fingerprint]],
    belongs: Mapping[int, Belongs],
    settings: Settings,
    taste: Taste,
    now: datetime,
) -> list[Judged]:
    """Say what read articles are worth now, each by itself and by the size of its story."""
    tiers = {o.name: o.tier for o in settings.outlets}
    sizes = _sizes(read, belongs)
    looks = [look(*each) for each in read]
    judged = []
    for (article, reading, _), seen, liked in zip(
        read, looks, taste.likings(looks), strict=True
    ):
        mine = belongs.get(article.id, Belongs(article.id, article.id))
        standing = Standing(tiers.get(article.outlet, 2), sizes[mine.story], now)
        weight = taste.weight(seen.section)
        liking = Liking(
            weight, liked, seen.section, tuple(taste.why(seen)) if weight else ()
        )
        judged.append(
            Judged(
                article, reading, judgement(article, reading, standing, liking), mine
            )
        )
    return judged


def judge(
    articles: Iterable[Article],
    settings: Settings,
    now: datetime,
    choices: Iterable[Choice] = (),
    usual: Background | None = None,
) -> list[Judged]:
    """Judge articles from their texts alone, as `collect` does piece by piece.

    `usual` is how common words are in the press; without it, in these articles.
    """
    rules = Rules(settings)
    read = [(a, rules.read(a), fingerprint(a)) for a in articles]
    traces = [trace(a, p) for a, _, p in read]
    common = usual or background(traces)
    return weigh(read, group(traces, common), settings, Taste(choices, common), now)


def _language(article: Article) -> str:
    """Return an article's language without its region."""
    return article.language.partition("-")[0].lower()


def _sizes(
    read: Sequence[tuple[Article, Reading, Fingerprint]], belongs: Mapping[int, Belongs]
) -> Counter[int]:
    """Count the outlets of each story."""
    outlets = {(belongs[a.id].story, a.outlet) for a, _, _ in read if a.id in belongs}
    return Counter(story for story, _ in outlets)

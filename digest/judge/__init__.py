"""Say what each article is to the organisation, and why. All pure: articles in, reasons out.

mentions | topics | section and score | stories
"""

from collections.abc import Sequence
from datetime import datetime

from digest.judge.mentions import compile_names, mentions
from digest.judge.rank import into_stories, judgement
from digest.judge.stories import group
from digest.judge.topics import compile_topics, topic_hits
from digest.model import Article, Judged
from digest.settings import Settings

__all__ = ["into_stories", "judge"]


def judge(articles: Sequence[Article], settings: Settings, now: datetime) -> list[Judged]:
    """Judge stored articles by the settings' names, topics and tiers. Raises for no text."""
    names, topics = compile_names(settings.organisation), compile_topics(settings.topics)
    outlets = {o.name: o for o in settings.outlets}
    story = group(articles)
    return [
        Judged(
            a,
            judgement(a, mentions(a, names), topic_hits(a, topics), outlets.get(a.outlet), now),
            story[a.id],
        )
        for a in articles
    ]

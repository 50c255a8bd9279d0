"""Earlier runs: in which editions the text, or the event, of an article ran before.

`EarlierRuns` are those of one newsletter; `RunsElsewhere` are those of all the others. A story that
ran in its own newsletter is not proposed again; one that ran elsewhere is, and says where.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from digest.edition import due_moment
from digest.model import (
    AnalysedArticle,
    EditionKey,
    Story,
    StoryMembership,
)
from digest.services.past_picks import find_recent_runs
from digest.settings import Newsletter, Settings

if TYPE_CHECKING:
    from digest.store import Store

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EarlierRuns:
    """In which edition each text, and each event, ran last: by the ids of their stories."""

    newsletter: Newsletter
    texts: Mapping[int, date]
    events: Mapping[int, date]

    @classmethod
    def from_editions(
        cls,
        newsletter: Newsletter,
        ran: Mapping[int, date],
        belongs: Mapping[int, StoryMembership],
    ) -> "EarlierRuns":
        """Return it for articles (ids) that ran in its editions, whose stories `belongs` names."""
        texts: dict[int, date] = {}
        events: dict[int, date] = {}
        for number in sorted(ran, key=lambda number: ran[number]):
            membership = belongs.get(number)
            if membership is not None:
                texts[membership.copy_of] = ran[number]
                events[membership.story] = ran[number]
        return cls(newsletter, texts, events)

    def edition_of(self, judged: AnalysedArticle) -> date | None:
        """Return the edition in which an article's event ran last; None if it did not."""
        return self.events.get(judged.belongs.story)

    def is_news(self, judged: AnalysedArticle) -> bool:
        """Return whether an article, whose event ran, says something since."""
        edition = self.edition_of(judged)
        if edition is None or judged.belongs.copy_of in self.texts:
            return False
        published = judged.article.published
        if published is None:
            return False
        return published >= due_moment(self.newsletter, edition)

    def mark_story(self, story: Story) -> Story:
        """Return a story with the edition it ran in; a later article now represents it."""
        edition = self.edition_of(story.representative)
        if edition is None:
            return story
        news = [one for one in story.articles if self.is_news(one)]
        if not news:
            return replace(story, ran=edition)
        others = [one for one in story.articles if one not in news]
        return Story((*news, *others), followed=edition)


class RunsElsewhere:
    """What the other newsletters of a workspace carried. Reads only."""

    def __init__(self, settings: Settings, store: "Store") -> None:
        own_key = settings.newsletter.key
        self._store = store
        self._newsletters = {one.key: one for one in settings.newsletters}
        self._others = [
            store.for_newsletter(newsletter.key)
            for newsletter in settings.newsletters
            if newsletter.key != own_key
        ]

    def get_mark(self) -> tuple[object, ...]:
        """Return values that change whenever an edition of another newsletter does."""
        return tuple(
            other.editions.get_change_mark(None) for other in self._others
        )

    def list_articles(self) -> set[int]:
        """Return the articles (ids) that ran elsewhere lately."""
        articles: set[int] = set()
        for other in self._others:
            articles |= find_recent_runs(other).keys()
        return articles

    def mark_stories(
        self, stories: Sequence[Story], belongs: Mapping[int, StoryMembership]
    ) -> list[Story]:
        """Return stories whose articles say where else they ran."""
        runs = self._load_runs(belongs)
        if not runs:
            return list(stories)
        return [
            replace(story, articles=_mark_articles(story.articles, runs))
            for story in stories
        ]

    def mark_articles(
        self,
        articles: Sequence[AnalysedArticle],
        belongs: Mapping[int, StoryMembership],
    ) -> Sequence[AnalysedArticle]:
        """Return articles that say where else they ran."""
        return _mark_articles(articles, self._load_runs(belongs))

    def _load_runs(
        self, belongs: Mapping[int, StoryMembership]
    ) -> dict[str, EarlierRuns]:
        """Return what ran elsewhere, by newsletter, without those in which nothing did."""
        runs_of = {
            other.newsletter: find_recent_runs(other) for other in self._others
        }
        articles: set[int] = set()
        for runs in runs_of.values():
            articles |= runs.keys()
        missing = articles - belongs.keys()
        all_stories = {**belongs, **self._load_memberships(missing)}
        return {
            key: EarlierRuns.from_editions(
                self._newsletters[key], runs, all_stories
            )
            for key, runs in runs_of.items()
            if runs
        }

    def _load_memberships(
        self, articles: set[int]
    ) -> dict[int, StoryMembership]:
        """Return the stored stories of articles (ids) that are not compared any more."""
        if not articles:
            return {}
        return {
            read.article.id: read.belongs
            for read in self._store.analyses.read_analyses(NEVER, articles)
            if read.belongs is not None
        }


def _mark_articles(
    articles: Iterable[AnalysedArticle], runs: Mapping[str, EarlierRuns]
) -> tuple[AnalysedArticle, ...]:
    return tuple(_mark_article(judged, runs) for judged in articles)


def _mark_article(
    judged: AnalysedArticle, runs: Mapping[str, EarlierRuns]
) -> AnalysedArticle:
    """Return an article with the editions of other newsletters that it, or its event, ran in."""
    ran = []
    followed = []
    for newsletter, earlier in runs.items():
        day = earlier.edition_of(judged)
        if day is None:
            continue
        if earlier.is_news(judged):
            followed.append(EditionKey(newsletter, day))
        else:
            text_day = earlier.texts.get(judged.belongs.copy_of, day)
            ran.append(EditionKey(newsletter, text_day))
    if not ran and not followed:
        return judged
    return replace(
        judged, ran_elsewhere=tuple(ran), followed_elsewhere=tuple(followed)
    )

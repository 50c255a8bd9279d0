"""Earlier runs: in which editions the text, or the event, of an article ran before.

`EarlierRuns` are those of one newsletter; `RunsElsewhere` are those of all the others. A text that
ran in its own newsletter is not proposed again; one that ran elsewhere is, and says where. A later
report of what ran is proposed, and says what it follows up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.model import (
    AnalysedArticle,
    EditionKey,
    Story,
    StoryMembership,
)
from digest.services.past_picks import (
    Run,
    find_last_runs,
    list_pending_editions,
)
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EarlierRuns:
    """The last run of each text, and of each event, by the ids of their stories."""

    texts: Mapping[int, Run]
    events: Mapping[int, Run]
    titles: Mapping[int, str]  #: headline of what ran last of each event

    @classmethod
    def from_editions(
        cls,
        ran: Mapping[int, Run],
        belongs: Mapping[int, StoryMembership],
        titles: Mapping[int, str],
    ) -> "EarlierRuns":
        """Return it for articles (ids) that ran in its editions.

        `belongs` names their stories, `titles` their headlines.
        """
        texts: dict[int, Run] = {}
        events: dict[int, Run] = {}
        titles_of_events: dict[int, str] = {}
        for number in sorted(ran, key=lambda number: ran[number].out_at):
            membership = belongs.get(number)
            if membership is not None:
                texts[membership.copy_of] = ran[number]
                events[membership.story] = ran[number]
                titles_of_events[membership.story] = titles.get(number, "")
        return cls(texts, events, titles_of_events)

    def run_of(self, judged: AnalysedArticle) -> Run | None:
        """Return when an article's event ran last; None if it did not."""
        return self.events.get(judged.belongs.story)

    def is_news(self, judged: AnalysedArticle) -> bool:
        """Return whether an article, whose event ran, is no copy of what ran and says more.

        That is a report which names the organisation (each is a clip), or one that could not be in
        the edition: it came out, or was first seen, after that was out.
        """
        run = self.run_of(judged)
        if run is None or judged.belongs.copy_of in self.texts:
            return False
        if judged.reading.names_organisation:
            return True
        article = judged.article
        return any(
            moment is not None and moment >= run.out_at
            for moment in (article.published, article.first_seen)
        )

    def mark_story(self, story: Story) -> Story:
        """Return a story with the edition it ran in; a later article now represents it."""
        run = self.run_of(story.representative)
        if run is None:
            return story
        news = [one for one in story.articles if self.is_news(one)]
        if not news:
            return replace(story, ran=run.edition)
        others = [one for one in story.articles if one not in news]
        event = story.representative.belongs.story
        return Story(
            (*news, *others),
            followed=run.edition,
            followed_title=self.titles.get(event, ""),
        )


class RunsElsewhere:
    """What the other newsletters of a workspace carried. Reads only."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        clock: Callable[[], datetime],
    ) -> None:
        own_key = settings.newsletter.key
        self._store = store
        self._clock = clock
        self._newsletters = {one.key: one for one in settings.newsletters}
        self._others = [
            store.for_newsletter(newsletter.key)
            for newsletter in settings.newsletters
            if newsletter.key != own_key
        ]

    def get_mark(self) -> tuple[object, ...]:
        """Return values that change whenever an edition of another newsletter does, or is out."""
        return tuple(
            (
                *other.editions.get_change_mark(None),
                *other.publications.list_public_editions().items(),
            )
            for other in self._others
        )

    def list_articles(self) -> set[int]:
        """Return the articles (ids) that ran elsewhere lately."""
        articles: set[int] = set()
        for other in self._others:
            articles |= self._find_runs(other).keys()
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
            other.newsletter: self._find_runs(other) for other in self._others
        }
        articles: set[int] = set()
        for runs in runs_of.values():
            articles |= runs.keys()
        missing = articles - belongs.keys()
        all_stories = {**belongs, **self._load_memberships(missing)}
        return {
            key: EarlierRuns.from_editions(runs, all_stories, {})
            for key, runs in runs_of.items()
            if runs
        }

    def _find_runs(self, other: "Store") -> dict[int, Run]:
        """Return the last runs of articles (ids) in another newsletter."""
        newsletter = self._newsletters[other.newsletter]
        now = self._clock()
        pending = list_pending_editions(other, newsletter, now)
        return find_last_runs(other, pending)

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
        run = earlier.run_of(judged)
        if run is None:
            continue
        if earlier.is_news(judged):
            followed.append(EditionKey(newsletter, run.edition))
        else:
            text_run = earlier.texts.get(judged.belongs.copy_of, run)
            ran.append(EditionKey(newsletter, text_run.edition))
    if not ran and not followed:
        return judged
    return replace(
        judged, ran_elsewhere=tuple(ran), followed_elsewhere=tuple(followed)
    )

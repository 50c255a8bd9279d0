"""Collection: poll the feeds, analyse new articles, fill open drafts with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.ports import Progress
from digest.services.articles import Articles
from digest.services.draft_merge import Filled
from digest.services.drafts import Drafts
from digest.services.feeds import Feeds
from digest.services.new_articles import NewArticles

if TYPE_CHECKING:
    from digest.collect import Report


@dataclass(frozen=True, slots=True)
class FilledDraft:
    """A draft that was filled with what is new, and the key of the newsletter it is of."""

    newsletter: str
    filled: Filled


@dataclass(frozen=True, slots=True)
class Collected:
    """Results of collecting."""

    report: "Report"
    filled: list[FilledDraft]  #: the drafts that changed
    #: what is new for each newsletter; empty where articles were not analysed, or none is new
    new: list[NewArticles]


class Collection:
    """The way from the feeds of one working folder into the drafts of all its newsletters."""

    def __init__(
        self,
        feeds: Feeds,
        articles: Articles,
        drafts: Mapping[str, Drafts],
        articles_of_newsletters: Sequence[Articles],
    ) -> None:
        """`drafts` are those of each newsletter, by its key; `articles` those of any of them."""
        self._feeds = feeds
        self._articles = articles
        self._drafts = drafts
        self._articles_of_newsletters = articles_of_newsletters

    def collect_and_fill(
        self,
        progress: Progress = lambda *_: None,
        *,
        everything: bool = False,
        feeds_only: bool = False,
    ) -> Collected:
        """Poll feeds that are due (all, if `everything`); read, analyse and use what is new.

        With `feeds_only`, pages are not read and drafts not filled. Raises Busy if another
        collection runs.
        """
        report = self._feeds.poll_feeds(
            progress, everything=everything, feeds_only=feeds_only
        )
        if feeds_only:
            return Collected(report, [], [])
        filled = self.analyse_and_fill()
        return Collected(report, filled, self._sort_new(report))

    def _sort_new(self, report: "Report") -> list[NewArticles]:
        """Return what is new of a run for each newsletter; an empty list if nothing is."""
        if report.began is None or not report.count_new():
            return []
        return [
            articles.sort_new(report.began)
            for articles in self._articles_of_newsletters
        ]

    def analyse_and_fill(self) -> list[FilledDraft]:
        """Analyse new articles, fill open drafts with them; return the drafts that changed."""
        self._articles.analyse_new()
        return [
            FilledDraft(newsletter, filled)
            for newsletter, drafts in self._drafts.items()
            for filled in drafts.fill_open_drafts()
        ]

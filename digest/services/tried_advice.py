"""Tried advice: changes of feeds.yaml that were tried in memory and bring an article in.

Nothing is stored. Each change is tried on the article first; of one that works it is counted how
many other articles of the last days it would bring in, too.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from digest.model import Article
from digest.relevance import RelevanceRules
from digest.relevance.sections import Sections
from digest.services.settings_changes import (
    SettingsChange,
    list_changes,
    list_names_to_ask_about,
)
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store

#: Articles of so many days are looked at for what else a change would bring in.
COMPARED_PERIOD = timedelta(days=7)
#: Pieces of advice; a person tries the first.
MAX_ADVICE = 3


@dataclass(frozen=True, slots=True)
class TriedAdvice:
    """A change that brings the article in, as was tried."""

    words: str
    others: int = 0  #: further articles of a week that it would bring in
    is_asked: bool = (
        False  #: it is shown under May be you then, not counted by itself
    )

    def __str__(self) -> str:
        return f"{self.words} ({'; '.join(self._list_effects())})"

    def _list_effects(self) -> Iterator[str]:
        if self.is_asked:
            yield "then it is asked under May be you"
        if self.others == 1:
            yield "would also bring in 1 other article of this week"
        elif self.others:
            yield f"would also bring in {self.others} other articles of this week"
        else:
            yield "brings in nothing else of this week"


class AdviceTrials:
    """Tries changes of the settings of one newsletter on stored articles."""

    def __init__(
        self, settings: Settings, store: "Store", clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    def find_advice(self, number: int) -> list[TriedAdvice]:
        """Return what would bring an article (id) in; [] if nothing was found that does."""
        articles = self._load_texts([number])
        if not articles:
            return []
        (article,) = articles
        rules = RelevanceRules(self._settings)
        reading = rules.read_article(article)
        changes = list_changes(self._settings, article, reading)
        advice = self._try_changes(changes, article)
        if not advice:
            names = list_names_to_ask_about(self._settings, article)
            advice = self._try_changes(names, article)
        return advice

    def _try_changes(
        self, changes: Iterable[SettingsChange], article: Article
    ) -> list[TriedAdvice]:
        """Return the first changes by which the article appears, with what else they bring in."""
        advice: list[TriedAdvice] = []
        for change in changes:
            placing = _Placing(change.settings)
            if placing.shows(article):
                advice.append(
                    TriedAdvice(
                        change.words,
                        self._count_others(placing, article),
                        is_asked=not placing.find_section(article),
                    )
                )
            if len(advice) == MAX_ADVICE:
                break
        return advice

    def _count_others(self, placing: "_Placing", article: Article) -> int:
        """Return how many other articles a change brings in."""
        return sum(
            placing.shows(other)
            for other in self._hidden_articles
            if other.id != article.id
        )

    @cached_property
    def _hidden_articles(self) -> list[Article]:
        """The articles of the last days that are in no section, and that nobody is asked about."""
        since = self._clock() - COMPARED_PERIOD
        placing = _Placing(self._settings)
        recent = self._store.analyses.list_articles_since(since)
        return [
            article
            for article in self._load_texts(recent)
            if not placing.shows(article)
        ]

    def _load_texts(self, numbers: list[int]) -> list[Article]:
        return [
            article
            for batch in self._store.analyses.iterate_texts(numbers)
            for article in batch
        ]


class _Placing:
    """Says whether articles appear by some settings, and in which section."""

    def __init__(self, settings: Settings) -> None:
        self._rules = RelevanceRules(settings)
        self._sections = Sections(settings.sections)

    def shows(self, article: Article) -> bool:
        """Return whether an article would be in a section, or asked about."""
        reading = self._rules.read_article(article)
        if reading.doubtful_mentions:
            return True
        return bool(self._sections.place_article(article, reading).section)

    def find_section(self, article: Article) -> str:
        """Return the section that an article would be in; "" for none."""
        reading = self._rules.read_article(article)
        return self._sections.place_article(article, reading).section

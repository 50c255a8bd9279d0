"""Missed articles: why an article was not proposed, and what would bring it in, as was tried.

Nothing is stored here, and nothing is advised that was not tried first: changes of feeds.yaml in
memory, feeds on the site itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.edition.cadence import FEEDS_LAG
from digest.model import AnalysedArticle, Article
from digest.services.articles import Articles, Explanation
from digest.services.edition_times import EditionTimes
from digest.services.settings_changes import with_size, with_tier
from digest.services.tried_advice import AdviceTrials, TriedAdvice
from digest.services.tried_feeds import try_feeds
from digest.settings import Outlet, Settings
from digest.settings.fields import MAX_WINDOW_DAYS

if TYPE_CHECKING:
    from digest.collect import FetcherFactory
    from digest.store import Store

ONE_DAY = timedelta(days=1)
#: The largest section that feeds.yaml may have (`settings.SectionRule.size`).
MAX_SIZE = 50
NO_ADVICE = "nothing that was tried would bring the next one by itself; --section puts this one in"
SAY_YES = "say yes to it at the desk, under May be you"


@dataclass(frozen=True, slots=True)
class MissedArticle:
    """An article that was not proposed: why, and what would bring the next one by itself."""

    judged: AnalysedArticle
    #: no feed, blocked, not in the feed, unread, doubtful, rule, no section, aside, too old, rank;
    #: "" if not missed
    cause: str
    because: str
    #: what brings it in, one or the other; each was tried
    changes: Sequence[TriedAdvice | str] = ()

    @property
    def advice(self) -> str:
        """What to change, in words."""
        if not self.cause:
            return "nothing"
        return "; or ".join(map(str, self.changes)) or NO_ADVICE


class MissedArticles:
    """Explains why articles were not proposed to one newsletter."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Articles,
        open_fetcher: "FetcherFactory",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._press = press
        self._open_fetcher = open_fetcher
        self._clock = clock
        self._trials = AdviceTrials(settings, store, clock)

    def explain_collected(self, number: int) -> MissedArticle:
        """Return why an article (id) that a feed gave was not proposed. Raises NotFound."""
        from digest.edition import reason_to_set_aside, words_for_earlier_run

        why = self._press.explain_article(number)
        judged = why.judged
        if not judged.judgement.section:
            return self._explain_no_section(judged)
        reason = reason_to_set_aside(judged, self._clock())
        if reason:
            because = f"it is set aside: {reason}"
            return MissedArticle(
                judged, "aside", because, self._try_filing(judged)
            )
        if why.story.ran:
            reason = words_for_earlier_run(
                why.story.ran, self._settings.newsletter, self._clock()
            )
            return _not_missed(judged, reason)
        if self._is_too_old(judged.article):
            return self._explain_age(judged)
        standing = why.story.representative.article
        if standing.id != number:
            return _not_missed(
                judged,
                f"“{standing.title}” ({standing.outlet}) stands for the same story; the desk can let "
                "this one stand for it",
            )
        return self._explain_rank(why)

    def explain_not_collected(self, judged: AnalysedArticle) -> MissedArticle:
        """Return why no feed gave an article that was read just now."""
        cause, because, site = self._find_missing_feed(judged.article)
        watched = [
            url for outlet in self._settings.outlets for url in outlet.feeds
        ]
        tried = try_feeds(
            site,
            judged.article.key,
            watched,
            self._settings,
            self._open_fetcher,
        )
        because = f"{because}; {tried.result}"
        then = self._what_then(judged)
        if not tried.advice:
            return MissedArticle(judged, cause, because, then)
        if not then:
            return MissedArticle(judged, cause, because, [tried.advice])
        both = [f"{tried.advice}, and {change}" for change in then]
        return MissedArticle(judged, cause, because, both)

    # Inside

    def _explain_no_section(self, judged: AnalysedArticle) -> MissedArticle:
        """Return why no rule put an article into a section of the newsletter."""
        article = judged.article
        if article.unread and not judged.reading.mentions:
            because = f"its page could not be read ({article.unread}); the rest does not name you"
            return MissedArticle(
                judged, "unread", because, self._try_filing(judged)
            )
        advice: list[TriedAdvice | str] = []
        if judged.may_name_us:
            doubt = judged.reading.doubtful_mentions[0].doubt
            because = f"it waits for your answer: {doubt}"
            return MissedArticle(judged, "doubtful", because, [SAY_YES])
        advice += self._trials.find_advice(article.id)
        cause, because = self._describe_no_section(judged)
        return MissedArticle(judged, cause, because, advice)

    def _describe_no_section(self, judged: AnalysedArticle) -> tuple[str, str]:
        reading = judged.reading
        if reading.names_organisation or reading.topics:
            title = self._settings.newsletter.title
            words = [reason.words for reason in judged.judgement.reasons]
            return (
                "no section",
                f"{title} has no section for it: {'; '.join(words)}",
            )
        for mention in reading.mentions:
            return (
                "rule",
                f"“{mention.name}” was not counted: {mention.reason_against}",
            )
        return "rule", "it mentions neither the organisation nor a topic"

    def _what_then(
        self, judged: AnalysedArticle
    ) -> Sequence[TriedAdvice | str]:
        """Return what else must change for an article whose feed is missing."""
        if judged.judgement.section:
            return ()
        return self._explain_no_section(judged).changes

    def _try_filing(self, judged: AnalysedArticle) -> list[str]:
        """Return how to put an article in by hand, if that would do."""
        from digest.edition import reason_to_set_aside

        section = self._settings.sections[0].key
        filed = replace(judged.article, section=section)
        if reason_to_set_aside(replace(judged, article=filed), self._clock()):
            return []
        article = judged.article
        address = "URL"
        if article.has_link:
            address = article.url
        advice = [f"read it and run `digest add {address} --section {section}`"]
        if article.unread:
            advice.append(
                f"give what you can read of it: `digest add {address} --text FILE`"
            )
        return advice

    # Age

    @cached_property
    def _times(self) -> EditionTimes:
        return EditionTimes(self._settings, self._store, self._clock)

    def _is_too_old(self, article: Article) -> bool:
        """Return whether an article was too old for every edition when it was first seen."""
        if article.published is None or article.first_seen is None:
            return False
        age = article.first_seen - article.published
        window = self._settings.newsletter.window_days * ONE_DAY
        if age <= max(window, FEEDS_LAG):
            return False
        return not self._is_held(article, self._times)

    def _is_held(self, article: Article, times: EditionTimes) -> bool:
        """Return whether the edition being worked on takes an article of its age."""
        day = times.find_next_date()
        if day is None or article.published is None:
            return True
        covered = times.find_covered_window(day)
        return covered.holds_article(article.published, article.first_seen)

    def _explain_age(self, judged: AnalysedArticle) -> MissedArticle:
        article = judged.article
        published = article.published or self._clock()
        day = self._times.find_next_date()
        because = (
            f"it came out on {published.day} {published:%B %Y}, long before it was first seen, and "
            f"before what the edition of {day} covers"
        )
        advice = [
            "add its address at the desk under Add an article, which takes it whatever its age"
        ]
        days = (self._clock() - published) // ONE_DAY + 1
        newsletter = self._settings.newsletter
        for window in range(days, min(days + 8, MAX_WINDOW_DAYS + 1)):
            longer = newsletter.model_copy(update={"window": window})
            times = EditionTimes(
                self._settings.with_newsletter(longer), self._store, self._clock
            )
            if self._is_held(article, times):
                advice.append(f"set `window: {window}` for {newsletter.title}")
                break
        return MissedArticle(judged, "too old", because, advice)

    # Rank

    def _explain_rank(self, why: Explanation) -> MissedArticle:
        """Return the place of an article's story in its section."""
        sizes = {
            section.key: section.size for section in self._settings.sections
        }
        section = why.judged.judgement.section
        size = sizes.get(section, 0)
        place = f"its story is number {why.place} of {why.of} in {section}, which takes {size}"
        if why.place <= size:
            return _not_missed(why.judged, place)
        return MissedArticle(
            why.judged, "rank", place, self._try_places(why, section, size)
        )

    def _try_places(
        self, why: Explanation, section: str, size: int
    ) -> list[str]:
        """Return what puts a story among those that a draft proposes."""
        advice: list[str] = []
        article = why.judged.article
        outlet = self._find_outlet(article.outlet)
        if outlet and outlet.tier > 1:
            change = with_tier(self._settings, outlet.name, outlet.tier - 1)
            changed = Articles(change.settings, self._store, self._clock)
            place = changed.explain_article(article.id).place
            if place <= size:
                advice.append(f"{change.words}, which makes it number {place}")
        if why.place <= MAX_SIZE:
            change = with_size(self._settings, section, why.place)
            others = why.place - size - 1
            advice.append(f"{change.words} ({others} others come before it)")
        advice.append("pick it at the desk; your picks also teach the order")
        return advice

    # Feeds

    def _find_missing_feed(self, article: Article) -> tuple[str, str, str]:
        """Return the cause why no feed gave an article, in words too, and the site to search."""
        outlet = self._find_outlet(article.outlet)
        if outlet is None:
            parts = urlsplit(article.url)
            because = f"no outlet in feeds.yaml is at {parts.hostname or ''}"
            return "no feed", because, f"{parts.scheme}://{parts.netloc}/"
        if not outlet.feeds:
            because = f"{outlet.name} has no feed in feeds.yaml"
            return "no feed", because, outlet.homepage
        error = self._error_of_all_feeds(outlet)
        if error:
            because = f"{outlet.name} could not be polled: {error}"
            return "blocked", because, outlet.homepage
        because = f"none of the {len(outlet.feeds)} feeds of {outlet.name} has given it"
        if len(outlet.feeds) == 1:
            because = f"the feed of {outlet.name} has not given it"
        return "not in the feed", because, outlet.homepage

    def _find_outlet(self, name: str) -> Outlet | None:
        for outlet in self._settings.outlets:
            if outlet.name == name:
                return outlet
        return None

    def _error_of_all_feeds(self, outlet: Outlet) -> str:
        """Return the error of an outlet's first feed, if all its feeds fail; "" otherwise."""
        stored = self._store.feeds.get_feeds()
        errors = [stored[url].error for url in outlet.feeds if url in stored]
        if errors and all(errors):
            return errors[0]
        return ""


def _not_missed(judged: AnalysedArticle, reason: str) -> MissedArticle:
    return MissedArticle(judged, "", f"it was not missed: {reason}")

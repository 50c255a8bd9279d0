"""Manual articles: add one by its address, or without one; explain why no feed had brought it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.errors import HeadlineMissing
from digest.model import AnalysedArticle, Article
from digest.services.articles import Articles, Explanation
from digest.services.sent_texts import (
    NO_TEXT,
    SentText,
    with_known_facts,
    with_sent_text,
)
from digest.services.unlinked_clips import UnlinkedClip, article_of_clip
from digest.settings import Outlet, Settings

if TYPE_CHECKING:
    from digest.collect import FetcherFactory
    from digest.store import Store


@dataclass(frozen=True, slots=True)
class MissedArticle:
    """An article that a person had to add: why, and what would bring the next one by itself."""

    judged: AnalysedArticle
    #: no feed, blocked, not in the feed, unread, rule, no section, aside, rank; "" if not missed
    cause: str
    because: str
    advice: str


class ManualArticles:
    """Articles by their addresses."""

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

    def add_article(
        self,
        url: str,
        section: str = "",
        title: str = "",
        outlet: str = "",
        sent: SentText = NO_TEXT,
    ) -> AnalysedArticle:
        """Add one article by its address, with the text that a person sent of it, if one did.

        Raises HeadlineMissing if neither the page nor `title` has one, TextTooLong if too much was
        sent, and DigestError if the address is none.
        """
        from digest.collect import (
            READERS,
            headline_key_of,
            outlet_of,
            read_article_at,
        )

        with self._open_fetcher(self._settings) as fetch:
            extract = READERS[self._settings.extractor]
            article = read_article_at(
                url, self._settings.outlets, fetch, extract
            )
        earlier = self._store.articles.find_article(article.key)
        watched_outlet = outlet_of(article.url, self._settings.outlets)
        known_outlet = ""
        if earlier:
            known_outlet = earlier.outlet
        article = replace(
            article,
            title=title or article.title,
            outlet=outlet
            or watched_outlet
            or known_outlet
            or sent.site
            or article.outlet,
            section=section,
        )
        article = with_sent_text(
            article, sent, self._clock(), self._settings.newsletter.zone
        )
        article = with_known_facts(article, earlier)
        if not article.title:
            raise HeadlineMissing(url, article.unread)
        stored = self._store.articles.put_article(
            article, self._clock(), headline_key_of(article)
        )
        self._press.analyse_article(stored.id)
        return self._press.explain_article(stored.id).judged

    def add_unlinked(
        self, clip: UnlinkedClip, section: str = ""
    ) -> AnalysedArticle:
        """Add an article that has no address; the same facts make the same article.

        Raises ClipRefused if outlet or words are missing, or its day is still to come.
        """
        language = ""
        outlet = self._find_outlet(clip.outlet.strip())
        if outlet:
            language = outlet.language
        article = article_of_clip(
            clip, language, self._clock(), self._settings.newsletter.zone
        )
        stored = self._store.articles.put_article(
            replace(article, section=section), self._clock()
        )
        self._press.analyse_article(stored.id)
        return self._press.explain_article(stored.id).judged

    def report_missed(
        self, url: str, section: str = "", title: str = "", outlet: str = ""
    ) -> MissedArticle:
        """Add an article and explain why it was not collected; record it as missed."""
        from digest.collect import article_key

        stored = self._store.articles.find_article(article_key(url))
        if stored and stored.came_by_feed:
            missed = self._explain_collected(stored)
            if section:
                self._file_under(stored, section)
        else:
            added = self.add_article(url, section, title, outlet)
            if added.article.came_by_feed:
                missed = self._explain_collected(added.article)
            else:
                missed = self._explain_not_collected(added)
        if missed.cause:
            number = missed.judged.article.id
            self._store.analyses.save_missed_article(
                number, missed.cause, self._clock()
            )
        return missed

    def count_missed(self) -> dict[str, int]:
        """Return how many articles were missed, by cause, the most frequent first."""
        return self._store.analyses.count_missed_by_cause()

    # Inside

    def _file_under(self, article: Article, section: str) -> None:
        """Put a stored article into a section, whatever the rules say."""
        self._store.articles.put_article(
            replace(article, section=section), self._clock()
        )
        self._press.analyse_article(article.id)

    def _explain_collected(self, article: Article) -> MissedArticle:
        """Return why an article that a feed gave was not proposed."""
        from digest.edition import reason_to_set_aside, words_for_earlier_run

        why = self._press.explain_article(article.id)
        judged = why.judged
        if judged.article.unread and not judged.reading.mentions:
            return MissedArticle(judged, "unread", *_explain_unread(judged))
        if not judged.judgement.section:
            return self._explain_no_section(judged)
        reason = reason_to_set_aside(judged, self._clock())
        if reason:
            advice = "give --section"
            return MissedArticle(
                judged, "aside", f"it is set aside: {reason}", advice
            )
        if why.story.ran:
            reason = words_for_earlier_run(
                why.story.ran, self._settings.newsletter, self._clock()
            )
            return _not_missed(judged, reason)
        return self._explain_rank(why)

    def _explain_no_section(self, judged: AnalysedArticle) -> MissedArticle:
        """Return why no rule put an article into a section of the newsletter."""
        if not (judged.reading.names_organisation or judged.reading.topics):
            return MissedArticle(judged, "rule", *_explain_no_rule(judged))
        title = self._settings.newsletter.title
        words = [reason.words for reason in judged.judgement.reasons]
        because = f"{title} has no section for it: {'; '.join(words)}"
        advice = (
            "give --section, or list its topic under topics of a section in feeds.yaml; a section "
            "with the key in_the_news takes what names you"
        )
        return MissedArticle(judged, "no section", because, advice)

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
        advice = (
            "give its topic more weight or its outlet a better tier in feeds.yaml; your "
            "picks also teach the order"
        )
        return MissedArticle(why.judged, "rank", place, advice)

    def _explain_not_collected(self, judged: AnalysedArticle) -> MissedArticle:
        """Return why no feed gave an article."""
        and_then = ""
        if not judged.judgement.section:
            and_then = f"; then {self._explain_no_section(judged).advice}"
        outlet = self._find_outlet(judged.article.outlet)
        if outlet is None:
            host = urlsplit(judged.article.url).hostname or ""
            because = f"no outlet in feeds.yaml is at {host}"
            advice = f"run `digest feeds add https://{host}`{and_then}"
            return MissedArticle(judged, "no feed", because, advice)
        if not outlet.feeds:
            because = f"{outlet.name} has no feed in feeds.yaml"
            advice = f"run `digest feeds add {outlet.homepage}`{and_then}"
            return MissedArticle(judged, "no feed", because, advice)
        error = self._error_of_all_feeds(outlet)
        if error:
            because = f"{outlet.name} could not be polled: {error}"
            advice = f"`digest feeds list` shows since when{and_then}"
            return MissedArticle(judged, "blocked", because, advice)
        because = f"none of the {len(outlet.feeds)} feeds of {outlet.name} has given it"
        advice = f"`digest feeds add {outlet.homepage}` lists the site's other feeds{and_then}"
        return MissedArticle(judged, "not in the feed", because, advice)

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
    because = f"it was not missed: {reason}"
    return MissedArticle(judged, "", because, "nothing")


def _explain_unread(judged: AnalysedArticle) -> tuple[str, str]:
    """Return why a page was not read, and what to do about it."""
    because = f"its page could not be read ({judged.article.unread}); the rest does not name you"
    advice = (
        "read it and give --section; a feed with whole texts would also be read"
    )
    return because, advice


def _explain_no_rule(judged: AnalysedArticle) -> tuple[str, str]:
    """Return what no rule found, or what nearly counted, and what to do about it."""
    for mention in judged.reading.mentions:
        if not mention.counts:
            because = (
                f"“{mention.name}” was not counted: {mention.reason_against}"
            )
            return because, "add the name, as it is written there, to aliases"
    because = "it mentions neither the organisation nor a topic"
    advice = "add the words it uses to aliases, people, cases or a topic in feeds.yaml"
    return because, advice

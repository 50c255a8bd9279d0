"""Manual articles: add one by its address, or without one; explain why no feed had brought it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from digest.errors import HeadlineMissing, NotFound
from digest.model import AnalysedArticle, Article
from digest.services.articles import Articles
from digest.services.missed_articles import MissedArticle, MissedArticles
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
        self._missed = MissedArticles(
            settings, store, press, open_fetcher, clock
        )

    def explain_missed(self, number: int) -> MissedArticle:
        """Return why an article (id) is not proposed, and what was tried to bring it in; store nothing."""
        return self._missed.explain_collected(number)

    def find_number(self, address: str) -> int:
        """Return the id of the article at an address. Raises NotFound if it was not collected."""
        from digest.collect import article_key

        article = self._store.articles.find_article(article_key(address))
        if article is None:
            raise NotFound(
                f"no article at {address} was collected; `digest add {address} --missed` adds it and "
                "says why not"
            )
        return article.id

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
            missed = self._missed.explain_collected(stored.id)
            if section:
                self._file_under(stored, section)
        else:
            added = self.add_article(url, section, title, outlet)
            if added.article.came_by_feed:
                missed = self._missed.explain_collected(added.article.id)
            else:
                missed = self._missed.explain_not_collected(added)
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

    def _find_outlet(self, name: str) -> Outlet | None:
        for outlet in self._settings.outlets:
            if outlet.name == name:
                return outlet
        return None

"""Articles that a person brings, and why the press had not brought them by itself."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.errors import DigestError
from digest.model import Article, Feed, Judged
from digest.ports import Fetcher
from digest.services.articles import Press, Why
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store


@dataclass(frozen=True, slots=True)
class Missed:
    """A clip that was missed: why, and what would bring the next one by itself."""

    judged: Judged
    cause: str  #: no feed, blocked, not in the feed, unread, rule, aside, rank; "" if not missed
    because: str
    advice: str


class Clips:
    """Articles by their addresses."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Press,
        fetch: Callable[[], AbstractContextManager[Fetcher]],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._press = press
        self._fetch = fetch
        self._clock = clock

    def add(
        self, url: str, section: str = "", title: str = "", outlet: str = ""
    ) -> Judged:
        """Add one article by its address. Raises DigestError if it has no headline."""
        from digest.collect import READERS, adopt

        with self._fetch() as fetch:
            extract = READERS[self._settings.extractor]
            found = adopt(url, self._settings.outlets, fetch, extract)
        found = replace(
            found, title=title or found.title, outlet=outlet or found.outlet
        )
        if not found.title:
            raise DigestError(
                f"{url}: {found.unread or 'no headline'}; give --title and --outlet"
            )
        stored = self._store.articles.put(
            replace(found, section=section), self._clock()
        )
        self._press.analyse_article(stored.id)
        return self._press.why(stored.id).judged

    def missed(
        self, url: str, section: str = "", title: str = "", outlet: str = ""
    ) -> Missed:
        """Add an article and say why it had not come by itself; remember that it was missed."""
        from digest.collect import key

        known = self._store.articles.find(key(url))
        if known and known.feed:
            found = self._came(known)
            if section:
                self._store.articles.put(replace(known, section=section), self._clock())
                self._press.analyse_article(known.id)
        else:
            found = self._never_came(self.add(url, section, title, outlet))
        if found.cause:
            number = found.judged.article.id
            self._store.judgements.save_missed(number, found.cause, self._clock())
        return found

    def _came(self, known: Article) -> Missed:
        """Say why an article that a feed gave was not proposed."""
        from digest.edition import aside, ran_already

        why = self._press.why(known.id)
        judged = why.judged
        story = why.story
        if judged.article.unread and not judged.reading.mentions:
            return Missed(judged, "unread", *_unread(judged))
        if not judged.judgement.section:
            return Missed(judged, "rule", *_no_rule(judged))
        if set_aside := aside(judged, self._clock()):
            return Missed(
                judged, "aside", f"it is set aside: {set_aside}", "file it by --section"
            )
        if story.ran:
            told = ran_already(story.ran, self._clock())
            return Missed(
                judged, "", f"it was not missed: {told}", "nothing is to be changed"
            )
        return self._ranked(why)

    def _ranked(self, why: Why) -> Missed:
        rules = {s.key: s.size for s in self._settings.sections}
        section = why.judged.judgement.section
        size = rules.get(section, 0)
        place = f"its story is number {why.place} of {why.of} in {section}, which takes {size}"
        if why.place <= size:
            return Missed(
                why.judged,
                "",
                f"it was not missed: {place}",
                "nothing is to be changed",
            )
        advice = (
            "give its topic more weight or its outlet a better tier in feeds.yaml; what you pick "
            "now "
            "teaches the order"
        )
        return Missed(why.judged, "rank", place, advice)

    def _never_came(self, judged: Judged) -> Missed:
        """Say why no feed gave an article."""
        host = urlsplit(judged.article.url).hostname or ""
        outlet = next(
            (o for o in self._settings.outlets if o.name == judged.article.outlet), None
        )
        if judged.judgement.section:
            also = ""
        else:
            also = f"; and then: {_no_rule(judged)[1]}"
        if outlet is None:
            because = f"no outlet in feeds.yaml is at {host}"
            return Missed(
                judged, "no feed", because, f"`digest feeds add https://{host}`{also}"
            )
        known = self._store.collected.feeds()
        feeds = [known[u] for u in outlet.feeds if u in known]
        if failing := _failing(feeds):
            because = f"{outlet.name} could not be polled: {failing.error}"
            return Missed(
                judged, "blocked", because, f"`digest feeds list` says since when{also}"
            )
        because = f"none of the {len(outlet.feeds)} feeds of {outlet.name} has given it"
        advice = (
            f"`digest feeds add {outlet.homepage}` names the site's other feeds{also}"
        )
        return Missed(judged, "not in the feed", because, advice)


def _failing(feeds: Sequence[Feed]) -> Feed | None:
    """Return a feed that fails, if all of an outlet's do."""
    if feeds and all(f.error for f in feeds):
        return feeds[0]
    return None


def _unread(judged: Judged) -> tuple[str, str]:
    because = f"its page could not be read ({judged.article.unread}); what could be does not name you"
    return (
        because,
        "read it yourself and file it by --section; a feed of whole texts would be read",
    )


def _no_rule(judged: Judged) -> tuple[str, str]:
    """Say what no rule found, and what nearly did."""
    near = next((m for m in judged.reading.mentions if not m.counts), None)
    if near is None:
        because = "it names neither the organisation nor a topic"
        return (
            because,
            "add the words it uses to aliases, people, cases or a topic in feeds.yaml",
        )
    reason = near.doubt or f"it stands in the {near.place}"
    return (
        f"“{near.name}” was not counted: {reason}",
        "add the name as it stands there to aliases",
    )

"""Which articles are new, and which we have seen before under another name. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from digest.collect.feeds.clean import key
from digest.model import Article, Sighting

#: A title of fewer words ("Corrections", "The week in pictures") names no single piece.
TELLING_WORDS = 4


@dataclass(slots=True)
class Memory:
    """What is known of articles that the ones at hand may be."""

    by_key: dict[str, Sighting] = field(default_factory=dict)
    by_guid: dict[tuple[str, str], Sighting] = field(default_factory=dict)
    by_title: dict[tuple[str, str, object], Sighting] = field(default_factory=dict)

    def remember(self, seen: Sighting) -> None:
        """Know this article again."""
        self.by_key.setdefault(seen.key, seen)
        if seen.guid:
            self.by_guid.setdefault((seen.outlet, seen.guid), seen)
        if seen.published and len(seen.title.split()) >= TELLING_WORDS:
            self.by_title.setdefault((seen.outlet, seen.title, seen.published), seen)

    def recognise(self, article: Article) -> Sighting | None:
        """Return the article as which this one was seen before.

        By its address; by its guid, if headline or time agree too, since some feeds give every
        entry one guid; by outlet, headline and the very same time, if the headline is telling.
        """
        if seen := self.by_key.get(article.key):
            return seen
        if article.guid:
            seen = self.by_guid.get((article.outlet, article.guid))
        else:
            seen = None
        if seen and (
            seen.title == article.title
            or (seen.published is not None and seen.published == article.published)
        ):
            return seen
        return self.by_title.get((article.outlet, article.title, article.published))


@dataclass(slots=True)
class Sorted:
    """Articles of one poll, by what is to be done with them."""

    new: list[Article] = field(default_factory=list)
    #: with the new headline
    retitled: list[tuple[Sighting, str]] = field(default_factory=list)


def sort_out(articles: Iterable[Article], memory: Memory) -> Sorted:
    """Tell new articles from known ones; remember the new."""
    found = Sorted()
    for article in articles:
        seen = memory.recognise(article)
        if seen is None:
            found.new.append(article)
            memory.remember(sighting(article))
        elif _retitled(seen, article):
            found.retitled.append((seen, article.title))
    return found


def sighting(article: Article) -> Sighting:
    """Return what is remembered of an article."""
    a = article
    return Sighting(a.id, a.key, a.outlet, a.title, a.guid, a.feed, a.published)


def canonical_key(canonical: str, page: str) -> str:
    """Return the key of the address a page calls its own; "" if that is not to be believed.

    RFC 6596 lets rel=canonical name any address. A home page or another site's is no second name
    for this article: the one is a mistake, the other a wire story's origin.
    """
    ours = urlsplit(page)
    theirs = urlsplit(canonical)
    same_site = (
        _site(ours.hostname) == _site(theirs.hostname) and ours.port == theirs.port
    )
    if same_site and theirs.path.strip("/"):
        return key(canonical)
    return ""


def _site(host: str | None) -> list[str]:
    """Return the end of a host's name that hosts of one outlet share, near enough."""
    labels = (host or "").split(".")
    if len(labels) > 2 and len(labels[-2]) <= 3:
        return labels[-3:]
    return labels[-2:]


def _retitled(seen: Sighting, article: Article) -> bool:
    """Say whether the outlet changed a headline; two feeds may always have had two."""
    return bool(seen.id and article.title and seen.title) and (
        seen.title != article.title and seen.feed == article.feed
    )

"""Checking an edition before it leaves: everything preflight asks about, brought together."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.errors import Conflict, FetchError, PageUnread
from digest.model import (
    TOKEN,
    Build,
    Edition,
    Finding,
    Link,
    Pick,
    Recipient,
    Section,
    Severity,
)
from digest.ports import Fetcher, Lookup, Request, Response
from digest.services.past_picks import carried
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store

#: Seconds for one link: a reader waits no longer.
PATIENCE = 10.0
#: How often a fix is made again when somebody's change came between.
MAX_RETRIES = 5


class Checks:
    """The editions of one working folder, checked."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        fetch: Callable[[Settings], AbstractContextManager[Fetcher]],
        render: Callable[[date], Build],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._store, self._fetch = settings, store, fetch
        self._render, self._clock = render, clock

    def findings(
        self, day: date, *, links: bool = True, spam: bool = True
    ) -> list[Finding]:
        """Return everything worth saying about an edition, the gravest first.

        Links are fetched and SpamAssassin asked unless that is not wanted: both take seconds.
        """
        from digest.collect import key, untracked
        from digest.delivery import Message
        from digest.preflight import Before, check
        from digest.preflight.mail import spam_points

        built = self._render(day)
        fetched = list(self.links(built)) if links else []
        points = spam_points if spam else _unasked
        message = Message(built.letter, self._clock()).to(
            Recipient(0, "reader@example.org", "x")
        )
        return check(
            built,
            self._settings,
            Before(self._ran(day), fetched, key, untracked, message, points),
        )

    def changed_links(self, day: date) -> list[Finding]:
        """Return what became of an edition's stories: gone, moved, taken back, headed otherwise."""
        from digest.preflight.links import links

        built = self._render(day)
        fetched = [link for link in self.links(built) if not link.closed]
        return list(links(built, fetched))

    def open_musts(self, day: date) -> list[Finding]:
        """Return what must be corrected in an edition, as far as that is known without network."""
        found = self.findings(day, links=False, spam=False)
        return [f for f in found if f.severity == Severity.MUST]

    def links(self, built: Build) -> Iterator[Link]:
        """Fetch every link of a built edition, each once, and yield what became of it.

        The edition's own page is left out: it is there only once it is sent.
        """
        from digest.preflight.web_page import Page
        from digest.render import page_url

        quick = self._settings.collect.model_copy(
            update={"timeout": min(PATIENCE, self._settings.collect.timeout)}
        )
        page = Page(built.html)
        images = {
            str(i.get("src"))
            for i in page.images
            if str(i.get("src")) in built.markdown
        }
        own = page_url(built.edition.date, self._settings)
        urls = dict.fromkeys(
            [*(u for u, _ in page.links if TOKEN not in u), *sorted(images)]
        )
        foreign = [Request(u) for u in urls if u.startswith("http") and u != own]
        with self._fetch(self._settings.model_copy(update={"collect": quick})) as fetch:
            for asked, answer in fetch(foreign):
                yield self._link(asked.url, answer, is_image=asked.url in images)

    def mend(self, day: date, *, fetch_links: bool = True) -> Edition:
        """Take trackers off story lines, follow pages that moved, mark paywalls, drop doubles.

        The edition is stored and returned. Only story lines are touched; an edition that needs
        nothing stays as it is.
        """
        from digest.edition import dump, load
        from digest.store.editions import EDITED

        links = self.links(self._render(day)) if fetch_links else ()
        found = {link.url: link for link in links}
        for _ in range(
            MAX_RETRIES
        ):  # links take their time: the edition may change meanwhile
            source = self._store.editions.source(day) or ""
            edition, seen = load(source), set[str]()
            sections = tuple(self._mended(s, found, seen) for s in edition.sections)
            mended = replace(edition, sections=sections)
            if mended == edition or self._store.editions.save(
                day, dump(mended), self._clock(), EDITED, source
            ):
                return mended
        raise Conflict("the edition", "", "")

    def _mended(
        self, section: Section, found: dict[str, Link], seen: set[str]
    ) -> Section:
        from digest.collect import key, untracked

        kept: list[Pick] = []
        for pick in section.picks:
            link = found.get(pick.url, Link(pick.url))
            url = untracked(link.moved_to or pick.url)
            closed = pick.paywall or (link.closed and not pick.gift)
            if key(url) not in seen:
                kept.append(replace(pick, url=url, paywall=closed))
                seen.add(key(url))
        return replace(section, picks=tuple(kept))

    def _link(self, url: str, answer: Response | FetchError, *, is_image: bool) -> Link:
        from digest.collect import READERS, key

        if isinstance(answer, FetchError):
            return Link(url, error=str(answer), reason=answer.reason)
        if is_image:
            return Link(url, weight=len(answer.body))
        moved = answer.url if answer.moved and key(answer.url) != key(url) else ""
        try:
            page = READERS[self._settings.extractor](answer.body, answer.url)
        except PageUnread:
            return Link(url, moved)
        return Link(url, moved, headline=page.title, paywalled=page.paywalled)

    def _ran(self, day: date) -> dict[str, date]:
        """Return the key of each story that another, earlier edition carried."""
        return {
            key: edition for key, _, edition in carried(self._store) if edition < day
        }


class DomainCheck:
    """Checks the sender's domain and the unsubscribe host of one working folder."""

    def __init__(
        self,
        settings: Settings,
        fetch: Callable[[Settings], AbstractContextManager[Fetcher]],
    ) -> None:
        self._settings = settings
        self._fetch = fetch

    def findings(self, lookup: Lookup) -> list[Finding]:
        """Return what is amiss with the sender's domain and the unsubscribe host."""
        from digest.delivery.domain_check import examine

        def reach(url: str) -> str:
            with self._fetch(self._settings) as fetch:
                _, answer = next(iter(fetch([Request(url)])))
            return str(answer) if isinstance(answer, FetchError) else ""

        return examine(self._settings, lookup, reach)


def _unasked(_message: bytes) -> None:
    """Stand in for SpamAssassin where it is not asked."""

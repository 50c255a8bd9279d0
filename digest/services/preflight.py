"""Preflight: check an edition before it is sent, and fix its story lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping
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

#: For one link: a reader waits no longer.
LINK_TIMEOUT_SECONDS = 10.0
#: How often a fix is made again when somebody's change came between.
MAX_RETRIES = 5
EXAMPLE_RECIPIENT = Recipient(0, "reader@example.org", "x")


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

        rendered = self._render(day)
        fetched: list[Link] = []
        if links:
            fetched = list(self.links(rendered))
        count_spam_points: Callable[[bytes], float | None] = _skip_spam_check
        if spam:
            count_spam_points = spam_points
        message = Message(rendered.letter, self._clock()).to(EXAMPLE_RECIPIENT)
        before = Before(
            self._earlier_editions(day),
            fetched,
            key,
            untracked,
            message,
            count_spam_points,
        )
        return check(rendered, self._settings, before)

    def changed_links(self, day: date) -> list[Finding]:
        """Return what became of an edition's stories: gone, moved, taken back, headed otherwise."""
        from digest.preflight.links import links

        rendered = self._render(day)
        open_links = [link for link in self.links(rendered) if not link.closed]
        return list(links(rendered, open_links))

    def open_musts(self, day: date) -> list[Finding]:
        """Return what must be corrected in an edition, as far as that is known without network."""
        findings = self.findings(day, links=False, spam=False)
        return [finding for finding in findings if finding.severity == Severity.MUST]

    def links(self, built: Build) -> Iterator[Link]:
        """Fetch every link of a rendered edition, each once, and yield what became of it.

        The edition's own page is left out: it is there only once it is sent.
        """
        images = _image_addresses(built)
        requests = [
            Request(url) for url in self._addresses_of_others(built, sorted(images))
        ]
        with self._fetch(self._impatient_settings()) as fetch:
            for request, answer in fetch(requests):
                is_image = request.url in images
                yield self._read_answer(request.url, answer, is_image=is_image)

    def mend(self, day: date, *, fetch_links: bool = True) -> Edition:
        """Take trackers off story lines, follow pages that moved, mark paywalls, drop doubles.

        The edition is stored and returned. Only story lines are touched; an edition that needs
        nothing stays as it is.
        """
        from digest.edition import dump, load
        from digest.store.editions import EDITED

        links: dict[str, Link] = {}
        if fetch_links:
            links = {link.url: link for link in self.links(self._render(day))}
        # links take their time: the edition may change meanwhile
        for _ in range(MAX_RETRIES):
            source = self._store.editions.source(day) or ""
            edition = load(source)
            fixed = _fix_edition(edition, links)
            if fixed == edition:
                return fixed
            now = self._clock()
            if self._store.editions.save(day, dump(fixed), now, EDITED, source):
                return fixed
        raise Conflict("the edition", "", "")

    # Inside

    def _impatient_settings(self) -> Settings:
        """Return the settings with the time that one link may take."""
        collect = self._settings.collect
        timeout = min(LINK_TIMEOUT_SECONDS, collect.timeout)
        impatient = collect.model_copy(update={"timeout": timeout})
        return self._settings.model_copy(update={"collect": impatient})

    def _addresses_of_others(
        self, rendered: Build, images: Iterable[str]
    ) -> Iterator[str]:
        """Yield the web addresses in a mail, each once, but for ours."""
        from digest.preflight.web_page import Page
        from digest.render import page_url

        own_page = page_url(rendered.edition.date, self._settings)
        links = [url for url, _ in Page(rendered.html).links if TOKEN not in url]
        for url in dict.fromkeys([*links, *images]):
            if url.startswith("http") and url != own_page:
                yield url

    def _read_answer(
        self, url: str, answer: Response | FetchError, *, is_image: bool
    ) -> Link:
        """Return what became of a link."""
        from digest.collect import READERS, key

        if isinstance(answer, FetchError):
            return Link(url, error=str(answer), reason=answer.reason)
        if is_image:
            return Link(url, weight=len(answer.body))
        moved_to = ""
        if answer.moved and key(answer.url) != key(url):
            moved_to = answer.url
        try:
            page = READERS[self._settings.extractor](answer.body, answer.url)
        except PageUnread:
            return Link(url, moved_to)
        return Link(url, moved_to, headline=page.title, paywalled=page.paywalled)

    def _earlier_editions(self, day: date) -> dict[str, date]:
        """Return in which earlier edition each story (by its key) ran."""
        return {
            story.key: story.edition
            for story in carried(self._store)
            if story.edition < day
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
            if isinstance(answer, FetchError):
                return str(answer)
            return ""

        return examine(self._settings, lookup, reach)


def _image_addresses(rendered: Build) -> set[str]:
    """Return the addresses of the images that an edition's text names."""
    from digest.preflight.web_page import Page

    sources = [str(image.get("src")) for image in Page(rendered.html).images]
    return {source for source in sources if source in rendered.markdown}


def _fix_edition(edition: Edition, links: Mapping[str, Link]) -> Edition:
    """Return an edition with its story lines fixed; `links` is what became of their addresses."""
    keys: set[str] = set()
    sections = tuple(_fix_section(section, links, keys) for section in edition.sections)
    return replace(edition, sections=sections)


def _fix_section(
    section: Section, links: Mapping[str, Link], keys: set[str]
) -> Section:
    """Return a section fixed, without stories whose key is in `keys`; add those of the others."""
    from digest.collect import key, untracked

    picks: list[Pick] = []
    for pick in section.picks:
        link = links.get(pick.url, Link(pick.url))
        url = untracked(link.moved_to or pick.url)
        if key(url) in keys:
            continue
        keys.add(key(url))
        has_paywall = pick.paywall or (link.closed and not pick.gift)
        picks.append(replace(pick, url=url, paywall=has_paywall))
    return replace(section, picks=tuple(picks))


def _skip_spam_check(_message: bytes) -> None:
    """Stand in for SpamAssassin where it is not asked."""

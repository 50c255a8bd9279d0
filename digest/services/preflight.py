"""Preflight: check an edition before it is sent, and fix its story lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.errors import EditConflict, FetchError, PageUnread
from digest.model import (
    TOKEN_PLACEHOLDER,
    Edition,
    Finding,
    LinkCheck,
    Pick,
    Recipient,
    RenderedEdition,
    Section,
    Severity,
)
from digest.ports import Lookup, Request, Response
from digest.services.past_picks import list_public_stories
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.collect import FetcherFactory
    from digest.store import Store

#: For one link: a reader waits no longer.
LINK_TIMEOUT_SECONDS = 10.0
#: Tries of a fix when somebody changes the edition at the same time.
MAX_RETRIES = 5
EXAMPLE_RECIPIENT = Recipient(0, "reader@example.org", "x")


class Preflight:
    """The editions of one working folder, checked."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        open_fetcher: "FetcherFactory",
        render: Callable[[date], RenderedEdition],
        clock: Callable[[], datetime],
        list_missing_words: Callable[[str], list[str]],
        list_unused_templates: Callable[[], list[str]],
    ) -> None:
        self._settings = settings
        self._store = store
        self._open_fetcher = open_fetcher
        self._render, self._clock = render, clock
        self._list_missing_words = list_missing_words
        self._list_unused_templates = list_unused_templates

    def list_findings(
        self, day: date, *, links: bool = True, spam: bool = True
    ) -> list[Finding]:
        """Return everything worth saying about an edition, the gravest first.

        Links are fetched and SpamAssassin asked unless that is not wanted: both take seconds.
        """
        from digest.collect import article_key, strip_trackers
        from digest.delivery import EncodedEmail
        from digest.preflight import CheckContext, check_edition
        from digest.preflight.mail import spam_points

        rendered = self._render_with_own_links(day)
        fetched: list[LinkCheck] = []
        if links:
            fetched = list(self.fetch_links(rendered))
        count_spam_points: Callable[[bytes], float | None] = _skip_spam_check
        if spam:
            count_spam_points = spam_points
        message = EncodedEmail(rendered.letter, self._clock()).bytes_for(
            EXAMPLE_RECIPIENT
        )
        edition_language = rendered.edition.language
        language = edition_language or self._settings.newsletter.language
        before = CheckContext(
            self._earlier_editions(day),
            fetched,
            article_key,
            strip_trackers,
            message,
            count_spam_points,
            list(_find_text_faults(rendered)),
            self._list_missing_words(language),
            self._list_unused_templates(),
        )
        return check_edition(rendered, self._settings, before)

    def find_changed_links(self, day: date) -> list[Finding]:
        """Return what became of an edition's stories: gone, moved, taken back, headed otherwise."""
        from digest.preflight.links import check_links

        rendered = self._render_with_own_links(day)
        open_links = [
            link for link in self.fetch_links(rendered) if not link.closed
        ]
        return list(check_links(rendered, open_links))

    def list_open_musts(self, day: date) -> list[Finding]:
        """Return what must be fixed in an edition, as far as that is known without network."""
        findings = self.list_findings(day, links=False, spam=False)
        return [
            finding for finding in findings if finding.severity == Severity.MUST
        ]

    def fetch_links(self, built: RenderedEdition) -> Iterator[LinkCheck]:
        """Fetch every link of a rendered edition, each once, and yield what became of it.

        The edition's own page is left out: it is there only once it is sent.
        """
        images = _image_addresses(built)
        requests = [
            Request(url)
            for url in self._addresses_of_others(built, sorted(images))
        ]
        with self._open_fetcher(self._impatient_settings()) as fetch:
            for request, answer in fetch(requests):
                is_image = request.url in images
                yield self._read_answer(request.url, answer, is_image=is_image)

    def fix_story_lines(
        self, day: date, *, fetch_links: bool = True
    ) -> Edition:
        """Take trackers off story lines, follow pages that moved, mark paywalls, drop doubles.

        A public newsletter's stories lose what only an internal one may say. The edition is stored
        and returned. Only story lines are touched; one that needs nothing stays as it is.
        """
        from digest.edition import dump_edition, load_edition
        from digest.store.editions import EDITED

        links: dict[str, LinkCheck] = {}
        if fetch_links:
            links = {
                link.url: link
                for link in self.fetch_links(self._render_with_own_links(day))
            }
        # links take their time: the edition may change meanwhile
        for _ in range(MAX_RETRIES):
            source = self._store.editions.get_source(day) or ""
            edition = load_edition(source)
            fixed = _fix_edition(edition, links)
            if not self._settings.newsletter.is_internal:
                fixed = fixed.without_internal_content()
            if fixed == edition:
                return fixed
            now = self._clock()
            if self._store.editions.save_text(
                day, dump_edition(fixed), now, EDITED, source
            ):
                return fixed
        raise EditConflict("the edition", "", "")

    # Inside

    def _render_with_own_links(self, day: date) -> RenderedEdition:
        """Return a rendered edition in which stories link to themselves, and not to our counter.

        The counter answers only once the edition is out.
        """
        from digest.render import without_counted_links

        rendered = self._render(day)
        html = without_counted_links(
            rendered.html, rendered.edition, self._settings
        )
        return replace(rendered, html=html)

    def _impatient_settings(self) -> Settings:
        """Return the settings with the time that one link may take."""
        collect = self._settings.collect
        timeout = min(LINK_TIMEOUT_SECONDS, collect.timeout)
        impatient = collect.model_copy(update={"timeout": timeout})
        return self._settings.model_copy(update={"collect": impatient})

    def _addresses_of_others(
        self, rendered: RenderedEdition, images: Iterable[str]
    ) -> Iterator[str]:
        """Yield the web addresses in a mail, each once, but for ours."""
        from digest.preflight.web_page import MailPage
        from digest.render import page_url

        own_page = page_url(rendered.edition.date, self._settings)
        links = [
            url
            for url, _ in MailPage(rendered.html).links
            if TOKEN_PLACEHOLDER not in url
        ]
        for url in dict.fromkeys([*links, *images]):
            if url.startswith("http") and url != own_page:
                yield url

    def _read_answer(
        self, url: str, answer: Response | FetchError, *, is_image: bool
    ) -> LinkCheck:
        """Return what became of a link."""
        from digest.collect import READERS, article_key

        if isinstance(answer, FetchError):
            return LinkCheck(url, error=str(answer), reason=answer.reason)
        if is_image:
            return LinkCheck(url, weight=len(answer.body))
        moved_to = ""
        if answer.moved and article_key(answer.url) != article_key(url):
            moved_to = answer.url
        try:
            page = READERS[self._settings.extractor](answer.body, answer.url)
        except PageUnread:
            return LinkCheck(url, moved_to)
        return LinkCheck(
            url, moved_to, headline=page.title, paywalled=page.paywalled
        )

    def _earlier_editions(self, day: date) -> dict[str, date]:
        """Return in which earlier edition each story (by its key) ran."""
        return {
            story.key: story.edition
            for story in list_public_stories(self._store)
            if story.edition < day
        }


class DomainCheck:
    """Checks the sender's domain and the unsubscribe host of one working folder."""

    def __init__(
        self,
        settings: Settings,
        open_fetcher: "FetcherFactory",
    ) -> None:
        self._settings = settings
        self._open_fetcher = open_fetcher

    def check_domain(self, lookup: Lookup) -> list[Finding]:
        """Return what is amiss with the sender's domain and the unsubscribe host."""
        from digest.delivery.domain_check import check_domain

        def reach(url: str) -> str:
            with self._open_fetcher(self._settings) as fetch:
                _, answer = next(iter(fetch([Request(url)])))
            if isinstance(answer, FetchError):
                return str(answer)
            return ""

        return check_domain(self._settings, lookup, reach)


def _find_text_faults(
    rendered: RenderedEdition,
) -> Iterator[tuple[str, str]]:
    """Yield places and words of what `digest edit` would refuse in what was stored before it did."""
    from digest.edition import find_typed_problems
    from digest.edition.saved_blocks import find_typed_problems_of_block

    for line, words in find_typed_problems(rendered.markdown):
        yield f"line {line}", words
    for block in rendered.blocks:
        for line, words in find_typed_problems_of_block(block):
            yield f"{block.file}, line {line}", words


def _image_addresses(rendered: RenderedEdition) -> set[str]:
    """Return the addresses of the images that an edition's text names."""
    from digest.preflight.line_finder import is_in_text
    from digest.preflight.web_page import MailPage

    sources = [
        str(image.get("src")) for image in MailPage(rendered.html).images
    ]
    return {source for source in sources if is_in_text(rendered, source)}


def _fix_edition(edition: Edition, links: Mapping[str, LinkCheck]) -> Edition:
    """Return an edition with its story lines fixed; `links` is what became of their addresses."""
    keys: set[str] = set()
    sections = tuple(
        _fix_section(section, links, keys) for section in edition.sections
    )
    return replace(edition, sections=sections)


def _fix_section(
    section: Section, links: Mapping[str, LinkCheck], keys: set[str]
) -> Section:
    """Return a section fixed, without stories whose key is in `keys`; add those of the others."""
    from digest.collect import article_key, strip_trackers

    picks: list[Pick] = []
    for pick in section.picks:
        link = links.get(pick.url, LinkCheck(pick.url))
        url = strip_trackers(link.moved_to or pick.url)
        if article_key(url) in keys:
            continue
        keys.add(article_key(url))
        has_paywall = pick.paywall or (link.closed and not pick.gift)
        picks.append(replace(pick, url=url, paywall=has_paywall))
    return replace(section, picks=tuple(picks))


def _skip_spam_check(_message: bytes) -> None:
    """Return no SpamAssassin score, where it is not used."""

"""Publishing: what anybody may read of editions; publish, withdraw and correct it.

An edition is public once a transport that mails has sent it, or a person published it. It never
changes: a correction is a version of its own, marked on its page; earlier ones stay reachable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digest.audience import parse_filter
from digest.edition.saved_blocks import source_as_sent
from digest.errors import DigestError, NotApproved, NotFound
from digest.infra.time_format import local_day
from digest.model import (
    Edition,
    Lead,
    PageCorrection,
    Publication,
    PublicEdition,
    RenderedEdition,
)
from digest.services.first_version import EditionVersion, find_first_version
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store

#: Days ahead in which a free date for a correction is searched.
DAYS_LOOKED_AHEAD = 60


@dataclass(frozen=True, slots=True)
class PublicationStatus:
    """State of an edition between draft and public."""

    #: when its audience was frozen, if anything of it was sent
    sent_at: datetime | None
    publication: Publication | None  #: a person's publication or withdrawal
    corrections: tuple[PageCorrection, ...]  #: of its page, the oldest first
    #: whether its newsletter has no public pages, or had none when it was sent
    is_internal: bool = False

    @property
    def is_draft(self) -> bool:
        """Whether it may still be edited."""
        return self.sent_at is None and not self._is_published

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        if self.is_internal:
            return False
        return not self.is_draft and not self.is_withdrawn

    @property
    def is_withdrawn(self) -> bool:
        """Whether a person took it off the web."""
        return (
            self.publication is not None
            and self.publication.withdrawn_at is not None
        )

    @property
    def since(self) -> datetime | None:
        """When it was sent or published, whichever was first; None for a draft."""
        published = None
        if self.publication:
            published = self.publication.published_at
        times = [time for time in (self.sent_at, published) if time]
        return min(times, default=None)

    @property
    def _is_published(self) -> bool:
        if self.publication is None or self.publication.withdrawn_at:
            return False
        return self.publication.published_at is not None


class Publishing:
    """The editions of one working folder, as the public sees them."""

    def __init__(
        self,
        settings: Settings,
        templates: Path,
        store: "Store",
        render_text: Callable[[str], RenderedEdition],
        render_as_sent: Callable[[str], RenderedEdition],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._templates = templates
        self._store = store
        self._render_text = render_text
        self._render_as_sent = render_as_sent
        self._clock = clock

    # Reading

    def find_status(self, day: date) -> PublicationStatus:
        """Return the state of an edition."""
        store = self._store.publications
        return PublicationStatus(
            store.get_send_time(day),
            store.get_publication(day),
            tuple(store.list_page_corrections(day)),
            self._is_internal_edition(day),
        )

    def check_draft(self, day: date) -> None:
        """Raise AlreadySent if an edition was sent, or a person published it."""
        self._store.publications.refuse_if_not_draft(day)

    def list_public_dates(self) -> list[date]:
        """Return the dates of the editions that anybody may read, the newest first."""
        if self._is_internal:
            return []
        store = self._store.publications
        sent = store.get_sent_editions()
        published = store.get_all_publications()
        hidden = store.list_internal_editions()
        shown = set()
        for day, publication in published.items():
            if publication.withdrawn_at:
                hidden.add(day)
            if publication.published_at:
                shown.add(day)
        return sorted((sent.keys() | shown) - hidden, reverse=True)

    def list_public_editions(self) -> list[PublicEdition]:
        """Return the editions that anybody may read, the newest first, in their present version."""
        from digest.edition import load_edition

        store = self._store
        sent = store.publications.get_sent_editions()
        published = store.publications.get_all_publications()
        corrections = store.publications.get_last_corrections()
        frozen = store.sent_contents.get_all_sources()
        editions: list[PublicEdition] = []
        for day in self.list_public_dates():
            status = PublicationStatus(sent.get(day), published.get(day), ())
            since = status.since or self._clock()
            correction = corrections.get(day)
            if correction:
                source = correction.source
                updated = correction.at
                note = correction.note
            else:
                if status.sent_at:
                    source = frozen.get(day, "")
                else:
                    source = published[day].source
                source = source or self._first_version(day).source
                updated = since
                note = ""
            editions.append(
                PublicEdition(load_edition(source), since, updated, note)
            )
        return editions

    def render_page(self, day: date) -> str:
        """Return the page of a public edition; one that was corrected says so. Raises NotFound."""
        from digest.render import corrected_page

        self._check_public(day)
        corrections = self._store.publications.list_page_corrections(day)
        if not corrections:
            return self._first_version(day).page
        return corrected_page(
            corrections[-1].page,
            day,
            corrections,
            self._settings,
            self._templates,
        )

    def render_version(self, day: date, number: int) -> str:
        """Return a version of a page that was corrected since; 1 is the first.

        Raises NotFound if there is no such version, or it is the newest.
        """
        from digest.render import old_page

        self._check_public(day)
        corrections = self._store.publications.list_page_corrections(day)
        if not 1 <= number <= len(corrections):
            raise NotFound(
                f"the edition of {self._name(day)} has no earlier version {number}"
            )
        if number == 1:
            page = self._first_version(day).page
        else:
            page = corrections[number - 2].page
        corrected_at = corrections[number - 1].at
        return old_page(
            page, day, corrected_at, self._settings, self._templates
        )

    def public_source(self, day: date) -> str:
        """Return the Markdown of what was sent or published, corrections of the page included."""
        corrections = self._store.publications.list_page_corrections(day)
        if corrections:
            return corrections[-1].source
        return self._first_version(day).source

    def shown_source(self, day: date) -> str:
        """Return the Markdown of an edition: as it was sent or published, else the present text."""
        if not self.find_status(day).is_draft:
            return self._first_version(day).source
        return self._stored_source(day)

    def load_sent_edition(self, day: date) -> RenderedEdition | None:
        """Return a sent edition as it was sent, whatever the templates are now; None for others.

        None also where an older digest sent it, which kept no mail.
        """
        from digest.edition import load_edition
        from digest.render import picture_keys

        content = self._store.sent_contents.get_content(day)
        if content is None or content.letter is None:
            return None
        if not self._store.publications.is_sent(day):
            return None
        letter = content.letter
        keys = picture_keys(letter.html)
        pictures = [self._store.editions.get_picture(key) for key in keys]
        return RenderedEdition(
            edition=load_edition(content.source),
            mjml="",
            html=letter.html,
            text=letter.text,
            page=content.page,
            markdown=content.source,
            letter=letter,
            content_hash=content.content_hash,
            pictures=tuple(picture for picture in pictures if picture),
        )

    # Publishing

    def check_publishable(self, day: date) -> EditionVersion | None:
        """Return what would become public of an edition; None if it was sent, and is as it was.

        Raises NotFound, NotApproved, and DigestError if it is public already, or internal.
        """
        self._refuse_internal(day)
        status = self.find_status(day)
        if status.is_public:
            raise DigestError(
                f"the edition of {self._name(day)} is public already"
            )
        if status.sent_at:
            return None
        return self._approved_version(day)

    def check_withdrawable(self, day: date) -> None:
        """Raise NotFound unless an edition is public, DigestError if it is internal."""
        self._refuse_internal(day)
        self._check_public(day)

    def publish_edition(self, day: date, by: str) -> None:
        """Make an approved edition public that digest did not mail, or one that was withdrawn.

        What becomes public is what was approved, to the byte. Raises what `check_publishable` does.
        """
        approved = self.check_publishable(day)
        store = self._store
        if approved is None:
            store.publications.restore_publication(day)
        else:
            store.publications.add_publication(
                day, by, self._clock(), approved.source, approved.page
            )
        self._note_action(by, "published it on the web", day)

    def withdraw_edition(self, day: date, by: str) -> None:
        """Take an edition off the web; one that digest did not mail is a draft again.

        Raises NotFound if it is not public, and DigestError if it is internal.
        """
        self.check_withdrawable(day)
        self._store.publications.withdraw_publication(day, by, self._clock())
        self._note_action(by, "withdrew it from the web", day)

    # Correcting

    def correct_page(self, day: date, text: str, note: str, by: str) -> None:
        """Put a corrected version on the web, with a note of what was wrong.

        Raises NotFound if the edition is not public, EditionError if the text cannot be read, and
        DigestError if the note is missing, nothing was changed, or it is internal.
        """
        self._refuse_internal(day)
        self._check_public(day)
        if not note.strip():
            raise DigestError(
                "give a note that says what was wrong: readers see it on the page"
            )
        if text.strip() == self.public_source(day).strip():
            raise DigestError(
                "the text is the same as before, so there is nothing to correct"
            )
        built = self._render_as_sent(text)
        if built.edition.date != day:
            raise DigestError(
                f"the text is dated {built.edition.date}, and the page is of {day}"
            )
        store = self._store
        store.editions.keep_pictures(built.pictures)
        sentence = " ".join(note.split())
        correction = PageCorrection(
            self._clock(), by, sentence, text, built.page
        )
        store.publications.add_page_correction(day, correction)
        self._note_action(by, f"corrected the web page: {sentence}", day)

    def draft_correction(
        self, day: date, by: str, on: date | None = None
    ) -> date:
        """Draft a correction that goes only to those who got another edition; return its date.

        By default it is dated today, or the next day that is free and not the usual weekday.
        Raises DigestError if nobody got the other, or there is an edition of that date.
        """
        from digest.edition import dump_edition, load_edition
        from digest.render import correction_lead, find_reader_language

        store = self._store
        if not store.publications.is_sent(day):
            raise DigestError(
                f"the edition of {self._name(day)} was not mailed by digest"
            )
        edition = self._settings.key_edition(day).short_name
        if not store.subscribers.count_active(
            parse_filter(f"got:{edition}"), self._settings.newsletter.audience
        ):
            raise DigestError(
                f"nobody can get a correction of {self._name(day)}: those who got it have unsubscribed, or "
                "are no longer stored (keep.deliveries)"
            )
        first = load_edition(self._first_version(day).source)
        language = first.language or self._settings.newsletter.language
        reader = find_reader_language(language, self._templates)
        subject, headline, body = correction_lead(first, self._settings, reader)
        dates = self._free_days()
        if on:
            dates = [on]
        lead = Lead(headline, "", body)
        for new_date in dates:
            draft = Edition(
                new_date, subject, leads=(lead,), language=first.language
            )
            now = self._clock()
            if store.editions.add_correction(
                new_date, day, dump_edition(draft), now
            ):
                of_sent = f"drafted a correction of {day} for its readers"
                self._note_action(by, of_sent, new_date)
                dated = (
                    f"drafted a correction for its readers, dated {new_date}"
                )
                self._note_action(by, dated, day)
                return new_date
        taken = "every coming day"
        if on:
            taken = self._name(on)
        raise DigestError(
            f"there is an edition of {taken} already; give another date"
        )

    # Inside

    def _free_days(self) -> list[date]:
        """Return the days from today on, but for those that are the usual editions'."""
        from digest.edition import is_planned

        newsletter = self._settings.newsletter
        today = local_day(self._clock(), newsletter.zone)
        days = [
            today + timedelta(days=number)
            for number in range(DAYS_LOOKED_AHEAD)
        ]
        return [day for day in days if not is_planned(newsletter, day)]

    @property
    def _is_internal(self) -> bool:
        return self._settings.newsletter.is_internal

    def _is_internal_edition(self, day: date) -> bool:
        """Return whether an edition has no page, since it is or was sent as an internal one."""
        if self._is_internal:
            return True
        return day in self._store.publications.list_internal_editions()

    def _refuse_internal(self, day: date) -> None:
        """Raise DigestError if the newsletter has no public pages, or had none when it was sent."""
        newsletter = self._settings.newsletter
        if newsletter.is_internal:
            raise DigestError(
                f"{newsletter.title!r} is internal (it has an audience in feeds.yaml): its edition "
                f"of {self._name(day)} has no page on the web"
            )
        if self._is_internal_edition(day):
            raise DigestError(
                f"the edition of {self._name(day)} was sent when {newsletter.title!r} was internal: it "
                "has no page on the web"
            )

    def _check_public(self, day: date) -> None:
        if not self.find_status(day).is_public:
            raise NotFound(f"the edition of {self._name(day)} is not public")

    def _name(self, day: date) -> str:
        """Return the name of an edition, as people and commands give it."""
        return self._settings.name_edition(day)

    def _stored_source(self, day: date) -> str:
        return self._store.editions.get_source(day) or ""

    def _first_version(self, day: date) -> EditionVersion:
        """Return Markdown and page of an edition as it was sent or published."""
        first_version = find_first_version(self._store, day)
        if first_version is None:  # older than what keeps it
            source, page = self._store.editions.get_approved_content(day)
            first_version = EditionVersion(source, page)
        source = first_version.source or self._stored_source(day)
        page = first_version.page or self._render_as_sent(source).page
        return EditionVersion(source, page)

    def _approved_version(self, day: date) -> EditionVersion:
        """Return Markdown and page of an edition as it was approved. Raises NotApproved."""
        store = self._store
        approval = store.editions.get_approval(day)
        source_now = store.editions.get_source(day)
        if source_now is None:
            raise NotFound(f"there is no edition of {self._name(day)}")
        name = self._name(day)
        source, page = store.editions.get_approved_content(day)
        if approval is None or source != source_now:
            if approval:
                state = "has changed since it was approved"
            else:
                state = "is not approved"
            raise NotApproved(
                f"the edition of {name} {state}, and only approved editions are published; "
                f"run `digest approve {name}`"
            )
        if self._settings.needs_two_people and not approval.second:
            raise NotApproved(
                f"only {approval.by} has approved the edition of {name}; a second person "
                "must approve it too"
            )
        rendered = self._render_text(source)
        edition = rendered.edition
        # its page was written when it was approved, perhaps for an internal newsletter
        has_internal_content = edition != edition.without_internal_content()
        if not rendered.blocks and not has_internal_content:
            return EditionVersion(source, page or rendered.page)
        if rendered.content_hash != approval.content_hash:
            raise NotApproved(
                f"the edition of {name} is not what {approval.by} approved: a saved block, an image, "
                f"a template or a setting has changed since; run `digest approve {name}`"
            )
        if rendered.blocks:
            source = source_as_sent(rendered)
        return EditionVersion(source, page or rendered.page)

    def _note_action(self, person: str, action: str, day: date) -> None:
        self._store.staff.note_action(self._clock(), person, action, day)

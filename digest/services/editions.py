"""Editions as they are stored: find one, read and save its Markdown, render it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from digest.edition import check_typed_text, dump_edition, load_edition
from digest.errors import NotFound
from digest.model import (
    MAX_AUDIT_ENTRIES,
    AuditEntry,
    DeliveryReport,
    Edition,
    Picture,
    RenderedEdition,
)
from digest.services.blocks import EditionBlocks, SavedBlocks
from digest.services.drafts import Drafts
from digest.services.first_version import find_first_version
from digest.settings import Settings, Workspace

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.fillings import Snapshot

#: Number of dates listed if an edition does not exist.
DATES_NAMED = 5
MAX_REVISIONS = 20  #: that are listed unless more are asked for


@dataclass(frozen=True, slots=True)
class EditionSummary:
    """An edition in a list: who approved it, and what is known of its deliveries."""

    day: date
    approved_by: str  #: the name of the (first) person; "" if nobody did
    deliveries: DeliveryReport
    is_skipped: bool  #: whether its time came, and it had nothing to report


class Editions:
    """The editions of one working folder. Render them in memory; write no files."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        drafts: Drafts,
        blocks: SavedBlocks,
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._drafts = drafts
        self._blocks = blocks
        self._clock = clock

    def resolve_date(self, day: date | None = None) -> date:
        """Return the day asked for, or the newest edition's. Raises NotFound."""
        chosen = day or self._store.editions.get_latest_date()
        if chosen is None:
            command = "digest draft"
            settings = self._workspace.settings
            if settings.has_several_newsletters:
                command += f" --newsletter {settings.newsletter.key}"
            raise NotFound(f"there is no edition yet; `{command}` proposes one")
        self.read_source(chosen)
        return chosen

    def list_dates(self) -> list[date]:
        """Return the dates of all editions, newest first."""
        return self._store.editions.list_dates()

    def has_edition(self, day: date) -> bool:
        """Return whether there is an edition of that date."""
        return self._store.editions.get_source(day) is not None

    def summarise_editions(self) -> list[EditionSummary]:
        """Return a summary of every edition, newest first."""
        return [self._summarise_edition(day) for day in self.list_dates()]

    def list_revisions(
        self, day: date, limit: int = MAX_REVISIONS
    ) -> list[AuditEntry]:
        """Return what was changed of an edition, when and by whom, the newest first."""
        return self._store.editions.list_revisions(day, limit)

    def list_audit_entries(
        self, day: date, limit: int = MAX_AUDIT_ENTRIES
    ) -> list[AuditEntry]:
        """Return what was done to an edition, apart from its text, the newest first."""
        return self._store.staff.list_actions(day, limit)

    def find_corrected(self, day: date) -> date | None:
        """Return the edition that this one corrects; None for most."""
        return self._store.editions.get_corrected_edition(day)

    def find_picture(self, key: str) -> Picture | None:
        """Return the image of a key, or None if no edition that was sent has it."""
        return self._store.editions.get_picture(key)

    def read_source(self, day: date) -> str:
        """Return the edition's Markdown. Raises NotFound."""
        text = self._store.editions.get_source(day)
        if text is None:
            name_edition = self._workspace.settings.name_edition
            dates = self._store.editions.list_dates()[:DATES_NAMED]
            named = ", ".join(map(name_edition, dates)) or "none"
            raise NotFound(
                f"there is no edition of {name_edition(day)}; there is {named}"
            )
        return text

    def save_source(
        self, text: str, snapshot: "Snapshot | None" = None, by: str = ""
    ) -> Edition:
        """Store an edition given as Markdown. Raises EditionError with every problem's line.

        Texts of saved blocks that it was sent with are left out: a draft shows those that are kept.
        With `snapshot`, the state that the text was made from, stories added in the meantime are
        kept: see `Drafts.store_outside_edit`.
        """
        edition = load_edition(text)
        check_typed_text(text)
        if edition.block_texts:
            edition = replace(edition, block_texts=())
            text = dump_edition(edition)
        self._blocks.check_edition(text)
        if (
            snapshot is not None
            and edition.date == load_edition(snapshot.source).date
        ):
            return self._drafts.store_outside_edit(text, snapshot, by)
        self._store.editions.save_text(edition.date, text, self._clock())
        return edition

    def render_stored(self, day: date) -> RenderedEdition:
        """Render an edition as it is stored; one that was sent, with its blocks as they were.

        Raises NotFound.
        """
        text = self.read_source(day)
        if self._store.publications.is_draft(day):
            return self.render_text(text)
        first_version = find_first_version(self._store, day)
        if first_version and first_version.source:
            text = first_version.source
        return self.render_as_sent(text)

    def render_in_designs(self, day: date) -> dict[str, RenderedEdition]:
        """Render an edition's present text in every design, by name. Raises NotFound."""
        from digest.services.theme_previews import settings_by_design

        text = self.read_source(day)
        shown = self._blocks.complete_edition(text)
        by_design = settings_by_design(self._workspace.settings)
        return {
            name: self._render(shown, text, settings)
            for name, settings in by_design.items()
        }

    def render_text(self, text: str) -> RenderedEdition:
        """Render an edition given as Markdown. Raises EditionError with every problem's line."""
        return self._render(self._blocks.complete_edition(text), text)

    def render_as_sent(self, text: str) -> RenderedEdition:
        """Render the Markdown of an edition that was sent: with its saved blocks as they were."""
        return self._render(self._blocks.blocks_as_sent(text), text)

    def _render(
        self,
        shown: EditionBlocks,
        text: str,
        settings: Settings | None = None,
    ) -> RenderedEdition:
        from digest.infra.images import read_image
        from digest.render import render_edition

        read_image = partial(read_image, self._workspace.images_folder)
        return render_edition(
            shown.edition,
            text,
            settings or self._workspace.settings,
            self._workspace.templates_folder,
            read_image,
            shown.blocks,
        )

    def _summarise_edition(self, day: date) -> EditionSummary:
        approval = self._store.editions.get_approval(day)
        approved_by = ""
        if approval:
            approved_by = approval.by
        return EditionSummary(
            day,
            approved_by,
            self._store.deliveries.get_delivery_report(day),
            self._drafts.is_skipped(day),
        )

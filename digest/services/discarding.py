"""Discarding: drafts that somebody began by mistake, such as that of a holiday.

What was approved, published or sent is never discarded. The audit log keeps that there was a draft.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.edition import load_edition
from digest.errors import DigestError, EditConflict, NotFound
from digest.model import DISCARDED, AuditEntry
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store


@dataclass(frozen=True, slots=True)
class DiscardedDraft:
    """A draft that is no more."""

    source: str  #: its Markdown
    stories: int  #: number of stories that it had, and that are free again


class Discarding:
    """Discards drafts of one newsletter."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    def check_discardable(self, day: date) -> str:
        """Return the Markdown of a draft that may be discarded.

        Raises NotFound if there is none, AlreadySent if it was sent or published, and DigestError
        if it is approved, given up or in the outbox.
        """
        store = self._store
        name = self._settings.name_edition(day)
        source = store.editions.get_source(day)
        if source is None:
            raise NotFound(f"there is no edition of {name}")
        store.publications.refuse_if_not_draft(day)
        if store.editions.get_approval(day) is not None:
            raise DigestError(
                f"the edition of {name} is approved, so that it is not discarded; "
                f"`digest approve {name} --withdraw` takes the approval back"
            )
        if store.deliveries.get_freeze_details(day) is not None:
            raise DigestError(
                f"the edition of {name} was given up, or is in the outbox: it stays in the history"
            )
        return source

    def is_discardable(self, day: date) -> bool:
        """Return whether a draft may be discarded."""
        try:
            self.check_discardable(day)
        except DigestError:
            return False
        return True

    def discard_draft(self, day: date, by: str) -> DiscardedDraft:
        """Discard a draft with all edits; its stories are free for other editions.

        Raises what `check_discardable` does, and EditConflict if somebody changed it meanwhile.
        """
        source = self.check_discardable(day)
        if not self._store.fillings.discard_draft(day, source):
            raise EditConflict("the edition", "", "")
        edition = load_edition(source)
        stories = sum(len(section.picks) for section in edition.sections)
        subject = edition.subject or "without a subject"
        action = f"{DISCARDED} “{subject}” with {stories} stories"
        self._store.staff.note_action(self._clock(), by, action, day)
        return DiscardedDraft(source, stories)

    def list_discarded(self) -> list[AuditEntry]:
        """Return who discarded which drafts of this newsletter, the newest first."""
        return self._store.staff.list_actions_like(DISCARDED)

"""Like the last one: begin an edition with the frame of the last one of its newsletter."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from digest.edition.block_operations import drop_block
from digest.edition.changes_by_people import untouched_words
from digest.edition.frame import LastEditions, begin_like
from digest.errors import DigestError, NotFound
from digest.model import Edition
from digest.services.blocks import SavedBlocks
from digest.services.drafts import Drafts
from digest.services.editing import Editing

if TYPE_CHECKING:
    from digest.store import Store


@dataclass(frozen=True, slots=True)
class BegunEdition:
    """An edition that was begun like another one."""

    edition: Edition
    like: date
    #: names of saved blocks that the other one had, and that are no longer kept
    missing_blocks: tuple[str, ...]


class LikeLast:
    """Begins the editions of one newsletter like those before them, for one person."""

    def __init__(
        self,
        store: "Store",
        drafts: Drafts,
        blocks: SavedBlocks,
        editing: Editing,
        name_edition: Callable[[date], str],
    ) -> None:
        """`name_edition` returns how people and commands name an edition."""
        self._name_edition = name_edition
        self._store = store
        self._drafts = drafts
        self._blocks = blocks
        self._editing = editing

    def find_last(self, day: date) -> date | None:
        """Return the newest earlier edition that has a lead or a saved block; None without one."""
        for other in self._earlier_dates(day):
            edition = self._editing.load_edition(other)
            if edition.leads or edition.block_names:
                return other
        return None

    def require_last(self, day: date) -> date:
        """Return the edition that one is begun like. Raises NotFound if there is none."""
        last_day = self.find_last(day)
        if last_day is None:
            raise NotFound(
                f"before {self._name_edition(day)} there is no edition with a lead or a saved block "
                "to begin like"
            )
        return last_day

    def begin_edition(self, day: date) -> BegunEdition:
        """Give an edition without leads the frame of the last one; its stories stay.

        Raises NotFound if there is no edition, or none to begin like; DigestError if it has a lead;
        AlreadySent.
        """
        self._store.publications.refuse_if_not_draft(day)
        self._editing.load_edition(day)
        last_day = self.require_last(day)
        earlier = self._load_earlier(last_day)
        missing = [
            name
            for name in earlier.last.block_names
            if name not in self._blocks.list_names()
        ]
        last = earlier.last
        for name in missing:
            last = drop_block(name)(last)
        earlier = replace(earlier, last=last)

        def begin(current: Edition) -> Edition:
            if current.leads:
                raise DigestError(
                    f"the edition of {self._name_edition(day)} has a lead already: only one without "
                    "leads is begun like the last one"
                )
            return begin_like(current, earlier, self._open_fields(current))

        action = f"began it like the edition of {last_day}"
        edition = self._editing.apply_edit(day, begin, action)
        return BegunEdition(edition, last_day, tuple(missing))

    def _earlier_dates(self, day: date) -> list[date]:
        """Return the dates of earlier editions, the newest first, without corrections."""
        editions = self._store.editions
        return [
            other
            for other in editions.list_dates()
            if other < day and editions.get_corrected_edition(other) is None
        ]

    def _load_earlier(self, last_day: date) -> LastEditions:
        last = self._editing.load_edition(last_day)
        earlier_day = self.find_last(last_day)
        before = None
        if earlier_day:
            before = self._editing.load_edition(earlier_day)
        typed = {"subject", "preheader"} - self._open_fields(last)
        return LastEditions(last, before, frozenset(typed))

    def _open_fields(self, edition: Edition) -> frozenset[str]:
        """Return which of subject and preheader are as their templates made them, or empty."""
        machine = self._drafts.machine_edition(edition.date)
        if machine is None:
            machine = Edition(edition.date, "")
        return untouched_words(machine, edition)

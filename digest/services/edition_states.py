"""Edition states: how far an edition is, from a draft to what was sent.

Every list and page asks here, so that none calls approved what will not leave.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.errors import DigestError
from digest.model import Approval, EditionState
from digest.services.edition_times import EditionTimes
from digest.services.editions import Editions
from digest.services.sent_contents import SentContents
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store


class EditionStates:
    """The states of one newsletter's editions. Reads only."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        editions: Editions,
        contents: SentContents,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._editions = editions
        self._contents = contents
        self._times = EditionTimes(settings, store, clock)

    def find_state(self, day: date) -> EditionState:
        """Return how far an edition is. Raises NotFound."""
        store = self._store
        if store.publications.is_sent(day):
            return EditionState.SENT
        if not store.publications.is_draft(day):
            return EditionState.PUBLISHED
        approval = store.editions.get_approval(day)
        if approval is None:
            return EditionState.DRAFT
        if self._times.is_out(day):
            return self._state_of_complete(day)
        return self._state_of_approved(day, approval)

    # Inside

    def _state_of_complete(self, day: date) -> EditionState:
        """Return the state of an edition of which all was sent that there was, perhaps to nobody."""
        if self._store.deliveries.get_mailing_transport(day):
            return EditionState.SENT
        return EditionState.OUTBOX

    def _state_of_approved(self, day: date, approval: Approval) -> EditionState:
        """Return whether an edition that a person approved leaves as it is now.

        One that cannot be rendered, since a saved block or an image is gone, is not what was approved.
        """
        try:
            rendered = self._editions.render_stored(day)
        except DigestError:
            return EditionState.AGAIN
        if self._contents.reason_for_not_sending(rendered):
            if rendered.content_hash == approval.content_hash:
                return EditionState.SECOND
            return EditionState.AGAIN
        halt, _halted_by = self._store.send_halts.get_halt(day)
        if halt:
            return EditionState.STOPPED
        return EditionState.APPROVED

"""Sending context: the settings, store, token keys and clock that every sending service needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.services.token_keys import TokenKeys
from digest.settings import Delivery, Settings, Workspace

if TYPE_CHECKING:
    from digest.delivery import UnsubscribeTokens
    from digest.store import Store


@dataclass(frozen=True, slots=True)
class SendingContext:
    """One workspace, as the services see it that send its mail and read what comes back."""

    workspace: Workspace
    store: "Store"
    token_keys: TokenKeys
    clock: Callable[[], datetime]

    @property
    def settings(self) -> Settings:
        """The settings of the workspace."""
        return self.workspace.settings

    @property
    def delivery(self) -> Delivery:
        """The part of the settings that is about transports."""
        return self.workspace.settings.delivery

    def open_tokens(self) -> "UnsubscribeTokens":
        """Return what signs and reads unsubscribe links; the first call may store a key."""
        return self.token_keys.open_tokens()

    def add_audit_entry(self, by: str, action: str, day: date) -> None:
        """Store who did what with an edition."""
        self.store.staff.note_action(self.clock(), by, action, day)

"""Mailbox health: what is wrong with a mailbox, what its mails brought, and what of them was not taken.

It is told from what reading left in the store; no mail server is asked. Pure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from digest.model.mail import (
    FOR_A_PERSON,
    LinkKind,
    MailboxState,
    MailedOutlet,
    ReadMail,
    SetAsideLink,
)
from digest.settings import MailSource


class MailboxFault(StrEnum):
    """What is wrong with a mailbox."""

    NO_PASSWORD = "no password"  # noqa: S105 # a word for it
    NOT_LET_IN = "not let in"  #: wrong username, password or folder
    NO_TRUST = "no trust"  #: its certificate is not in order
    NOT_REACHED = "not reached"
    NO_FOLDER = "no folder"  #: of files


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A mail source of the settings, and how reading it went."""

    source: MailSource
    state: MailboxState
    has_password: bool  #: a folder of files needs none

    @property
    def fault(self) -> MailboxFault | None:
        """What is wrong with it; None if nothing is."""
        if not self.has_password:
            return MailboxFault.NO_PASSWORD
        if not self.state.error:
            return None
        if self.source.path:
            return MailboxFault.NO_FOLDER
        return self._fault_of_server()

    @property
    def problem(self) -> str:
        """A sentence on what is wrong with it; "" if nothing is."""
        if not self.has_password:
            own_variable, _ = self.source.password_variables
            return f"no password: set {own_variable}"
        return self.state.error

    def _fault_of_server(self) -> MailboxFault:
        own_variable, _ = self.source.password_variables
        error = self.state.error
        # it is named where signing in or opening the folder failed (digest.infra.imap)
        if own_variable in error:
            return MailboxFault.NOT_LET_IN
        if "certificate" in error.lower():
            return MailboxFault.NO_TRUST
        return MailboxFault.NOT_REACHED


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link that was not taken."""

    link: SetAsideLink
    is_known: (
        bool  #: whether there is an article at its address, by whatever way
    )


@dataclass(frozen=True, slots=True)
class MailboxDetails:
    """A mailbox with all that a person may want to see of it."""

    health: SourceHealth
    outlets: Sequence[MailedOutlet]
    unread: Sequence[ReadMail]
    set_aside: Sequence[ShownLink]
    has_more: bool  #: whether further mails or links are not listed here

    @property
    def links(self) -> Counter[LinkKind]:
        """Addresses in its mails, by what they were taken for."""
        return Counter(
            {
                LinkKind(kind): number
                for kind, number in self.health.state.links.items()
            }
        )

    @property
    def doubtful(self) -> list[ShownLink]:
        """Links that may be articles."""
        return [
            shown for shown in self.set_aside if shown.link.kind in FOR_A_PERSON
        ]

    @property
    def others(self) -> list[ShownLink]:
        """Links that were taken for something else than articles."""
        return [
            shown
            for shown in self.set_aside
            if shown.link.kind not in FOR_A_PERSON
        ]

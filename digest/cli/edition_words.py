"""Words for how far an edition is, as commands print them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model import EditionState

if TYPE_CHECKING:
    from digest.model import Approval

#: What became of an edition that was not mailed, besides how it was approved.
OUTCOMES = {
    EditionState.STOPPED: "its send was stopped",
    EditionState.OUTBOX: "in the outbox, nobody was mailed",
    EditionState.PUBLISHED: "published on the web, not mailed",
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """What is said of an edition's state."""

    approval: str  #: who approved it, and whether that still counts
    outcome: str = ""  #: what became of it besides its deliveries; "" for most
    condition: str = ""  #: what must happen before it leaves; "" if nothing
    is_warning: bool = (
        False  #: whether somebody believes that it leaves, and it does not
    )

    def outcomes(self, deliveries: Iterable[str]) -> list[str]:
        """Return what became of it, with counts of its deliveries in words."""
        parts = [self.outcome, *deliveries]
        return [part for part in parts if part] or ["not sent"]

    def describe_leaving(self, due: str) -> str:
        """Return whether it leaves at its time, which is given in words."""
        if self.outcome:
            return self.outcome
        if self.is_warning:
            return f"{self.approval}, to be sent {due}{self.condition}"
        return f"to be sent {due}{self.condition}"


#: Of an edition that nobody has begun.
NOT_BEGUN = StateWords("not approved", condition=" once approved")


def describe_state(
    state: EditionState | None, approval: "Approval | None", name: str
) -> StateWords:
    """Return what is said of an edition, whose name is given, by its state and last approval."""
    if state is None or approval is None:
        return NOT_BEGUN
    match state:
        case EditionState.DRAFT:
            return NOT_BEGUN
        case EditionState.SECOND:
            return StateWords(
                f"approved by {approval.by} only",
                condition=" once approved by a second person too",
            )
        case EditionState.AGAIN:
            return StateWords(
                f"changed since {approval.by} approved it: approve it again "
                f"(`digest approve {name}`)",
                condition=" once approved again",
                is_warning=True,
            )
    is_warning = state == EditionState.STOPPED
    outcome = OUTCOMES.get(state, "")
    return StateWords("approved", outcome, is_warning=is_warning)


def name_approvers(
    state: EditionState | None, approval: "Approval | None"
) -> str:
    """Return who approved an edition, and whether that still counts; "" if nobody did."""
    if approval is None or state == EditionState.DRAFT:
        return ""
    match state:
        case EditionState.SECOND:
            return f"{approval.by}, a second person must too"
        case EditionState.AGAIN:
            return f"{approval.by}, but changed since: approve it again"
    return ", ".join(filter(None, [approval.by, approval.second]))

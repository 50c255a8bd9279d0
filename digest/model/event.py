"""What the provider tells of deliveries afterwards."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Fate(StrEnum):
    """What became of a delivery after hand-over, as far as the provider tells."""

    DEFERRED = "deferred"  #: not yet; the mail server goes on trying
    DELIVERED = "delivered"  #: the reader's server took it
    BLOCKED = "blocked"  #: refused, but not for the address: policy, size, a full mailbox
    BOUNCED = "bounced"  #: it refused, for good
    COMPLAINED = "complained"  #: the reader called it spam
    LEFT = "left"  #: the reader said no to the provider


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one delivery."""

    id: str  #: the provider's, by which an event that comes again is known
    fate: Fate
    address: str
    at: datetime
    edition: date | None = None  #: None if it does not say, or is of no edition
    subscriber: int = 0
    detail: str = ""

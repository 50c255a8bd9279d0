"""Provider events: what a mail provider reports about deliveries afterwards."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.model.edition_key import ROOT_NEWSLETTER


class Fate(StrEnum):
    """Fate of a delivery after hand-over, as far as the provider reports it."""

    PROCESSED = "processed"  #: the provider accepted it; no more is known
    DEFERRED = "deferred"  #: the recipient's server refused for now; the provider retries
    DELIVERED = "delivered"  #: the recipient's server accepted it
    #: it refused this message, and says nothing against the address
    BLOCKED = "blocked"
    DROPPED = "dropped"  #: the provider took it from us, and did not send it on
    BOUNCED = "bounced"  #: it refused, for good
    COMPLAINED = "complained"  #: the recipient marked it as spam
    LEFT = "left"  #: the recipient unsubscribed at the provider


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event of one delivery."""

    id: str  #: the provider's id, by which a repeated event is recognised
    fate: Fate
    address: str
    at: datetime
    edition: date | None = None  #: None if it does not say, or is of no edition
    subscriber: int = 0
    detail: str = ""
    #: the provider's name of the hand-over it is of; "" if it does not say
    batch: str = ""
    newsletter: str = ROOT_NEWSLETTER  #: whose edition it is

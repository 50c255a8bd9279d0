"""Returned mail: bounces and other messages to the return path, as they were read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.edition_key import EditionKey

#: Gives a subscriber's token for a newsletter (its key), by each of our keys.
TokensOf = Callable[[int, str], tuple[str, ...]]


class Verdict(StrEnum):
    """Meaning of a returned mail for its recipient."""

    #: their address takes no mail, for good: they are suppressed
    BOUNCED = "bounced"
    #: refused, but not for the address: policy, size, a full mailbox
    BLOCKED = "blocked"
    DEFERRED = "deferred"  #: not delivered yet; the mail server keeps trying
    DELIVERED = "delivered"  #: their server took it
    COMPLAINED = "complained"  #: they called it spam: they are suppressed
    LEFT = "left"  #: they unsubscribe
    #: a vacation notice, a receipt, a report that says nothing new
    NOTHING = "nothing to do"
    UNKNOWN = "not understood"  #: for a person to read


#: Verdicts that have no effect without a proof of the subscriber.
NEED_PROOF = frozenset(
    {Verdict.BOUNCED, Verdict.BLOCKED, Verdict.COMPLAINED, Verdict.LEFT},
)


@dataclass(frozen=True, slots=True)
class DeliveryProof:
    """The delivery that a mail is about, by a proof that only we could have made."""

    subscriber: int
    edition: EditionKey


@dataclass(frozen=True, slots=True)
class ReturnedMessage:
    """One returned mail: its verdict, and the evidence of which subscriber it is about."""

    verdict: Verdict
    why: str  #: in a few words, for a person
    tokens: tuple[str, ...] = ()  #: possible tokens of subscribers, unchecked
    message_ids: tuple[str, ...] = ()  #: of our message, unchecked
    #: addresses that it came to, or that ours was sent from
    return_paths: tuple[str, ...] = ()
    #: its sender, unverified; set only if that may unsubscribe them
    sender: str = ""
    about: str = ""  #: the address that it names, for a person; proves nothing
    id: str = ""  #: the same for the same report
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnedOutcome:
    """Result of one returned mail."""

    verdict: Verdict
    why: str
    #: the subscriber it was recorded for, or the address it names
    address: str = ""

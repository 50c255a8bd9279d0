"""Deliveries: subscribers, the email they get, and the state of each delivery."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from digest.model.edition_key import ROOT_NEWSLETTER, EditionKey

PAUSED = "paused"
CANCELLED = "cancelled"  #: how a person halts a send
#: The subscriber id of test mails: the link of one unsubscribes nobody.
TEST_SUBSCRIBER = 0
REHEARSAL = "outbox"  #: the transport that mails nobody
#: Audit statements of approving an edition, and of withdrawing that.
APPROVED = "approved content"
WITHDRAWN = "withdrew the approval"
#: Beginning of the audit statement of discarding a draft.
DISCARDED = "discarded the draft"
#: Audit statement of an approved edition's link that changed; the text stays as approved.
LINK_FOUND = "found that "


class WaitReason(StrEnum):
    """Reasons why an edition is not sent yet."""

    APPROVAL = "approval"  #: nobody has approved it, and its time has come
    AGAIN = "again"  #: it was changed since it was approved
    SECOND = "second"  #: a second person must approve it
    #: it is approved, its time has come, and nothing of it was sent
    SENDING = "sending"
    REST = "rest"  #: some have not got it


@dataclass(frozen=True, slots=True)
class WaitingEdition:
    """An edition that is not sent unless a person does something."""

    edition: date
    waits_for: WaitReason
    due_at: datetime
    is_due: bool
    by: str = ""  #: who approved it, if somebody did
    people: int = 0  #: people who have not got it, if some have
    why: str = ""  #: why its send stopped


@dataclass(frozen=True, slots=True)
class Subscriber:
    """An address with its consent record."""

    address: str  #: as it was given; unique without regard to case
    name: str = ""
    consent_source: str = ""  #: how consent was given, in the importer's words
    consent_at: datetime | None = None
    #: when they unsubscribed; set once, and no import clears it
    left_at: datetime | None = None
    id: int = 0
    tags: tuple[str, ...] = ()  #: in lower case


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber's subscription to one newsletter."""

    newsletter: str  #: its key
    since: datetime
    #: when they left it; set once, until they subscribe to it themselves again
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewsletterAudience:
    """Which subscribers a newsletter goes to: those who subscribed, or those with any of some tags."""

    newsletter: str  #: its key
    tags: tuple[str, ...] = ()  #: none for a public newsletter


@dataclass(frozen=True, slots=True)
class FilterClause:
    """One condition on subscribers."""

    #: tag, domain, source, newsletter, joined, or got (an edition)
    field: str
    sign: str  #: ":" is, ">" from then on, "<" before
    value: str | datetime | EditionKey
    no: bool = False  #: negated: the condition must not hold


class SuppressionReason(StrEnum):
    """Reason for which an address must not be mailed, whatever any list says."""

    BOUNCED = "bounced"  #: its server says for good that it does not exist
    COMPLAINED = "complained"  #: its owner called our mail spam
    ASKED = "asked"  #: its owner unsubscribed at the provider, or with us
    BY_HAND = "by hand"  #: a member of staff knows


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that must not be mailed."""

    address: str
    reason: SuppressionReason
    at: datetime
    detail: str = ""


class DeliveryState(StrEnum):
    """State of a delivery: what is certain of it, never a guess."""

    QUEUED = "queued"  #: will be handed over
    CLAIMED = "claimed"  #: a process has it now
    ACCEPTED = "accepted"  #: the transport accepted it
    EXCLUDED = "excluded"  #: not handed over, and the detail says why
    #: the process died during hand-over; a person decides
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class SendSpec:
    """Send specification: the content, transport and filter an audience was frozen for."""

    content_hash: str
    transport: str
    segment: str = ""  #: the filter that its audience met; "" for everybody


@dataclass(frozen=True, slots=True)
class Chunk:
    """Deliveries that this process has claimed and may hand over."""

    no: int
    subscribers: Sequence[tuple[int, str]]  #: (id, address)
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class ProviderHold:
    """A hand-over that the provider keeps back for a while, by the provider's name of it."""

    id: str
    leaves_at: datetime  #: until then it can be taken back


class CallOffResult(StrEnum):
    """Result of cancelling a hand-over that the provider has not sent yet."""

    STOPPED = "stopped"  #: nothing of it is sent
    TOO_LATE = "too late"  #: it has left, or is about to
    NO_MORE = "no more"  #: the provider cancels no more batches now; it is sent
    UNHEARD = "unheard"  #: the provider did not answer, or refused


class Recipient(NamedTuple):
    """One delivery to be handed over (a tuple: a send makes one for each recipient)."""

    subscriber: int
    address: str
    token: str  #: what identifies the subscriber in their unsubscribe link


class RefusalScope(StrEnum):
    """Scope of a provider's refusal: one address, one recipient, or the sender."""

    GONE = "gone"  #: this address does not exist
    READER = "reader"  #: this recipient, for this edition
    LATER = "later"  #: this recipient, for now
    US = "us"  #: the sender: everybody else would be refused as well
    US_LATER = "us for now"  #: the same, and it passes
    UNCLEAR = "unclear"  #: either; whether the next are refused too decides


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of handing one message to the transport."""

    state: DeliveryState
    detail: str = ""  #: the provider's id or its reason
    about: RefusalScope | None = None  #: scope of a refusal; None if it is none
    advice: str = ""  #: what a person can do about a refusal, as a sentence


#: Placeholder for the recipient's token until the message is assembled. No edition may hold it.
TOKEN_PLACEHOLDER = "@@digest-token@@"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Email:
    """One edition ready to be mailed: what every recipient gets, but for the token."""

    edition: date
    sender_name: str
    sender_address: str
    reply_to: str
    subject: str
    html: str  #: holds TOKEN wherever the recipient's own token goes
    text: str
    list_id: str  #: without angle brackets, as RFC 2919 defines it
    unsubscribe_url: str  #: holds TOKEN
    unsubscribe_mail: str  #: address that takes unsubscribe requests by mail
    organisation: str
    #: the key of its newsletter
    newsletter: str = ROOT_NEWSLETTER

    @property
    def key(self) -> EditionKey:
        """Which edition it is, of all newsletters'."""
        return EditionKey(self.newsletter, self.edition)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """Delivery report: how many planned deliveries of an edition are in each state."""

    counts: dict[DeliveryState, int] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """All deliveries frozen for the edition."""
        return sum(self.counts.values())

    def count_in_state(self, state: DeliveryState) -> int:
        """Return how many deliveries are in a state."""
        return self.counts.get(state, 0)

    def __str__(self) -> str:
        parts = " + ".join(
            f"{self.counts.get(s, 0)} {s}"
            for s in DeliveryState
            if s != DeliveryState.CLAIMED
        )
        claimed = self.counts.get(DeliveryState.CLAIMED, 0)
        return f"planned {self.planned} = {parts}" + (
            f" + {claimed} claimed" if claimed else ""
        )


@dataclass(frozen=True, slots=True)
class SendPlan:
    """Send plan: what a send would do."""

    edition: date
    subject: str
    transport: str
    audience: int
    content_hash: str
    approved: bool
    sent_by: str  #: the transport of an earlier send that mailed people; "" if there was none
    proof: DeliveryReport  #: what an earlier send has done already
    halted: tuple[str, str] = ("", "")  #: how (paused, cancelled) and by whom
    served: bool = False  #: nobody is left to be mailed
    sender: str = ""  #: as mailboxes show it: name and address
    segment: str = ""  #: the filter that the audience meets; "" for everybody
    remaining: int = 0  #: people who would be mailed by a send now
    #: why it may not be sent, as a sentence; "" if it may
    not_approved: str = ""
    #: why the provider took nothing more, with what to do; "" if it did
    stopped: str = ""
    #: when what is left is tried again by itself
    again_at: datetime | None = None
    later: int = 0  #: recipients refused for now
    #: recipients excluded since the provider refused them, for good
    refused: int = 0
    on_its_way: int = 0  #: recipients whose mail the provider still holds
    #: when the provider sends the last of it
    leaves_until: datetime | None = None

"""The words of the product, as frozen nouns. Imports nothing of ours.

Times are aware and in UTC unless a field says otherwise. Text is plain text, never HTML.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

IN_THE_NEWS = "in_the_news"
FOLLOWING = "following"
#: How the reason begins for which an article's own address is still to be found.
NEEDS_A_PERSON = "needs a person"
REHEARSAL = "outbox"  #: the transport that mails nobody


class Place(StrEnum):
    """Where in an article a name stands."""

    HEADLINE = "headline"
    SUMMARY = "summary"
    BODY = "body"


class Kind(StrEnum):
    """What kind of name was found."""

    ORGANISATION = "organisation"
    ALIAS = "alias"
    PERSON = "person"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Article:
    """One piece as one outlet published it."""

    key: str  #: identity: two articles with one key are the same piece
    url: str  #: the address as the feed gave it; "" if it gave none
    outlet: str
    title: str
    summary: str = ""
    published: datetime | None = None  #: None if neither feed nor page gives a date
    authors: tuple[str, ...] = ()
    guid: str = ""
    feed: str = ""  #: address of the feed that gave it first; "" if a person did
    label: str = ""  #: what the outlet set before the headline: Opinion, Analysis, …
    language: str = ""
    text: str = ""  #: the body, paragraphs separated by a blank line; "" while unread
    unread: str = ""  #: why the page could not be read; "" when it was
    reader: str = ""  #: which reader found the body
    image: str = ""
    section: str = ""  #: set by a person with `digest add --section`; otherwise judged
    first_seen: datetime | None = None  #: None until it is stored
    id: int = 0  #: 0 until it is stored


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader found in one page. Every field may be empty."""

    title: str = ""
    text: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    sitename: str = ""
    canonical: str = ""
    description: str = ""
    image: str = ""
    language: str = ""
    paywalled: bool = False  #: the page says that it is not free to read
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """Where an article names the organisation, with the sentence that proves it."""

    name: str  #: as configured
    kind: Kind
    place: Place
    sentence: str


@dataclass(frozen=True, slots=True)
class TopicHit:
    """A topic of the organisation found in an article."""

    topic: str
    words: tuple[str, ...]  #: the phrases that fired
    section: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an article is to the organisation, and why."""

    section: str = ""  #: "" if it concerns neither the organisation nor its topics
    score: float = 0.0  #: higher runs first in its section
    mentions: tuple[Mention, ...] = ()
    topics: tuple[TopicHit, ...] = ()
    reasons: tuple[str, ...] = ()  #: in words, most important first


@dataclass(frozen=True, slots=True)
class Judged:
    """An article with its judgement and the story it belongs to."""

    article: Article
    judgement: Judgement
    story: int = 0  #: id of the story's first article; 0 while ungrouped


@dataclass(frozen=True, slots=True)
class Story:
    """One event or one wire text, with all its articles, the representative first."""

    articles: tuple[Judged, ...]

    @property
    def representative(self) -> Judged:
        """The article that stands for the story."""
        return self.articles[0]


@dataclass(frozen=True, slots=True)
class Pick:
    """A story chosen for a section, with the headline as it will run."""

    headline: str
    url: str
    outlet: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list of picks. `{org}` in the title stands for the organisation's name."""

    key: str
    title: str
    picks: tuple[Pick, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """A story written by staff at the top of an edition."""

    headline: str
    dek: str = ""  #: plain text, one paragraph
    body: str = ""  #: CommonMark; a paragraph `[Text](url){.button}` is a button


@dataclass(frozen=True, slots=True)
class Edition:
    """One dated number of the newsletter."""

    date: date  #: the day it is dated, in the newsletter's time zone; its name
    subject: str
    preheader: str = ""
    leads: tuple[Lead, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """An address with its consent record."""

    address: str  #: as it was given; unique without regard to case
    name: str = ""
    consent_source: str = ""  #: how consent was given, in the importer's words
    consent_at: datetime | None = None
    left_at: datetime | None = None  #: set once, when they say no; import never clears it
    id: int = 0


class State(StrEnum):
    """What is known of a delivery, never more."""

    QUEUED = "queued"  #: will be handed over
    CLAIMED = "claimed"  #: a process has it now
    ACCEPTED = "accepted"  #: the transport took it; nobody has read it yet
    EXCLUDED = "excluded"  #: not handed over, and the detail says why
    UNCERTAIN = "uncertain"  #: the process died during hand-over; a person decides


@dataclass(frozen=True, slots=True)
class Frozen:
    """What an edition's audience was frozen for."""

    content_hash: str
    transport: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Deliveries that this process has claimed and may hand over."""

    no: int
    subscribers: tuple[tuple[int, str], ...]  #: (id, address)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One delivery to be handed over."""

    subscriber: int
    address: str
    token: str  #: what identifies the subscriber in their unsubscribe link


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one hand-over."""

    state: State
    detail: str = ""  #: the provider's id or its reason


@dataclass(frozen=True, slots=True)
class Letter:
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


#: Stands for the recipient's token until the message is assembled. No edition may hold it.
TOKEN = "@@digest-token@@"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Build:
    """An edition rendered once: every file of it, and the hash that approval is bound to."""

    edition: Edition
    mjml: str
    html: str
    text: str
    page: str
    markdown: str
    letter: Letter
    content_hash: str  #: SHA-256, hex, over all that a recipient can see


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to one exact edition."""

    edition: date
    content_hash: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """One address of an outlet that is polled, with what we remember of it."""

    url: str  #: as feeds.yaml has it
    outlet: str
    etag: str = ""
    modified: str = ""
    fingerprint: str = ""  #: of the last body, to tell an unchanged one without reading it
    interval: int = 0  #: seconds between polls, as learnt; 0 until there is something to learn
    good: int = 0  #: good answers in a row
    next_poll: datetime | None = None  #: None: never polled, due at once
    last_success: datetime | None = None
    last_full: datetime | None = None  #: when it last gave a body rather than "not modified"
    last_new: datetime | None = None  #: when it last gave something new
    failures: float = 0  #: in a row, weighted by how serious each was
    error: str = ""  #: of the last poll; "" if it went well
    problem: str = ""  #: what is wrong with the feed although it could be read
    moved: str = ""  #: where it says, permanently, that it has gone
    moved_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is remembered of a stored article to know it again."""

    id: int
    key: str
    outlet: str
    title: str
    guid: str
    feed: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Where every planned delivery of an edition stands."""

    counts: dict[State, int] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """All deliveries frozen for the edition."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        parts = " + ".join(f"{self.counts.get(s, 0)} {s}" for s in State if s != State.CLAIMED)
        claimed = self.counts.get(State.CLAIMED, 0)
        return f"planned {self.planned} = {parts}" + (f" + {claimed} claimed" if claimed else "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a send would do."""

    edition: date
    subject: str
    transport: str
    audience: int
    content_hash: str
    approved: bool
    sent_by: str  #: the transport of an earlier send that mailed people; "" if there was none
    proof: Proof  #: what an earlier send has done already

"""Mail that is a source: its links, and what was decided of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

#: Before the name of a mailbox, where an article names what gave it first.
MAIL_FEED = "mail:"


class LinkKind(StrEnum):
    """What a link of a mail is; only articles are taken."""

    ARTICLE = "article"
    MANAGING = (
        "managing"  #: unsubscribing, settings, view in browser, legal notes
    )
    SHARING = "sharing"  #: share buttons
    PROFILE = "profile"  #: an account on a social network
    APP = "app"  #: app stores
    ADVERTISEMENT = "advertisement"  #: says so of itself
    HOME = "home"  #: a home page
    SECTION = "section"  #: a section page
    SERVICE = "service"  #: puzzles, events, jobs, shops and the like
    FILE = "file"  #: an image or another file
    NO_ADDRESS = "no address"  #: mailto, tel and the like
    HIDDEN = "hidden"  #: hides where it leads, and was not followed
    DOUBTFUL = "doubtful"  #: could be an article; a person decides


#: What a person should look at, since an article may be among it.
FOR_A_PERSON = frozenset({LinkKind.HIDDEN, LinkKind.DOUBTFUL})


#: What could be an article though it was taken for something else. If it has words, a person can
#: look it over, too.
TAKEN_FOR_OTHERS = frozenset(
    {
        LinkKind.ADVERTISEMENT,
        LinkKind.SECTION,
        LinkKind.SERVICE,
        LinkKind.FILE,
    }
)


class UnreadReason(StrEnum):
    """Why a mail could not be read."""

    TOO_LARGE = "too large"
    NO_TEXT = "no text"  #: it has but attachments or images
    NO_MAIL = "no mail"  #: a file of something else
    BROKEN = "broken"
    GONE = "gone"  #: it was taken out of the mailbox meanwhile
    FILE_REFUSED = "file refused"  #: the system does not let it be read


@dataclass(frozen=True, slots=True)
class MailLink:
    """An address that a mail links to, however often, and what was decided of it."""

    url: str  #: as the mail has it
    target: str  #: where it leads, as far as that is known
    kind: LinkKind
    reason: str = ""  #: more exactly why it is of that kind
    title: str = ""
    summary: str = ""
    publisher: str = ""  #: the outlet as the mail names it
    published: datetime | None = None  #: if the mail says so of this article

    @property
    def is_shown(self) -> bool:
        """Whether it was not taken, and a person may look it over."""
        if self.kind in FOR_A_PERSON:
            return True
        return bool(self.title) and self.kind in TAKEN_FOR_OTHERS


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail that was read once: what is remembered of it."""

    key: str  #: made of its Message-ID, which it does not show
    mailbox: str
    read_at: datetime
    unread: str = ""  #: an UnreadReason if it could not be read; "" if it was
    place: str = ""  #: where one that could not be read is: its file or its UID


@dataclass(frozen=True, slots=True)
class SetAsideLink:
    """A link of a mail that was not taken, and that a person may take after all."""

    key: str  #: a hash of the key that an article there would have
    mailbox: str
    url: str
    title: str
    kind: LinkKind
    reason: str
    mailed: datetime  #: when the newest mail that has it was sent
    found_at: datetime


@dataclass(frozen=True, slots=True)
class MailedOutlet:
    """An outlet whose articles a mailbox brought."""

    name: str
    articles: int
    newest: datetime  #: when the newest of them was first seen


@dataclass(frozen=True, slots=True)
class MailboxState:
    """How reading a mailbox went."""

    name: str
    last_success: datetime | None = None
    #: when it last gave a mail that had not been read
    last_mail: datetime | None = None
    mails: int = 0  #: read since it was added
    articles: int = 0  #: new ones that they gave
    error: str = ""  #: of the last reading; "" if it went well
    last_look: datetime | None = None  #: whether it went well or not
    #: addresses in its mails by LinkKind; those of earlier versions were not counted
    links: Mapping[str, int] = field(default_factory=dict)

"""Mail that is a source: its links, and what was decided of each."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail that was read once: what is remembered of it."""

    key: str  #: made of its Message-ID, which it does not show
    mailbox: str
    read_at: datetime


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

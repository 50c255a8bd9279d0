"""Publications: what was sent, and what is public of it on the web."""

from dataclasses import dataclass
from datetime import datetime

from digest.model.delivery import Email
from digest.model.edition import Approval, Edition


@dataclass(frozen=True, slots=True)
class SentContent:
    """Content that an edition's audience was frozen with: it is sent, whatever is edited since."""

    content_hash: str
    approval: Approval  #: the one that counted at the freeze
    source: str  #: the edition's Markdown
    page: str  #: its web page, HTML
    #: None where an older digest froze it, which kept none
    letter: Email | None


@dataclass(frozen=True, slots=True)
class Publication:
    """A person's act of publishing an edition, or of withdrawing it."""

    #: None if nobody published it: it may be public because it was sent
    published_at: datetime | None
    published_by: str
    withdrawn_at: datetime | None  #: None if it was not taken off the web
    withdrawn_by: str
    source: str  #: its Markdown as it was published; "" if nobody did
    page: str  #: its web page as it was published, HTML; "" if nobody did


@dataclass(frozen=True, slots=True)
class PageCorrection:
    """A correction of an edition's web page; the versions before it stay reachable."""

    at: datetime
    by: str
    note: str  #: what was wrong, for readers of the page
    source: str  #: the edition's Markdown, corrected
    page: str  #: its web page, HTML, without the notice


@dataclass(frozen=True, slots=True)
class PublicEdition:
    """An edition that anybody may read, as it is on the web."""

    edition: Edition
    published_at: datetime  #: when it was sent, or a person published it
    updated_at: datetime  #: when its page was corrected last; else the same
    note: str = ""  #: of the last correction

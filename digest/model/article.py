"""Articles: as outlets published them, with their pages and the feeds that listed them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

#: What stands in place of an address, before a code of its own, where an article has none: it was
#: printed, or said on air or by phone.
UNLINKED = "unlinked:"
#: What stands in place of a feed's address, before a file's name: a sheet of past clips gave it.
SHEET = "sheet:"
#: Stands in a key behind that of a page that several pieces share.
SHARED_PAGE_MARK = "#:piece:"
CODE_LENGTH = 16  #: hexadecimal digits

#: Beginning of the reason that an article's own address is still to be found.
NEEDS_A_PERSON = "needs a person"
#: Reasons for an unread article that mean: the page needs a subscription.
SUBSCRIBERS_ONLY = "the outlet shows the text to subscribers only"
ASKS_SUBSCRIPTION = "the outlet asks for a subscription"
#: Name of the reader of a text that came with the feed.
FEED_READER = "feed"
#: Name of the reader of a text that a person sent from their own subscription.
SUBSCRIBER_READER = "subscriber"
PAYWALLED = frozenset({SUBSCRIBERS_ONLY, ASKS_SUBSCRIPTION})


def is_unlinked(url: str) -> bool:
    """Return whether an address only stands for one: that of an article that has no link."""
    return url.startswith(UNLINKED)


def page_key(key: str) -> str:
    """Return the key of the page that a key names a part of; "" if it names a whole page."""
    page, mark, _fragment = key.partition("#")
    if not mark or SHARED_PAGE_MARK in key:
        return ""
    return page


def link_of(url: str) -> str:
    """Return an address if it can be opened; "" if there is none, or it only stands for one."""
    if is_unlinked(url):
        return ""
    return url


def make_unlinked_address(*facts: str) -> str:
    """Return what stands in place of an address: the same for the same facts of an article."""
    words = "\n".join(" ".join(fact.casefold().split()) for fact in facts)
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
    return f"{UNLINKED}{digest[:CODE_LENGTH]}"


@dataclass(frozen=True, slots=True)
class Article:
    """One piece as one outlet published it."""

    key: str  #: identity: two articles with one key are the same piece
    url: str  #: the address as the feed gave it; "" if it gave none
    outlet: str
    title: str
    summary: str = ""
    #: None if neither feed nor page gives a date
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    guid: str = ""
    #: address of the feed that gave it first, or the sheet; "" if a person did
    feed: str = ""
    #: what the outlet set before the headline: Opinion, Analysis, …
    label: str = ""
    language: str = ""
    #: the body, paragraphs separated by a blank line; "" while unread
    text: str = ""
    unread: str = ""  #: why the page could not be read; "" when it was
    reader: str = ""  #: which reader found the body
    image: str = ""
    #: set by a person with `digest add --section`; otherwise judged
    section: str = ""
    place: str = ""  #: page or minute of what has no address
    #: who sent its text from their own subscription; "" for a text that anybody can read. Such a
    #: text is evidence for staff: none of its words may be mailed, published or exported.
    sent_by: str = ""
    #: when the mail was sent that it was found in; None if it was found otherwise
    mailed: datetime | None = None
    first_seen: datetime | None = None  #: None until it is stored
    id: int = 0  #: 0 until it is stored

    @property
    def has_link(self) -> bool:
        """Whether it has an address that can be opened."""
        return bool(self.url) and not is_unlinked(self.url)

    @property
    def source_of_text(self) -> str:
        """Where its text comes from, in words; "" while it is unread."""
        if self.sent_by:
            return f"sent by {self.sent_by} from their own subscription"
        if self.reader:
            return f"read by {self.reader}"
        return ""

    @property
    def came_in_sheet(self) -> bool:
        """Whether it is a past clip that a sheet brought; its summary is the press office's note."""
        return self.feed.startswith(SHEET)

    @property
    def came_by_feed(self) -> bool:
        """Whether a feed gave it, no person."""
        return bool(self.feed) and not self.came_in_sheet

    @property
    def note(self) -> str:
        """What the press office noted about it, which is never published; "" if nothing."""
        if self.came_in_sheet:
            return self.summary
        return ""

    @property
    def own_summary(self) -> str:
        """What the outlet says in short; "" if nothing."""
        if self.came_in_sheet:
            return ""
        return self.summary

    @property
    def outlet_and_place(self) -> str:
        """The outlet, with the page or minute if that is known."""
        if self.place:
            return f"{self.outlet}, {self.place}"
        return self.outlet


@dataclass(frozen=True, slots=True)
class PageExtract:
    """Extract of one page. Every field may be empty."""

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
class Feed:
    """A feed of an outlet, with the state of polling it."""

    url: str  #: as feeds.yaml has it
    outlet: str
    etag: str = ""
    modified: str = ""
    #: of the last body, to tell an unchanged one without reading it
    fingerprint: str = ""
    #: seconds between polls, as learnt; 0 until there is something to learn
    interval: int = 0
    good: int = 0  #: good answers in a row
    next_poll: datetime | None = None  #: None: never polled, due at once
    last_success: datetime | None = None
    #: when it last gave a body rather than "not modified"
    last_full: datetime | None = None
    last_new: datetime | None = None  #: when it last gave something new
    failures: float = 0  #: in a row, weighted by how serious each was
    error: str = ""  #: of the last poll; "" if it went well
    problem: str = ""  #: problem of the feed although it could be read
    moved: str = ""  #: its new address after a permanent redirect
    moved_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """Known article: what identifies a stored article when a feed lists it again."""

    id: int
    key: str
    outlet: str
    title: str
    guid: str
    feed: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class KnownClip:
    """Known clip: what tells whether a row of a sheet is a stored article."""

    id: int
    key: str
    outlet: str
    title: str
    published: datetime
    place: str


@dataclass(frozen=True, slots=True)
class ClipDetails:
    """Details of a stored article that a row of a sheet may say otherwise."""

    id: int
    outlet: str
    published: datetime | None
    place: str
    feed: str
    summary: str

    @property
    def came_in_sheet(self) -> bool:
        """Whether a sheet brought it; then its summary is the press office's note."""
        return self.feed.startswith(SHEET)

    @property
    def note(self) -> str:
        """What the press office noted about it; "" if nothing."""
        if self.came_in_sheet:
            return self.summary
        return ""

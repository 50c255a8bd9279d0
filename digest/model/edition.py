"""Editions: leads, sections and picks, and the mail and page rendered from them."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from digest.model.article import is_unlinked
from digest.model.delivery import Email


@dataclass(frozen=True, slots=True)
class OtherOutlet:
    """Another outlet that carries a story."""

    outlet: str
    url: str = ""  #: where; "" if only the outlet is named


@dataclass(frozen=True, slots=True)
class Pick:
    """A story chosen for a section, with the headline as it will run."""

    headline: str
    url: str  #: identifies the story, also if a gift link is shown
    outlet: str
    opinion: bool = False  #: it is labelled opinion, not news
    paywall: bool = False  #: it needs a subscription
    language: str = ""  #: a tag, where it is not the edition's own
    also_in: tuple[OtherOutlet, ...] = ()
    gift: str = ""  #: an address that opens the story for everybody
    note: str = ""  #: the editor's sentence on it
    quote: str = ""  #: a sentence pulled from it, as it runs there
    # what follows is for internal newsletters only
    proof: str = ""  #: the sentence that proves the mention
    our_quotes: tuple[
        str, ...
    ] = ()  #: sentences in which our people are quoted
    reasons: str = ""  #: why it was proposed
    excerpt: str = ""  #: how the article begins, also behind a paywall

    @property
    def has_link(self) -> bool:
        """Whether the story has an address that can be opened."""
        return not is_unlinked(self.url)

    @property
    def quotes_text(self) -> str:
        """The sentences in which our people are quoted, one a line."""
        return "\n".join(self.our_quotes)

    @property
    def has_internal_content(self) -> bool:
        """Whether it says what only an internal newsletter may print."""
        return self != self.without_internal_content()

    def without_internal_content(self) -> Self:
        """Return the pick with what anybody may read."""
        return replace(self, proof="", our_quotes=(), reasons="", excerpt="")


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list of picks. `{org}` in the title stands for the organisation's name."""

    key: str
    title: str
    picks: tuple[Pick, ...] = ()
    blocks_below: tuple[str, ...] = ()  #: names of saved blocks behind it

    def without_internal_content(self) -> Self:
        """Return the section with what anybody may read."""
        picks = tuple(pick.without_internal_content() for pick in self.picks)
        return replace(self, picks=picks)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A story that a draft offered, by its representative."""

    edition: date
    article: int
    section: str
    place: int  #: from 0, in its section
    in_draft: bool  #: false for a runner-up
    rules: float  #: its score by the rules alone


@dataclass(frozen=True, slots=True)
class Lead:
    """A story written by staff at the top of an edition."""

    headline: str
    dek: str = ""  #: plain text, one paragraph
    #: CommonMark; a paragraph `[Text](url){.button}` is a button
    body: str = ""
    blocks_below: tuple[str, ...] = ()  #: names of saved blocks behind it


@dataclass(frozen=True, slots=True)
class SavedBlock:
    """A piece that is kept for many editions, such as a call to donate."""

    name: str  #: of its file in the folder blocks/, without .md
    title: str  #: its heading; "" if it has none
    body: str  #: CommonMark, as a lead's
    source: str  #: the whole text, heading included
    #: donate, event, sponsor or author, as its heading says; "" for one that looks like a lead
    look: str = ""

    @property
    def file(self) -> str:
        """The file it is kept in, as people are told of it."""
        return f"blocks/{self.name}.md"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of an edition, from the working folder."""

    name: str  #: of its file
    media: str  #: image/jpeg, image/png or image/gif
    width: int  #: in pixels, as is the height
    height: int
    content: bytes

    @property
    def key(self) -> str:
        """Return the hash that identifies these bytes in the picture's address."""
        return hashlib.sha256(self.content).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Edition:
    """One dated number of the newsletter."""

    date: date  #: the day it is dated, in the newsletter's time zone; its name
    subject: str
    preheader: str = ""
    leads: tuple[Lead, ...] = ()
    sections: tuple[Section, ...] = ()
    language: str = ""  #: a tag, where it is not the newsletter's own
    blocks_on_top: tuple[str, ...] = ()  #: names of saved blocks before all
    #: names and texts of saved blocks as they were sent, in place of those that are kept now
    block_texts: tuple[tuple[str, str], ...] = ()
    #: names of saved blocks that every edition has by the settings, and this one not
    without_blocks: tuple[str, ...] = ()

    @property
    def block_names(self) -> tuple[str, ...]:
        """The names of its saved blocks, in their order."""
        names = list(self.blocks_on_top)
        for lead in self.leads:
            names += lead.blocks_below
        for section in self.sections:
            names += section.blocks_below
        return tuple(names)

    @property
    def is_empty(self) -> bool:
        """Whether it has no lead and no story."""
        return not self.leads and not any(
            section.picks for section in self.sections
        )

    def is_empty_but_for(self, block_names: Collection[str]) -> bool:
        """Return whether it has no lead, no story, and no saved blocks but those named."""
        return self.is_empty and set(self.block_names) <= set(block_names)

    def without_internal_content(self) -> Self:
        """Return the edition with what anybody may read."""
        sections = tuple(
            section.without_internal_content() for section in self.sections
        )
        return replace(self, sections=sections)


@dataclass(frozen=True, slots=True)
class RenderedEdition:
    """An edition rendered once: every file of it, and the hash that approval is bound to."""

    edition: Edition
    mjml: str
    html: str
    text: str
    page: str
    markdown: str
    letter: Email
    content_hash: str  #: SHA-256, hex, over all that a recipient can see
    pictures: tuple[Picture, ...] = ()
    blocks: tuple[SavedBlock, ...] = ()  #: the saved blocks that it shows


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail about the newsletter itself, to one person: please confirm, welcome, goodbye."""

    name: str  #: confirm, welcome or goodbye
    subject: str
    html: str  #: holds TOKEN wherever the recipient's own token goes, as does the text
    text: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Approval of one exact edition by a person."""

    edition: date
    content_hash: str
    by: str
    at: datetime
    #: second approver of the same content, where two are required
    second: str = ""


class EditionState(StrEnum):
    """How far an edition is."""

    DRAFT = "draft"  #: nobody has approved it
    SECOND = "second"  #: one person has approved it, and a second one must
    #: it was changed since it was approved, or what it shows was: it does not leave
    AGAIN = "again"
    APPROVED = "approved"  #: it leaves as it is
    STOPPED = (
        "stopped"  #: it is approved, but its send is paused or was cancelled
    )
    OUTBOX = "outbox"  #: it went to the outbox as it is, and nobody was mailed
    PUBLISHED = "published"  #: a person published it; it was not mailed
    SENT = "sent"  #: some of it was mailed

    @property
    def is_out(self) -> bool:
        """Whether it is dealt with, so that another edition is the next one."""
        return self in (
            EditionState.OUTBOX,
            EditionState.PUBLISHED,
            EditionState.SENT,
        )


MAX_AUDIT_ENTRIES = 200  #: that are listed unless another number is asked for


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Audit entry: an act of a person, and its time."""

    at: datetime
    who: str
    what: str
    edition: date | None = None  #: None if it concerns no edition
    newsletter: str = ""  #: of that edition; "" if it concerns none


class Severity(StrEnum):
    """Severity of a finding before an edition is sent."""

    MUST = "must"  #: must be fixed: it would break the law or harm recipients
    SHOULD = "should"  #: should be fixed: it loses recipients or looks careless
    MAY = "may"  #: may be intended; worth a look


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an edition that a person should know before sending it."""

    severity: Severity
    where: str  #: a line of the edition, or a part of the mail
    what: str
    why: str  #: with the source of the rule
    how: str  #: what to do about it
    mends: bool = False  #: whether `digest check --fix` can fix it


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by severity, those of one severity in the order given."""
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """Result of fetching one link of an edition."""

    url: str
    #: where it permanently redirects, if that is another page
    moved_to: str = ""
    error: str = ""  #: reason why it could not be fetched
    reason: str = ""  #: the same in one word, as the collector counts it
    headline: str = ""  #: the page's present title
    paywalled: bool = False
    weight: int = 0  #: bytes, of an image

    @property
    def closed(self) -> bool:
        """Whether the page needs a subscription."""
        return self.paywalled or self.reason == "paywall"

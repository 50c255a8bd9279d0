"""Report of a run of the collector, by outlet."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from digest.infra.web_address import bare_host_of
from digest.model import Article
from digest.model.mail import FOR_A_PERSON, LinkKind, MailLink


def guessed_name(url: str) -> str:
    """Return what an outlet is called of which nothing but an address is known: its host."""
    return bare_host_of(url)


@dataclass(frozen=True, slots=True)
class FailedFeed:
    """A feed that failed in a run."""

    url: str
    reason: str  #: in a word
    since: datetime | None  #: when it last went well; None if it never did
    error: str = ""  #: a sentence, which may have words of a program
    again: bool = False  #: whether it failed at the poll before, too


@dataclass(frozen=True, slots=True)
class EmptyFeed:
    """A feed that answers well, and has no entries."""

    url: str
    #: when it last gave something new; None if it never did
    last_new: datetime | None
    again: bool = False  #: whether it was empty at the poll before, too


@dataclass(slots=True)
class Tally:
    """Results of one outlet in one run."""

    outlet: str
    polled: int = 0
    unchanged: int = 0
    new: int = 0
    retitled: int = 0
    #: known articles that came by another's feed before, and belong to this outlet
    adopted: int = 0
    read: int = 0
    #: new articles of sites that are no outlets of feeds.yaml, by what those are called
    other_sites: Counter[str] = field(default_factory=Counter)
    #: failed feeds, by reason in a word
    failures: Counter[str] = field(default_factory=Counter)
    #: pages that could not be read, by reason in a word
    unread: Counter[str] = field(default_factory=Counter)
    #: a sentence for each failed feed
    problems: list[str] = field(default_factory=list)
    failed_feeds: list[FailedFeed] = field(default_factory=list)
    empty_feeds: list[EmptyFeed] = field(default_factory=list)
    #: feeds that were not due, and failed when they were last asked
    failing_before: int = 0
    #: old and new addresses of feeds that have moved for good
    moved_feeds: list[tuple[str, str]] = field(default_factory=list)
    #: a sentence, if the outlet gives far less than usual
    silence: str = ""


@dataclass(slots=True)
class MailboxTally:
    """Results of one mailbox in one run. Links are addresses, however often a mail links them."""

    name: str
    mails: int = 0  #: read for the first time
    read_before: int = 0
    other_senders: int = 0  #: of senders that are not read
    left_for_later: int = 0  #: more than are read in one run
    links: Counter[LinkKind] = field(default_factory=Counter)
    new: int = 0  #: articles that were not known
    #: what a person should look at: it may be an article
    doubtful: list[MailLink] = field(default_factory=list)
    #: a sentence for each mail that cannot be read
    broken: list[str] = field(default_factory=list)
    error: str = ""  #: why it could not be read, or not to its end

    def count_links(self, links: list[MailLink]) -> None:
        """Add the links of a mail."""
        self.links.update(link.kind for link in links)
        self.doubtful += [link for link in links if link.kind in FOR_A_PERSON]

    @property
    def articles(self) -> int:
        """Links that are articles; those of several mails count each time."""
        return self.links[LinkKind.ARTICLE]


class Report(dict[str, Tally]):
    """Tallies by outlet's name."""

    stopped: bool = False  #: by a person, before all was done
    began: datetime | None = (
        None  #: the time of the run, at which what is new was first seen
    )

    def count_new(self) -> int:
        """Return how many articles were new."""
        return sum(tally.new for tally in self.values())

    def __init__(self) -> None:
        super().__init__()
        #: names of outlets by the addresses of their feeds
        self.outlet_by_feed: dict[str, str] = {}
        self.mailboxes: list[MailboxTally] = []

    def tally_of(self, article: Article) -> Tally:
        """Return the tally of the outlet whose feed gave an article, whosever it is."""
        return self[self.outlet_by_feed.get(article.feed, article.outlet)]

    def is_guessed(self, outlet: str, url: str) -> bool:
        """Return whether an outlet's name is but the host of an article, and none of feeds.yaml."""
        if outlet in self.outlet_by_feed.values():
            return False
        return outlet == guessed_name(url)

    def __missing__(self, outlet: str) -> Tally:
        self[outlet] = Tally(outlet)
        return self[outlet]

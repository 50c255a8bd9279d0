"""Report of a run of the collector, by outlet."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FailedFeed:
    """A feed that failed in a run."""

    url: str
    reason: str  #: in a word
    since: datetime | None  #: when it last went well; None if it never did


@dataclass(slots=True)
class Tally:
    """Results of one outlet in one run."""

    outlet: str
    polled: int = 0
    unchanged: int = 0
    new: int = 0
    retitled: int = 0
    read: int = 0
    #: failed feeds, by reason in a word
    failures: Counter[str] = field(default_factory=Counter)
    #: pages that could not be read, by reason in a word
    unread: Counter[str] = field(default_factory=Counter)
    #: a sentence for each failed feed
    problems: list[str] = field(default_factory=list)
    failed_feeds: list[FailedFeed] = field(default_factory=list)
    #: addresses of feeds that answer well, and have no entries
    empty_feeds: list[str] = field(default_factory=list)
    #: old and new addresses of feeds that have moved for good
    moved_feeds: list[tuple[str, str]] = field(default_factory=list)
    #: a sentence, if the outlet gives far less than usual
    silence: str = ""


class Report(dict[str, Tally]):
    """Tallies by outlet's name."""

    stopped: bool = False  #: by a person, before all was done

    def __missing__(self, outlet: str) -> Tally:
        self[outlet] = Tally(outlet)
        return self[outlet]

"""Report of a run of the collector, by outlet."""

from collections import Counter
from dataclasses import dataclass, field


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
    #: a sentence, if the outlet gives far less than usual
    silence: str = ""


class Report(dict[str, Tally]):
    """Tallies by outlet's name."""

    stopped: bool = False  #: by a person, before all was done

    def __missing__(self, outlet: str) -> Tally:
        self[outlet] = Tally(outlet)
        return self[outlet]

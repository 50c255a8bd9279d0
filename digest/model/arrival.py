"""Imports: people on a list from another system, with their status there."""

from dataclasses import dataclass
from enum import StrEnum

from digest.model.delivery import Subscriber


class Standing(StrEnum):
    """Status of a person in another system, from the mildest to the most serious.

    Only `ACTIVE` is mailed. The order counts: where a list says two things of one person, the
    later of these is taken.
    """

    ACTIVE = "active"  #: agreed, and may be mailed
    #: asked, but has not confirmed; or never agreed
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"  #: unsubscribed
    BLOCKED = "blocked"  #: blocked in the other system
    #: their server said for good that there is no such address
    BOUNCED = "bounced"
    COMPLAINED = "complained"  #: they called the mail spam


#: Strictness of each.
WEIGHT = {standing: weight for weight, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class ImportedPerson:
    """A person of a list."""

    person: Subscriber
    standing: Standing = Standing.ACTIVE
    #: their further addresses; a no holds for those too
    others: tuple[str, ...] = ()
    #: stood in the list before; only tags and newsletters are new
    again: bool = False
    #: keys of the newsletters that the list names for them; None if it names none for anybody
    newsletters: tuple[str, ...] | None = None


@dataclass(slots=True)
class ImportCounts:
    """Counts of one import: people, each once; the rows of a sheet add up with its `Tally`."""

    added: int = 0
    already_subscribed: int = 0
    left_earlier: int = 0  #: unsubscribed here earlier; left alone
    suppressed: int = 0  #: nobody may mail them, whatever the list says
    unconfirmed: int = 0  #: have not confirmed elsewhere; not mailed
    unsubscribed: int = 0  #: unsubscribed elsewhere; stored as unsubscribed
    blocked: int = 0  #: blocked elsewhere; suppressed
    bounced: int = 0  #: suppressed
    complained: int = 0  #: suppressed
    #: of the four before, those who were readers here until now
    stopped: int = 0
    read: int = 0  #: rows of the sheet
    refused: int = 0  #: rows that cannot be used
    doubles: int = 0  #: rows of people who stood in the sheet before
    blank: int = 0  #: empty rows
    #: lines of people whose date of consent cannot be read
    undated: tuple[int, ...] = ()

    @property
    def not_mailed(self) -> dict[Standing, int]:
        """People who are not mailed because of their standing in another system."""
        return {
            standing: getattr(self, standing.value)
            for standing in Standing
            if standing != Standing.ACTIVE
        }

    @property
    def row_sum(self) -> int:
        """The sum of what became of the rows. It equals `read`, unless a row was lost."""
        mailed = self.added + self.already_subscribed
        not_mailed = (
            self.left_earlier + self.suppressed + sum(self.not_mailed.values())
        )
        not_used = self.refused + self.doubles + self.blank
        return mailed + not_mailed + not_used

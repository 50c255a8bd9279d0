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
    UNCONFIRMED = "unconfirmed"  #: asked, but has not confirmed; or never agreed
    UNSUBSCRIBED = "unsubscribed"  #: unsubscribed
    BLOCKED = "blocked"  #: nobody was to mail them
    BOUNCED = "bounced"  #: their server said for good that there is no such address
    COMPLAINED = "complained"  #: they called the mail spam


#: How much each weighs.
WEIGHT = {standing: weight for weight, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person of a list."""

    person: Subscriber
    standing: Standing = Standing.ACTIVE
    others: tuple[str, ...] = ()  #: their further addresses; a no holds for those too
    again: bool = False  #: stood in the list before; only the tags are new

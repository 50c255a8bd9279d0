"""Arrivals: people as a list from elsewhere brings them, and how that list had them."""

from dataclasses import dataclass
from enum import StrEnum

from digest.model.delivery import Subscriber


class Standing(StrEnum):
    """How another system had a person, from the mildest to what weighs most.

    Only `ACTIVE` is mailed. The order counts: where a list says two things of one person, the
    later of these is taken.
    """

    ACTIVE = "active"  #: agreed, and may be mailed
    UNCONFIRMED = "unconfirmed"  #: asked, but has not confirmed; or never agreed
    UNSUBSCRIBED = "unsubscribed"  #: said no
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

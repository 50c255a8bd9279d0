"""Staff: the members who work at the desk, and their rights."""

from dataclasses import dataclass
from enum import StrEnum


class StaffRights(StrEnum):
    """Rights of a member of staff; each includes those before it."""

    EDITOR = "editor"  #: picks, writes, previews, sends tests
    APPROVER = "approver"  #: approves, sends, pauses and cancels
    ADMIN = "admin"  #: adds and removes members of staff

    def include(self, needed: "StaffRights") -> bool:
        """Whether these rights include others."""
        order = list(StaffRights)
        return order.index(self) >= order.index(needed)


def fold_name(name: str) -> str:
    """Return what makes two spellings of a name the same member."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff."""

    id: int  #: 0 for the user of this machine
    name: str
    role: StaffRights
    stamp: str = ""  #: names the sessions that are good
    #: whether logging in takes a code of their phone
    second_factor: bool = False
    active: bool = True  #: whether they can log in yet

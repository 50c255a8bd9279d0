"""Edition keys: which newsletter an edition is of, and the day it is dated."""

from dataclasses import dataclass
from datetime import date
from typing import Self

#: The newsletter of workspaces that have one only, and of every edition made before there could
#: be several. Its editions are named by their date alone in addresses, files and jobs.
ROOT_NEWSLETTER = "weekly"
#: Years that an edition may be of: any other is a slip, and times of its window may not exist.
EDITION_YEARS = range(1990, 2200)


@dataclass(frozen=True, slots=True, order=True)
class EditionKey:
    """Names one edition of all newsletters; written as `clips/2026-12-04`."""

    newsletter: str
    day: date

    def __str__(self) -> str:
        return f"{self.newsletter}/{self.day.isoformat()}"

    @property
    def short_name(self) -> str:
        """The name in addresses and files: without the newsletter if that is the root one."""
        if self.newsletter == ROOT_NEWSLETTER:
            return self.day.isoformat()
        return str(self)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `clips/2026-12-04`, or `2026-12-04` of the root newsletter. Raises ValueError."""
        newsletter, _, day = text.rpartition("/")
        return cls(newsletter or ROOT_NEWSLETTER, date.fromisoformat(day))

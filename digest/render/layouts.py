"""Layouts: which templates an edition begins with, and what it counts for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from digest.model import Section


@dataclass(frozen=True, slots=True)
class Layout:
    """The templates that the files of an edition begin with."""

    mail: str
    text: str
    page: str


#: By the name in feeds.yaml. They share the other templates.
LAYOUTS = {
    "letter": Layout("edition.mjml", "edition.txt", "page.html"),
    "clips": Layout("clips.mjml", "clips.txt", "clips.html"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How much an edition holds."""

    clips: int
    outlets: int  #: of the clips, each counted once


def count_clips(sections: Iterable[Section]) -> Tally:
    """Return how many stories some sections have, and of how many outlets."""
    outlets: list[str] = []
    for section in sections:
        outlets += [pick.outlet for pick in section.picks]
    return Tally(len(outlets), len(set(outlets)))

"""What a careful colleague would say before an edition leaves. All pure but for SpamAssassin.

the edition's words | its stories | its links, images | the built mail | findings, gravest first
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest.model import Build, Finding, Link, gravest_first
from digest.preflight.contrast import contrasts
from digest.preflight.images import images
from digest.preflight.links import links
from digest.preflight.mail import mail
from digest.preflight.stories import stories
from digest.preflight.words import words
from digest.settings import Settings

__all__ = ["Before", "check"]


@dataclass(frozen=True, slots=True)
class Before:
    """What is known beside the edition itself."""

    #: key of each story that an earlier edition carried, and which
    ran: Mapping[str, date]
    links: Sequence[Link]  #: what became of its links; empty if they were not fetched
    key: Callable[[str], str]  #: what two addresses of one article share
    tidy: Callable[[str], str]  #: an address without trackers
    message: bytes  #: as one reader would get it
    #: SpamAssassin's points; None if it is not installed
    spam: Callable[[bytes], float | None]


def check(built: Build, settings: Settings, before: Before) -> list[Finding]:
    """Return everything worth saying about a built edition, the gravest first."""
    return gravest_first(_all(built, settings, before))


def _all(built: Build, settings: Settings, before: Before) -> Iterator[Finding]:
    yield from words(built, settings)
    yield from stories(built, settings, before.ran, before.key, before.tidy)
    yield from links(built, before.links)
    yield from images(built, before.links)
    yield from contrasts(built)
    yield from mail(built, settings, before.message, before.spam(before.message))

"""Preflight: what should be corrected before an edition is sent. All pure but for SpamAssassin.

the edition's words | its stories | its links, images | the built mail | findings, gravest first
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest.model import (
    Finding,
    LinkCheck,
    RenderedEdition,
    Severity,
    gravest_first,
)
from digest.preflight.contrast import check_contrast
from digest.preflight.image_weight import check_images
from digest.preflight.links import check_links
from digest.preflight.mail import check_mail
from digest.preflight.own_words import check_own_words
from digest.preflight.printable import check_internal_content
from digest.preflight.stories import check_stories
from digest.preflight.words import check_words
from digest.settings import Settings

__all__ = ["CheckContext", "check_edition"]


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Inputs of the checks beside the edition itself."""

    #: key of each story that an earlier edition carried, and which
    ran: Mapping[str, date]
    #: results of its links; empty if they were not fetched
    links: Sequence[LinkCheck]
    #: the key that two addresses of one article share
    key: Callable[[str], str]
    tidy: Callable[[str], str]  #: an address without trackers
    message: bytes  #: as one recipient would get it
    #: SpamAssassin's points; None if it is not installed
    spam: Callable[[bytes], float | None]
    #: places and words of what is not understood in the text, or leads nowhere
    text_faults: Sequence[tuple[str, str]] = ()
    #: the program's own texts that the edition's language lacks
    missing_words: Sequence[str] = ()
    #: sentences on files in templates/ that nothing uses
    unused_templates: Sequence[str] = ()


def check_edition(
    built: RenderedEdition, settings: Settings, before: CheckContext
) -> list[Finding]:
    """Return everything worth saying about a built edition, the gravest first."""
    return gravest_first(_find_all(built, settings, before))


def _find_all(
    built: RenderedEdition, settings: Settings, before: CheckContext
) -> Iterator[Finding]:
    for place, words in before.text_faults:
        yield Finding(
            Severity.MUST,
            place,
            words,
            "readers would see marks, or reach nothing",
            "mend the line, or write a backslash before a mark that is meant",
        )
    yield from check_words(built, settings)
    yield from check_stories(
        built, settings, before.ran, before.key, before.tidy
    )
    yield from check_internal_content(built, settings)
    yield from check_links(built, before.links)
    yield from check_images(built, before.links)
    for words in before.unused_templates:
        place, _, what = words.partition(": ")
        yield Finding(
            Severity.SHOULD,
            place,
            what,
            "what it says is in no mail and on no page",
            "rename or delete it; `digest templates list` names all",
        )
    yield from check_own_words(built, settings, before.missing_words)
    yield from check_contrast(built, settings.newsletter.theme)
    spam_points = before.spam(before.message)
    yield from check_mail(built, settings, before.message, spam_points)

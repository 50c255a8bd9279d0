"""Printable content: nothing internal of a story in public, excerpts up to their length."""

from collections.abc import Iterator

from digest.model import Finding, Pick, RenderedEdition, Severity
from digest.preflight.line_finder import line_of_link
from digest.settings import Settings


def check_internal_content(
    built: RenderedEdition, settings: Settings
) -> Iterator[Finding]:
    """Yield what a story says that its newsletter may not print."""
    newsletter = settings.newsletter
    for section in built.edition.sections:
        for pick in section.picks:
            if not newsletter.is_internal:
                yield from _check_public_story(built, pick, newsletter.key)
            elif newsletter.internal:
                limit = newsletter.internal.excerpt
                yield from _check_excerpt(built, pick, limit)


def _check_public_story(
    built: RenderedEdition, pick: Pick, newsletter: str
) -> Iterator[Finding]:
    if pick.has_internal_content:
        yield Finding(
            Severity.MUST,
            line_of_link(built, pick.url),
            f"“{pick.headline}” has lines for an internal newsletter",
            f"{newsletter} is public; they are left out of its mail and page, and belong nowhere near it",
            "delete the lines that begin with - Proof:, - We said:, - Why: or - Excerpt:",
            mends=True,
        )


def _check_excerpt(
    built: RenderedEdition, pick: Pick, limit: int
) -> Iterator[Finding]:
    if len(pick.excerpt) > limit:
        yield Finding(
            Severity.SHOULD,
            line_of_link(built, pick.url),
            f"an excerpt of {len(pick.excerpt)} characters",
            f"feeds.yaml allows this newsletter {limit} (internal: excerpt)",
            "shorten it",
        )

"""What became of an edition's links since its stories were picked."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from digest.model import Build, Finding, Link, Pick, Severity
from digest.preflight.line_numbers import link_line

#: Answers that mean that the page is not there any more.
GONE = frozenset({"http 404", "http 410", "unknown host"})
#: Headlines less alike than this are another headline, not another outlet's name behind it.
SAME_HEADLINE = 0.6
RETRACTED = ("retracted", "retraction:", "this article has been removed", "correction:")


def links(built: Build, found: Sequence[Link]) -> Iterator[Finding]:
    """Yield what a reader would meet behind each link."""
    picks = {p.url: p for s in built.edition.sections for p in s.picks}
    for link in found:
        pick = picks.get(link.url)
        yield from _reached(built, link, pick)
        if link.headline and pick:
            yield from _headline(built, link, pick.headline)


def _reached(built: Build, link: Link, pick: Pick | None) -> Iterator[Finding]:
    where = link_line(built, link.url)
    if link.reason in GONE:
        yield Finding(
            Severity.MUST,
            where,
            f"{link.url} is gone: {link.error}",
            "readers would find nothing",
            "look for its new address, or drop it",
        )
    elif link.closed:
        if pick is None or not (pick.paywall or pick.gift):
            yield Finding(
                Severity.MAY,
                where,
                f"{link.url} asks for a subscription",
                "many readers cannot read it",
                "say so with {.paywall} behind the outlet, or add a line [Gift link](https://…)",
                mends=pick is not None,
            )
    elif link.error:
        yield Finding(
            Severity.SHOULD,
            where,
            f"{link.url} could not be reached: {link.error}",
            "it may be the same for readers",
            "open it by hand",
        )
    elif link.moved_to:
        yield Finding(
            Severity.MAY,
            where,
            f"{link.url} has moved to {link.moved_to}",
            "the old address may end one day",
            "use the new one",
            mends=True,
        )


def _headline(built: Build, link: Link, ours: str) -> Iterator[Finding]:
    now = link.headline
    if any(mark in now.lower() for mark in RETRACTED):
        yield Finding(
            Severity.MUST,
            link_line(built, link.url),
            f"the page is headed “{now}”",
            "the outlet may have taken the story back",
            "read it before it is sent",
        )
    elif SequenceMatcher(None, ours.lower(), now.lower()).ratio() < SAME_HEADLINE:
        yield Finding(
            Severity.MAY,
            link_line(built, link.url),
            f"the outlet's headline is now “{now}”",
            f"ours is “{ours}”; the story may have changed",
            "read it again",
        )

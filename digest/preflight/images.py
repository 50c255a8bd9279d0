"""The images of an edition: described, ours, light enough for a phone."""

from collections.abc import Iterator, Sequence

from digest.model import Build, Finding, Link, Severity
from digest.preflight.line_numbers import line
from digest.preflight.web_page import Page

#: Bytes that load in a second on a slow phone (3 Mbit/s, "Slow 4G" of Chromium's tools: 1.6).
HEAVY = 250_000
#: Of all images of an edition together.
HEAVY_TOGETHER = 1_000_000


def images(built: Build, found: Sequence[Link]) -> Iterator[Finding]:
    """Yield what is wrong with the images; `found` tells of those on other servers."""
    page = Page(built.html)
    ours = {f"{p.key}/{p.name}": p for p in built.pictures}
    for image in page.images:
        src = image.get("src") or ""
        if not (image.get("alt") or "").strip() and image.get("role") != "presentation":
            yield Finding(
                Severity.MUST,
                "the mail",
                f"the image {src} has no alternative text",
                "blind readers, and all with images off, get nothing (WCAG 2.2, 1.1.1)",
                "describe it: ![what is to be seen](address)",
            )
        if src and not src.endswith(tuple(ours)) and src in built.markdown:
            yield from _elsewhere(built, src)
    yield from _weights(built, found, {i.get("src") or "" for i in page.images})


def _elsewhere(built: Build, src: str) -> Iterator[Finding]:
    yield Finding(
        Severity.SHOULD,
        line(built, src),
        f"the image {src} lies on another server",
        "its size is not known, so the mail jumps as it loads; it may change, or vanish, and its "
        "owner sees who reads",
        "save it, and `digest image FILE` puts a copy into images/",
    )


def _weights(built: Build, found: Sequence[Link], shown: set[str]) -> Iterator[Finding]:
    weights = {f"images/{p.name}": len(p.content) for p in built.pictures}
    weights |= {
        link.url: link.weight for link in found if link.url in shown and link.weight
    }
    for name, weight in weights.items():
        if weight > HEAVY:
            yield Finding(
                Severity.SHOULD,
                line(built, name),
                f"the image {name} weighs {weight / 1000:.0f} KB",
                f"phones on slow networks load {HEAVY // 1000} KB in a second or two",
                "`digest image` makes a light copy",
            )
    if sum(weights.values()) > HEAVY_TOGETHER:
        yield Finding(
            Severity.SHOULD,
            "the mail",
            f"its images weigh {sum(weights.values()) / 1e6:.1f} MB together",
            "many readers pay for what they load, and are gone before it has",
            "leave the weakest out",
        )

"""Images of an edition: described, on our own server, light enough for a phone."""

from collections.abc import Iterator, Sequence

from digest.infra.images import can_be_lighter
from digest.model import Finding, LinkCheck, RenderedEdition, Severity
from digest.preflight.line_finder import is_in_text, line_of
from digest.preflight.web_page import MailPage

#: Bytes that load in a second on a slow phone (3 Mbit/s, "Slow 4G" of Chromium's tools: 1.6).
MAX_BYTES = 250_000
#: Of all images of an edition together.
MAX_BYTES_TOGETHER = 1_000_000


def check_images(
    built: RenderedEdition, links: Sequence[LinkCheck]
) -> Iterator[Finding]:
    """Yield what is wrong with the images; `links` tells of those on other servers."""
    page = MailPage(built.html)
    own_names = tuple(
        f"{picture.key}/{picture.name}" for picture in built.pictures
    )
    sources = [image.get("src") or "" for image in page.images]
    for image, source in zip(page.images, sources, strict=True):
        if not _is_described(image):
            yield Finding(
                Severity.MUST,
                "the mail",
                f"the image {source} has no alternative text",
                "blind readers, and all with images off, get nothing (WCAG 2.2, 1.1.1)",
                "describe it: ![what is to be seen](address)",
            )
        is_own = source.endswith(own_names)
        if source and not is_own and is_in_text(built, source):
            yield from _check_foreign_image(built, source)
    weights = _weigh_images(built, links, sources)
    yield from _check_weights(built, weights)


def _is_described(image: dict[str, str | None]) -> bool:
    if (image.get("alt") or "").strip():
        return True
    is_decoration = image.get("role") == "presentation"
    return is_decoration or image.get("aria-hidden") == "true"


def _check_foreign_image(
    built: RenderedEdition, source: str
) -> Iterator[Finding]:
    yield Finding(
        Severity.SHOULD,
        line_of(built, source),
        f"the image {source} lies on another server",
        "its size is not known, so the mail jumps as it loads; it may change, or vanish, and its "
        "owner sees who reads",
        "save it, and `digest image FILE` puts a copy into images/",
    )


def _weigh_images(
    built: RenderedEdition, links: Sequence[LinkCheck], sources: Sequence[str]
) -> dict[str, int]:
    """Return the bytes of each image by its name or address, where they are known."""
    weights = {
        f"images/{picture.name}": len(picture.content)
        for picture in built.pictures
    }
    for link in links:
        if link.url in sources and link.weight:
            weights[link.url] = link.weight
    return weights


def _advice_for(built: RenderedEdition, name: str) -> str:
    """Return what makes an image lighter: `digest image`, unless it has done what it can."""
    for picture in built.pictures:
        if f"images/{picture.name}" == name and not can_be_lighter(picture):
            return "crop it, or choose one with fewer details: `digest image` has done what it can"
    return "`digest image` makes a light copy"


def _check_weights(
    built: RenderedEdition, weights: dict[str, int]
) -> Iterator[Finding]:
    for name, weight in weights.items():
        if weight > MAX_BYTES:
            yield Finding(
                Severity.SHOULD,
                line_of(built, name),
                f"the image {name} weighs {weight / 1000:.0f} KB",
                f"phones on slow networks load {MAX_BYTES // 1000} KB in a second or two",
                _advice_for(built, name),
            )
    total = sum(weights.values())
    if total > MAX_BYTES_TOGETHER:
        yield Finding(
            Severity.SHOULD,
            "the mail",
            f"its images weigh {total / 1e6:.1f} MB together",
            "many people pay for the data, and do not wait for it",
            "leave out the least important ones",
        )

"""Places in an edition: the line of its file that holds some words or links to an address."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from digest.model import RenderedEdition

INNER_NETWORKS = ("127.", "10.", "192.168.")
INNER_DOMAINS = (".local", ".localhost", ".internal", ".test")


def numbered_lines(built: RenderedEdition) -> Iterator[tuple[str, str]]:
    """Yield the lines of an edition's text and of its saved blocks', each with its place."""
    for number, text in enumerate(built.markdown.split("\n"), 1):
        yield f"line {number}", text
    for block in built.blocks:
        for number, text in enumerate(block.source.split("\n"), 1):
            yield f"{block.file}, line {number}", text


def line_of(built: RenderedEdition, words: str) -> str:
    """Return “line 17” for the first line of the edition's text that holds some words.

    It is “blocks/donate.md, line 3” where only a saved block holds them.
    """
    if not words:
        return "the edition"
    for place, text in numbered_lines(built):
        if words in text:
            return place
    return "the edition"


def is_in_text(built: RenderedEdition, words: str) -> bool:
    """Return whether an edition's text holds some words, or that of one of its saved blocks."""
    texts = [built.markdown, *(block.source for block in built.blocks)]
    return any(words in text for text in texts)


def line_of_link(built: RenderedEdition, url: str) -> str:
    """Return the line of the edition that links to exactly this address."""
    link = f"]({url})"
    if is_in_text(built, link):
        return line_of(built, link)
    return line_of(built, url)


def is_public(url: str) -> bool:
    """Return whether an address could be anybody's to open: not this machine, not an inner network."""
    host = urlsplit(url).hostname or ""
    if host in ("localhost", ""):
        return False
    return not host.startswith(INNER_NETWORKS) and not host.endswith(
        INNER_DOMAINS
    )

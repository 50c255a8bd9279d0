"""Places in an edition: the line of its file that holds some words or links to an address."""

from urllib.parse import urlsplit

from digest.model import RenderedEdition

INNER_NETWORKS = ("127.", "10.", "192.168.")
INNER_DOMAINS = (".local", ".localhost", ".internal", ".test")


def line_of(built: RenderedEdition, words: str) -> str:
    """Return “line 17” for the first line of the edition's text that holds some words."""
    if not words:
        return "the edition"
    for number, text in enumerate(built.markdown.split("\n"), 1):
        if words in text:
            return f"line {number}"
    return "the edition"


def line_of_link(built: RenderedEdition, url: str) -> str:
    """Return the line of the edition that links to exactly this address."""
    link = f"]({url})"
    if link in built.markdown:
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

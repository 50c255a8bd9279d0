"""Where something stands: a line of the edition's file, an address of the open web or not."""

from urllib.parse import urlsplit

from digest.model import Build


def line(built: Build, words: str) -> str:
    """Return “line 17” for the first line of the edition's text that holds some words."""
    for number, text in enumerate(built.markdown.split("\n"), 1):
        if words and words in text:
            return f"line {number}"
    return "the edition"


def link_line(built: Build, url: str) -> str:
    """Return the line of the edition that links to exactly this address."""
    return line(built, f"]({url})" if f"]({url})" in built.markdown else url)


def is_public(url: str) -> bool:
    """Say whether an address could be anybody's to open: not this machine, not an inner network."""
    host = urlsplit(url).hostname or ""
    inner = host in ("localhost", "") or host.startswith(("127.", "10.", "192.168."))
    return not inner and not host.endswith(
        (".local", ".localhost", ".internal", ".test")
    )

"""Plain text and addresses inside Markdown: how they are written, how they are read."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from markdown_it.token import Token

from digest.edition.problems import Problems

_SPECIAL = re.compile(r"[\\`*_\[\]<]|&(?=#?\w+;)|\{(?=#)")
#: What at a line's beginning would open a list, a quote, a heading, a rule or a fence.
_OPENING = re.compile(r"^(?:(?=[>#+=~-])|(?P<number>\d{1,9})(?=[.)]))")


def escape(text: str) -> str:
    """Write text so that Markdown takes nothing in it for a mark."""
    return _SPECIAL.sub(lambda m: "\\" + m.group(), text)


def escape_heading(text: str) -> str:
    """Write text behind `# `, where trailing #s would be taken for its closing."""
    return re.sub(r"#+$", lambda m: "\\" + "\\".join(m.group()), escape(text))


def escape_line(text: str) -> str:
    """Write text that begins a line."""
    return _OPENING.sub(lambda m: f"{m['number'] or ''}\\", escape(text))


def destination(url: str) -> str:
    """Write an address between the brackets of a link."""
    return re.sub(r"[\\()<]|&(?=#?\w+;)", lambda m: "\\" + m.group(), url)


def plain(children: Sequence[Token], line: int, problems: Problems) -> str:
    """Return inline tokens as the plain text they stand for."""
    marks = {c.type for c in children} - {
        "text",
        "text_special",
        "softbreak",
        "hardbreak",
    }
    if marks:
        problems.add(
            line,
            r"expected plain text; write a star, bracket or backtick as \*, \[ or \`",
        )
    return joined(children)


def joined(children: Iterable[Token]) -> str:
    """Return the text of tokens on one line."""
    return " ".join("".join(c.content or " " for c in children).split())


def is_web(url: str) -> bool:
    """Say whether an address is of the web and names a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False

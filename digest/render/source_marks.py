"""Where each tag of rendered MJML was written: noted behind the tag, and taken off again.

Rendered MJML is one text of many templates; a fault in it is worth little without the template's
own line.
"""

import re

#: Of Unicode's private use, so that no text of ours can hold them by chance.
OPEN = "\ue000"
CLOSE = "\ue001"
MARK = f"{OPEN}(?P<place>[^{CLOSE}]*){CLOSE}"

_JINJA = re.compile(
    r"(\{%[-+]?\s*trans\b.*?\bendtrans\s*[-+]?%\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})",
    re.DOTALL,
)
_TAG = re.compile(r"</?[a-zA-Z][\w-]*")
_MARKED = re.compile(f"(</?[a-zA-Z][\\w-]*){OPEN}[^{CLOSE}]*{CLOSE}")


def marked(source: str, file: str) -> str:
    """Return a template with file and line noted behind each tag; what Jinja reads stays as it is.

    A text to be translated stays too: it is looked up as it is written.
    """
    pieces = []
    line = 1
    for n, piece in enumerate(_JINJA.split(source)):
        pieces.append(piece if n % 2 else _noted(piece, file, line))
        line += piece.count("\n")
    return "".join(pieces)


def unmarked(mjml: str) -> str:
    """Return rendered MJML without the notes."""
    return _MARKED.sub(r"\1", mjml)


def place_of(mjml: str, number: int) -> str:
    """Return where the tag with that number (from 1) was written; "" if it is not known."""
    tags = list(re.finditer(f"{_TAG.pattern}(?:{MARK})?", mjml))
    known = [t["place"] for t in tags[:number] if t["place"]]
    if known:
        return known[-1]
    return ""


def tags_before(mjml: str, end: int) -> int:
    """Return how many tags begin before a place in a text."""
    return len(_TAG.findall(mjml[:end]))


def _noted(text: str, file: str, first: int) -> str:
    def note(tag: re.Match[str]) -> str:
        line = first + text.count("\n", 0, tag.start())
        return f"{tag.group()}{OPEN}{file}:{line}{CLOSE}"

    return _TAG.sub(note, text)

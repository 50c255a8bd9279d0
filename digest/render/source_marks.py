"""Source marks: note behind each tag of MJML where it was written, and take the notes off.

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
_TAG_WITH_MARK = re.compile(f"{_TAG.pattern}(?:{MARK})?")
_MARKED = re.compile(f"(</?[a-zA-Z][\\w-]*){OPEN}[^{CLOSE}]*{CLOSE}")


def mark_source(source: str, file: str) -> str:
    """Return a template with file and line noted behind each tag; Jinja's own tags are unchanged.

    Texts to be translated are unchanged too: they are looked up as written.
    """
    pieces = []
    line = 1
    is_jinja = False
    for piece in _JINJA.split(source):  # MJML and Jinja take turns
        pieces.append(piece if is_jinja else _mark_tags(piece, file, line))
        line += piece.count("\n")
        is_jinja = not is_jinja
    return "".join(pieces)


def remove_marks(mjml: str) -> str:
    """Return rendered MJML without the notes."""
    return _MARKED.sub(r"\1", mjml)


def place_of(mjml: str, number: int) -> str:
    """Return where the tag with that number (from 1) was written; "" if it is not known.

    A tag without a note counts to the last one before it that has one.
    """
    tags = list(_TAG_WITH_MARK.finditer(mjml))
    places = [tag["place"] for tag in tags[:number] if tag["place"]]
    if places:
        return places[-1]
    return ""


def tags_before(mjml: str, end: int) -> int:
    """Return how many tags begin before a place in a text."""
    return len(_TAG.findall(mjml[:end]))


def _mark_tags(text: str, file: str, first_line: int) -> str:
    def mark_tag(tag: re.Match[str]) -> str:
        line = first_line + text.count("\n", 0, tag.start())
        return f"{tag.group()}{OPEN}{file}:{line}{CLOSE}"

    return _TAG.sub(mark_tag, text)

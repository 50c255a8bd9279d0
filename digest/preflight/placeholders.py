"""Placeholders of an edition's text, and marks that other mail programs would fill in.

Not looked at: comments, code, the names of addresses (`[date]: https://…`), which readers do not see so.
"""

import re
from collections.abc import Iterator

from digest.model import Finding, RenderedEdition, Severity
from digest.preflight.line_finder import numbered_lines
from digest.preflight.placeholder_words import (
    find_doubtful_placeholder,
    find_placeholder,
)
from digest.settings import Settings

#: Names of the fields that such programs fill in, in four languages.
_FIELDS = (
    r"(?:first|last|full|given|family|user|nick|company|sub)?[\s_]?name|[fl]name|e-?mail(?:[\s_]address)?|"
    r"salutation|greeting|company|unsubscribe(?:[\s_]\w+)?|"
    r"(?:primer[\s_])?nombre|apellidos?|correo|pr[eé]nom|nom|courriel|vorname|nachname|anrede|firma"
)
_MERGE_MARK = re.compile(
    r"\{\{.*?\}\}|\{\{|\}\}|\{%.*?%\}|\{%|%\}|\{#.*?#\}|\*\|[\w:]+\|\*|%%\w+%%|<%|%>|<<[^<>\n]+>>|\[%[^%\]]+%\]"
    r"|\$\{\w[\w.]*\}|\{![\w.]+\}|@@\w+@@|%[A-Za-z]+(?:[_.][A-Za-z]+)+%|%[A-Z]{4,}%"
    r"|\{[A-Za-z]\w*(?:[_.]\w+)+\}"
    rf"|\{{(?i:{_FIELDS})\}}"
)
#: [First Name]; one word alone, as [name], may be an editor's.
_MERGE_BRACKETS = re.compile(
    r"\[(?:(?:first|last|full|given|family|company)[\s_]names?|e-?mail[\s_]address|[fl]name|primer[\s_]nombre"
    r"|pr[eé]nom|vorname|nachname)\](?![(\[])|\[[A-Z]{3,}(?:_[A-Z]+)+\]|\[\[\w+\]\]",
    re.IGNORECASE,
)
_GREETED = re.compile(
    r"(?:Dear|Hi|Hello|Estimad[oa]|Hola|Querid[oa]|Ch[eè]re?|Bonjour|Liebe[rs]?|Hallo)\s+(?P<mark>\[[^\]]+\])(?![(\[])"
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]+`")
_ESCAPE = re.compile(r"\\([^\w\s])")
_LABEL = re.compile(r"^\s{0,3}\[([^\]]+)\]:.*$", re.MULTILINE)
#: A section's key is no mark of a program: ## Title {#following}
_KEY = re.compile(r"\s\{#\w+\}$")


def check_placeholders(
    built: RenderedEdition, settings: Settings
) -> Iterator[Finding]:
    """Yield what readers would see and nobody has written yet."""
    language = built.edition.language or settings.newsletter.language
    for place, text in _visible_lines(built):
        certain = find_placeholder(text, language)
        mark = find_merge_mark(text)
        doubtful = find_doubtful_placeholder(text, language)
        if mark:
            yield _describe_mark(place, mark)
        elif certain:
            yield _describe_placeholder(place, certain, Severity.MUST)
        elif doubtful:
            yield _describe_placeholder(place, doubtful, Severity.SHOULD)


def _describe_placeholder(
    place: str, words: str, severity: Severity
) -> Finding:
    return Finding(
        severity,
        place,
        f"“{words}” is a placeholder",
        "readers would see it",
        "write what belongs there",
    )


def _describe_mark(place: str, mark: str) -> Finding:
    return Finding(
        Severity.MUST,
        place,
        f"“{mark}” is a merge tag of another mail program",
        "nothing fills it in here: readers would see it",
        "take it out",
    )


def _visible_lines(built: RenderedEdition) -> Iterator[tuple[str, str]]:
    """Yield lines as readers see them, each with its place."""
    places = [place for place, _ in numbered_lines(built)]
    texts = [built.markdown, *(block.source for block in built.blocks)]
    lines: list[str] = []
    for text in texts:
        lines += without_unseen(text).split("\n")
    yield from zip(places, lines, strict=True)


def without_unseen(text: str) -> str:
    """Return a text without what readers do not see; its lines stay where they are."""
    for pattern in (_FENCE, _COMMENT, _CODE):
        text = pattern.sub(_only_line_breaks, text)
    for label in _LABEL.findall(text):
        text = text.replace(f"[{label}]", label)
    lines = [_KEY.sub("", line) for line in text.split("\n")]
    return _ESCAPE.sub(r"\1", "\n".join(lines))


def _only_line_breaks(unseen: re.Match[str]) -> str:
    return "\n" * unseen.group().count("\n")


def find_merge_mark(text: str) -> str:
    """Return the first mark of another program in a line; "" if there is none."""
    greeted = _GREETED.search(text)
    if greeted:
        return greeted["mark"]
    for pattern in (_MERGE_MARK, _MERGE_BRACKETS):
        match = pattern.search(text)
        if match:
            return match.group()
    return ""

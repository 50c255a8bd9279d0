"""Whether all text of the mail can be read on what is behind it, as its inline styles say.

The theme's colours are checked when feeds.yaml is read; this finds what a template did.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from lxml.html.defs import empty_tags

from digest.model import Build, Finding, Severity
from digest.settings.theme import READABLE, contrast

#: Large text may have less (WCAG 2.2, 1.4.3): from 24 pixels, or bold from 18.66.
LARGE = 24.0
LARGE_BOLD = 18.66
LARGE_READABLE = 3.0
UNSEEN = ("style", "title", "script")
NAMED = {"white": "#ffffff", "black": "#000000"}
_HEX = re.compile(r"#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}\b")


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text looks at some place."""

    ink: str = "#000000"
    paper: str = "#ffffff"
    size: float = 16.0
    bold: bool = False
    hidden: bool = False

    @property
    def needed(self) -> float:
        """The least contrast it needs."""
        large = self.size >= LARGE or (self.bold and self.size >= LARGE_BOLD)
        if large:
            return LARGE_READABLE
        return READABLE


class _Reader(HTMLParser):
    """Gathers text with its look."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, TextStyle]] = []
        self._open: list[tuple[str, TextStyle]] = [("", TextStyle())]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element over the look of those around it."""
        if tag not in empty_tags:
            style = {k: v or "" for k, v in attrs}
            self._open.append((tag, _under(self._open[-1][1], tag, style)))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and what was left open inside it."""
        names = [name for name, _ in self._open]
        if tag in names[1:]:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Keep visible text."""
        look = self._open[-1][1]
        if data.strip() and not look.hidden:
            self.found.append((" ".join(data.split()), look))


def contrasts(built: Build) -> Iterator[Finding]:
    """Yield every pair of colours that text cannot be read in, each once."""
    told: set[tuple[str, str]] = set()
    for words, look in _Reader(built.html).found:
        ratio = contrast(look.ink, look.paper)
        if ratio < look.needed and (look.ink, look.paper) not in told:
            told.add((look.ink, look.paper))
            yield Finding(
                Severity.MUST,
                "the mail",
                f"“{words[:40]}” has {ratio:.1f}:1 contrast ({look.ink} on {look.paper})",
                f"many cannot read below {look.needed}:1 (WCAG 2.2, 1.4.3)",
                "give the template a darker or lighter colour",
            )


def _under(around: TextStyle, tag: str, attrs: dict[str, str]) -> TextStyle:
    pairs = (p.partition(":") for p in attrs.get("style", "").lower().split(";"))
    style = {name.strip(): value.strip() for name, _, value in pairs}
    paper = (
        style.get("background-color")
        or style.get("background")
        or attrs.get("bgcolor", "")
    )
    size = re.match(r"([\d.]+)px", style.get("font-size", ""))
    weight = style.get(
        "font-weight", "bold" if tag in ("b", "strong", "h1", "h2", "h3") else ""
    )
    return replace(
        around,
        ink=_colour(style.get("color", "")) or around.ink,
        paper=_colour(paper) or around.paper,
        size=float(size[1]) if size else around.size,
        bold=weight in ("bold", "600", "700", "800", "900")
        or (around.bold and not weight),
        hidden=around.hidden
        or tag in ("style", "title", "script")
        or style.get("display") == "none",
    )


def _colour(value: str) -> str:
    """Return a colour as #rrggbb; "" if it is none that can be told."""
    found = _HEX.search(value)
    if not found:
        return NAMED.get(value.split(" ", maxsplit=1)[0], "")
    digits = found[0][1:]
    return (
        "#" + (digits if len(digits) == 6 else "".join(c * 2 for c in digits)).lower()
    )

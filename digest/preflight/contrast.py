"""Contrast: find text of the mail that cannot be read on its background, by its inline styles.

The theme's colours are checked when feeds.yaml is read; this finds what a template did.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from lxml.html.defs import empty_tags

from digest.model import Finding, RenderedEdition, Severity
from digest.settings.theme import MIN_TEXT_CONTRAST, Theme, contrast_ratio

#: Large text may have less (WCAG 2.2, 1.4.3): from 24 pixels, or bold from 18.66.
LARGE_PIXELS = 24.0
LARGE_BOLD_PIXELS = 18.66
READABLE_IF_LARGE = 3.0
HIDDEN_TAGS = ("style", "title", "script")
BOLD_TAGS = ("b", "strong", "h1", "h2", "h3")
BOLD_WEIGHTS = ("bold", "600", "700", "800", "900")
#: Classes for which mail.css gives dark colours to all that is inside.
DRESSED = frozenset({"ink", "quiet", "button"})
NAMED_COLOURS = {"white": "#ffffff", "black": "#000000"}
_HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}\b")


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Look of a text: colours and size."""

    ink: str = "#000000"
    paper: str = "#ffffff"
    size: float = 16.0
    bold: bool = False
    hidden: bool = False
    has_own_ink: bool = False  #: a template set the colour
    own_paper: str = ""  #: the background as a template wrote it
    is_dressed: bool = False  #: in a class that mail.css has dark colours for

    @property
    def needed_contrast(self) -> float:
        """The least contrast that this text needs (WCAG 2.2, 1.4.3)."""
        if self.size >= LARGE_PIXELS:
            return READABLE_IF_LARGE
        if self.bold and self.size >= LARGE_BOLD_PIXELS:
            return READABLE_IF_LARGE
        return MIN_TEXT_CONTRAST


@dataclass(frozen=True, slots=True)
class _OpenElement:
    """An element whose end has not come yet."""

    tag: str
    style: TextStyle


class _TextCollector(HTMLParser):
    """Gathers text with its look."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[str, TextStyle]] = []
        self._open = [_OpenElement("", TextStyle())]
        self.feed(html)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Open an element over the look of those around it."""
        if tag not in empty_tags:
            attributes = {name: value or "" for name, value in attrs}
            style = _style_inside(self._open[-1].style, tag, attributes)
            self._open.append(_OpenElement(tag, style))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and open elements inside it."""
        tags = [element.tag for element in self._open]
        if tag not in tags[1:]:
            return
        while self._open[-1].tag != tag:
            self._open.pop()
        self._open.pop()

    def handle_data(self, data: str) -> None:
        """Keep visible text."""
        style = self._open[-1].style
        if data.strip() and not style.hidden:
            self.texts.append((" ".join(data.split()), style))


def check_contrast(built: RenderedEdition, theme: Theme) -> Iterator[Finding]:
    """Yield every pair of colours that text cannot be read in, in light and in dark, each once."""
    texts = _TextCollector(built.html).texts
    yield from _check_light(texts)
    yield from _check_dark(texts, theme)


def _check_light(texts: Iterable[tuple[str, TextStyle]]) -> Iterator[Finding]:
    reported: set[tuple[str, str]] = set()
    for words, style in texts:
        colours = (style.ink, style.paper)
        ratio = contrast_ratio(style.ink, style.paper)
        if ratio >= style.needed_contrast or colours in reported:
            continue
        reported.add(colours)
        yield Finding(
            Severity.MUST,
            "the mail",
            f"“{words[:40]}” has {ratio:.1f}:1 contrast ({style.ink} on {style.paper})",
            f"many cannot read below {style.needed_contrast}:1 (WCAG 2.2, 1.4.3)",
            "give the template a darker or lighter colour",
        )


def _check_dark(
    texts: Iterable[tuple[str, TextStyle]], theme: Theme
) -> Iterator[Finding]:
    reported: set[tuple[str, str]] = set()
    for words, style in texts:
        ink, paper = _colours_in_dark(style, theme)
        ratio = contrast_ratio(ink, paper)
        is_pale = contrast_ratio(style.ink, style.paper) < style.needed_contrast
        if (
            is_pale
            or ratio >= style.needed_contrast
            or (ink, paper) in reported
        ):
            continue
        reported.add((ink, paper))
        yield Finding(
            Severity.SHOULD,
            "the mail",
            f"in dark mode “{words[:40]}” has {ratio:.1f}:1 contrast ({ink} on {paper})",
            f"many cannot read below {style.needed_contrast}:1 (WCAG 2.2, 1.4.3)",
            "give the template a colour of the theme, such as {{ theme.accent }}, or both a colour and "
            "a background",
        )


def _colours_in_dark(style: TextStyle, theme: Theme) -> tuple[str, str]:
    """Return a text's colours as mail.css changes them in dark mode."""
    if style.is_dressed and theme.tint.lower() in style.own_paper:
        return theme.dark_ink, theme.dark_tint  # theme.py checks the others
    is_on_theme = not style.own_paper or theme.paper.lower() in style.own_paper
    if style.is_dressed and is_on_theme:
        return (
            theme.dark_ink,
            theme.dark_paper,
        )  # or another pair of the theme's
    if style.is_dressed:
        return theme.dark_ink, style.paper
    if not is_on_theme:
        return style.ink, style.paper
    if not style.has_own_ink:
        return theme.dark_ink, theme.dark_paper
    dark_colours = {
        theme.ink.lower(): theme.dark_ink,
        theme.accent.lower(): theme.dark_accent,
        theme.quiet.lower(): theme.dark_quiet,
    }
    return dark_colours.get(style.ink, style.ink), theme.dark_paper


def _style_inside(
    around: TextStyle, tag: str, attributes: dict[str, str]
) -> TextStyle:
    """Return the style of text in an element, over that of those around it."""
    declarations = _parse_declarations(attributes.get("style", ""))
    background = (
        declarations.get("background-color")
        or declarations.get("background")
        or attributes.get("bgcolor", "")
    )
    size = re.match(r"([\d.]+)px", declarations.get("font-size", ""))
    own_ink = _parse_colour(declarations.get("color", ""))
    own_paper = background if _parse_colour(background) else around.own_paper
    classes = attributes.get("class", "").split()
    return replace(
        around,
        has_own_ink=bool(own_ink) or around.has_own_ink,
        own_paper=own_paper.lower(),
        is_dressed=around.is_dressed or not DRESSED.isdisjoint(classes),
        ink=own_ink or around.ink,
        paper=_parse_colour(background) or around.paper,
        size=float(size[1]) if size else around.size,
        bold=_is_bold(around, tag, declarations.get("font-weight")),
        hidden=_is_hidden(around, tag, declarations.get("display", "")),
    )


def _parse_declarations(style: str) -> dict[str, str]:
    """Return the values of a style attribute by property."""
    declarations = {}
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        declarations[name.strip()] = value.strip()
    return declarations


def _is_bold(around: TextStyle, tag: str, weight: str | None) -> bool:
    if weight is None:
        return tag in BOLD_TAGS or around.bold
    if not weight:
        return around.bold
    return weight in BOLD_WEIGHTS


def _is_hidden(around: TextStyle, tag: str, display: str) -> bool:
    return around.hidden or tag in HIDDEN_TAGS or display == "none"


def _parse_colour(value: str) -> str:
    """Return a colour as #rrggbb; "" if it is not understood."""
    match = _HEX_COLOUR.search(value)
    if match is None:
        name = value.split(" ", maxsplit=1)[0]
        return NAMED_COLOURS.get(name, "")
    digits = match[0][1:].lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}"

"""Lines of a page as a reader sees them, and the headline among them.

Input is a parsed page; outputs are lines with the tags of their blocks, in their order.
"""

from collections.abc import Iterator

from lxml.html import HtmlElement

Line = tuple[str, str]  #: the tag of a line's block, and its text
HEADLINE_TAGS = ("h1", "h2")
#: What holds no line of the article itself.
SKIPPED_TAGS = frozenset(
    "script style noscript template nav footer aside form select svg head".split()
)
INLINE_TAGS = frozenset(
    "a abbr b bdi bdo cite em i mark small span strong sub sup time u".split()
)


def list_lines(tree: HtmlElement) -> list[Line]:
    """Return the page's lines, without those of menus, asides and footers."""
    body = tree.find("body")
    start = tree
    if body is not None:
        start = body
    lines: list[Line] = []
    pieces: list[str] = []
    for tag, text in _texts_of(start, "body"):
        if text is not None:
            pieces.append(text)
            continue
        line = " ".join("".join(pieces).split())
        if line:
            lines.append((tag, line))
        pieces = []
    return lines


def index_of_headline(lines: list[Line], headline: str) -> int | None:
    """Return the index of the heading that is the headline, else of the first heading."""
    first = None
    for tag in HEADLINE_TAGS:
        for index, (line_tag, line) in enumerate(lines):
            if line_tag != tag:
                continue
            if line == headline:
                return index
            if first is None:
                first = index
    return first


def _texts_of(
    element: HtmlElement, block: str
) -> Iterator[tuple[str, str | None]]:
    """Yield texts in their order with their block's tag, and None at each end of a line."""
    if element.text:
        yield block, element.text
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag and tag not in SKIPPED_TAGS:
            if tag in INLINE_TAGS:
                yield from _texts_of(child, block)
            else:
                yield block, None
                yield from _texts_of(child, tag)
                yield tag, None
        if child.tail:
            yield block, child.tail
    if block == "body":
        yield block, None

"""Lines of a page as a reader sees them, and the headline among them.

Input is a parsed page; outputs are lines with the tags of their blocks, in their order.
"""

from lxml.etree import iterwalk
from lxml.html import HtmlElement

Line = tuple[str, str]  #: the tag of a line's block, and its text
#: Headings that may be the headline whatever they say, and where they say what it is.
HEADLINE_TAGS = ("h1", "h2")
HEADING_TAGS = ("h1", "h2", "h3", "h4")
#: What holds no line of the article itself.
SKIPPED_TAGS = frozenset(
    "script style noscript template nav footer aside form select svg head".split()
)
INLINE_TAGS = frozenset(
    "a abbr b bdi bdo cite em i mark small span strong sub sup time u".split()
)
NO_BLOCKS = SKIPPED_TAGS | INLINE_TAGS


def list_lines(tree: HtmlElement) -> list[Line]:
    """Return the page's lines, without those of menus, asides and footers.

    Without recursion: pages may be as deep as they like.
    """
    body = tree.find("body")
    start = tree
    if body is not None:
        start = body
    lines = _LineCollector()
    walker = iterwalk(start, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event != "start":
            lines.leave_element(element)
        elif element.tag in SKIPPED_TAGS and element is not start:
            walker.skip_subtree()
        else:
            lines.enter_element(element)
    lines.end_line()
    return lines.lines


def index_of_headline(lines: list[Line], headline: str) -> int | None:
    """Return the index of the heading that is the headline, else of the first heading."""
    for index, (tag, line) in enumerate(lines):
        if line == headline and tag in HEADING_TAGS:
            return index
    return _index_of_first_heading(lines)


def _index_of_first_heading(lines: list[Line]) -> int | None:
    tags = [tag for tag, _ in lines]
    for tag in HEADLINE_TAGS:
        if tag in tags:
            return tags.index(tag)
    return None


class _LineCollector:
    """Texts of a page in their order, put together to lines: each block begins and ends one."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._pieces: list[str] = []
        self._blocks = ["body"]

    def enter_element(self, element: HtmlElement) -> None:
        """Begin an element."""
        if element.tag not in INLINE_TAGS:
            self.end_line()
            self._blocks.append(element.tag)
        self._add_text(element.text)

    def leave_element(self, element: HtmlElement) -> None:
        """End an element, or pass by one that is skipped, or a comment."""
        is_element = isinstance(element.tag, str)
        if is_element and element.tag not in NO_BLOCKS:
            self.end_line()
            self._blocks.pop()
        self._add_text(element.tail)

    def _add_text(self, text: str | None) -> None:
        if text:
            self._pieces.append(text)

    def end_line(self) -> None:
        """End the line, if it has any text, with the tag of its block."""
        line = " ".join("".join(self._pieces).split())
        if line:
            self.lines.append((self._blocks[-1], line))
        self._pieces = []

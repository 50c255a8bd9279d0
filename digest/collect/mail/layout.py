"""Layout of a mail: its blocks of text in reading order, and the links in them.

HTML of mails is tables in tables; what a reader sees as a line is a block here. Plain text is made
into HTML first, a paragraph into a `div`, so that all that follows knows one form. Pure.
"""

import re
from dataclasses import dataclass, field
from html import escape

from lxml.etree import LxmlError, iterwalk
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from digest.collect.feeds.clean import BLOCK_TAGS, plain_text
from digest.collect.mail.bare_addresses import link_bare_addresses
from digest.collect.mail.mail_message import Body
from digest.collect.mail.plain_markup import mark_up_text

#: Links of a mail that are looked at; the longest newsletters have some 300.
MAX_ANCHORS = 1500
#: Blocks of a mail that are looked at.
MAX_BLOCKS = 5_000
BREAKING_TAGS = frozenset(
    [
        *BLOCK_TAGS,
        *"body center html article header footer tbody thead tfoot main aside nav form button".split(),
    ]
)
HEADING_TAGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
BOLD_TAGS = frozenset(["b", "strong", "th"])
SKIPPED_TAGS = frozenset(
    "script style head title template noscript object svg math select textarea".split()
)
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE
)
#: Styles that make a line a headline: at least 17 pixels or 13 points, or bold.
LARGE_STYLE = re.compile(
    r"font-size\s*:\s*(?:1[7-9]|[2-9]\d)(?:\.\d+)?px|font-size\s*:\s*(?:1[3-9]|[2-9]\d)(?:\.\d+)?pt"
    r"|font-weight\s*:\s*(?:bold|[6-9]00)",
    re.IGNORECASE,
)
#: The tag that stands for `a` here: libxml2 would end a link before a table that is in it, which
#: browsers do not (HTML Living Standard, 13.2.6.4.7).
LINK_TAG = "x-link"
#: An address that is no value of an attribute, or a text that is laid out as it is typed.
HAS_BARE_TEXT = re.compile(
    r"(?<![\"'=(])(?:https?://|\bwww\.)|<pre\b|white-space\s*:\s*pre",
    re.IGNORECASE,
)
LINK_MARKUP = re.compile(r"<(/?)a(?=[\s>])", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """A line of a mail, as a reader sees it."""

    index: int
    element: HtmlElement
    text: str = ""
    is_heading: bool = False
    bold_letters: int = 0
    #: indices of the links in it
    anchors: list[int] = field(default_factory=list)

    @property
    def is_bold(self) -> bool:
        """Whether most of it is bold or large."""
        return self.bold_letters * 2 > len(self.text) > 0


@dataclass(slots=True)
class Anchor:
    """A link of a mail, with the words in it, block by block."""

    index: int
    element: HtmlElement
    href: str
    #: index of a block, and the words in it
    pieces: list[tuple[int, str]] = field(default_factory=list)
    #: alternative texts of the images in it
    alt: str = ""
    #: whether several links say the same, and lead to different pages: a call in any language
    is_repeated: bool = False

    @property
    def text(self) -> str:
        """All words in it."""
        return " ".join(words for _, words in self.pieces)


@dataclass(slots=True)
class Layout:
    """The blocks and links of one text of a mail."""

    blocks: list[Block] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    #: the first block of each element, and the one behind its last
    extents: dict[HtmlElement, tuple[int, int]] = field(default_factory=dict)
    is_plain: bool = False
    #: address that relative links start at; "" where they lead nowhere
    base: str = ""

    def first_block_of(self, anchor: Anchor) -> int:
        """Return the index of the block that a link begins in."""
        return anchor.pieces[0][0]

    def last_block_of(self, anchor: Anchor) -> int:
        """Return the index of the block that a link ends in."""
        return anchor.pieces[-1][0]

    def blocks_in(self, element: HtmlElement) -> list[Block]:
        """Return the blocks that are in an element."""
        start, end = self.extents.get(element, (0, len(self.blocks)))
        return self.blocks[start:end]

    def holds(self, element: HtmlElement, index: int) -> bool:
        """Return whether a block is in an element."""
        start, end = self.extents.get(element, (0, len(self.blocks)))
        return start <= index < end


def lay_out(body: Body) -> Layout:
    """Return the layout of a text of a mail; one without blocks if it cannot be parsed."""
    markup = body.text
    if not body.is_html:
        markup = mark_up_text(body.text)
    layout = Layout(is_plain=not body.is_html)
    tree = _parse_markup(markup)
    if tree is not None:
        if body.is_html and HAS_BARE_TEXT.search(markup):
            link_bare_addresses(tree, LINK_TAG)
        bases = tree.xpath("//base/@href")
        layout.base = next(iter(bases), "")
        _Walk(layout).read_tree(tree)
    return layout


def _parse_markup(markup: str) -> HtmlElement | None:
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    markup = LINK_MARKUP.sub(rf"<\1{LINK_TAG}", markup)
    content = markup.encode("utf-8", "replace")
    try:
        return document_fromstring(content, parser=parser)
    except (LxmlError, ValueError, AssertionError):
        return None


class _Walk:
    """One walk through a tree, which fills a layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._anchor: Anchor | None = None
        self._headings = 0  #: open elements that make a heading
        self._bold = 0  #: open elements that make text bold
        self._words: list[str] = []
        self._anchor_words: list[str] = []
        self._block: Block | None = None
        #: of the open elements, the index of their first block
        self._starts: list[int] = []

    def read_tree(self, tree: HtmlElement) -> None:
        """Read all elements in their order."""
        walk = iterwalk(tree, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if len(self._layout.blocks) > MAX_BLOCKS:
                break
            if event == "end":
                self._close_element(element)
            elif event != "start":
                self._add_text(element.tail, element.getparent())
            elif _is_skipped(element):
                walk.skip_subtree()
            else:
                self._open_element(element)
        self._end_block()

    def _open_element(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in BREAKING_TAGS:
            self._end_block()
        self._starts.append(self._next_index())
        if tag in HEADING_TAGS:
            self._headings += 1
        elif _is_bold(element):
            self._bold += 1
        self._open_link(element)
        self._add_text(element.text, element)

    def _open_link(self, element: HtmlElement) -> None:
        """Begin a link, or note the words of an image in one."""
        has_address = element.get("href") is not None
        if element.tag == LINK_TAG and has_address:
            self._open_anchor(element)
        elif element.tag == "img":
            self._note_image(element)

    def _note_image(self, element: HtmlElement) -> None:
        if self._anchor is None:
            return
        alt = plain_text(element.get("alt") or "")
        self._anchor.alt = f"{self._anchor.alt} {alt}".strip()

    def _close_element(self, element: HtmlElement) -> None:
        if not _is_skipped(element):
            self._leave_element(element)
        parent = element.getparent()
        if parent is not None:
            self._add_text(element.tail, parent)

    def _leave_element(self, element: HtmlElement) -> None:
        tag = element.tag
        if self._anchor is not None and self._anchor.element is element:
            self._close_anchor(element)
        if tag in BREAKING_TAGS:
            self._end_block()
        extent = (self._starts.pop(), len(self._layout.blocks))
        self._layout.extents[element] = extent
        if tag in HEADING_TAGS:
            self._headings -= 1
        elif _is_bold(element):
            self._bold -= 1

    def _open_anchor(self, element: HtmlElement) -> None:
        if self._anchor is not None:  # it was never closed
            self._close_anchor(self._anchor.element)
        anchors = self._layout.anchors
        if len(anchors) >= MAX_ANCHORS:
            return
        self._anchor = Anchor(len(anchors), element, element.get("href", ""))
        self._anchor_words = []
        anchors.append(self._anchor)

    def _close_anchor(self, element: HtmlElement) -> None:
        self._flush_anchor(element)
        self._anchor = None

    def _flush_anchor(self, element: HtmlElement) -> None:
        """Note the words of the open link in the present block."""
        anchor = self._anchor
        if anchor is None:
            return
        words = plain_text(escape("".join(self._anchor_words), quote=False))
        self._anchor_words = []
        if words or not anchor.pieces:
            block = self._present_block(element)
            anchor.pieces.append((block.index, words))
            block.anchors.append(anchor.index)

    def _add_text(self, text: str | None, element: HtmlElement | None) -> None:
        if not text or element is None:
            return
        self._words.append(text)
        if self._anchor is not None:
            self._anchor_words.append(text)
        if text.strip():
            self._note_style(len(text.strip()), element)

    def _note_style(self, letters: int, element: HtmlElement) -> None:
        """Note of the present block how the next letters stand out."""
        block = self._present_block(element)
        if self._headings:
            block.is_heading = True
        if self._bold:
            block.bold_letters += letters

    def _next_index(self) -> int:
        """Return the index of the block that the next word is in."""
        if self._block is not None:
            return self._block.index
        return len(self._layout.blocks)

    def _present_block(self, element: HtmlElement) -> Block:
        if self._block is None:
            self._block = Block(len(self._layout.blocks), element)
            self._layout.blocks.append(self._block)
        return self._block

    def _end_block(self) -> None:
        if self._anchor is not None and "".join(self._anchor_words).strip():
            self._flush_anchor(self._anchor.element)
        if self._block is not None:
            joined = escape("".join(self._words), quote=False)
            self._block.text = plain_text(joined)
        self._block = None
        self._words = []
        self._anchor_words = []


def _is_skipped(element: HtmlElement) -> bool:
    """Return whether nobody sees an element: it is code, or hidden."""
    if not isinstance(element.tag, str):
        return True
    if element.tag in SKIPPED_TAGS or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return style is not None and HIDDEN_STYLE.search(style) is not None


def _is_bold(element: HtmlElement) -> bool:
    if element.tag in BOLD_TAGS:
        return True
    style = element.get("style")
    return style is not None and LARGE_STYLE.search(style) is not None

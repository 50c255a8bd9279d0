"""Lead bodies: turn a lead's Markdown into blocks.

A block is a run of body text, a button, or an image; each as safe HTML for the mail and for the
page, and as text.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup
from mdit_py_plugins.attrs import attrs_plugin

#: All that a body may hold; nh3 drops everything else.
TAGS = set("p a em strong ul ol li blockquote br code pre h3 h4 hr".split())
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """Styles of a body, written into each HTML tag."""

    accent: str  #: the colour of links
    direction: str  #: ltr or rtl
    column: int  #: pixels an image may be wide


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image as it is shown."""

    src: str
    alt: str
    width: int  #: in pixels, as is the height; 0 if not known
    height: int
    caption: str = ""
    url: str = ""  #: where it links to


@dataclass(frozen=True, slots=True)
class Block:
    """A run of body text, a button, or an image."""

    button: bool
    image: ShownImage | None
    html: Markup  #: for the mail, with inline styles
    bare_html: Markup  #: for the page, which has its own
    plain: str  #: for the text part: each link on a line of its own below its paragraph
    text: str = ""  #: a button's label
    url: str = ""  #: a button's address


@dataclass(frozen=True, slots=True)
class LeadText:
    """Values of a lead for templates."""

    headline: str
    dek: str
    blocks: tuple[Block, ...]
    saved_blocks: tuple[object, ...] = ()  #: those behind it, for templates


#: Returns an image's public address, its width and height in pixels (0, 0 if not
#: known).
Locate = Callable[[str], tuple[str, int, int]]

#: Opening, text and closing of a paragraph, as the parser gives them.
_TOKENS_OF_PARAGRAPH = 3
#: A line break of a paragraph in text.
_BREAK_CHARACTERS = {"softbreak": " ", "hardbreak": "\n"}


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True})
    parser.use(attrs_plugin, allowed={"class", "width"})
    # an image that is no block of its own is shown by its words; `digest edit` refuses it earlier
    parser.add_render_rule("image", _render_image_in_words)
    return parser


def _render_image_in_words(
    _: object, tokens: Sequence[Token], at: int, *__: object
) -> str:
    return escapeHtml(_alternative_text(tokens[at]))


_PARSER = _make_parser()


def body_blocks(
    source: str, look: BodyStyle, locate: Locate
) -> tuple[Block, ...]:
    """Return the blocks of a body. Raw HTML in it is shown, never meant."""
    tokens = _PARSER.parse(source)
    return tuple(_block_of(run, look, locate) for run in _runs(tokens))


# Cutting


def _runs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Split at buttons and images, which are paragraphs of their own."""
    run: list[Token] = []
    position = 0
    while position < len(tokens):
        paragraph = list(tokens[position : position + _TOKENS_OF_PARAGRAPH])
        if _stands_alone(paragraph):
            if run:
                yield run
            yield paragraph
            run = []
            position += _TOKENS_OF_PARAGRAPH
        else:
            run.append(tokens[position])
            position += 1
    if run:
        yield run


def _stands_alone(paragraph: Sequence[Token]) -> bool:
    if paragraph[0].level != 0:
        return False
    return bool(_button_in(paragraph) or _image_in(paragraph))


def _children_of(paragraph: Sequence[Token]) -> list[Token]:
    """Return the children of a paragraph; none, if it is no paragraph."""
    is_whole = len(paragraph) >= _TOKENS_OF_PARAGRAPH
    if not is_whole or paragraph[0].type != "paragraph_open":
        return []
    return list(filter(_is_not_empty, paragraph[1].children or ()))


def _is_not_empty(token: Token) -> bool:
    """Return False for the parser's tokens of empty text."""
    return token.type != "text" or bool(token.content)


def _button_in(paragraph: Sequence[Token]) -> Token | None:
    """Return the link of a paragraph that is one link with the class `button`."""
    children = _children_of(paragraph)
    if not _is_one_link(children):
        return None
    link = children[0]
    if "button" in str(link.attrGet("class")).split():
        return link
    return None


def _is_one_link(tokens: Sequence[Token]) -> bool:
    types = [token.type for token in tokens]
    spans_all = types[:1] == ["link_open"] and types[-1:] == ["link_close"]
    return spans_all and types.count("link_open") == 1


def _image_in(paragraph: Sequence[Token]) -> Token | None:
    """Return the image of a paragraph that is one image, linked or not."""
    children = _children_of(paragraph)
    types = [child.type for child in children]
    if types == ["image"]:
        return children[0]
    if types == ["link_open", "image", "link_close"]:
        return children[1]
    return None


# Blocks


def _block_of(run: list[Token], look: BodyStyle, locate: Locate) -> Block:
    link = _button_in(run)
    image = _image_in(run)
    if image:
        return _image_block(_place_image(image, run, look, locate))
    html = _PARSER.renderer.render(run, _PARSER.options, {})
    label = ""
    url = ""
    if link:
        label = "".join(child.content for child in run[1].children or ())
        url = str(link.attrGet("href") or "")
    return Block(
        button=bool(link),
        image=None,
        html=Markup(_clean_html(html, _styles(look))),  # noqa: S704 - nh3 has cleaned it
        bare_html=Markup(_clean_html(html, {})),  # noqa: S704
        plain="\n\n".join(_paragraphs_of(SyntaxTreeNode(run))),
        text=label,
        url=url,
    )


def _image_block(image: ShownImage) -> Block:
    return Block(
        button=False,
        image=image,
        html=Markup(""),
        bare_html=Markup(""),
        plain=_image_in_words(image),
    )


def _place_image(
    image: Token, paragraph: Sequence[Token], look: BodyStyle, locate: Locate
) -> ShownImage:
    """Return an image with the size it is shown in: as asked for, and no wider than the column."""
    src, own_width, own_height = locate(str(image.attrGet("src") or ""))
    width = own_width or look.column
    asked_width = str(image.attrGet("width") or "")
    if asked_width.isdecimal():
        width = int(asked_width)
    width = min(width, look.column)
    height = 0
    if own_width:
        height = round(own_height * width / own_width)
    return ShownImage(
        src=src,
        alt=_alternative_text(image),
        width=width,
        height=height,
        caption=str(image.attrGet("title") or ""),
        url=_link_around(paragraph),
    )


def _link_around(paragraph: Sequence[Token]) -> str:
    """Return the address of a link that a paragraph begins with, "" without one."""
    first = _children_of(paragraph)[0]
    if first.type != "link_open":
        return ""
    return str(first.attrGet("href") or "")


def _alternative_text(image: Token) -> str:
    """Return an image's words, with what is escaped in them as it is meant."""
    return "".join(
        " " if child.type in _BREAK_CHARACTERS else child.content
        for child in image.children or ()
    )


def _image_in_words(image: ShownImage) -> str:
    lines = [f"[{image.alt}]"]
    if image.caption:
        lines.append(image.caption)
    if image.url:
        lines.append(f"  {image.url}")
    return "\n".join(lines)


# HTML


def _styles(look: BodyStyle) -> dict[str, dict[str, str]]:
    """Return what is written into each tag, because some mail clients drop the <style> element."""
    indent = "0 0 0 20px"
    if look.direction == "rtl":
        indent = "0 20px 0 0"
    list_style = {"style": f"margin:0 0 14px;padding:{indent}"}
    return {
        "a": {"style": f"color:{look.accent}"},
        "p": {"style": "margin:0 0 14px"},
        "ul": list_style,
        "ol": list_style,
        "blockquote": {"style": "margin:0 16px 14px;font-style:italic"},
    }


def _clean_html(html: str, styles: dict[str, dict[str, str]]) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=styles,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()


# Text


def _paragraphs_of(node: SyntaxTreeNode) -> Iterator[str]:
    """Yield paragraphs of text."""
    for child in node.children:
        if child.type in ("bullet_list", "ordered_list"):
            yield "\n".join(_list_lines(child))
        elif child.type == "blockquote":
            yield "\n".join(_quoted_lines(child))
        elif child.type in ("fence", "code_block"):
            yield child.content.rstrip("\n")
        elif child.type == "hr":
            yield "* * *"
        elif child.type == "inline":
            yield _with_links_below(child)
        else:
            yield from _paragraphs_of(child)


def _quoted_lines(node: SyntaxTreeNode) -> Iterator[str]:
    for paragraph in _paragraphs_of(node):
        for line in paragraph.split("\n"):
            yield f"> {line}"


def _list_lines(node: SyntaxTreeNode) -> Iterator[str]:
    """Yield a list's items, the lines of each under each other behind its mark."""
    first_number = int(str(node.attrs.get("start", 1)))
    for number, item in enumerate(node.children, first_number):
        mark = "- "
        if node.type == "ordered_list":
            mark = f"{number}. "
        text = "\n".join(_paragraphs_of(item))
        indent = " " * len(mark)
        yield mark + text.replace("\n", f"\n{indent}")


def _with_links_below(inline: SyntaxTreeNode) -> str:
    """Return a paragraph as it reads, each of its links on a line below it."""
    words = _words_of(inline)
    lines = [words]
    for label, url in _links_in(inline):
        if label == words:
            lines.append(f"  {url}")
        else:
            lines.append(f"  {label}: {url}")
    return "\n".join(lines)


def _words_of(node: SyntaxTreeNode) -> str:
    if node.type in _BREAK_CHARACTERS:
        return _BREAK_CHARACTERS[node.type]
    if node.type == "image" or not node.children:
        return node.content
    return "".join(_words_of(child) for child in node.children)


def _links_in(node: SyntaxTreeNode) -> Iterator[tuple[str, str]]:
    """Yield label and address of each link."""
    if node.type == "link":
        yield _words_of(node), str(node.attrs.get("href", ""))
    for child in node.children:
        yield from _links_in(child)

"""A lead's Markdown as blocks: safe HTML for the mail and the page, and text for reading."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup
from mdit_py_plugins.attrs import attrs_plugin

TAGS = set("p a em strong ul ol li blockquote br code pre h3 h4 hr".split())
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """How a body is set: what its HTML needs written into each tag."""

    accent: str  #: the colour of links
    direction: str  #: ltr or rtl
    column: int  #: pixels an image may be wide


@dataclass(frozen=True, slots=True)
class Placed:
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
    image: Placed | None
    html: Markup  #: for the mail, with inline styles
    bare_html: Markup  #: for the page, which has its own
    plain: str  #: for the text part: each link on a line of its own below its paragraph
    text: str = ""  #: a button's label
    url: str = ""  #: a button's address


@dataclass(frozen=True, slots=True)
class LeadText:
    """What a template may use of a lead."""

    headline: str
    dek: str
    blocks: tuple[Block, ...]


#: Tells an image's address as readers fetch it, and its own size in pixels (0, 0 if not known).
Locate = Callable[[str], tuple[str, int, int]]


def blocks(source: str, look: BodyStyle, locate: Locate) -> tuple[Block, ...]:
    """Return the blocks of a body. Raw HTML in it is shown, never meant."""
    tokens = _MD.parse(source)
    return tuple(_block(run, look, locate) for run in _runs(tokens))


def _reader() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True})
    md.use(attrs_plugin, allowed={"class", "width"})
    # what is no block of its own is said in words; `digest edit` does not let it get this far
    md.add_render_rule("image", _in_words)
    return md


def _in_words(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    return escapeHtml(_alt(tokens[at]))


_MD = _reader()


def _runs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut at buttons and images, which stand alone in their paragraph."""
    run: list[Token] = []
    i = 0
    while i < len(tokens):
        paragraph = list(tokens[i : i + 3])
        if tokens[i].level == 0 and (_button(paragraph) or _image(paragraph)):
            yield from [run] if run else []
            yield paragraph
            run = []
            i = i + 3
        else:
            run.append(tokens[i])
            i += 1
    yield from [run] if run else []


def _inside(paragraph: Sequence[Token]) -> list[Token]:
    """Return what stands in a paragraph; nothing, if it is no paragraph."""
    if len(paragraph) < 3 or paragraph[0].type != "paragraph_open":
        return []
    return [c for c in paragraph[1].children or () if c.type != "text" or c.content]


def _button(paragraph: Sequence[Token]) -> Token | None:
    """Return the link of a paragraph that is one link with the class `button`."""
    children = _inside(paragraph)
    if not children or (children[0].type, children[-1].type) != (
        "link_open",
        "link_close",
    ):
        return None
    alone = sum(c.type == "link_open" for c in children) == 1
    if alone and "button" in str(children[0].attrGet("class")).split():
        return children[0]
    return None


def _image(paragraph: Sequence[Token]) -> Token | None:
    """Return the image of a paragraph that is one image, linked or not."""
    children = _inside(paragraph)
    kinds = [c.type for c in children]
    if kinds == ["image"]:
        return children[0]
    if kinds == ["link_open", "image", "link_close"]:
        return children[1]
    return None


def _block(run: list[Token], look: BodyStyle, locate: Locate) -> Block:
    link = _button(run)
    image = _image(run)
    if image:
        placed = _placed(image, _inside(run), look, locate)
    else:
        placed = None
    if link:
        text = "".join(c.content for c in run[1].children or ())
    else:
        text = ""
    if placed:
        html = ""
    else:
        html = _MD.renderer.render(run, _MD.options, {})
    return Block(
        button=bool(link),
        image=placed,
        html=Markup(_clean(html, _styles(look))),  # noqa: S704 - nh3 has cleaned it
        bare_html=Markup(_clean(html, {})),  # noqa: S704
        plain=_described(placed) if placed else "\n\n".join(_text(SyntaxTreeNode(run))),
        text=text,
        url=str(link.attrGet("href") or "") if link else "",
    )


def _placed(
    image: Token, around: Sequence[Token], look: BodyStyle, locate: Locate
) -> Placed:
    src, wide, high = locate(str(image.attrGet("src") or ""))
    asked = str(image.attrGet("width") or "")
    width = min(int(asked) if asked.isdecimal() else wide or look.column, look.column)
    return Placed(
        src=src,
        alt=_alt(image),
        width=width,
        height=round(high * width / wide) if wide else 0,
        caption=str(image.attrGet("title") or ""),
        url=str(around[0].attrGet("href") or "") if len(around) > 1 else "",
    )


def _alt(image: Token) -> str:
    """Return an image's words, marks taken as meant."""
    breaks = ("softbreak", "hardbreak")
    return "".join(" " if c.type in breaks else c.content for c in image.children or ())


def _described(image: Placed) -> str:
    lines = (f"[{image.alt}]", image.caption, f"  {image.url}" if image.url else "")
    return "\n".join(filter(None, lines))


def _styles(look: BodyStyle) -> dict[str, dict[str, str]]:
    """Return what is written into each tag, because some mail clients drop the <style> element."""
    if look.direction == "rtl":
        indent = "0 20px 0 0"
    else:
        indent = "0 0 0 20px"
    listed = {"style": f"margin:0 0 14px;padding:{indent}"}
    return {
        "a": {"style": f"color:{look.accent}"},
        "p": {"style": "margin:0 0 14px"},
        "ul": listed,
        "ol": listed,
        "blockquote": {"style": "margin:0 16px 14px;font-style:italic"},
    }


def _clean(html: str, styles: dict[str, dict[str, str]]) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=styles,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()


def _text(node: SyntaxTreeNode) -> Iterator[str]:
    """Yield paragraphs of text."""
    for child in node.children:
        if child.type in ("bullet_list", "ordered_list"):
            yield "\n".join(_items(child))
        elif child.type == "blockquote":
            yield "\n".join("> " + line for p in _text(child) for line in p.split("\n"))
        elif child.type in ("fence", "code_block"):
            yield child.content.rstrip("\n")
        elif child.type == "hr":
            yield "* * *"
        elif child.type == "inline":
            yield _with_links(child)
        else:
            yield from _text(child)


def _items(node: SyntaxTreeNode) -> Iterator[str]:
    first = int(str(node.attrs.get("start", 1)))
    for number, item in enumerate(node.children, first):
        if node.type == "ordered_list":
            mark = f"{number}. "
        else:
            mark = "- "
        lines = "\n".join(_text(item)).split("\n")
        yield mark + ("\n" + " " * len(mark)).join(lines)


def _with_links(inline: SyntaxTreeNode) -> str:
    """Return a paragraph as it reads, each of its links on a line below it."""
    words = _words(inline)
    links = list(_links(inline))
    lines = (
        f"  {url}" if label == words else f"  {label}: {url}" for label, url in links
    )
    return "\n".join([words, *lines])


def _words(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        if node.type == "softbreak":
            return " "
        return "\n"
    if node.type == "image" or not node.children:
        return node.content
    return "".join(_words(c) for c in node.children)


def _links(node: SyntaxTreeNode) -> Iterator[tuple[str, str]]:
    if node.type == "link":
        label = _words(node)
        url = str(node.attrs.get("href", ""))
        yield label, url
    for child in node.children:
        yield from _links(child)

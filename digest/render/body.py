"""A lead's Markdown as blocks: safe HTML for the mail and the page, and text for reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup
from mdit_py_plugins.attrs import attrs_plugin

TAGS = {
    "p",
    "a",
    "em",
    "strong",
    "ul",
    "ol",
    "li",
    "blockquote",
    "br",
    "code",
    "pre",
    "h3",
    "h4",
    "hr",
    "img",
}
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
#: Written into each tag, because some mail clients drop the <style> element.
MAIL_STYLES = {
    "p": {"style": "margin:0 0 14px"},
    "ul": {"style": "margin:0 0 14px;padding:0 0 0 20px"},
    "ol": {"style": "margin:0 0 14px;padding:0 0 0 20px"},
    "blockquote": {"style": "margin:0 0 14px 16px;padding:0 0 0 14px"},
    "img": {"style": "display:block;max-width:100%;height:auto;border:0"},
}


@dataclass(frozen=True, slots=True)
class Block:
    """A run of body text, or a button."""

    button: bool
    html: Markup  #: for the mail, with inline styles
    bare_html: Markup  #: for the page, which has its own
    plain: str  #: for the text part: each link on a line of its own below its paragraph
    text: str = ""  #: a button's label
    url: str = ""  #: a button's address


def blocks(source: str, accent: str) -> tuple[Block, ...]:
    """Return the blocks of a body, its links in a colour. Raw HTML in it is shown, never meant."""
    tokens = _MD.parse(source)
    styles = MAIL_STYLES | {"a": {"style": f"color:{accent}"}}
    return tuple(_block(run, styles) for run in _runs(tokens))


def _reader() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True})
    return md.use(attrs_plugin, allowed={"class"})


_MD = _reader()


def _runs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cut at button paragraphs, which stand alone."""
    run: list[Token] = []
    i = 0
    while i < len(tokens):
        paragraph = list(tokens[i : i + 3])
        if tokens[i].level == 0 and _button(paragraph):
            yield from [run] if run else []
            yield paragraph
            run, i = [], i + 3
        else:
            run.append(tokens[i])
            i += 1
    yield from [run] if run else []


def _button(paragraph: Sequence[Token]) -> Token | None:
    """Return the link of a paragraph that is one link with the class `button`."""
    if len(paragraph) < 3 or paragraph[0].type != "paragraph_open":
        return None
    children = [c for c in paragraph[1].children or () if c.type != "text" or c.content]
    if not children or (children[0].type, children[-1].type) != ("link_open", "link_close"):
        return None
    alone = sum(c.type == "link_open" for c in children) == 1
    return children[0] if alone and "button" in str(children[0].attrGet("class")).split() else None


def _block(run: list[Token], styles: dict[str, dict[str, str]]) -> Block:
    link = _button(run)
    text = "".join(c.content for c in run[1].children or ()) if link else ""
    html = _MD.renderer.render(run, _MD.options, {})
    return Block(
        button=bool(link),
        html=Markup(_clean(html, styles)),  # noqa: S704 - nh3 has cleaned it
        bare_html=Markup(_clean(html, {})),  # noqa: S704
        plain="\n\n".join(_text(SyntaxTreeNode(run))),
        text=text,
        url=str(link.attrGet("href") or "") if link else "",
    )


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
        mark = f"{number}. " if node.type == "ordered_list" else "- "
        lines = "\n".join(_text(item)).split("\n")
        yield mark + ("\n" + " " * len(mark)).join(lines)


def _with_links(inline: SyntaxTreeNode) -> str:
    """Return a paragraph as it reads, each of its links on a line below it."""
    words, links = _words(inline), list(_links(inline))
    lines = (f"  {url}" if label == words else f"  {label}: {url}" for label, url in links)
    return "\n".join([words, *lines])


def _words(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return " " if node.type == "softbreak" else "\n"
    if node.type == "image" or not node.children:
        return node.content
    return "".join(_words(c) for c in node.children)


def _links(node: SyntaxTreeNode) -> Iterator[tuple[str, str]]:
    if node.type == "link":
        label, url = _words(node), str(node.attrs.get("href", ""))
        yield label, url
    for child in node.children:
        yield from _links(child)

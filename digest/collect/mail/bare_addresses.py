"""Bare addresses in the HTML of a mail: mail programs make links of them, and so does this.

A text that is laid out by its own line breaks (`pre`, or a style that says so) is read as plain text.
"""

import re

from lxml.etree import LxmlError
from lxml.html import HtmlElement, fragment_fromstring

from digest.collect.mail.plain_markup import mark_up_text

#: Elements whose text is laid out as it is typed (HTML Living Standard, 4.4.3).
TYPED_STYLE = re.compile(r"white-space\s*:\s*pre", re.IGNORECASE)
BARE_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?')\]»”’]"
)
NO_TEXT_TAGS = frozenset("script style head title template textarea".split())
LINK_MARKUP = re.compile(r"<(/?)a(?=[\s>])")
#: Elements of one mail that are looked at.
MAX_ELEMENTS = 50_000


def link_bare_addresses(tree: HtmlElement, link_tag: str) -> None:
    """Make links of the addresses that stand in a tree as text; `link_tag` is how links are called."""
    typed = list(filter(_is_typed, tree.iter()))
    for element in typed:
        if not element.xpath(f".//{link_tag}"):
            _mark_up_typed(element, link_tag)
    for element in list(tree.iter())[:MAX_ELEMENTS]:
        _link_in_text(element, link_tag)
        _link_in_tail(element, link_tag)


def _is_typed(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str):
        return False
    if element.tag == "pre":
        return True
    style = element.get("style")
    return style is not None and TYPED_STYLE.search(style) is not None


def _mark_up_typed(element: HtmlElement, link_tag: str) -> None:
    """Replace what is in an element by the markup of its text."""
    for line_break in element.xpath(".//br"):
        line_break.tail = "\n" + (line_break.tail or "").lstrip("\n")
    markup = mark_up_text(element.text_content())
    markup = LINK_MARKUP.sub(rf"<\1{link_tag}", markup)
    try:
        typed = fragment_fromstring(markup, create_parent="div")
    except (LxmlError, ValueError):
        return
    for child in list(element):
        element.remove(child)
    element.text = None
    element.append(typed)


def _takes_links(element: HtmlElement | None, link_tag: str) -> bool:
    """Return whether the text in an element is shown, and is in no link yet."""
    if element is None or not isinstance(element.tag, str):
        return False
    if element.tag in NO_TEXT_TAGS or element.tag == link_tag:
        return False
    return next(element.iterancestors(link_tag), None) is None


def _link_in_text(element: HtmlElement, link_tag: str) -> None:
    if not element.text or not _takes_links(element, link_tag):
        return
    for match in reversed(list(BARE_ADDRESS.finditer(element.text))):
        link = _make_link(element, link_tag, match[0])
        link.tail = element.text[match.end() :]
        element.text = element.text[: match.start()]
        element.insert(0, link)


def _link_in_tail(element: HtmlElement, link_tag: str) -> None:
    parent = element.getparent()
    if not element.tail or not _takes_links(parent, link_tag):
        return
    place = parent.index(element) + 1
    for match in reversed(list(BARE_ADDRESS.finditer(element.tail))):
        link = _make_link(element, link_tag, match[0])
        link.tail = element.tail[match.end() :]
        element.tail = element.tail[: match.start()]
        parent.insert(place, link)


def _make_link(beside: HtmlElement, link_tag: str, address: str) -> HtmlElement:
    link = beside.makeelement(link_tag)
    link.text = address
    if not address.startswith("http"):
        address = f"https://{address}"
    link.set("href", address)
    return link

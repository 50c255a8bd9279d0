"""What must hold of the structure of every mail, whatever is in it: the audit's checks, quickly."""

import re
from collections.abc import Collection, Iterator

from lxml import html
from lxml.html import HtmlElement

CLIP, STYLE = 102_400, 8192
FORBIDDEN = (
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "video",
    "base",
)
CORRUPT = re.compile(r"\\u\{[0-9a-f]+\}|\\n|\\\"|\n")


def structural_faults(mail: str, typed: Collection[str] = ()) -> list[str]:
    """Return what is wrong with a mail's HTML, nothing if all is well.

    `typed` is what people typed, which may look like a corrupt attribute and be none.
    """
    page = html.document_fromstring(mail)
    checks = (
        _document(mail, page),
        _elements(page),
        _links(page),
        _attributes(page, typed),
    )
    return [fault for check in checks for fault in check]


def visible_text(mail: str) -> str:
    """Return what a reader sees of a mail, in order, spaces folded as browsers do."""
    page = html.document_fromstring(mail)
    for unseen in [*page.iter("style", "script"), page.find("head")]:
        unseen.drop_tree()
    return " ".join(" ".join(page.itertext()).split())


def _document(mail: str, page: HtmlElement) -> Iterator[str]:
    if mail.count("<html") != 1 or mail.count("</html>") != 1:
        yield "more than one document"
    if (
        not page.get("lang")
        or page.get("lang") == "und"
        or page.get("dir") not in ("ltr", "rtl")
    ):
        yield "no language or direction"
    if {*re.findall(r"direction:(ltr|rtl)", mail)} - {page.get("dir")}:
        yield "a part that runs against the document's direction"
    if not (page.findtext(".//title") or "").strip():
        yield "no title"
    if len(page.findall(".//h1")) != 1:
        yield "not one h1"
    if len(mail.encode()) > CLIP:
        yield "over 102 KB"
    if page.find(".//address") is None:
        yield "no postal address"


def _elements(page: HtmlElement) -> Iterator[str]:
    if any(len((s.text or "").encode()) > STYLE for s in page.iter("style")):
        yield "a style block over 8192 bytes"
    yield from (
        f"<{name}>" for name in FORBIDDEN if page.find(f".//{name}") is not None
    )
    yield from (
        f"<{e.tag}> left over"
        for e in page.iter()
        if str(e.tag).startswith("mj")
    )
    yield from (
        "a table without role"
        for t in page.iter("table")
        if t.get("role") != "presentation"
    )
    for image in page.iter("img"):
        if image.get("alt") is None or not image.get("width"):
            yield "an image without words or width"


def _links(page: HtmlElement) -> Iterator[str]:
    for link in page.iter("a"):
        if not "".join(link.itertext()).strip() and link.find(".//img") is None:
            yield "a link without words"
        if not re.match(r"https?://|mailto:|#|$", link.get("href") or ""):
            yield f"a link to {link.get('href')}"
    if not page.xpath("//a[contains(@href, '/u/')]"):
        yield "no unsubscribe link"


def _attributes(page: HtmlElement, typed: Collection[str]) -> Iterator[str]:
    for element in page.iter():
        for name, value in element.attrib.items():
            if (
                CORRUPT.search(value) and value not in typed
            ) or name.startswith("on"):
                yield f"a corrupt attribute {name}={value!r}"

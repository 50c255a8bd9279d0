"""Lists of feeds in OPML 2.0 (opml.org/spec2.opml), which other readers write and read."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import DigestError
from digest.settings.edit import NewFeed
from digest.settings.models import Outlet

MAX_NAME = 200


def read_opml(content: bytes) -> list[NewFeed]:
    """Return the feeds of an OPML file, at whatever depth of folders, each once.

    Raises DigestError if it is none.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise DigestError(f"this is not an OPML file ({e})") from None
    if root is None or str(root.tag).lower() != "opml":
        raise DigestError("this is not an OPML file: its first element is not <opml>")
    return list({feed.url: feed for feed in _feeds(root)}.values())


def write_opml(outlets: Sequence[Outlet], title: str) -> bytes:
    """Return outlets as an OPML file: an outline for each, its feeds below it."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for outlet in outlets:
        folder = etree.SubElement(
            body, "outline", text=outlet.name, htmlUrl=outlet.homepage
        )
        for url in outlet.feeds:
            named = {"text": outlet.name, "xmlUrl": url, "htmlUrl": outlet.homepage}
            etree.SubElement(folder, "outline", type="rss", **named)
    written: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return written


def _feeds(root: etree._Element) -> Iterator[NewFeed]:
    for outline in root.iter("outline"):
        said = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        url = said.get("xmlurl", "")
        if url.startswith(("http://", "https://")):
            parts = urlsplit(url)
            homepage = said.get("htmlurl") or f"{parts.scheme}://{parts.netloc}"
            name = " ".join(
                (said.get("title") or said.get("text") or parts.netloc).split()
            )
            yield NewFeed(name[:MAX_NAME], homepage, url)

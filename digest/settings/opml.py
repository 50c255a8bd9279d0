"""OPML 2.0 (opml.org/spec2.opml): read and write lists of feeds, as other programs do."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import DigestError
from digest.settings.edit import NewFeed
from digest.settings.models import Outlet

MAX_NAME_LENGTH = 200  #: characters


def read_opml(content: bytes) -> list[NewFeed]:
    """Return the feeds of an OPML file, at whatever depth of folders, each once.

    Raises DigestError if it is none.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DigestError(f"this is not an OPML file ({error})") from None
    if root is None or str(root.tag).lower() != "opml":
        raise DigestError(
            "this is not an OPML file: its first element is not <opml>"
        )
    feed_by_url = {feed.url: feed for feed in _read_feeds(root)}
    return list(feed_by_url.values())


def write_opml(outlets: Sequence[Outlet], title: str) -> bytes:
    """Return outlets as an OPML file: an outline for each, its feeds below it."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    body = etree.SubElement(root, "body")
    for outlet in outlets:
        folder = etree.SubElement(
            body, "outline", text=outlet.name, htmlUrl=outlet.homepage
        )
        for url in outlet.feeds:
            etree.SubElement(
                folder,
                "outline",
                type="rss",
                text=outlet.name,
                xmlUrl=url,
                htmlUrl=outlet.homepage,
            )
    content: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return content


def _read_feeds(root: etree._Element) -> Iterator[NewFeed]:
    for outline in root.iter("outline"):
        attributes = _attributes_of(outline)
        url = attributes.get("xmlurl", "")
        if url.startswith(("http://", "https://")):
            yield _build_feed(url, attributes)


def _attributes_of(outline: etree._Element) -> dict[str, str]:
    """Return attributes by their names in lower case: programs differ in how they write them."""
    return {
        name.lower(): value.strip() for name, value in outline.attrib.items()
    }


def _build_feed(url: str, attributes: Mapping[str, str]) -> NewFeed:
    """Return a feed; what its outline lacks, its address tells."""
    parts = urlsplit(url)
    homepage = attributes.get("htmlurl") or f"{parts.scheme}://{parts.netloc}"
    name = attributes.get("title") or attributes.get("text") or parts.netloc
    single_spaced_name = " ".join(name.split())
    return NewFeed(single_spaced_name[:MAX_NAME_LENGTH], homepage, url)

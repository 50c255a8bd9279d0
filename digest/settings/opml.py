"""OPML 2.0 (opml.org/spec2.opml): read and write lists of feeds, as other programs do."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.entities import html5
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import DigestError
from digest.settings.edit import NewFeed
from digest.settings.feed_addresses import possible_addresses
from digest.settings.models import Outlet

MAX_NAME_LENGTH = 200  #: characters
REPLACEMENT = "\ufffd"
#: By the marks that begin a text (Unicode Standard, 23.8); UTF-8 is what has none.
ENCODING_BY_MARK = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"\xef\xbb\xbf": "utf-8-sig",
}
XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
DECLARED_ENCODING = re.compile(
    rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]+)"
)
#: An ampersand that begins none of XML's own references.
OTHER_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:(\w{1,31};))?"
)
#: XML 1.0, 2.2: not allowed.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: A less-than sign that begins none of the tags that are read: it stands within a value.
STRAY_LESS_THAN = re.compile(
    r"<(?!/?(?:\w+:)?(?:opml|head|body|outline)\b|[!?])", re.IGNORECASE
)
#: A value with its end: behind that is another attribute, or the end of the tag.
VALUE = re.compile(
    r"""(?<==)(\s*)(["'])([^<]*?)\2(?=\s*(?:[\w:.-]+\s*=\s*["']|[/?]?>))"""
)
ESCAPED_QUOTES = {'"': "&quot;", "'": "&apos;"}
#: What stands in place of a name in some lists: the address again.
ADDRESS_AS_NAME = re.compile(r"(?:https?|feed)://\S+", re.IGNORECASE)
#: References that are left after XML's were read: the name was escaped twice.
LEFT_REFERENCE = re.compile(r"&(?:amp|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});")
#: Types of rows that are feeds.
FEED_TYPES = ("rss", "rss1", "atom")
ROW = re.compile(r"<\w*:?outline\b[^<>]*xmlurl\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A row of a list that is no feed, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeedRows:
    """The rows of a list of feeds, each once; rows that only repeat another are counted."""

    feeds: tuple[NewFeed, ...]
    left_out: tuple[LeftOutRow, ...]
    repeated: int


def read_opml(content: bytes) -> FeedRows:
    """Return the rows of an OPML file, at whatever depth of folders.

    Raises DigestError if it is none.
    """
    text = _mend_xml(_decode_text(content))
    root = _parse_tree(text)
    feed_by_url: dict[str, NewFeed] = {}
    left_out = []
    row_count = 0
    for outline in _rows_of(root):
        row_count += 1
        row = _read_row(outline)
        if isinstance(row, LeftOutRow):
            left_out.append(row)
        else:
            feed_by_url.setdefault(_without_scheme(row.url), row)
    feeds = tuple(feed_by_url.values())
    repeated = row_count - len(left_out) - len(feeds)
    unread = len(ROW.findall(text)) - sum(
        1 for outline in _rows_of(root) if "xmlurl" in _attributes_of(outline)
    )
    if unread > 0:
        reason = "not well-formed there; open the file in the program it came from, and write it anew"
        left_out.append(LeftOutRow(f"{unread} more rows", reason))
    return FeedRows(feeds, tuple(left_out), repeated)


def _without_scheme(url: str) -> str:
    """Return what is the same in two addresses of one feed, of which one is from before its HTTPS."""
    return url.partition("://")[2]


def write_opml(outlets: Sequence[Outlet], title: str) -> bytes:
    """Return outlets as an OPML file: an outline for each, its feeds below it."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    body = etree.SubElement(root, "body")
    with_feeds = [outlet for outlet in outlets if outlet.feeds]
    for outlet in with_feeds:
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


def _decode_text(content: bytes) -> str:
    """Return the text of a file: by its mark, else as it declares, else as UTF-8."""
    for mark, encoding in ENCODING_BY_MARK.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if content[:2] == b"<\x00":
        return content.decode("utf-16-le", "replace")
    if content[:2] == b"\x00<":
        return content.decode("utf-16-be", "replace")
    declared = DECLARED_ENCODING.search(content[:500])
    encoding = declared[1].decode() if declared else "utf-8"
    try:
        if encoding.lower().startswith(("utf-16", "ucs")):
            encoding = (
                "utf-8"  # it cannot be: the declaration was read as ASCII
            )
        return content.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return _decode_broken(content)


def _decode_broken(content: bytes) -> str:
    """Return the text of a file that is not in the encoding that it names.

    It is UTF-8 with broken bytes if anything beyond ASCII is; else what was before UTF-8.
    """
    text = content.decode("utf-8", "replace")
    if text.replace(REPLACEMENT, "").isascii():
        return content.decode("cp1252", "replace")
    return text


def _mend_xml(text: str) -> str:
    """Return XML in which stray signs are escaped that would end a value, or spoil it."""
    start = XML_DECLARATION.match(text)
    if start:
        text = text[start.end() :]
    without_controls = CONTROLS.sub("", text).strip()
    with_ampersands = OTHER_AMPERSAND.sub(_escape_ampersand, without_controls)
    with_signs = STRAY_LESS_THAN.sub("&lt;", with_ampersands)
    return VALUE.sub(_escape_quotes, with_signs)


def _escape_ampersand(match: re.Match[str]) -> str:
    name = match[1] or ""
    if name in html5:
        return "".join(f"&#{ord(sign)};" for sign in html5[name])
    return f"&amp;{name}"


def _escape_quotes(match: re.Match[str]) -> str:
    """Return a value whose own quotation marks do not end it."""
    space, mark, value = match.groups()
    escaped = value.replace(mark, ESCAPED_QUOTES[mark])
    return f"{space}{mark}{escaped}{mark}"


def _parse_tree(text: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DigestError(f"this is not an OPML file ({error})") from None
    if root is None or _local_name(root) != "opml":
        raise DigestError(
            "this is not an OPML file: its first element is not <opml>"
        )
    return root


def _local_name(element: etree._Element) -> str:
    """Return the name of an element in small letters, without its namespace."""
    return str(element.tag).rpartition("}")[2].lower()


def _rows_of(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the outlines that are no mere folders."""
    for element in root.iter(etree.Element):
        if _local_name(element) != "outline":
            continue
        is_folder = len(element) and "xmlurl" not in _attributes_of(element)
        if not is_folder:
            yield element


def _attributes_of(outline: etree._Element) -> dict[str, str]:
    """Return attributes by their names in lower case: programs differ in how they write them."""
    return {
        name.rpartition("}")[2].lower(): value.strip()
        for name, value in outline.attrib.items()
    }


def _read_row(outline: etree._Element) -> NewFeed | LeftOutRow:
    attributes = _attributes_of(outline)
    name = _name_of_row(attributes)
    written = _feed_address_of(attributes)
    if not written:
        return LeftOutRow(name, _reason_without_feed(attributes))
    addresses = possible_addresses(written)
    if not addresses:
        return LeftOutRow(
            name, f"its address is no web address: {written[:MAX_NAME_LENGTH]}"
        )
    homepages = possible_addresses(attributes.get("htmlurl", ""))
    homepage = next(iter(homepages), "")
    host = urlsplit(addresses[0]).hostname or ""
    return NewFeed(name or host.removeprefix("www."), homepage, addresses[0])


def _feed_address_of(attributes: Mapping[str, str]) -> str:
    """Return the address of a row's feed, which some write as `url`, as OPML has it for links."""
    address = attributes.get("xmlurl", "")
    if address:
        return address
    if attributes.get("type", "").lower() in FEED_TYPES:
        return attributes.get("url", "")
    return ""


def _name_of_row(attributes: Mapping[str, str]) -> str:
    names = [attributes.get("title", ""), attributes.get("text", "")]
    name = next(
        (n for n in names if n and not ADDRESS_AS_NAME.fullmatch(n)), ""
    )
    meant_name = LEFT_REFERENCE.sub(lambda match: html.unescape(match[0]), name)
    return " ".join(meant_name.split())[:MAX_NAME_LENGTH]


def _reason_without_feed(attributes: Mapping[str, str]) -> str:
    site = attributes.get("htmlurl") or attributes.get("url")
    if site:
        return f"it has no address of a feed; `digest feeds add {site}` looks for one"
    return "it has no address of a feed"

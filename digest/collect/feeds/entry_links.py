"""Links of a feed's entries: the address of an entry's page, among all that it links to.

Input is an element of libxml2 that is an item of RSS or an entry of Atom; output is an address as
written, "" if there is none.
"""

import re

from lxml.etree import _Element as Element

from digest.collect.feeds.link_forms import is_page_address

#: Atom's namespace (RFC 4287), in the form that lxml writes it before a tag.
ATOM = "{http://www.w3.org/2005/Atom}"
#: Types of a page that an entry may link to; "" is not said.
PAGE_TYPES = ("text/html", "application/xhtml+xml", "")
#: Before the name of a relation that is written as an address (RFC 4287, 4.2.7.2).
RELATIONS = "http://www.iana.org/assignments/relation/"
ESCAPED_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)


def link_of_item(item: Element, original: str, link: str) -> str:
    """Return the address of an item's page, from the surest place that has one.

    `original` and `link`: the texts of its elements for these.
    """
    if original:
        return original
    address = _unescape_ampersands(link) or _linked_page(item)
    if not is_page_address(address):
        address = _permalink_of(item) or address
    return address or enclosure_url(item)


def _linked_page(item: Element) -> str:
    """Return the address of an item whose link has no text: behind it, or as Atom writes one."""
    return _address_behind_link(item) or alternate_url(item, "{*}link")


def _unescape_ampersands(link: str) -> str:
    """Return an address whose ampersands were escaped twice as it was meant.

    Nothing else is taken for an entity: `&times=3` is a parameter.
    """
    return ESCAPED_AMPERSAND.sub("&", link)


def _address_behind_link(item: Element) -> str:
    """Return the address that stands behind an empty link: what shortens HTML leaves of a feed."""
    link = item.find("link")
    if link is None:
        return ""
    behind = (link.tail or "").strip()
    if "://" not in behind:
        return ""
    return behind


def _permalink_of(item: Element) -> str:
    """Return an item's guid, if it is its address too (RSS 2.0: unless it says otherwise)."""
    guid: str = item.findtext("guid", "")
    if not guid:
        return ""
    marked = item.find("guid[@isPermaLink]")
    if marked is not None and marked.get("isPermaLink") != "true":
        return ""
    address = guid.strip()
    if "://" not in address:
        return ""
    return address


def alternate_url(entry: Element, tag: str = f"{ATOM}link") -> str:
    """Return the address of an entry's page in Atom's links: the first not for another language."""
    urls: list[str] = []
    for link in entry.iterchildren(tag):
        url = _address_of_link(link)
        if not url or not _leads_to_page(link):
            continue
        if link.get("hreflang") is None:
            return str(url)
        urls.append(url)
    return next(iter(urls), "")


def _leads_to_page(link: Element) -> bool:
    """Return whether a link is to the entry's own page, by its relation and type."""
    relation = link.get("rel", "").lower().removeprefix(RELATIONS)
    if relation not in ("alternate", ""):
        return False
    media_type, _, _parameters = link.get("type", "").partition(";")
    return media_type.strip().lower() in PAGE_TYPES


def _address_of_link(link: Element) -> str:
    """Return the address of Atom's link, also of one that is written as RSS does."""
    return link.get("href") or (link.text or "").strip()


def enclosure_url(entry: Element) -> str:
    """Return the address of what is attached, where an entry links to nothing else."""
    for link in entry.iterchildren("enclosure", f"{ATOM}link"):
        url = link.get("url") or link.get("href")
        if url:
            return str(url)
    return ""

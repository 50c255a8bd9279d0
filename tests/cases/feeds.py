"""Feeds and pages of an invented outlet."""

from datetime import datetime
from pathlib import Path

from hypothesis import strategies as st
from lxml import etree

from digest.collect.feeds.clean import plain_text
from digest.collect.feeds.entries import Document
from digest.collect.feeds.strict import DC
from digest.settings import load_workspace

PROSE = "The county published the report on Friday after a long dispute about who should pay for it. "
PAGE = (
    '<html lang="en"><head><title>{title}</title>'
    '<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{title}",'
    '"datePublished":"2026-02-26T09:00:00Z","author":[{{"name":"Ada Byron"}}]}}</script></head>'
    "<body><nav>Home</nav><article><h1>{title}</h1><p>{text}</p></article></body></html>"
)


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>C</title>{"".join(items)}</channel></rss>'.encode()


def item(
    title: str, path: str, date: str = "Thu, 26 Feb 2026 09:00:00 GMT"
) -> str:
    return f"<item><title>{title}</title><link>{path}</link><pubDate>{date}</pubDate></item>"


def page(title: str, text: str) -> bytes:
    return PAGE.format(title=title, text=text).encode()


def document(entries: list[tuple[str, str, datetime]], kind: str) -> bytes:
    root = etree.Element("rss", version="2.0")
    parent = etree.SubElement(root, "channel")
    etree.SubElement(parent, "title").text = "C"
    if kind == "atom":
        root = parent = etree.Element(
            "feed", nsmap={None: "http://www.w3.org/2005/Atom"}
        )
    for n, (title, author, when) in enumerate(entries):
        e = etree.SubElement(parent, "item" if kind == "rss" else "entry")
        etree.SubElement(e, "title").text = f"T {title}"
        etree.SubElement(e, "guid" if kind == "rss" else "id").text = f"urn:{n}"
        if kind == "rss":
            etree.SubElement(e, "link").text = f"https://a.example/{n}"
            etree.SubElement(
                e, "pubDate"
            ).text = f"{when:%a, %d %b %Y %H:%M:%S} GMT"
            etree.SubElement(
                e, f"{DC}creator"
            ).text = f"A {' '.join(author.split())}"
        else:
            etree.SubElement(e, "link", href=f"https://a.example/{n}")
            etree.SubElement(e, "published").text = (
                when.replace(microsecond=0).isoformat() + "Z"
            )
    tree = root.getroottree()
    return etree.tostring(tree, xml_declaration=True, encoding="utf-8")


def facts(document: Document) -> list[tuple]:
    """What both must say of each entry: an author named twice is one, and `tag:` is no link."""
    return [
        (plain_text(e.title), e.link.strip().partition("tag:")[0], e.guid, e.published,
         tuple(dict.fromkeys(filter(None, map(plain_text, e.authors)))))
        for e in document.entries
    ]  # fmt: skip


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30
)


def feeds_of(folder: Path) -> list[str]:
    return [
        url
        for outlet in load_workspace(folder, {}).settings.outlets
        for url in outlet.feeds
    ]


# Discovery

RSS = rss(item("A", "/a"))

"""Server of the invented press: each outlet on a port of its own, with its feed and its pages."""

import html
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from digest.demo.invented_press import Outlet, Piece, load_press


@dataclass(frozen=True, slots=True)
class Site:
    """An outlet as it is served."""

    outlet: Outlet
    pieces: list[Piece]
    now: datetime  #: when the demo began; articles are dated back from it
    url: str  #: without a slash at its end

    def page_url(self, piece: Piece) -> str:
        """Return the address of an article."""
        return f"{self.url}{piece.url_path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a request."""

    status: int
    media_type: str
    text: str


@contextmanager
def serve_press(now: datetime) -> Iterator[dict[str, str]]:
    """Serve every outlet; yield their addresses by key."""
    outlets, pieces = load_press()
    addresses: dict[str, str] = {}
    with ExitStack() as servers:
        for outlet in outlets:
            own_pieces = [
                piece for piece in pieces if piece.outlet == outlet.key
            ]
            server = _serve_outlet(outlet, own_pieces, now)
            addresses[outlet.key] = servers.enter_context(server)
        yield addresses


@contextmanager
def _serve_outlet(
    outlet: Outlet, pieces: list[Piece], now: datetime
) -> Iterator[str]:
    """Serve an outlet on loopback, in a thread; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = _answer_request(site, urlsplit(self.path).path)
            body = answer.text.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(outlet, pieces, now, f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer_request(site: Site, path: str) -> Answer:
    if path == "/feed":
        return _answer_feed(site)
    for piece in site.pieces:
        if piece.url_path == path:
            page = _write_page(site, piece)
            return Answer(piece.status, "text/html; charset=utf-8", page)
    return Answer(404, "text/plain", "not found")


# Feeds


def _answer_feed(site: Site) -> Answer:
    match site.outlet.format:
        case "rss":
            return Answer(200, "application/rss+xml", _write_rss(site))
        case "malformed":
            return Answer(
                200, "application/rss+xml", _write_malformed_rss(site)
            )
        case "atom":
            return Answer(200, "application/atom+xml", _write_atom(site))
        case "rdf":
            return Answer(200, "application/rdf+xml", _write_rdf(site))
        case "json":
            return Answer(200, "application/feed+json", _write_json_feed(site))
    return Answer(503, "text/plain", "out of service")


def _write_rss(site: Site) -> str:
    items = [
        _rss_item(site, piece, escape(piece.title)) for piece in site.pieces
    ]
    return _rss_channel(site, "".join(items))


def _write_malformed_rss(site: Site) -> str:
    """Write RSS as a careless system does: bare ampersands, a tag that is never closed."""
    items = [_rss_item(site, piece, piece.title) for piece in site.pieces]
    return _rss_channel(site, "<generator>Home & Made" + "".join(items))


def _rss_channel(site: Site, items: str) -> str:
    title = escape(site.outlet.name)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title>"
        f"<link>{site.url}/</link>"
        f"<description>News</description>{items}</channel></rss>"
    )


def _rss_item(site: Site, piece: Piece, title: str) -> str:
    url = site.page_url(piece)
    dated_at = piece.date_at(site.now)
    date_tag = ""
    if dated_at:
        date_tag = f"<pubDate>{format_datetime(dated_at)}</pubDate>"
    return (
        f"<item><title>{title}</title>"
        f"<link>{url}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<guid isPermaLink='false'>{piece.url_path}</guid>{date_tag}"
        f"<description>{escape(piece.paragraphs[0])}</description></item>"
    )


def _write_atom(site: Site) -> str:
    title = escape(site.outlet.name)
    updated = site.now.isoformat()
    entries = "".join(_atom_entry(site, piece) for piece in site.pieces)
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{title}</title>"
        f"<id>{site.url}/</id>"
        f"<updated>{updated}</updated>{entries}</feed>"
    )


def _atom_entry(site: Site, piece: Piece) -> str:
    url = site.page_url(piece)
    return (
        f"<entry><title>{escape(piece.title)}</title>"
        f"<id>{url}</id>"
        f"<link href='{url}'/>"
        f"<updated>{_iso_date(site, piece)}</updated>"
        f"<author><name>{escape(piece.by)}</name></author>"
        f"<summary>{escape(piece.paragraphs[0])}</summary></entry>"
    )


def _write_rdf(site: Site) -> str:
    title = escape(site.outlet.name)
    items = "".join(_rdf_item(site, piece) for piece in site.pieces)
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
        f'<channel rdf:about="{site.url}/"><title>{title}</title><link>{site.url}/</link>'
        f"<description>News</description></channel>{items}</rdf:RDF>"
    )


def _rdf_item(site: Site, piece: Piece) -> str:
    url = site.page_url(piece)
    return (
        f'<item rdf:about="{url}">'
        f"<title>{escape(piece.title)}</title>"
        f"<link>{url}</link>"
        f"<dc:date>{_iso_date(site, piece)}</dc:date>"
        f"<description>{escape(piece.paragraphs[0])}</description></item>"
    )


def _write_json_feed(site: Site) -> str:
    items = [
        {
            "id": site.page_url(piece),
            "url": site.page_url(piece),
            "title": piece.title,
            "summary": piece.paragraphs[0],
            "date_published": _iso_date(site, piece),
            "authors": [{"name": piece.by}],
        }
        for piece in site.pieces
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.outlet.name,
        "items": items,
    }
    return json.dumps(feed)


def _iso_date(site: Site, piece: Piece) -> str:
    """Return an article's date where the format demands one: now if it has none."""
    dated_at = piece.date_at(site.now) or site.now
    return dated_at.isoformat()


# Pages


def _write_page(site: Site, piece: Piece) -> str:
    name = html.escape(site.outlet.name)
    title = html.escape(piece.title)
    author = html.escape(piece.by)
    metadata = json.dumps(_page_metadata(site, piece))
    body = "".join(f"<p>{html.escape(text)}</p>" for text in piece.paragraphs)
    links = "".join(
        _page_link(other) for other in site.pieces if other != piece
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title} | {name}</title>"
        f'<link rel="canonical" href="{site.page_url(piece)}">'
        f'<script type="application/ld+json">{metadata}</script>'
        "</head><body><header><nav>"
        f'<a href="/">{name}</a> <a href="/subscribe">Subscribe</a>'
        "</nav></header>"
        f"<main><article><h1>{title}</h1>"
        f"<p>By {author}</p>"
        f"{body}</article></main>"
        f"<aside><h2>More from {name}</h2>"
        f"<ul>{links}</ul></aside>"
        f"<footer><p>{name}. All rights reserved.</p></footer></body></html>"
    )


def _page_metadata(site: Site, piece: Piece) -> dict[str, Any]:
    """Return what a page says of itself to programs (schema.org: "NewsArticle")."""
    metadata: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "author": {"@type": "Person", "name": piece.by},
        "publisher": {"@type": "Organization", "name": site.outlet.name},
    }
    dated_at = piece.date_at(site.now)
    if dated_at:
        metadata["datePublished"] = dated_at.isoformat()
    return metadata


def _page_link(piece: Piece) -> str:
    return f'<li><a href="{piece.url_path}">{html.escape(piece.title)}</a></li>'

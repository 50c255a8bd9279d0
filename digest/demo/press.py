"""The invented press, served on loopback: one small web server for each outlet."""

import html
import json
import threading
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from urllib.parse import urlsplit
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented outlet."""

    key: str
    name: str
    format: str  #: rss, atom, rdf, json, malformed or dead
    tier: int
    paywall: str = "none"


@dataclass(frozen=True, slots=True)
class Piece:
    """One invented article."""

    outlet: str
    title: str
    by: str
    paragraphs: tuple[str, ...]
    hours: float = 0  #: before now
    undated: bool = False
    status: int = 200  #: what its page answers

    @property
    def slug(self) -> str:
        """Return its path on the outlet's server."""
        words = "".join(c if c.isalnum() else " " for c in self.title.lower()).split()
        return "/" + "-".join(words[:9])

    def when(self, now: datetime) -> datetime | None:
        """Return its date, or None if it has none."""
        if self.undated:
            return None
        return (now - timedelta(hours=self.hours)).replace(microsecond=0)


@cache
def press() -> tuple[tuple[Outlet, ...], tuple[Piece, ...]]:
    """Return every outlet and article of the invented press."""
    source = tomllib.loads((files("digest.demo") / "press.toml").read_text("utf-8"))
    texts = {a["id"]: a["text"] for a in source["article"] if "id" in a}
    outlets = tuple(Outlet(**o) for o in source["outlet"])
    return outlets, tuple(_piece(a, texts) for a in source["article"])


def _piece(raw: dict[str, object], texts: dict[str, str]) -> Piece:
    values = dict(raw)
    values.pop("id", None)
    copied = str(values.pop("copy_of", ""))
    drop = values.pop("drop_last", 0)
    if copied:
        text = texts[copied]
    else:
        text = str(values.pop("text"))
    paragraphs = [p.strip() for p in text.strip().split("\n\n")]
    kept = paragraphs[: len(paragraphs) - int(str(drop))]
    return Piece(paragraphs=tuple(kept), **values)  # type: ignore[arg-type]


@contextmanager
def serve_press(now: datetime) -> Iterator[dict[str, str]]:
    """Serve every outlet on a port of its own; yield each one's address by key."""
    outlets, pieces = press()
    with ExitStack() as running:
        yield {
            o.key: running.enter_context(
                _serve(o, [p for p in pieces if p.outlet == o.key], now)
            )
            for o in outlets
        }


@contextmanager
def _serve(outlet: Outlet, pieces: list[Piece], now: datetime) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, media, body = _answer(
                outlet, pieces, now, base, urlsplit(self.path).path
            )
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(
    outlet: Outlet, pieces: list[Piece], now: datetime, base: str, path: str
) -> tuple[int, str, bytes]:
    if path == "/feed":
        if outlet.format == "dead":
            return 503, "text/plain", b"out of service"
        media, text = FEEDS[outlet.format](outlet, pieces, now, base)
        return 200, media, text.encode()
    for piece in pieces:
        if piece.slug == path:
            page = _page(outlet, piece, pieces, now, base)
            return piece.status, "text/html; charset=utf-8", page.encode()
    return 404, "text/plain", b"not found"


# Feeds


def _rss(
    outlet: Outlet, pieces: list[Piece], now: datetime, base: str
) -> tuple[str, str]:
    items = "".join(_rss_item(p, now, base, escape(p.title)) for p in pieces)
    return "application/rss+xml", _rss_channel(outlet, base, items)


def _malformed(
    outlet: Outlet, pieces: list[Piece], now: datetime, base: str
) -> tuple[str, str]:
    """Write RSS as a careless system does: a bare ampersand, a tag never closed."""
    items = "".join(_rss_item(p, now, base, p.title) for p in pieces)
    return "application/rss+xml", _rss_channel(
        outlet, base, "<generator>Home & Made" + items
    )


def _rss_channel(outlet: Outlet, base: str, items: str) -> str:
    head = f"<title>{escape(outlet.name)}</title><link>{base}/</link><description>News</description>"
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    return f'{declaration}<rss version="2.0"><channel>{head}{items}</channel></rss>'


def _rss_item(p: Piece, now: datetime, base: str, title: str) -> str:
    when = p.when(now)
    if when:
        dated = f"<pubDate>{format_datetime(when)}</pubDate>"
    else:
        dated = ""
    return (
        f"<item><title>{title}</title><link>{base}{p.slug}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<guid isPermaLink='false'>{p.slug}</guid>{dated}"
        f"<description>{escape(p.paragraphs[0])}</description></item>"
    )


def _atom(
    outlet: Outlet, pieces: list[Piece], now: datetime, base: str
) -> tuple[str, str]:
    entries = "".join(
        f"<entry><title>{escape(p.title)}</title><id>{base}{p.slug}</id>"
        f"<link href='{base}{p.slug}'/><updated>{(p.when(now) or now).isoformat()}</updated>"
        f"<author><name>{escape(p.by)}</name></author>"
        f"<summary>{escape(p.paragraphs[0])}</summary></entry>"
        for p in pieces
    )
    head = f"<title>{escape(outlet.name)}</title><id>{base}/</id><updated>{now.isoformat()}</updated>"
    return (
        "application/atom+xml",
        f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>',
    )


def _rdf(
    outlet: Outlet, pieces: list[Piece], now: datetime, base: str
) -> tuple[str, str]:
    items = "".join(
        f'<item rdf:about="{base}{p.slug}"><title>{escape(p.title)}</title>'
        f"<link>{base}{p.slug}</link><dc:date>{(p.when(now) or now).isoformat()}</dc:date>"
        f"<description>{escape(p.paragraphs[0])}</description></item>"
        for p in pieces
    )
    return "application/rdf+xml", (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
        f'<channel rdf:about="{base}/"><title>{escape(outlet.name)}</title><link>{base}/</link>'
        f"<description>News</description></channel>{items}</rdf:RDF>"
    )


def _json(
    outlet: Outlet, pieces: list[Piece], now: datetime, base: str
) -> tuple[str, str]:
    items = [
        {
            "id": base + p.slug,
            "url": base + p.slug,
            "title": p.title,
            "summary": p.paragraphs[0],
            "date_published": (p.when(now) or now).isoformat(),
            "authors": [{"name": p.by}],
        }
        for p in pieces
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "items": items,
    }
    return "application/feed+json", json.dumps(document)


FEEDS = {
    "rss": _rss,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
    "malformed": _malformed,
}


# Pages


def _page(
    outlet: Outlet, piece: Piece, pieces: list[Piece], now: datetime, base: str
) -> str:
    when = piece.when(now)
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "author": {"@type": "Person", "name": piece.by},
        "publisher": {"@type": "Organization", "name": outlet.name},
    } | ({"datePublished": when.isoformat()} if when else {})
    more = "".join(
        f'<li><a href="{p.slug}">{html.escape(p.title)}</a></li>'
        for p in pieces
        if p != piece
    )
    body = "".join(f"<p>{html.escape(p)}</p>" for p in piece.paragraphs)
    name = html.escape(outlet.name)
    title = html.escape(piece.title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title} | {name}</title>"
        f'<link rel="canonical" href="{base}{piece.slug}">'
        f'<script type="application/ld+json">{json.dumps(about)}</script></head><body><header><nav>'
        f'<a href="/">{name}</a> <a href="/subscribe">Subscribe</a></nav></header><main><article>'
        f"<h1>{title}</h1><p>By {html.escape(piece.by)}</p>{body}</article></main>"
        f"<aside><h2>More from {name}</h2><ul>{more}</ul></aside>"
        f"<footer><p>{name}. All rights reserved.</p></footer></body></html>"
    )

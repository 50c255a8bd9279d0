"""A hostile press: servers that do everything wrong, on loopback, each beside outlets that are well.

python -m tests.fakes.hostile_press     collect each alone and print what the user sees, and what it took
"""

import gzip
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli

CERTIFICATE = Path(__file__).parents[1] / "fakes" / "self_signed.pem"
MB = 1_000_000
BOMB = 300 * MB
#: Seconds for one request in all, as the collect under test is told.
TIMEOUT = 3

Say = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Case:
    """What one outlet does, and what is expected to come of it."""

    name: str
    say: Say
    failure: str = ""  #: the reason in a word; "" if the feed is to be read
    articles: int = 0
    sees: str = ""  #: a pattern in what the user is told
    scheme: str = "http"


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join(
        (f"HTTP/1.1 {status}", "Connection: close", *lines, "", "")
    ).encode()


def whole(body: bytes, *lines: str, status: str = "200 OK") -> Say:
    answer = head(*lines, f"Content-Length: {len(body)}", status=status) + body
    return lambda s: s.sendall(answer)


def redirect(to: str) -> Say:
    return whole(b"", f"Location: {to}", status="302 Found")


def drip(first: bytes) -> Say:
    """Say something, then a byte now and then for ever."""

    def say(s: socket.socket) -> None:
        s.sendall(first)
        while True:
            time.sleep(0.2)
            s.sendall(b"x")

    return say


def endless(first: bytes, piece: bytes) -> Say:
    def say(s: socket.socket) -> None:
        s.sendall(first)
        while True:
            s.sendall(piece)

    return say


def reset(s: socket.socket) -> None:
    s.sendall(head("Content-Length: 5000") + b"<rss>")
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def silent(s: socket.socket) -> None:
    time.sleep(60)


def feed(*items: str, before: str = "") -> bytes:
    text = f'<rss version="2.0"><channel><title>C</title>{"".join(items)}</channel></rss>'
    return f'<?xml version="1.0" encoding="utf-8"?>{before}{text}'.encode()


def item(
    title: str = "A headline of some words", link: str = "?article=1"
) -> str:
    date = "<pubDate>Thu, 26 Feb 2026 09:00:00 GMT</pubDate>"
    return f"<item><title>{title}</title><link>{link}</link>{date}</item>"


def laughs() -> str:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">'
        for n in range(12)
    )
    return f"<!DOCTYPE rss [{entities}]>"


def external(target: str) -> bytes:
    before = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{target}">]>'
    return feed(item("Before &x; after that"), before=before)


def many(count: int) -> bytes:
    return feed(
        *(
            item(f"Headline number {n} of very many", f"/many/{n}")
            for n in range(count)
        )
    )


def quadratic() -> bytes:
    before = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]>'
    return feed(item("&a;" * 50_000), before=before)


#: How each encoding packs a body.
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, 6),
    "deflate": lambda body: zlib.compress(body, 6),
    "br": lambda body: brotli.compress(body, quality=5),
}


@cache
def bomb(encoding: str) -> bytes:
    """Return a small body that is large once it is unpacked. Packing it takes seconds."""
    return PACKERS[encoding](b"\0" * BOMB)


def unpacking(encoding: str) -> Say:
    def say(s: socket.socket) -> None:
        answer = whole(bomb(encoding), f"Content-Encoding: {encoding}")
        answer(s)

    return say


PLAIN = feed(item())
#: Addresses inside a network, in every notation.
INSIDE = (
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "[fd00::1]", "[fe80::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]",
    "167772161", "0x0a000001", "012.0.0.1", "10.1",
)  # fmt: skip

CASES = (
    Case("slow headers", drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), "timeout", sees="within 3 s"),
    Case("slow body", drip(head("Content-Length: 999999")), "timeout", sees="within 3 s"),
    Case("accepts and is silent", silent, "timeout", sees="within 3 s|nothing came"),
    Case("endless body", endless(head(), b"x" * 65536), "too large", sees="10 MB"),
    Case("endless headers", endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 999), "connection"),
    Case("endless status line", endless(b"HTTP/1.1 200 ", b"x" * 65536), "connection"),
    Case("gzip bomb", unpacking("gzip"),
         "too large", sees="10 MB unpacked"),
    Case("deflate bomb", unpacking("deflate"),
         "too large", sees="10 MB unpacked"),
    Case("brotli bomb", unpacking("br"), "too large", sees="10 MB"),
    Case("gzip that is none", whole(b"<rss/>", "Content-Encoding: gzip"), "connection"),
    Case("billion laughs", whole(feed(item("&l11;"), before=laughs())), articles=1),
    Case("quadratic blow-up", whole(quadratic()), articles=1),
    Case("external entity: a file", whole(external("file:///etc/passwd")), articles=1),
    Case("external entity: an address", whole(external("http://127.0.0.1/secret")),
         articles=1),
    Case("100,000 deep XML", whole(feed("<a>" * 100_000 + "</a>" * 100_000, item())), articles=1),
    Case("100,000 deep JSON", whole(b'{"items":' + b"[" * 100_000), "not a feed"),
    Case("redirects in a circle", redirect("/redirects-in-a-circle"), "redirects"),
    Case("redirect to a file", redirect("file:///etc/passwd"), "bad address"),
    Case("redirect to javascript", redirect("javascript:alert(1)"), "bad address"),
    *(Case(f"redirect to {a}", redirect(f"http://{a}/x"), "forbidden address") for a in INSIDE),
    Case("length too long", lambda s: s.sendall(head("Content-Length: 99999") + PLAIN),
         articles=1),
    # a browser reads as much as is announced, too
    Case("length too short", lambda s: s.sendall(head("Content-Length: 150") + PLAIN),
         articles=1, sees="not well-formed"),
    Case("length below zero", lambda s: s.sendall(head("Content-Length: -5") + PLAIN),
         articles=1),
    Case("chunks that lie", lambda s: s.sendall(head("Transfer-Encoding: chunked") + b"zz\r\nx"),
         "not a feed"),
    Case("connection reset", reset, "connection"),
    Case("no HTTP at all", lambda s: s.sendall(b"220 mail.example ESMTP\r\n"), "connection"),
    Case("empty answer", whole(b""), "not a feed", sees="empty"),
    Case("wrong charset in header", whole(PLAIN, "Content-Type: text/xml; charset=klingon"),
         articles=1),
    Case("Latin-1 that says UTF-8", whole(feed(item("Café news of today")).decode()
         .encode("latin-1")), articles=1, sees="not in the charset"),
    Case("NUL bytes", whole(feed(item("A head\0line of words"))), articles=1, sees="mended"),
    Case("a stray ampersand", whole(feed(item("AT&T; sues R&D rival"))), articles=1, sees="mended"),
    Case("9 MB title", whole(feed(item("x " * 4_500_000))), articles=1),
    Case("20 MB title", whole(feed(item("x " * 10 * MB))), "too large"),
    Case("50,000 items", whole(many(50_000)), articles=2000, sees="newest 2000"),
    Case("javascript: and data: links", whole(feed(item("Script", "javascript:alert(1)"),
         item("Data", "data:text/html,x"))), articles=2),
    Case("a PNG", whole(b"\x89PNG\r\n\x1a\n" + os.urandom(5000)), "not a feed"),
    Case("a web page", whole(b"<!doctype html><html><body>Hi</body></html>"), "not a feed",
         sees="web page.*homepage"),
    Case("TLS that is none", whole(PLAIN), "tls", scheme="https-to-plain"),
    Case("TLS nobody vouches for", whole(PLAIN), "tls", scheme="https"),
)  # fmt: skip


PROSE = (
    "The county published the report on Friday after a dispute about who should pay. "
    * 6
)


def page(body: str, before: str = "") -> bytes:
    return f"<html><head>{before}</head><body>{body}</body></html>".encode()


def attributes() -> bytes:
    return page(
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">{PROSE}</p>"
    )


#: Articles' pages: what is expected is the reason why one is unread, "" if it is read.
PAGES = (
    Case("page 100,000 deep", whole(page("<div>" * 100_000 + PROSE)), "too short"),
    Case("page of 60,000 authors",
         whole(page("<div class=author>" + "<b class=author>Ann Other</b>" * 60_000)), ""),
    Case("page with 100,000 attributes", whole(attributes()), "no article"),
    Case("page with a 9 MB title", whole(page(f"<p>{PROSE}", f"<title>{'x ' * 4_500_000}</title>")), ""),
    Case("page titled by 50,000 bars", whole(page(f"<p>{PROSE}", f"<title>{'a | ' * 50_000}</title>")), ""),
    Case("page of JSON-LD 200,000 deep", whole(page(f"<p>{PROSE}",
         f"<script type='application/ld+json'>{'[' * 200_000}</script>")), ""),
    Case("page of odd JSON-LD", whole(page(f"<p>{PROSE}", """<script type="application/ld+json">
         {"@type": "NewsArticle", "headline": ["a", {}], "author": [[["x"]], {"name": {}}, 5],
         "publisher": [], "datePublished": {}, "description": 7}</script>""")), ""),
    Case("page with half a surrogate", whole(page(f"<p>{PROSE}", """<script
         type="application/ld+json">{"@type": "NewsArticle", "headline": "\\ud800 a"}</script>""")), ""),
    Case("page with NUL bytes", whole(page(f"<p>\0{PROSE}\0</p>")), ""),
    Case("page that is a PNG", whole(b"\x89PNG\r\n\x1a\n" + os.urandom(5000)), "no article"),
    Case("page without end", endless(head(), b"<p>x</p>" * 9999), "too large"),
    Case("page that drips", drip(head("Content-Length: 999999")), "timeout"),
    Case("page that is empty", whole(b""), "no article"),
    Case("page behind Cloudflare", whole(b"<title>Just a moment...</title>",
         "cf-mitigated: challenge", status="403 Forbidden"), "challenge"),
    Case("page behind a paywall", whole(b"<p>Subscribe now to continue", status="402 Pay"),
         "paywall"),
    Case("page that is gone", whole(b"", status="410 Gone"), "http 410"),
    Case("page that leads inside", redirect("http://169.254.169.254/latest/meta-data"),
         "forbidden address"),
)  # fmt: skip


class HostilePress:
    """Answers each path as its case says; remembers every path asked."""

    bind = "127.0.0.1"

    def __init__(self, cases: tuple[Case, ...] = CASES + PAGES) -> None:
        if any(c.name.endswith("bomb") for c in cases):
            for encoding in PACKERS:
                bomb(encoding)  # before anybody asks, who would wait for it
        self._says = {f"/{slug(c.name)}": c.say for c in cases}
        self.asked: list[str] = []

    def __enter__(self) -> "HostilePress":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self._plain, self._tls = (
            socket.create_server((self.bind, 0), backlog=512) for _ in range(2)
        )
        self.port, self.tls_port = (
            s.getsockname()[1] for s in (self._plain, self._tls)
        )
        for server, wrap in ((self._plain, None), (self._tls, context)):
            threading.Thread(
                target=self._accept, args=(server, wrap), daemon=True
            ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._plain.close()
        self._tls.close()

    def address(self, case: Case) -> str:
        scheme = case.scheme.partition("-")[0]
        port = self.tls_port if case.scheme == "https" else self.port
        return f"{scheme}://127.0.0.1:{port}/{slug(case.name)}"

    def _accept(
        self, server: socket.socket, wrap: ssl.SSLContext | None
    ) -> None:
        with suppress(OSError):
            while True:
                s, _ = server.accept()
                threading.Thread(
                    target=self._serve, args=(s, wrap), daemon=True
                ).start()

    def _serve(self, s: socket.socket, wrap: ssl.SSLContext | None) -> None:
        with suppress(OSError), s:
            s.settimeout(30)
            if wrap:
                s = wrap.wrap_socket(s, server_side=True)
            asked = s.recv(65536)
            if asked.startswith(
                b"\x16"
            ):  # a TLS greeting to a server that knows none
                return s.sendall(head(status="400 Bad Request"))
            while b"\r\n\r\n" not in asked:
                asked += s.recv(65536) or b" / \r\n\r\n"
            path = asked.split(b" ")[1].decode()
            self.asked.append(path)
            name = path[1:].removesuffix("-feed")
            well = whole(
                feed(item(f"News of {name}, a good outlet", f"/{name}"))
            )
            return self._says.get(path, well)(s)


def slug(name: str) -> str:
    return re.sub(r"\W+", "-", name).strip("-")


def settings(outlets: dict[str, str]) -> str:
    listed = "".join(
        f"  - name: {json.dumps(name)}\n    homepage: {url}\n    feeds: [{json.dumps(url)}]\n"
        for name, url in outlets.items()
    )
    return f"""\
organisation: {{name: Open Water}}
newsletter:
  title: The Letter
  sender: {{name: Open Water, address: letter@openwater.example}}
  reply_to: hello@openwater.example
  postal_address: 12 Bicycle Lane
  public_url: https://letter.openwater.example
collect: {{allow_loopback: true, spacing: 0, per_host: 32, at_once: 64, timeout: {TIMEOUT}}}
outlets:
{listed}"""


@dataclass(frozen=True)
class Outcome:
    """What came of a collect."""

    tallies: dict[str, dict]
    peak_mb: float
    seconds: float


def collect(
    folder: Path,
    outlets: dict[str, str],
    pages: bool = False,
    wait: float = 120,
) -> Outcome:
    """Run the real command in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "feeds.yaml").write_text(settings(outlets))
    command = [sys.executable, "-m", "digest", "-C", str(folder), "collect", "--json",
               *([] if pages else ["--feeds-only"])]  # fmt: skip
    measured = (
        "import resource,subprocess,sys\n"
        f"out = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout={wait})\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "print(out.stdout); sys.stderr.write(out.stderr)"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", measured, *command],
        capture_output=True,
        text=True,
        check=True,
    )
    peak, _, printed = done.stdout.partition("\n")
    if "Traceback" in done.stderr or not printed.strip():
        raise AssertionError(done.stderr or "nothing was printed")
    tallies = {t["outlet"]: t for t in json.loads(printed)}
    listed = subprocess.run(
        [*command[:5], "feeds", "list", "--json"],
        capture_output=True,
        check=True,
    )
    for feed in json.loads(listed.stdout):
        tallies[feed["outlet"]]["problems"] += [
            p for p in (feed["problem"],) if p
        ]
    return Outcome(tallies, int(peak) / 1000, time.monotonic() - started)


@contextmanager
def hostile_press() -> Iterator[HostilePress]:
    with HostilePress() as press:
        yield press


def main() -> None:
    print("| the outlet | what the user sees | articles | peak MB | seconds |")
    print("| --- | --- | --- | --- | --- |")
    with hostile_press() as press, tempfile.TemporaryDirectory() as place:
        good = f"http://127.0.0.1:{press.port}/good"
        for case in CASES + PAGES:
            address = press.address(case) + ("-feed" if case in PAGES else "")
            outlets = {case.name: address, "Good": good}
            found = collect(
                Path(place) / slug(case.name), outlets, case in PAGES
            )
            tally = found.tallies[case.name]
            assert found.tallies["Good"]["new"] == 1, case.name
            seen = [
                p.removeprefix(f"{address}: ") for p in tally["problems"]
            ] + list(tally["unread"])
            print(f"| {case.name} | {' '.join(seen) or 'its articles'} | {tally['new']} "
                  f"| {found.peak_mb:.0f} | {found.seconds:.1f} |")  # fmt: skip


if __name__ == "__main__":
    main()

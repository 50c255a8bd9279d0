"""Serves invented feeds on every address of 127/8, each with an ETag: `… PORT COUNT [LOG]`.

Six in a hundred are broken the way real ones are: a stray ampersand, an HTML entity, an
unclosed tag. The rest are well-formed RSS and Atom of about 80 kB and 13 elements an entry,
as the median of 171 real feeds has. With a LOG each request is a line of it: seconds, host, path;
and the feeds are so many that they are made from a few: entries have no links then, so that there
are no pages to be read, and names of their own by which they are told apart.
Each SIGUSR1 changes every feed by a comment: other bytes, the same entries.
"""

import asyncio
import html
import os
import random
import re
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

WORDS = (
    "county court water report mayor budget records audit letter meeting public school bridge "
    "river office council vote hearing agency data police union hospital statement question"
).split()
NAMESPACES = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
ENTRIES, WORDS_EACH = 30, 200
KINDS = 200  #: feeds that differ, where there are many


def feed(n: int) -> bytes:
    """Return the n-th feed, always the same."""
    rng = random.Random(n)
    items = "".join(_entry(rng, n, i) for i in range(ENTRIES))
    if n % 3 == 0:
        names = f'xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}'
        head = f"<feed {names}><title>Feed</title><id>urn:x</id>"
        text = f"{head}{items}</feed>"
    else:
        head = f'<rss version="2.0" {NAMESPACES}>'
        text = f"{head}<channel><title>Feed {n}</title>{items}</channel></rss>"
    if n % 17 == 0:
        broken = ("AT&T sues", "caf&eacute; &nbsp;", "<b>unclosed")[n // 17 % 3]
        text = text.replace("Headline 3 ", f"{broken} Headline 3 ", 1)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()


def _entry(rng: random.Random, n: int, i: int) -> str:
    link = f"https://outlet{n}.example/2026/02/{i}/story-{rng.randrange(10**9)}"
    title = f"Headline {i} of {n}: " + " ".join(rng.choices(WORDS, k=8))
    body = "</p><p>".join(
        f'<img src="{link}-{k}.jpg" alt=""> <a href="{link}#{k}"><em>{rng.choice(WORDS)}</em></a> '
        + " ".join(rng.choices(WORDS, k=WORDS_EACH // 5))
        for k in range(5)
    )
    when = datetime(2026, 2, 26, tzinfo=UTC) - timedelta(
        seconds=rng.randrange(800_000)
    )
    extra = (
        f'<dc:creator>Ada Byron</dc:creator><media:content url="{link}.jpg" medium="image">'
        f"<media:credit>Bo Cy</media:credit></media:content><media:thumbnail url='{link}.png'/>"
        + "".join(
            f"<category>{word}</category>" for word in rng.choices(WORDS, k=4)
        )
    )
    if n % 3 == 0:
        return (
            f'<entry><title>{title}</title><link href="{link}"/><id>{link}</id>'
            f"<published>{when.isoformat()}</published><author><name>Ada Byron</name></author>"
            f'<content type="html">&lt;p&gt;{html.escape(body)}&lt;/p&gt;</content>{extra}</entry>'
        )
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate><author>a@b.example (Ada)</author>"
        f"<description><![CDATA[<p>{body}</p>]]></description>{extra}</item>"
    )


class Server(asyncio.Protocol):
    """Answers GET /N, with 304 where the ETag is known."""

    bodies: list[bytes]
    log: TextIO | None = None
    version = 0  #: how often the feeds were changed

    @classmethod
    def change_feeds(cls) -> None:
        """Let every feed have other bytes and the same entries."""
        cls.version += 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self.data += data
        while b"\r\n\r\n" in self.data:
            request, _, self.data = self.data.partition(b"\r\n\r\n")
            self.transport.write(self._answer(request))  # type: ignore[attr-defined]

    def _answer(self, request: bytes) -> bytes:
        path = request.split(b" ", 2)[1].strip(b"/")
        if not path.isdigit():
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if self.log:
            host = request.lower().partition(b"host: ")[2].split(b"\r\n")[0]
            self.log.write(
                f"{time.monotonic():.4f} {host.decode()} {path.decode()}\n"
            )
        body = self._body(int(path))
        etag = b'"%s-%d"' % (path, self.version)
        if b"if-none-match: " + etag in request.lower():
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % etag
        body += b"<!-- %d -->" % self.version
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nETag: %s\r\n"
            % etag
        )
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body

    def _body(self, n: int) -> bytes:
        body = self.bodies[n % len(self.bodies)]
        return body.replace(b"//outlet", b"outlet%d-" % n) if self.log else body


def address(n: int, port: int) -> str:
    """Return where the n-th feed is: 250 hosts on each of several networks."""
    return f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/{n}"


def without_links(body: bytes) -> bytes:
    """Leave an entry's id, which is no address then, and take its link."""
    body = re.sub(
        rb"<link>[^<]*</link>|(?<=</title>)<link href=[^>]*/>", b"", body
    )
    body = body.replace(b"<guid>", b'<guid isPermaLink="false">')
    return body.replace(b"https://outlet", b"//outlet")


def _before_others() -> None:
    """Run as soon as there is something to do, so that the log has no lag of a busy machine."""
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


async def _serve(port: int, count: int, log: str = "") -> None:
    Server.bodies = [feed(n) for n in range(count if not log else KINDS)]
    if log:
        _before_others()
        Server.log = Path(log).open("w", buffering=1)  # noqa: SIM115
        Server.bodies = [without_links(body) for body in Server.bodies]
    server = await asyncio.get_running_loop().create_server(
        Server, "0.0.0.0", port, backlog=1024
    )
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, server.close)
    loop.add_signal_handler(signal.SIGUSR1, Server.change_feeds)
    with suppress(asyncio.CancelledError):
        await server.serve_forever()
    if Server.log:
        Server.log.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))

"""A press of 300 outlets: 200 are well, 100 fail in some thirty ways, each on a host of its own.

python -m tests.fakes.faulty_press    collect all of it twice, and print what a log of it has
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fakes.hostile_press import (
    HostilePress,
    Say,
    drip,
    endless,
    head,
    redirect,
    reset,
    settings,
    silent,
    whole,
)

WELL = 200
#: Articles of an outlet that is well: every fourth has as many, the others one.
MANY_ARTICLES = 3
#: Every so many articles one names the organisation.
MENTION_EVERY = 20
#: Seconds for one request in all: ten redirects may take long on a busy machine.
TIMEOUT = 8
TOWNS = (
    "Ashford Bexley Calder Dunmore Elmside Farlow Granby Hexton Ilford Jarrow Kelso Lindale "
    "Marlow Norwood Oakham Penrith Quorn Redhill Selby Tarleton"
).split()
PAPERS = (
    "Courier Herald Gazette Tribune Post Echo Mercury Observer Argus Chronicle Record Star Sun "
    "Journal Times"
).split()
PROSE = "The county published the report on Friday after a long dispute about who should pay. "
PROOF = "The records were obtained by Open Water under the law. "


def rss(*items: str, title: str = "Feed") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'.encode()


def item(title: str, link: str, when: datetime) -> str:
    date = f"{when:%a, %d %b %Y %H:%M:%S} GMT"
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"


def one_item(title: str, days_ago: float = 0.1) -> bytes:
    when = datetime.now(UTC) - timedelta(days=days_ago)
    return rss(item(title, f"?{title.replace(' ', '-')}", when))


def in_turn(*says: Say) -> Say:
    """Say one thing the first time, the next the second time, the last for ever."""
    waiting = list(says)

    def say(connection: socket.socket) -> None:
        now = waiting[0]
        if len(waiting) > 1:
            del waiting[0]
        now(connection)

    return say


def status(line: str, *headers: str, body: bytes = b"no") -> Say:
    return whole(body, *headers, status=line)


@dataclass(frozen=True)
class Kind:
    """A way to fail, how many outlets fail so, and the words by which people are told."""

    name: str
    outlets: int
    say: Callable[[str], Say]  #: what an outlet of such a path says
    words: str  #: a part of what is printed of it
    address: str = "http://{host}:{port}/{path}"


SITEMAP = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/about</loc></url></urlset>'
KINDS = (
    Kind("403 to scripts", 10, lambda _: status("403 Forbidden"), "refuse scripts (403)"),
    Kind("bot check", 8, lambda _: status("403 Forbidden", "cf-mitigated: challenge"), "ask for a browser check"),
    Kind("404", 8, lambda _: status("404 Not Found"), "no feed there any more (404)"),
    Kind("410 gone", 4, lambda _: status("410 Gone"), "taken the feed away (410)"),
    Kind("401", 2, lambda _: status("401 Unauthorized"), "ask for a password (401)"),
    Kind("402 paywall", 2, lambda _: status("402 Payment Required"), "ask for a subscription"),
    Kind("451", 1, lambda _: status("451 Unavailable For Legal Reasons"), "reasons of law (451)"),
    Kind("429 with Retry-After", 3, lambda _: status("429 Too Many Requests", "Retry-After: 7200"), "ask for a pause (429)"),
    Kind("500", 3, lambda _: status("500 Internal Server Error"), "trouble of their own (500)"),
    Kind("503 at first", 3, lambda path: in_turn(status("503 Unavailable"), whole(one_item(f"Back again at {path}"))), "trouble of their own (503)"),
    Kind("moved for good", 5, lambda path: status("301 Moved Permanently", f"Location: /new-{path}"), "moved their feeds"),
    Kind("redirect loop", 3, lambda path: redirect(f"/{path}"), "send from address to address"),
    Kind("redirect to the inside", 2, lambda _: redirect("http://10.0.0.1/feed"), "private network"),
    Kind("redirect to a file", 1, lambda _: redirect("file:///etc/passwd"), "address that cannot be asked"),
    Kind("no such host", 5, lambda _: silent, "", "http://{path}.invalid/feed"),
    Kind("self-signed certificate", 3, lambda _: whole(b""), "no valid certificate", "https://{host}:{tls_port}/{path}"),
    Kind("TLS where there is none", 2, lambda _: whole(b""), "", "https://{host}:{port}/{path}"),
    Kind("nobody listens", 2, lambda _: silent, "take no connections", "http://{host}:9/{path}"),
    Kind("accepts and is silent", 2, lambda _: silent, "are too slow"),
    Kind("drips", 2, lambda _: drip(head("Content-Length: 99999")), "are too slow"),
    Kind("reset", 2, lambda _: reset, "break the connection off"),
    Kind("no HTTP", 1, lambda _: lambda s: s.sendall(b"220 mail.example ESMTP\r\n"), "break the connection off"),
    Kind("gzip that is none", 2, lambda _: whole(b"<rss/>", "Content-Encoding: gzip"), "break the connection off"),
    Kind("huge", 2, lambda _: endless(head(), b"x" * 65536), "more than is read"),
    Kind("always empty", 5, lambda _: whole(rss()), "never gave an entry"),
    Kind("empty from the second time on", 2, lambda path: in_turn(whole(one_item(f"Last of {path}")), whole(rss())), ""),
    Kind("HTML instead of a feed", 5, lambda _: whole(b"<!doctype html><html><body>Welcome</body></html>"), "show a web page"),
    Kind("empty answer", 2, lambda _: whole(b""), "answer with nothing at all"),
    Kind("binary", 2, lambda _: whole(b"\x89PNG\r\n\x1a\n\0\0\xff"), "cannot be read as a feed"),
    Kind("plain sitemap", 1, lambda _: whole(SITEMAP), "sitemap without headlines"),
    Kind("silent for months", 5, lambda path: whole(one_item(f"Old news of {path}", 140)), "nothing new since"),
)  # fmt: skip
FAILING = sum(kind.outlets for kind in KINDS)


class FaultyPress(HostilePress):
    """All 300 outlets, on the addresses of 127.1/16."""

    bind = "0.0.0.0"

    def __init__(self) -> None:
        super().__init__(())
        #: what is watched, by outlet, and the outlets of each kind
        self._addresses: dict[str, tuple[str, str]] = {}
        self.by_kind: dict[str, list[str]] = {}
        self.articles = 0
        for number in range(WELL):
            self._add_well(number)
        number = WELL
        for kind in KINDS:
            for _ in range(kind.outlets):
                self._add_failing(kind, number)
                number += 1

    def outlets(self) -> dict[str, str]:
        """Return the address of each outlet's feed, the failing ones among the others."""
        written = {}
        for name, (address, path) in self._addresses.items():
            number = int(path.partition("-")[0])
            written[name] = address.format(
                host=f"127.1.{number // 250}.{number % 250 + 1}",
                port=self.port,
                tls_port=self.tls_port,
                path=path,
            )
        return dict(sorted(written.items()))

    def _add_well(self, number: int) -> None:
        name = name_outlet(number)
        path = f"{number}-well"
        count = MANY_ARTICLES if number % 4 == 0 else 1
        items = []
        for article in range(count):
            self.articles += 1
            title = f"Story {article} of the {name} about its town"
            prose = PROSE * 6
            if self.articles % MENTION_EVERY == 0:
                title = f"Records tell what the {name} asked for"
                prose = PROSE * 4 + PROOF + PROSE
            link = f"/{path}-{article}"
            when = datetime.now(UTC) - timedelta(hours=article + 1)
            items.append(item(title, link, when))
            page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{prose}</p></article></body></html>"
            self._says[link] = whole(page.encode(), "Content-Type: text/html")
        self._says[f"/{path}"] = whole(rss(*items, title=name))
        self._addresses[name] = ("http://{host}:{port}/{path}", path)

    def _add_failing(self, kind: Kind, number: int) -> None:
        name = name_outlet(number)
        path = f"{number}-{kind.name.replace(' ', '-')}"
        self._says[f"/{path}"] = kind.say(path)
        self._says[f"/new-{path}"] = whole(one_item(f"News of {path}"))
        self._addresses[name] = (kind.address, path)
        self.by_kind.setdefault(kind.name, []).append(name)


def name_outlet(number: int) -> str:
    """Return the invented name of an outlet: each number has its own."""
    town = TOWNS[number % len(TOWNS)]
    paper = PAPERS[number // len(TOWNS)]
    return f"{town} {paper}"


def run_command(folder: Path, *arguments: str) -> str:
    """Run the real command in a process of its own; return all that a log of it has."""
    command = [sys.executable, "-m", "digest", "-C", str(folder), *arguments]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout


def write_settings(folder: Path, press: FaultyPress) -> None:
    written = settings(press.outlets())
    patient = re.sub(r"timeout: \d+", f"timeout: {TIMEOUT}", written)
    (folder / "feeds.yaml").write_text(patient)


def main() -> None:
    with FaultyPress() as press, tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_settings(folder, press)
        for options in (("collect",), ("collect", "--all")):
            started = time.monotonic()
            print(f"$ digest {' '.join(options)}")
            print(run_command(folder, *options), end="")
            print(f"({time.monotonic() - started:.1f} s)\n")


if __name__ == "__main__":
    main()

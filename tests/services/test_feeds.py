"""Collecting from a real server on loopback: what is kept, what is counted, what is refused."""

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.collect.feeds.clean import absolute_url, key, plain_text, untracked
from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from digest.collect.http.fetch import HttpFetcher, Limits
from digest.collect.http.ssrf import is_open
from digest.collect.pages.extract import combined_reader
from digest.collect.pages.newspaper import newspaper_reader
from digest.errors import Busy, FeedUnreadable, FetchError, PageUnread
from digest.model import Article
from digest.ports import Request, Response
from digest.settings import load
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb

PROSE = "The county published the report on Friday after a long dispute about who should pay for it. "
PAGE = (
    '<html lang="en"><head><title>{title}</title>'
    '<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{title}",'
    '"datePublished":"2026-02-26T09:00:00Z","author":[{{"name":"Ada Byron"}}]}}</script></head>'
    "<body><nav>Home</nav><article><h1>{title}</h1><p>{text}</p></article></body></html>"
)


def parse(body: bytes, url: str, outlet: str) -> list[Article]:
    return convert_entries(parse_feed(body), Origin(url, outlet))


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>C</title>{"".join(items)}</channel></rss>'.encode()


def item(title: str, path: str, date: str = "Thu, 26 Feb 2026 09:00:00 GMT") -> str:
    return f"<item><title>{title}</title><link>{path}</link><pubDate>{date}</pubDate></item>"


def page(title: str, text: str) -> bytes:
    return PAGE.format(title=title, text=text).encode()


@pytest.fixture
def press(tmp_path: Path, web: FakeWeb) -> Iterator[App]:
    workspace(tmp_path, web.url)
    with App(load(tmp_path, {}), lambda: NOW) as app:
        yield app


def test_new_articles_are_stored_read_and_judged(press: App, web: FakeWeb) -> None:
    web.answers["/feed"] = Answer(
        rss(item("A report", "/a?utm_source=rss"), item("Rovers win", "/b"))
    )
    web.answers["/a"] = Answer(
        page("A report", PROSE * 4 + "It was obtained by Open Water. " + PROSE)
    )
    web.answers["/b"] = Answer(page("Rovers win", PROSE * 4))
    report = press.collection.collect_and_fill().report
    assert (report["The Courier"].new, report["The Courier"].read) == (2, 2)
    first, second = press.press.judged()
    assert first.judgement.section == "in_the_news"
    assert first.reading.mentions[0].sentence == "It was obtained by Open Water."
    assert first.article.authors == ("Ada Byron",)
    assert second.judgement.section == ""


def test_the_second_time_nothing_is_new_and_the_server_is_asked_politely(
    press: App, web: FakeWeb
) -> None:
    """What the server said of its feed is said back to it, and a 304 is a good answer."""
    web.answers["/feed"] = Answer(
        rss(item("A", "/a")), headers={"ETag": '"v1"', "Last-Modified": "yesterday"}
    )
    web.answers["/a"] = Answer(page("A", PROSE * 4))
    press.collection.collect_and_fill()
    web.answers["/feed"] = Answer(status=304)
    report = press.collection.collect_and_fill(everything=True).report["The Courier"]
    assert (report.polled, report.unchanged, report.new, report.failures.total()) == (
        1,
        1,
        0,
        0,
    )
    _, headers = web.asked[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == (
        '"v1"',
        "yesterday",
    )
    assert headers["user-agent"].startswith("press-digest/")


def test_a_feed_that_is_not_due_is_left_alone_unless_asked_for(
    press: App, web: FakeWeb
) -> None:
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    press.collection.collect_and_fill()
    assert press.collection.collect_and_fill().report["The Courier"].polled == 0
    assert (
        press.collection.collect_and_fill(everything=True).report["The Courier"].polled
        == 1
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=503), "http 503"),
        (Answer(status=410), "http 410"),
        (Answer(b"<html><body>Welcome</body></html>"), "not a feed"),
        (Answer(b""), "not a feed"),
        (Answer(b'{"hello": 1}'), "not a feed"),
        (Answer(status=403, headers={"cf-mitigated": "challenge"}), "challenge"),
        (Answer(status=302, headers={"Location": "/feed"}), "redirects"),
        (
            Answer(status=302, headers={"Location": "http://10.0.0.1/feed"}),
            "forbidden address",
        ),
        (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "bad address"),
        (
            Answer(
                gzip.compress(b"x" * 20_000_000), headers={"Content-Encoding": "gzip"}
            ),
            "too large",
        ),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_bad_feed_is_counted_by_its_reason(
    press: App, web: FakeWeb, answer: Answer, reason: str
) -> None:
    web.answers["/feed"] = answer
    tally = press.collection.collect_and_fill().report["The Courier"]
    assert dict(tally.failures) == {reason: 1}
    assert tally.problems[0].startswith(f"{web.url}/feed: ")
    assert press.store.collected.feeds()[f"{web.url}/feed"].failures > 0


def test_one_bad_feed_never_stops_the_rest(tmp_path: Path, web: FakeWeb) -> None:
    workspace(tmp_path, web.url)
    bad = f'["{web.url}/bad", "{web.url}/feed", "http://127.0.0.1:9/refused"]'
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    web.answers["/bad"] = Answer(b"\x00\xff<rss")
    with App(load(tmp_path, {"DIGEST_OUTLETS__0__FEEDS": bad}), lambda: NOW) as app:
        tally = app.collection.collect_and_fill().report["The Courier"]
    assert tally.new == 1
    assert dict(tally.failures) == {"not a feed": 1, "refused": 1}


def test_a_page_that_cannot_be_read_keeps_its_reason_and_its_headline(
    press: App, web: FakeWeb
) -> None:
    web.answers["/feed"] = Answer(
        rss(item("Open Water sues", "/wall"), item("Short", "/short"))
    )
    web.answers["/wall"] = Answer(status=403)
    web.answers["/short"] = Answer(page("Short", "Too short."))
    assert dict(press.collection.collect_and_fill().report["The Courier"].unread) == {
        "http 403": 1,
        "too short": 1,
    }
    wall = next(j for j in press.press.judged() if j.article.url.endswith("/wall"))
    assert wall.judgement.section == "in_the_news"
    assert any("headline and summary only" in r.words for r in wall.judgement.reasons)


def test_a_slow_server_is_given_up(web: FakeWeb) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(50):
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    web.answers["/slow"] = trickle
    with HttpFetcher(
        "test", Limits(spacing=0, timeout=0.5, allow_loopback=True)
    ) as fetch:
        (_, answer), *_ = fetch([Request(f"{web.url}/slow")])
    assert isinstance(answer, FetchError)
    assert answer.reason == "timeout"


def test_this_machine_is_out_of_bounds_unless_allowed(web: FakeWeb) -> None:
    """Named, by number, and in the odd notations that browsers understand."""
    port = web.url.rpartition(":")[2]
    hosts = [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ]
    with HttpFetcher("test", Limits(spacing=0, timeout=2)) as fetch:
        answers = [a for _, a in fetch([Request(f"http://{h}:{port}/") for h in hosts])]
    assert all(isinstance(a, FetchError) for a in answers)
    assert web.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1",
     "192.0.0.8", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
     "2002:7f00:1::", "2001::1", "ff02::1", "::"],
)  # fmt: skip
def test_an_inside_address_is_refused(address: str) -> None:
    assert not is_open(ip_address(address), allow_loopback=False)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
)
def test_an_outside_address_is_open(address: str) -> None:
    assert is_open(ip_address(address), allow_loopback=False)


@pytest.mark.parametrize(
    "url", ["http://[bad", "http://a b/", "http://xn--a.example:99999/", "x"]
)
@pytest.mark.parametrize("page", [True, False])
def test_an_address_that_is_none_is_an_answer_too(url: str, page: bool) -> None:
    """Whatever goes wrong with one, its answer comes: the others must not wait for it."""
    with HttpFetcher(
        "test", Limits(spacing=0, timeout=2, allow_loopback=True)
    ) as fetch:
        ((_, answer),) = fetch([Request(url, page=page)])
    assert isinstance(answer, FetchError)


def test_leaving_early_stops_what_still_runs(web: FakeWeb) -> None:
    """Ctrl-C in the middle of a collect ends at once."""
    release = threading.Event()
    web.answers["/hang"] = lambda _handler: release.wait(5) and None
    with HttpFetcher(
        "test", Limits(spacing=0, timeout=60, allow_loopback=True)
    ) as fetch:
        waiting = fetch([Request(f"{web.url}/hang"), Request("http://127.0.0.1:9/")])
        next(waiting)
    release.set()


def test_a_second_collect_at_the_same_time_says_so(press: App) -> None:
    with (
        press.store.alone("collect"),
        pytest.raises(Busy, match="another `digest collect` is running"),
    ):
        press.collection.collect_and_fill()


# Parsing


def test_a_stray_ampersand_loses_nothing() -> None:
    feed = rss(
        item("AT&T sues & wins", "https://c.example/1"),
        item("B", "https://c.example/2"),
    )
    assert len(parse(feed, "https://c.example/feed", "C")) == 2


def test_titles_are_plain_text_and_links_are_web_addresses() -> None:
    hostile = rss(
        item(
            "&lt;script&gt;alert(1)&lt;/script&gt;Fish &amp;amp; chips 5 &lt; 6",
            "javascript:alert(1)",
        ),
        item("Fine", "data:text/html,x"),
        item("Rel", "../b"),
    )
    first, second, third = parse(hostile, "https://c.example/feeds/x", "C")
    assert first.title == "Fish & chips 5 < 6"
    assert (first.url, second.url, third.url) == ("", "", "https://c.example/b")


def test_a_bad_date_is_no_date() -> None:
    feed = rss(
        item("A", "https://c.example/1", "soon"),
        item("B", "https://c.example/2", "Fri, 99 Foo 2026"),
    )
    assert [a.published for a in parse(feed, "https://c.example/", "C")] == [None, None]


@pytest.mark.parametrize(
    "when", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"]
)
def test_a_date_beyond_the_calendar_is_no_date(when: str) -> None:
    """One such date must not cost the rest of the press."""
    feed = f'{{"items": [{{"url": "https://c.example/1", "date_published": "{when}"}}]}}'.encode()
    assert [a.published for a in parse(feed, "https://c.example/", "C")] == [None]
    assert combined_reader(
        page("A", PROSE * 4).replace(b"2026-02-26T09:00:00Z", when.encode()),
        "https://c.example/a",
    ).text


def test_one_address_in_one_document_is_one_article() -> None:
    feed = rss(
        item("A", "https://c.example/1?utm_source=x"),
        item("A again", "http://www.c.example/1/#top"),
    )
    assert [a.title for a in parse(feed, "https://c.example/", "C")] == ["A"]


def test_a_json_feed_is_a_feed() -> None:
    feed = b"""{"version": "https://jsonfeed.org/version/1.1", "items": [
      {"id": "1", "url": "https://c.example/1", "title": "A", "content_text": "B", "authors": [{"name": "Ada"}],
       "date_published": "2026-02-26T10:00:00+01:00"}, {"id": 2}, "x"]}"""
    first, second = parse(feed, "https://c.example/", "C")
    assert first.published == datetime(2026, 2, 26, 9, tzinfo=UTC)
    assert (first.summary, first.authors, second.url) == ("B", ("Ada",), "")


@given(st.binary(max_size=400))
def test_no_bytes_are_a_crash(body: bytes) -> None:
    for source in (body, b"{" + body, b"<rss version='2.0'><channel><item>" + body):
        try:
            parse(source, "https://c.example/", "C")
        except FeedUnreadable:
            pass


@given(st.text())
def test_plain_text_is_one_line_without_controls(text: str) -> None:
    found = plain_text(text)
    assert found == " ".join(found.split())
    assert not any(ord(c) < 32 for c in found)


@pytest.mark.parametrize(
    "other",
    ["http://www.a.example/x", "https://a.example/x/", "https://a.example/x?utm_medium=m&fbclid=1", "https://a.example:443/x#xtor=RSS-1"],
)  # fmt: skip
def test_addresses_of_one_article_share_a_key(other: str) -> None:
    assert key(other) == key("https://a.example/x")


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        (
            "https://a.example/x?utm_source=rss&id=1&utm_medium=m#p",
            "https://a.example/x?id=1#p",
        ),
        ("https://a.example/x?utm_source=rss", "https://a.example/x"),
        ("https://a.example/%7Ex?b=%20&a", "https://a.example/%7Ex?b=%20&a"),
        ("https://a.example/x#y?utm_source=z", "https://a.example/x#y?utm_source=z"),
    ],
)
def test_an_address_is_printed_without_trackers_and_otherwise_untouched(
    address: str, printed: str
) -> None:
    assert untracked(address) == printed


def test_addresses_of_two_articles_do_not() -> None:
    assert (
        len(
            {
                key(u)
                for u in (
                    "https://a.example/x?id=1",
                    "https://a.example/x?id=2",
                    "https://b.example/x",
                    "https://a.example/x#part-2",
                )
            }
        )
        == 4
    )


@given(st.text(max_size=60))
def test_a_link_is_a_web_address_or_nothing(raw: str) -> None:
    assert absolute_url(raw, "https://a.example/") == "" or absolute_url(
        raw, "https://a.example/"
    ).startswith(("http://", "https://"))


# Reading pages


@pytest.mark.parametrize("read", [combined_reader, newspaper_reader])
def test_each_reader_finds_the_article(read) -> None:
    found = read(
        page("A report", "</p><p>".join([PROSE * 2] * 4)), "https://c.example/a"
    )
    assert found.title == "A report"
    assert PROSE.strip() in found.text
    assert "Home" not in found.text


def test_the_combined_reader_finds_the_date_that_newspaper_misses() -> None:
    body = page("A report", PROSE * 4)
    assert combined_reader(body, "https://c.example/a").published == datetime(
        2026, 2, 26, 9, tzinfo=UTC
    )
    assert newspaper_reader(body, "https://c.example/a").published is None


def test_the_reader_in_the_settings_is_the_one_used(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    web.answers["/a"] = Answer(page("A", "</p><p>".join([PROSE * 2] * 4)))
    with App(load(tmp_path, {"DIGEST_EXTRACTOR": "newspaper3k"}), lambda: NOW) as app:
        app.collection.collect_and_fill()
        assert app.press.judged()[0].article.reader == "newspaper3k"


def test_newspaper_fetches_no_image(web: FakeWeb) -> None:
    images = f'<img src="{web.url}/1.png"><meta property="og:image" content="{web.url}/2.png">'
    newspaper_reader(page("A", PROSE * 4 + images), f"{web.url}/a")
    assert web.asked == []


def test_newspaper_is_the_second_opinion_on_a_short_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the first reader finds next to nothing, the longer text wins."""
    monkeypatch.setattr(
        "digest.collect.pages.extract.extract_body",
        lambda _tree, _url, _headlines: "Short.",
    )
    found = combined_reader(
        page("A", "</p><p>".join([PROSE * 2] * 4)), "https://c.example/a"
    )
    assert found.reader == "newspaper3k"
    assert len(found.text) > 250


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"\x00\x01", b"%PDF-1.4", b"<div>" * 50_000, b"{}" * 100]
)
def test_a_page_that_is_none_is_said_to_be_unread(body: bytes) -> None:
    try:
        assert len(combined_reader(body, "https://c.example/a").text) < 250
    except PageUnread as e:
        assert str(e)


def test_a_deep_json_ld_is_survived() -> None:
    deep = (
        b'<html><script type="application/ld+json">'
        + b"[" * 50_000
        + b"</script><p>x</p></html>"
    )
    assert combined_reader(deep, "https://c.example/a").title == ""


# One by hand


def test_an_article_is_added_by_hand(press: App, web: FakeWeb) -> None:
    web.answers["/a"] = Answer(page("A report", PROSE * 4))
    added = press.clips.add(f"{web.url}/a", section="following")
    assert (added.article.title, added.article.outlet) == ("A report", "The Courier")
    assert (added.judgement.section, str(added.judgement.reasons[0])) == (
        "following",
        "filed under following by hand",
    )


def test_an_unreadable_page_is_added_with_a_title(press: App, web: FakeWeb) -> None:
    from digest.errors import DigestError

    with pytest.raises(DigestError, match="give --title and --outlet"):
        press.clips.add(f"{web.url}/gone")
    added = press.clips.add(
        f"{web.url}/gone", title="Gone", section="in_the_news", outlet="Radio"
    )
    assert (added.article.title, added.article.outlet) == ("Gone", "Radio")


def test_the_fetcher_answers_every_request_once(web: FakeWeb) -> None:
    web.answers["/a"] = Answer(b"x")
    wanted = [Request(f"{web.url}/a?{n}") for n in range(100)]
    with HttpFetcher("test", Limits(spacing=0, allow_loopback=True)) as fetch:
        got = list(fetch(wanted))
    assert sorted(r.url for r, _ in got) == sorted(r.url for r in wanted)
    assert all(isinstance(a, Response) for _, a in got)


def test_a_connection_that_breaks_is_told(web: FakeWeb) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"short")
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    web.answers["/cut"] = cut
    with HttpFetcher("test", Limits(spacing=0, allow_loopback=True)) as fetch:
        ((_, answer),) = fetch([Request(f"{web.url}/cut")])
    assert isinstance(answer, FetchError)
    assert answer.reason == "connection"


class SlowToConnect(HttpFetcher):
    """The first request is sent when the second's turn has come; `sent` has when each was."""

    def _open_session(self) -> aiohttp.ClientSession:
        session, seen = super()._open_session(), aiohttp.TraceConfig()
        self.begun, self.sent = 0, list[float]()

        async def wait(*_: object) -> None:
            self.begun += 1
            await asyncio.sleep(self._limits.spacing + 0.02 if self.begun == 1 else 0)

        async def note(*_: object) -> None:
            self.sent.append(time.monotonic())

        seen.on_request_start.append(wait)
        seen.on_request_headers_sent.append(note)
        seen.freeze()
        session.trace_configs.append(seen)
        return session


def test_a_hosts_time_is_kept_although_a_request_is_late(web: FakeWeb) -> None:
    web.answers["/a"] = Answer(b"x")
    with SlowToConnect("test", Limits(spacing=0.4, allow_loopback=True)) as fetch:
        list(fetch([Request(f"{web.url}/a?{n}") for n in range(3)]))
    assert all(later - one >= 0.39 for one, later in pairwise(fetch.sent))

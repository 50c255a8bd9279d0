"""Odd answers: what a browser reads is read, though it is not proper HTTP."""

import gzip
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from digest.collect.http.fetch import HttpFetcher, Limits
from digest.errors import FetchError
from digest.ports import Request, Response
from tests.fakes.web import FakeWeb

FEED = b"<rss><channel></channel></rss>\n"


def saying(
    *lines: str, body: bytes = FEED
) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with these header lines, word for word."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        head = "\r\n".join(["HTTP/1.1 200 OK", *lines, "Connection: close"])
        handler.wfile.write(head.encode() + b"\r\n\r\n" + body)
        handler.close_connection = True

    return answer


def ask(web: FakeWeb, **limits: int) -> Response | FetchError:
    allowed = Limits(spacing=0, timeout=5, allow_loopback=True, **limits)
    with HttpFetcher("test", allowed) as fetch:
        ((_, answer),) = fetch([Request(f"{web.url}/odd?a=1")])
    return answer


@pytest.mark.parametrize(
    "lines",
    [
        [f"Content-Length: {len(FEED)}", f"Content-Length: {len(FEED)}"],
        ["X-Cache : hit", f"Content-Length: {len(FEED)}"],
        ["Content-Encoding: gzip", f"Content-Length: {len(FEED)}"],
        ["Content-Length: 9999"],
    ],
    ids=["length twice", "space in a name", "not packed", "too long"],
)
def test_what_a_browser_reads_is_read(web: FakeWeb, lines: list[str]) -> None:
    web.answers["/odd"] = saying(*lines)
    answer = ask(web)
    assert isinstance(answer, Response)
    assert answer.body == FEED
    assert {path for path, _ in web.asked} == {"/odd?a=1"}


def test_chunks_without_their_end_are_read(web: FakeWeb) -> None:
    chunk = f"{len(FEED):x}\r\n".encode() + FEED + b"\r\n"
    web.answers["/odd"] = saying("Transfer-Encoding: chunked", body=chunk)
    answer = ask(web)
    assert isinstance(answer, Response)
    assert answer.body == FEED


@pytest.mark.parametrize(
    "body",
    [FEED[:-9], gzip.compress(FEED)[:-12]],
    ids=["plain", "packed"],
)
def test_what_is_cut_off_is_not_taken_for_whole(
    web: FakeWeb, body: bytes
) -> None:
    web.answers["/odd"] = saying("Content-Length: 9999", body=body)
    answer = ask(web)
    assert isinstance(answer, FetchError)
    assert answer.reason == "connection"


def test_an_odd_answer_has_the_limit_of_any_other(web: FakeWeb) -> None:
    length = f"Content-Length: {len(FEED)}"
    web.answers["/odd"] = saying(length, length)
    assert isinstance(ask(web, max_bytes=10), FetchError)

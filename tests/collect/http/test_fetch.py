"""The fetcher on a real server on loopback: every request answered once, hosts spared."""

import asyncio
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

import aiohttp
import pytest

from digest.collect.http.fetch import HttpFetcher, Limits
from digest.errors import FetchError
from digest.ports import Request, Response
from tests.fakes.web import Answer, FakeWeb


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
        waiting = fetch(
            [Request(f"{web.url}/hang"), Request("http://127.0.0.1:9/")]
        )
        next(waiting)
    release.set()


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

    begun = 0

    def __init__(self, user_agent: str, limits: Limits) -> None:
        super().__init__(user_agent, limits)
        self.sent = list[float]()

    def _open_session(
        self, connector: aiohttp.BaseConnector
    ) -> aiohttp.ClientSession:
        session, seen = super()._open_session(connector), aiohttp.TraceConfig()

        async def wait(*_: object) -> None:
            self.begun += 1
            await asyncio.sleep(
                self._limits.spacing + 0.02 if self.begun == 1 else 0
            )

        async def note(*_: object) -> None:
            self.sent.append(time.monotonic())

        seen.on_request_start.append(wait)
        seen.on_request_headers_sent.append(note)
        seen.freeze()
        session.trace_configs.append(seen)
        return session


def test_a_hosts_time_is_kept_although_a_request_is_late(web: FakeWeb) -> None:
    web.answers["/a"] = Answer(b"x")
    with SlowToConnect(
        "test", Limits(spacing=0.4, allow_loopback=True)
    ) as fetch:
        list(fetch([Request(f"{web.url}/a?{n}") for n in range(3)]))
    assert all(later - one >= 0.39 for one, later in pairwise(fetch.sent))

"""Attacks on `digest serve`: nobody keeps others from unsubscribing, and nothing grows.

A real server on loopback; clients of different addresses are sockets bound to 127.0.0.2 and so on.
Nothing is asserted of how fast an answer comes: the machine may be busy. `PATIENCE` only ends a
test that would wait for ever, and is many times what an answer takes.
"""

import gzip
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import psutil
import pytest
from waitress import wasyncore

from digest.app import App
from digest.model import Subscriber
from digest.settings import load_workspace
from digest.web.bounded import BoundedServer, Limits, bounded_server, client_of
from digest.web.desk import body_limit as desk_limit
from digest.web.public import body_limit, create_public_app
from tests.conftest import EDITION, NOW, workspace
from tests.fakes.serving import Served, serve_process

pytestmark = pytest.mark.sqlite

PATIENCE = 60.0
ATTACKER, READER = "127.0.0.2", "127.0.0.3"
HALF_HEADERS = b"POST /subscribe HTTP/1.1\r\nHost: letter.example\r\nX-Slow: "
HALF_BODY = (
    b"POST /subscribe HTTP/1.1\r\nHost: letter.example\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000\r\n\r\naddress="
)
PAGE = b"GET /subscribe HTTP/1.1\r\nHost: letter.example\r\n\r\n"
LAST_PAGE = PAGE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`digest serve` as a process, with two hundred readers."""
    folder = workspace(tmp_path_factory.mktemp("serving"), "http://127.0.0.1:9")
    with App(load_workspace(folder, {}), lambda: NOW) as app:
        app.subscribers.add_people(
            Subscriber(f"r{n}@r.example", consent_at=NOW) for n in range(200)
        )
        app.editions.save_source(EDITION)
        with serve_process(app) as one:
            yield one


def connect(port: int, source: str, sent: bytes = b"") -> socket.socket:
    """Connect from an address, send something, and go on holding the connection."""
    one = socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0))
    if sent:
        one.sendall(sent)
    return one


def answer(one: socket.socket) -> bytes:
    """Return all that comes until the connection ends."""
    parts = []
    with suppress(ConnectionError):
        while part := one.recv(65536):
            parts.append(part)
    return b"".join(parts)


def ask(port: int, request: bytes, source: str = READER) -> bytes:
    with closing(connect(port, source, request)) as one:
        return answer(one)


def code_of(said: bytes) -> int:
    return int(said.split()[1])


def post(path: str, body: bytes, more: str = "") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: letter.example\r\nConnection: close\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def unsubscribe(served: Served, source: str = READER) -> int:
    """Unsubscribe the next reader; return the answer's code."""
    return code_of(
        ask(served.port, post(f"/u/{next(served.tokens)}", b""), source)
    )


@contextmanager
def held(
    port: int, number: int, sent: bytes, source: str = ATTACKER
) -> Iterator[list[socket.socket]]:
    """Hold so many connections that have sent something and go on no further."""
    with ExitStack() as stack:
        several = []
        for _ in range(number):
            with suppress(ConnectionError):  # it may be refused
                several.append(
                    stack.enter_context(closing(connect(port, source, sent)))
                )
        yield several


SLOW = {
    "idle": b"",
    "headers": HALF_HEADERS,
    "body": HALF_BODY,
    "answer never read": PAGE,
}


@pytest.mark.parametrize("number", [99, 400])
@pytest.mark.parametrize("kind", SLOW)
def test_slow_connections_of_one_client_keep_nobody_from_unsubscribing(
    served: Served, kind: str, number: int
) -> None:
    with held(served.port, number, SLOW[kind]):
        assert unsubscribe(served) == 200


def test_a_client_who_opens_connections_without_end_keeps_nobody_from_unsubscribing(
    served: Served,
) -> None:
    done = threading.Event()

    def open_and_open() -> None:
        several: list[socket.socket] = []
        while not done.is_set():
            with suppress(OSError):
                several.append(connect(served.port, ATTACKER, HALF_BODY))
            if len(several) > 200:
                several.pop(0).close()
        for one in several:
            one.close()

    attack = threading.Thread(target=open_and_open)
    attack.start()
    try:
        assert [unsubscribe(served) for _ in range(10)] == [200] * 10
    finally:
        done.set()
        attack.join()


@pytest.mark.parametrize(
    "way", ["announced", "in chunks", "after 100-continue"]
)
def test_three_hundred_megabytes_take_neither_memory_nor_disk(
    served: Served, way: str
) -> None:
    process = psutil.Process(served.pid)
    memory, written = (
        process.memory_info().rss,
        process.io_counters().write_chars,
    )
    head = "POST /subscribe HTTP/1.1\r\nHost: letter.example\r\n"
    block = b"x" * 1_000_000
    length = f"Content-Length: {300 * len(block)}\r\n"
    begin, piece = {
        "announced": (f"{head}{length}\r\n", block),
        "in chunks": (
            f"{head}Transfer-Encoding: chunked\r\n\r\n",
            b"%x\r\n%s\r\n" % (len(block), block),
        ),
        "after 100-continue": (
            f"{head}Expect: 100-continue\r\n{length}\r\n",
            block,
        ),
    }[way]
    with closing(connect(served.port, ATTACKER, begin.encode())) as one:
        with suppress(ConnectionError):
            for _ in range(300):
                one.sendall(piece)
        said = answer(one)
    assert (
        said == b""
        or code_of(said.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")) == 413
    )
    assert process.memory_info().rss - memory < 20_000_000
    assert process.io_counters().write_chars - written < 5_000_000


def test_chunks_that_frame_nothing_are_bounded_as_well(served: Served) -> None:
    """A chunk's size line without an end is no body, and would be kept all the same."""
    process = psutil.Process(served.pid)
    memory = process.memory_info().rss
    head = b"POST /subscribe HTTP/1.1\r\nHost: letter.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    with (
        closing(connect(served.port, ATTACKER, head)) as one,
        suppress(ConnectionError),
    ):
        for _ in range(100):
            one.sendall(b"1" * 1_000_000)
        assert code_of(answer(one)) == 413
    assert process.memory_info().rss - memory < 20_000_000


def test_a_packed_body_is_not_unpacked(served: Served) -> None:
    bomb = gzip.compress(b"address=" + b"x" * 3_000_000)
    more = "Content-Encoding: gzip\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    assert (
        code_of(ask(served.port, post("/subscribe", bomb[:3000], more))) == 400
    )


@pytest.mark.parametrize(
    "bomb",
    [
        b"X-Long: " + b"x" * 100_000,
        b"\r\n".join(b"X-%d: x" % n for n in range(10_000)),
    ],
    ids=["one long", "many"],
)
def test_a_bomb_of_headers_is_refused(served: Served, bomb: bytes) -> None:
    with closing(connect(served.port, ATTACKER)) as one:
        with suppress(ConnectionError):
            one.sendall(
                b"GET / HTTP/1.1\r\nHost: letter.example\r\n"
                + bomb
                + b"\r\n\r\n"
            )
        said = answer(one)
    assert said == b"" or code_of(said) == 431
    assert unsubscribe(served) == 200


TE, CL = b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n"
HOST = b"Host: letter.example\r\n"
AFTER = b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: letter.example\r\n\r\n"


POST = b"POST /subscribe HTTP/1.1\r\n" + HOST
APART = {
    "both lengths": (POST + CL + TE, 400),
    "two lengths": (POST + CL + b"Content-Length: 6\r\n", 400),
    "a signed length": (POST + b"Content-Length: +5\r\n", 400),
    "a coding behind chunked": (
        POST + b"Transfer-Encoding: chunked, identity\r\n",
        501,
    ),
    "a hidden coding": (POST + b"Transfer-Encoding: \x0bchunked\r\n", 400),
    "a space before the colon": (
        POST + b"Transfer-Encoding : chunked\r\n",
        400,
    ),
    "a line feed alone": (POST + b"A: b\nC: d\r\n", 400),
    "chunks in HTTP/1.0": (
        POST.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n" + TE,
        400,
    ),
    "no host": (b"GET /subscribe HTTP/1.1\r\n", 400),
    "two hosts": (b"GET /subscribe HTTP/1.1\r\n" + HOST + HOST, 400),
}


@pytest.mark.parametrize(("head", "code"), APART.values(), ids=APART)
def test_what_two_servers_may_read_apart_is_refused_and_ends_the_connection(
    served: Served, head: bytes, code: int
) -> None:
    said = ask(served.port, head + b"\r\n" + AFTER)
    assert code_of(said) == code
    assert (
        len(re.findall(rb"HTTP/1\.\d \d{3} ", said)) == 1
    )  # what was hidden behind it was not asked


def test_what_clients_may_do_goes_on_working(served: Served) -> None:
    assert code_of(ask(served.port, b"GET /subscribe HTTP/1.0\r\n\r\n")) == 200
    chunked = b"4\r\nname\r\n0\r\n\r\n"
    head = (
        b"POST /u/%s HTTP/1.1\r\nHost: letter.example\r\nConnection: close\r\n"
        + TE
        + b"\r\n"
    )
    assert (
        code_of(ask(served.port, head % next(served.tokens).encode() + chunked))
        == 200
    )


def test_a_client_who_says_no_more_but_listens_is_answered(
    served: Served,
) -> None:
    token = next(served.tokens)
    with closing(connect(served.port, READER)) as one:
        one.sendall(post(f"/u/{token}", b"List-Unsubscribe=One-Click"))
        one.shutdown(socket.SHUT_WR)
        assert code_of(answer(one)) == 200


def test_pipelined_requests_are_answered_up_to_a_limit(
    served: Served,
) -> None:
    assert ask(served.port, PAGE * 3 + LAST_PAGE).count(b"HTTP/1.1 200") == 4
    very_many = b"GET /feed.atom HTTP/1.1\r\nHost: a\r\n\r\n" * 2000
    assert ask(served.port, very_many).count(b"HTTP/1.1") < 2000
    assert unsubscribe(served) == 200


def test_the_provider_posts_what_it_posts_and_forms_are_small(
    served: Served,
) -> None:
    """SendGrid posts 768 KB at a time; what is not signed is refused when it was read."""
    assert (
        code_of(ask(served.port, post("/hooks/sendgrid", b"x" * 800_000)))
        == 403
    )
    assert code_of(ask(served.port, post("/subscribe", b"x" * 9_000))) == 413
    assert (body_limit("/u/token"), body_limit("/hooks/sendgrid/")) == (
        8000,
        8000,
    )


def test_who_sends_too_much_hears_so_when_all_was_sent(served: Served) -> None:
    """As a browser does, which shows a broken connection otherwise."""
    with closing(
        connect(served.port, READER, post("/subscribe", b"x" * 20_000_000))
    ) as one:
        assert code_of(answer(one)) == 413


def test_images_come_to_the_desk_and_logins_are_small() -> None:
    assert (
        desk_limit("/2026-02-27/picture")
        == desk_limit("/2026-02-27/lead")
        == 30_000_000
    )
    assert desk_limit("/2026-02-27/story") == 2_000_000
    assert (
        desk_limit("/login")
        == desk_limit("/join/token")
        == desk_limit("/oidc/back")
        == 16_000
    )


def test_who_serves_ends_when_told_to_though_clients_are_slow(
    served: Served, app: App
) -> None:
    with serve_process(app) as mine, held(mine.port, 50, HALF_BODY):
        mine.process.terminate()
        assert mine.process.wait(PATIENCE) == 0


# In this process, so that its limits can be small.


@contextmanager
def running(server: Any) -> Iterator[None]:
    """Run a server in a thread."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        (listening,) = (
            c for c in server.map.values() if isinstance(c, BoundedServer)
        )
        listening.trigger.pull_trigger(
            lambda: wasyncore.close_all(server.map, ignore_all=True)
        )
        thread.join()
        server.task_dispatcher.shutdown()


@contextmanager
def small_server(
    app: App, proxy: str = "127.0.0.9", **limits: float
) -> Iterator[int]:
    """Serve readers with limits of the test's own; yield the port."""
    given = Limits(**limits)  # type: ignore[arg-type]
    port = free_port()
    with running(
        bounded_server(
            create_public_app(app), "127.0.0.1", port, proxy, body_limit, given
        )
    ):
        yield port


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def ended(one: socket.socket) -> bool:
    """Wait until the server ends a connection."""
    with suppress(ConnectionError):
        while one.recv(65536):
            pass
    return True


def ended_while_it_sends(one: socket.socket, drop: bytes) -> bool:
    """Send a little again and again until the server ends the connection."""
    one.settimeout(0.05)
    with suppress(ConnectionError):
        while True:
            one.sendall(drop)
            with suppress(TimeoutError):
                if not one.recv(1):
                    break
    return True


@pytest.mark.parametrize("kind", ["idle", "headers", "body"])
def test_a_slow_connection_is_ended_after_a_time(app: App, kind: str) -> None:
    with (
        small_server(
            app, idle_seconds=0.2, header_seconds=0.2, body_seconds=0.2
        ) as port,
        closing(connect(port, ATTACKER, SLOW[kind])) as one,
    ):
        assert ended(one)


def test_a_connection_of_single_bytes_is_ended(
    app: App,
) -> None:
    with (
        small_server(app, idle_seconds=0.2, header_seconds=0.2) as port,
        closing(connect(port, ATTACKER, b"GET / HTTP/1.1\r\nX: ")) as one,
    ):
        assert ended_while_it_sends(one, b"x")


def test_blank_lines_keep_no_connection_open(app: App) -> None:
    with (
        small_server(app, idle_seconds=0.2, header_seconds=0.2) as port,
        closing(connect(port, ATTACKER)) as one,
    ):
        assert ended_while_it_sends(one, b"\r\n")


def test_an_answer_that_is_not_taken_is_given_up(app: App) -> None:
    """An answer of forty megabytes: more than fits in the buffers between us."""
    web = create_public_app(app)
    large = b"x" * 40_000_000
    web.add_url_rule("/large", view_func=lambda: large)
    limits = Limits(answer_seconds=0.2, bytes_per_second=100_000_000)
    port = free_port()
    with running(
        bounded_server(web, "127.0.0.1", port, "", body_limit, limits)
    ):
        request = PAGE.replace(b"/subscribe", b"/large")
        with closing(connect(port, ATTACKER, request)) as one:
            ours = one.getsockname()
            while not is_held(ours):
                time.sleep(0.01)
            while is_held(ours):
                time.sleep(0.05)
            assert len(answer(one)) < len(large)


def is_held(client: tuple[str, int]) -> bool:
    """Say whether this process holds its end of a client's connection."""
    return any(
        c.raddr == client for c in psutil.Process().net_connections() if c.raddr
    )


def test_a_full_client_frees_its_own_oldest_connection(
    app: App,
) -> None:
    with (
        small_server(app, connections_per_client=5) as port,
        held(port, 5, HALF_BODY) as several,
    ):
        assert code_of(ask(port, LAST_PAGE, ATTACKER)) == 200
        assert ended(several[0])


def test_the_client_that_holds_most_makes_room_for_everybody(app: App) -> None:
    with (
        small_server(app, connections=20, connections_per_client=12) as port,
        held(port, 8, HALF_HEADERS, "127.0.0.4") as few,
        held(port, 12, HALF_HEADERS, ATTACKER) as most,
    ):
        assert code_of(ask(port, LAST_PAGE)) == 200
        assert ended(most[0])
        few[0].sendall(b"\r\nConnection: close\r\n\r\n")
        assert (
            code_of(answer(few[0])) == 400
        )  # an empty form: it was kept and answered


def test_the_proxy_may_hold_any_number_of_connections(app: App) -> None:
    with (
        small_server(
            app, proxy=ATTACKER, connections_per_client=5, idle_seconds=0.1
        ) as port,
        held(port, 30, b"") as several,
    ):
        for one in several:
            one.sendall(LAST_PAGE)
        assert [code_of(answer(one)) for one in several] == [200] * 30


def test_large_bodies_of_one_client_are_few_at_a_time(app: App) -> None:
    begun = b"POST /hooks/sendgrid HTTP/1.1\r\nHost: a\r\nContent-Length: 700000\r\n\r\n["
    with (
        small_server(app, large_bodies_per_client=2) as port,
        held(port, 3, begun) as several,
    ):
        assert ended(several[2])
        assert (
            code_of(ask(port, post("/hooks/sendgrid", b"x" * 700_000))) == 403
        )


def test_ipv6_counts_by_the_network_that_one_site_has() -> None:
    assert client_of("2001:db8:1:2::1") == client_of("2001:db8:1:2:ffff::9")
    assert client_of("2001:db8:1:3::1") != client_of("2001:db8:1:2::1")
    assert (
        client_of("::ffff:192.0.2.1") == client_of("192.0.2.1") == "192.0.2.1"
    )
    assert client_of("192.0.2.2") != client_of("192.0.2.1")
    assert client_of("fe80::1%eth0") == "fe80::/64"

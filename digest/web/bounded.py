"""Bounded server: waitress, with limits on what one client may hold of it.

waitress reads requests without a thread for each and hands them to threads once they are whole, so
that slow clients cost it nothing but connections. But it lets anybody have all the connections
there are, for as long as they send a byte a minute, and spools whatever body comes. Here:

- a client (an address; of IPv6 its /64) that holds its share makes room for its own next
  connection, and the client that holds most for everybody else's;
- a request must come, and its answer be taken, within a time, as Apache's mod_reqtimeout asks;
- a body may be as large as its path takes, and is refused before it is read;
- what two servers might read as two different requests is refused (RFC 9112, 6.3 and 11.2).

The proxy whose word is believed may hold any number of connections: all clients come through it.
"""

import contextlib
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import RequestEntityTooLarge

THREADS = 16
FORWARDED = "x-forwarded-for x-forwarded-proto x-forwarded-host"
#: Connections taken in one turn of the server's loop.
ACCEPTED_AT_ONCE = 64
#: File handles beside those of connections: the database, the log, spooled bodies and answers.
OTHER_HANDLES = 200
#: Bytes that may frame a byte of a chunked body (RFC 9112, 7.1: "1", CRLF, the byte, CRLF).
FRAMING = 8
#: Bytes of a refused body that are taken before the connection ends.
MAX_DISCARDED = 64_000_000
REFUSED = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Connection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
)
#: The largest body, in bytes, that a path takes.
BodyLimit = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Limits:
    """What clients may hold of a server."""

    connections: int = 1000  #: of everybody together
    #: six of a browser, for a handful of people in one office
    connections_per_client: int = 32
    pipelined: int = 8  #: requests that may come before the first of them is answered
    header_bytes: int = 32_768  #: nginx takes as much (large_client_header_buffers)
    idle_seconds: float = 15.0  #: without a request, at the beginning and between two
    #: the same for the proxy, which keeps connections
    proxy_idle_seconds: float = 120.0
    #: The next three as mod_reqtimeout has them by default (httpd.apache.org), its rate times ten.
    #: beyond the idle time, until a request's headers are whole
    header_seconds: float = 20.0
    #: until a body is whole; and a second for so many bytes of it:
    body_seconds: float = 20.0
    bytes_per_second: int = 5_000
    #: until an answer was taken; and a second for so many bytes
    answer_seconds: float = 30.0
    large_body: int = 65_536  #: bytes; of larger ones so many may be coming at a time:
    large_bodies: int = 32
    large_bodies_per_client: int = 4


class Stage(Enum):
    """What a connection waits for."""

    IDLE = "a request"
    HEADERS = "the rest of a request's headers"
    BODY = "the rest of a body"
    WORK = "our answer"
    ANSWER = "the client to take its answer"


#: Whose connection may be ended to make room for another: those that wait for their client.
WAITING = frozenset({Stage.IDLE, Stage.HEADERS, Stage.BODY, Stage.ANSWER})


def client_of(address: str) -> str:
    """Return whom a connection counts for: its address; of IPv6 the /64 that one site has."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)


class BoundedParser(HTTPRequestParser):  # type: ignore[misc] # waitress carries no types
    """Reads a request; refuses what is too large for its path or may be read in two ways."""

    error: Any
    expect_continue: Any
    completed: Any
    discarded = 0  #: bytes of a refused body

    def received(self, data: bytes) -> int:
        """Take some bytes; return how many of them belong to this request."""
        if self.error is not None and not self.completed:
            return self._discard(data)
        consumed: int = super().received(data)
        if self.error is None and self.headers_finished and not self.empty:
            limit = self.adj.body_limit(self.path)
            if self.body_size() > limit or self.body_bytes_received > FRAMING * (
                limit + 1024
            ):
                self.error = RequestEntityTooLarge(
                    f"this address takes {limit} bytes at most"
                )
                self.completed = self.chunked or self.expect_continue
        if self.error is not None:
            # waitress would ask for the body that it has refused
            self.expect_continue = False
        return consumed

    def _discard(self, data: bytes) -> int:
        """Take a refused body and keep nothing of it, so that the client gets to our answer.

        One who is cut off while it sends sees a broken connection only (RFC 9112, 9.6).
        """
        self.body_bytes_received += len(data)
        self.discarded += len(data)
        self.completed = self.discarded >= min(self.content_length, MAX_DISCARDED)
        return len(data)

    def body_size(self) -> int:
        """Return the bytes of the body: as announced, else as many as have come."""
        if self.chunked:
            return len(self.body_rcv)
        return int(self.content_length)

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers. Raises ParsingError where a proxy before us might read them apart."""
        super().parse_header(header_plus)
        headers = self.headers
        if self.chunked and "CONTENT_LENGTH" in headers:
            raise ParsingError(
                "Content-Length and Transfer-Encoding exclude each other"
            )
        if self.version != "1.1":
            if "TRANSFER_ENCODING" in headers:
                raise ParsingError("Transfer-Encoding needs HTTP/1.1")
            return
        if "HOST" not in headers or "," in headers["HOST"]:
            raise ParsingError("one Host is needed")


class BoundedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows whom it counts for, what it waits for, and since when."""

    parser_class = BoundedParser

    def __init__(
        self,
        server: "BoundedServer",
        sock: socket.socket,
        addr: Any,
        adj: Any,
        **more: Any,
    ) -> None:
        self.client = client_of(addr[0])
        self.trusted = server.trusts(addr[0])
        self.stage = Stage.IDLE
        self.since = time.monotonic()
        self._answer_bytes = 0
        super().__init__(server, sock, addr, adj, **more)

    def received(self, data: bytes) -> bool:
        """Take some bytes; end the connection if it asks for too much at a time."""
        taken: bool = super().received(data)
        self.look()
        too_many = len(self.requests) > self.server.limits.pipelined
        if too_many or (
            self.has_large_body() and not self.server.may_send_large_body(self)
        ):
            self.end()
        return taken

    def service(self) -> None:
        """Answer a request, in a thread."""
        super().service()
        self.look()

    def look(self) -> None:
        """Note what the connection waits for now."""
        before = self.stage
        self.stage = self._stage()
        # blank lines between requests (RFC 9112, 2.2) must not begin the time anew
        if {before, self.stage} <= {Stage.IDLE, Stage.HEADERS} or before == self.stage:
            return
        self.since = time.monotonic()
        self._answer_bytes = self.total_outbufs_len

    def _stage(self) -> Stage:
        request = self.request
        if self.requests:
            return Stage.WORK
        if self.total_outbufs_len:
            return Stage.ANSWER
        if request is None:
            return Stage.IDLE
        if request.headers_finished:
            return Stage.BODY
        return Stage.HEADERS

    def has_large_body(self) -> bool:
        """Say whether a large body is coming."""
        request = self.request
        if self.stage != Stage.BODY or request is None or request.body_rcv is None:
            return False
        return bool(request.body_size() > self.server.limits.large_body)

    def is_overdue(self, now: float) -> bool:
        """Say whether the client took too long for what it was to do."""
        self.look()
        limits: Limits = self.server.limits
        if self.trusted:
            idle = limits.proxy_idle_seconds
        else:
            idle = limits.idle_seconds
        request = self.request
        if request:
            body_bytes = request.body_bytes_received
        else:
            body_bytes = 0
        allowed = {
            Stage.IDLE: idle,
            Stage.HEADERS: idle + limits.header_seconds,
            Stage.BODY: limits.body_seconds + body_bytes / limits.bytes_per_second,
            Stage.ANSWER: limits.answer_seconds
            + self._answer_bytes / limits.bytes_per_second,
        }
        return self.stage in allowed and now - self.since > allowed[self.stage]

    def end(self) -> None:
        """Close the connection at once; call it from the server's loop only.

        waitress waits until the client takes what is left, which a slow one never does.
        """
        self.will_close = True
        self.handle_close()


class BoundedServer(TcpWSGIServer):  # type: ignore[misc]
    """Takes connections, and ends those that stand in the way of others."""

    channel_class = BoundedChannel

    def __init__(self, *args: Any, limits: Limits, proxy: str, **kwargs: Any) -> None:
        self.limits = limits
        self._proxy = proxy
        super().__init__(*args, **kwargs)

    def trusts(self, address: str) -> bool:
        """Say whether an address is the proxy's."""
        return self._proxy in ("*", address)

    def handle_accept(self) -> None:
        """Take the connections that wait."""
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                accepted = self.accept()
            except OSError:
                return
            if accepted is None:
                return
            self._take(*accepted)

    def maintenance(self, now: float) -> None:  # noqa: ARG002 # by a clock that may be set back
        """End the connections whose clients took too long."""
        for channel in self._channels():
            if channel.is_overdue(time.monotonic()):
                channel.end()

    def may_send_large_body(self, channel: BoundedChannel) -> bool:
        """Say whether there is room for one more large body, which is counted already."""
        large = [c for c in self._channels() if c.has_large_body()]
        of_client = sum(c.client == channel.client for c in large)
        within_share = (
            channel.trusted or of_client <= self.limits.large_bodies_per_client
        )
        return within_share and len(large) <= self.limits.large_bodies

    def _channels(self) -> list[BoundedChannel]:
        """Return all connections, those of other addresses that we listen on among them."""
        return [c for c in list(self._map.values()) if isinstance(c, BoundedChannel)]

    def _take(self, sock: socket.socket, addr: Any) -> None:
        if not self._make_room(addr[0]):
            with contextlib.suppress(OSError):
                sock.send(REFUSED)
            sock.close()
            return
        with contextlib.suppress(OSError):  # it may be gone already
            self.set_socket_options(sock)
            self.channel_class(self, sock, addr, self.adj, map=self._map)

    def _make_room(self, address: str) -> bool:
        """Make room for one more connection; False if none can be made."""
        channels = self._channels()
        if not self.trusts(address):
            own = [c for c in channels if c.client == client_of(address)]
            if len(own) >= self.limits.connections_per_client:
                return _end_longest_waiting(own)
        if len(channels) < self.limits.connections:
            return True
        strangers = [c for c in channels if not c.trusted] or channels
        ((most, _),) = Counter(c.client for c in strangers).most_common(1)
        of_most = [c for c in strangers if c.client == most]
        return _end_longest_waiting(of_most) or _end_longest_waiting(channels)


def _end_longest_waiting(channels: Iterable[BoundedChannel]) -> bool:
    """End the connection that has waited longest for its client; False if none does."""
    for channel in channels:
        channel.look()
    waiting = [c for c in channels if c.stage in WAITING]
    if not waiting:
        return False
    min(waiting, key=lambda c: c.since).end()
    return True


def bounded_server(
    web: Any, host: str, port: int, proxy: str, body_limit: BodyLimit, limits: Limits
) -> Any:
    """Return a server that listens already; `run` serves until SystemExit, then ends in order.

    Of who asks, the word of `proxy` (an address, or * for whoever gets here) is believed; "" for
    nobody's.
    """
    logging.basicConfig()
    logging.getLogger("waitress.queue").setLevel(
        logging.ERROR
    )  # a short queue is no news
    settings = Adjustments(
        host=host,
        port=port,
        ident=None,
        # the proxy says who asks; nobody else is believed
        trusted_proxy=proxy,
        trusted_proxy_headers=FORWARDED if proxy else "",
        clear_untrusted_proxy_headers=True,
        max_request_header_size=limits.header_bytes,
        asyncore_use_poll=True,  # select takes no more than 1,024 handles (select(2))
        connection_limit=10
        ** 9,  # waitress would take no connection of anybody; ours makes room
        cleanup_interval=1,
        log_socket_errors=False,
    )
    settings.body_limit = body_limit
    _allow_handles(limits.connections + OTHER_HANDLES)
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(THREADS)
    shared: dict[int, Any] = {}
    servers = [
        BoundedServer(
            web,
            shared,
            dispatcher=dispatcher,
            adj=settings,
            sockinfo=sockinfo,
            limits=limits,
            proxy=proxy,
        )
        for sockinfo in settings.listen
    ]
    places = [(s.effective_host, s.effective_port) for s in servers]
    return MultiSocketServer(shared, settings, places, dispatcher, servers[0].log_info)


def _allow_handles(number: int) -> None:
    """Let this process have so many open files, as far as the system allows it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < number:
        if hard == resource.RLIM_INFINITY:
            wanted = number
        else:
            wanted = min(number, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

"""Bounded server: waitress, with limits on the connections, time and bytes of each client.

waitress reads requests without a thread for each and gives them to threads once they are complete,
so that slow clients cost it nothing but connections. But it lets one client have all the
connections there are, for as long as they send a byte a minute, and spools a body of any size.
Here:

- a client (an address; of IPv6 its /64) that has its share of connections loses one of them for
  its next; when no connection is free, the client that has most of them loses one;
- a request must be complete, and its answer be read, within a time, as with Apache's mod_reqtimeout;
- a body may be as large as its path allows, and is refused before it is read;
- what two servers might read as two different requests is refused (RFC 9112, 6.3 and 11.2).

The trusted proxy may have any number of connections: all clients come through it.
"""

import contextlib
import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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
#: Connections accepted in one turn of the server's loop.
ACCEPTED_PER_TURN = 64
#: File handles beside those of connections: the database, the log, spooled bodies and answers.
OTHER_HANDLES = 200
#: Bytes on the wire for a byte of a chunked body, at most (RFC 9112, 7.1: "1", CRLF, the byte,
#: CRLF), and bytes of chunked framing beside those.
WIRE_BYTES_PER_BYTE = 8
WIRE_BYTES_SPARE = 1024
#: Bytes of a refused body that are read and dropped before the connection ends.
MAX_DISCARDED_BYTES = 64_000_000
REFUSED = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Connection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
)
#: Returns the largest body, in bytes, that a path accepts.
BodyLimit = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on connections, bytes and seconds."""

    connections: int = 1000  #: of all clients together
    #: A browser opens six; some people of one office share an address.
    connections_per_client: int = 32
    #: requests that may come before the first of them is answered
    pipelined: int = 8
    header_bytes: int = 32_768  #: as nginx allows (large_client_header_buffers)
    #: without a request, at the beginning and between two
    idle_seconds: float = 15.0
    #: the same for the proxy, which keeps connections
    proxy_idle_seconds: float = 120.0
    #: Until a request's headers are complete, after the idle time. This and the next two as in
    #: mod_reqtimeout's defaults (httpd.apache.org), its rate times ten.
    header_seconds: float = 20.0
    #: Until a body is complete; one second more for every `bytes_per_second` of it.
    body_seconds: float = 20.0
    bytes_per_second: int = 5_000
    #: Until an answer is read; one second more for every `bytes_per_second` of it.
    answer_seconds: float = 30.0
    large_body: int = 65_536  #: bytes; larger ones are counted by the next two
    large_bodies: int = 32  #: that may be on their way at a time
    large_bodies_per_client: int = 4


class Stage(Enum):
    """The event that a connection waits for."""

    IDLE = "a request"
    HEADERS = "the rest of a request's headers"
    BODY = "the rest of a body"
    WORK = "our answer"
    ANSWER = "the client to take its answer"


#: Stages in which a connection waits for its client; it may be ended to make room for another.
WAITING_FOR_CLIENT = frozenset(
    {Stage.IDLE, Stage.HEADERS, Stage.BODY, Stage.ANSWER}
)


def client_of(address: str) -> str:
    """Return the client of an address: itself, or of IPv6 the /64 network that one site has."""
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
    """Reads a request; refuses what is too large for its path, or ambiguous."""

    error: Any
    expect_continue: Any
    completed: Any
    discarded_bytes = 0  #: of a refused body

    def received(self, data: bytes) -> int:
        """Read some bytes; return how many of them belong to this request."""
        if self.error is not None and not self.completed:
            return self._discard_body(data)
        consumed: int = super().received(data)
        if self.error is None and self.headers_finished and not self.empty:
            self._check_body_size()
        if self.error is not None:
            # else waitress would ask for the body that it has refused
            self.expect_continue = False
        return consumed

    def _check_body_size(self) -> None:
        """Set an error if the body is larger than its path allows."""
        limit = self.adj.body_limit(self.path)
        wire_limit = WIRE_BYTES_PER_BYTE * (limit + WIRE_BYTES_SPARE)
        if self.body_size() <= limit and self.body_bytes_received <= wire_limit:
            return
        self.error = RequestEntityTooLarge(
            f"this address takes {limit} bytes at most"
        )
        self.completed = self.chunked or self.expect_continue

    def _discard_body(self, data: bytes) -> int:
        """Read a refused body and drop it, so that the client gets to read our answer.

        A client that is cut off while it sends sees only a broken connection (RFC 9112, 9.6).
        """
        self.body_bytes_received += len(data)
        self.discarded_bytes += len(data)
        enough = min(self.content_length, MAX_DISCARDED_BYTES)
        self.completed = self.discarded_bytes >= enough
        return len(data)

    def body_size(self) -> int:
        """Return the bytes of the body: as announced, or if chunked, as many as have come."""
        if self.chunked:
            return len(self.body_rcv)
        return int(self.content_length)

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers. Raises ParsingError where a proxy might read them otherwise."""
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
    """A connection that knows its client, the stage it is in, and since when."""

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
        """Read some bytes; end the connection if it asks for too much at a time."""
        was_read: bool = super().received(data)
        self.update_stage()
        if self._asks_too_much():
            self.close_at_once()
        return was_read

    def service(self) -> None:
        """Answer a request, in a thread."""
        super().service()
        self.update_stage()

    def update_stage(self) -> None:
        """Record what the connection waits for now."""
        before = self.stage
        self.stage = self._find_stage()
        if self.stage == before:
            return
        if {before, self.stage} == {Stage.IDLE, Stage.HEADERS}:
            # blank lines between requests (RFC 9112, 2.2) must not restart the time
            return
        self.since = time.monotonic()
        self._answer_bytes = self.total_outbufs_len

    def _find_stage(self) -> Stage:
        if self.requests:
            return Stage.WORK
        if self.total_outbufs_len:
            return Stage.ANSWER
        if self.request is None:
            return Stage.IDLE
        if self.request.headers_finished:
            return Stage.BODY
        return Stage.HEADERS

    def _asks_too_much(self) -> bool:
        """Return True if a client sends more at a time than one may."""
        if len(self.requests) > self.server.limits.pipelined:
            return True
        if not self.has_large_body():
            return False
        return not self.server.may_send_large_body(self)

    def has_large_body(self) -> bool:
        """Return True if a large body is on its way."""
        request = self.request
        if (
            self.stage != Stage.BODY
            or request is None
            or request.body_rcv is None
        ):
            return False
        return bool(request.body_size() > self.server.limits.large_body)

    def is_overdue(self, now: float) -> bool:
        """Return True if the client was too slow."""
        self.update_stage()
        allowed = self._allowed_seconds()
        return allowed is not None and now - self.since > allowed

    def _allowed_seconds(self) -> float | None:
        """Return how long the connection may stay in its stage; None where we are to act."""
        limits: Limits = self.server.limits
        idle = limits.idle_seconds
        if self.trusted:
            idle = limits.proxy_idle_seconds
        match self.stage:
            case Stage.IDLE:
                return idle
            case Stage.HEADERS:
                return idle + limits.header_seconds
            case Stage.BODY:
                request = self.request
                body_bytes = request.body_bytes_received if request else 0
                return (
                    limits.body_seconds + body_bytes / limits.bytes_per_second
                )
            case Stage.ANSWER:
                seconds = self._answer_bytes / limits.bytes_per_second
                return limits.answer_seconds + seconds
        return None

    def close_at_once(self) -> None:
        """Close the connection at once; call it from the server's loop only.

        waitress would wait until the client reads the rest, which a slow one never does.
        """
        self.will_close = True
        self.handle_close()


class BoundedServer(TcpWSGIServer):  # type: ignore[misc]
    """Accepts connections, and ends those that block others."""

    channel_class = BoundedChannel

    def __init__(
        self, *args: Any, limits: Limits, proxy: str, **kwargs: Any
    ) -> None:
        self.limits = limits
        self._proxy = proxy
        super().__init__(*args, **kwargs)

    def trusts(self, address: str) -> bool:
        """Return True if an address is the proxy's."""
        return self._proxy in ("*", address)

    def handle_accept(self) -> None:
        """Accept the connections that wait."""
        for _ in range(ACCEPTED_PER_TURN):
            try:
                accepted = self.accept()
            except OSError:
                return
            if accepted is None:
                return
            self._open_channel(*accepted)

    def maintenance(self, now: float) -> None:  # noqa: ARG002 # by a clock that may be set back
        """End the connections whose clients took too long."""
        for channel in self._open_channels():
            if channel.is_overdue(time.monotonic()):
                channel.close_at_once()

    def may_send_large_body(self, channel: BoundedChannel) -> bool:
        """Return True if there is room for a large body; it counts among the present ones."""
        large = [
            other for other in self._open_channels() if other.has_large_body()
        ]
        if len(large) > self.limits.large_bodies:
            return False
        if channel.trusted:
            return True
        of_client = [other for other in large if other.client == channel.client]
        return len(of_client) <= self.limits.large_bodies_per_client

    def _open_channels(self) -> list[BoundedChannel]:
        """Return all connections, including those at other addresses that we listen on."""
        dispatchers = list(self._map.values())
        return [one for one in dispatchers if isinstance(one, BoundedChannel)]

    def _open_channel(self, sock: socket.socket, addr: Any) -> None:
        """Serve a new connection, or refuse it where there is no room."""
        if not self._make_room(addr[0]):
            with contextlib.suppress(OSError):
                sock.send(REFUSED)
            sock.close()
            return
        with contextlib.suppress(OSError):  # the client may be gone already
            self.set_socket_options(sock)
            self.channel_class(self, sock, addr, self.adj, map=self._map)

    def _make_room(self, address: str) -> bool:
        """Make room for one more connection; return False if there is none."""
        channels = self._open_channels()
        if not self.trusts(address):
            own = _channels_of_client(client_of(address), channels)
            if len(own) >= self.limits.connections_per_client:
                return _end_longest_waiting(own)
        if len(channels) < self.limits.connections:
            return True
        untrusted = [channel for channel in channels if not channel.trusted]
        largest = _channels_of_largest_client(untrusted or channels)
        return _end_longest_waiting(largest) or _end_longest_waiting(channels)


def _channels_of_client(
    client: str, channels: Iterable[BoundedChannel]
) -> list[BoundedChannel]:
    return [channel for channel in channels if channel.client == client]


def _channels_of_largest_client(
    channels: Sequence[BoundedChannel],
) -> list[BoundedChannel]:
    """Return the connections of the client that has most of them."""
    counts = Counter(channel.client for channel in channels)
    ((client, _),) = counts.most_common(1)
    return _channels_of_client(client, channels)


def _end_longest_waiting(channels: Iterable[BoundedChannel]) -> bool:
    """End the connection that has waited longest for its client; return False if none waits."""
    waiting = []
    for channel in channels:
        channel.update_stage()
        if channel.stage in WAITING_FOR_CLIENT:
            waiting.append(channel)
    if not waiting:
        return False
    longest = min(waiting, key=lambda channel: channel.since)
    longest.close_at_once()
    return True


def bounded_server(
    web: Any,
    host: str,
    port: int,
    proxy: str,
    body_limit: BodyLimit,
    limits: Limits,
) -> Any:
    """Return a server that listens already; `run` serves until SystemExit, then ends in order.

    Clients' addresses are taken from the headers of `proxy` (an address, or * for any, "" for none).
    """
    logging.basicConfig()
    # a short queue of requests is not worth a warning
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    settings = Adjustments(
        host=host,
        port=port,
        ident=None,
        # whatever others put into these headers is removed
        trusted_proxy=proxy,
        trusted_proxy_headers=FORWARDED if proxy else "",
        clear_untrusted_proxy_headers=True,
        max_request_header_size=limits.header_bytes,
        asyncore_use_poll=True,  # select allows 1,024 handles at most (select(2))
        # at its own limit waitress accepts no connection at all; we make room instead
        connection_limit=10**9,
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
    addresses = [
        (server.effective_host, server.effective_port) for server in servers
    ]
    return MultiSocketServer(
        shared, settings, addresses, dispatcher, servers[0].log_info
    )


def _allow_handles(number: int) -> None:
    """Raise this process's limit of open files to a number, as far as the system allows it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= number:
        return
    if hard != resource.RLIM_INFINITY:
        number = min(number, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))

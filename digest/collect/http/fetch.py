"""Gets many addresses at once over HTTP. With `robots` and `guard`, the only user of aiohttp.

aiohttp is the fastest of the widely kept clients here and lets us check each address as its
socket is made. The event loop runs in a thread of its own; outside there is a plain iterator.
Each host has a few lanes of its own, so that a slow one holds up nobody else.
"""

import asyncio
import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from queue import Empty, SimpleQueue
from types import SimpleNamespace
from urllib.parse import urlsplit

import aiohttp

from digest.collect.feeds.schedule import retry_after
from digest.collect.http.refusal import Refused, refusal
from digest.collect.http.robots import Robots
from digest.collect.http.ssrf import Forbidden, guarded_socket
from digest.errors import FetchError
from digest.ports import Request, Response

ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,"
    "application/feed+json,*/*;q=0.8"
)
MAX_REDIRECTS = 10
PIECE = 65_536
PERMANENT = frozenset({301, 308})

Answer = tuple[Request, Response | FetchError]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may take. Times in seconds, sizes in bytes after unpacking."""

    at_once: int = 32
    per_host: int = 2
    spacing: float = 1  #: between the starts of two requests to one host
    timeout: float = 30  #: for one request in all
    phase: float = 10  #: to connect, and between two pieces of an answer
    max_bytes: int = 10_000_000
    allow_loopback: bool = False


@dataclass(slots=True)
class _Host:
    """When one host may be asked next, and how often at a time."""

    gate: asyncio.Semaphore
    #: of who begins a request next
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0  #: of the event loop's clock
    #: seconds it asked us to stay away; nothing more is asked in this run
    told_off: float = 0


@dataclass(slots=True)
class _Turn:
    """One request's turn at a host; the next one's begins when this was sent, or failed."""

    host: _Host
    over: asyncio.Event = field(default_factory=asyncio.Event)


class _Hosts(dict[str, _Host]):
    """Hosts by name and port, as they are first asked."""

    def __init__(self, per_host: int) -> None:
        super().__init__()
        self._per_host = per_host

    def __missing__(self, name: str) -> _Host:
        self[name] = _Host(asyncio.Semaphore(self._per_host))
        return self[name]


class HttpFetcher:
    """A Fetcher. Use it in a `with`; leaving it stops what is still running."""

    def __init__(self, user_agent: str, limits: Limits) -> None:
        self._user_agent = user_agent
        self._limits = limits
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        # several may call at a time: a host is asked no oftener for that
        self._hosts = _Hosts(limits.per_host)

    def __enter__(self) -> "HttpFetcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __call__(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """Yield each request with its answer, as answers come in."""
        wanted = list(requests)
        answers = SimpleQueue[Answer]()
        room = asyncio.Semaphore(
            self._limits.at_once * 2
        )  # bodies that may wait to be read
        running = asyncio.run_coroutine_threadsafe(
            self._all(wanted, answers, room), self._loop
        )
        left = len(wanted)
        while left:
            come = _drain(answers)
            left -= len(come)
            self._loop.call_soon_threadsafe(_release, room, len(come))
            yield from come
        running.result()

    async def _all(
        self,
        requests: list[Request],
        answers: SimpleQueue[Answer],
        room: asyncio.Semaphore,
    ) -> None:
        limits = self._limits
        waiting = defaultdict[str, deque[Request]](deque)
        for request in requests:
            waiting[authority(request.url)].append(request)
        gate = asyncio.Semaphore(limits.at_once)
        async with self._session() as session:
            robots = Robots(
                self._user_agent, lambda url: self._try(session, Request(url))
            )

            async def ask(
                host: _Host, request: Request
            ) -> "asyncio.Task[Response | FetchError]":
                async with host.turn:
                    await self._wait(host)
                    await room.acquire()
                    await gate.acquire()
                    turn = _Turn(host)
                    asking = self._loop.create_task(
                        self._safely(session, robots, turn, request)
                    )
                    asking.add_done_callback(partial(_end, turn, gate))
                    if (
                        limits.spacing
                    ):  # else nobody waits for another's slow connection
                        await turn.over.wait()
                        host.free_at = self._loop.time() + limits.spacing
                return asking

            async def lane(host: _Host, mine: deque[Request]) -> None:
                while mine:
                    request = mine.popleft()
                    async with host.gate:
                        answer = await (await ask(host, request))
                    answers.put((request, answer))

            lanes = (
                lane(self._hosts[name], mine)
                for name, mine in waiting.items()
                for _ in range(min(limits.per_host, len(mine)))
            )
            await asyncio.gather(*lanes)

    def _session(self) -> aiohttp.ClientSession:
        limits = self._limits
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(self._sent)
        return aiohttp.ClientSession(
            trace_configs=[trace],
            connector=aiohttp.TCPConnector(
                limit=limits.at_once,
                socket_factory=guarded_socket(allow_loopback=limits.allow_loopback),
            ),
            headers={"User-Agent": self._user_agent, "Accept": ACCEPT},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                limits.timeout, sock_connect=limits.phase, sock_read=limits.phase
            ),
        )

    async def _sent(
        self, _session: object, context: SimpleNamespace, _what: object
    ) -> None:
        """End a request's turn now that it is sent, which may be long after it was begun."""
        if turn := context.trace_request_ctx:
            # again for each redirect
            turn.host.free_at = self._loop.time() + self._limits.spacing
            turn.over.set()

    async def _wait(self, host: _Host) -> None:
        """Wait until the host may be asked again."""
        while (pause := host.free_at - self._loop.time()) > 0 and not host.told_off:
            await asyncio.sleep(pause)

    async def _safely(
        self,
        session: aiohttp.ClientSession,
        robots: Robots,
        turn: _Turn,
        request: Request,
    ) -> Response | FetchError:
        """Answer in any case: whoever waits for all answers would wait for ever for this one."""
        try:
            return await self._answer(session, robots, turn, request)
        except Exception as e:
            return FetchError(
                f"it cannot be asked ({_first_line(str(e))})", "bad address"
            )

    async def _answer(
        self,
        session: aiohttp.ClientSession,
        robots: Robots,
        turn: _Turn,
        request: Request,
    ) -> Response | FetchError:
        host = turn.host
        if host.told_off:
            return FetchError(
                "the host has asked for a pause", "http 429", host.told_off
            )
        if request.page and (
            forbidden := await robots.reason_for_forbidding(request.url)
        ):
            return forbidden
        answer = await self._try(session, request, turn)
        if isinstance(answer, FetchError) and answer.reason == "http 429":
            host.told_off = answer.wait or 1
        return answer

    async def _try(
        self,
        session: aiohttp.ClientSession,
        request: Request,
        turn: _Turn | None = None,
    ) -> Response | FetchError:
        try:
            return await self._get(session, request, turn)
        except FetchError as e:
            return e
        except (aiohttp.ClientError, OSError, ValueError, LookupError, EOFError) as e:
            return _explain(e, self._limits)

    async def _get(
        self, session: aiohttp.ClientSession, request: Request, turn: _Turn | None
    ) -> Response:
        conditions = {
            "If-None-Match": request.etag,
            "If-Modified-Since": request.modified,
        }
        headers = {name: value for name, value in conditions.items() if value}
        async with session.get(
            request.url,
            headers=headers,
            max_redirects=MAX_REDIRECTS,
            trace_request_ctx=turn,
        ) as answer:
            names = {name.lower(): value for name, value in answer.headers.items()}
            if answer.status not in (200, 304):
                raise await self._refusal(answer, names)
            if answer.status == 304:
                body = b""
            else:
                body = await self._body(answer)
            hops = {hop.status for hop in answer.history}
            return Response(
                str(answer.url),
                answer.status,
                body,
                names,
                bool(hops) and hops <= PERMANENT,
            )

    async def _refusal(
        self, answer: aiohttp.ClientResponse, names: dict[str, str]
    ) -> FetchError:
        wait = retry_after(names, datetime.now(UTC)).total_seconds()
        try:
            start = await answer.content.read(PIECE)
        except (aiohttp.ClientError, OSError):
            start = b""
        return refusal(Refused(answer.status, answer.reason or "", names, start), wait)

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for piece in answer.content.iter_chunked(PIECE):
            body += piece
            if len(body) > self._limits.max_bytes:
                limit = f"{self._limits.max_bytes / 1e6:g} MB"
                raise FetchError(f"more than {limit} unpacked; not read", "too large")
        return bytes(body)


def authority(url: str) -> str:
    """Return the host and port that an address asks; what is no address stands for itself."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url


def _drain(answers: SimpleQueue[Answer]) -> list[Answer]:
    """Return what has come in, at least one."""
    come = [answers.get()]
    try:
        while True:
            come.append(answers.get_nowait())
    except Empty:
        return come


def _end(turn: _Turn, gate: asyncio.Semaphore, _asked: object) -> None:
    turn.over.set()
    gate.release()


def _release(room: asyncio.Semaphore, places: int) -> None:
    for _ in range(places):
        room.release()


async def _cancel_all() -> None:
    others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _explain(error: Exception, limits: Limits) -> FetchError:
    """Turn what aiohttp raises into one sentence and one word."""
    inner = getattr(error, "os_error", None) or error
    for kinds, text, reason in (
        (
            aiohttp.ConnectionTimeoutError,
            f"no connection within {limits.phase:g} s",
            "timeout",
        ),
        (aiohttp.SocketTimeoutError, f"nothing came for {limits.phase:g} s", "timeout"),
        (TimeoutError, f"no complete answer within {limits.timeout:g} s", "timeout"),
        (Forbidden, str(inner), "forbidden address"),
        (aiohttp.TooManyRedirects, f"more than {MAX_REDIRECTS} redirects", "redirects"),
        (aiohttp.ClientConnectorDNSError, *_dns(inner)),
        (
            aiohttp.ClientConnectorCertificateError,
            *_tls(error, "its certificate is not to be trusted"),
        ),
        (aiohttp.ClientSSLError, *_tls(inner, "no safe connection (TLS)")),
        (aiohttp.ClientPayloadError, _unfinished(error), "connection"),
        (ConnectionRefusedError, "the server refuses connections", "refused"),
        (
            (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError),
            "that is, or leads to, no web address",
            "bad address",
        ),
    ):
        if isinstance(inner, kinds) or isinstance(error, kinds):
            return FetchError(text, reason)
    if isinstance(error, aiohttp.ClientResponseError):
        return FetchError(
            f"the answer is not proper HTTP ({_first_line(error.message)})",
            "connection",
        )
    return FetchError(f"the connection broke ({_first_line(str(error))})", "connection")


def _first_line(text: str) -> str:
    """Return the part of an error that a person can read: its first line, at most so long."""
    line = " ".join(text.partition("\n\n")[0].partition(": byte")[0].split())
    return line[:120].rstrip(":") or "no more is known"


def _unfinished(error: Exception) -> str:
    packed = "content-encoding" in str(error).lower()
    if packed:
        return "the answer cannot be unpacked"
    return "the answer broke off before its end"


def _tls(error: BaseException, what: str) -> tuple[str, str]:
    known = re.search(r"(?:failed: |\] )([\w -]+?)(?: \(_ssl|$)", str(error))
    return f"{what}: {known[1] if known else _first_line(str(error))}", "tls"


def _dns(error: BaseException) -> tuple[str, str]:
    import socket

    if getattr(error, "errno", None) == socket.EAI_AGAIN:
        return "the host name could not be looked up just now", "dns"
    return "the host name is unknown", "unknown host"

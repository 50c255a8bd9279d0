"""HTTP client: fetches many addresses at once. Only this folder uses aiohttp.

aiohttp is the fastest of the widely kept clients here and lets us check each address as its
socket is made. The event loop runs in a thread of its own; outside there is a plain iterator.
Each host has a few lanes of its own, so that a slow host does not delay the others.
"""

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from queue import Empty, SimpleQueue
from types import SimpleNamespace
from urllib.parse import urlsplit

import aiohttp

from digest.collect.feeds.schedule import retry_after
from digest.collect.http.connection_errors import explain_error, first_line
from digest.collect.http.odd_answers import ends_whole, get_odd_answer
from digest.collect.http.packed import unpack_body
from digest.collect.http.refresh import find_refresh
from digest.collect.http.refusal import RefusedAnswer, explain_refusal
from digest.collect.http.robots import Robots
from digest.collect.http.ssrf import guarded_socket
from digest.errors import FetchError
from digest.ports import Request, Response

#: Some addresses give a feed or a page, by what is asked for first.
ACCEPT_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_FEED = (
    "application/rss+xml,application/atom+xml,application/feed+json,"
    "application/xml;q=0.9,text/xml;q=0.9,text/html;q=0.7,*/*;q=0.5"
)
#: Bytes of a header, and headers of an answer, as browsers take them: aiohttp's own limits are
#: 8,190 and 128, and security policies of outlets are longer.
MAX_HEADER_BYTES = 131_072
MAX_HEADERS = 1_000
#: 203: a proxy between us and the outlet changed something (RFC 9110, 15.3.4); it is still the page.
#: What aiohttp calls the status of an answer whose head it cannot read.
HTTP_UNREAD = 400
GOOD_STATUSES = frozenset({200, 203})
MAX_REDIRECTS = 10
CHUNK_BYTES = 65_536
PERMANENT_REDIRECTS = frozenset({301, 308})

Answer = tuple[Request, Response | FetchError]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one fetch. Times in seconds, sizes in bytes after unpacking."""

    at_once: int = 32
    per_host: int = 2
    spacing: float = 1  #: between the starts of two requests to one host
    timeout: float = 30  #: for one request in all
    phase: float = 10  #: to connect, and between two pieces of an answer
    max_bytes: int = 10_000_000
    allow_loopback: bool = False


@dataclass(slots=True)
class _Host:
    """Pace of one host: the time of its next request, and its requests at a time."""

    gate: asyncio.Semaphore
    #: held by the lane that begins a request next
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: by the event loop's clock
    free_at: float = 0
    #: seconds that it asked us to stay away; then nothing more is asked in this run
    pause_seconds: float = 0


@dataclass(slots=True)
class _Turn:
    """One request's turn at a host; the next one's begins when this was sent, or failed."""

    host: _Host
    ended: asyncio.Event = field(default_factory=asyncio.Event)


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
        self._thread = threading.Thread(
            target=self._loop.run_forever, daemon=True
        )
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
        all_requests = list(requests)
        answers = SimpleQueue[Answer]()
        # bodies that may wait to be read
        room = asyncio.Semaphore(self._limits.at_once * 2)
        running = asyncio.run_coroutine_threadsafe(
            self._fetch_all(all_requests, answers, room), self._loop
        )
        outstanding = len(all_requests)
        while outstanding:
            arrived = _drain_queue(answers)
            outstanding -= len(arrived)
            self._loop.call_soon_threadsafe(_release_places, room, len(arrived))
            yield from arrived
        running.result()

    async def _fetch_all(
        self,
        requests: list[Request],
        answers: SimpleQueue[Answer],
        room: asyncio.Semaphore,
    ) -> None:
        async with self._open_connector() as connector:
            batch = _Batch(
                partial(self._open_session, connector),
                self._user_agent,
                self._limits,
                self._hosts,
                answers,
                room,
            )
            await batch.fetch_all(requests)

    def _open_connector(self) -> aiohttp.TCPConnector:
        limits = self._limits
        return aiohttp.TCPConnector(
            limit=limits.at_once,
            socket_factory=guarded_socket(allow_loopback=limits.allow_loopback),
        )

    def _open_session(
        self, connector: aiohttp.BaseConnector
    ) -> aiohttp.ClientSession:
        """Return a session for one request: its redirects may set cookies, which nothing else gets.

        A meter of free articles, for one, must not count all that we read.
        """
        limits = self._limits
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(
            partial(_end_turn_of_sent, limits.spacing)
        )
        return aiohttp.ClientSession(
            trace_configs=[trace],
            connector=connector,
            connector_owner=False,
            headers={"User-Agent": self._user_agent},
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
            timeout=aiohttp.ClientTimeout(
                limits.timeout,
                sock_connect=limits.phase,
                sock_read=limits.phase,
            ),
        )


class _Batch:
    """The requests of one call. It lives in the event loop."""

    def __init__(
        self,
        open_session: Callable[[], aiohttp.ClientSession],
        user_agent: str,
        limits: Limits,
        hosts: _Hosts,
        answers: SimpleQueue[Answer],
        room: asyncio.Semaphore,
    ) -> None:
        self._open_session = open_session
        self._user_agent = user_agent
        self._limits = limits
        self._hosts = hosts
        self._answers = answers
        self._room = room
        self._gate = asyncio.Semaphore(limits.at_once)
        self._robots = Robots(user_agent, self._get_robots_txt)
        self._loop = asyncio.get_running_loop()

    async def fetch_all(self, requests: list[Request]) -> None:
        """Put each request with its answer into the queue; return when all are there."""
        waiting = defaultdict[str, deque[Request]](deque)
        for request in requests:
            waiting[host_and_port(request.url)].append(request)
        lanes: list[Coroutine[None, None, None]] = []
        for name, queue in waiting.items():
            host = self._hosts[name]
            lane_count = min(self._limits.per_host, len(queue))
            lanes.extend(self._run_lane(host, queue) for _ in range(lane_count))
        await asyncio.gather(*lanes)

    async def _run_lane(self, host: _Host, queue: deque[Request]) -> None:
        """Make a host's requests one after another; its lanes share the queue."""
        while queue:
            request = queue.popleft()
            async with host.gate:
                task = await self._start_request(host, request)
                answer = await task
            self._answers.put((request, answer))

    async def _start_request(
        self, host: _Host, request: Request
    ) -> "asyncio.Task[Response | FetchError]":
        """Start a request when the host is free; return once it was sent, or failed."""
        async with host.turn:
            await self._wait_for(host)
            await self._room.acquire()
            await self._gate.acquire()
            turn = _Turn(host)
            task = self._loop.create_task(self._answer_safely(turn, request))
            task.add_done_callback(partial(_end_turn, turn, self._gate))
            if self._limits.spacing:  # without it no request waits for another
                await turn.ended.wait()
                host.free_at = self._loop.time() + self._limits.spacing
        return task

    async def _wait_for(self, host: _Host) -> None:
        """Wait until the host may be asked again."""
        while not host.pause_seconds:
            wait = host.free_at - self._loop.time()
            if wait <= 0:
                return
            await asyncio.sleep(wait)

    async def _answer_safely(
        self, turn: _Turn, request: Request
    ) -> Response | FetchError:
        """Return an answer in any case: without one, the caller would wait for ever."""
        try:
            return await self._answer_politely(turn, request)
        except Exception as error:
            line = first_line(str(error))
            return FetchError(f"it cannot be asked ({line})", "bad address")

    async def _answer_politely(
        self, turn: _Turn, request: Request
    ) -> Response | FetchError:
        host = turn.host
        if host.pause_seconds:
            return FetchError(
                "the host has asked for a pause", "http 429", host.pause_seconds
            )
        if request.asks_robots:
            forbidden = await self._robots.reason_for_forbidding(request.url)
            if forbidden:
                return forbidden
        answer = await self._try_get(request, turn)
        if isinstance(answer, FetchError) and answer.reason == "http 429":
            host.pause_seconds = answer.wait or 1
        if not request.page:
            return answer
        return await self._follow_refresh(answer)

    async def _follow_refresh(
        self, answer: Response | FetchError
    ) -> Response | FetchError:
        """Return the page that an answer sends its reader on to, if it does, else the answer."""
        if isinstance(answer, FetchError):
            return answer
        address = find_refresh(answer)
        if not address:
            return answer
        forbidden = await self._robots.reason_for_forbidding(address)
        if forbidden:
            return forbidden
        return await self._try_get(Request(address, page=True))

    async def _get_robots_txt(self, url: str) -> Response | FetchError:
        return await self._try_get(Request(url))

    async def _try_get(
        self, request: Request, turn: _Turn | None = None
    ) -> Response | FetchError:
        try:
            return await self._get_response(request, turn)
        except FetchError as error:
            return error
        except (
            aiohttp.ClientError,
            OSError,
            ValueError,
            LookupError,
            EOFError,
        ) as error:
            odd = await self._get_odd_response(request, error)
            return odd or self._explain(error)

    def _explain(self, error: Exception) -> FetchError:
        return explain_error(
            error,
            connect_seconds=self._limits.phase,
            total_seconds=self._limits.timeout,
            redirects=MAX_REDIRECTS,
        )

    async def _get_odd_response(
        self, request: Request, error: Exception
    ) -> Response | None:
        """Return an answer that aiohttp refused, as http.client reads it; None if it cannot either."""
        url = _address_of_odd_answer(request, error)
        if not url:
            return None
        limits = self._limits
        ask = partial(
            get_odd_answer,
            url,
            {"User-Agent": self._user_agent, **_headers_of(request)},
            timeout=limits.phase,
            max_bytes=limits.max_bytes,
            allow_loopback=limits.allow_loopback,
        )
        try:
            odd = await asyncio.wait_for(
                self._loop.run_in_executor(None, ask), limits.timeout
            )
            body = unpack_body(odd.body, limits.max_bytes)
        except (OSError, HTTPException, ValueError, FetchError):
            return None
        if odd.status not in GOOD_STATUSES:
            return None
        is_damaged = isinstance(error, aiohttp.ClientPayloadError)
        if is_damaged and not ends_whole(body):
            return None
        return Response(url, 200, body, dict(odd.headers))

    async def _get_response(
        self, request: Request, turn: _Turn | None
    ) -> Response:
        async with (
            self._open_session() as session,
            session.get(
                request.url,
                headers=_headers_of(request),
                max_redirects=MAX_REDIRECTS,
                trace_request_ctx=turn,
            ) as answer,
        ):
            headers = {
                name.lower(): value for name, value in answer.headers.items()
            }
            links = answer.headers.getall("Link", [])
            if len(links) > 1:
                headers["link"] = ", ".join(links)
            if answer.status not in {*GOOD_STATUSES, 304}:
                raise await _read_refusal(answer, headers)
            body = b""
            status = answer.status
            if status in GOOD_STATUSES:
                status = 200
                if not _leads_elsewhere(request, answer):
                    body = await self._read_body(answer)
            return Response(
                url=str(answer.url),
                status=status,
                body=body,
                headers=headers,
                moved=_moved_permanently(answer),
            )

    async def _read_body(self, answer: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
            body += chunk
            if len(body) > self._limits.max_bytes:
                limit = f"{self._limits.max_bytes / 1e6:g} MB"
                raise FetchError(
                    f"more than {limit} unpacked; not read", "too large"
                )
        return unpack_body(bytes(body), self._limits.max_bytes)


def _address_of_odd_answer(request: Request, error: Exception) -> str:
    """Return the address to ask again in another way, if its answer was read wrongly; "" if not."""
    if isinstance(error, aiohttp.ClientPayloadError):
        return request.url
    if not isinstance(error, aiohttp.ClientResponseError):
        return ""
    if error.status != HTTP_UNREAD:
        return ""
    return str(error.request_info.real_url)


def host_and_port(url: str) -> str:
    """Return the host and port of an address; the text itself if it is no address."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url


async def _end_turn_of_sent(
    spacing: float,
    _session: object,
    context: SimpleNamespace,
    _parameters: object,
) -> None:
    """End a request's turn now that it is sent, which may be long after it was begun."""
    turn = context.trace_request_ctx
    if turn:
        # again for each redirect
        turn.host.free_at = asyncio.get_running_loop().time() + spacing
        turn.ended.set()


def _headers_of(request: Request) -> dict[str, str]:
    """Return what is asked for, and what makes a request conditional (RFC 9110, 13.1)."""
    headers = {"Accept": ACCEPT_PAGE if request.page else ACCEPT_FEED}
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.modified:
        headers["If-Modified-Since"] = request.modified
    return headers


def _leads_elsewhere(request: Request, answer: aiohttp.ClientResponse) -> bool:
    """Return whether a mailed link has led to another host: then its address is all that is asked."""
    return request.mailed and answer.url.host != urlsplit(request.url).hostname


def _moved_permanently(answer: aiohttp.ClientResponse) -> bool:
    redirects = {redirect.status for redirect in answer.history}
    return bool(redirects) and redirects <= PERMANENT_REDIRECTS


async def _read_refusal(
    answer: aiohttp.ClientResponse, headers: dict[str, str]
) -> FetchError:
    wait = retry_after(headers, datetime.now(UTC)).total_seconds()
    try:
        start = await answer.content.read(CHUNK_BYTES)
    except (aiohttp.ClientError, OSError):
        start = b""
    refused = RefusedAnswer(answer.status, answer.reason or "", headers, start)
    error = explain_refusal(refused, wait)
    error.url = str(answer.url)
    return error


def _drain_queue(answers: SimpleQueue[Answer]) -> list[Answer]:
    """Return what has come in, at least one."""
    arrived = [answers.get()]
    try:
        while True:
            arrived.append(answers.get_nowait())
    except Empty:
        return arrived


def _end_turn(turn: _Turn, gate: asyncio.Semaphore, _task: object) -> None:
    turn.ended.set()
    gate.release()


def _release_places(room: asyncio.Semaphore, count: int) -> None:
    for _ in range(count):
        room.release()


async def _cancel_all() -> None:
    current = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not current]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

"""Gets many addresses at once over HTTP. The only user of aiohttp.

aiohttp is the fastest of the widely kept clients here and lets us check each address as its
socket is made. The event loop runs in a thread of its own; outside there is a plain iterator.
"""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue

import aiohttp

from digest.collect.guard import Forbidden, guarded_socket
from digest.errors import FetchError
from digest.ports import Request, Response

ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,*/*;q=0.8"
MAX_REDIRECTS = 10
PIECE = 65_536

Answer = tuple[Request, Response | FetchError]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may take. Times in seconds, sizes in bytes after unpacking."""

    at_once: int = 32
    per_host: int = 2
    timeout: float = 30
    max_bytes: int = 10_000_000
    allow_loopback: bool = False


class HttpFetcher:
    """A Fetcher. Use it in a `with`; leaving it stops what is still running."""

    def __init__(self, user_agent: str, limits: Limits) -> None:
        self._user_agent, self._limits = user_agent, limits
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

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
        wanted, answers = list(requests), SimpleQueue[Answer]()
        running = asyncio.run_coroutine_threadsafe(self._all(wanted, answers), self._loop)
        for _ in wanted:
            yield answers.get()
        running.result()

    async def _all(self, requests: list[Request], answers: SimpleQueue[Answer]) -> None:
        limits, gate = self._limits, asyncio.Semaphore(self._limits.at_once)
        connector = aiohttp.TCPConnector(
            limit=limits.at_once,
            limit_per_host=limits.per_host,
            socket_factory=guarded_socket(limits.allow_loopback),
        )
        headers = {"User-Agent": self._user_agent, "Accept": ACCEPT}
        async with aiohttp.ClientSession(
            connector=connector, headers=headers, cookie_jar=aiohttp.DummyCookieJar()
        ) as session:

            async def one(request: Request) -> None:
                async with gate:
                    answers.put((request, await self._try(session, request)))

            await asyncio.gather(*(one(r) for r in requests))

    async def _try(self, session: aiohttp.ClientSession, request: Request) -> Response | FetchError:
        try:
            async with asyncio.timeout(self._limits.timeout):
                return await self._get(session, request)
        except FetchError as e:
            return e
        except (aiohttp.ClientError, OSError, ValueError, LookupError, EOFError) as e:
            return _explain(e, self._limits)

    async def _get(self, session: aiohttp.ClientSession, request: Request) -> Response:
        conditions = {"If-None-Match": request.etag, "If-Modified-Since": request.modified}
        headers = {name: value for name, value in conditions.items() if value}
        async with session.get(request.url, headers=headers, max_redirects=MAX_REDIRECTS) as answer:
            if answer.status not in (200, 304):
                raise _refusal(answer)
            body = b"" if answer.status == 304 else await self._body(answer)
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Response(str(answer.url), answer.status, body, names)

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for piece in answer.content.iter_chunked(PIECE):
            body += piece
            if len(body) > self._limits.max_bytes:
                limit = f"{self._limits.max_bytes / 1e6:g} MB"
                raise FetchError(f"more than {limit} unpacked; not read", "too large")
        return bytes(body)


async def _cancel_all() -> None:
    others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _refusal(answer: aiohttp.ClientResponse) -> FetchError:
    # developers.cloudflare.com: a challenge page carries this header; it is no paywall.
    if answer.headers.get("cf-mitigated") == "challenge":
        return FetchError("Cloudflare asks for a browser check", "challenge")
    return FetchError(
        f"the server answered {answer.status} {answer.reason}", f"http {answer.status}"
    )


def _explain(error: Exception, limits: Limits) -> FetchError:
    """Turn what aiohttp raises into one sentence and one word."""
    inner = getattr(error, "os_error", None) or error
    for kinds, text, reason in (
        (TimeoutError, f"no complete answer within {limits.timeout:g} s", "timeout"),
        (Forbidden, str(inner), "forbidden address"),
        (aiohttp.TooManyRedirects, f"more than {MAX_REDIRECTS} redirects", "redirects"),
        (aiohttp.ClientConnectorDNSError, "the host name is unknown", "dns"),
        ((aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch), f"TLS: {inner}", "tls"),
        (ConnectionRefusedError, "the server refuses connections", "refused"),
        ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), "no web address", "bad address"),
    ):
        if isinstance(inner, kinds) or isinstance(error, kinds):
            return FetchError(text, reason)
    return FetchError(f"the connection broke ({type(error).__name__}: {error})", "connection")

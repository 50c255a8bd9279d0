"""robots.txt (RFC 9309): what it allows, asked once per host and run."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from digest.errors import FetchError
from digest.ports import Response

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is to be read
#: RFC 9309, 2.3.1.3: "unavailable" (4xx) allows all. The failures of 2.3.1.4 forbid all for now.
UNREACHABLE = ("http 5", "timeout", "connection", "http 429")

Get = Callable[[str], Awaitable[Response | FetchError]]


class Robots:
    """Remembers each host's rules."""

    def __init__(self, user_agent: str, get: Get) -> None:
        self._user_agent = user_agent
        self._get = get
        self._rules: dict[str, asyncio.Task[Protego | FetchError]] = {}

    async def reason_for_forbidding(self, url: str) -> FetchError | None:
        """Return why a page may not be read; None if it may."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._read_rules(host))
        rules = await self._rules[host]
        if isinstance(rules, FetchError):
            return rules
        if rules.can_fetch(url, self._user_agent):
            return None
        return FetchError(
            "the outlet's robots.txt forbids reading it", "robots"
        )

    async def _read_rules(self, host: str) -> Protego | FetchError:
        answer = await self._get(f"{host}/robots.txt")
        if isinstance(answer, Response):
            return Protego.parse(
                answer.body[:MAX_BYTES].decode("utf-8", "replace")
            )
        if answer.reason.startswith(UNREACHABLE):
            return FetchError(
                f"robots.txt cannot be read: {answer}", answer.reason
            )
        return Protego.parse("")

"""The SDK's HTTP client over a connection that stays open.

Of itself the SDK opens one for each request and reads every certificate anew for it: over TLS that
is 36 ms of processor each time. It also follows redirects, which turn a POST into a GET; here none
is followed.
"""

from ssl import SSLCertVerificationError
from typing import Any, cast
from urllib.error import URLError
from urllib.request import Request, getproxies, proxy_bypass

import urllib3
from python_http_client import Client
from python_http_client.exceptions import handle_error
from urllib3 import exceptions

#: The request did not leave: there was no connection yet.
NEVER_MADE = (
    exceptions.NewConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyError,
)


class KeptClient(Client):  # type: ignore[misc]
    """A Client that reuses its connection. Like the SDK's, it raises HTTPError for an answer of 4xx
    or 5xx, URLError if the request certainly did not leave, and OSError if that is not known.
    """

    def __init__(
        self,
        like: Client,
        timeout: float,
        pool: urllib3.PoolManager | None = None,
        step: str = "",
    ) -> None:
        if step:
            path = [*like._url_path, step]
        else:
            path = like._url_path
        super().__init__(
            like.host, like.request_headers, like._version, path, timeout=timeout
        )
        self._pool = pool or _pool(like.host)

    def _build_client(self, name: str | None = None) -> "KeptClient":
        """Return this client, one step down a path (the SDK's own makes one of its class)."""
        return KeptClient(self, self.timeout, self._pool, name or "")

    def _make_request(
        self,
        opener: Any,  # noqa: ARG002
        request: Request,
        timeout: float | None = None,
    ) -> Any:
        """Do what the SDK does by urllib, and raise what that would raise."""
        try:
            got = self._pool.request(
                request.get_method(),
                request.full_url,
                body=cast("bytes | None", request.data),
                headers=dict(request.header_items()),
                timeout=timeout or self.timeout,
                redirect=False,
                retries=False,
            )
        except exceptions.HTTPError as e:
            if isinstance(e, NEVER_MADE) or _is_distrust(e):
                raise URLError(str(e)) from e
            raise OSError(str(e)) from e
        if got.status >= 400:
            raise handle_error(_Answer(got))
        return _Answer(got)


class _Answer:
    """An answer of urllib3's as the SDK reads those of urllib."""

    def __init__(self, got: urllib3.BaseHTTPResponse) -> None:
        self.code = got.status
        self.reason = got.reason
        self.hdrs = got.headers
        self._body = got.data

    def getcode(self) -> int:
        return self.code

    def read(self) -> bytes:
        return self._body

    def info(self) -> Any:
        return self.hdrs


def _pool(host: str) -> urllib3.PoolManager:
    """Return connections to a host, through the proxy that the environment names (as urllib)."""
    scheme, _, name = host.partition("://")
    proxy = getproxies().get(scheme)
    if proxy and not proxy_bypass(name):
        return urllib3.ProxyManager(proxy, maxsize=1)
    return urllib3.PoolManager(maxsize=1)


def _is_distrust(error: exceptions.HTTPError) -> bool:
    return any(isinstance(a, SSLCertVerificationError) for a in error.args)

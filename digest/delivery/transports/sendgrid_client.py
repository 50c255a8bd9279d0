"""HTTP client for SendGrid's SDK that keeps its connection open.

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

#: The request was not sent: there was no connection yet.
NOT_CONNECTED = (
    exceptions.NewConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyError,
)


class PersistentClient(Client):  # type: ignore[misc]
    """A Client of the SDK that reuses its connection.

    Like the SDK's, it raises HTTPError for an answer of 4xx or 5xx, URLError if the request
    was certainly not sent, and OSError if that is not known.
    """

    def __init__(
        self,
        parent: Client,
        timeout: float,
        pool: urllib3.PoolManager | None = None,
        path_step: str = "",
    ) -> None:
        path = parent._url_path
        if path_step:
            path = [*path, path_step]
        super().__init__(
            parent.host,
            parent.request_headers,
            parent._version,
            path,
            timeout=timeout,
        )
        self._pool = pool or _open_pool(parent.host)

    def _build_client(self, name: str | None = None) -> "PersistentClient":
        """Return this client, one step down a path (the SDK's own makes one of its class)."""
        return PersistentClient(self, self.timeout, self._pool, name or "")

    def _make_request(
        self,
        opener: Any,  # noqa: ARG002
        request: Request,
        timeout: float | None = None,
    ) -> Any:
        """Do what the SDK does by urllib, and raise what that would raise."""
        try:
            response = self._pool.request(
                request.get_method(),
                request.full_url,
                body=cast("bytes | None", request.data),
                headers=dict(request.header_items()),
                timeout=timeout or self.timeout,
                redirect=False,
                retries=False,
            )
        except exceptions.HTTPError as error:
            if isinstance(error, NOT_CONNECTED) or _is_bad_certificate(error):
                raise URLError(str(error)) from error
            raise OSError(str(error)) from error
        if response.status >= 400:
            raise handle_error(_SdkResponse(response))
        return _SdkResponse(response)


class _SdkResponse:
    """A response of urllib3's with the methods that the SDK expects of urllib's."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.code = response.status
        self.reason = response.reason
        self.hdrs = response.headers
        self._body = response.data

    def getcode(self) -> int:
        return self.code

    def read(self) -> bytes:
        return self._body

    def info(self) -> Any:
        return self.hdrs


def _open_pool(host: str) -> urllib3.PoolManager:
    """Return connections to a host, through the proxy that the environment names (as urllib)."""
    scheme, _, host_name = host.partition("://")
    proxy = getproxies().get(scheme)
    if proxy and not proxy_bypass(host_name):
        return urllib3.ProxyManager(proxy, maxsize=1)
    return urllib3.PoolManager(maxsize=1)


def _is_bad_certificate(error: exceptions.HTTPError) -> bool:
    return any(
        isinstance(cause, SSLCertVerificationError) for cause in error.args
    )

"""Odd answers: read what a browser reads though it is not proper HTTP.

Two equal Content-Length (RFC 9110, 8.6 lets a recipient take it once), a space within a header's
name, a body that is not packed though it is said to be, or shorter than it is said to be: aiohttp
refuses them, http.client does not. It blocks, so that it is for the event loop's threads, and
it is asked only once aiohttp has refused an answer.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from digest.collect.http.ssrf import guarded_socket

USUAL_PORTS = {"http": 80, "https": 443}

#: How feeds, sitemaps and pages end.
LAST_TAGS = (
    b"</rss>",
    b"</feed>",
    b"</rdf:rdf>",
    b"</urlset>",
    b"</sitemapindex>",
    b"</html>",
    b"}",
)


@dataclass(frozen=True, slots=True)
class OddAnswer:
    """An answer as http.client read it."""

    status: int
    headers: Mapping[str, str]  #: names in lower case
    body: bytes


def get_odd_answer(
    url: str,
    headers: Mapping[str, str],
    *,
    timeout: float,
    max_bytes: int,
    allow_loopback: bool,
) -> OddAnswer:
    """Get an address without following redirects; at most one byte more than `max_bytes` is read.

    `timeout` in seconds is for each step. Raises OSError or http.client.HTTPException.
    """
    connection = _open_connection(
        url, timeout=timeout, allow_loopback=allow_loopback
    )
    parts = urlsplit(url)
    path = parts.path or "/"
    if parts.query:
        path = f"{path}?{parts.query}"
    try:
        connection.request(
            "GET", path, headers={**headers, "Connection": "close"}
        )
        answer = connection.getresponse()
        body = _read_body(answer, max_bytes)
    finally:
        connection.close()
    lowered = {name.lower(): value for name, value in answer.getheaders()}
    return OddAnswer(answer.status, lowered, body)


def ends_whole(body: bytes) -> bool:
    """Return whether a document is there to its end, however long it was said to be."""
    return body.rstrip().lower().endswith(LAST_TAGS)


def _read_body(answer: http.client.HTTPResponse, max_bytes: int) -> bytes:
    try:
        return answer.read(max_bytes + 1)
    except http.client.IncompleteRead as error:
        return error.partial


def _open_connection(
    url: str, *, timeout: float, allow_loopback: bool
) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_safe = parts.scheme == "https"
    port = parts.port or USUAL_PORTS.get(parts.scheme, 80)
    connected = _connect(
        host, port, timeout=timeout, allow_loopback=allow_loopback
    )
    if not is_safe:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        connection.sock = connected
        return connection
    context = ssl.create_default_context()
    safe = http.client.HTTPSConnection(
        host, port, timeout=timeout, context=context
    )
    safe.sock = context.wrap_socket(connected, server_hostname=host)
    return safe


def _connect(
    host: str, port: int, *, timeout: float, allow_loopback: bool
) -> socket.socket:
    """Connect to the first address of a host that answers, and that the guard allows."""
    make_socket = guarded_socket(allow_loopback=allow_loopback)
    last_error: OSError = OSError(f"{host} has no address")
    addresses: list[Any] = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    )
    for address in addresses:
        opened = make_socket(address)
        opened.settimeout(timeout)
        try:
            opened.connect(address[4])
        except OSError as error:
            opened.close()
            last_error = error
            continue
        return opened
    raise last_error

"""Errors of connections: one sentence and one word for each exception that aiohttp raises."""

import re
import socket
from dataclasses import dataclass

import aiohttp

from digest.collect.http.ssrf import ForbiddenAddress
from digest.errors import FetchError

MAX_LINE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class _Explanation:
    """A kind of exception, with a sentence for people and one word for counting."""

    kinds: type[BaseException] | tuple[type[BaseException], ...]
    sentence: str
    reason: str


def explain_error(
    error: Exception,
    *,
    connect_seconds: float,
    total_seconds: float,
    redirects: int,
) -> FetchError:
    """Turn what aiohttp raises into one sentence and one word; the limits are named in it."""
    cause = getattr(error, "os_error", None) or error
    for explanation in (
        *_explain_timeouts(connect_seconds, total_seconds),
        *_explain_addresses(cause, redirects),
        *_explain_breaks(error, cause),
    ):
        if isinstance(cause, explanation.kinds) or isinstance(
            error, explanation.kinds
        ):
            return FetchError(explanation.sentence, explanation.reason)
    if isinstance(error, aiohttp.ClientResponseError):
        line = first_line(error.message)
        return FetchError(
            f"the answer is not proper HTTP ({line})", "connection"
        )
    return FetchError(
        f"the connection broke ({first_line(str(error))})", "connection"
    )


def first_line(text: str) -> str:
    """Return the part of an error that a person can read: its first line, at most so long."""
    before_blank_line = text.partition("\n\n")[0]
    before_bytes = before_blank_line.partition(": byte")[0]
    line = " ".join(before_bytes.split())
    return line[:MAX_LINE_LENGTH].rstrip(":") or "no details"


def _explain_timeouts(
    connect_seconds: float, total_seconds: float
) -> tuple[_Explanation, ...]:
    return (
        _Explanation(
            aiohttp.ConnectionTimeoutError,
            f"no connection within {connect_seconds:g} s",
            "timeout",
        ),
        _Explanation(
            aiohttp.SocketTimeoutError,
            f"nothing came for {connect_seconds:g} s",
            "timeout",
        ),
        _Explanation(
            TimeoutError,
            f"no complete answer within {total_seconds:g} s",
            "timeout",
        ),
    )


def _explain_addresses(
    cause: Exception, redirects: int
) -> tuple[_Explanation, ...]:
    return (
        _Explanation(ForbiddenAddress, str(cause), "forbidden address"),
        _Explanation(
            aiohttp.TooManyRedirects,
            f"more than {redirects} redirects",
            "redirects",
        ),
        _explain_dns(cause),
    )


def _explain_breaks(
    error: Exception, cause: Exception
) -> tuple[_Explanation, ...]:
    return (
        _Explanation(
            aiohttp.ClientConnectorCertificateError,
            f"its certificate cannot be trusted: {_tls_details(error)}",
            "tls",
        ),
        _Explanation(
            aiohttp.ClientSSLError,
            f"no safe connection (TLS): {_tls_details(cause)}",
            "tls",
        ),
        _Explanation(
            aiohttp.ClientPayloadError, _explain_payload(error), "connection"
        ),
        _Explanation(
            ConnectionRefusedError, "the server refuses connections", "refused"
        ),
        _Explanation(
            (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError),
            "this is not a web address, or redirects to something else",
            "bad address",
        ),
    )


def _explain_dns(cause: Exception) -> _Explanation:
    kind = aiohttp.ClientConnectorDNSError
    if getattr(cause, "errno", None) == socket.EAI_AGAIN:
        return _Explanation(
            kind, "the host name could not be looked up just now", "dns"
        )
    return _Explanation(kind, "the host name is unknown", "unknown host")


def _explain_payload(error: Exception) -> str:
    if "content-encoding" in str(error).lower():
        return "the answer cannot be unpacked"
    return "the answer broke off before its end"


def _tls_details(error: Exception) -> str:
    """Return what OpenSSL says, without its own marks around it."""
    match = re.search(r"(?:failed: |\] )([\w -]+?)(?: \(_ssl|$)", str(error))
    if match:
        return match[1]
    return first_line(str(error))

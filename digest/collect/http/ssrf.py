"""Guard against server-side request forgery: the addresses that a socket may connect to.

Asked for every connection, after DNS and at every redirect, so that neither a redirect nor a
rebinding name reaches the inside of a network.
"""

import socket
from collections.abc import Callable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

#: `is_global` of Python 3.11 is true for these, yet they are special (IANA special-purpose
#: registries) or carry an IPv4 address inside (RFC 6052, 3056, 4380).
DENIED_NETWORKS: tuple[IPv4Network | IPv6Network, ...] = (
    ip_network("192.0.0.0/24"),
    ip_network("198.18.0.0/15"),
    ip_network("224.0.0.0/4"),
    ip_network("240.0.0.0/4"),
    ip_network("64:ff9b::/96"),
    ip_network("64:ff9b:1::/48"),
    ip_network("2001::/32"),
    ip_network("2002::/16"),
    ip_network("ff00::/8"),
)


class ForbiddenAddress(OSError):
    """The address is not on the open internet."""


def is_open(
    address: IPv4Address | IPv6Address, *, allow_loopback: bool
) -> bool:
    """Return whether an address lies on the open internet (or is this machine, where allowed)."""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return allow_loopback
    return address.is_global and not _is_denied(address)


def guarded_socket(*, allow_loopback: bool) -> Callable[[Any], socket.socket]:
    """Return a socket factory for aiohttp that refuses closed addresses with Forbidden."""

    def make_socket(address_info: Any) -> socket.socket:
        # as socket.getaddrinfo() gives it
        family, kind, protocol, _, socket_address = address_info
        host_without_zone = str(socket_address[0]).partition("%")[0]
        address = ip_address(host_without_zone)
        if not is_open(address, allow_loopback=allow_loopback):
            raise ForbiddenAddress(
                f"{address} is not an address on the open internet"
            )
        return socket.socket(family=family, type=kind, proto=protocol)

    return make_socket


def _is_denied(address: IPv4Address | IPv6Address) -> bool:
    return any(
        address in network
        for network in DENIED_NETWORKS
        if network.version == address.version
    )

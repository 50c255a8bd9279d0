"""Which addresses a socket may connect to.

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
DENIED: tuple[IPv4Network | IPv6Network, ...] = tuple(
    ip_network(n)
    for n in (
        "192.0.0.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
        "ff00::/8",
    )
)


class Forbidden(OSError):
    """The address is not on the open internet."""


def is_open(address: IPv4Address | IPv6Address, *, allow_loopback: bool) -> bool:
    """Say whether an address lies on the open internet (or is this machine, where allowed)."""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
    else:
        mapped = None
    address = mapped or address
    if address.is_loopback:
        return allow_loopback
    return address.is_global and not any(
        address in net for net in DENIED if net.version == address.version
    )


def guarded_socket(*, allow_loopback: bool) -> Callable[[Any], socket.socket]:
    """Return a socket factory for aiohttp that refuses closed addresses with Forbidden."""

    def make(info: Any) -> socket.socket:
        family, kind, protocol, _, where = info
        address = ip_address(str(where[0]).partition("%")[0])
        if not is_open(address, allow_loopback=allow_loopback):
            raise Forbidden(f"{address} is not an address on the open internet")
        return socket.socket(family=family, type=kind, proto=protocol)

    return make

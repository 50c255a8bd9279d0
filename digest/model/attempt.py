"""Limits on attempts: how often something may be tried, and from where."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """So many tries within a time: of a name, from a source, or of both."""

    most: int
    within: timedelta
    name: str = ""
    source: str = ""


def network_of(source: str, v4: int, v6: int) -> str:
    """Return the network of an internet address; `v4` and `v6` are the bits that name it.

    What is no address is returned as it is, cut after 40 characters.
    """
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source[:40]
    if address.version == 4:
        bits = v4
    else:
        bits = v6
    return str(ipaddress.ip_network((address, bits), strict=False))

"""Lots of hosts: the unit in which feeds and pages are collected.

Every host belongs to one of 32 lots. One job at a time asks the hosts of a lot, for all workspaces,
so that workers are polite to a host without talking to each other.
"""

from zlib import crc32

from digest.collect.http.fetch import host_and_port

LOTS = 32


def lot_of(address: str) -> int:
    """Return the lot of an address's host."""
    return crc32(host_and_port(address).encode()) % LOTS

"""Lots of hosts: the unit in which feeds and pages are collected.

Every host belongs to one of 32 lots. One job at a time asks the hosts of a lot, for all workspaces,
so that workers are polite to a host without talking to each other.
"""

from zlib import crc32

from digest.collect.http.fetch import authority

LOTS = 32


def lot_of(address: str) -> int:
    """Return the lot of an address's host."""
    return crc32(authority(address).encode()) % LOTS

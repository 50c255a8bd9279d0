"""Addresses inside are out of bounds for the collector."""

from ipaddress import ip_address

import pytest

from digest.collect.http.fetch import HttpFetcher, Limits
from digest.collect.http.ssrf import is_open
from digest.errors import FetchError
from digest.ports import Request
from tests.fakes.web import FakeWeb


def test_this_machine_is_out_of_bounds_unless_allowed(web: FakeWeb) -> None:
    """Named, by number, and in the odd notations that browsers understand."""
    port = web.url.rpartition(":")[2]
    hosts = [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ]
    with HttpFetcher("test", Limits(spacing=0, timeout=2)) as fetch:
        answers = [
            a for _, a in fetch([Request(f"http://{h}:{port}/") for h in hosts])
        ]
    assert all(isinstance(a, FetchError) for a in answers)
    assert web.asked == []


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1",
     "192.0.0.8", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
     "2002:7f00:1::", "2001::1", "ff02::1", "::"],
)  # fmt: skip
def test_an_inside_address_is_refused(address: str) -> None:
    assert not is_open(ip_address(address), allow_loopback=False)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
)
def test_an_outside_address_is_open(address: str) -> None:
    assert is_open(ip_address(address), allow_loopback=False)

"""Parts and hosts of web addresses, also of what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.infra.web_address import bare_host_of, host_of, split_address


@pytest.mark.parametrize(
    ("address", "host", "bare"),
    [
        (
            "https://www.Courier.example/a",
            "www.courier.example",
            "courier.example",
        ),
        ("http://courier.example:8080", "courier.example", "courier.example"),
        ("//user@courier.example/a", "courier.example", "courier.example"),
        ("mailto:ada@courier.example", "", ""),
        ("http://[courier", "", ""),
        ("", "", ""),
    ],
)
def test_hosts(address: str, host: str, bare: str) -> None:
    assert host_of(address) == host
    assert bare_host_of(address) == bare


@given(st.text())
def test_no_text_is_too_odd(address: str) -> None:
    assert split_address(address).path is not None
    assert bare_host_of(address) in host_of(address)

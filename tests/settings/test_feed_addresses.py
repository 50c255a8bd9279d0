"""Addresses of feeds as they are written elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.settings.feed_addresses import is_web_address, possible_addresses


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("feed://sun.example/rss", "http://sun.example/rss"),
        ("feed:https://sun.example/rss", "https://sun.example/rss"),
        ("FEED://HTTPS://sun.example/rss", "https://sun.example/rss"),
        ("pcast://sun.example/rss", "http://sun.example/rss"),
        ("sun.example/rss", "https://sun.example/rss"),
        ("//sun.example/rss", "https://sun.example/rss"),
        ("127.0.0.1:80/rss", "http://127.0.0.1:80/rss"),
        ("https:/sun.example", "https://sun.example"),
        ("<https://sun.example/rss>", "https://sun.example/rss"),
        ("“sun.example/rss”", "https://sun.example/rss"),
        (" https://sun.example/\n a b ", "https://sun.example/%20a%20b"),
        ("http://a.example/?a=1&amp;times=3", "http://a.example/?a=1&times=3"),
        ("http://intranet/rss", "http://intranet/rss"),
        ("https://münchen.example/rss", "https://münchen.example/rss"),
    ],
)
def test_what_is_meant_is_asked(text: str, address: str) -> None:
    assert possible_addresses(text)[0] == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bookmark",
        "https://old bookmark/rss",
        "exec:~/bin/council.sh",
        "mailto:news@sun.example",
        "javascript:alert(1)",
        "query:unread",
        "ftp://sun.example/rss",
        "http://[bad/rss",
        "https://sun.example:99999/rss",
        "https://",
    ],
)
def test_what_is_no_web_address_is_none(text: str) -> None:
    assert possible_addresses(text) == ()


def test_without_a_scheme_both_may_be_meant() -> None:
    assert possible_addresses("sun.example") == (
        "https://sun.example",
        "http://sun.example",
    )


@given(st.text(max_size=60))
def test_whatever_comes_out_can_be_asked(text: str) -> None:
    for address in possible_addresses(text):
        assert is_web_address(address)
        assert possible_addresses(address) == (address,)

"""Packed bodies: gzip that nobody announced, whole or damaged, and never larger than allowed."""

import gzip

import pytest

from digest.collect.http.packed import unpack_body
from digest.errors import FetchError

FEED = b"<rss><channel></channel></rss>" * 100


def test_gzip_that_is_not_announced_is_unpacked() -> None:
    assert unpack_body(gzip.compress(FEED), 10_000) == FEED


def test_what_is_not_packed_stays() -> None:
    assert unpack_body(FEED, 10_000) == FEED


def test_of_a_packed_body_cut_short_the_beginning_is_read() -> None:
    packed = gzip.compress(bytes(range(256)) * 20)
    start = unpack_body(packed[:-20], 10_000)
    assert start
    assert (bytes(range(256)) * 20).startswith(start)


def test_what_only_begins_like_gzip_stays() -> None:
    assert unpack_body(b"\x1f\x8bno gzip", 10_000) == b"\x1f\x8bno gzip"


@pytest.mark.parametrize(
    "body", [FEED, gzip.compress(FEED)], ids=["plain", "packed"]
)
def test_more_than_is_allowed_is_refused(body: bytes) -> None:
    with pytest.raises(FetchError, match="unpacked; not read"):
        unpack_body(body, 1_000)

"""The lenient parser: as far as a broken feed can be read."""

import pytest

from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from tests.cases.feeds import item, rss


@pytest.mark.parametrize(
    "broken",
    [
        rss("<image></width></image>", item("A", "/a")),
        b'<?xml version="1.0" encoding="utf-8\x84"?>' + rss(item("A", "/a")),
        rss(item("A", "/a"), "<item><title>x</title><guid>&#xD800;\0</guid>"),
        rss(item("A", "/a"), "<item><author></name></author><title>x</item>"),
    ],
    ids=[
        "a width that is none",
        "an encoding that is none",
        "half a character",
        "nobody",
    ],
)
def test_what_feedparser_itself_fails_at_is_read_as_far_as_it_goes(
    broken: bytes,
) -> None:
    """Found by changing real feeds at random; what is read can be stored."""
    found = convert_entries(parse_feed(broken), Origin("https://a.example/f"))
    assert "A" in [a.title for a in found]
    assert all(
        (a.guid + a.title + a.summary).encode() is not None for a in found
    )

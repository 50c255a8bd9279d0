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


RECORDING = "https://c.example/1.mp3"
PAGE = "https://c.example/episodes/1"


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    ("parts", "address"),
    [
        (f"<link>{RECORDING}</link><guid>{PAGE}</guid>", PAGE),
        (f"<guid>{PAGE}</guid><enclosure url='{RECORDING}'/>", PAGE),
        (f"<guid isPermaLink='false'>{PAGE}</guid><enclosure url='{RECORDING}'/>", RECORDING),
        (f"<guid isPermaLink='false'>{PAGE}</guid><link>{RECORDING}</link>", RECORDING),
        (f"<guid>7</guid><enclosure url='{RECORDING}'/>", RECORDING),
        (f"<link href='{PAGE}'/>", PAGE),
        (f"<link rel='alternate' type='text/html; charset=utf-8' href='{PAGE}'/>", PAGE),
        (f"<a:link xmlns:a='http://www.w3.org/2005/Atom' href='{PAGE}'/>", PAGE),
        ("<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='self' href='https://c.example/api'/>"
         f"<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='alternate' href='{PAGE}'/>", PAGE),
        (f"<link href='{PAGE}'/><guid>https://c.example/?p=1</guid>", PAGE),
    ],
)  # fmt: skip
def test_both_parsers_find_the_page_of_an_item(
    parts: str, address: str, *, broken: bool
) -> None:
    """A recording is the address only if no page is named."""
    end = "<unclosed>" if broken else ""
    feed = rss(f"<item><title>A</title>{parts}</item>", end)
    (article,) = convert_entries(
        parse_feed(feed), Origin("https://c.example/f")
    )
    assert article.url == address

"""Feeds that are not XML, repaired to what was meant."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.feeds.clean import plain_text
from digest.collect.feeds.parse import parse_feed
from digest.collect.feeds.repair import repair_feed
from tests.cases.feeds import document, facts, rss, texts

# Mending


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AT&T wins", "AT&T wins"),
        ("AT&T; wins", "AT&T wins"),
        ("Q&A", "Q&A"),
        ("R & D", "R & D"),
        ("caf&eacute; &rsquo;26", "café ’26"),
        ("Tom &amp; Jerry &#8217; &#x2019;", "Tom & Jerry ’ ’"),
        ("A\x0bB\x00C", "ABC"),
        ("a=1&b=2", "a=1&b=2"),
        ("A&#xD800;B&#0;C&#99999999;", "ABC"),
    ],
)
def test_what_is_not_xml_is_mended_to_what_was_meant(
    written: str, meant: str
) -> None:
    found = parse_feed(rss(f"<item><title>{written}</title></item>"))
    assert [plain_text(e.title) for e in found.entries] == [meant]


def test_what_stands_in_cdata_is_left_alone() -> None:
    body = rss(
        "<item><title><![CDATA[AT&T &T; <b>&eacute;</b>]]></title></item>",
        "<item>&</item>",
    )
    assert b"<![CDATA[AT&T &T; <b>&eacute;</b>]]>" in repair_feed(body)


@given(st.lists(texts))
def test_mending_leaves_a_well_formed_feed_as_it_says(
    titles: list[str],
) -> None:
    body = document([(t, "", datetime(2026, 1, 1)) for t in titles], "rss")  # noqa: DTZ001
    assert facts(parse_feed(body)) == facts(parse_feed(repair_feed(body)))


@given(st.binary(max_size=300))
def test_mending_never_fails_and_is_done_once(body: bytes) -> None:
    assert repair_feed(repair_feed(body)) == repair_feed(body)

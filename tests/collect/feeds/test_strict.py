"""The strict parser: as feedparser reads it, or not at all."""

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.collect.feeds.lenient import parse_leniently
from digest.collect.feeds.parse import parse_feed
from digest.collect.feeds.repair import repair_feed
from digest.collect.feeds.strict import parse_strictly
from tests.cases.feeds import facts, item, rss, texts
from tests.collect.feeds.test_repair import document
from tests.conftest import SHARED, needs_shared

FEEDS = SHARED / "data" / "feeds" / "feeds"


#: Feeds of which we say more or better than feedparser, each looked at by eye: it cuts a name at
#: "mailto:"; nothing else is known.
BETTER = {"feedrs-rss_1.0_spec_2.xml"}


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(f.name for f in FEEDS.glob("*")))
def test_the_quick_parser_agrees_with_feedparser_on_real_feeds(
    name: str,
) -> None:
    body = (FEEDS / name).read_bytes()
    quickly = parse_strictly(body)
    if quickly is not None and name not in BETTER:
        assert facts(quickly) == facts(parse_leniently(body))


@needs_shared
@pytest.mark.shared
def test_most_real_feeds_go_the_quick_way() -> None:
    """And a mended one does too: feedparser is left with what nothing else can read."""
    names = list(FEEDS.iterdir())
    assert sum(
        parse_strictly(repair_feed(f.read_bytes())) is not None for f in names
    ) > 0.7 * len(names)


dates = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001


@given(
    st.lists(st.tuples(texts, texts, dates), max_size=4),
    st.sampled_from(["rss", "atom"]),
)
@example([("caf\u00c3\u00a9", "Andr\u00c3\u00a9", datetime(2026, 1, 1))], "rss")  # noqa: DTZ001
def test_the_quick_parser_agrees_with_feedparser_on_any_well_formed_feed(
    entries: list[tuple[str, str, datetime]], kind: str
) -> None:
    """Also on text that was encoded twice, which feedparser puts right."""
    quickly = parse_strictly(document(entries, kind))
    assert quickly is not None
    assert facts(quickly) == facts(parse_leniently(document(entries, kind)))


@pytest.mark.parametrize(
    "extra",
    ["<item><item><title>In</title></item></item>", "<x:y>unbound</x:y>"],
)
def test_what_the_quick_parser_is_not_sure_of_it_leaves(extra: str) -> None:
    assert parse_strictly(rss(item("A", "/a"), extra)) is None
    assert "A" in [
        e.title for e in parse_feed(rss(item("A", "/a"), extra)).entries
    ]

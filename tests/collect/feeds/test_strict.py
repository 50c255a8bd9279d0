"""The strict parser: as feedparser reads it, or not at all."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.collect.feeds.clean import plain_text
from digest.collect.feeds.entries import Entry
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


IANA = "http://www.iana.org/assignments/relation/"


def read_atom_entry(parts: str) -> Entry:
    """Return the entry that the strict parser reads of a feed of Atom."""
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{parts}</entry></feed>'
    document = parse_strictly(feed.encode())
    assert document is not None
    (entry,) = document.entries
    return entry


def test_a_relation_may_be_written_as_an_address() -> None:
    entry = read_atom_entry(
        f"<link rel='{IANA}self' href='https://a.example/api/1'/>"
        f"<link rel='{IANA}alternate' href='https://a.example/1'/>"
    )
    assert entry.link == "https://a.example/1"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Why &lt;blink> is gone", "Why <blink> is gone"),
        ("Why &lt;i>Ledger&lt;/i> is gone", "Why Ledger is gone"),
    ],
)
def test_a_title_of_plain_text_keeps_its_signs(title: str, shown: str) -> None:
    entry = read_atom_entry(f"<title type='text'>{title}</title>")
    assert plain_text(entry.title) == shown


@pytest.mark.parametrize("tag", ["published", "issued", "date", "updated"])
def test_a_date_is_read_under_the_names_of_other_formats(tag: str) -> None:
    date = f"<{tag}>2026-02-26T09:00:00Z</{tag}>"
    feed = rss(f"<item><title>A</title>{date}</item>")
    document = parse_strictly(feed)
    assert document is not None
    assert document.entries[0].published == datetime(2026, 2, 26, 9, tzinfo=UTC)


def test_atom_may_have_the_date_of_rss() -> None:
    entry = read_atom_entry("<pubDate>Thu, 26 Feb 2026 09:00:00 GMT</pubDate>")
    assert entry.published == datetime(2026, 2, 26, 9, tzinfo=UTC)

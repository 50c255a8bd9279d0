"""Two parsers that agree: the quick one for what is well-formed, feedparser for all else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from digest.collect.feeds.clean import plain_text
from digest.collect.feeds.entries import Document
from digest.collect.feeds.lenient import parse_leniently
from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from digest.collect.feeds.poll import FetchedFeed, read_answer
from digest.collect.feeds.repair import repair_feed
from digest.collect.feeds.strict import DC, parse_strictly
from digest.model import Feed
from digest.ports import Response
from tests.conftest import SHARED, needs_shared
from tests.services.test_feeds import item, rss

FEEDS = SHARED / "data" / "feeds" / "feeds"


def facts(document: Document) -> list[tuple]:
    """What both must say of each entry: an author named twice is one, and `tag:` is no link."""
    return [
        (plain_text(e.title), e.link.strip().partition("tag:")[0], e.guid, e.published,
         tuple(dict.fromkeys(filter(None, map(plain_text, e.authors)))))
        for e in document.entries
    ]  # fmt: skip


#: Feeds of which we say more or better than feedparser, each looked at by eye: it cuts a name at
#: "mailto:"; nothing else is known.
BETTER = {"feedrs-rss_1.0_spec_2.xml"}


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(f.name for f in FEEDS.glob("*")))
def test_the_quick_parser_agrees_with_feedparser_on_real_feeds(name: str) -> None:
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


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30
)
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


def document(entries: list[tuple[str, str, datetime]], kind: str) -> bytes:
    root = etree.Element("rss", version="2.0")
    parent = etree.SubElement(root, "channel")
    etree.SubElement(parent, "title").text = "C"
    if kind == "atom":
        root = parent = etree.Element(
            "feed", nsmap={None: "http://www.w3.org/2005/Atom"}
        )
    for n, (title, author, when) in enumerate(entries):
        e = etree.SubElement(parent, "item" if kind == "rss" else "entry")
        etree.SubElement(e, "title").text = f"T {title}"
        etree.SubElement(e, "guid" if kind == "rss" else "id").text = f"urn:{n}"
        if kind == "rss":
            etree.SubElement(e, "link").text = f"https://a.example/{n}"
            etree.SubElement(e, "pubDate").text = f"{when:%a, %d %b %Y %H:%M:%S} GMT"
            etree.SubElement(e, f"{DC}creator").text = f"A {' '.join(author.split())}"
        else:
            etree.SubElement(e, "link", href=f"https://a.example/{n}")
            etree.SubElement(e, "published").text = (
                when.replace(microsecond=0).isoformat() + "Z"
            )
    tree = root.getroottree()
    return etree.tostring(tree, xml_declaration=True, encoding="utf-8")


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
def test_what_is_not_xml_is_mended_to_what_was_meant(written: str, meant: str) -> None:
    found = parse_feed(rss(f"<item><title>{written}</title></item>"))
    assert [plain_text(e.title) for e in found.entries] == [meant]


def test_what_stands_in_cdata_is_left_alone() -> None:
    body = rss(
        "<item><title><![CDATA[AT&T &T; <b>&eacute;</b>]]></title></item>",
        "<item>&</item>",
    )
    assert b"<![CDATA[AT&T &T; <b>&eacute;</b>]]>" in repair_feed(body)


@given(st.lists(texts))
def test_mending_leaves_a_well_formed_feed_as_it_says(titles: list[str]) -> None:
    body = document([(t, "", datetime(2026, 1, 1)) for t in titles], "rss")  # noqa: DTZ001
    assert facts(parse_feed(body)) == facts(parse_feed(repair_feed(body)))


@given(st.binary(max_size=300))
def test_mending_never_fails_and_is_done_once(body: bytes) -> None:
    assert repair_feed(repair_feed(body)) == repair_feed(body)


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
    assert all((a.guid + a.title + a.summary).encode() is not None for a in found)


def test_whatever_reading_raises_is_one_feeds_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault of a library at one document is told, and the others are read."""

    def fault(*_: object, **__: object) -> None:
        raise RuntimeError("list index out of range")

    monkeypatch.setattr("feedparser.parse", fault)
    answer = Response("https://a.example/f", 200, b"<rss><unclosed>")
    found = read_answer(
        FetchedFeed(Feed("f", "A"), Origin("https://a.example/f"), answer)
    )
    assert (
        str(found.failure)
        == "it cannot be read (RuntimeError: list index out of range)"
    )


# Kinds


def test_a_news_sitemap_gives_its_news_and_nothing_else() -> None:
    body = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
      <url><loc>https://l.example/a</loc><n:news><n:publication_date>2026-02-26T10:00:00+01:00</n:publication_date>
      <n:title>Rates to rise</n:title></n:news></url><url><loc>https://l.example/about</loc></url></urlset>"""
    (found,) = parse_feed(body).entries
    assert (found.link, found.title) == ("https://l.example/a", "Rates to rise")
    assert found.published == datetime(2026, 2, 26, 9, tzinfo=UTC)


def test_a_feed_says_how_long_it_wants_to_be_left_alone() -> None:
    body = rss(item("A", "/a")).replace(b"<item>", b"<ttl>90</ttl><item>", 1)
    assert parse_feed(body).ttl == timedelta(minutes=90)
    broken = body.replace(b"<ttl>", b"&x;<ttl>").replace(b"</rss>", b"")
    assert parse_feed(broken).ttl == timedelta(minutes=90)


def test_the_header_s_charset_wins_over_the_documents() -> None:
    """RFC 7303, section 3: and where the header is wrong, what can be decoded is kept."""
    body = rss(item("Café", "/a")).decode().encode("latin-1")
    found = parse_feed(
        b'<?xml version="1.0" encoding="utf-8"?>' + body, "text/xml; charset=iso-8859-1"
    )
    assert found.entries[0].title == "Café"


@pytest.mark.parametrize(
    "extra", ["<item><item><title>In</title></item></item>", "<x:y>unbound</x:y>"]
)
def test_what_the_quick_parser_is_not_sure_of_it_leaves(extra: str) -> None:
    assert parse_strictly(rss(item("A", "/a"), extra)) is None
    assert "A" in [e.title for e in parse_feed(rss(item("A", "/a"), extra)).entries]

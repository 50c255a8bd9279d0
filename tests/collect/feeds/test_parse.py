"""Two parsers that agree: the quick one for what is well-formed, feedparser for all else."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from digest.collect.feeds.poll import FetchedFeed, read_answer
from digest.collect.pages.extract import combined_reader
from digest.errors import FeedUnreadable
from digest.model import Article, Feed
from digest.ports import Response
from digest.settings import load_workspace
from tests.cases.feeds import PROSE, item, page, rss
from tests.conftest import NOW
from tests.fakes.web import Answer, FakeWeb


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


# Texts


def with_text(title: str, path: str) -> str:
    """Return an item with its whole text."""
    encoded = (
        "<c:encoded>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</c:encoded>"
    )
    return item(title, path).replace("</item>", f"{encoded}</item>")


def feed_with_texts(*items: str) -> bytes:
    declared = b'<rss xmlns:c="http://purl.org/rss/1.0/modules/content/"'
    return rss(*items).replace(b"<rss", declared, 1)


@pytest.mark.parametrize(
    ("fingerprint", "texts_left"), [("", 0), ("of the last body", 2)]
)
def test_texts_are_read_later_where_most_entries_are_known(
    fingerprint: str, texts_left: int
) -> None:
    body = feed_with_texts(with_text("A", "/a"), with_text("B", "/b"))
    origin = Origin("https://a.example/f", "A")
    feed = Feed("https://a.example/f", "A", fingerprint=fingerprint)
    answer = Response(origin.url, 200, body)
    found = read_answer(FetchedFeed(feed, origin, answer))
    assert len(found.articles) == 2
    assert len(found.texts) == texts_left


def test_a_new_entry_of_a_known_feed_has_its_texts(
    poll: Callable[..., App], web: FakeWeb, tmp_path: Path
) -> None:
    """Its texts are read once it is known to be new; those of the others stay as they were."""
    poll()
    bodies = [
        feed_with_texts(with_text("A", "/a")),
        feed_with_texts(with_text("B", "/b"), with_text("A again", "/a")),
    ]
    for body in bodies:
        web.answers["/feed"] = Answer(body)
        with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
            app.feeds.poll_feeds(everything=True, feeds_only=True)
            stored = app.store.feeds.list_unread_articles()
    found = {article.title: article.text for article in stored}
    assert found == {"A again": "One.\n\nTwo.", "B": "One.\n\nTwo."}


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
        b'<?xml version="1.0" encoding="utf-8"?>' + body,
        "text/xml; charset=iso-8859-1",
    )
    assert found.entries[0].title == "Café"


def parse(body: bytes, url: str, outlet: str) -> list[Article]:
    return convert_entries(parse_feed(body), Origin(url, outlet))


# Parsing


def test_a_stray_ampersand_loses_nothing() -> None:
    feed = rss(
        item("AT&T sues & wins", "https://c.example/1"),
        item("B", "https://c.example/2"),
    )
    assert len(parse(feed, "https://c.example/feed", "C")) == 2


def test_a_bad_date_is_no_date() -> None:
    feed = rss(
        item("A", "https://c.example/1", "soon"),
        item("B", "https://c.example/2", "Fri, 99 Foo 2026"),
    )
    assert [a.published for a in parse(feed, "https://c.example/", "C")] == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    "when", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"]
)
def test_a_date_beyond_the_calendar_is_no_date(when: str) -> None:
    """One such date must not cost the rest of the press."""
    feed = f'{{"items": [{{"url": "https://c.example/1", "date_published": "{when}"}}]}}'.encode()
    assert [a.published for a in parse(feed, "https://c.example/", "C")] == [
        None
    ]
    assert combined_reader(
        page("A", PROSE * 4).replace(b"2026-02-26T09:00:00Z", when.encode()),
        "https://c.example/a",
    ).text


def test_one_address_in_one_document_is_one_article() -> None:
    feed = rss(
        item("A", "https://c.example/1?utm_source=x"),
        item("A again", "http://www.c.example/1/#top"),
    )
    assert [a.title for a in parse(feed, "https://c.example/", "C")] == ["A"]


def test_items_that_differ_by_fragment_alone_are_several() -> None:
    """Also if nothing else names them, and the fragment is a mere number."""
    feed = rss(
        item("Pumps stand still", "https://c.example/log#1"),
        item("Pumps run again", "https://c.example/log#2"),
        item("Rates rise", "https://c.example/list#id=1"),
        item("Rates fall", "https://c.example/list#id=2"),
    )
    assert len(parse(feed, "https://c.example/", "C")) == 4


def test_a_json_feed_may_have_line_breaks_and_plain_titles() -> None:
    feed = b"""{"items": [{"url": "https://c.example/1", "title": "Why <blink> & &amp; are gone",
      "content_html": "<p>One.</p>
      <p>Two.</p>"}]}"""
    (article,) = parse(feed, "https://c.example/", "C")
    assert article.title == "Why <blink> & &amp; are gone"
    assert article.text == "One.\n\nTwo."


def test_a_json_feed_is_a_feed() -> None:
    feed = b"""{"version": "https://jsonfeed.org/version/1.1", "items": [
      {"id": "1", "url": "https://c.example/1", "title": "A", "content_text": "B", "authors": [{"name": "Ada"}],
       "date_published": "2026-02-26T10:00:00+01:00"}, {"id": 2}, "x"]}"""
    first, second = parse(feed, "https://c.example/", "C")
    assert first.published == datetime(2026, 2, 26, 9, tzinfo=UTC)
    assert (first.summary, first.authors, second.url) == ("B", ("Ada",), "")


@given(st.binary(max_size=400))
def test_no_bytes_are_a_crash(body: bytes) -> None:
    for source in (
        body,
        b"{" + body,
        b"<rss version='2.0'><channel><item>" + body,
    ):
        try:
            parse(source, "https://c.example/", "C")
        except FeedUnreadable:
            pass


FULL = (
    "<p>The council met.</p><p>The files were obtained by Open Water.</p>" * 9
)


@pytest.mark.parametrize(
    "body",
    [
        f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
        <item><title>A</title><link>https://o.example/a</link><description>Short.</description>
        <content:encoded><![CDATA[{FULL}]]></content:encoded></item></channel></rss>""",
        f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><id>x</id>
        <link href="https://o.example/a"/><summary>Short.</summary>
        <content type="html"><![CDATA[{FULL}]]></content></entry></feed>""",
        f"""<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
        <item><title>A</title><link>https://o.example/a</link><description>Short.</description>
        <itunes:summary><![CDATA[{FULL}]]></itunes:summary></item></channel></rss>""",
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "items": [
                    {
                        "id": "x",
                        "url": "https://o.example/a",
                        "title": "A",
                        "summary": "Short.",
                        "content_html": FULL,
                    }
                ],
            }
        ),
    ],
    ids=["rss", "atom", "podcast", "json"],
)
def test_the_whole_text_beside_a_short_one_is_kept(body: str) -> None:
    document = parse_feed(body.encode())
    (article,) = convert_entries(document, Origin("https://o.example/feed"))
    assert article.summary == "Short."
    assert article.reader == "feed"
    assert article.text.split("\n\n")[:2] == [
        "The council met.",
        "The files were obtained by Open Water.",
    ]


def test_a_feed_with_its_summary_alone_gives_no_text() -> None:
    body = b"<rss version='2.0'><channel><item><title>A</title><link>https://o.example/a</link><description>All there is.</description></item></channel></rss>"
    (article,) = convert_entries(
        parse_feed(body), Origin("https://o.example/feed")
    )
    assert (article.summary, article.text, article.reader) == (
        "All there is.",
        "",
        "",
    )


ITEM = "<item><title>A</title><link>https://l.example/a</link></item>"


@pytest.mark.parametrize(
    "text",
    [
        f"<rss><channel><title>L</title></channel>{ITEM}</rss>",
        f"<rss><channel>{ITEM}</channel><channel/></rss>",
        f"<rss><channel/><channel>{ITEM}</channel></rss>",
        f"<rss><channel><items>{ITEM}</items></channel></rss>",
        f"<rss>{ITEM}</rss>",
        f"<RSS><CHANNEL>{ITEM.replace('item', 'ITEM').replace('title', 'Title')}</CHANNEL></RSS>",
        f'<rss xmlns="http://backend.userland.com/rss2"><channel>{ITEM}</channel></rss>',
        "<rss><channel><entry><title>A</title><link>https://l.example/a</link></entry></channel></rss>",
        '<feed xmlns="https://www.w3.org/2005/Atom"><entry><title>A</title>'
        '<link href="https://l.example/a"/></entry></feed>',
        '<urlset xmlns="https://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:n="https://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://l.example/a</loc>'
        "<n:news><n:title>A</n:title></n:news></url></urlset>",
        '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url>'
        "<loc>https://l.example/a</loc><n:news><n:title>A</n:title></n:news></url></urlset>",
    ],
)
def test_entries_in_odd_places_are_read(text: str) -> None:
    (entry,) = parse_feed(text.encode()).entries
    assert (entry.title, entry.link) == ("A", "https://l.example/a")


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><title>L</title></channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>L</title></feed>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": []}',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"/>',
    ],
)
def test_a_feed_without_entries_says_so(text: str) -> None:
    assert parse_feed(text.encode()).problems == ["it has no entries"]


@pytest.mark.parametrize(
    "text",
    [
        "<urlset><url><loc>https://l.example/a</loc></url></urlset>",
        "<urlset/>",
        "<sitemapindex><sitemap><loc>https://l.example/a</loc></sitemap></sitemapindex>",
    ],
)
def test_a_sitemap_of_pages_is_no_feed(text: str) -> None:
    with pytest.raises(FeedUnreadable, match="sitemap"):
        parse_feed(text.encode())


def test_a_feed_says_what_it_is_called() -> None:
    assert (
        parse_feed(
            f"<rss><channel><title> L </title>{ITEM}</channel></rss>".encode()
        ).title
        == "L"
    )


# Places where parts of an entry stand


def articles_of(
    body: str, url: str = "https://cdn.example/feed"
) -> list[Article]:
    origin = Origin(url, outlet="Courier")
    return convert_entries(parse_feed(body.encode()), origin)


def rss_of(items: str, names: str = "") -> str:
    return (
        f"<rss version='2.0' {names}><channel><title>C</title>"
        f"<link>https://courier.example/news/</link>{items}</channel></rss>"
    )


ITUNES = "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
FEEDBURNER = "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"
YANDEX = "xmlns:yandex='http://news.yandex.ru'"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/ferry", "https://courier.example/ferry"),
        ("a/ferry.html", "https://courier.example/news/a/ferry.html"),
        ("https://other.example/f", "https://other.example/f"),
    ],
)
def test_a_relative_link_belongs_to_the_site_of_the_feed(
    link: str, expected: str
) -> None:
    (article,) = articles_of(rss_of(f"<item><link>{link}</link></item>"))
    assert article.url == expected


def test_a_relative_link_of_json_belongs_to_its_home_page() -> None:
    home = '"home_page_url": "https://courier.example/"'
    (article,) = articles_of(f'{{{home}, "items": [{{"url": "/ferry"}}]}}')
    assert article.url == "https://courier.example/ferry"


@pytest.mark.parametrize(
    "rest", ["", "<description>Fish & chips</description>"]
)
def test_the_address_before_feedburners_is_the_articles(rest: str) -> None:
    link = "<link>https://feeds.example/~r/1</link>"
    original = (
        "<feedburner:origLink>https://courier.example/f</feedburner:origLink>"
    )
    (article,) = articles_of(
        rss_of(f"<item>{link}{original}{rest}</item>", FEEDBURNER)
    )
    assert article.url == "https://courier.example/f"


def test_an_address_behind_an_empty_link_is_the_link() -> None:
    (article,) = articles_of(
        rss_of("<item><title>A</title><link/>https://courier.example/f</item>")
    )
    assert article.url == "https://courier.example/f"


def test_atom_written_like_rss_has_its_link() -> None:
    entry = (
        "<entry><title>A</title><link>https://courier.example/f</link></entry>"
    )
    (article,) = articles_of(
        f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>"
    )
    assert article.url == "https://courier.example/f"


def test_a_title_of_an_episode_is_one_only_where_there_is_no_other() -> None:
    episode = "<itunes:title>Episode</itunes:title>"
    alone, beside = articles_of(
        rss_of(
            f"<item>{episode}<link>/1</link></item>"
            f"<item>{episode}<title>Title</title><link>/2</link></item>",
            ITUNES,
        )
    )
    assert (alone.title, beside.title) == ("Episode", "Title")


@pytest.mark.parametrize("rest", ["", "<author>Fish & chips</author>"])
def test_the_whole_text_for_yandex_is_the_text(rest: str) -> None:
    whole = f"<yandex:full-text>{PROSE}</yandex:full-text>"
    (article,) = articles_of(
        rss_of(f"<item><link>/1</link>{whole}{rest}</item>", YANDEX)
    )
    assert article.text == PROSE.strip()


def test_a_post_without_a_title_has_its_first_words_as_one() -> None:
    post = f"&lt;p&gt;Ferry fares rise.&lt;/p&gt;&lt;p&gt;{PROSE * 3}&lt;/p&gt;"
    (article,) = articles_of(
        rss_of(f"<item><link>/1</link><description>{post}</description></item>")
    )
    assert article.title == "Ferry fares rise."


def piece(title: str, guid: str) -> str:
    return f"<item><title>{title}</title><link>/day</link><guid isPermaLink='false'>{guid}</guid></item>"


def test_several_pieces_on_one_page_are_several_articles() -> None:
    both = articles_of(rss_of(piece("Pier", "1") + piece("Ferry", "2")))
    assert [article.title for article in both] == ["Pier", "Ferry"]
    assert len({article.key for article in both}) == 2
    renamed = articles_of(rss_of(piece("The pier", "1") + piece("Ferry", "2")))
    assert [a.key for a in renamed] == [a.key for a in both]


@pytest.mark.parametrize(
    "second", [piece("Pier", "2"), piece("Ferry", "1")], ids=["title", "guid"]
)
def test_one_piece_given_twice_is_one_article(second: str) -> None:
    assert len(articles_of(rss_of(piece("Pier", "1") + second))) == 1


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        ("/2026/12/the-lease", "https://a.example/2026/12/the-lease"),
        ("/42", ""),
        ("/12/13", ""),
    ],
)
def test_a_guid_that_is_the_path_of_a_story_is_its_address(
    guid: str, url: str
) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>'
        f"<entry><title>The lease</title><id>{guid}</id></entry></feed>"
    )
    (article,) = convert_entries(
        parse_feed(feed.encode()), Origin("https://a.example/feed")
    )
    assert article.url == url

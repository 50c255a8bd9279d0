"""Finding the feeds of a site."""

from pathlib import Path

import pytest

from tests.cases.feeds import RSS, feeds_of, item
from tests.command_line import invoke
from tests.conftest import workspace
from tests.fakes.web import Answer, FakeWeb


def test_a_declared_feed_is_found_and_the_one_of_comments_is_not(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(
        b'<html><head><meta property="og:site_name" content="The Ledger">'
        b'<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
        b'<link rel="alternate" type="application/rss+xml" href="/news.xml">'
        b'<link rel="alternate" type="application/atom+xml" href="/other.xml"></head></html>'
    )
    web.answers |= {
        path: Answer(RSS)
        for path in ("/news.xml", "/other.xml", "/comments/feed")
    }
    added = invoke(folder, "feeds", "add", web.url + "/")
    assert f"added {web.url}/news.xml (The Ledger)" in added.output
    assert f"digest feeds add {web.url}/other.xml" in added.output
    assert f"{web.url}/news.xml" in feeds_of(folder)
    assert not [path for path, _ in web.asked if "comments" in path]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (b'<a href="/service/rss">Our feeds</a>', "/service/rss"),
        (b"<p>Nothing at all</p>", "/atom.xml"),
    ],
)
def test_a_feed_nobody_declares_is_found(
    web: FakeWeb, folder: Path, page: bytes, feed: str
) -> None:
    web.answers["/"] = Answer(page)
    web.answers[feed] = Answer(RSS)
    assert (
        invoke(folder, "feeds", "add", web.url + "/", "--outlet", "L").exit_code
        == 0
    )
    assert feeds_of(folder)[-1] == web.url + feed


def test_a_news_sitemap_is_a_feed(web: FakeWeb, folder: Path) -> None:
    web.answers["/"] = Answer(b"<p>Nothing at all</p>")
    web.answers["/robots.txt"] = Answer(
        f"Sitemap: {web.url}/news-sitemap.xml".encode()
    )
    web.answers["/news-sitemap.xml"] = Answer(
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        b' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://l.example/a</loc>'
        b"<n:news><n:publication_date>2026-02-26</n:publication_date><n:title>A</n:title></n:news></url></urlset>"
    )
    assert invoke(folder, "feeds", "add", web.url + "/").exit_code == 0
    assert feeds_of(folder)[-1] == f"{web.url}/news-sitemap.xml"


def test_an_outlet_is_called_what_its_site_calls_itself(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(
        b"<title>The Ledger: News of the County | Home</title><a href=/rss>RSS</a>"
    )
    web.answers["/rss"] = Answer(RSS)
    assert (
        "(The Ledger)" in invoke(folder, "feeds", "add", web.url + "/").output
    )


def test_a_site_without_a_feed_says_what_to_do(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(b"<p>Nothing at all</p>")
    refused = invoke(folder, "feeds", "add", web.url + "/")
    assert refused.exit_code == 1
    assert "no feed is declared there" in refused.output
    assert "look on the site for" in refused.output


def test_an_address_that_answers_nowhere_is_named(folder: Path) -> None:
    refused = invoke(folder, "feeds", "add", "http://127.0.0.1:9/")
    assert (refused.exit_code, refused.output) == (
        1, "http://127.0.0.1:9/: the server refuses connections\n"
    )  # fmt: skip


def test_a_feed_of_a_watched_outlet_joins_it(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/sport"] = Answer(RSS)
    assert (
        "(The Courier)"
        in invoke(tmp_path, "feeds", "add", f"{web.url}/sport").output
    )
    assert (
        "already" in invoke(tmp_path, "feeds", "add", f"{web.url}/sport").output
    )
    assert feeds_of(tmp_path) == [f"{web.url}/feed", f"{web.url}/sport"]


PAGE = b"<html><head><title>The Ledger</title>%s</head><body>%s</body></html>"


def titled(title: str, *items: str) -> bytes:
    channel = f"<title>{title}</title>{''.join(items)}"
    return f'<rss version="2.0"><channel>{channel}</channel></rss>'.encode()


@pytest.mark.parametrize(
    ("head", "body", "feed"),
    [
        (
            b'<base href="/n/"><link rel=alternate type=application/rss+xml href=f.xml>',
            b"",
            "/n/f.xml",
        ),
        (b"<link rel=alternate type=text/xml href=/w>", b"", "/w"),
        (b"<link rel=feed href=/w>", b"", "/w"),
        (
            b'<link rel=alternate type=application/rss+xml title="Kommentar &raquo; Feed" href=/w>',
            b"",
            "/w",
        ),
        (b"", b"<a href=/lists/5>RSS</a>", "/lists/5"),
        (b"", b"<a href='feed:%s/w'>Follow</a>", "/w"),
        (b"", b"", "/index.rss"),
        (b"", b"", "/arc/outboundfeeds/rss/"),
        (b"", b"", "/search/"),
    ],
)
def test_a_feed_is_found_wherever_sites_have_it(
    web: FakeWeb, folder: Path, head: bytes, body: bytes, feed: str
) -> None:
    if b"%s" in body:
        body %= web.url.encode()
    web.answers["/"] = Answer(PAGE % (head, body))
    web.answers[feed] = Answer(titled("The Ledger", item("A", "/a")))
    added = invoke(folder, "feeds", "add", web.url + "/")
    assert added.exit_code == 0
    assert "(The Ledger)" in added.output
    assert feeds_of(folder)[-1].partition("?")[0] == web.url + feed


def test_a_page_that_lists_feeds_is_followed(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(PAGE % (b"", b"<a href=/about/rss>RSS</a>"))
    web.answers["/about/rss"] = Answer(PAGE % (b"", b"<a href=/x.rss>X</a>"))
    web.answers["/x.rss"] = Answer(RSS)
    assert invoke(folder, "feeds", "add", web.url + "/").exit_code == 0
    assert feeds_of(folder)[-1] == f"{web.url}/x.rss"


def test_an_empty_feed_is_taken_only_if_there_is_no_other(
    web: FakeWeb, folder: Path
) -> None:
    link = b"<link rel=alternate type=application/rss+xml href=/%s>"
    web.answers["/"] = Answer(PAGE % (link % b"empty" + link % b"full", b""))
    web.answers["/empty"] = Answer(titled("The Ledger"))
    web.answers["/full"] = Answer(RSS)
    invoke(folder, "feeds", "add", web.url + "/")
    assert feeds_of(folder)[-1] == f"{web.url}/full"
    del web.answers["/full"]
    added = invoke(folder, "feeds", "add", web.url + "/")
    assert "it has no entries now" in added.stderr
    assert feeds_of(folder)[-1] == f"{web.url}/empty"


def test_usual_places_are_tried_where_a_front_page_asks_for_a_browser(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(
        b"<title>Just a moment...</title>",
        403,
        {"cf-mitigated": "challenge"},
    )
    web.answers["/rss"] = Answer(titled("News - The Ledger", item("A", "/a")))
    added = invoke(folder, "feeds", "add", web.url + "/")
    assert f"added {web.url}/rss (The Ledger)" in added.output
    del web.answers["/rss"]
    refused = invoke(folder, "feeds", "add", web.url + "/")
    assert "Cloudflare asks for a browser check" in refused.output


@pytest.mark.parametrize("prefix", ["", "feed://", "feed:http://"])
def test_addresses_are_taken_as_people_have_them(
    web: FakeWeb, folder: Path, prefix: str
) -> None:
    web.answers["/x.rss"] = Answer(titled("The Ledger", item("A", "/a")))
    address = web.url.removeprefix("http://") + "/x.rss"
    added = invoke(folder, "feeds", "add", prefix + address)
    assert f"added {web.url}/x.rss (The Ledger)" in added.output


NEWS_SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    b' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://l.example/a</loc>'
    b"<n:news><n:title>A</n:title></n:news></url></urlset>"
)
PLAIN_SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc>https://l.example/a</loc></url></urlset>"
)


def test_sitemaps_are_looked_for_news_also_in_lists_of_them(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(PAGE % (b"", b""))
    web.answers["/sitemap.xml"] = Answer(
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{web.url}/p</loc>'
        f"</sitemap><sitemap><loc>{web.url}/n</loc></sitemap></sitemapindex>".encode()
    )
    web.answers["/p"] = Answer(PLAIN_SITEMAP)
    web.answers["/n"] = Answer(NEWS_SITEMAP)
    assert invoke(folder, "feeds", "add", web.url + "/").exit_code == 0
    assert feeds_of(folder)[-1] == f"{web.url}/n"


def test_of_many_sitemaps_those_that_changed_last_are_asked_first(
    web: FakeWeb, folder: Path
) -> None:
    archives = "".join(
        f"<sitemap><loc>{web.url}/{year}.xml</loc><lastmod>{year}-12-31</lastmod></sitemap>"
        for year in range(2000, 2020)
    )
    latest = f"<sitemap><loc>{web.url}/latest.xml</loc><lastmod>2026-02-26</lastmod></sitemap>"
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    web.answers["/"] = Answer(PAGE % (b"", b""))
    web.answers["/sitemap.xml"] = Answer(
        f'<sitemapindex xmlns="{namespace}">{archives}{latest}</sitemapindex>'.encode()
    )
    web.answers["/latest.xml"] = Answer(NEWS_SITEMAP)
    invoke(folder, "feeds", "add", web.url + "/", "--outlet", "L")
    assert feeds_of(folder)[-1] == f"{web.url}/latest.xml"


def test_a_sitemap_without_news_is_no_feed(web: FakeWeb, folder: Path) -> None:
    web.answers["/"] = Answer(PAGE % (b"", b""))
    web.answers["/robots.txt"] = Answer(f"Sitemap: {web.url}/news.xml".encode())
    web.answers["/news.xml"] = Answer(PLAIN_SITEMAP)
    before = feeds_of(folder)
    assert invoke(folder, "feeds", "add", web.url + "/").exit_code == 1
    assert feeds_of(folder) == before


def test_a_person_says_whose_a_feed_is(web: FakeWeb, folder: Path) -> None:
    for name in ("ana", "bo"):
        web.answers[f"/{name}"] = Answer(titled(name, item("A", "/a")))
        added = invoke(
            folder, "feeds", "add", f"{web.url}/{name}", "--outlet", name
        )
        assert f"({name})" in added.output


@pytest.mark.parametrize(
    "link",
    [
        b'<a href="/x/9" rel="alternate" type="application/rss+xml"><i></i></a>',
        b'<a href="/x/9"><img src="i.png" alt="RSS"></a>',
        b'<a href="/x/9" aria-label="RSS"><svg></svg></a>',
        b'<a href="/x/9"><i class="fa fa-rss"></i></a>',
        b'<map name="m"><area href="/x/9" alt="Our feed"></map>',
        b'<link rel="alternate" type="application/x-rss+xml" href="/x/9">',
        b'<link rel="alternate" type="application/rss+xml" href="/all-lists">',
        b'<meta http-equiv="refresh" content="0; url=/home">',
    ],
)
def test_a_feed_that_is_named_in_odd_ways_is_found(
    web: FakeWeb, folder: Path, link: bytes
) -> None:
    web.answers["/"] = Answer(PAGE % (b"", link))
    web.answers["/all-lists"] = Answer(
        b'<html><body><a href="/x/9">News (RSS)</a></body></html>'
    )
    web.answers["/home"] = Answer(
        b'<html><head><link rel="alternate" type="application/rss+xml" href="/x/9"></head></html>'
    )
    web.answers["/x/9"] = Answer(RSS)
    invoke(folder, "feeds", "add", web.url + "/", "--outlet", "L")
    assert feeds_of(folder)[-1] == f"{web.url}/x/9"


def test_a_feed_in_the_header_is_found(web: FakeWeb, folder: Path) -> None:
    links = (
        '</wp-json/>; rel="https://api.w.example/", '
        '</x/9>; title="News, all"; rel=alternate; type="application/rss+xml"'
    )
    web.answers["/"] = Answer(PAGE % (b"", b""), headers={"Link": links})
    web.answers["/x/9"] = Answer(RSS)
    invoke(folder, "feeds", "add", web.url + "/", "--outlet", "L")
    assert feeds_of(folder)[-1] == f"{web.url}/x/9"


def test_the_feed_in_the_language_of_the_page_comes_first(
    web: FakeWeb, folder: Path
) -> None:
    declared = "".join(
        f'<link rel="alternate" hreflang="{language}" type="application/rss+xml" href="/{language}">'
        for language in ("en", "fr-BE")
    )
    web.answers["/"] = Answer(
        f'<html lang="fr"><head>{declared}</head></html>'.encode()
    )
    web.answers |= {path: Answer(RSS) for path in ("/en", "/fr-BE")}
    invoke(folder, "feeds", "add", web.url + "/", "--outlet", "L")
    assert feeds_of(folder)[-1] == f"{web.url}/fr-BE"


def test_the_charset_of_the_header_is_that_of_the_name(
    web: FakeWeb, folder: Path
) -> None:
    page = "<title>Diário do Cais</title><a href=/x/9>RSS</a>"
    web.answers["/"] = Answer(
        page.encode(), headers={"Content-Type": "text/html; charset=utf-8"}
    )
    web.answers["/x/9"] = Answer(RSS)
    added = invoke(folder, "feeds", "add", web.url + "/")
    assert "(Diário do Cais)" in added.output

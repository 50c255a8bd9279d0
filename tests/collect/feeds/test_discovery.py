"""Finding the feeds of a site."""

from pathlib import Path

import pytest

from tests.cases.feeds import RSS, feeds_of
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

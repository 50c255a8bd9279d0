"""newspaper as a second opinion, and as the reader that the settings name."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.app import App
from digest.collect.pages.extract import combined_reader
from digest.collect.pages.newspaper import newspaper_reader
from digest.errors import PageUnread
from digest.settings import load_workspace
from tests.cases.feeds import PROSE, item, page, rss
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb

# Reading pages


@pytest.mark.parametrize("read", [combined_reader, newspaper_reader])
def test_each_reader_finds_the_article(read) -> None:
    found = read(
        page("A report", "</p><p>".join([PROSE * 2] * 4)), "https://c.example/a"
    )
    assert found.title == "A report"
    assert PROSE.strip() in found.text
    assert "Home" not in found.text


def test_the_combined_reader_finds_the_date_that_newspaper_misses() -> None:
    body = page("A report", PROSE * 4)
    assert combined_reader(body, "https://c.example/a").published == datetime(
        2026, 2, 26, 9, tzinfo=UTC
    )
    assert newspaper_reader(body, "https://c.example/a").published is None


def test_the_reader_in_the_settings_is_the_one_used(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    web.answers["/a"] = Answer(page("A", "</p><p>".join([PROSE * 2] * 4)))
    with App(
        load_workspace(tmp_path, {"DIGEST_EXTRACTOR": "newspaper3k"}),
        lambda: NOW,
    ) as app:
        app.collection.collect_and_fill()
        assert app.articles.list_ranked()[0].article.reader == "newspaper3k"


def test_newspaper_fetches_no_image(web: FakeWeb) -> None:
    images = f'<img src="{web.url}/1.png"><meta property="og:image" content="{web.url}/2.png">'
    newspaper_reader(page("A", PROSE * 4 + images), f"{web.url}/a")
    assert web.asked == []


def test_newspaper_is_the_second_opinion_on_a_short_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the first reader finds next to nothing, the longer text wins."""
    monkeypatch.setattr(
        "digest.collect.pages.extract.extract_body",
        lambda _tree, _url, _headlines: "Short.",
    )
    found = combined_reader(
        page("A", "</p><p>".join([PROSE * 2] * 4)), "https://c.example/a"
    )
    assert found.reader == "newspaper3k"
    assert len(found.text) > 250


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"\x00\x01", b"%PDF-1.4", b"<div>" * 50_000, b"{}" * 100],
)
def test_a_page_that_is_none_is_said_to_be_unread(body: bytes) -> None:
    try:
        assert len(combined_reader(body, "https://c.example/a").text) < 250
    except PageUnread as e:
        assert str(e)


def test_a_deep_json_ld_is_survived() -> None:
    deep = (
        b'<html><script type="application/ld+json">'
        + b"[" * 50_000
        + b"</script><p>x</p></html>"
    )
    assert combined_reader(deep, "https://c.example/a").title == ""

"""Real feeds and pages through the whole line."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin
from xml.sax.saxutils import escape

import pytest

from digest.collect import article_key
from digest.collect.feeds.clean import absolute_url, plain_text
from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from tests.conftest import needs_shared
from tests.fakes.replayed_press import FEEDS, NOW, expected, replayed

pytestmark = [needs_shared, pytest.mark.shared]


def agrees(article, entry: dict, body: bytes) -> bool:
    """Whether an article is the entry that three independent parsers saw.

    The parsers take the counter's address where a feed has the article's own beside it.
    """
    want = entry.get("date")
    dated = want is None or article.published == datetime.fromisoformat(want)
    linked = article.url == absolute_url(
        entry.get("link") or entry.get("id") or "", article.url
    )
    linked = linked or f"origLink>{escape(article.url)}<".encode() in body
    return (
        dated
        and linked
        and article.title == plain_text(entry.get("title") or "")
    )


@pytest.mark.parametrize("name", sorted(expected()) if FEEDS.is_dir() else [])
def test_a_real_feed_gives_what_three_parsers_agree_on(name: str) -> None:
    """First and last entry: title, link, date; and as many articles as distinct addresses."""
    want = expected()[name]
    body = (FEEDS / "feeds" / name).read_bytes()
    given = convert_entries(
        parse_feed(body), Origin("https://outlet.example/feed", "x")
    )
    assert 0 < len(given) <= want["entries"]
    assert agrees(given[0], want["first"], body)
    assert any(agrees(a, want["last"], body) for a in given)


@pytest.mark.slow
def test_a_replayed_press_becomes_an_edition(tmp_path: Path) -> None:
    """Every feed is polled, what `expected.json` names is stored, and the edition is built."""
    with replayed(tmp_path) as (app, report):
        assert sum(t.polled for t in report.values()) == len(
            list((FEEDS / "feeds").iterdir())
        )
        assert (
            sum(t.failures.total() for t in report.values()) == 1
        )  # an XML file that is no feed
        keys = {
            j.article.key
            for j in app.articles.list_ranked(
                datetime.min.replace(tzinfo=NOW.tzinfo)
            )
        }
        for name, want in expected().items():
            body = (FEEDS / "feeds" / name).read_bytes()
            home = app.settings.outlets[0].homepage
            for entry in (want["first"], want["last"]):
                address = entry.get("link") or ""
                # the address of a counter, or of a post about an article, is no key where the
                # article's own stands beside it
                has_other = b"origLink>" in body or b"[link]" in body
                if address.startswith("http") and not has_other:
                    assert article_key(urljoin(home, address)) in keys, name
        draft = app.drafts.create_draft(NOW.date())
        assert any(s.picks for s in draft.edition.sections)
        assert all(
            file.stat().st_size
            for file in app.edition_files.write_edition(NOW.date())
        )

"""One article once, whatever names it comes under, with its headline clean and its history kept."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.app import App
from digest.collect.feeds.clean import article_key
from digest.collect.feeds.dedupe import Memory, canonical_key, sort_out
from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from digest.model import Article
from tests.cases.feeds import PROSE, item, page
from tests.conftest import NOW, SHARED, needs_shared
from tests.fakes.web import Answer, FakeWeb

SEQUENCES = SHARED / "data" / "feeds" / "sequences"


def titles(app: App) -> list[str]:
    return sorted(
        j.article.title
        for j in app.articles.list_ranked(NOW.replace(year=2000))
    )


def entry(title: str, link: str, guid: str) -> str:
    return item(title, link).replace(
        "</item>", f"<guid isPermaLink='false'>{guid}</guid></item>"
    )


# One article once


@pytest.mark.parametrize(
    "again",
    [
        entry("Water rates to rise in May", "/1", "other-guid"),
        entry(
            "Water rates to rise in May",
            "/1?utm_source=rss&fbclid=x&gclid=y&mc_cid=z",
            "g",
        ),
        entry("Water rates to rise in May", "/1/amp", "g"),
        entry("Water rates to rise in May", "/1/#comments", "g2"),
        entry("Water rates to rise in May", "/1#reactions", "g2").replace(
            "26 Feb", "25 Feb"
        ),
        entry("Water rates to rise in May", "/moved/1", "g"),
        entry("Water rates to rise in May", "/moved/1", "moved-too"),
    ],
    ids=[
        "guid changed",
        "trackers",
        "amp",
        "anchor",
        "anchor of the site's own",
        "address changed",
        "both, same time",
    ],
)
def test_an_article_is_known_again(
    poll: Callable[..., App], again: str
) -> None:
    poll(entry("Water rates to rise in May", "/1", "g"))
    app = poll(again)
    assert app.report["The Courier"].new == 0
    assert titles(app) == ["Water rates to rise in May"]


def test_parts_of_one_page_are_pieces_of_their_own(
    poll: Callable[..., App],
) -> None:
    """As a log of changes or a live report lists them, each time only the newest."""
    poll(entry("Pumps stand still", "/live#item-1", "1"))
    app = poll(entry("Pumps run again", "/live#item-2", "2"))
    assert titles(app) == ["Pumps run again", "Pumps stand still"]


def test_the_page_of_a_part_with_the_same_headline_is_that_part(
    poll: Callable[..., App],
) -> None:
    first = entry("Pumps stand still", "/1#reactions", "1")
    second = entry("Pumps stand still", "/1", "2")
    assert titles(poll(first, second)) == ["Pumps stand still"]


@pytest.mark.parametrize(
    "other",
    ["https://m.a.example/x", "https://mobile.a.example/x", "https://amp.a.example/x", "https://a.example/amp/x",
     "https://a.example/x/amp/", "https://a.example/x.amp", "https://a.example/x?amp=1", "http://a.example:80/x",
     "https://a.example/x?mc_cid=1&mc_eid=2&_hsenc=3", "https://www.google.com/amp/s/a.example/x",
     "https://a-example.cdn.ampproject.org/c/s/a.example/x", "https://a.example/x#:~:text=rates"],
)  # fmt: skip
def test_phones_amp_and_trackers_are_no_other_article(other: str) -> None:
    assert article_key(other) == article_key("https://a.example/x")


def test_a_feed_that_gives_every_entry_one_guid_loses_none(
    poll: Callable[..., App],
) -> None:
    app = poll(
        *(entry(f"Headline number {n}", f"/{n}", "same") for n in range(4))
    )
    assert app.report["The Courier"].new == 4


def test_a_telling_headline_is_needed_to_know_an_article_by_it() -> None:
    """Two pieces called "Corrections" at one time are two."""
    one = Article("k1", "u1", "C", "Corrections", published=NOW)
    assert len(sort_out([one, replace(one, key="k2")], Memory()).new) == 2


def test_what_its_page_calls_itself_is_another_name(
    poll: Callable[..., App], web: FakeWeb
) -> None:
    """Two addresses, two guids, one rel=canonical: one article; and known again by it."""
    canonical = f'<link rel="canonical" href="{web.url}/real"></head>'.encode()
    for path in ("/a", "/b", "/real"):
        web.answers[path] = Answer(
            page("One report", PROSE * 5).replace(b"</head>", canonical, 1)
        )
    first = item("One report", "/a", "Thu, 26 Feb 2026 08:00:00 GMT")
    app = poll(first, item("One report", "/b"), feeds_only=False)
    assert titles(app) == ["One report"]
    assert (
        poll(item("One report", "/real"), feeds_only=False)
        .report["The Courier"]
        .new
        == 0
    )


@pytest.mark.parametrize(
    ("canonical", "page_url"),
    [
        ("https://a.example/", "https://a.example/x"),
        ("https://wire.example/x", "https://a.example/x"),
    ],
)
def test_a_home_page_or_a_stranger_is_not_believed(
    canonical: str, page_url: str
) -> None:
    assert canonical_key(canonical, page_url) == ""


def test_a_change_of_headline_is_kept_with_the_old_one(
    poll: Callable[..., App],
) -> None:
    poll(entry("Water rates to rise in May", "/1", "g"))
    app = poll(entry("Water rates to fall after all", "/1", "g"))
    assert app.report["The Courier"].retitled == 1
    ((_, earlier),) = app.articles.earlier_headlines([1]).items()
    assert (titles(app), earlier) == (
        ["Water rates to fall after all"],
        ["Water rates to rise in May"],
    )


def test_a_headline_with_a_clock_in_it_does_not_change_for_ever(
    poll: Callable[..., App],
) -> None:
    for minute in range(27):
        app = poll(entry(f"Live: minute {minute} of the hearing", "/1", "g"))
    assert len(app.articles.earlier_headlines([1])[1]) == 24


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("name", ["bbc", "nytimes"])
def test_a_real_outlet_polled_for_days_gives_each_article_once(
    name: str,
) -> None:
    """As many articles as the sequence has distinct ids, up to those that share an address."""
    steps = json.loads((SEQUENCES / "expected.json").read_text())[name]
    memory, found, pairs = Memory(), [], set()
    for step in steps:
        given = convert_entries(
            parse_feed((SEQUENCES / step["file"]).read_bytes()),
            Origin("https://o.example/", name),
        )
        new = sort_out(given, memory).new
        found += new
        pairs |= {a.key for a in given}
        assert len(new) <= step["new"]
    assert (
        len({a.key for a in found}) == len(found) <= steps[-1]["total_distinct"]
    )
    assert len(found) > 0.95 * len(pairs)


# Dates


def test_undated_and_future_articles_are_set_aside(
    poll: Callable[..., App],
) -> None:
    undated = "<item><title>Open Water, undated</title><link>/u</link></item>"
    future = item(
        "Open Water, in the future", "/f", "Thu, 26 Feb 2099 09:00:00 GMT"
    )
    app = poll(undated, future)
    assert sorted(
        why for _, why in app.drafts.create_draft(NOW.date()).aside
    ) == [
        "dated in the future",
        "undated",
    ]

"""Collecting from a real server on loopback: what is kept, what is counted, what is refused."""

import gzip
from pathlib import Path

import pytest

from digest.app import App
from digest.errors import Busy
from digest.settings import load_workspace
from tests.cases.feeds import PROSE, item, page, rss
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb


def test_new_articles_are_stored_read_and_judged(
    press: App, web: FakeWeb
) -> None:
    web.answers["/feed"] = Answer(
        rss(item("A report", "/a?utm_source=rss"), item("Rovers win", "/b"))
    )
    web.answers["/a"] = Answer(
        page("A report", PROSE * 4 + "It was obtained by Open Water. " + PROSE)
    )
    web.answers["/b"] = Answer(page("Rovers win", PROSE * 4))
    report = press.collection.collect_and_fill().report
    assert (report["The Courier"].new, report["The Courier"].read) == (2, 2)
    first, second = press.articles.list_ranked()
    assert first.judgement.section == "in_the_news"
    assert (
        first.reading.mentions[0].sentence == "It was obtained by Open Water."
    )
    assert first.article.authors == ("Ada Byron",)
    assert second.judgement.section == ""


def test_the_second_time_nothing_is_new_and_the_server_is_asked_politely(
    press: App, web: FakeWeb
) -> None:
    """What the server said of its feed is said back to it, and a 304 is a good answer."""
    web.answers["/feed"] = Answer(
        rss(item("A", "/a")),
        headers={"ETag": '"v1"', "Last-Modified": "yesterday"},
    )
    web.answers["/a"] = Answer(page("A", PROSE * 4))
    press.collection.collect_and_fill()
    web.answers["/feed"] = Answer(status=304)
    report = press.collection.collect_and_fill(everything=True).report[
        "The Courier"
    ]
    assert (
        report.polled,
        report.unchanged,
        report.new,
        report.failures.total(),
    ) == (
        1,
        1,
        0,
        0,
    )
    _, headers = web.asked[-1]
    assert (headers["if-none-match"], headers["if-modified-since"]) == (
        '"v1"',
        "yesterday",
    )
    assert headers["user-agent"].startswith("press-digest/")


def test_a_feed_that_is_not_due_is_left_alone_unless_asked_for(
    press: App, web: FakeWeb
) -> None:
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    press.collection.collect_and_fill()
    assert press.collection.collect_and_fill().report["The Courier"].polled == 0
    assert (
        press.collection.collect_and_fill(everything=True)
        .report["The Courier"]
        .polled
        == 1
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=503), "http 503"),
        (Answer(status=410), "http 410"),
        (Answer(b"<html><body>Welcome</body></html>"), "not a feed"),
        (Answer(b""), "not a feed"),
        (Answer(b'{"hello": 1}'), "not a feed"),
        (
            Answer(status=403, headers={"cf-mitigated": "challenge"}),
            "challenge",
        ),
        (Answer(status=302, headers={"Location": "/feed"}), "redirects"),
        (
            Answer(status=302, headers={"Location": "http://10.0.0.1/feed"}),
            "forbidden address",
        ),
        (
            Answer(status=302, headers={"Location": "file:///etc/passwd"}),
            "bad address",
        ),
        (
            Answer(
                gzip.compress(b"x" * 20_000_000),
                headers={"Content-Encoding": "gzip"},
            ),
            "too large",
        ),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_bad_feed_is_counted_by_its_reason(
    press: App, web: FakeWeb, answer: Answer, reason: str
) -> None:
    web.answers["/feed"] = answer
    tally = press.collection.collect_and_fill().report["The Courier"]
    assert dict(tally.failures) == {reason: 1}
    assert tally.problems[0].startswith(f"{web.url}/feed: ")
    assert press.store.feeds.get_feeds()[f"{web.url}/feed"].failures > 0


def test_one_bad_feed_never_stops_the_rest(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    bad = f'["{web.url}/bad", "{web.url}/feed", "http://127.0.0.1:9/refused"]'
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    web.answers["/bad"] = Answer(b"\x00\xff<rss")
    with App(
        load_workspace(tmp_path, {"DIGEST_OUTLETS__0__FEEDS": bad}), lambda: NOW
    ) as app:
        tally = app.collection.collect_and_fill().report["The Courier"]
    assert tally.new == 1
    assert dict(tally.failures) == {"not a feed": 1, "refused": 1}


def test_a_page_that_cannot_be_read_keeps_its_reason_and_its_headline(
    press: App, web: FakeWeb
) -> None:
    web.answers["/feed"] = Answer(
        rss(item("Open Water sues", "/wall"), item("Short", "/short"))
    )
    web.answers["/wall"] = Answer(status=403)
    web.answers["/short"] = Answer(page("Short", "Too short."))
    assert dict(
        press.collection.collect_and_fill().report["The Courier"].unread
    ) == {
        "http 403": 1,
        "too short": 1,
    }
    wall = next(
        j
        for j in press.articles.list_ranked()
        if j.article.url.endswith("/wall")
    )
    assert wall.judgement.section == "in_the_news"
    assert any(
        "headline and summary only" in r.words for r in wall.judgement.reasons
    )


def test_a_second_collect_at_the_same_time_says_so(press: App) -> None:
    with (
        press.store.hold_lock("collect"),
        pytest.raises(Busy, match="another `digest collect` is running"),
    ):
        press.collection.collect_and_fill()

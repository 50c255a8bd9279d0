"""Reading pages: what may yet come is tried again, what says too many is left in peace."""

from collections.abc import Callable
from pathlib import Path

from digest.app import App
from tests.cases.feeds import PROSE, item, page, rss
from tests.fakes.web import Answer, FakeWeb


def test_a_page_that_may_yet_come_is_tried_three_times(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/story"] = Answer(status=503)
    tries = [collect(hour).report.unread["http 503"] for hour in range(5)]
    assert tries == [1, 1, 1, 0, 0]


def test_a_page_that_comes_at_last_is_read(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/story"] = Answer(status=503)
    collect()
    web.answers["/story"] = Answer(
        page("Open Water sues the county", PROSE * 5)
    )
    app = collect(1)
    (found,) = app.articles.list_ranked()
    assert (app.report.read, found.article.unread) == (1, "")


def test_a_host_that_says_too_many_is_left_in_peace(
    collect: Callable[..., App], web: FakeWeb, tmp_path: Path
) -> None:
    web.answers["/feed"] = Answer(
        rss(*(item(f"Open Water, part {n} of it", f"/p{n}") for n in range(9)))
    )
    web.answers |= {
        f"/p{n}": Answer(status=429, headers={"Retry-After": "600"})
        for n in range(9)
    }
    report = collect().report
    assert report.unread["http 429"] == 9
    assert (
        len([p for p, _ in web.asked if p.startswith("/p")]) <= 2
    )  # what ran at once


def test_a_page_that_is_not_free_is_a_paywall(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/story"] = Answer(
        b'<html><head><script type="application/ld+json">{"@type":"NewsArticle","headline":"H",'
        b'"isAccessibleForFree":false}</script></head><body><p>The first lines only.</p></body></html>'
    )
    assert dict(collect().report.unread) == {"paywall": 1}

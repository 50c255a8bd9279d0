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


def test_an_article_behind_a_counter_has_its_own_address(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/story"] = Answer(
        status=302, headers={"Location": "/own?utm_source=f"}
    )
    web.answers["/own"] = Answer(page("Open Water sues the county", PROSE * 5))
    app = collect()
    (found,) = app.articles.list_ranked()
    assert found.article.url == f"{web.url}/own"
    assert collect(1).report.new == 0


def test_an_article_behind_a_counter_is_known_by_its_own_address(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/story"] = Answer(status=302, headers={"Location": "/own"})
    web.answers["/own"] = Answer(status=403)
    collect()
    web.answers["/feed"] = Answer(rss(item("The county is sued", "/own", "")))
    assert collect(1).report.new == 0


CONTENT = "http://purl.org/rss/1.0/modules/content/"


def carrying(text: str) -> bytes:
    """Return a feed whose one item carries a text."""
    head = "<title>The county is sued by Open Water</title><link>/story</link>"
    date = "<pubDate>Thu, 26 Feb 2026 09:00:00 GMT</pubDate>"
    whole = f'<c:encoded xmlns:c="{CONTENT}">{text}</c:encoded>'
    return rss(f"<item>{head}{date}{whole}</item>")


def text_read(app: App) -> str:
    (ranked,) = app.articles.list_ranked()
    stored = app.store.articles.find_article(ranked.article.key)
    assert stored is not None
    return stored.text


def test_the_longer_of_feed_and_page_is_the_text(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    whole = PROSE * 9 + "Open Water sued it."
    web.answers["/feed"] = Answer(carrying(whole))
    web.answers["/story"] = Answer(page("The county is sued", PROSE * 3))
    assert "Open Water sued it." in text_read(collect())


def test_a_page_nearly_as_long_as_the_feed_is_the_text(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    carried = PROSE * 5 + "Short."
    web.answers["/feed"] = Answer(carrying(carried))
    web.answers["/story"] = Answer(page("The county is sued", PROSE * 5))
    text = text_read(collect())
    assert text
    assert "Short." not in text


def test_the_address_of_an_amp_page_gives_way_to_its_canonical_one(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    story = page("Open Water sues the county", PROSE * 5)
    canonical = f'<link rel="canonical" href="{web.url}/story"></head>'
    web.answers["/feed"] = Answer(
        rss(item("Open Water sues the county", "/story/amp"))
    )
    web.answers["/story/amp"] = Answer(
        story.replace(b"</head>", canonical.encode())
    )
    (found,) = collect().articles.list_ranked()
    assert found.article.url == f"{web.url}/story"

"""What is read from a page, from every place that may say it; and why a page cannot be read."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.collect.http.refusal import RefusedAnswer, explain_refusal
from digest.collect.pages.extract import combined_reader
from digest.model import Extract
from digest.settings import load
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb
from tests.services.test_feeds import PROSE, item, page, rss

URL = "https://www.ledger.example/news/rates"
BODY = f"<article><p>{PROSE * 4}</p></article>"


def read(head: str = "", body: str = BODY, url: str = URL) -> Extract:
    return combined_reader(
        f"<html><head>{head}</head><body>{body}</body></html>".encode(), url
    )


def linked(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


ARTICLE = {"@type": "NewsArticle", "headline": "Rates to rise"}


# Headline


def test_json_ld_names_the_headline() -> None:
    found = read(linked(ARTICLE) + "<title>Something else | The Ledger</title>")
    assert found.title == "Rates to rise"


@pytest.mark.parametrize(
    "head",
    [
        "<title>Rates to rise - The Ledger</title>"
        + meta("og:site_name", "The Ledger"),
        meta("og:title", "Rates to rise | The Ledger")
        + "<title>The Ledger | Rates to rise</title>",
        meta("og:title", "Rates to rise")
        + "<title>Rates to rise | Local | ledger.example</title>",
        meta("og:title", "Rates to rise")
        + meta("twitter:title", "You won’t believe this"),
    ],
)
def test_most_places_together_name_the_headline(head: str) -> None:
    assert read(head, f"<h1>Rates to rise</h1>{BODY}").title == "Rates to rise"


def test_a_headline_with_a_dash_in_it_stays_whole() -> None:
    assert (
        read("<title>Spider-Man - far from home</title>").title
        == "Spider-Man - far from home"
    )


# Authors


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked(ARTICLE | {"author": {"@type": "Person", "name": "Ada Byron"}}), ""),
        (linked(ARTICLE | {"author": [{"name": "Ada Byron"}]}), ""),
        (
            linked({"@graph": [ARTICLE | {"author": {"@id": "#a"}}, {"@id": "#a", "@type": "Person", "name": "Ada Byron"}]}),
            "",
        ),
        (meta("author", "By Ada Byron"), ""),
        ('<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ada Byron">', ""),
        ("", '<a rel="author" href="/x">Ada Byron</a>'),
        ("", '<span itemprop="author"><span itemprop="name">Ada Byron</span></span>'),
        ("", '<p class="byline">By <a href="/team/ada">Ada Byron</a>, Ph.D.</p>'),
        ("", '<p class="byline">Von Ada Byron (dpa)</p>'),
        ("", '<p class="byline"><span>By</span><b>Ada Byron</b></p>'),
        (linked(ARTICLE | {"author": [{"name": "Ada Byron"}, {"name": "Ledger.com"}]}), ""),
        ("", '<div class="post-author">Written by Ada Byron</div>'),
    ],
)  # fmt: skip
def test_an_author_is_found_wherever_one_is_named(head: str, body: str) -> None:
    assert read(head, body + BODY).authors == ("Ada Byron",)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (meta("og:site_name", "The Ledger") + meta("author", "The Ledger Newsroom"), ""),
        (meta("author", "admin"), ""),
        (meta("author", "https://www.facebook.com/ledger"), ""),
        ("", '<div class="comment"><a rel="author" href="/x">Troll Namedski</a></div>'),
        ("", '<footer><a rel="author" href="/x">Web Master</a></footer>'),
        ("", '<div class="related"><p class="byline"><a href="/y">Other Author</a></p></div>'),
        (linked({"@graph": [ARTICLE | {"author": {"@id": "#a"}}, {"@id": "#a", "name": "Redaktion ledger.de"}]}), ""),
        ("", '<p class="byline">Read more from our newsletter</p>'),
    ],
)  # fmt: skip
def test_an_author_is_not_invented(head: str, body: str) -> None:
    assert read(head, body + BODY).authors == ()


def test_two_authors_are_two() -> None:
    assert read(meta("author", "By Ada Byron and Mary Shelley")).authors == (
        "Ada Byron",
        "Mary Shelley",
    )


# Date


@pytest.mark.parametrize(
    ("head", "body", "url"),
    [
        (linked(ARTICLE | {"datePublished": "2026-02-26T09:00:00Z"}), "", URL),
        (meta("article:published_time", "2026-02-26T09:00:00+00:00"), "", URL),
        (meta("vr:published-time", "2026-02-26T09:00"), "", URL),
        ("", '<time itemprop="datePublished" datetime="2026-02-26T23:30-0800">Thursday</time>', URL),
        ("<title>Rates | Ledger | 26.02.2026</title>", "", URL),
        # the address has the outlet's own day, the page that of Greenwich
        (meta("article:published_time", "2026-02-27T02:00:00Z"), "", "https://l.example/2026/02/26/rates"),
    ],
)  # fmt: skip
def test_the_date_is_the_outlets_own_day(head: str, body: str, url: str) -> None:
    found = read(head, body + BODY, url).published
    assert found is not None
    assert found.date().isoformat() == "2026-02-26"


def test_a_comments_date_is_not_the_articles() -> None:
    comment, its_own = (
        f'<div class="{name}"><time itemprop="datePublished" datetime="{day}T10:00"></time></div>'
        for name, day in (("comments", "2026-01-01"), ("head", "2026-02-26"))
    )
    found = read("", comment + its_own + BODY).published
    assert found is not None
    assert found.day == 26


# Body


def test_paragraphs_that_are_the_same_are_all_kept() -> None:
    chorus = "We want the water that was promised to us, said the crowd outside the county hall."
    verses = "".join(f"<p>{PROSE * 2} ({n})</p><p>{chorus}</p>" for n in range(3))
    assert read("", f"<article>{verses}</article>").text.count(chorus) == 3


def test_what_is_not_the_articles_is_weeded() -> None:
    extra = (
        '<div class="newsletter-signup"><p>Sign up for the letter we send on each and every day.</p></div>'
        "<p><a href='/other'>Read also: another story of this outlet altogether</a></p>"
        '<p class="author-bio">Ada Byron has covered water for twenty years for this paper.</p>'
    )
    text = read("", f"<article><h1>Head</h1><p>{PROSE * 3}</p>{extra}<p>{PROSE * 2}</p>"
                    "<h2>More from The Ledger</h2><p>Another story of today.</p></article>").text  # fmt: skip
    assert text.split("\n\n") == [(PROSE * 3).strip(), (PROSE * 2).strip()]


def test_an_article_in_several_containers_is_read_whole() -> None:
    parts = "".join(
        f'<div class="chunk"><p>Part {n}. {PROSE * 3}</p></div>' for n in range(4)
    )
    text = read("", f"<main>{parts}</main>").text
    assert [f"Part {n}." in text for n in range(4)] == [True] * 4


# Why a page cannot be read


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            RefusedAnswer(403, "Forbidden", {"cf-mitigated": "challenge"}, b""),
            "challenge",
        ),
        (RefusedAnswer(503, "", {}, b"<title>Just a moment...</title>"), "challenge"),
        (
            RefusedAnswer(
                403, "", {}, b"<script src='https://ct.captcha-delivery.com/c.js'>"
            ),
            "challenge",
        ),
        (
            RefusedAnswer(403, "Forbidden", {}, b"Already a subscriber? Sign in"),
            "paywall",
        ),
        (RefusedAnswer(402, "Payment Required", {}, b""), "paywall"),
        (RefusedAnswer(403, "Forbidden", {}, b"No."), "http 403"),
        (RefusedAnswer(410, "Gone", {}, b""), "http 410"),
    ],
)
def test_a_refusal_is_named_for_what_it_is(answer: RefusedAnswer, reason: str) -> None:
    assert explain_refusal(answer).reason == reason


@pytest.fixture
def collect(tmp_path: Path, web: FakeWeb) -> Callable[..., App]:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(rss(item("Open Water sues the county", "/story")))

    def collected(hour: int = 0) -> App:
        with App(load(tmp_path, {}), lambda: NOW + timedelta(hours=hour)) as app:
            app.report = app.collection.collect_and_fill().report["The Courier"]
            return app

    return collected


def test_robots_txt_is_heeded_for_pages_and_asked_once(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /story")
    web.answers["/story"] = Answer(page("Open Water sues the county", PROSE * 5))
    assert dict(collect().report.unread) == {"robots": 1}
    assert [path for path, _ in web.asked] == ["/feed", "/robots.txt"]


@pytest.mark.parametrize(("status", "reason"), [(404, {}), (503, {"http 503": 1})])
def test_without_a_robots_txt_all_is_allowed_and_with_a_broken_one_nothing(
    collect: Callable[..., App], web: FakeWeb, status: int, reason: dict
) -> None:
    """RFC 9309, sections 2.3.1.3 and 2.3.1.4."""
    web.answers["/robots.txt"] = Answer(status=status)
    web.answers["/story"] = Answer(page("Open Water sues the county", PROSE * 5))
    assert dict(collect().report.unread) == reason


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
    web.answers["/story"] = Answer(page("Open Water sues the county", PROSE * 5))
    app = collect(1)
    (found,) = app.press.judged()
    assert (app.report.read, found.article.unread) == (1, "")


def test_a_host_that_says_too_many_is_left_in_peace(
    collect: Callable[..., App], web: FakeWeb, tmp_path: Path
) -> None:
    web.answers["/feed"] = Answer(
        rss(*(item(f"Open Water, part {n} of it", f"/p{n}") for n in range(9)))
    )
    web.answers |= {
        f"/p{n}": Answer(status=429, headers={"Retry-After": "600"}) for n in range(9)
    }
    report = collect().report
    assert report.unread["http 429"] == 9
    assert len([p for p, _ in web.asked if p.startswith("/p")]) <= 2  # what ran at once


def test_a_page_that_says_it_is_not_free_is_told_as_a_paywall(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/story"] = Answer(
        b'<html><head><script type="application/ld+json">{"@type":"NewsArticle","headline":"H",'
        b'"isAccessibleForFree":false}</script></head><body><p>The first lines only.</p></body></html>'
    )
    assert dict(collect().report.unread) == {"paywall": 1}

"""Articles of aggregators: one article, its own address, its own outlet."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.model import Article
from digest.settings import load_workspace
from tests.cases.feeds import PROSE, item, page, rss
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb

TITLE = "Open Water sues the county again"
#: A link of Google News whose code holds no address.
CODE = base64.urlsafe_b64encode(
    b"\x08\x13\x22\x82\x01AU_yqL" + b"x" * 124
).decode()
HIDDEN = f"https://news.google.com/rss/articles/{CODE.rstrip('=')}?oc=5"


def at_localhost(web: FakeWeb) -> str:
    """Return another address of the same server: another site."""
    return web.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def collect(folder: Path, web: FakeWeb) -> Callable[..., App]:
    """Collect with an outlet that is an aggregator beside the paper; each time an hour later."""
    workspace(folder, web.url)
    text = (folder / "feeds.yaml").read_text("utf-8")
    search = (
        "outlets:\n  - name: A search\n    homepage: https://search.example\n"
        f"    feeds: ['{at_localhost(web)}/search', '{web.url}/search2']\n"
        "    tier: 3\n"
    )
    (folder / "feeds.yaml").write_text(text.replace("outlets:\n", search))
    web.answers["/paper/1"] = Answer(page(TITLE, PROSE * 20))
    hours = iter(range(1000))

    def collected(own: str = "", searched: str = "") -> App:
        web.answers["/feed"] = Answer(rss(own))
        web.answers["/search"] = Answer(rss(searched))
        now = NOW + timedelta(hours=next(hours))
        with App(load_workspace(folder, {}), lambda: now) as app:
            app.report = app.collection.collect_and_fill(everything=True).report
            return app

    return collected


def articles_of(app: App) -> list[Article]:
    ranked = app.articles.list_ranked(NOW.replace(year=2000))
    numbers = sorted(judged.article.id for judged in ranked)
    return [app.store.articles.get_article(number) for number in numbers]


def alert(
    address: str,
    title: str = "&lt;b&gt;Open Water&lt;/b&gt; sues the county again - The Courier",
) -> str:
    return item(
        title, f"https://www.google.com/url?sa=t&amp;url={address}&amp;ct=ga"
    )


def hidden(site: str) -> str:
    source = f'<source url="{site}">The Courier</source>'
    return item(f"{TITLE} - The Courier", HIDDEN).replace(
        "</item>", f"{source}</item>"
    )


def test_an_alerts_article_is_of_the_paper_on_whose_site_it_is(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    address = f"{web.url}/paper/1"
    app = collect(searched=alert(address))
    (article,) = articles_of(app)
    assert (article.outlet, article.url) == ("The Courier", address)
    assert article.title == TITLE
    assert PROSE in article.text
    assert not any("google" in path for path, _ in web.asked)


def test_an_article_of_no_outlet_is_called_by_a_guess_and_that_is_said(
    collect: Callable[..., App],
) -> None:
    app = collect(searched=alert("https://other.invalid/1"))
    (article,) = articles_of(app)
    assert article.outlet == "other.invalid"
    assert dict(app.report["A search"].other_sites) == {"other.invalid": 1}


def test_a_site_is_called_what_its_page_calls_it(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    other = at_localhost(web)
    web.answers["/search2"] = Answer(rss(alert(f"{other}/paper/1")))
    named = page(TITLE, PROSE * 20).replace(
        b"<head>",
        b'<head><meta property="og:site_name" content="Home | The Lamp">',
    )
    web.answers["/paper/1"] = Answer(named)
    (article,) = articles_of(collect())
    assert article.outlet == "The Lamp"


@pytest.mark.parametrize("is_own_first", [True, False])
def test_the_papers_own_feed_wins_whichever_came_first(
    collect: Callable[..., App], web: FakeWeb, *, is_own_first: bool
) -> None:
    address = f"{web.url}/paper/1"
    own = item(TITLE, f"{address}?utm_source=rss")
    if is_own_first:
        collect(own)
    else:
        collect(searched=alert(address))
    app = collect(own, alert(address))
    (article,) = articles_of(app)
    assert (article.outlet, article.feed) == ("The Courier", f"{web.url}/feed")
    missed = app.manual_articles.report_missed(address)
    assert missed.cause not in ("no feed", "not in the feed")
    assert missed.judged.article.feed == f"{web.url}/feed"
    assert len(articles_of(app)) == 1


def test_a_hidden_article_gets_its_address_from_the_papers_own_feed(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    (waiting,) = articles_of(collect(searched=hidden(web.url)))
    assert (waiting.outlet, waiting.title) == ("The Courier", TITLE)
    assert "needs a person" in waiting.unread
    app = collect(item(TITLE, f"{web.url}/paper/1"), hidden(web.url))
    (article,) = articles_of(app)
    assert article.url == f"{web.url}/paper/1"
    assert (article.id, article.unread) == (waiting.id, "")
    assert PROSE in article.text
    assert app.report["The Courier"].adopted == 1
    assert len(articles_of(collect(searched=hidden(web.url)))) == 1


def test_a_hidden_article_is_known_that_the_papers_own_feed_gave(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    own = item(TITLE, f"{web.url}/paper/1", "Thu, 26 Feb 2026 07:00:00 GMT")
    collect(own)
    assert len(articles_of(collect(searched=hidden(web.url)))) == 1


def test_a_hidden_article_is_one_with_what_the_same_run_brings(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    own = item(TITLE, f"{web.url}/paper/1", "Thu, 26 Feb 2026 07:00:00 GMT")
    (article,) = articles_of(collect(own, hidden(web.url)))
    assert article.url == f"{web.url}/paper/1"


def test_a_hidden_article_gets_the_address_that_a_person_adds(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    app = collect(searched=hidden(web.url))
    missed = app.manual_articles.report_missed(f"{web.url}/paper/1")
    assert missed.judged.article.feed == f"{at_localhost(web)}/search"
    (article,) = articles_of(app)
    assert (article.url, article.unread) == (f"{web.url}/paper/1", "")


def test_an_aggregators_link_that_a_person_adds_is_the_papers_own(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    app = collect(item(TITLE, f"{web.url}/paper/1"))
    link = f"https://www.google.com/url?url={web.url}/paper/1"
    added = app.manual_articles.add_article(link)
    assert added.article.url == f"{web.url}/paper/1"
    assert len(articles_of(app)) == 1


def test_a_headline_that_an_alert_cut_short_is_whole_on_the_page(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    cut = alert(f"{web.url}/paper/1", "Open Water sues the ...")
    (article,) = articles_of(collect(searched=cut))
    assert article.title == TITLE


def test_two_papers_of_one_house_keep_what_came_to_each_first(
    collect: Callable[..., App], web: FakeWeb, folder: Path
) -> None:
    text = (folder / "feeds.yaml").read_text("utf-8")
    (folder / "feeds.yaml").write_text(
        text.replace("name: A search", "name: The Courier Sport")
    )
    link = item(TITLE, f"{web.url}/paper/1")
    collect(searched=link)
    (article,) = articles_of(collect(link, link))
    assert article.outlet == "The Courier Sport"

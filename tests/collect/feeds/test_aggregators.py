"""Links of Google Alerts and other aggregators."""

from collections.abc import Callable

from digest.app import App
from digest.collect.feeds.aggregators import advice_for_person, embedded_address
from tests.cases.feeds import item
from tests.conftest import NOW
from tests.fakes.web import FakeWeb

# Middlemen


def test_a_google_alert_says_where_it_leads_and_asks_for_a_person() -> None:
    url = "https://www.google.com/url?rct=j&sa=t&url=https://a.example/x%3Fid%3D1&ct=ga"
    assert embedded_address(url) == "https://a.example/x?id=1"
    assert "probably to https://a.example/x?id=1" in advice_for_person(url)
    assert "Google News" in advice_for_person(
        "https://news.google.com/rss/articles/CBMi?oc=5"
    )
    assert advice_for_person("https://blog.google/articles/x") == ""


def test_what_needs_a_person_is_not_fetched_and_set_aside(
    poll: Callable[..., App], web: FakeWeb
) -> None:
    google = "https://news.google.com/rss/articles/CBMiAbc?oc=5"
    app = poll(
        item("Open Water sues the county again", google), feeds_only=False
    )
    assert dict(app.report["The Courier"].unread) == {"needs a person": 1}
    ((found, why),) = app.drafts.create_draft(NOW.date()).aside
    assert found.url == google
    assert "`digest add` with the outlet's own address" in why

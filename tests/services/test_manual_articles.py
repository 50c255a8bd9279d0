"""Articles that a person adds by their address."""

import pytest

from digest.app import App
from tests.cases.feeds import PROSE, page
from tests.fakes.web import Answer, FakeWeb

# One by hand


def test_an_article_is_added_by_hand(press: App, web: FakeWeb) -> None:
    web.answers["/a"] = Answer(page("A report", PROSE * 4))
    added = press.manual_articles.add_article(
        f"{web.url}/a", section="following"
    )
    assert (added.article.title, added.article.outlet) == (
        "A report",
        "The Courier",
    )
    assert (added.judgement.section, str(added.judgement.reasons[0])) == (
        "following",
        "filed under following by hand",
    )


def test_an_unreadable_page_is_added_with_a_title(
    press: App, web: FakeWeb
) -> None:
    from digest.errors import DigestError

    with pytest.raises(DigestError, match="give --title and --outlet"):
        press.manual_articles.add_article(f"{web.url}/gone")
    added = press.manual_articles.add_article(
        f"{web.url}/gone", title="Gone", section="in_the_news", outlet="Radio"
    )
    assert (added.article.title, added.article.outlet) == ("Gone", "Radio")

"""Texts that a person sends from their own subscription: evidence, and never published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.app import App
from digest.model import SUBSCRIBERS_ONLY, Article
from digest.services.sent_texts import (
    MAX_SENT_LENGTH,
    SentText,
    TextTooLong,
    with_known_facts,
)
from digest.web.public import create_public_app
from tests.cases.feeds import page
from tests.conftest import NOW
from tests.desk_client import put
from tests.fakes.web import Answer, FakeWeb
from tests.journeys.test_internal_edition import INTERNAL

SECRET = "Behind the wall, Open Water proved that ninety pipes leaked."
SENT = SentText(
    f"The city knew.\n{SECRET}\nIt said nothing.", "Ada", date(2026, 2, 26)
)
URL = "http://localhost:9/closed"


def test_an_article_is_judged_by_what_was_sent(app: App) -> None:
    added = app.manual_articles.add_article(URL, title="Pipes", sent=SENT)
    assert added.proof
    assert added.proof.sentence == SECRET
    assert added.article.source_of_text == (
        "sent by Ada from their own subscription"
    )
    assert added.judgement.section == "in_the_news"


@pytest.mark.parametrize("settings", [{}, INTERNAL])
def test_no_edition_has_a_word_of_it(
    open_app: Callable[..., App], settings: dict[str, str]
) -> None:
    app = open_app(settings)
    put(app, 1, "Another story")
    app.manual_articles.add_article(URL, title="Pipes", sent=SENT)
    edition = app.drafts.create_draft(NOW.date()).edition
    assert "Pipes" in [p.headline for s in edition.sections for p in s.picks]
    built = app.editions.render_stored(NOW.date())
    outputs = [
        app.editions.read_source(NOW.date()),
        built.html,
        built.text,
        built.page,
    ]
    if not settings:
        app.approval.approve_edition(NOW.date(), "Ben")
        app.publishing.publish_edition(NOW.date(), "Ben")
        public = create_public_app(app).test_client()
        outputs += [
            public.get(path).text
            for path in ("/", f"/{NOW.date()}/", "/feed.atom")
        ]
    for words in ("ninety pipes", "The city knew", "Behind the wall", "Ada"):
        assert [shown for shown in outputs if words in shown] == [], words


def test_an_edition_that_is_made_by_hand_has_no_word_of_it_either(
    open_app: Callable[..., App],
) -> None:
    app = open_app(INTERNAL)
    app.drafts.create_draft(NOW.date())
    added = app.manual_articles.add_article(URL, title="Pipes", sent=SENT)
    pick = app.editing_as("Ada").pick_added_article(NOW.date(), added, "")
    assert (pick.proof, pick.excerpt, pick.our_quotes) == ("", "", ())


def test_a_page_for_subscribers_keeps_its_mark(
    press: App, web: FakeWeb
) -> None:
    closed = page("Pipes", "Subscribe to read on.")
    closed = closed.replace(
        b'"NewsArticle",', b'"NewsArticle","isAccessibleForFree":false,'
    )
    web.answers["/closed"] = Answer(
        closed, headers={"Content-Type": "text/html"}
    )
    url = f"{web.url}/closed"
    added = press.manual_articles.add_article(url, title="Pipes", sent=SENT)
    assert added.article.unread == SUBSCRIBERS_ONLY
    assert added.article.outlet == "The Courier"
    edition = press.drafts.create_draft(date(2026, 2, 27)).edition
    (pick,) = [p for s in edition.sections for p in s.picks]
    assert pick.paywall


def test_what_is_known_of_an_article_stays(app: App) -> None:
    known = Article(
        "a", "https://a.example/a", "The Courier", "Known", "Its summary",
        NOW, ("Ada",), text="The beginning.", reader="feed", label="Opinion",
    )  # fmt: skip
    read = Article("a", "https://a.example/a", "The Courier", "")
    both = with_known_facts(read, known)
    assert both == replace(known, text=both.text)
    assert both.text == known.text
    sent = replace(read, text="Sent.", sent_by="Ada", reader="subscriber")
    assert with_known_facts(sent, known).text == "Sent."


def test_a_later_look_at_the_page_does_not_lose_it(app: App) -> None:
    app.manual_articles.add_article(URL, title="Pipes", sent=SENT)
    again = app.manual_articles.add_article(URL, "following")
    assert again.article.title == "Pipes"
    stored = app.store.articles.get_article(again.article.id)
    assert stored
    assert SECRET in stored.text
    assert stored.sent_by == "Ada"


def test_a_day_that_the_page_says_is_taken(app: App) -> None:
    sent = replace(SENT, day=date(2026, 2, 25), site="The Closed Paper")
    added = app.manual_articles.add_article(URL, title="Pipes", sent=sent)
    assert added.article.published == datetime(2026, 2, 25, 12, tzinfo=UTC)
    assert added.article.outlet == "The Closed Paper"


def test_too_long_a_text_is_refused(app: App) -> None:
    sent = SentText("x" * (MAX_SENT_LENGTH + 1), "Ada")
    with pytest.raises(TextTooLong, match="at most 100000"):
        app.manual_articles.add_article(URL, title="Pipes", sent=sent)

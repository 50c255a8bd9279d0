"""What ran: what readers got, from the moment they got it; no draft, and no rehearsal."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from digest.app import App
from digest.model import Subscriber
from digest.services.past_picks import (
    Run,
    find_last_runs,
    list_pending_editions,
)
from tests.conftest import NOW
from tests.fakes.smtp import FakeSmtp
from tests.services.test_articles import FRIDAY, LEAD, put, told

NEXT_FRIDAY = FRIDAY + timedelta(days=7)
IN_THE_FILES = f"{LEAD} Open Water has the files."


@pytest.fixture
def approved(app: App) -> App:
    """An approved edition with one story (article 1), and a reader who waits for it."""
    reader = Subscriber(
        "ada@readers.example", consent_source="a test", consent_at=NOW
    )
    app.subscribers.add_people([reader])
    put(app, 30, "Lead in taps", IN_THE_FILES)
    app.drafts.create_draft(FRIDAY)
    app.approval.approve_edition(FRIDAY, "Ada")
    return app


def test_a_draft_that_was_never_sent_did_not_run(approved: App) -> None:
    assert find_last_runs(approved.store) == {}


def test_a_rehearsal_in_the_outbox_did_not_run(approved: App) -> None:
    approved.sending.send_edition(FRIDAY)
    assert find_last_runs(approved.store) == {}


def test_what_was_mailed_ran_from_that_moment_on(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    sender = open_app(smtp.env, now=NOW + timedelta(hours=3))
    sender.sending.send_edition(FRIDAY)
    assert find_last_runs(approved.store) == {
        1: Run(FRIDAY, NOW + timedelta(hours=3))
    }


def test_what_was_published_ran_until_it_is_taken_back(approved: App) -> None:
    approved.publishing.publish_edition(FRIDAY, "Ada")
    assert find_last_runs(approved.store) == {1: Run(FRIDAY, NOW)}
    approved.publishing.withdraw_edition(FRIDAY, "Ada")
    assert find_last_runs(approved.store) == {}


def test_what_an_edition_carries_that_is_due_later_is_not_offered_to_another(
    app: App,
) -> None:
    put(app, 0, "Lead in taps", IN_THE_FILES)
    app.drafts.create_draft(NEXT_FRIDAY)
    newsletter = app.settings.newsletter
    pending = list_pending_editions(app.store, newsletter, NOW)
    assert list(pending) == [NEXT_FRIDAY]
    assert find_last_runs(app.store, pending).keys() == {1}
    after = NOW + timedelta(days=8)
    assert list_pending_editions(app.store, newsletter, after) == {}


def test_a_report_of_the_same_day_after_the_mail_left_is_news(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    """Its date is the edition's; its moment is not."""
    open_app(smtp.env).sending.send_edition(FRIDAY)
    for n in range(60, 70):
        put(approved, n, f"Fair {n}", f"Pig {n} won prize {n} at fair {n}.")
    evening = NOW + timedelta(hours=4)
    text = "A judge is to rule on the lead files on drinking water, on each memo and tap."
    app = open_app(now=evening)
    news = put(
        app,
        1,
        "Lead in taps: judge to rule on files",
        text,
        published=NOW + timedelta(hours=2),
    )
    draft = app.drafts.create_draft(NEXT_FRIDAY)
    urls = [pick.url for part in draft.edition.sections for pick in part.picks]
    assert urls == [news.url]


def test_news_above_a_text_that_ran_is_proposed_and_says_what_it_follows(
    approved: App, open_app: Callable[..., App]
) -> None:
    approved.publishing.publish_edition(FRIDAY, "Ada")
    for n in range(60, 70):
        put(approved, n, f"Fair {n}", f"Pig {n} won prize {n} at fair {n}.")
    app = open_app(now=NOW + timedelta(days=5))
    top = (
        "Water commissioner Edna Pell resigned on Tuesday night after eleven years, hours before "
        "the council was to question her behind closed doors."
    )
    published = NOW + timedelta(days=4)
    news = put(
        app,
        1,
        "Commissioner resigns",
        f"{top}\n\n{IN_THE_FILES}",
        published=published,
    )
    copy = put(
        app, 2, "Taps of lead", IN_THE_FILES, published=published, outlet="Post"
    )
    draft = app.drafts.create_draft(NEXT_FRIDAY)
    urls = [pick.url for part in draft.edition.sections for pick in part.picks]
    assert urls == [news.url]
    assert copy.id in [article.id for article, _ in draft.aside]
    (story,) = draft.stories["in_the_news"]
    assert (story.followed, story.followed_title) == (FRIDAY, "Lead in taps")
    why = " ".join(told(app, "articles", "--why", str(news.id)).split())
    assert "it follows up: “Lead in taps” ran in the edition of" in why

"""What grows is packed, and forgotten when the settings say so; what counts stays."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from digest.app import App
from digest.errors import SettingsError
from digest.model import DeliveryState
from tests.conftest import NOW
from tests.desk_client import DAY, put
from tests.earlier_schemas import put_back

LATER = NOW + timedelta(days=200)


@pytest.fixture
def sent(app: App, audience: list[str]) -> App:
    put(app, 1, "Pipes of Northgate")
    app.approval.approve_edition(DAY, "Ada")
    app.sending.send_edition(DAY)
    return app


def test_nothing_is_forgotten_unless_the_settings_say_so(
    sent: App, open_app: Callable[..., App]
) -> None:
    later = open_app({}, LATER)
    assert later.retention.delete_expired() == {
        "deliveries": 0,
        "texts": 0,
        "mails": 0,
        "set_aside_links": 0,
    }
    assert later.store.get_status()["rows"]["delivery"] == 25


def test_who_got_an_old_edition_is_forgotten_and_its_counts_stay(
    sent: App, open_app: Callable[..., App]
) -> None:
    later = open_app(
        {"DIGEST_KEEP__DELIVERIES": "90", "DIGEST_KEEP__TEXTS": "90"}, LATER
    )
    assert later.retention.delete_expired() == {
        "deliveries": 25,
        "texts": 1,
        "mails": 0,
        "set_aside_links": 0,
    }
    assert later.retention.delete_expired() == {
        "deliveries": 0,
        "texts": 0,
        "mails": 0,
        "set_aside_links": 0,
    }
    assert later.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }
    assert later.store.get_status()["rows"]["delivery"] == 0
    assert later.store.deliveries.is_complete(DAY)
    [article] = [later.store.articles.get_article(1)]
    assert article
    assert (article.title, article.text) == ("Pipes of Northgate", "")


def test_forgetting_that_was_cut_short_is_done_by_the_next(
    sent: App, open_app: Callable[..., App]
) -> None:
    later = open_app({"DIGEST_KEEP__DELIVERIES": "90"}, LATER)
    with later.store._engine.begin() as c:
        c.execute(
            text(
                """UPDATE sending SET kept = '{"counts": {"accepted": 25}, "fates": {}}'"""
            )
        )
    assert later.retention.delete_expired() == {
        "deliveries": 25,
        "texts": 0,
        "mails": 0,
        "set_aside_links": 0,
    }
    assert later.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.ACCEPTED: 25
    }


def test_what_is_young_is_kept(sent: App, open_app: Callable[..., App]) -> None:
    soon = {"DIGEST_KEEP__DELIVERIES": "90", "DIGEST_KEEP__TEXTS": "90"}
    week = open_app(soon, NOW + timedelta(days=7))
    assert week.retention.delete_expired() == {
        "deliveries": 0,
        "texts": 0,
        "mails": 0,
        "set_aside_links": 0,
    }


def test_too_short_a_time_is_refused(open_app: Callable[..., App]) -> None:
    with pytest.raises(SettingsError, match="at least 90 days"):
        open_app({"DIGEST_KEEP__DELIVERIES": "7"})


@pytest.mark.sqlite
def test_articles_of_an_older_database_are_packed_as_it_is_opened(
    folder: Path, sent: App, open_app: Callable[..., App]
) -> None:
    """Put the tables of before back, with texts as they were, and open it again."""
    before = sent.store.articles.get_article(1)
    assert before
    assert before.text
    sent.store.close()
    put_back(folder / "digest.db", "0008")
    with sqlite3.connect(folder / "digest.db") as c:
        c.execute("UPDATE article SET text = ?", (before.text,))
    again = open_app()
    assert again.store.articles.get_article(1) == before
    with again.store._engine.connect() as c:
        kept = c.execute(text("SELECT typeof(text) FROM article")).scalar()
    assert kept == "blob"

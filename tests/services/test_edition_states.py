"""How far an edition is: what leaves, what was changed since its approval, and what is out."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.model import EditionState, Subscriber
from tests.conftest import EDITION, NOW
from tests.fakes.smtp import FakeSmtp
from tests.several_newsletters import add_newsletters

DAY = NOW.date()
NEXT = DAY + timedelta(days=7)
#: Two hours before the weekly one is due
MORNING = NOW - timedelta(hours=3)


def open_morning(
    open_app: Callable[..., App], env: dict[str, str] | None = None
) -> App:
    """Return the services in the morning of the edition, with a reader."""
    app = open_app(env, MORNING)
    app.subscribers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    app.editions.save_source(EDITION)
    return app


def test_an_edition_goes_from_draft_to_approved_and_changed(
    open_app: Callable[..., App],
) -> None:
    app = open_morning(open_app)
    assert app.edition_states.find_state(DAY) == EditionState.DRAFT
    app.approval.approve_edition(DAY, "Ada")
    assert app.edition_states.find_state(DAY) == EditionState.APPROVED
    app.editions.save_source(EDITION.replace("Paragraphs", "Other words"))
    assert app.edition_states.find_state(DAY) == EditionState.AGAIN


def test_a_saved_block_that_changes_or_goes_changes_the_edition(
    open_app: Callable[..., App], folder: Path
) -> None:
    """Its text is the same, and what its readers would get is not."""
    blocks = folder / "blocks"
    blocks.mkdir()
    block = blocks / "donate.md"
    block.write_text("Please give.\n", "utf-8")
    app = open_morning(open_app)
    app.editions.save_source(
        EDITION.replace("Paragraphs.\n", "Paragraphs.\n\n{block: donate}\n")
    )
    app.approval.approve_edition(DAY, "Ada")
    assert app.edition_states.find_state(DAY) == EditionState.APPROVED
    block.write_text("Please give more.\n", "utf-8")
    assert app.edition_states.find_state(DAY) == EditionState.AGAIN
    assert app.status.describe_editions()["edition"]["approved"] is False
    block.unlink()
    assert app.edition_states.find_state(DAY) == EditionState.AGAIN
    assert [str(one.waits_for) for one in app.unsent.waiting_editions()] == [
        "again"
    ]


def test_two_people_are_waited_for(
    open_app: Callable[..., App], folder: Path
) -> None:
    add_newsletters(folder, clips={"two_people": True})
    clips = open_morning(open_app).for_newsletter("clips")
    clips.editions.save_source(EDITION)
    clips.approval.approve_edition(DAY, "Ada")
    assert clips.edition_states.find_state(DAY) == EditionState.SECOND
    clips.approval.approve_edition(DAY, "Ben")
    assert clips.edition_states.find_state(DAY) == EditionState.APPROVED


@pytest.mark.parametrize("transport", ["outbox", "smtp"])
def test_what_was_sent_is_not_the_next_one(
    open_app: Callable[..., App], smtp: FakeSmtp, transport: str
) -> None:
    env = {}
    if transport == "smtp":
        env = smtp.env
    app = open_morning(open_app, env)
    app.approval.approve_edition(DAY, "Ada")
    assert app.drafts.find_next_date() == DAY
    app.sending.send_edition(DAY)
    states = {"outbox": EditionState.OUTBOX, "smtp": EditionState.SENT}
    assert app.edition_states.find_state(DAY) == states[transport]
    assert app.drafts.find_next_date() == NEXT
    coming = app.status.describe_editions()["next"]
    assert (coming["date"], coming["drafted"]) == (NEXT, False)
    # nothing is drafted before its time because the one before left early
    assert not app.drafts.is_draft_due()
    if transport == "outbox":
        app.editions.save_source(EDITION.replace("Paragraphs", "Others"))
        assert app.edition_states.find_state(DAY) == EditionState.AGAIN
        assert app.drafts.find_next_date() == DAY


def test_what_was_only_rehearsed_is_still_to_be_sent_once_mail_is_sent(
    open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    """It reached nobody, and would else be neither sent nor asked about."""
    app = open_morning(open_app)
    app.approval.approve_edition(DAY, "Ada")
    app.sending.send_edition(DAY)
    mailing = open_app(smtp.env, NOW)
    assert mailing.edition_states.find_state(DAY) == EditionState.APPROVED
    assert mailing.send_schedule.due_editions() == [DAY]
    assert [str(w.waits_for) for w in mailing.unsent.waiting_editions()] == [
        "sending"
    ]


def test_what_a_person_published_is_neither_next_nor_sent_by_itself(
    open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    """Who publishes it mails it by other means: readers must not get it twice."""
    app = open_morning(open_app, smtp.env)
    app.approval.approve_edition(DAY, "Ada")
    app.publishing.publish_edition(DAY, "Ada")
    assert app.edition_states.find_state(DAY) == EditionState.PUBLISHED
    assert app.drafts.find_next_date() == NEXT
    assert open_app(smtp.env, NOW).send_schedule.due_editions() == []


def test_by_hand_the_next_is_the_first_that_is_not_out(
    open_app: Callable[..., App], folder: Path
) -> None:
    add_newsletters(folder, funders={"cadence": "by_hand", "window": 30})
    funders = open_morning(open_app).for_newsletter("funders")
    later = EDITION.replace(str(DAY), "2026-03-31")
    funders.editions.save_source(EDITION)
    funders.editions.save_source(later)
    assert funders.drafts.find_next_date() == DAY
    funders.approval.approve_edition(DAY, "Ada")
    funders.publishing.publish_edition(DAY, "Ada")
    assert str(funders.drafts.find_next_date()) == "2026-03-31"

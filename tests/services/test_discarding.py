"""Drafts that somebody began by mistake: discarded, unless they were approved or left."""

from pathlib import Path

import pytest

from digest.app import App
from digest.errors import DigestError, NotFound
from digest.model import Subscriber
from tests.command_line import invoke
from tests.conftest import EDITION, NOW
from tests.desk_client import HOME, let_in, page, post, put

DAY = NOW.date()


def test_a_draft_goes_with_all_that_belongs_to_it(app: App) -> None:
    put(app, 5, "Open Water wins")
    app.articles.analyse_new()
    app.drafts.create_draft(DAY)
    editing = app.editing_as("Ada")
    article = editing.list_candidates(DAY)[0].article
    editing.reject_story(DAY, article.id)
    discarded = app.discarding.discard_draft(DAY, "Ada")
    assert "date: 2026-02-27" in discarded.source
    assert app.editions.list_dates() == []
    assert app.store.fillings.get_filling(DAY) is None
    entry = app.discarding.list_discarded()[0]
    assert (entry.who, entry.edition) == ("Ada", DAY)
    # what was passed over is free again, in an edition that is begun anew
    again = app.drafts.create_draft(DAY)
    picks = [pick for part in again.edition.sections for pick in part.picks]
    assert [pick.headline for pick in picks] == ["Open Water wins"]
    assert app.editions.list_revisions(DAY) == []


def test_what_is_approved_or_left_is_not_discarded(app: App) -> None:
    app.subscribers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    with pytest.raises(NotFound):
        app.discarding.discard_draft(DAY, "Ada")
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    with pytest.raises(DigestError, match="--withdraw"):
        app.discarding.discard_draft(DAY, "Ada")
    app.publishing.publish_edition(DAY, "Ada")
    with pytest.raises(DigestError, match="published"):
        app.discarding.discard_draft(DAY, "Ada")
    app.publishing.withdraw_edition(DAY, "Ada")
    app.sending.send_edition(DAY)
    with pytest.raises(DigestError, match="approved"):
        app.discarding.discard_draft(DAY, "Ada")
    assert app.editions.list_dates() == [DAY]
    assert not app.store.fillings.discard_draft(DAY, EDITION)
    assert app.editions.list_dates() == [DAY]


def test_the_command_asks_and_keeps_the_text(app: App, folder: Path) -> None:
    app.editions.save_source(EDITION)
    without_date = invoke(folder, "draft", "--discard", "--yes")
    assert without_date.exit_code == 2
    asked = invoke(folder, "draft", "--discard", "--date", str(DAY))
    assert asked.exit_code == 1
    assert app.editions.list_dates() == [DAY]
    said = invoke(folder, "draft", "--discard", "--date", str(DAY), "--yes")
    assert "discarded 2026-02-27: 2 stories are free again" in said.output
    assert app.editions.list_dates() == []
    kept = folder / "output" / str(DAY) / "edition.discarded.md"
    assert kept.read_text("utf-8") == EDITION


def test_the_desk_offers_it_and_its_history_says_so(app: App) -> None:
    desk = let_in(app)
    app.editions.save_source(EDITION)
    assert "Discard this draft" in page(desk, f"/{DAY}/edition").text_content()
    app.approval.approve_edition(DAY, "Ada")
    shown = page(desk, f"/{DAY}/edition").text_content()
    assert "Discard this draft" not in shown
    answer = post(desk, f"/{DAY}/discard", confirmed="yes")
    assert answer.status_code == 400
    app.approval.withdraw_approval(DAY, "Ada")
    post(desk, f"/{DAY}/discard")
    assert app.editions.list_dates() == [DAY]  # nobody confirmed it
    answer = post(desk, f"/{DAY}/discard", confirmed="yes")
    assert answer.status_code == 303
    assert desk.get(f"/{DAY}/edition", base_url=HOME).status_code == 404
    history = page(desk, "/history").text_content()
    assert "Discarded drafts" in history
    assert "February 27, 2026: discarded by" in history

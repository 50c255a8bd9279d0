"""The history of an edition: who changed what, and how it is undone."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.model import EditionKey, Fate, ProviderEvent
from digest.web.desk.history import MAX_EDITIONS, cut_page
from tests.conftest import NOW
from tests.desk_client import DAY, headlines, page, post, urls


def test_every_change_can_be_undone_the_last_first(
    desk: FlaskClient, stocked: App
) -> None:
    before = stocked.editions.read_source(DAY)
    for article in page(desk, f"/{DAY}/finds").xpath(
        "//input[@name='article']/@value"
    )[:3]:
        post(desk, f"/{DAY}/finds", article=article, do="in_the_news")
    for left in (2, 1, 0):
        post(desk, f"/{DAY}/undo")
        assert len(headlines(stocked, 0)) == left
    post(desk, f"/{DAY}/undo")
    assert load_equal(stocked, before)


def load_equal(app: App, before: str) -> bool:
    from digest.edition import load_edition

    return load_edition(app.editions.read_source(DAY)) == load_edition(before)


# History


def test_history_says_who_picked_and_changed_what(
    stocked: App, picked: FlaskClient
) -> None:
    first, second = headlines(stocked, 0)[:2]
    stocked.editing_as("Ben").remove_story(DAY, urls(stocked)[0])
    article = next(
        f.article.id
        for f in stocked.editing_as("").list_candidates(DAY)
        if f.article.title == first
    )
    stocked.editing_as("Ben").pick_story(DAY, article, "following")
    shown = page(picked, f"/{DAY}/history")
    rows = {
        r[0].text_content(): r[2].text_content()
        for r in shown.xpath("//table[1]//tr[td]")
    }
    assert rows[f"{first} (The Courier)"] == "Ben"
    assert rows[f"{second} (The Courier)"] not in ("Ben", "the draft")
    assert "took a story out" in shown.text_content()
    listed = page(picked, "/history").text_content()
    assert "What the records show" in listed
    assert "not sent" in listed


def test_a_burst_of_typing_is_one_change_and_one_step_back(
    stocked: App, open_app: Callable[..., App]
) -> None:
    was = "What the records show"
    for n, text in enumerate(("T", "Ty", "Typed")):
        app = open_app(now=NOW + timedelta(minutes=n))
        app.editing_as("Ada").change_heading(
            DAY, {"subject": text}, {"subject": was}
        )
        was = text
    assert len(stocked.store.editions.list_revisions(DAY)) == 1
    stocked.editing_as("Ben").change_heading(
        DAY, {"subject": "Ben's"}, {"subject": "Typed"}
    )
    late = open_app(now=NOW + timedelta(minutes=9)).editing_as("Ben")
    late.change_heading(DAY, {"subject": "Later"}, {"subject": "Ben's"})
    for left in ("Ben's", "Typed", "What the records show"):
        stocked.editing_as("Ada").undo_last_change(DAY)
        assert stocked.editing_as("").load_edition(DAY).subject == left


def test_passing_over_is_undone_like_everything(
    stocked: App, picked: FlaskClient
) -> None:
    def state(number: int) -> tuple[bool, bool]:
        find = stocked.editing_as("").find_candidate(DAY, number)
        return bool(find.picked), find.rejected

    number = next(
        f.article.id
        for f in stocked.editing_as("").list_candidates(DAY)
        if f.picked
    )
    post(picked, f"/{DAY}/finds", article=str(number), do="reject")
    assert state(number) == (False, True)
    post(picked, f"/{DAY}/undo")
    assert state(number) == (True, False)
    other = next(
        f.article.id
        for f in stocked.editing_as("").list_candidates(DAY)
        if not f.picked
    )
    for do, then in (("reject", (False, True)), ("following", (True, False))):
        post(picked, f"/{DAY}/finds", article=str(other), do=do)
        assert state(other) == then
    for then in ((False, True), (False, False)):
        post(picked, f"/{DAY}/undo")
        assert state(other) == then


def test_history_says_what_the_provider_told(
    stocked: App, desk: FlaskClient, audience: list[str]
) -> None:
    stocked.approval.approve_edition(DAY, "Ada")
    stocked.sending.send_edition(DAY)
    who = stocked.store.subscribers.find_subscriber(audience[0])
    told = ProviderEvent("e1", Fate.BOUNCED, who.address, NOW, DAY, who.id)
    stocked.store.provider_events.take_in_events([told], NOW)
    assert "1 bounced" in page(desk, "/history").text_content()


def test_undo_says_what_it_took_back(picked: FlaskClient, stocked: App) -> None:
    stocked.editing_as("Ben").remove_story(DAY, urls(stocked)[0])
    post(picked, f"/{DAY}/undo", here="edition")
    assert (
        "Undone: took a story out"
        in page(picked, f"/{DAY}/edition").text_content()
    )
    for _ in range(4):
        post(picked, f"/{DAY}/undo")
    assert "nothing to undo" in page(picked, f"/{DAY}/finds").text_content()


@given(st.lists(st.integers(1, 4), max_size=60))
def test_pages_of_the_list_together_hold_every_edition_once(
    editions_of_days: list[int],
) -> None:
    """However many newsletters have an edition on a day."""
    keys = [
        EditionKey(f"n{number}", DAY - timedelta(days=days))
        for days, count in enumerate(editions_of_days)
        for number in range(count)
    ]
    listed: list[EditionKey] = []
    rest = keys
    while rest:
        cut = cut_page(rest)
        assert len(cut.keys) >= min(len(rest), MAX_EDITIONS)
        listed += cut.keys
        rest = [key for key in rest if cut.before and key.day < cut.before]
    assert listed == keys

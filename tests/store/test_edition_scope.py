"""A store of one newsletter neither sees nor changes the editions of another, whatever is done to them."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import StatementError

from digest.app import App
from digest.errors import DigestError
from digest.model import (
    PAUSED,
    Approval,
    DeliveryState,
    EditionKey,
    Email,
    Fate,
    Outcome,
    PageCorrection,
    Proposal,
    ProviderEvent,
    ProviderHold,
    RenderedEdition,
    SendSpec,
    SentContent,
    Subscriber,
)
from digest.store import Store
from digest.store.edition_scope import EditionScope
from digest.store.fillings import Filling, Look
from digest.store.revisions import EditionChange
from digest.store.tables import article, schedule
from tests.conftest import NOW

FRIDAY, MONDAY = date(2026, 2, 27), date(2026, 3, 2)
LATER = date(2026, 3, 3)  #: on which weekly has no edition
DAYS = (FRIDAY, MONDAY)
READERS = (1, 2, 3)
#: Beginnings of the names of methods that only read.
READING = ("get_", "list_", "is_", "has_", "count_", "take_snapshot")
#: It writes, in spite of its name.
WRITING = {"clicks.count_click"}
#: What reading methods are asked with, by the names of their parameters.
ARGUMENTS: dict[str, object] = {
    "person": "Ada",
    "beginning": "a",
    "moment": NOW - timedelta(days=1),
    "start": NOW - timedelta(days=7),
    "now": NOW,
    "first": date(2026, 1, 1),
    "after": 0,
    "edition": FRIDAY,
    "but": FRIDAY,
    "subscriber_id": 1,
    "subscribers": [1, 2],
    "state": DeliveryState.ACCEPTED,
    "address": "reader1@r.example",
}
#: Methods that read what all newsletters share, or all newsletters' editions, as they are to.
SHARED = {
    "analyses.count_articles_dated_between",
    "analyses.count_missed_by_cause",
    "analyses.count_new_by_feed",
    "analyses.get_newest_numbers",
    "analyses.get_word_counts",
    "editions.get_picture",
    "editions.list_keys",
    "notices.get_figures",
    "notices.has_work",
    "notices.list_due_notices",
    "staff.get_member_by_name",
    "staff.get_secrets",
    "staff.list_members",
    "subscribers.get_subscriber",
    "subscribers.list_deliveries_of",
}


def read_everything(store: Store) -> dict[str, object]:
    """Return what a store says of its newsletter, by method and day."""
    answers: dict[str, object] = {}
    for name, method in reading_methods(store):
        parameters = required_parameters(method)
        if parameters[:1] != ["day"]:
            answers[name] = method(*(ARGUMENTS[one] for one in parameters))
            continue
        others = [ARGUMENTS[one] for one in parameters[1:]]
        for day in DAYS:
            answers[f"{name} {day}"] = method(day, *others)
    return answers


def reading_methods(store: Store) -> Iterator[tuple[str, Callable[..., Any]]]:
    for group, tables in vars(store).items():
        if not isinstance(tables, EditionScope):
            continue
        for verb, method in inspect.getmembers(tables, inspect.ismethod):
            name = f"{group}.{verb}"
            if verb.startswith(READING) and name not in SHARED | WRITING:
                yield name, method


def required_parameters(method: Callable[..., Any]) -> list[str]:
    found = inspect.signature(method).parameters.values()
    return [
        one.name
        for one in found
        if one.default is one.empty or one.name == "edition"
    ]


# What is done to an edition


def email(day: date) -> Email:
    return Email(day, "A", "a@a.example", "", "S", "H", "T", "l", "u", "m", "O")


def draft(store: Store, day: date) -> None:
    filled = Filling({"edition": "x"}, {}, [], "mark", NOW, NOW)
    store.fillings.add_first_draft(day, f"of {store.newsletter}", filled)


def edit(store: Store, day: date) -> None:
    change = EditionChange("passed it over", "Ada", article=1, rejects=True)
    store.editions.save_text(day, f"{store.newsletter} {day}", NOW, change)
    store.fillings.save_look(day, "Ada", Look(NOW, NOW))
    store.editions.set_schedule(day, NOW, "Ada")
    store.staff.note_action(NOW, "Ada", f"edited {store.newsletter}", day)


def undo(store: Store, day: date) -> None:
    store.editions.undo_last_change(day, NOW)


def propose(store: Store, day: date) -> None:
    offers = [Proposal(day, 1, store.newsletter, 0, True, 0.5)]
    store.analyses.save_proposals(day, offers)


def approve(store: Store, day: date) -> None:
    source = store.editions.get_source(day) or ""
    built: Any = inspect.signature(RenderedEdition).parameters
    values = dict.fromkeys(built, "") | {"markdown": source, "pictures": ()}
    store.editions.save_approval(
        Approval(day, store.newsletter, "Ada", NOW), RenderedEdition(**values)
    )


def disapprove(store: Store, day: date) -> None:
    store.editions.withdraw_approval(day)


def publish(store: Store, day: date) -> None:
    store.publications.add_publication(day, "Ada", NOW, "x", "page")
    correction = PageCorrection(NOW, "Ada", store.newsletter, "x", "page")
    store.publications.add_page_correction(day, correction)
    store.clicks.count_click(day, day.day + len(store.newsletter))


def withdraw(store: Store, day: date) -> None:
    store.publications.withdraw_publication(day, "Ada", NOW)


def freeze(store: Store, day: date) -> None:
    approval = Approval(day, store.newsletter, "Ada", NOW)
    content = SentContent(store.newsletter, approval, "x", "page", email(day))
    spec = SendSpec(store.newsletter, "sendgrid")
    store.deliveries.freeze_audience(day, spec, NOW, size=1, content=content)


def send(store: Store, day: date) -> None:
    """Hand two chunks over, one of which the provider holds, and leave one claimed."""
    for outcome in (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN):
        claimed = store.deliveries.claim_chunk(day, NOW, 0)
        if claimed is None:
            return
        hold = ProviderHold(store.newsletter, NOW + timedelta(hours=1))
        people = [number for number, _ in claimed.subscribers]
        store.deliveries.mark_in_flight(day, claimed, people, hold)
        store.deliveries.record_chunk_outcome(day, claimed, Outcome(outcome))
    store.deliveries.claim_chunk(day, NOW, 0)


def hear_of_it(store: Store, day: date) -> None:
    events = [
        ProviderEvent(
            f"{store.newsletter} {day} {number}",
            Fate.DELIVERED,
            f"reader{number}@r.example",
            NOW,
            day,
            number,
            newsletter=store.newsletter,
        )
        for number in READERS
    ]
    store.provider_events.take_in_events(events, NOW)
    store.provider_events.accept_known_to_have_left(day)


def halt(store: Store, day: date) -> None:
    store.send_halts.halt_send(day, PAUSED, store.newsletter)


def end_pass(store: Store, day: date) -> None:
    store.refused_deliveries.exclude_refused(day, [(1, "refused: no")])
    store.refused_deliveries.end_pass(day, NOW, "no more")
    store.deliveries.close_cancelled_send(day)


def call_off(store: Store, day: date) -> None:
    for chunk in store.provider_cancellation.list_held_chunks(day):
        store.provider_cancellation.exclude_held_chunk(day, chunk)


def give_up(store: Store, day: date) -> None:
    if store.deliveries.get_send_spec(day) is None:
        store.send_halts.give_up_edition(day, "Ada", NOW)


def dissolve(store: Store, day: date) -> None:
    store.send_halts.forget_giving_up(day)
    store.deliveries.dissolve_audience(day)


def prune(store: Store, day: date) -> None:
    if store.deliveries.get_send_spec(day):
        key = EditionKey(store.newsletter, day)
        counts = {"counts": {"accepted": 3}, "fates": {}}
        store.retention.prune_deliveries(key, counts)


def leave(store: Store, day: date) -> None:
    store.subscriptions.leave(3, store.newsletter, NOW)


ACTS = (
    draft,
    edit,
    undo,
    propose,
    approve,
    disapprove,
    publish,
    withdraw,
    freeze,
    send,
    hear_of_it,
    halt,
    end_pass,
    call_off,
    give_up,
    dissolve,
    prune,
    leave,
)
Act = Callable[[Store, date], None]


def do(store: Store, act: Act, day: date) -> None:
    """Do it, if it can be done at this time: there may be no such edition, or it was sent."""
    if store.editions.get_source(day) is None and act is not draft:
        return
    with suppress(DigestError):
        act(store, day)


@pytest.fixture
def stores(app: App) -> tuple[Store, Store]:
    """Return the stores of two newsletters, each with two editions in different states."""
    weekly = app.store
    zine = weekly.for_newsletter("zine")
    with weekly._engine.begin() as connection:
        connection.execute(
            insert(article),
            {"key": "k", "outlet": "C", "authors": [], "first_seen": NOW},
        )
    for number in READERS:
        person = Subscriber(f"reader{number}@r.example", consent_at=NOW)
        weekly.subscribers.add_subscribers([person])
        zine.subscribers.add_subscribers([person])
    for store in (weekly, zine):
        for act in (draft, edit, propose, approve, freeze, send):
            do(store, act, FRIDAY)
        for act in (draft, edit, propose, approve, publish):
            do(store, act, MONDAY)
    return weekly, zine


def test_a_store_says_the_same_whatever_happens_to_another_newsletter(
    stores: tuple[Store, Store],
) -> None:
    weekly, zine = stores
    before = read_everything(weekly)
    for day in (*DAYS, LATER):
        for act in (draft, edit, give_up):
            do(zine, act, day)
        assert read_everything(weekly) == before
        do(zine, dissolve, day)
        for act in ACTS:
            do(zine, act, day)
        assert read_everything(weekly) == before
    # what would see no difference proves nothing
    assert read_everything(zine) != before
    for day in DAYS:
        for act in (hear_of_it, halt, withdraw, edit):
            do(weekly, act, day)
    assert read_everything(weekly) != before


def test_every_method_that_reads_editions_is_asked(
    stores: tuple[Store, Store],
) -> None:
    asked = dict(reading_methods(stores[0]))
    assert len(asked) > 40
    for name, method in asked.items():
        parameters = required_parameters(method)
        known = {"day", *ARGUMENTS}
        assert set(parameters) <= known, f"{name} needs an argument here"


def test_a_bare_date_names_no_edition(stores: tuple[Store, Store]) -> None:
    weekly, _ = stores
    row = {"edition": FRIDAY, "at": NOW, "by": "Ada"}
    with (
        pytest.raises(StatementError, match="names no edition"),
        weekly._engine.begin() as connection,
    ):
        connection.execute(insert(schedule).values(row))


def test_editions_of_all_newsletters_are_listed_by_their_keys(
    stores: tuple[Store, Store],
) -> None:
    keys = [str(key) for key in stores[0].editions.list_keys()]
    assert keys == [
        "weekly/2026-03-02",
        "zine/2026-03-02",
        "weekly/2026-02-27",
        "zine/2026-02-27",
    ]
    expired = stores[0].retention.list_unpruned_editions(MONDAY)
    assert [str(key) for key in sorted(expired)] == [
        "weekly/2026-02-27",
        "zine/2026-02-27",
    ]


def test_newsletters_with_keys_alike_are_apart(app: App) -> None:
    weekly = app.store
    for neighbour in ("weekl", "weekly-2", "weeklyx", "a"):
        other = weekly.for_newsletter(neighbour)
        other.editions.save_text(FRIDAY, "x", NOW)
        other.publications.add_publication(FRIDAY, "Ada", NOW, "x", "page")
        assert list(other.publications.get_all_publications()) == [FRIDAY]
    assert weekly.publications.get_all_publications() == {}

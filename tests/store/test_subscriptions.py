"""Who gets which newsletter, who left it, and who thereby left everything."""

from datetime import date, timedelta

import pytest

from digest.app import App
from digest.errors import Busy
from digest.model import (
    DeliveryState,
    EditionKey,
    Fate,
    FilterClause,
    ImportedPerson,
    NewsletterAudience,
    Outcome,
    ProviderEvent,
    SendSpec,
    Standing,
    Subscriber,
    SuppressionReason,
)
from digest.store import Store
from tests.conftest import NOW

DAY = date(2026, 2, 27)
LATER = NOW + timedelta(days=1)
CLIPS = NewsletterAudience("clips", ("staff",))
AUDIENCES = (
    NewsletterAudience("weekly"),
    NewsletterAudience("quarterly"),
    CLIPS,
)


@pytest.fixture
def store(app: App) -> Store:
    """Return the store of weekly: Ada gets all three newsletters, Bo two, Cy one."""
    people = app.store.subscribers
    people.add_subscribers(
        [
            Subscriber("ada@r.example", consent_at=NOW, tags=("staff",)),
            Subscriber("bo@r.example", consent_at=NOW),
            Subscriber("cy@r.example", consent_at=NOW),
        ]
    )
    for name in ("ada", "bo"):
        app.store.subscriptions.subscribe(
            id_of(app.store, name), "quarterly", NOW
        )
    return app.store


def id_of(store: Store, name: str) -> int:
    person = store.subscribers.find_subscriber(f"{name}@r.example")
    assert person
    return person.id


def who_gets(store: Store, newsletter: str) -> list[str]:
    tags = CLIPS.tags if newsletter == "clips" else ()
    people = store.for_newsletter(newsletter).subscribers
    active = people.iterate_subscribers(active_only=True, audience_tags=tags)
    names = [person.address.partition("@")[0] for person in active]
    assert len(names) == people.count_active((), tags)
    return names


def has_left_everything(store: Store, name: str) -> bool:
    person = store.subscribers.get_subscriber(id_of(store, name))
    return person is not None and person.left_at is not None


def test_each_newsletter_goes_to_its_own(store: Store) -> None:
    assert who_gets(store, "weekly") == ["ada", "bo", "cy"]
    assert who_gets(store, "quarterly") == ["ada", "bo"]
    assert who_gets(store, "clips") == ["ada"]


def test_who_leaves_the_last_has_left_everything(store: Store) -> None:
    ada, bo = id_of(store, "ada"), id_of(store, "bo")
    assert store.subscriptions.leave(bo, "weekly", NOW, AUDIENCES)
    assert not store.subscriptions.leave(bo, "weekly", LATER, AUDIENCES)
    assert not has_left_everything(store, "bo")
    assert who_gets(store, "quarterly") == ["ada", "bo"]
    store.subscriptions.leave(bo, "quarterly", NOW, AUDIENCES)
    assert has_left_everything(store, "bo")
    # who gets one by a tag has not left it yet
    for newsletter in ("weekly", "quarterly"):
        store.subscriptions.leave(ada, newsletter, NOW, AUDIENCES)
    assert not has_left_everything(store, "ada")
    assert who_gets(store, "clips") == ["ada"]
    store.subscriptions.leave(ada, "clips", NOW, AUDIENCES)
    assert has_left_everything(store, "ada")
    left = store.subscriptions.list_of(ada)
    assert [(one.newsletter, one.left_at) for one in left] == [
        ("clips", NOW),
        ("quarterly", NOW),
        ("weekly", NOW),
    ]


def test_only_who_asks_for_it_comes_back_and_only_to_that(
    store: Store,
) -> None:
    ada = id_of(store, "ada")
    store.subscriptions.leave_all(ada, NOW, AUDIENCES)
    people = store.for_newsletter("quarterly").subscribers
    counts = people.add_subscribers(
        [Subscriber("ada@r.example", consent_at=LATER)]
    )
    assert counts.left_earlier == 1
    assert not store.subscriptions.subscribe(ada, "weekly", LATER)
    request = store.signups.add_request(
        Subscriber("ada@r.example"), LATER, ["quarterly"]
    )
    confirmed = store.signups.confirm_request(request, "x", LATER, LATER)
    assert confirmed
    assert confirmed.newsletters == ("quarterly",)
    assert who_gets(store, "quarterly") == ["ada", "bo"]
    assert "ada" not in who_gets(store, "weekly")
    assert who_gets(store, "clips") == []


def test_an_import_subscribes_to_what_it_names(store: Store) -> None:
    store.subscriptions.leave(id_of(store, "bo"), "quarterly", NOW)
    counts = store.subscribers.import_people(
        [
            ImportedPerson(Subscriber("bo@r.example", consent_at=NOW)),
            ImportedPerson(Subscriber("cy@r.example", consent_at=NOW)),
            ImportedPerson(Subscriber("ada@r.example", consent_at=NOW)),
            ImportedPerson(Subscriber("di@r.example", consent_at=NOW)),
        ],
        newsletters=("quarterly",),
    )
    assert (counts.added, counts.left_earlier) == (2, 1)
    assert counts.already_subscribed == 1
    assert who_gets(store, "quarterly") == ["ada", "cy", "di"]
    assert who_gets(store, "weekly") == ["ada", "bo", "cy"]


def test_who_unsubscribed_from_a_list_elsewhere_leaves_that_newsletter(
    store: Store,
) -> None:
    gone = [
        ImportedPerson(
            Subscriber(f"{name}@r.example", consent_at=NOW, left_at=NOW),
            Standing.UNSUBSCRIBED,
        )
        for name in ("bo", "cy", "new")
    ]
    store.subscribers.import_people(
        gone, newsletters=("weekly",), audiences=AUDIENCES
    )
    assert who_gets(store, "weekly") == ["ada"]
    assert who_gets(store, "quarterly") == ["ada", "bo"]
    assert not has_left_everything(store, "bo")
    assert has_left_everything(store, "cy")
    assert has_left_everything(store, "new")


def test_unsubscribing_at_the_provider_leaves_the_newsletter_of_that_mail(
    store: Store,
) -> None:
    events = [
        ProviderEvent(
            f"{name} left",
            Fate.LEFT,
            f"{name}@r.example",
            NOW,
            DAY,
            id_of(store, name),
            newsletter="weekly",
        )
        for name in ("bo", "cy")
    ]
    complaint = ProviderEvent(
        "ada complained", Fate.COMPLAINED, "ada@r.example", NOW, DAY, 1
    )
    store.provider_events.take_in_events([*events, complaint], NOW, AUDIENCES)
    assert who_gets(store, "weekly") == []
    assert who_gets(store, "quarterly") == ["bo"]
    suppressed = {
        one.address: one.reason
        for one in store.subscribers.iterate_suppressions()
    }
    assert suppressed == {
        "ada@r.example": SuppressionReason.COMPLAINED,
        "cy@r.example": SuppressionReason.ASKED,
    }


def test_nobody_is_mailed_who_left_between_the_freeze_and_the_hand_over(
    store: Store,
) -> None:
    """Who left another newsletter is mailed this one; who left this one is not, nor all."""
    for newsletter in ("weekly", "quarterly"):
        scoped = store.for_newsletter(newsletter)
        scoped.editions.save_text(DAY, newsletter, NOW)
        scoped.deliveries.freeze_audience(DAY, SendSpec("x", "smtp"), NOW)
    store.subscriptions.leave(id_of(store, "bo"), "weekly", NOW, AUDIENCES)
    store.subscriptions.leave_all(id_of(store, "cy"), NOW, AUDIENCES)
    quarterly = store.for_newsletter("quarterly").deliveries
    claimed = store.deliveries.claim_chunk(DAY, NOW)
    other = quarterly.claim_chunk(DAY, NOW)
    assert claimed
    assert other
    assert [address for _, address in claimed.subscribers] == ["ada@r.example"]
    assert len(other.subscribers) == 2
    bo = id_of(store, "bo")
    assert store.deliveries.is_any_barred([bo])
    assert not quarterly.is_any_barred([bo])
    quarterly.record_chunk_outcome(DAY, other, Outcome(DeliveryState.ACCEPTED))
    got = FilterClause("got", ":", EditionKey("quarterly", DAY))
    assert store.subscribers.count_active([got]) == 1


def test_an_internal_audience_is_frozen_by_its_tags(store: Store) -> None:
    clips = store.for_newsletter("clips")
    clips.editions.save_text(DAY, "x", NOW)
    spec = SendSpec("x", "smtp")
    clips.deliveries.freeze_audience(DAY, spec, NOW, audience_tags=("Staff",))
    assert clips.deliveries.get_delivery_report(DAY).planned == 1


def test_who_is_erased_has_no_subscription(store: Store) -> None:
    person = store.subscribers.find_subscriber("ada@r.example")
    assert person
    store.subscribers.erase_subscriber(person, NOW)
    assert store.subscriptions.list_of(person.id) == []


def test_sends_of_two_newsletters_overlap_and_a_copy_waits_for_both(
    store: Store,
) -> None:
    clips = store.for_newsletter("clips")
    with clips.hold_send_lock():
        with store.hold_send_lock():
            pass
        with pytest.raises(Busy, match="`digest send` of clips"):
            clips.hold_send_lock().__enter__()
        with pytest.raises(Busy):
            store.hold_all_send_locks(["weekly", "clips"]).__enter__()
    with (
        store.hold_all_send_locks(["weekly", "clips"]),
        pytest.raises(Busy),
        clips.hold_send_lock(),
    ):
        pass

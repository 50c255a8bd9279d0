"""Imports: the people of a list are added, stay unsubscribed, unsubscribe, or are suppressed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.model import (
    ImportCounts,
    ImportedPerson,
    NewsletterAudience,
    Standing,
    Subscriber,
    SuppressionReason,
)
from digest.store.address_folding import fold_address, hash_address, old_fold
from digest.store.subscriptions import (
    add_subscriptions,
    leave_everything_if_last,
    leave_newsletters,
)
from digest.store.tables import (
    erased,
    signing_key,
    subscriber,
    subscription,
    suppression,
    tag,
)

#: Standings in another system that suppress an address here. Those who unsubscribed there are
#: stored as unsubscribed instead.
SUPPRESSION_REASONS = {
    Standing.BLOCKED: SuppressionReason.ASKED,
    Standing.BOUNCED: SuppressionReason.BOUNCED,
    Standing.COMPLAINED: SuppressionReason.COMPLAINED,
}
OLDEST_SIGNING_KEY = (
    select(signing_key.c.key).order_by(signing_key.c.id).limit(1)
)


def own_standing(person: Subscriber) -> Standing:
    """Return the standing of a person not from a list: unsubscribed if they have unsubscribed."""
    if person.left_at:
        return Standing.UNSUBSCRIBED
    return Standing.ACTIVE


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """What an import does for all of its people."""

    newsletters: tuple[str, ...]  #: that they subscribe to
    audiences: tuple[
        NewsletterAudience, ...
    ]  #: of the newsletters that there are
    #: when suppressions begin; None: when the person agreed to mail
    now: datetime | None


def import_batch(
    connection: Connection,
    arrivals: Sequence[ImportedPerson],
    counts: ImportCounts,
    terms: ImportTerms,
) -> None:
    """Import some people of a list, in one transaction, and count what became of them."""
    arrival_by_address: dict[str, ImportedPerson] = {}
    repeated: dict[str, Subscriber] = {}
    newsletters_by_address: dict[str, list[str]] = {}
    for arrival in arrivals:
        folded = fold_address(arrival.person.address)
        if arrival.again:
            repeated[folded] = arrival.person
        else:
            arrival_by_address[folded] = arrival
        if arrival.standing == Standing.ACTIVE:
            newsletters = newsletters_by_address.setdefault(folded, [])
            newsletters.extend(_newsletters_of(arrival, terms))
    active: dict[str, Subscriber] = {}
    inactive: dict[str, ImportedPerson] = {}
    for folded, arrival in arrival_by_address.items():
        if arrival.standing == Standing.ACTIVE:
            active[folded] = arrival.person
        else:
            inactive[folded] = arrival
    _add_active(connection, active, newsletters_by_address, counts, terms)
    _import_inactive(connection, inactive, counts, terms)
    _subscribe_repeated(connection, repeated, newsletters_by_address, terms)
    _tag_subscribers(connection, repeated)


def _newsletters_of(
    arrival: ImportedPerson, terms: ImportTerms
) -> tuple[str, ...]:
    """Return the newsletters that a person is on the list of: as it says, else as the import does."""
    if arrival.newsletters is None:
        return terms.newsletters
    return arrival.newsletters


def _add_active(
    connection: Connection,
    people: Mapping[str, Subscriber],
    newsletters_by_address: Mapping[str, Sequence[str]],
    counts: ImportCounts,
    terms: ImportTerms,
) -> None:
    # read in this order: somebody erased meanwhile is either still a subscriber, or suppressed
    subscribers = _find_subscribers(connection, list(people))
    barred = _find_barred(connection, list(people))
    counts.suppressed += len(barred)
    allowed = {
        folded: person
        for folded, person in sorted(people.items())
        if folded not in barred
    }
    new_rows = [
        _subscriber_row(folded, person)
        for folded, person in allowed.items()
        if folded not in subscribers
    ]
    new_ids: set[int] = set()
    if new_rows:
        # some may have subscribed since they were looked up
        add_subscribers = (
            insert(subscriber)
            .on_conflict_do_nothing()
            .returning(subscriber.c.id)
        )
        new_ids.update(connection.scalars(add_subscribers, new_rows))
    subscribers = _find_subscribers(connection, list(allowed))
    rows = _subscription_rows(
        subscribers, allowed, newsletters_by_address, terms
    )
    added = add_subscriptions(connection, rows) | new_ids
    may_get = {row.id for row in subscribers.values() if row.left_at is None}
    newsletters = {
        name for names in newsletters_by_address.values() for name in names
    }
    leavers = _find_leavers(connection, may_get - added, sorted(newsletters))
    counts.added += len(added)
    counts.left_earlier += len(subscribers) - len(may_get) + len(leavers)
    counts.already_subscribed += len(may_get) - len(added) - len(leavers)
    _tag_subscribers(connection, allowed)


def _subscribe_repeated(
    connection: Connection,
    people: Mapping[str, Subscriber],
    newsletters_by_address: Mapping[str, Sequence[str]],
    terms: ImportTerms,
) -> None:
    """Subscribe people to what further rows of the list name: some lists have a row for each."""
    active = {
        folded: person
        for folded, person in people.items()
        if folded in newsletters_by_address
    }
    subscribers = _find_subscribers(connection, list(active))
    rows = _subscription_rows(
        subscribers, active, newsletters_by_address, terms
    )
    add_subscriptions(connection, rows)


def _subscription_rows(
    subscribers: Mapping[str, Any],
    people: Mapping[str, Subscriber],
    newsletters_by_address: Mapping[str, Sequence[str]],
    terms: ImportTerms,
) -> list[tuple[int, str, datetime]]:
    """Return the subscriptions, each (subscriber, newsletter, since), of who has not left everything.

    An internal newsletter needs none: it goes to tags.
    """
    internal = {one.newsletter for one in terms.audiences if one.tags}
    rows: list[tuple[int, str, datetime]] = []
    for folded, row in subscribers.items():
        if row.left_at is not None:
            continue
        since = people[folded].consent_at or row.consent_at
        public = set(newsletters_by_address[folded]) - internal
        rows.extend((row.id, name, since) for name in public)
    return rows


def _find_leavers(
    connection: Connection,
    subscriber_ids: Iterable[int],
    newsletters: Sequence[str],
) -> set[int]:
    """Return those of some subscribers (ids) who left any of some newsletters."""
    leavers = select(subscription.c.subscriber).where(
        subscription.c.subscriber.in_(list(subscriber_ids)),
        subscription.c.newsletter.in_(newsletters),
        subscription.c.left_at.is_not(None),
    )
    return set(connection.scalars(leavers))


def _tag_subscribers(
    connection: Connection, people: Mapping[str, Subscriber]
) -> None:
    """Give subscribers their tags; people who are not subscribers get none."""
    tagged = {
        folded: person.tags for folded, person in people.items() if person.tags
    }
    if not tagged:
        return
    subscribers = _find_subscribers(connection, list(tagged))
    pairs: list[tuple[int, str]] = []
    for folded, tags in tagged.items():
        if folded in subscribers:
            number = subscribers[folded].id
            pairs.extend((number, name) for name in tags)
    add_tags(connection, pairs)


def _import_inactive(
    connection: Connection,
    people: Mapping[str, ImportedPerson],
    counts: ImportCounts,
    terms: ImportTerms,
) -> None:
    """Import people whom another system does not mail: unsubscribe or suppress them.

    Nothing is written of people who were erased: their address would be known again. Further
    addresses of a person, of which there is no row to count, are treated in the same way.
    """
    for arrival in people.values():
        count_name = arrival.standing.value
        setattr(counts, count_name, getattr(counts, count_name) + 1)
    refusing = _with_other_addresses(people)
    if not refusing:
        return
    were_erased = find_erased(connection, list(refusing))
    for folded in were_erased:
        del refusing[folded]
    subscribers = _find_subscribers(connection, list(refusing))
    were_suppressed = _find_suppressed(connection, list(refusing))
    for folded, row in subscribers.items():
        if row.left_at is None and folded not in were_suppressed:
            counts.stopped += 1
    unsubscribed: dict[str, ImportedPerson] = {}
    suppressed: dict[str, ImportedPerson] = {}
    for folded, arrival in refusing.items():
        if arrival.standing in SUPPRESSION_REASONS:
            suppressed[folded] = arrival
        else:
            unsubscribed[folded] = arrival
    _store_unsubscribed(connection, unsubscribed, subscribers, terms)
    _store_suppressed(connection, suppressed, terms.now)


def _with_other_addresses(
    people: Mapping[str, ImportedPerson],
) -> dict[str, ImportedPerson]:
    """Return those who must not be mailed by all of their addresses; unconfirmed ones are none."""
    refusing = {
        folded: arrival
        for folded, arrival in people.items()
        if arrival.standing != Standing.UNCONFIRMED
    }
    for arrival in list(refusing.values()):
        for address in arrival.others:
            person = replace(arrival.person, address=address)
            other_arrival = replace(arrival, person=person, others=())
            refusing.setdefault(fold_address(address), other_arrival)
    return refusing


def _store_unsubscribed(
    connection: Connection,
    people: Mapping[str, ImportedPerson],
    subscribers: Mapping[str, Any],
    terms: ImportTerms,
) -> None:
    """Record that people unsubscribed elsewhere, also of people who are no subscribers here.

    They left the newsletters of the import, and everything if they get no other one.
    """
    new_rows = [
        _subscriber_row(folded, arrival.person)
        for folded, arrival in sorted(people.items())
        if folded not in subscribers
    ]
    if new_rows:
        add_subscribers = insert(subscriber)
        # some may have subscribed since they were looked up
        earliest_leaving = func.coalesce(
            subscriber.c.left_at, add_subscribers.excluded.left_at
        )
        add_unsubscribed = add_subscribers.on_conflict_do_update(
            index_elements=["folded"],
            set_={"left_at": earliest_leaving},
        )
        connection.execute(add_unsubscribed, new_rows)
    leaving: list[dict[str, Any]] = []
    for folded, arrival in people.items():
        row = subscribers.get(folded)
        if row is not None and row.left_at is None:
            source = arrival.person.consent_source
            leaving.append(
                {
                    "person": row.id,
                    "remark": f"; unsubscribed elsewhere: {source}",
                }
            )
    if leaving:
        with_remark = subscriber.c.consent_source.concat(
            bindparam("remark", type_=Text)
        )
        add_remark = (
            update(subscriber)
            .where(subscriber.c.id == bindparam("person"))
            .values(consent_source=with_remark)
        )
        connection.execute(add_remark, leaving)
    _leave(connection, people, terms)


def _leave(
    connection: Connection,
    people: Mapping[str, ImportedPerson],
    terms: ImportTerms,
) -> None:
    """Let people leave the newsletters of the import, and everything if those were their last."""
    everything = tuple(one.newsletter for one in terms.audiences)
    left_at: dict[int, datetime] = {}
    rows: list[tuple[int, str, datetime]] = []
    for folded, row in _find_subscribers(connection, list(people)).items():
        arrival = people[folded]
        moment = arrival.person.left_at or row.consent_at
        left_at[row.id] = moment
        newsletters = _newsletters_of(arrival, terms) or everything
        rows.extend((row.id, name, moment) for name in newsletters)
    leave_newsletters(connection, sorted(rows))
    leave_everything_if_last(connection, left_at, terms.audiences)


def _store_suppressed(
    connection: Connection,
    people: Mapping[str, ImportedPerson],
    now: datetime | None,
) -> None:
    rows: list[dict[str, Any]] = []
    for folded, arrival in people.items():
        person = arrival.person
        detail = f"{arrival.standing} elsewhere: {person.consent_source}"
        rows.append(
            {
                "folded": folded,
                "reason": SUPPRESSION_REASONS[arrival.standing],
                "at": now or person.left_at or person.consent_at,
                "detail": detail[:500],
            }
        )
    if rows:
        connection.execute(insert(suppression).on_conflict_do_nothing(), rows)


def _find_barred(connection: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that are suppressed or were erased."""
    suppressed = _find_suppressed(connection, folded)
    return suppressed | find_erased(connection, folded)


def _find_suppressed(connection: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that are suppressed, also by an older folding."""
    current = select(suppression.c.folded).where(
        suppression.c.folded.in_(folded)
    )
    suppressed = set(connection.scalars(current))
    old_forms = _changed_old_forms(folded)
    if old_forms:
        older = select(suppression.c.folded).where(
            suppression.c.folded.in_(list(old_forms.values())),
            suppression.c.old_folding,
        )
        suppressed_forms = set(connection.scalars(older))
        for address, old_form in old_forms.items():
            if old_form in suppressed_forms:
                suppressed.add(address)
    return suppressed


def _changed_old_forms(folded: Iterable[str]) -> dict[str, str]:
    """Return how some addresses were folded before 0014, of those that were folded otherwise."""
    old_forms: dict[str, str] = {}
    for address in folded:
        if address.isascii():
            continue
        old_form = old_fold(address)
        if old_form != address:
            old_forms[address] = old_form
    return old_forms


def find_erased(connection: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that were erased, under this folding or the one before it."""
    if not connection.scalar(select(erased.c.hash).limit(1)):
        return set()
    key = connection.scalar(OLDEST_SIGNING_KEY) or ""
    address_by_hash: dict[str, str] = {}
    for address in folded:
        address_by_hash[hash_address(key, address)] = address
        address_by_hash[hash_address(key, old_fold(address))] = address
    hashes = select(erased.c.hash).where(
        erased.c.hash.in_(list(address_by_hash))
    )
    return {
        address_by_hash[erased_hash]
        for erased_hash in connection.scalars(hashes)
    }


def _find_subscribers(
    connection: Connection, folded: Sequence[str]
) -> dict[str, Any]:
    """Return the rows (folded, left_at, consent_at, id) of subscribers, by folded address."""
    rows = select(
        subscriber.c.folded,
        subscriber.c.left_at,
        subscriber.c.consent_at,
        subscriber.c.id,
    ).where(subscriber.c.folded.in_(folded))
    return {row.folded: row for row in connection.execute(rows)}


def add_tags(connection: Connection, pairs: Sequence[tuple[int, str]]) -> None:
    """Give subscribers tags, each (id, tag)."""
    rows = [{"subscriber": number, "name": name} for number, name in pairs]
    if rows:
        connection.execute(insert(tag).on_conflict_do_nothing(), rows)


def _subscriber_row(folded: str, person: Subscriber) -> dict[str, Any]:
    return {
        "folded": folded,
        "address": person.address,
        "name": person.name,
        "consent_source": person.consent_source,
        "consent_at": person.consent_at,
        "left_at": person.left_at,
    }

"""Imports: people of a list become readers, stay gone, leave, or are suppressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.model import Arrival, Refusal, Standing, Subscriber
from digest.store.folding import fold, hash_of, old_fold
from digest.store.tables import erased, signing_key, subscriber, suppression, tag

#: What another system's no becomes here, but for those who unsubscribed there: they leave.
BARRED = {
    Standing.BLOCKED: Refusal.ASKED,
    Standing.BOUNCED: Refusal.BOUNCED,
    Standing.COMPLAINED: Refusal.COMPLAINED,
}


@dataclass(slots=True)
class Imported:
    """Counts of one import: people, each once; the rows of a sheet add up with its `Tally`."""

    added: int = 0
    known: int = 0
    left: int = 0  #: said no here earlier; left alone
    suppressed: int = 0  #: nobody may mail them, whatever the list says
    unconfirmed: int = 0  #: have not confirmed elsewhere; not mailed
    unsubscribed: int = 0  #: said no elsewhere; kept as people who left
    blocked: int = 0  #: nobody was to mail them elsewhere; suppressed
    bounced: int = 0  #: suppressed
    complained: int = 0  #: suppressed
    stopped: int = 0  #: of the four before, those who were readers here until now
    read: int = 0  #: rows of the sheet
    refused: int = 0  #: rows that cannot be used
    doubles: int = 0  #: rows of people who stood in the sheet before
    blank: int = 0  #: empty rows
    #: lines of people whose date of consent cannot be read
    undated: tuple[int, ...] = ()

    @property
    def not_mailed(self) -> dict[Standing, int]:
        """People who are not mailed because of how another system had them."""
        return {s: getattr(self, s.value) for s in Standing if s != Standing.ACTIVE}

    @property
    def sum(self) -> int:
        """What the rows came to. It is `read`, unless we have lost one."""
        mailed = self.added + self.known
        people = mailed + self.left + self.suppressed + sum(self.not_mailed.values())
        return people + self.refused + self.doubles + self.blank


def own_standing(person: Subscriber) -> Standing:
    """Return the standing of a person who comes without a list: gone if they have left."""
    if person.left_at:
        return Standing.UNSUBSCRIBED
    return Standing.ACTIVE


def take_batch(
    c: Connection, arrivals: Sequence[Arrival], counts: Imported, now: datetime | None
) -> None:
    """Take some people of a list, in one transaction, and count what became of them."""
    batch = {fold(a.person.address): a for a in arrivals if not a.again}
    again = {fold(a.person.address): a.person for a in arrivals if a.again}
    agreed = {f: a.person for f, a in batch.items() if a.standing == Standing.ACTIVE}
    _add_batch(c, agreed, counts)
    _refuse_batch(c, {f: a for f, a in batch.items() if f not in agreed}, counts, now)
    _tag_known(c, again)


def _add_batch(c: Connection, batch: dict[str, Subscriber], counts: Imported) -> None:
    # who is known is asked first: whoever is erased meanwhile is either known still, or barred
    readers = _known(c, list(batch))
    barred = _barred(c, list(batch))
    counts.suppressed += len(barred)
    wanted = {folded: p for folded, p in batch.items() if folded not in barred}
    known = {folded: row for folded, row in readers.items() if folded in wanted}
    counts.known += sum(row.left_at is None for row in known.values())
    counts.left += sum(row.left_at is not None for row in known.values())
    rows = [
        _row(folded, p) for folded, p in sorted(wanted.items()) if folded not in known
    ]
    if rows:
        # some may have subscribed since we looked; what came is counted by what is returned, since
        # PostgreSQL's driver does not count the rows of many inserts at once
        fresh = insert(subscriber).on_conflict_do_nothing().returning(subscriber.c.id)
        added = len(c.scalars(fresh, rows).all())
        counts.added += added
        counts.known += len(rows) - added
    _tag_known(c, wanted)


def _tag_known(c: Connection, people: Mapping[str, Subscriber]) -> None:
    """Give readers their tags; who is no reader has none."""
    tagged = {folded: p.tags for folded, p in people.items() if p.tags}
    if tagged:
        ids = _known(c, list(tagged))
        pairs = [
            (ids[f].id, name) for f, tags in tagged.items() if f in ids for name in tags
        ]
        add_tags(c, pairs)


def _refuse_batch(
    c: Connection, batch: Mapping[str, Arrival], counts: Imported, now: datetime | None
) -> None:
    """Take other systems' noes: make readers leave, keep out who is none, suppress addresses.

    Nothing is written of who was erased: their address would be known again. Their further
    addresses, of which there is no row to count, are kept out with them.
    """
    for arrival in batch.values():
        name = arrival.standing.value
        setattr(counts, name, getattr(counts, name) + 1)
    noes = {f: a for f, a in batch.items() if a.standing != Standing.UNCONFIRMED}
    for arrival in list(noes.values()):
        for other in arrival.others:
            person = replace(arrival.person, address=other)
            noes.setdefault(fold(other), replace(arrival, person=person, others=()))
    if not noes:
        return
    gone = erased_of(c, list(noes))
    written = {f: a for f, a in noes.items() if f not in gone}
    known = _known(c, list(written))
    barred = _suppressed(c, list(written))
    counts.stopped += sum(
        row.left_at is None and f not in barred for f, row in known.items()
    )
    _leave_batch(
        c, {f: a for f, a in written.items() if a.standing not in BARRED}, known
    )
    rows = [
        {
            "folded": folded,
            "reason": BARRED[a.standing],
            "at": now or a.person.left_at or a.person.consent_at,
            "detail": f"{a.standing} elsewhere: {a.person.consent_source}"[:500],
        }
        for folded, a in written.items()
        if a.standing in BARRED
    ]
    if rows:
        c.execute(insert(suppression).on_conflict_do_nothing(), rows)


def _leave_batch(
    c: Connection, batch: Mapping[str, Arrival], known: Mapping[str, Any]
) -> None:
    """Record that people unsubscribed elsewhere: readers leave, others are kept as gone."""
    rows = [_row(f, a.person) for f, a in sorted(batch.items()) if f not in known]
    if rows:
        new = insert(subscriber)
        gone = {"left_at": func.coalesce(subscriber.c.left_at, new.excluded.left_at)}
        # some may have subscribed since we looked
        c.execute(new.on_conflict_do_update(index_elements=["folded"], set_=gone), rows)
    leaving = [
        {
            "person": known[f].id,
            "gone": a.person.left_at,
            "told": f"; unsubscribed elsewhere: {a.person.consent_source}",
        }
        for f, a in batch.items()
        if f in known and known[f].left_at is None
    ]
    if leaving:
        source = subscriber.c.consent_source.concat(bindparam("told", type_=Text))
        theirs = update(subscriber).where(subscriber.c.id == bindparam("person"))
        c.execute(
            theirs.values(left_at=bindparam("gone"), consent_source=source), leaving
        )


def _barred(c: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that are suppressed or were erased."""
    return _suppressed(c, folded) | erased_of(c, folded)


def _suppressed(c: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that are suppressed, also by an older folding."""
    found = set(
        c.scalars(select(suppression.c.folded).where(suppression.c.folded.in_(folded)))
    )
    before = {f: old for f in folded if not f.isascii() and (old := old_fold(f)) != f}
    if before:
        forms = (
            suppression.c.folded.in_(list(before.values())) & suppression.c.old_folding
        )
        held = set(c.scalars(select(suppression.c.folded).where(forms)))
        found |= {f for f, form in before.items() if form in held}
    return found


def erased_of(c: Connection, folded: Sequence[str]) -> set[str]:
    """Return those of some addresses that were erased, under this folding or the one before it."""
    if not c.scalar(select(erased.c.hash).limit(1)):
        return set()
    key = c.scalar(select(signing_key.c.key).order_by(signing_key.c.id).limit(1)) or ""
    hashes = {hash_of(key, form): f for f in folded for form in (f, old_fold(f))}
    gone = c.scalars(select(erased.c.hash).where(erased.c.hash.in_(list(hashes))))
    return {hashes[h] for h in gone}


def _known(c: Connection, folded: Sequence[str]) -> dict[str, Any]:
    query = select(subscriber.c.folded, subscriber.c.left_at, subscriber.c.id)
    return {
        row.folded: row
        for row in c.execute(query.where(subscriber.c.folded.in_(folded)))
    }


def add_tags(c: Connection, pairs: Sequence[tuple[int, str]]) -> None:
    """Give readers, by id, tags."""
    rows = [{"subscriber": number, "name": name} for number, name in pairs]
    if rows:
        c.execute(insert(tag).on_conflict_do_nothing(), rows)


def _row(folded: str, p: Subscriber) -> dict[str, Any]:
    return {
        "folded": folded,
        "address": p.address,
        "name": p.name,
        "consent_source": p.consent_source,
        "consent_at": p.consent_at,
        "left_at": p.left_at,
    }

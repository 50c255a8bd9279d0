"""How PostgreSQL finds things at ten million deliveries: never by reading them all."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from digest.app import App
from digest.infra.clock import utc_now
from digest.infra.job_queue import libpq_url
from digest.model import (
    Chunk,
    DeliveryState,
    Fate,
    Outcome,
    ProviderEvent,
    SendSpec,
    Subscriber,
)
from tests.conftest import EDITION, NOW
from tests.fakes.postgres import postgres
from tests.jobs.test_tasks import chapter, filled

#: Rows that the planner is told of. The tables hold few: it goes by what statistics say.
MANY = {"delivery": 10_000_000, "subscriber": 1_000_000, "article": 5_000_000, "event": 20_000_000,
        "chunk": 10_000, "judgement": 5_000_000, "alias": 500_000, "subscription": 2_000_000, "suppression": 100_000}  # fmt: skip
LARGE = 500_000  #: rows that are too many to be read for a few
READERS = 1000
#: What the planner asks for a thousand rows by their keys, some times over; an edition has millions.
DEAR = 20_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Yield a workspace whose statistics say that it has grown for years."""
    url, folder = postgres().database(), tmp_path_factory.mktemp("large")
    with filled(chapter(folder, "", url), READERS, {}) as app:
        days = [NOW.date() + timedelta(days=7 * n) for n in range(5)]
        for day in days:
            app.editions.save_source(
                EDITION.replace("2026-02-27", day.isoformat())
            )
            app.store.deliveries.freeze_audience(
                day, SendSpec("0" * 64, "sendgrid"), NOW, size=10
            )
        grown(url)
        yield app


def grown(url: str) -> None:
    """Tell the planner of many rows (postgresql.org/docs: "Row Estimation Examples").

    It multiplies the rows of a page by the pages that are there, so those are made to hold many;
    what is distinct is said as a share, which grows with the table.
    """
    with psycopg.connect(libpq_url(url), autocommit=True) as c:
        for column, distinct in (("subscriber", -0.2), ("chunk", 2000)):
            c.execute(
                f"ALTER TABLE delivery ALTER {column} SET (n_distinct = {distinct})"
            )
            c.execute(f"ALTER TABLE delivery ALTER {column} SET STATISTICS 1")
        c.execute(
            "INSERT INTO article (key, url, outlet, first_seen, authors, read_at) SELECT n, n,"
            " 'Courier', now(), '[]', CASE WHEN n % 100 > 0 THEN now() END"
            " FROM generate_series(1, 2000) n"
        )
        c.execute(
            "INSERT INTO event SELECT n, now() FROM generate_series(1, 2000) n"
        )
        c.execute("ANALYZE")
        for table, rows in MANY.items():
            c.execute(
                f"ALTER TABLE {table} SET (autovacuum_enabled = off)"
            )  # it would count anew
            c.execute(
                "UPDATE pg_class SET reltuples = %(rows)s, relpages = greatest(relpages, 1)"
                " WHERE oid = %(table)s::regclass OR oid IN (SELECT indexrelid FROM pg_index"
                " WHERE indrelid = %(table)s::regclass AND indpred IS NULL)",
                {"rows": rows, "table": table},
            )


@contextmanager
def read(app: App) -> Iterator[list[tuple[str, Any]]]:
    """Yield the statements that are made meanwhile, with what they were given."""
    made: list[tuple[str, Any]] = []

    def heard(
        _c: Any,
        _cursor: Any,
        statement: str,
        given: Any,
        _context: Any,
        _many: bool,
    ) -> None:
        made.append((statement, given[0] if isinstance(given, list) else given))

    engine = app.store._engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield made
    finally:
        event.remove(engine, "before_cursor_execute", heard)


def scanned(app: App, statement: str, given: Any) -> list[str]:
    """Return the large tables that PostgreSQL would read from end to end for a statement."""
    with psycopg.connect(libpq_url(app.settings.database)) as c:
        row = c.execute(f"EXPLAIN (FORMAT JSON) {statement}", given).fetchone()
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        whole = "Seq Scan" in node["Node Type"] or (
            # an index that is walked from end to end is no better, unless it is one of few rows
            "Index" in node["Node Type"]
            and "Index Cond" not in node
            and not node["Index Name"].endswith(("_waiting", "_queued", "_own"))
        )
        if whole and MANY.get(node.get("Relation Name", ""), 0) >= LARGE:
            found.append(node["Relation Name"])
        for below in node.get("Plans", ()):
            walk(below)

    plan = row[0][0]["Plan"]  # type: ignore[index]
    walk(plan)
    return found + [f"cost {plan['Total Cost']}"] * (plan["Total Cost"] > DEAR)


def hand_over(app: App) -> None:
    ledger, day = app.store.deliveries, NOW.date()
    ledger.claim_chunk(day, NOW, 3)
    ledger.recover_stale_claims(day, 3)
    ledger.is_complete(day)


def a_chunk(app: App) -> None:
    ledger, day = app.store.deliveries, NOW.date()
    claimed = Chunk(1, [(1, "reader1@x.example"), (2, "reader2@x.example")], 1)
    ledger.mark_in_flight(day, claimed, [1, 2])
    ledger.mark_in_flight(
        day, claimed, [1], None, [(2, Outcome(DeliveryState.ACCEPTED))]
    )
    ledger.record_outcomes(day, claimed, [(1, Outcome(DeliveryState.ACCEPTED))])
    ledger.record_chunk_outcome(day, claimed)
    ledger.requeue_claim(day, claimed)


def unsure(app: App) -> None:
    ledger, day = app.store.deliveries, NOW.date()
    ledger.list_deliveries_in_state(day, DeliveryState.UNCERTAIN)
    ledger.list_uncertain_holds(day)
    ledger.resolve_uncertain(day, "reader1@alone.example", sent=True)


def told(app: App) -> None:
    day = NOW.date()
    several = [
        ProviderEvent(f"e{fate}", fate, "reader1@alone.example", NOW, day, 1)
        for fate in (Fate.DELIVERED, Fate.BOUNCED, Fate.LEFT)
    ]
    app.store.provider_events.take_in_events(several, NOW)


def one_reader(app: App) -> None:
    people = app.store.subscribers
    person = people.find_subscriber("reader5@alone.example")
    assert person
    people.list_deliveries_of(person)
    people.mark_unsubscribed(person.id, NOW)
    app.store.deliveries.get_delivery_state(NOW.date(), person.id)
    people.erase_subscriber(person, NOW)


def some_readers(app: App) -> None:
    app.store.subscribers.add_subscribers(
        Subscriber(f"new{n}@x.example", consent_at=NOW) for n in range(3)
    )


def pages(app: App) -> None:
    app.store.feeds.list_waiting_pages()
    app.store.feeds.list_unread_articles()


def rates(app: App) -> None:
    app.store.articles.count_articles_since(
        utc_now()
    )  # the table is of just now
    app.store.deliveries.count_handed_over_since(
        NOW.date(), NOW - timedelta(minutes=1)
    )


def the_public(app: App) -> None:
    app.publishing.list_public_dates()
    app.publishing.find_status(NOW.date())
    app.store.publications.refuse_if_not_draft(NOW.date())
    app.store.deliveries.has_anything_left(NOW.date())


WAYS = [
    the_public,
    hand_over,
    a_chunk,
    unsure,
    told,
    one_reader,
    some_readers,
    pages,
    rates,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_reads_a_large_table_to_find_a_few_rows(
    large: App, way: Callable[[App], None]
) -> None:
    with read(large) as made:
        way(large)
    assert made
    wrong = {statement: found for statement, given in made
             if (found := scanned(large, statement, given))}  # fmt: skip
    assert not wrong, json.dumps(wrong, indent=1)


def test_the_planner_believes_that_there_are_so_many(large: App) -> None:
    """Show that the statistics are believed, and that the test above can fail."""
    asked = "SELECT 1 FROM delivery WHERE edition = 'weekly/2026-02-27' AND address = 'a@b.example'"
    assert scanned(
        large, "SELECT 1 FROM delivery WHERE address = 'a@b.example'", None
    )
    assert not scanned(large, asked + " AND subscriber = 3", None)

"""An upgrade from one newsletter to several: nothing is lost, and all that was handed out stays good."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from flask.testing import FlaskClient
from sqlalchemy import select

from digest.app import App
from digest.settings import load_workspace
from digest.store import Store
from digest.store.tables import metadata, subscriber, subscription
from digest.web.public import create_public_app
from tests.earlier_workspace import (
    EXPECTED,
    Row,
    read_rows,
    unpack_database,
    unpack_workspace,
)

THEN = datetime.fromisoformat(EXPECTED["now"])
SITE = "https://letter.openwater.example"
#: What the upgrade adds to rows that were there.
NEW_COLUMNS = {
    "edition": {"newsletter": "weekly"},
    "pending": {"newsletters": '["weekly"]'},
    "notice": {"newsletters": '["weekly"]'},
    "sending": {"internal": 0},
    "article": {"place": "", "sent_by": "", "mailed": None},
}


def opened(folder: Path) -> App:
    return App(load_workspace(folder, {}), lambda: THEN)


@pytest.fixture(params=["sqlite", "postgresql"])
def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    """Yield the workspace, opened by this version as anybody would, on either database."""
    unpack_workspace(tmp_path, on_postgresql=request.param == "postgresql")
    with opened(tmp_path) as app:
        yield app


@pytest.fixture
def public(upgraded: App) -> FlaskClient:
    return create_public_app(upgraded).test_client()


def test_all_that_anybody_could_read_reads_the_same(
    upgraded: App, public: FlaskClient
) -> None:
    for path, (status, location, body) in EXPECTED["answers"].items():
        answer = public.get(path, base_url=SITE)
        assert answer.status_code == status, path
        assert answer.headers.get("Location", "") == location
        if status == 200:
            assert answer.text == body, path
    for day, manifest in EXPECTED["manifests"].items():
        signed = upgraded.manifests.signed_manifest(date.fromisoformat(day))
        assert signed == manifest


def test_what_was_approved_is_approved(upgraded: App) -> None:
    for day_text, content_hash in EXPECTED["approved"].items():
        day = date.fromisoformat(day_text)
        approval = upgraded.approval.find_approval(day)
        assert approval is not None
        assert approval.content_hash == content_hash
        assert upgraded.sending.plan_send(day).approved
    assert [str(day) for day in upgraded.editions.list_dates()] == EXPECTED[
        "dates"
    ]


def test_every_link_of_every_mail_unsubscribes(
    upgraded: App, public: FlaskClient
) -> None:
    store = upgraded.store.subscribers
    assert store.count_active() > 1
    for address, tokens in EXPECTED["tokens"].items():
        person = store.find_subscriber(address)
        if person is None:  # was erased
            assert address == "reader8@readers.example"
            continue
        for token in tokens:
            answer = public.post(f"/u/{token}", base_url=SITE)
            assert answer.status_code == 200
            found = store.find_subscriber(address)
            assert found
            assert found.left_at == (person.left_at or THEN)
    assert store.count_active() == 0


def test_who_had_asked_may_still_confirm(upgraded: App) -> None:
    address, nonce = EXPECTED["signup"]
    request = upgraded.store.signups.find_request(nonce)
    assert request
    confirmed = upgraded.store.signups.confirm_request(
        request, "a link", THEN, THEN
    )
    assert confirmed
    assert confirmed.newsletters == ("weekly",)
    assert upgraded.store.signups.is_mailed(address)


def test_who_got_the_newsletter_gets_it(upgraded: App) -> None:
    """Everybody with an address has a subscription, left when they left, and nobody else has one."""
    addresses = select(
        subscriber.c.id, subscriber.c.consent_at, subscriber.c.left_at
    ).where(subscriber.c.address != "")
    with upgraded.store._engine.connect() as connection:
        people = connection.execute(addresses).all()
        rows = connection.execute(select(subscription)).all()
    assert sorted((r.subscriber, r.since, r.left_at) for r in rows) == sorted(
        tuple(person) for person in people
    )
    assert {row.newsletter for row in rows} == {"weekly"}
    suppressed = {
        one.address for one in upgraded.store.subscribers.iterate_suppressions()
    }
    gets_it = {
        person.address
        for person in upgraded.store.subscribers.iterate_subscribers()
        if person.left_at is None and person.address not in suppressed
    }
    active = upgraded.store.subscribers.iterate_subscribers(active_only=True)
    assert {person.address for person in active} == gets_it
    assert len(gets_it) > 5


# Every row


def upgrade_rows(rows: dict[str, set[Row]]) -> dict[str, set[Row]]:
    """Return the rows of before as they are to be now: an edition is named by its key."""
    return {
        table: {upgrade_row(table, row) for row in found}
        for table, found in rows.items()
        if table != "alembic_version"
    }


def upgrade_row(table: str, row: Row) -> Row:
    values: dict[str, Any] = dict(row) | NEW_COLUMNS.get(table, {})  # type: ignore[call-overload]
    for column in ("edition", "corrects"):
        if values.get(column):
            values[column] = f"weekly/{values[column]}"
    if table == "edition":
        values["key"] = f"weekly/{values['date']}"
    return tuple(sorted(values.items()))


def find_differences(before: Path, now: Path) -> list[str]:
    """Return the tables of which a row is not what it was."""
    expected = upgrade_rows(read_rows(before))
    found = read_rows(now)
    return [table for table, rows in expected.items() if found[table] != rows]


def test_every_row_is_what_it_was(tmp_path: Path) -> None:
    before, now = tmp_path / "before.db", tmp_path / "digest.db"
    unpack_database(before)
    unpack_database(now)
    Store("sqlite:///digest.db", tmp_path).close()
    assert find_differences(before, now) == []
    # and were one lost, it would be noticed
    tables = [table for table, rows in read_rows(before).items() if rows]
    assert len(tables) > 20
    # rows of subscribers stay whatever happens: a trigger sees to it
    for table in set(tables) - {"alembic_version", "subscriber"}:
        with closing(sqlite3.connect(now)) as connection:
            connection.execute(
                f"DELETE FROM {table} WHERE rowid IN (SELECT max(rowid) FROM {table})"
            )
            connection.commit()
        assert table in find_differences(before, now)


def test_both_databases_hold_the_same_afterwards(tmp_path: Path) -> None:
    stores = []
    for kind in ("sqlite", "postgresql"):
        folder = tmp_path / kind
        folder.mkdir()
        unpack_workspace(folder, on_postgresql=kind == "postgresql")
        stores.append(opened(folder).store)
    with (
        stores[0]._engine.connect() as one,
        stores[1]._engine.connect() as other,
    ):
        for table in metadata.sorted_tables:
            in_order = select(table)
            rows = one.execute(in_order).all()
            others = other.execute(in_order).all()
            assert sorted(map(repr, rows)) == sorted(map(repr, others)), (
                table.name
            )
    for store in stores:
        store.close()


def test_an_upgrade_that_is_killed_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack_database(tmp_path / "digest.db")
    before = read_rows(tmp_path / "digest.db")
    with monkeypatch.context() as patch:

        def stop(_table: str) -> None:
            raise KeyboardInterrupt

        patch.setattr(op, "drop_table", stop)
        with pytest.raises(KeyboardInterrupt):
            Store("sqlite:///digest.db", tmp_path)
    assert read_rows(tmp_path / "digest.db") == before
    with opened_store(tmp_path) as store:
        assert len(store.editions.list_dates()) == len(EXPECTED["dates"])


def opened_store(folder: Path) -> Any:
    return closing(Store("sqlite:///digest.db", folder))

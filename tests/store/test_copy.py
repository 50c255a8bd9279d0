"""The database moved from SQLite to PostgreSQL and back: nothing lost, nothing changed."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from digest.app import App
from digest.cli import cli
from digest.errors import DigestError, SettingsError
from digest.infra.job_queue import libpq_url
from digest.model import DeliveryState, Subscriber
from digest.settings import load_workspace
from digest.store import Store
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, put
from tests.fakes.postgres import postgres
from tests.fakes.sendgrid import FakeSendgrid


@pytest.fixture
def stocked(app: App, audience: list[str]) -> App:
    """A folder with something in most tables, awkward letters included."""
    for n in range(30):
        put(app, n, f"Ünïcode “{n}” 水 \U0001f4a7 it's")
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    app.sending.send_edition(DAY)
    app.subscribers.add_people(
        [Subscriber("Zoë@r.example", "Zoë", "a form", NOW, tags=("board",))]
    )
    app.subscribers.suppress_address("gone@r.example", "asked")
    app.signup.request_signup(
        "asks@r.example", "Åsa", "127.0.0.1", "letter.example"
    )
    app.signup.wait_for_mails()
    return app


def run(app: App, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(app.workspace.folder), *words])


def test_to_postgresql_and_back_every_row_and_every_edition_is_the_same(
    stocked: App, open_app: Callable[..., App], tmp_path: Path
) -> None:
    before = stocked.store.get_status()["rows"]
    elsewhere, back = postgres().database(), f"sqlite:///{tmp_path}/back.db"
    assert (
        "each compared with the original"
        in run(stocked, "db", "copy", elsewhere).output
    )
    there = open_app({"DIGEST_DATABASE": elsewhere})
    there.database_copy.copy_to(back)
    again = open_app({"DIGEST_DATABASE": back})
    assert sum(before.values()) > 80
    assert sum(number > 0 for number in before.values()) > 12
    for app in (there, again):
        assert app.store.get_status()["rows"] == before
        assert app.editions.render_stored(
            DAY
        ) == stocked.editions.render_stored(DAY)
        assert app.store.deliveries.get_delivery_report(DAY).counts == {
            DeliveryState.ACCEPTED: 25
        }
        assert list(app.store.subscribers.iterate_subscribers()) == list(
            stocked.store.subscribers.iterate_subscribers()
        )
        assert app.tokens.sign_subscriber(7) == stocked.tokens.sign_subscriber(
            7
        )


@pytest.mark.slow
@pytest.mark.sqlite
def test_the_demo_survives_postgresql_byte_for_byte(
    tmp_path: Path,
) -> None:
    folder, elsewhere = tmp_path / "demo", postgres().database()
    back = f"sqlite:///{tmp_path}/back.db"
    shown = CliRunner().invoke(cli, ["demo", str(folder)])
    assert shown.exit_code == 0, shown.output
    with App(load_workspace(folder, {})) as here:
        assert (
            "each compared with the original"
            in run(here, "db", "copy", elsewhere).output
        )
        with App(
            load_workspace(folder, {"DIGEST_DATABASE": elsewhere})
        ) as there:
            there.database_copy.copy_to(back)
            with App(
                load_workspace(folder, {"DIGEST_DATABASE": back})
            ) as again:
                assert here.store.editions.list_dates()
                for day in here.store.editions.list_dates():
                    built = here.editions.render_stored(day)
                    assert (
                        there.editions.render_stored(day)
                        == again.editions.render_stored(day)
                        == built
                    )
                    assert (
                        there.editions.read_source(day)
                        == again.editions.read_source(day)
                        == here.editions.read_source(day)
                    )
                rows = here.store.get_status()["rows"]
                assert rows["delivery"] > 10
                assert (
                    there.store.get_status()["rows"]
                    == again.store.get_status()["rows"]
                    == rows
                )


def test_what_comes_after_a_move_gets_numbers_of_its_own(
    stocked: App, open_app: Callable[..., App]
) -> None:
    """PostgreSQL counts by itself, and not from what was brought with its number."""
    elsewhere = postgres().database()
    stocked.database_copy.copy_to(elsewhere)
    there = open_app({"DIGEST_DATABASE": elsewhere})
    there.subscribers.add_people(
        Subscriber(f"new{n}@r.example", consent_at=NOW) for n in range(5)
    )
    put(there, 99, "One more")
    numbers = [p.id for p in there.store.subscribers.iterate_subscribers()]
    assert len(numbers) == len(set(numbers)) == 31


def test_a_database_that_holds_something_is_not_written_over(
    stocked: App,
) -> None:
    elsewhere = postgres().database()
    stocked.database_copy.copy_to(elsewhere)
    with pytest.raises(
        DigestError,
        match=r"the target holds .*subscriber.* name an empty database",
    ):
        stocked.database_copy.copy_to(elsewhere)


def test_a_row_that_does_not_come_back_leaves_nothing_there(
    stocked: App,
) -> None:
    """A trigger that changes one letter stands for whatever may."""
    elsewhere = postgres().database()
    target = Store(elsewhere, Path())
    with target._engine.begin() as c:
        c.execute(text(MISCHIEF))
        c.execute(
            text(
                "CREATE TRIGGER t BEFORE INSERT ON subscriber FOR EACH ROW EXECUTE FUNCTION odd()"
            )
        )
    with pytest.raises(DigestError, match="subscriber: .* came back as"):
        stocked.database_copy.copy_to(elsewhere)
    assert set(target.get_status()["rows"].values()) == {0}
    target.close()


MISCHIEF = """
CREATE FUNCTION odd() RETURNS trigger AS $$
BEGIN NEW.name := NEW.name || '.'; RETURN NEW; END $$ LANGUAGE plpgsql
"""


def test_status_says_where_it_is_and_tells_no_password(
    stocked: App, open_app: Callable[..., App]
) -> None:
    told = run(stocked, "db", "status").output
    assert ", schema 0024" in told
    assert "26 subscriber" in told
    secret = postgres().database().replace("postgres:@", "postgres:hush@")
    assert "hush" not in str(
        open_app({"DIGEST_DATABASE": secret}).store.get_status()["url"]
    )
    assert "0024, the newest" in run(stocked, "db", "upgrade").output


@pytest.mark.parametrize("url", ["mysql://x", "postgresql://x/y", "digest.db"])
def test_another_kind_of_database_is_refused_with_what_is_expected(
    stocked: App, open_app: Callable[..., App], url: str
) -> None:
    with pytest.raises(SettingsError, match="expected a database URL"):
        open_app({"DIGEST_DATABASE": url})
    answer = run(stocked, "db", "copy", url)
    assert answer.exit_code == 1
    assert "expected a database URL" in answer.output


def test_a_server_that_is_not_there_is_said(
    open_app: Callable[..., App],
) -> None:
    app = open_app(
        {"DIGEST_DATABASE": "postgresql+psycopg://digest@127.0.0.1:9/digest"}
    )
    with pytest.raises(DigestError, match="cannot be reached"):
        app.store.get_status()


def test_a_database_that_holds_no_accents_is_refused(
    open_app: Callable[..., App],
) -> None:
    app = open_app({"DIGEST_DATABASE": postgres().ascii_database()})
    with pytest.raises(
        DigestError, match="encoded as SQL_ASCII; make one in UTF-8"
    ):
        app.store.get_status()
    with pytest.raises(DigestError, match="encoded as SQL_ASCII"):
        app.workers.prepare_tables()


@pytest.mark.slow
def test_what_pg_dump_kept_goes_on_where_it_was(
    open_app: Callable[..., App], sendgrid: FakeSendgrid
) -> None:
    """The way of docs/running.md: dump while a send stands half done, restore, send."""
    before, after = postgres().database(), postgres().database()
    quick = sendgrid.env | {
        "DIGEST_DELIVERY__SENDGRID__RATE": "1,000,000 a second"
    }
    app = open_app(quick | {"DIGEST_DATABASE": before})
    app.subscribers.add_people(
        Subscriber(f"r{n}@r.example", consent_at=NOW) for n in range(30_000)
    )
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    app.sending.send_edition(DAY, stop=lambda: len(sendgrid.payloads) > 3)
    half = set(sendgrid.mailed())
    dump = [postgres().program("pg_dump"), "-Fc", libpq_url(before)]
    kept = subprocess.run(dump, check=True, capture_output=True).stdout
    restore = [
        postgres().program("pg_restore"),
        "--clean",
        "--if-exists",
        "-d",
        libpq_url(after),
    ]
    subprocess.run(restore, check=True, input=kept, capture_output=True)
    again = open_app(quick | {"DIGEST_DATABASE": after})
    proof = again.sending.send_edition(DAY)
    mailed = sendgrid.mailed()
    assert 0 < len(half) < len(mailed) == proof.planned
    assert set(mailed.values()) == {1}

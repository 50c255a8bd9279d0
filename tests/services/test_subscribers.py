"""Who gets mail: consent in, consent out, and a no that lasts."""

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.audience import open_sheet, validate_address, write_csv
from digest.cli import cli
from digest.errors import DigestError, NotFound
from digest.model import Subscriber
from digest.services.subscribers import ImportWish
from tests.conftest import EDITION, NOW


def bring(
    app: App,
    tmp_path: Path,
    text: str | bytes,
    told: dict[str, str] | None = None,
):
    file = tmp_path / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    counts, _, report = app.subscribers.import_sheet(
        file, "a list", ImportWish(told or {})
    )
    text = report.read_text() if report else ""
    return counts, list(csv.DictReader(io.StringIO(text, newline="")))


def test_people_come_with_how_and_when_they_agreed(
    app: App, tmp_path: Path
) -> None:
    text = "Name,E-Mail,consent_source,consent_at\nAda,ada@r.example,form,2026-01-02\nBo,bo@r.example,,\n"
    counts, refused = bring(app, tmp_path, text)
    ada, bo = app.store.subscribers.iterate_subscribers()
    assert (counts.added, refused) == (2, [])
    assert (ada.name, ada.consent_source, ada.consent_at.isoformat()) == (
        "Ada",
        "form",
        "2026-01-02T00:00:00+00:00",
    )
    assert (bo.consent_source, bo.consent_at) == ("a list", NOW)


def test_an_import_never_revives_one_who_left(app: App, tmp_path: Path) -> None:
    bring(app, tmp_path, "address\nada@r.example\n")
    app.subscribers.unsubscribe_address("ADA@r.example")
    counts, _ = bring(app, tmp_path, "address,left_at\nAda@R.example,\n")
    assert (
        counts.added,
        counts.left_earlier,
        app.store.subscribers.count_active(),
    ) == (0, 1, 0)


def test_one_person_spelled_twice_is_one_person(
    app: App, tmp_path: Path
) -> None:
    counts, _ = bring(
        app, tmp_path, "email\nada@r.example\nADA@R.EXAMPLE\n ada@r.example \n"
    )
    assert (counts.added, app.store.subscribers.count_active()) == (1, 1)


def test_a_row_that_cannot_be_used_is_named_and_the_others_come(
    app: App, tmp_path: Path
) -> None:
    text = 'address,consent_at\nada@r.example,\nnobody,\n"a@b.example\nBcc: c@d.example",\nbo@r.example,soon\ncy@r.example,0001-01-01T00:00:00+10:00\n\n'
    counts, refused = bring(app, tmp_path, text)
    assert (counts.added, counts.undated) == (3, (6, 7))
    assert [r["line"] for r in refused] == ["3", "5"]
    assert refused[0]["address"] == "nobody"
    assert (
        "expected a mail address such as ada@example.org, found 'nobody'"
        in refused[0]["why"]
    )


def test_a_file_without_addresses_says_what_it_has(
    app: App, tmp_path: Path
) -> None:
    with pytest.raises(
        DigestError, match="people.csv:1: expected a column address"
    ):
        bring(app, tmp_path, "first,last\nAda,Byron\n")
    assert not (tmp_path / "people.refused.csv").exists()


def test_a_folder_that_takes_no_list_of_refused_rows_is_named(
    app: App, tmp_path: Path
) -> None:
    (tmp_path / "people.refused.csv").mkdir()
    with pytest.raises(
        DigestError,
        match="refused.csv: cannot be written with the refused rows",
    ):
        bring(app, tmp_path, "address\na@r.example\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_spreadsheets_encoding_is_read(
    app: App, tmp_path: Path, encoding: str
) -> None:
    bring(app, tmp_path, "name,address\nZoë,zoe@r.example\n".encode(encoding))
    assert next(app.store.subscribers.iterate_subscribers()).name == "Zoë"


def test_an_export_comes_back_whole_and_runs_no_formula(
    app: App, tmp_path: Path
) -> None:
    app.subscribers.add_people(
        [
            Subscriber("ada@r.example", "=1+1", "@form", NOW),
            Subscriber("bo@r.example", "", "x", NOW),
        ]
    )
    app.subscribers.unsubscribe_address("bo@r.example")
    out = io.StringIO()
    write_csv(out, app.store.subscribers.iterate_subscribers())
    cells = [
        cell for row in csv.reader(io.StringIO(out.getvalue())) for cell in row
    ]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    file = tmp_path / "out.csv"
    file.write_text(out.getvalue())
    with open_sheet(file) as sheet:
        back = list(sheet.read_people("x", NOW, pytest.fail))
    kept = [
        (p.address, p.name, p.consent_source, p.consent_at, p.left_at)
        for p in app.store.subscribers.iterate_subscribers()
    ]
    assert [
        (p.address, p.name, p.consent_source, p.consent_at, p.left_at)
        for p in back
    ] == kept


@pytest.mark.parametrize("address", ["", "a", "a@b", "a b@c.example", "a@b.example\n", "<a@b.example>", "a" * 250 + "@b.example"])  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    if address.strip() == "a@b.example":
        assert validate_address(address) == "a@b.example"
        return
    with pytest.raises(DigestError):
        validate_address(address)


def test_a_stranger_cannot_be_removed(app: App) -> None:
    with pytest.raises(
        NotFound, match="there is no subscriber nobody@r.example"
    ):
        app.subscribers.unsubscribe_address("nobody@r.example")


def test_tags_are_given_and_taken(tagged: App) -> None:
    tagged.subscribers.set_tags("CY@other.example", ("New",))
    tagged.subscribers.set_tags("bo@r.example", ())
    assert [p.tags for p in tagged.store.subscribers.iterate_subscribers()] == [
        ("board", "press"),
        (),
        ("new",),
    ]


# Those nobody may mail


def test_a_suppression_wins_over_every_list(app: App, tmp_path: Path) -> None:
    bring(app, tmp_path, "address\nada@r.example\nbo@r.example\n")
    app.subscribers.suppress_address("ADA@r.example", "a lawyer called")
    assert app.store.subscribers.count_active() == 1
    counts, _ = bring(app, tmp_path, "address\nAda@r.example\n")
    assert (counts.added, counts.suppressed) == (0, 1)
    with pytest.raises(DigestError, match="is suppressed"):
        app.subscribers.add_subscriber(
            Subscriber("ada@r.example", consent_at=NOW)
        )
    (kept,) = app.store.subscribers.iterate_suppressions()
    assert (kept.reason, kept.detail) == ("by hand", "a lawyer called")
    app.subscribers.lift_suppression("ada@R.example")
    assert app.store.subscribers.count_active() == 2


# One person's data


def test_a_person_gets_all_that_is_known_of_them(
    app: App, audience: list[str]
) -> None:
    app.editions.save_source(EDITION)
    app.approval.approve_edition(NOW.date(), "Ada")
    app.sending.send_edition(NOW.date())
    known = app.subscribers.export_personal_data(audience[0].upper())
    assert known["subscriber"].address == audience[0]
    assert [(e["edition"], e["state"]) for e in known["editions"]] == [
        ("2026-02-27", "accepted")
    ]
    told = CliRunner().invoke(
        cli,
        ["-C", str(app.workspace.folder), "subscribers", "show", audience[0]],
    )
    assert json.loads(told.output)["editions"][0]["state"] == "accepted"


@pytest.mark.sqlite
def test_who_was_forgotten_leaves_nothing_and_no_import_brings_them_back(
    app: App, audience: list[str], tmp_path: Path
) -> None:
    app.editions.save_source(EDITION)
    app.approval.approve_edition(NOW.date(), "Ada")
    app.sending.send_edition(NOW.date())
    gone = audience[0]
    app.subscribers.suppress_address(gone, gone)
    app.subscribers.erase_subscriber(gone)
    app.store.close()
    raw = b"".join(
        f.read_bytes() for f in app.workspace.folder.glob("digest.db*")
    )
    rows = sqlite3.connect(app.workspace.folder / "digest.db")
    dump = "\n".join(rows.iterdump())
    rows.close()
    assert gone not in dump
    assert raw
    assert str(app.store.deliveries.get_delivery_report(NOW.date())).startswith(
        "planned 25 = 0 queued + 25"
    )
    counts, _ = bring(app, tmp_path, f"address\n{gone.upper()}\n")
    assert (counts.added, counts.suppressed) == (0, 1)
    assert gone not in [
        p.address for p in app.store.subscribers.iterate_subscribers()
    ]
    with pytest.raises(NotFound):
        app.subscribers.erase_subscriber(gone)

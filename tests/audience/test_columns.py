"""Columns of sheets as programs write them."""

import csv
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.audience import RejectedRow, open_sheet
from digest.cli import cli
from digest.errors import DigestError
from tests.conftest import NOW
from tests.services.test_subscribers import bring

# Sheets as programs write them


@pytest.mark.parametrize(
    "text",
    [
        'Email Address,First Name,Last Name,OPTIN_TIME,TAGS\na@r.example,Ada,Byron,2026-01-02 10:00:00,"Board, Press"\n',
        "Apellidos;Nombre de pila;Correo electrónico;Etiquetas;Joined\nByron;Ada;a@r.example;board, press;2026-01-02 10:00\n",
        "tags\te-mail\tName\tsubscribed at\nPress\ta@r.example\tAda Byron\t2026-01-02T10:00Z\n",
    ],
    ids=["mailchimp", "spanish spreadsheet", "tabs"],
)
def test_columns_are_told_by_their_names_in_any_order(
    app: App, tmp_path: Path, text: str
) -> None:
    bring(app, tmp_path, text)
    (ada,) = app.store.subscribers.iterate_subscribers()
    assert (ada.address, ada.name) == ("a@r.example", "Ada Byron")
    assert ada.consent_at.isoformat() == "2026-01-02T10:00:00+00:00"
    assert "press" in ada.tags


def test_a_person_says_which_column_is_which(app: App, tmp_path: Path) -> None:
    text = "Kontakt,Who,Chief\nada@r.example,Ada,eva@r.example\n"
    with pytest.raises(DigestError, match="found Kontakt, Who, Chief"):
        bring(app, tmp_path, text)
    bring(app, tmp_path, text, {"address": "kontakt", "name": "Who"})
    assert next(app.store.subscribers.iterate_subscribers()).name == "Ada"
    with pytest.raises(DigestError, match="expected --column"):
        bring(app, tmp_path, text, {"address": "nosuch"})


def test_a_sheet_is_looked_at_before_anybody_comes(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("mail,Shoe size\nada@r.example,38\n")
    told = CliRunner().invoke(
        cli,
        [
            "-C",
            str(app.workspace.folder),
            "subscribers",
            "import",
            str(file),
            "--preview",
        ],
    )
    assert "mail is address; not read: Shoe size" in told.output
    assert "ada@r.example" in told.output
    assert app.store.subscribers.count_active() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x01\x02",
        b"address\n" + b"x" * 200_000,
        b'address\n"unclosed',
        b"\xff\xfea",
        b"address\r\rada@r.example\r",
        "address,name\nada@r.example".encode("utf-16-be"),
    ],
)
def test_what_is_no_sheet_is_said_and_breaks_nothing(
    app: App, tmp_path: Path, raw: bytes
) -> None:
    try:
        bring(app, tmp_path, raw)
    except DigestError as e:
        assert "people.csv" in str(e)


@given(
    st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), max_size=6)
)
def test_any_rows_are_people_or_reasons(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.csv"
        with file.open(
            "w", encoding="utf-8", newline="", errors="surrogatepass"
        ) as out:
            csv.writer(out).writerows([["name", "address", "tags"], *rows])
        refused: list[RejectedRow] = []
        with open_sheet(file) as sheet:
            found = list(sheet.read_people("x", NOW, refused.append))
        used = [r for r in rows if any(map(str.strip, r))]
        assert len(found) + len(refused) <= len(used)


def test_refused_rows_run_no_formula(app: App, tmp_path: Path) -> None:
    _, refused = bring(app, tmp_path, "address,name\n=1+1,@x\n")
    assert refused[0]["address"] == "'=1+1"
    assert refused[0]["name"] == "'@x"

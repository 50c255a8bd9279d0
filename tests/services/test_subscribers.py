"""Who gets mail: consent in, consent out, and a no that lasts."""

import csv
import io
import json
import sqlite3
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.audience import Refused, checked, open_sheet, segment, write_csv
from digest.cli import cli
from digest.errors import DigestError, NotFound
from digest.model import Subscriber
from digest.web.public import public_app
from tests.conftest import EDITION, NOW


def bring(
    app: App, tmp_path: Path, text: str | bytes, told: dict[str, str] | None = None
):
    file = tmp_path / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    counts, _, report = app.readers.bring(file, "a list", told or {})
    text = report.read_text() if report else ""
    return counts, list(csv.DictReader(io.StringIO(text, newline="")))


def test_people_come_with_how_and_when_they_agreed(app: App, tmp_path: Path) -> None:
    text = "Name,E-Mail,consent_source,consent_at\nAda,ada@r.example,form,2026-01-02\nBo,bo@r.example,,\n"
    counts, refused = bring(app, tmp_path, text)
    ada, bo = app.store.subscribers.all()
    assert (counts.added, refused) == (2, [])
    assert (ada.name, ada.consent_source, ada.consent_at.isoformat()) == (
        "Ada",
        "form",
        "2026-01-02T00:00:00+00:00",
    )
    assert (bo.consent_source, bo.consent_at) == ("a list", NOW)


def test_an_import_never_revives_one_who_left(app: App, tmp_path: Path) -> None:
    bring(app, tmp_path, "address\nada@r.example\n")
    app.readers.unsubscribe_address("ADA@r.example")
    counts, _ = bring(app, tmp_path, "address,left_at\nAda@R.example,\n")
    assert (counts.added, counts.left, app.store.subscribers.count()) == (0, 1, 0)


def test_one_person_spelled_twice_is_one_person(app: App, tmp_path: Path) -> None:
    counts, _ = bring(
        app, tmp_path, "email\nada@r.example\nADA@R.EXAMPLE\n ada@r.example \n"
    )
    assert (counts.added, app.store.subscribers.count()) == (1, 1)


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


def test_a_file_without_addresses_says_what_it_has(app: App, tmp_path: Path) -> None:
    with pytest.raises(DigestError, match="people.csv:1: expected a column address"):
        bring(app, tmp_path, "first,last\nAda,Byron\n")
    assert not (tmp_path / "people.refused.csv").exists()


def test_a_folder_that_takes_no_list_of_refused_rows_is_named(
    app: App, tmp_path: Path
) -> None:
    (tmp_path / "people.refused.csv").mkdir()
    with pytest.raises(
        DigestError, match="refused.csv: refused rows cannot be written there"
    ):
        bring(app, tmp_path, "address\na@r.example\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_spreadsheets_encoding_is_read(
    app: App, tmp_path: Path, encoding: str
) -> None:
    bring(app, tmp_path, "name,address\nZoë,zoe@r.example\n".encode(encoding))
    assert next(app.store.subscribers.all()).name == "Zoë"


def test_an_export_comes_back_whole_and_runs_no_formula(
    app: App, tmp_path: Path
) -> None:
    app.readers.add_people(
        [
            Subscriber("ada@r.example", "=1+1", "@form", NOW),
            Subscriber("bo@r.example", "", "x", NOW),
        ]
    )
    app.readers.unsubscribe_address("bo@r.example")
    out = io.StringIO()
    write_csv(out, app.store.subscribers.all())
    cells = [cell for row in csv.reader(io.StringIO(out.getvalue())) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    file = tmp_path / "out.csv"
    file.write_text(out.getvalue())
    with open_sheet(file) as sheet:
        back = list(sheet.people("x", NOW, pytest.fail))
    kept = [
        (p.address, p.name, p.consent_source, p.consent_at, p.left_at)
        for p in app.store.subscribers.all()
    ]
    assert [
        (p.address, p.name, p.consent_source, p.consent_at, p.left_at) for p in back
    ] == kept


@pytest.mark.parametrize("address", ["", "a", "a@b", "a b@c.example", "a@b.example\n", "<a@b.example>", "a" * 250 + "@b.example"])  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    if address.strip() == "a@b.example":
        assert checked(address) == "a@b.example"
        return
    with pytest.raises(DigestError):
        checked(address)


def test_a_stranger_cannot_be_removed(app: App) -> None:
    with pytest.raises(NotFound, match="there is no subscriber nobody@r.example"):
        app.readers.unsubscribe_address("nobody@r.example")


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
    (ada,) = app.store.subscribers.all()
    assert (ada.address, ada.name) == ("a@r.example", "Ada Byron")
    assert ada.consent_at.isoformat() == "2026-01-02T10:00:00+00:00"
    assert "press" in ada.tags


def test_a_person_says_which_column_is_which(app: App, tmp_path: Path) -> None:
    text = "Kontakt,Who,Chief\nada@r.example,Ada,eva@r.example\n"
    with pytest.raises(DigestError, match="found Kontakt, Who, Chief"):
        bring(app, tmp_path, text)
    bring(app, tmp_path, text, {"address": "kontakt", "name": "Who"})
    assert next(app.store.subscribers.all()).name == "Ada"
    with pytest.raises(DigestError, match="expected --column"):
        bring(app, tmp_path, text, {"address": "nosuch"})


def test_a_sheet_is_looked_at_before_anybody_comes(app: App, tmp_path: Path) -> None:
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
    assert app.store.subscribers.count() == 0


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


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), max_size=6))
def test_any_rows_are_people_or_reasons(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.csv"
        with file.open(
            "w", encoding="utf-8", newline="", errors="surrogatepass"
        ) as out:
            csv.writer(out).writerows([["name", "address", "tags"], *rows])
        refused: list[Refused] = []
        with open_sheet(file) as sheet:
            found = list(sheet.people("x", NOW, refused.append))
        used = [r for r in rows if any(map(str.strip, r))]
        assert len(found) + len(refused) <= len(used)


def test_refused_rows_run_no_formula(app: App, tmp_path: Path) -> None:
    _, refused = bring(app, tmp_path, "address,name\n=1+1,@x\n")
    assert refused[0]["address"] == "'=1+1"
    assert refused[0]["name"] == "'@x"


# Tags and filters


@pytest.fixture
def tagged(app: App) -> App:
    people = [
        Subscriber("ada@r.example", "", "form", NOW, tags=("board", "press")),
        Subscriber(
            "bo@r.example", "", "a list", NOW - timedelta(days=90), tags=("press",)
        ),
        Subscriber("cy@other.example", "", "Form of 2020", NOW),
    ]
    app.readers.add_people(people)
    return app


@pytest.mark.parametrize(
    ("where", "who"),
    [
        ("", "abc"),
        ("tag:press", "ab"),
        ("tag:Press -tag:board", "b"),
        ("-tag:press", "c"),
        ("domain:r.example", "ab"),
        ("domain:example", ""),
        ("source:form", "ac"),
        ('source:"form of"', "c"),
        ("joined>2026-01-01", "ac"),
        ("joined<2026-01-01", "b"),
        ("tag:x' OR 1=1 --", None),
        ("tag:%", ""),
        ("tag:", None),
        ("joined>soon", None),
        ("age:30", None),
        ("left_at IS NOT NULL", None),
        ("tag:press; DROP TABLE subscriber", None),
    ],
)
def test_people_are_chosen_by_typed_words_never_sql(
    tagged: App, where: str, who: str | None
) -> None:
    if who is None:
        with pytest.raises(DigestError, match="expected words such as"):
            tagged.readers.count(where)
        return
    assert "".join(p.address[0] for p in tagged.readers.chosen(where)) == who
    assert tagged.readers.count(where) == len(who)


@given(st.text(max_size=30))
def test_any_filter_is_clauses_or_a_clear_error(text: str) -> None:
    try:
        clauses = segment(text)
    except DigestError as e:
        assert "expected words such as" in str(e)
    else:
        assert bool(clauses) == bool(text.strip())


def test_tags_are_given_and_taken(tagged: App) -> None:
    tagged.readers.tag("CY@other.example", ("New",))
    tagged.readers.tag("bo@r.example", ())
    assert [p.tags for p in tagged.store.subscribers.all()] == [
        ("board", "press"),
        (),
        ("new",),
    ]


# Those nobody may mail


def test_a_suppression_wins_over_every_list(app: App, tmp_path: Path) -> None:
    bring(app, tmp_path, "address\nada@r.example\nbo@r.example\n")
    app.readers.suppress("ADA@r.example", "a lawyer called")
    assert app.store.subscribers.count() == 1
    counts, _ = bring(app, tmp_path, "address\nAda@r.example\n")
    assert (counts.added, counts.suppressed) == (0, 1)
    with pytest.raises(DigestError, match="is suppressed"):
        app.readers.put(Subscriber("ada@r.example", consent_at=NOW))
    (kept,) = app.store.subscribers.suppressed()
    assert (kept.reason, kept.detail) == ("by hand", "a lawyer called")
    app.readers.allow("ada@R.example")
    assert app.store.subscribers.count() == 2


# One person's data


def test_a_person_gets_all_that_is_known_of_them(app: App, audience: list[str]) -> None:
    app.editions.save_source(EDITION)
    app.approval.approve_edition(NOW.date(), "Ada")
    app.sending.send_edition(NOW.date())
    known = app.readers.all_of(audience[0].upper())
    assert known["subscriber"].address == audience[0]
    assert [(e["edition"], e["state"]) for e in known["editions"]] == [
        (NOW.date(), "accepted")
    ]
    told = CliRunner().invoke(
        cli, ["-C", str(app.workspace.folder), "subscribers", "show", audience[0]]
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
    app.readers.suppress(gone, gone)
    app.readers.erase(gone)
    app.store.close()
    raw = b"".join(f.read_bytes() for f in app.workspace.folder.glob("digest.db*"))
    rows = sqlite3.connect(app.workspace.folder / "digest.db")
    dump = "\n".join(rows.iterdump())
    rows.close()
    assert gone not in dump
    assert raw
    assert str(app.store.deliveries.proof(NOW.date())).startswith(
        "planned 25 = 0 queued + 25"
    )
    counts, _ = bring(app, tmp_path, f"address\n{gone.upper()}\n")
    assert (counts.added, counts.suppressed) == (0, 1)
    assert gone not in [p.address for p in app.store.subscribers.all()]
    with pytest.raises(NotFound):
        app.readers.erase(gone)


# The page behind the link


@pytest.fixture
def ada(app: App) -> str:
    app.readers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    return app.tokens.sign(app.store.subscribers.find("ada@r.example").id)


def test_opening_the_link_changes_nothing(app: App, ada: str) -> None:
    """Scanners open every link in a mail."""
    page = public_app(app).test_client().get(f"/u/{ada}")
    assert (page.status_code, app.store.subscribers.count()) == (200, 1)
    assert b"<button>Unsubscribe</button>" in page.data
    assert b"ada@r.example" not in page.data


def test_one_click_unsubscribes_without_cookie_or_redirect(app: App, ada: str) -> None:
    client = public_app(app).test_client()
    for _ in range(2):
        answer = client.post(f"/u/{ada}", data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert app.store.subscribers.count() == 0


@pytest.mark.parametrize("token", ["x", "1.forged", "1"])
def test_a_forged_link_removes_nobody(app: App, ada: str, token: str) -> None:
    assert public_app(app).test_client().post(f"/u/{token}").status_code == 404
    assert app.store.subscribers.count() == 1


def test_a_huge_body_is_refused(app: App, ada: str) -> None:
    assert (
        public_app(app).test_client().post(f"/u/{ada}", data=b"x" * 5000).status_code
        == 413
    )

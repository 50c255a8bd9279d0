"""Lists from elsewhere: a no is never dropped, a row never lost, and a doubt is shown to a person."""

import csv
import hashlib
import hmac
import io
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.cli import cli
from digest.errors import DigestError
from digest.model import Refusal, Standing, Subscriber
from digest.store.subscribers import Imported, fold
from digest.subscribers import (
    NO_ANSWERS,
    Answers,
    Refused,
    Tally,
    Unanswered,
    checked,
    is_address,
    open_sheet,
)
from tests.conftest import NOW
from tests.exports import EXPORTS
from tests.older import put_back


def bring(
    app: App,
    tmp_path: Path,
    text: str | bytes,
    answers: Answers = NO_ANSWERS,
    name: str = "people.csv",
) -> tuple[Imported, list[dict[str, str]]]:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    counts, _, report = app.readers.bring(file, "a list", {}, answers=answers)
    told = report.read_text() if report else ""
    return counts, list(csv.DictReader(io.StringIO(told, newline="")))


@contextmanager
def written(text: str | bytes) -> Iterator[Path]:
    """Yield a file of its own; hypothesis runs a test many times in one folder."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        yield file


def read(text: str | bytes) -> tuple[list[tuple[str, str]], list[Refused], Tally]:
    """Return the people of a file, what of it was refused, and its rows, without a database."""
    refused: list[Refused] = []
    with written(text) as file, open_sheet(file, fold=fold) as sheet:
        came = [(p.address, p.name) for p in sheet.people("x", NOW, refused.append)]
        return came, refused, sheet.tally


def run(app: App, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(app.workspace.folder), "subscribers", *arguments])


def mailed(app: App) -> list[str]:
    return [p.address for p in app.store.subscribers.all(active_only=True)]


def people(app: App) -> list[tuple[str, str]]:
    return [(p.address, p.name) for p in app.store.subscribers.all()]


# A no is a no here too


def test_each_no_of_another_system_is_kept_in_its_kind(app: App, tmp_path: Path) -> None:
    text = (
        "email,status,unsubscribed_at\n"
        "ada@r.example,active,\nbo@r.example,unsubscribed,2024-02-03\ncy@r.example,bounced,\n"
        "di@r.example,complained,\ned@r.example,blocklisted,\nflo@r.example,pending,\n"
    )
    counts, refused = bring(app, tmp_path, text)
    assert (mailed(app), refused) == (["ada@r.example"], [])
    assert app.store.subscribers.find("bo@r.example").left_at == datetime(2024, 2, 3, tzinfo=UTC)
    assert {s.address[:2]: s.reason for s in app.store.subscribers.suppressed()} == {
        "cy": Refusal.BOUNCED,
        "di": Refusal.COMPLAINED,
        "ed": Refusal.ASKED,
    }
    assert app.store.subscribers.find("flo@r.example") is None
    noes = {Standing.UNCONFIRMED, Standing.UNSUBSCRIBED, Standing.BLOCKED, Standing.BOUNCED}
    assert counts.not_mailed == dict.fromkeys([*noes, Standing.COMPLAINED], 1)
    again, _ = bring(
        app, tmp_path, "email\n" + "".join(f"{n}@r.example\n" for n in ("bo", "cy", "di", "ed"))
    )
    assert (again.added, again.left, again.suppressed) == (0, 1, 3)


@pytest.mark.parametrize("word", ["unsubscribed", "bounced", "complained", "blocklisted"])
def test_a_later_no_stops_a_reader_and_says_who_told(app: App, tmp_path: Path, word: str) -> None:
    app.import_subscribers([Subscriber("ada@r.example", "Ada", "a form", NOW)])
    counts, _ = bring(app, tmp_path, f"email,status\nADA@r.example,{word}\n")
    assert (mailed(app), counts.stopped) == ([], 1)
    known = app.readers.all_of("ada@r.example")
    assert "a list" in f"{known['subscriber'].consent_source} {known['suppressed']}"
    assert known["subscriber"].consent_source.startswith("a form")
    counts, _ = bring(app, tmp_path, "email,status\nada@r.example,active\n")
    assert mailed(app) == []


def test_one_who_has_not_confirmed_elsewhere_stays_a_reader_here(app: App, tmp_path: Path) -> None:
    app.import_subscribers([Subscriber("ada@r.example", consent_at=NOW)])
    bring(app, tmp_path, "email,status\nada@r.example,unconfirmed\n")
    assert mailed(app) == ["ada@r.example"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_no_anywhere_in_a_file_beats_a_yes(app: App, tmp_path: Path, order: int) -> None:
    """Also when they stand further apart than what is written at once."""
    others = [f"r{n}@r.example,active" for n in range(2500)]
    rows = ["ada@r.example,active", *others, "Ada@R.example,unsubscribed"][::order]
    counts, _ = bring(app, tmp_path, "\n".join(["email,status", *rows]))
    assert app.store.subscribers.find("ada@r.example").left_at
    assert (counts.added, counts.unsubscribed, counts.doubles) == (2500, 1, 1)


def test_a_no_of_a_row_that_cannot_be_read_otherwise_is_taken(app: App, tmp_path: Path) -> None:
    app.import_subscribers([Subscriber("ada@r.example", consent_at=NOW)])
    _, refused = bring(
        app,
        tmp_path,
        "email,status,created_at\nada@r.example,unsubscribed,soon\nbo@r.example,active,soon\n",
    )
    assert (mailed(app), [r["line"] for r in refused]) == ([], ["3"])


def test_a_no_holds_for_all_addresses_of_its_row(app: App, tmp_path: Path) -> None:
    app.import_subscribers([Subscriber("ada.home@r.example", consent_at=NOW)])
    counts, _ = bring(
        app,
        tmp_path,
        "E-mail 1 - Value,E-mail 2 - Value,Unsubscribed\nada@r.example,ada.home@r.example,yes\n",
    )
    assert (mailed(app), counts.unsubscribed, counts.sum) == ([], 1, counts.read)


def test_nothing_is_written_again_of_one_who_was_forgotten(app: App, tmp_path: Path) -> None:
    app.import_subscribers([Subscriber("ada@r.example", consent_at=NOW)])
    app.readers.erase("ada@r.example")
    for word in ("unsubscribed", "bounced", "active"):
        bring(app, tmp_path, f"email,status\nada@r.example,{word}\n")
    assert people(app) == list(app.store.subscribers.suppressed()) == []


def test_tags_of_one_person_in_several_rows_come_together(app: App, tmp_path: Path) -> None:
    bring(app, tmp_path, "email,tags\nada@r.example,press\nbo@r.example,\nada@r.example,board\n")
    assert app.store.subscribers.find("ada@r.example").tags == ("board", "press")


def test_every_row_is_somewhere_and_the_sum_says_where(app: App, tmp_path: Path) -> None:
    app.import_subscribers([Subscriber(f"{n}@r.example", consent_at=NOW) for n in ("old", "gone")])
    app.remove_subscriber("gone@r.example")
    app.readers.suppress("out@r.example", "")
    file = tmp_path / "people.csv"
    file.write_text(
        "email,status\nada@r.example,active\nold@r.example,active\ngone@r.example,active\nout@r.example,active\n"
        "\nb@r.example,unsubscribed\nc@r.example,bounced\nd@r.example,complained\ne@r.example,blocked\n"
        "f@r.example,pending\nnobody,active\nADA@r.example,active\n"
    )
    told = run(app, "import", str(file))
    assert (
        "12 rows read = 1 added + 1 known + 1 left earlier + 1 suppressed + 1 unconfirmed + 1 unsubscribed + "
        "1 blocked + 1 bounced + 1 complained + 1 refused + 1 doubles + 1 blank" in told.output
    )
    assert told.exit_code == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["a@r.example", "A@r.example", "b@r.example", "c@r..example", "", "  "]
            ),
            st.sampled_from(["active", "unsubscribed", "bounced", "pending"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_list_loses_a_row_or_mails_a_no(rows: list[tuple[str, str]]) -> None:
    text = "email,status\n" + "".join(f"{a},{s}\n" if a.strip() else ",\n" for a, s in rows)
    with written(text) as file, open_sheet(file) as sheet:
        came = [a for a in sheet.arrivals("x", NOW, lambda _: None) if not a.again]
        tally = sheet.tally
        assert tally.read == len(rows) == len(came) + tally.refused + tally.doubles + tally.blank
        assert sum(sheet.survey.standings.values()) == len(came)
    for arrival in came:
        mine = [s for a, s in rows if a.lower() == arrival.person.address.lower()]
        assert (arrival.standing == Standing.ACTIVE) == (set(mine) == {"active"})


# Doubts are asked


UNKNOWN = "Email,Membership\tstate,Shoe size\n".replace("\t", " ") + (
    "ada@r.example,Member,38\nbo@r.example,Lapsed,39\ncy@r.example,Member,40\n"
)


def test_an_unknown_status_stops_the_import_and_says_how_to_answer(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(UNKNOWN)
    told = run(app, "import", str(file))
    assert (told.exit_code, people(app)) == (1, [])
    assert "the column 'Membership state'" in told.output
    assert "Member (2 rows), Lapsed (1 rows)" in told.output
    assert "--status 'Lapsed=no'" in told.output
    assert "--ignore-column 'Membership state'" in told.output
    assert not (tmp_path / "people.refused.csv").exists()
    run(app, "import", str(file), "--status", "Member=yes")
    assert people(app) == []
    told = run(
        app, "import", str(file), "--status", "Member=yes", "--status", "Membership state:Lapsed=no"
    )
    assert (told.exit_code, mailed(app)) == (0, ["ada@r.example", "cy@r.example"])
    assert app.store.subscribers.find("bo@r.example").left_at


def test_words_of_any_signs_can_be_answered(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,status\na@r.example,Level: A\nb@r.example,\nc@r.example,++\n")
    answers = ("Level: A=yes", "(empty)=no", "++=bounced")
    told = run(app, "import", str(file), *(part for a in answers for part in ("--status", a)))
    assert (mailed(app), told.exit_code) == (["a@r.example"], 0), told.output


def test_a_column_is_ignored_where_a_person_says_so(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(UNKNOWN)
    run(app, "import", str(file), "--ignore-column", "membership STATE")
    assert len(mailed(app)) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        ("--status", "Membre=no"),
        ("--status", "Member=perhaps"),
        ("--status", "Member"),
        ("--ignore-column", "Nosuch"),
        ("--everybody", "perhaps"),
        ("--encoding", "klingon"),
    ],
)
def test_an_answer_that_fits_nothing_is_refused(
    app: App, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(UNKNOWN)
    told = run(app, "import", str(file), *wrong)
    assert told.exit_code in {1, 2}
    named = {"Membre=no": "membre", "Member=perhaps": "perhaps"}.get(wrong[1], wrong[1].casefold())
    assert named in told.output.casefold()
    assert people(app) == []


def test_a_file_that_only_its_name_calls_unsubscribed_is_asked(app: App, tmp_path: Path) -> None:
    file = tmp_path / "unsubscribed_2024.csv"
    file.write_text("email\nada@r.example\n")
    told = run(app, "import", str(file))
    assert "--everybody no" in told.output
    assert people(app) == []
    run(app, "import", str(file), "--everybody", "no")
    assert app.store.subscribers.find("ada@r.example").left_at


def test_a_preview_asks_the_same_and_writes_nothing(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(UNKNOWN)
    told = run(app, "import", str(file), "--preview")
    assert (told.exit_code, "Lapsed (1 rows)" in told.output) == (1, True)
    listmonk = EXPORTS[0]
    file.write_text(listmonk.text)
    told = run(app, "import", str(file), "--preview")
    assert "looks like an export of listmonk" in told.output
    assert "1 active, 1 blocked, 1 unsubscribed" in told.output
    assert people(app) == []


def test_a_desk_can_ask_the_same_questions(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(UNKNOWN)
    (question,) = app.readers.look(file, {}).survey.questions
    assert (question.column, question.values) == (
        "Membership state",
        (("Member", 2), ("Lapsed", 1)),
    )
    with pytest.raises(Unanswered):
        app.readers.bring(file, "x", {})
    answers = Answers({"member": Standing.ACTIVE, "lapsed": Standing.UNSUBSCRIBED})
    assert app.readers.look(file, {}, answers).survey.standings == {"active": 2, "unsubscribed": 1}


def test_a_person_says_which_column_is_the_status(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Email,Kundenart\nada@r.example,active\nbo@r.example,blacklisted\n")
    run(app, "import", str(file), "--column", "status=Kundenart")
    assert mailed(app) == ["ada@r.example"]


# Quotes


def test_an_unclosed_quote_costs_its_own_row_and_no_other(app: App, tmp_path: Path) -> None:
    rows = [f"r{n}@r.example,Reader {n}" for n in range(300)]
    rows[10] = 'r10@r.example,"Reader 10'
    rows[200] = 'r200@r.example,"Reader ""200"" of\nChur"'
    counts, refused = bring(app, tmp_path, "\n".join(["email,name", *rows]))
    assert (counts.added, counts.sum) == (299, counts.read)
    assert [(r["line"], r["address" if "address" in r else "email"]) for r in refused] == [
        ("12", "r10@r.example")
    ]
    assert "a quote is opened and never closed" in refused[0]["why"]
    assert app.store.subscribers.find("r200@r.example").name == 'Reader "200" of\nChur'


@pytest.mark.parametrize("at", [0, 1, 50, 98, 99])
@pytest.mark.parametrize("all_quoted", [False, True])
def test_wherever_a_quote_stays_open_the_others_come(at: int, all_quoted: bool) -> None:
    quote = '"' if all_quoted else ""
    rows = [f"{quote}r{n}@r.example{quote};{quote}Reader {n}{quote}" for n in range(100)]
    rows[at] = f'"r{at}@r.example";"Reader {at}'
    came, refused, tally = read("\r\n".join(["email;name", *rows, ""]))
    assert (len(came), [r.line for r in refused], tally.read) == (99, [at + 2], 100)


def test_quotes_within_words_are_kept() -> None:
    came, _, _ = read('email,name\nada@r.example,Ada "the Countess" Byron\nbo@r.example,5" Bo\n')
    assert came == [("ada@r.example", 'Ada "the Countess" Byron'), ("bo@r.example", '5" Bo')]


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=9),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_a_program_writes_as_csv_comes_back(names: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [["email", "name"], *([f"r{n}@r.example", name] for n, name in enumerate(names))]
    )
    with written(out.getvalue()) as file, open_sheet(file) as sheet:
        found = [p.name for p in sheet.people("x", NOW, pytest.fail)]
    assert [n.lstrip("'") for n in found] == [n.strip().lstrip("'") for n in names]


# Forms of files


def test_spreadsheets_are_read_with_their_dates_and_numbers(app: App, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Our members, 2024"])
    book.active.append([])
    book.active.append(["Name", "E-Mail", "Joined", "Opted out"])
    book.active.append(["Zoë", "zoe@r.example", datetime(2024, 1, 2, 10), False])  # noqa: DTZ001
    book.active.append(["Bo", "bo@r.example", datetime(2024, 1, 2), True])  # noqa: DTZ001
    book.create_sheet("Empty")
    file = tmp_path / "people.xlsx"
    book.save(file)
    counts, _, _ = app.readers.bring(file, "a list", {})
    zoe = app.store.subscribers.find("zoe@r.example")
    assert (zoe.name, zoe.consent_at) == ("Zoë", datetime(2024, 1, 2, 10, tzinfo=UTC))
    assert (mailed(app), counts.unsubscribed, counts.sum) == (["zoe@r.example"], 1, counts.read)


@pytest.mark.parametrize("name", ["people.xlsx", "people.xls", "people.csv"])
@pytest.mark.parametrize("raw", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"no spreadsheet"])
def test_a_broken_spreadsheet_is_said_with_what_to_do(
    app: App, tmp_path: Path, name: str, raw: bytes
) -> None:
    with pytest.raises(DigestError, match=rf"{name}.*(save it as CSV|expected a column address)"):
        bring(app, tmp_path, raw, name=name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sep=;\r\nName;E-Mail\r\nZoë;zoe@r.example\r\n", "Zoë"),
        ("Members, all of them, 2024\n\n,,\nName,E-Mail\nZoë,zoe@r.example\n", "Zoë"),
        ("\n\nE-Mail|Name\nzoe@r.example|Zoë\n", "Zoë"),
        ("Name\tE-Mail\nZoë, M.A.\tzoe@r.example\n", "Zoë, M.A."),
        ("First Name,Last Name,E-mail 1 - Value\nZoë,Byron,zoe@r.example\n", "Zoë Byron"),
        ("Nom;Prénom;Courriel\nByron;Zoë;zoe@r.example\n", "Zoë Byron"),
        ("e-mail;name\n mailto:zoe@r.example ;Zoë\n", "Zoë"),
        ("e-mail;name\nZoë B <zoe@r.example>;Zoë\n", "Zoë"),
        ("e-mail;name\n\u200bzoe＠r.example\u00a0;Zoë\n", "Zoë"),
        ("e-mail;name\nzoe@r.example; zoe2@r.example;Zoë\n".replace("; zoe2", ", zoe2"), "Zoë"),
        ("e-mail,name\nzoe@r.example\0,Zoë\0\n", "Zoë"),
    ],
)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_a_list_is_read_in_the_form_that_programs_give_it(
    text: str, name: str, encoding: str
) -> None:
    came, refused, _ = read(text.encode(encoding))
    assert (came, refused) == ([("zoe@r.example", name)], [])


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", "Zoë Müller|François Lefèvre|Íñigo Núñez|Søren Åberg|João Conceição"),
        ("cp1250", "Jiří Dvořák|Łukasz Wiśniewski|Győző Erdős|Žofie Šťastná"),
        ("iso8859_2", "Jiří Dvořák|Łukasz Wiśniewski|Žofie Šťastná"),
        ("cp1251", "Иван Петров|Ольга Шевченко"),
    ],
)
def test_the_encoding_of_old_spreadsheets_is_found_and_called_a_guess(
    encoding: str, names: str
) -> None:
    wanted = names.split("|")
    rows = "".join(f"r{n}@r.example;{name}\n" for n, name in enumerate(wanted))
    with written(f"email;name\n{rows}".encode(encoding)) as file, open_sheet(file) as sheet:
        assert [p.name for p in sheet.people("x", NOW, pytest.fail)] == wanted
        assert f"the encoding is a guess: {encoding}" in sheet.notes[0]


def test_a_person_says_the_encoding(app: App, tmp_path: Path) -> None:
    bring(
        app,
        tmp_path,
        "email,name\na@r.example,Γιώργος\n".encode("cp1253"),
        Answers(encoding="cp1253"),
    )
    assert people(app) == [("a@r.example", "Γιώργος")]


# Dates


@pytest.mark.parametrize(
    ("cells", "days", "guess"),
    [
        ("2024-03-04T10:00:00+02:00|2024-03-05 10:00:00 UTC", ["2024-03-04 08", "2024-03-05 10"], ""),
        ("3.4.2024|13.4.2024 9:05", ["2024-04-03 00", "2024-04-13 09"], ""),
        ("03/04/2024|13/04/2024", ["2024-04-03 00", "2024-04-13 00"], ""),
        ("03/04/2024|03/14/2024", ["2024-03-04 00", "2024-03-14 00"], ""),
        ("03/04/2024|05/06/2024", ["2024-04-03 00", "2024-06-05 00"], "day/month"),
        ("3/4/24 1:30 PM|5/6/24 2:00 AM", ["2024-03-04 13", "2024-05-06 02"], "month/day"),
        ("4 March 2024|March 5, 2024 1:00pm", ["2024-03-04 00", "2024-03-05 13"], ""),
        ("4. März 2024|5 de marzo de 2024", ["2024-03-04 00", "2024-03-05 00"], ""),
        ("4 août 2024|Mon, 4 Mar 2024 10:00:00 -0500", ["2024-08-04 00", "2024-03-04 15"], ""),
        ("1709546400|1709546400000", ["2024-03-04 10", "2024-03-04 10"], ""),
    ],
)  # fmt: skip
def test_dates_are_read_by_the_whole_column(
    app: App, tmp_path: Path, cells: str, days: list[str], guess: str
) -> None:
    rows = "".join(f'r{n}@r.example,"{cell}"\n' for n, cell in enumerate(cells.split("|")))
    file = tmp_path / "people.csv"
    file.write_text(f"email,joined\n{rows}")
    told = run(app, "import", str(file))
    assert [f"{p.consent_at:%Y-%m-%d %H}" for p in app.store.subscribers.all()] == days, told.output
    assert ("that is a guess" in told.output, guess in told.output) == (bool(guess), True)


def test_a_person_says_what_a_date_is(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,joined\na@r.example,03/04/2024\n")
    told = run(app, "import", str(file), "--dates", "month-first")
    assert app.store.subscribers.find("a@r.example").consent_at == datetime(2024, 3, 4, tzinfo=UTC)
    assert "guess" not in told.output


@pytest.mark.parametrize("cell", ["10", "2024", "March 2024", "31.31.2024", "soon", "30/02/2024"])
def test_half_a_date_is_none(app: App, tmp_path: Path, cell: str) -> None:
    _, refused = bring(app, tmp_path, f"email,joined\na@r.example,{cell}\n")
    assert cell in refused[0]["why"]


# Addresses


@pytest.mark.parametrize("address", ["h@example..org", ".h@example.org", "h.@example.org", "h..h@example.org", "h@-example.org", "h@example.org.", "h@exam_ple.org", "h@example.1", "h@[192.0.2.1]", "h@localhost", "h h@example.org", f"{'h' * 65}@example.org"])  # fmt: skip
def test_what_no_server_would_take_is_no_address(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("o'brien+news@sub.example.org", "o'brien+news@sub.example.org"),
        ("straße@bücher.example", "straße@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("用户@例子.example", "用户@xn--fsqu00a.example"),
        ("jose\u0301@example.org", "josé@example.org"),
    ],
)
def test_addresses_of_every_script_are_taken(told: str, kept: str) -> None:
    assert checked(told) == kept


def test_two_people_whose_letters_differ_are_two(app: App, tmp_path: Path) -> None:
    names = ["straße", "strasse", "ılker", "ilker", "jose", "josé"]
    counts, _ = bring(app, tmp_path, "email\n" + "".join(f"{n}@r.example\n" for n in names))
    assert (counts.added, len(mailed(app))) == (6, 6)
    app.remove_subscriber("STRASSE@r.example")
    assert "straße@r.example" in mailed(app)
    app.readers.suppress("ilker@r.example", "")
    assert "ılker@r.example" in mailed(app)


def test_one_person_spelled_in_two_ways_is_one(app: App, tmp_path: Path) -> None:
    names = ["josé@bücher.example", "JOSÉ@BÜCHER.example", "jose\u0301@xn--bcher-kva.example"]
    counts, _ = bring(app, tmp_path, "email\n" + "\n".join(names) + "\n")
    assert (counts.added, counts.doubles) == (1, 2)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.sqlite
def test_a_workspace_of_before_keeps_every_no_under_the_new_folding(
    app: App, tmp_path: Path
) -> None:
    store = app.store.subscribers
    names = ["straße", "groß", "maß", "ada"]
    store.add([Subscriber(f"{n}@r.example", consent_at=NOW - timedelta(days=9)) for n in names])
    store.add([Subscriber("zoe@xn--bcher-kva.example", consent_at=NOW)])
    app.readers.suppress("groß@r.example", "a lawyer called")
    app.readers.suppress("fuß@r.example", "by telephone")
    app.readers.erase("maß@r.example")
    key = store.keys(NOW)[0]
    app.store.close()
    file = app.workspace.folder / "digest.db"
    put_back(file, "0010")
    old = sqlite3.connect(file)
    old.create_function("old", 1, str.casefold)
    old.execute("UPDATE subscriber SET folded = old(address) WHERE address <> ''")
    old.execute(
        "INSERT INTO subscriber (folded, address, consent_at, left_at) "
        "SELECT 'zoe@bücher.example', 'zoe@bücher.example', consent_at, consent_at "
        "FROM subscriber WHERE folded = 'ada@r.example'"
    )
    old.execute("UPDATE suppression SET folded = old(folded)")
    old.execute("UPDATE erased SET hash = ?", (_old_hash(key, "mass@r.example"),))
    old.commit()
    old.close()
    fresh = App(app.workspace, app.clock)
    assert fresh.store.subscribers.find("straße@r.example")
    assert mailed(fresh) == ["ada@r.example", "straße@r.example"]
    rows = "".join(f"{n}@r.example\n" for n in ["straße", "strasse", "groß", "fuß", "maß"])
    counts, _ = bring(fresh, tmp_path, f"email\n{rows}")
    assert (counts.added, counts.known, counts.suppressed) == (1, 1, 3)
    fresh.store.close()


def _old_hash(key: str, folded: str) -> str:
    return hmac.new(key.encode(), folded.encode(), hashlib.sha256).hexdigest()

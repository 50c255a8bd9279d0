"""Lists from elsewhere: a no is never dropped, a row never lost, and a doubt is shown to a person."""

import csv
import hashlib
import hmac
import io
import sqlite3
import tempfile
import zipfile
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
from digest.audience import (
    NO_ANSWERS,
    Answers,
    RejectedRow,
    RowCounts,
    UnansweredQuestions,
    is_address,
    open_sheet,
    validate_address,
)
from digest.cli import cli
from digest.errors import DigestError
from digest.model import ImportCounts, Standing, Subscriber, SuppressionReason
from digest.services.subscribers import ImportWish, preview_sheet
from digest.store.subscribers import fold_address
from tests.cases.harmless_columns import HARMLESS
from tests.cases.subscriber_exports import EXPORTS
from tests.cases.subscriber_lists import LISTS, UNKNOWN_LISTS
from tests.conftest import NOW
from tests.earlier_schemas import put_back


def bring(
    app: App,
    tmp_path: Path,
    text: str | bytes,
    answers: Answers = NO_ANSWERS,
    name: str = "people.csv",
) -> tuple[ImportCounts, list[dict[str, str]]]:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    counts, _, report = app.subscribers.import_sheet(
        file, "a list", ImportWish(answers=answers)
    )
    told = report.read_text() if report else ""
    return counts, list(csv.DictReader(io.StringIO(told, newline="")))


@contextmanager
def written(text: str | bytes) -> Iterator[Path]:
    """Yield a file of its own; hypothesis runs a test many times in one folder."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        yield file


def read(
    text: str | bytes,
) -> tuple[list[tuple[str, str]], list[RejectedRow], RowCounts]:
    """Return the people of a file, what of it was refused, and its rows, without a database."""
    refused: list[RejectedRow] = []
    with written(text) as file, open_sheet(file, fold=fold_address) as sheet:
        came = [
            (p.address, p.name)
            for p in sheet.read_people("x", NOW, refused.append)
        ]
        return came, refused, sheet.tally


def run(app: App, *arguments: str) -> Result:
    return CliRunner().invoke(
        cli, ["-C", str(app.workspace.folder), "subscribers", *arguments]
    )


def mailed(app: App) -> list[str]:
    return [
        p.address
        for p in app.store.subscribers.iterate_subscribers(active_only=True)
    ]


def people(app: App) -> list[tuple[str, str]]:
    return [
        (p.address, p.name) for p in app.store.subscribers.iterate_subscribers()
    ]


# A no is a no here too


def test_each_no_of_another_system_is_kept_in_its_kind(
    app: App, tmp_path: Path
) -> None:
    text = (
        "email,status,unsubscribed_at\n"
        "ada@r.example,active,\nbo@r.example,unsubscribed,2024-02-03\ncy@r.example,bounced,\n"
        "di@r.example,complained,\ned@r.example,blocklisted,\nflo@r.example,pending,\n"
    )
    counts, refused = bring(app, tmp_path, text)
    assert (mailed(app), refused) == (["ada@r.example"], [])
    assert app.store.subscribers.find_subscriber(
        "bo@r.example"
    ).left_at == datetime(2024, 2, 3, tzinfo=UTC)
    assert {
        s.address[:2]: s.reason
        for s in app.store.subscribers.iterate_suppressions()
    } == {
        "cy": SuppressionReason.BOUNCED,
        "di": SuppressionReason.COMPLAINED,
        "ed": SuppressionReason.ASKED,
    }
    assert app.store.subscribers.find_subscriber("flo@r.example") is None
    noes = {
        Standing.UNCONFIRMED,
        Standing.UNSUBSCRIBED,
        Standing.BLOCKED,
        Standing.BOUNCED,
    }
    assert counts.not_mailed == dict.fromkeys([*noes, Standing.COMPLAINED], 1)
    again, _ = bring(
        app,
        tmp_path,
        "email\n"
        + "".join(f"{n}@r.example\n" for n in ("bo", "cy", "di", "ed")),
    )
    assert (again.added, again.left_earlier, again.suppressed) == (0, 1, 3)


@pytest.mark.parametrize(
    "word", ["unsubscribed", "bounced", "complained", "blocklisted"]
)
def test_a_later_no_stops_a_reader_and_says_who_told(
    app: App, tmp_path: Path, word: str
) -> None:
    app.subscribers.add_people(
        [Subscriber("ada@r.example", "Ada", "a form", NOW)]
    )
    counts, _ = bring(app, tmp_path, f"email,status\nADA@r.example,{word}\n")
    assert (mailed(app), counts.stopped) == ([], 1)
    known = app.subscribers.export_personal_data("ada@r.example")
    assert (
        "a list"
        in f"{known['subscriber'].consent_source} {known['suppressed']}"
    )
    assert known["subscriber"].consent_source.startswith("a form")
    counts, _ = bring(app, tmp_path, "email,status\nada@r.example,active\n")
    assert mailed(app) == []


def test_one_who_has_not_confirmed_elsewhere_stays_a_reader_here(
    app: App, tmp_path: Path
) -> None:
    app.subscribers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    bring(app, tmp_path, "email,status\nada@r.example,unconfirmed\n")
    assert mailed(app) == ["ada@r.example"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_no_anywhere_in_a_file_beats_a_yes(
    app: App, tmp_path: Path, order: int
) -> None:
    """Also when they stand further apart than what is written at once."""
    others = [f"r{n}@r.example,active" for n in range(2500)]
    rows = ["ada@r.example,active", *others, "Ada@R.example,unsubscribed"][
        ::order
    ]
    counts, _ = bring(app, tmp_path, "\n".join(["email,status", *rows]))
    assert app.store.subscribers.find_subscriber("ada@r.example").left_at
    assert (counts.added, counts.unsubscribed, counts.doubles) == (2500, 1, 1)


def test_a_no_of_a_row_that_cannot_be_read_otherwise_is_taken(
    app: App, tmp_path: Path
) -> None:
    names = ["ada", "bo", "cy", "di", "ed"]
    app.subscribers.add_people(
        [Subscriber(f"{n}@r.example", consent_at=NOW) for n in names]
    )
    counts, refused = bring(
        app,
        tmp_path,
        "email,status\nada@r.example (old address),unsubscribed\n<bo@r.example,unsubscribed\n"
        '"cy@r.example,unsubscribed\ndi@r.example (old address),active\ned..e@r.example,unsubscribed\n',
    )
    assert mailed(app) == ["di@r.example", "ed@r.example"]
    assert [r["line"] for r in refused] == ["5", "6"]
    assert (counts.unsubscribed, counts.row_sum) == (3, counts.read)


def test_a_no_of_a_damaged_row_beats_a_yes_elsewhere(
    app: App, tmp_path: Path
) -> None:
    counts, _ = bring(
        app,
        tmp_path,
        "email,status\nada@r.example,active\nAda@r.example (old),unsubscribed\n",
    )
    assert (mailed(app), counts.unsubscribed, counts.doubles) == ([], 1, 1)


@pytest.mark.parametrize(
    "no", ["nomail", "(unsubscribed)", "- afgemeld", "wants no more mail"]
)
def test_a_no_beside_an_address_in_a_list_without_columns_is_taken(
    no: str,
) -> None:
    with (
        written(f"ada@r.example\nbo@r.example {no}\n") as file,
        open_sheet(file) as sheet,
    ):
        came = {
            a.person.address: a.standing
            for a in sheet.read_arrivals("x", NOW, pytest.fail)
        }
    assert came == {
        "ada@r.example": Standing.ACTIVE,
        "bo@r.example": Standing.UNSUBSCRIBED,
    }


def test_a_no_holds_for_all_addresses_of_its_row(
    app: App, tmp_path: Path
) -> None:
    app.subscribers.add_people(
        [Subscriber("ada.home@r.example", consent_at=NOW)]
    )
    counts, _ = bring(
        app,
        tmp_path,
        "E-mail 1 - Value,E-mail 2 - Value,Unsubscribed\nada@r.example,ada.home@r.example,yes\n",
    )
    assert (mailed(app), counts.unsubscribed, counts.row_sum) == (
        [],
        1,
        counts.read,
    )


def test_nothing_is_written_again_of_one_who_was_forgotten(
    app: App, tmp_path: Path
) -> None:
    app.subscribers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    app.subscribers.erase_subscriber("ada@r.example")
    for word in ("unsubscribed", "bounced", "active"):
        bring(app, tmp_path, f"email,status\nada@r.example,{word}\n")
    assert (
        people(app) == list(app.store.subscribers.iterate_suppressions()) == []
    )


def test_tags_of_one_person_in_several_rows_come_together(
    app: App, tmp_path: Path
) -> None:
    bring(
        app,
        tmp_path,
        "email,tags\nada@r.example,press\nbo@r.example,\nada@r.example,board\n",
    )
    assert app.store.subscribers.find_subscriber("ada@r.example").tags == (
        "board",
        "press",
    )


def test_every_row_is_somewhere_and_the_sum_says_where(
    app: App, tmp_path: Path
) -> None:
    app.subscribers.add_people(
        [Subscriber(f"{n}@r.example", consent_at=NOW) for n in ("old", "gone")]
    )
    app.subscribers.unsubscribe_address("gone@r.example")
    app.subscribers.suppress_address("out@r.example", "")
    file = tmp_path / "people.csv"
    file.write_text(
        "email,status\nada@r.example,active\nold@r.example,active\ngone@r.example,active\nout@r.example,active\n"
        "\nb@r.example,unsubscribed\nc@r.example,bounced\nd@r.example,complained\ne@r.example,blocked\n"
        "f@r.example,pending\nnobody,active\nADA@r.example,active\n"
    )
    told = run(app, "import", str(file))
    assert (
        "12 rows read = 1 added + 1 known + 1 unsubscribed earlier + 1 suppressed + 1 unconfirmed + 1 unsubscribed + "
        "1 blocked + 1 bounced + 1 complained + 1 refused + 1 duplicates + 1 blank"
        in told.output
    )
    assert told.exit_code == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "a@r.example",
                    "A@r.example",
                    "b@r.example",
                    "c@r..example",
                    "",
                    "  ",
                ]
            ),
            st.sampled_from(["active", "unsubscribed", "bounced", "pending"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_list_loses_a_row_or_mails_a_no(rows: list[tuple[str, str]]) -> None:
    text = "email,status\n" + "".join(
        f"{a},{s}\n" if a.strip() else ",\n" for a, s in rows
    )
    with written(text) as file, open_sheet(file) as sheet:
        came = [
            a
            for a in sheet.read_arrivals("x", NOW, lambda _: None)
            if not a.again
        ]
        tally = sheet.tally
        assert (
            tally.read
            == len(rows)
            == len(came) + tally.rejected + tally.duplicates + tally.blank
        )
        assert sum(sheet.survey.standings.values()) == len(came)
    for arrival in came:
        mine = [
            s for a, s in rows if a.lower() == arrival.person.address.lower()
        ]
        assert (arrival.standing == Standing.ACTIVE) == (
            set(mine) == {"active"}
        )


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
        app,
        "import",
        str(file),
        "--status",
        "Member=yes",
        "--status",
        "Membership state:Lapsed=no",
    )
    assert (told.exit_code, mailed(app)) == (
        0,
        ["ada@r.example", "cy@r.example"],
    )
    assert app.store.subscribers.find_subscriber("bo@r.example").left_at


def test_words_of_any_signs_can_be_answered(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "email,status\na@r.example,Level: A\nb@r.example,\nc@r.example,++\n"
    )
    answers = ("Level: A=yes", "(empty)=no", "++=bounced")
    told = run(
        app,
        "import",
        str(file),
        *(part for a in answers for part in ("--status", a)),
    )
    assert (mailed(app), told.exit_code) == (["a@r.example"], 0), told.output


def test_a_column_is_ignored_where_a_person_says_so(
    app: App, tmp_path: Path
) -> None:
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
    named = {"Membre=no": "membre", "Member=perhaps": "perhaps"}.get(
        wrong[1], wrong[1].casefold()
    )
    assert named in told.output.casefold()
    assert people(app) == []


def test_a_file_that_only_its_name_calls_unsubscribed_is_asked(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "unsubscribed_2024.csv"
    file.write_text("email\nada@r.example\n")
    told = run(app, "import", str(file))
    assert "--everybody no" in told.output
    assert people(app) == []
    run(app, "import", str(file), "--everybody", "no")
    assert app.store.subscribers.find_subscriber("ada@r.example").left_at


def test_a_preview_asks_the_same_and_writes_nothing(
    app: App, tmp_path: Path
) -> None:
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
    (question,) = preview_sheet(
        file, ImportWish(), app.settings, NOW
    ).survey.questions
    assert (question.column, question.values) == (
        "Membership state",
        (("Member", 2), ("Lapsed", 1)),
    )
    with pytest.raises(UnansweredQuestions):
        app.subscribers.import_sheet(file, "x", ImportWish())
    answers = Answers(
        {"member": Standing.ACTIVE, "lapsed": Standing.UNSUBSCRIBED}
    )
    assert preview_sheet(
        file, ImportWish(answers=answers), app.settings, NOW
    ).survey.standings == {
        "active": 2,
        "unsubscribed": 1,
    }


def test_a_person_says_which_column_is_the_status(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "Email,Kundenart\nada@r.example,active\nbo@r.example,blacklisted\n"
    )
    run(app, "import", str(file), "--column", "status=Kundenart")
    assert mailed(app) == ["ada@r.example"]


@pytest.mark.parametrize(
    ("remark", "asks"),
    [
        ("please do not write any more", True),
        ("Bitte nicht mehr anschreiben!", True),
        ("ya no desea recibir nada", True),
        ("ne souhaite plus recevoir", True),
        ("proszę nie wysyłać", True),
        ("больше не писать", True),
        ("likes the digest, writes for the Note", False),
        ("bitte auch an die Kollegin", False),
    ],
)
def test_a_remark_that_may_be_a_no_is_asked_with_its_line(
    app: App, tmp_path: Path, remark: str, asks: bool
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        f'email,status,remarks\na@r.example,active,\nb@r.example,active,"{remark}"\n'
    )
    told = run(app, "import", str(file))
    assert ("(lines 3)" in told.output, len(people(app))) == (
        asks,
        0 if asks else 2,
    )
    run(
        app,
        "import",
        str(file),
        *(("--status", f"remarks:{remark}=no") if asks else ()),
    )
    assert mailed(app) == (
        ["a@r.example"] if asks else ["a@r.example", "b@r.example"]
    )


def test_a_remark_of_one_who_left_anyway_is_no_question(
    app: App, tmp_path: Path
) -> None:
    bring(
        app,
        tmp_path,
        "email,status,notes\na@r.example,unsubscribed,do not write any more\n",
    )
    assert app.store.subscribers.find_subscriber("a@r.example").left_at


def test_which_of_two_mailings_is_meant_is_asked_where_they_differ(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "email,Newsletter,Press releases\na@r.example,yes,no\nb@r.example,no,yes\n"
    )
    told = run(app, "import", str(file))
    assert (people(app), "which of them is meant" in told.output) == ([], True)
    run(app, "import", str(file), "--ignore-column", "press releases")
    assert mailed(app) == ["a@r.example"]


@pytest.mark.parametrize(
    "title", ["Please do not write to these", "Gesperrt", "Отписались"]
)
def test_words_above_a_list_that_say_no_are_asked(
    app: App, tmp_path: Path, title: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"{title}\nE-Mail;Name\na@r.example;Ada\n")
    told = run(app, "import", str(file))
    assert (people(app), "stands above this list" in told.output) == ([], True)


def test_an_address_book_is_asked_whether_all_agreed(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "Name,E-mail Address,Home Phone,Mobile Phone,Birthday\nAda,a@r.example,1,2,\n"
    )
    told = run(app, "import", str(file))
    assert (
        people(app),
        "an address book does not say who agreed" in told.output,
    ) == (
        [],
        True,
    )
    run(app, "import", str(file), "--everybody", "yes")
    assert mailed(app) == ["a@r.example"]


@pytest.mark.parametrize("mark", ["✓", "☑", "x"])
def test_marks_of_boxes_are_words(app: App, tmp_path: Path, mark: str) -> None:
    bring(app, tmp_path, f"email,Opted out\na@r.example,\nb@r.example,{mark}\n")
    assert mailed(app) == ["a@r.example"]


# Colours


def coloured(
    file: Path, fills: list[str], legend: str = "", struck: int = -1
) -> None:
    """Write a spreadsheet of people whose rows have these colours ("" for none)."""
    book = openpyxl.Workbook()
    if legend:
        book.active.append([legend])
    book.active.append(["E-Mail", "Name"])
    for number, fill in enumerate(fills):
        book.active.append([f"r{number}@r.example", f"Reader {number}"])
        for cell in book.active[book.active.max_row]:
            if fill:
                cell.fill = openpyxl.styles.PatternFill("solid", fgColor=fill)
            if number == struck:
                cell.font = openpyxl.styles.Font(strike=True)
    book.save(file)


def test_colours_of_rows_are_asked_about_and_can_be_answered(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.xlsx"
    coloured(file, ["00FF00", "FF0000", "", "FFC7CE"], "green = newsletter")
    told = run(app, "import", str(file))
    assert (people(app), "green (1 rows)" in told.output) == ([], True)
    answers = ("green=yes", "red=no", "cell colour:(empty)=yes")
    told = run(
        app,
        "import",
        str(file),
        *(part for a in answers for part in ("--status", a)),
    )
    assert mailed(app) == ["r0@r.example", "r2@r.example"], told.output


def test_rows_that_are_struck_out_are_asked_about(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.xlsx"
    coloured(file, ["", "", ""], struck=1)
    told = run(app, "import", str(file))
    assert (people(app), "struck out (1 rows)" in told.output) == ([], True)


@pytest.mark.parametrize(
    "fills", [["DDEEFF", ""] * 3, ["DDEEFF"] * 3, ["FFFFFF", ""]]
)
def test_colours_for_the_eye_are_no_question(
    app: App, tmp_path: Path, fills: list[str]
) -> None:
    coloured(tmp_path / "people.xlsx", fills)
    run(app, "import", str(tmp_path / "people.xlsx"))
    assert len(mailed(app)) == len(fills)


def test_colours_of_an_open_document_are_asked_about(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.ods"
    file.write_bytes(
        open_document(
            [("", "E-Mail"), ("", "a@r.example"), ("red", "b@r.example")]
        )
    )
    told = run(app, "import", str(file))
    assert (people(app), "red (1 rows)" in told.output) == ([], True)


def open_document(cells: list[tuple[str, str]]) -> bytes:
    """Return a spreadsheet of one column, each cell with the name of its style (ODF 1.3)."""
    rows = "".join(
        f'<table:table-row><table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
        for style, text in cells
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f'<office:document-content{spaces} xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:'
        f'xsl-fo-compatible:1.0"><office:automatic-styles><style:style style:name="red" '
        f'style:family="table-cell"><style:table-cell-properties fo:background-color="#ff0000"/>'
        f"</style:style></office:automatic-styles><office:body><office:spreadsheet><table:table "
        f'table:name="People">{rows}</table:table></office:spreadsheet></office:body>'
        f"</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(
            "mimetype", "application/vnd.oasis.opendocument.spreadsheet"
        )
        packed.writestr("content.xml", content)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


# Languages


@pytest.mark.parametrize("language", sorted(LISTS))
def test_a_list_is_read_in_its_language(language: str) -> None:
    text, taken = LISTS[language]
    with written(text) as file, open_sheet(file) as sheet:
        came = {
            a.person.address.partition("@")[0]: str(a.standing)
            for a in sheet.read_arrivals("x", NOW, pytest.fail)
        }
    assert came == taken


@pytest.mark.parametrize("language", sorted(UNKNOWN_LISTS))
def test_a_status_in_a_language_that_is_not_known_is_asked(
    language: str,
) -> None:
    text, heading = UNKNOWN_LISTS[language]
    with written(text) as file, open_sheet(file) as sheet:
        assert heading in {
            question.column for question in sheet.survey.questions
        }


def test_columns_that_say_nothing_of_mail_are_seldom_asked_about() -> None:
    asked: list[str] = []
    lists = 0
    for columns in HARMLESS.values():
        for heading, words in columns:
            cells = words.split("|")
            rows = "".join(
                f"r{n}@r.example;R {n};{cells[n % len(cells)]}\n"
                for n in range(12)
            )
            lists += 1
            with (
                written(f"Email;Name;{heading}\n{rows}") as file,
                open_sheet(file) as sheet,
            ):
                standings = sheet.survey.standings
                if sheet.survey.questions or standings != {Standing.ACTIVE: 12}:
                    asked.append(heading)
    assert len(asked) / lists < 0.05, asked


# Quotes


def test_an_unclosed_quote_costs_its_own_row_and_no_other(
    app: App, tmp_path: Path
) -> None:
    rows = [f"r{n}@r.example,Reader {n}" for n in range(300)]
    rows[10] = 'r10@r.example,"Reader 10'
    rows[200] = 'r200@r.example,"Reader ""200"" of\nChur"'
    counts, refused = bring(app, tmp_path, "\n".join(["email,name", *rows]))
    assert (counts.added, counts.row_sum) == (299, counts.read)
    assert [
        (r["line"], r["address" if "address" in r else "email"])
        for r in refused
    ] == [("12", "r10@r.example")]
    assert "a quote is opened and never closed" in refused[0]["why"]
    assert (
        app.store.subscribers.find_subscriber("r200@r.example").name
        == 'Reader "200" of\nChur'
    )


@pytest.mark.parametrize("at", [0, 1, 50, 98, 99])
@pytest.mark.parametrize("all_quoted", [False, True])
def test_wherever_a_quote_stays_open_the_others_come(
    at: int, all_quoted: bool
) -> None:
    quote = '"' if all_quoted else ""
    rows = [
        f"{quote}r{n}@r.example{quote};{quote}Reader {n}{quote}"
        for n in range(100)
    ]
    rows[at] = f'"r{at}@r.example";"Reader {at}'
    came, refused, tally = read("\r\n".join(["email;name", *rows, ""]))
    assert (len(came), [r.line for r in refused], tally.read) == (
        99,
        [at + 2],
        100,
    )


def test_quotes_within_words_are_kept() -> None:
    came, _, _ = read(
        'email,name\nada@r.example,Ada "the Countess" Byron\nbo@r.example,5" Bo\n'
    )
    assert came == [
        ("ada@r.example", 'Ada "the Countess" Byron'),
        ("bo@r.example", '5" Bo'),
    ]


@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
            max_size=9,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_a_program_writes_as_csv_comes_back(names: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [
            ["email", "name"],
            *([f"r{n}@r.example", name] for n, name in enumerate(names)),
        ]
    )
    with written(out.getvalue()) as file, open_sheet(file) as sheet:
        found = [p.name for p in sheet.read_people("x", NOW, pytest.fail)]
    assert [n.lstrip("'") for n in found] == [
        n.strip().lstrip("'") for n in names
    ]


@pytest.mark.parametrize(
    "cell",
    ["'ada@r.example", "'ada@r.example'", "“ada@r.example”", "«ada@r.example»", '"Ada" <ada@r.example>',
     '"""ada@r.example"""', " <ada@r.example> "],
)  # fmt: skip
def test_an_address_in_quotes_is_one(cell: str) -> None:
    came, refused, _ = read(f"email;name\n{cell};Ada\n")
    assert (came, refused) == ([("ada@r.example", "Ada")], [])


@pytest.mark.parametrize(
    "text",
    [
        'Ada B <ada@r.example>, "C, Bo" <bo@r.example>; cy@r.example, <di@r.example>\n',
        'Bcc: Ada B <ada@r.example>,\n "C, Bo" <bo@r.example>,\n cy@r.example; di@r.example\n',
        'Ada B <ada@r.example>\n"C, Bo" <bo@r.example>, cy@r.example\n\ndi@r.example\n',
    ],
)
def test_a_line_of_a_mail_program_is_read_with_its_names(text: str) -> None:
    came, refused, tally = read(text)
    named = [("ada@r.example", "Ada B"), ("bo@r.example", "C, Bo")]
    assert came == [*named, ("cy@r.example", ""), ("di@r.example", "")]
    assert (refused, tally.read - tally.blank) == ([], 4)


# Forms of files


def test_spreadsheets_are_read_with_their_dates_and_numbers(
    app: App, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Our members, 2024"])
    book.active.append([])
    book.active.append(["Name", "E-Mail", "Joined", "Opted out"])
    book.active.append(
        ["Zoë", "zoe@r.example", datetime(2024, 1, 2, 10), False]  # noqa: DTZ001
    )
    book.active.append(["Bo", "bo@r.example", datetime(2024, 1, 2), True])  # noqa: DTZ001
    book.create_sheet("Empty")
    file = tmp_path / "people.xlsx"
    book.save(file)
    counts, _, _ = app.subscribers.import_sheet(file, "a list", ImportWish())
    zoe = app.store.subscribers.find_subscriber("zoe@r.example")
    assert (zoe.name, zoe.consent_at) == (
        "Zoë",
        datetime(2024, 1, 2, 10, tzinfo=UTC),
    )
    assert (mailed(app), counts.unsubscribed, counts.row_sum) == (
        ["zoe@r.example"],
        1,
        counts.read,
    )


@pytest.mark.parametrize("name", ["people.xlsx", "people.xls", "people.csv"])
@pytest.mark.parametrize(
    "raw", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"no spreadsheet"]
)
def test_a_broken_spreadsheet_is_said_with_what_to_do(
    app: App, tmp_path: Path, name: str, raw: bytes
) -> None:
    with pytest.raises(
        DigestError,
        match=rf"{name}.*(save it as CSV|expected a column address)",
    ):
        bring(app, tmp_path, raw, name=name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sep=;\r\nName;E-Mail\r\nZoë;zoe@r.example\r\n", "Zoë"),
        (
            "Members, all of them, 2024\n\n,,\nName,E-Mail\nZoë,zoe@r.example\n",
            "Zoë",
        ),
        ("\n\nE-Mail|Name\nzoe@r.example|Zoë\n", "Zoë"),
        ("Name\tE-Mail\nZoë, M.A.\tzoe@r.example\n", "Zoë, M.A."),
        (
            "First Name,Last Name,E-mail 1 Address\nZoë,Byron,zoe@r.example\n",
            "Zoë Byron",
        ),
        ("Nom;Prénom;Courriel\nByron;Zoë;zoe@r.example\n", "Zoë Byron"),
        ("e-mail;name\n mailto:zoe@r.example ;Zoë\n", "Zoë"),
        ("e-mail;name\nZoë B <zoe@r.example>;Zoë\n", "Zoë"),
        ("e-mail;name\n\u200bzoe＠r.example\u00a0;Zoë\n", "Zoë"),
        (
            "e-mail;name\nzoe@r.example; zoe2@r.example;Zoë\n".replace(
                "; zoe2", ", zoe2"
            ),
            "Zoë",
        ),
        ("e-mail,name\nzoe@r.example\0,Zoë\0\n", "Zoë"),
    ],
)
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_a_list_is_read_in_the_form_that_programs_give_it(
    text: str, name: str, encoding: str
) -> None:
    came, refused, _ = read(text.encode(encoding))
    assert (came, refused) == ([("zoe@r.example", name)], [])


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        (
            "cp1252",
            "Zoë Müller|François Lefèvre|Íñigo Núñez|Søren Åberg|João Conceição",
        ),
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
    with (
        written(f"email;name\n{rows}".encode(encoding)) as file,
        open_sheet(file) as sheet,
    ):
        assert [
            p.name for p in sheet.read_people("x", NOW, pytest.fail)
        ] == wanted
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
        ("3/4/24 1:30 PM|5/6/24 2:00 AM", ["2024-03-04 13", "2024-05-06 02"], "month/day"),
        ("4 March 2024|March 5, 2024 1:00pm", ["2024-03-04 00", "2024-03-05 13"], ""),
        ("4. März 2024|5 de marzo de 2024", ["2024-03-04 00", "2024-03-05 00"], ""),
        ("4 août 2024|Mon, 4 Mar 2024 10:00:00 -0500", ["2024-08-04 00", "2024-03-04 15"], ""),
        ("1709546400|1709546400000", ["2024-03-04 10", "2024-03-04 10"], ""),
        ("45352|45353.5", ["2024-03-01 00", "2024-03-02 12"], ""),
        ("4 марта 2024|4 Şubat 2024", ["2024-03-04 00", "2024-02-04 00"], ""),
        ("4. března 2024|10 października 2024", ["2024-03-04 00", "2024-10-10 00"], ""),
        ("2024年3月4日|2024. 3. 5.", ["2024-03-04 00", "2024-03-05 00"], ""),
    ],
)  # fmt: skip
def test_dates_are_read_by_the_whole_column(
    app: App, tmp_path: Path, cells: str, days: list[str], guess: str
) -> None:
    rows = "".join(
        f'r{n}@r.example,"{cell}"\n' for n, cell in enumerate(cells.split("|"))
    )
    file = tmp_path / "people.csv"
    file.write_text(f"email,joined\n{rows}")
    told = run(app, "import", str(file))
    assert [
        f"{p.consent_at:%Y-%m-%d %H}"
        for p in app.store.subscribers.iterate_subscribers()
    ] == days, told.output
    assert ("that is a guess" in told.output, guess in told.output) == (
        bool(guess),
        True,
    )


def test_a_person_says_what_a_date_is(app: App, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,joined\na@r.example,03/04/2024\n")
    told = run(app, "import", str(file), "--dates", "month-first")
    assert app.store.subscribers.find_subscriber(
        "a@r.example"
    ).consent_at == datetime(2024, 3, 4, tzinfo=UTC)
    assert "guess" not in told.output


def test_dates_that_nothing_decides_are_asked_about(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "email,opt-in date\na@r.example,03/04/2024\nb@r.example,05/06/2024\n"
    )
    told = run(app, "import", str(file))
    assert (
        people(app),
        "--dates day-first, or --dates month-first" in told.output,
    ) == ([], True)


@pytest.mark.parametrize("text", ["E-Mail;Newsletter;Einwilligung vom\na@r.example;ja;03/04/2024\n",
                                  "Indirizzo email,Data iscrizione\na@r.example,03/04/2024\n"])  # fmt: skip
def test_day_first_countries_lists_are_read_so(
    app: App, tmp_path: Path, text: str
) -> None:
    bring(app, tmp_path, text)
    assert app.store.subscribers.find_subscriber(
        "a@r.example"
    ).consent_at == datetime(2024, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "10",
        "2024",
        "March 2024",
        "31.31.2024",
        "soon",
        "30/02/2024",
        "1.3.2099",
    ],
)
def test_partial_and_future_dates_are_none_and_named(
    app: App, tmp_path: Path, cell: str
) -> None:
    text = f"email,joined\na@r.example,{cell}\nb@r.example,2024-03-04\n"
    counts, refused = bring(app, tmp_path, text)
    assert (counts.undated, refused) == ((2,), [])
    assert (
        app.store.subscribers.find_subscriber("a@r.example").consent_at
        == app.clock()
    )


def test_whose_date_of_consent_cannot_be_read_is_told(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,joined\na@r.example,soon\nb@r.example,2024-03-04\n")
    told = run(app, "import", str(file))
    assert (
        "1 have a date of consent that cannot be read, or is in the future"
        in told.output
    )
    assert (told.exit_code, "(lines 2)" in told.output) == (0, True)


@pytest.mark.parametrize(
    ("headings", "cells", "day"),
    [
        ("opt-in date", "2024-03-04", "2024-03-04"),
        ("opt-in time,created", "2024-03-04,2023-01-01", "2024-03-04"),
        ("created,Consent given on", "2023-01-01,2024-03-04", "2024-03-04"),
        ("subscribed,confirmed", "2024-03-04,2024-03-05", "2024-03-05"),
        ("subscribed,confirmed", "2024-03-04,", "2024-03-04"),
        ("OPTIN_TIME,CONFIRM_TIME", ",2024-03-05 10:00:00", "2024-03-05"),
        ("subscribed,signup date", "yes,2024-03-04", "2024-03-04"),
        ("status,date", "subscribed,2024-03-04", "2024-03-04"),
        ("date,last donation date", "2024-03-04,2024-05-06", ""),
        ("birthday,last opened", "1970-03-04,2024-05-06", ""),
        ("opt-in date,signup date", "soon,2024-03-04", "2024-03-04"),
        ("Data zgody", "2024-03-04", "2024-03-04"),
        ("Ημερομηνία εγγραφής", "04/03/2024", "2024-03-04"),
        ("Onay tarihi", "04.03.2024", "2024-03-04"),
        ("Samtycke", "2024-03-04", "2024-03-04"),
        ("登録日", "2024年3月4日", "2024-03-04"),
    ],
)
def test_the_date_of_consent_is_the_best_that_a_row_has(
    app: App, tmp_path: Path, headings: str, cells: str, day: str
) -> None:
    others = "".join(
        f"r{n}@r.example,{cells}\n"
        for n in range(3)
        if "," not in cells or cells[-1] != ","
    )
    bring(app, tmp_path, f"email,{headings}\na@r.example,{cells}\n{others}")
    found = app.store.subscribers.find_subscriber("a@r.example").consent_at
    assert f"{found:%Y-%m-%d}" == (day or f"{app.clock():%Y-%m-%d}")


def test_an_empty_date_of_consent_is_asked_where_no_column_says_more(
    app: App, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "email,Consent date\na@r.example,2024-03-04\nb@r.example,\n"
    )
    told = run(app, "import", str(file))
    assert (people(app), "(empty) (1 rows)" in told.output) == ([], True)
    run(app, "import", str(file), "--status", "(empty)=unconfirmed")
    assert mailed(app) == ["a@r.example"]


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
    assert validate_address(told) == kept


def test_two_people_whose_letters_differ_are_two(
    app: App, tmp_path: Path
) -> None:
    names = ["straße", "strasse", "ılker", "ilker", "jose", "josé"]
    counts, _ = bring(
        app, tmp_path, "email\n" + "".join(f"{n}@r.example\n" for n in names)
    )
    assert (counts.added, len(mailed(app))) == (6, 6)
    app.subscribers.unsubscribe_address("STRASSE@r.example")
    assert "straße@r.example" in mailed(app)
    app.subscribers.suppress_address("ilker@r.example", "")
    assert "ılker@r.example" in mailed(app)


def test_one_person_spelled_in_two_ways_is_one(
    app: App, tmp_path: Path
) -> None:
    names = [
        "josé@bücher.example",
        "JOSÉ@BÜCHER.example",
        "jose\u0301@xn--bcher-kva.example",
    ]
    counts, _ = bring(app, tmp_path, "email\n" + "\n".join(names) + "\n")
    assert (counts.added, counts.doubles) == (1, 2)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold_address(fold_address(text)) == fold_address(text)


@pytest.mark.sqlite
def test_a_workspace_of_before_keeps_every_no_under_the_new_folding(
    app: App, tmp_path: Path
) -> None:
    store = app.store.subscribers
    names = ["straße", "groß", "maß", "ada"]
    store.add_subscribers(
        [
            Subscriber(f"{n}@r.example", consent_at=NOW - timedelta(days=9))
            for n in names
        ]
    )
    store.add_subscribers(
        [Subscriber("zoe@xn--bcher-kva.example", consent_at=NOW)]
    )
    app.subscribers.suppress_address("groß@r.example", "a lawyer called")
    app.subscribers.suppress_address("fuß@r.example", "by telephone")
    app.subscribers.erase_subscriber("maß@r.example")
    key = store.ensure_signing_keys(NOW)[0]
    app.store.close()
    file = app.workspace.folder / "digest.db"
    put_back(file, "0010")
    old = sqlite3.connect(file)
    old.create_function("old", 1, str.casefold)
    old.execute(
        "UPDATE subscriber SET folded = old(address) WHERE address <> ''"
    )
    old.execute(
        "INSERT INTO subscriber (folded, address, consent_at, left_at) "
        "SELECT 'zoe@bücher.example', 'zoe@bücher.example', consent_at, consent_at "
        "FROM subscriber WHERE folded = 'ada@r.example'"
    )
    old.execute("UPDATE suppression SET folded = old(folded)")
    old.execute(
        "UPDATE erased SET hash = ?", (_old_hash(key, "mass@r.example"),)
    )
    old.commit()
    old.close()
    fresh = App(app.workspace, app.clock)
    assert fresh.store.subscribers.find_subscriber("straße@r.example")
    assert mailed(fresh) == ["ada@r.example", "straße@r.example"]
    rows = "".join(
        f"{n}@r.example\n" for n in ["straße", "strasse", "groß", "fuß", "maß"]
    )
    counts, _ = bring(fresh, tmp_path, f"email\n{rows}")
    assert (counts.added, counts.already_subscribed, counts.suppressed) == (
        1,
        1,
        3,
    )
    fresh.store.close()


def _old_hash(key: str, folded: str) -> str:
    return hmac.new(key.encode(), folded.encode(), hashlib.sha256).hexdigest()

"""`digest import clips`: what a sheet is taken for is shown, then asked; nothing is stored before."""

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import digest, good

SHEET = """\
Date,Media outlet,Title,Link,Comments,Reach
03/04/2024,Hallam Echo,Open Water asks for records,https://echo.example/a,Maren spoke,900
21/04/2024,Radio Six,On air,,,50
22/04/2024,Hallam Echo,Open Water asks for records,https://www.echo.example/a/,,
1998,Hallam Echo,Long ago,,,
,Hallam Echo,Whenever,,,
Total,5,,,,
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "coverage.csv"
    file.write_text(SHEET, "utf-8")
    return file


def list_stored(folder: Path) -> str:
    return good(folder, "articles", "--since", "1990-01-01", "--json")


def test_a_sheet_is_shown_before_a_question(folder: Path, sheet: Path) -> None:
    result = digest(folder, "import", "clips", str(sheet), stdin="n\n")
    assert result.exit_code == 1
    for words in (
        "date is “Date”, outlet is “Media outlet”, headline is “Title”, address is “Link”",
        "not read: Reach",
        "dates: day first, 21/04/2024 can be nothing else",
        "2024-04-03  Hallam Echo  Open Water asks for records  https://echo.example/a  Maren spoke",
        "1 date of which only the year is known: the first day of it is stored",
        "row 4: row 2 has the same address: Open Water asks for records",
        "row 7: a total: Total | 5",
        "row 6: no date: Hallam Echo | Whenever",
        "all are older than the present window: none is proposed",
        "pages are not fetched",
        "6 rows = 1 new with an address + 2 new without + 0 known + 1 twice in the sheet + 0 blank "
        "+ 1 passed over + 1 set aside",
        "import 3 clips? [y/N]",
        "nothing was imported (--yes imports without a question)",
    ):
        assert words in result.output
    assert json.loads(list_stored(folder)) == []


def test_a_yes_imports_and_the_note_is_shown(folder: Path, sheet: Path) -> None:
    result = digest(folder, "import", "clips", str(sheet), stdin="y\n")
    assert result.exit_code == 1  # a row is set aside
    assert "3 clips added: 1 in in_the_news, 2 in no section" in result.output
    listed = good(folder, "articles", "--since", "1990-01-01")
    assert "note: Maren spoke" in listed
    assert "judged on what a sheet says: its page was not fetched" in listed
    again = digest(folder, "import", "clips", str(sheet), "--yes")
    assert "0 new with an address + 0 new without + 4 known" in again.output
    assert "nothing to import" in again.output
    assert len(json.loads(list_stored(folder))) == 3


def test_what_a_known_row_says_otherwise_is_counted_and_shown(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "coverage.csv"
    lines = "Date,Outlet,Headline,Link,Note\n2024-04-03,Echo,One,https://echo.example/a,"
    file.write_text(lines)
    good(folder, "import", "clips", str(file), "--yes")
    file.write_text(lines.replace("04-03", "04-04") + "call them")
    again = digest(folder, "import", "clips", str(file), stdin="y\n")
    for words in (
        "kept with clips that had none: 1 note",
        "has no place for it: 1 date",
        "; its note is kept: call them; not taken, date: 2024-04-04",
        "keep 1 note on known clips?",
        "1 note kept on clips that were known",
    ):
        assert words in again.output
    [article] = json.loads(list_stored(folder))
    assert article["note"] == "call them"


def test_json_shows_and_with_yes_imports(folder: Path, sheet: Path) -> None:
    shown = digest(folder, "import", "clips", str(sheet), "--json")
    data = json.loads(shown.output)
    assert [one["title"] for one in data["new"]] == [
        "Open Water asks for records",
        "On air",
        "Long ago",
    ]
    assert (data["rows"], data["new"][0]["note"]) == (6, "Maren spoke")
    assert json.loads(list_stored(folder)) == []
    imported = digest(folder, "import", "clips", str(sheet), "--json", "--yes")
    assert json.loads(imported.output)["added"] == 3


def test_dates_that_may_be_either_ask_first(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "either.csv"
    file.write_text("Date,Outlet,Headline\n03/04/2024,Echo,One\n")
    refused = digest(folder, "import", "clips", str(file), "--yes")
    assert refused.exit_code == 1
    assert "--dates day-first or --dates month-first" in refused.output
    said = ["import", "clips", str(file), "--yes", "--dates", "month-first"]
    assert "2024-03-04  Echo" in good(folder, *said)


def test_a_column_may_be_named(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("Alpha,Beta,Gamma\n2024-03-04,Echo,One\n")
    command = ["import", "clips", str(file), "--yes"]
    columns = ["--column", "date=Alpha", "--column", "outlet=Beta"]
    out = good(folder, *command, *columns, "--column", "headline=Gamma")
    assert "1 clip added" in out
    wrong = digest(folder, *command, "--column", "date")
    assert (wrong.exit_code, "expected PART=NAME" in wrong.output) == (2, True)


def test_what_is_no_sheet_of_clips_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name,Phone\nAda,5\n")
    result = digest(folder, "import", "clips", str(file))
    assert result.exit_code == 1
    assert "no column of dates was found among Name, Phone" in result.output


def test_past_clips_are_found_by_their_words(folder: Path, sheet: Path) -> None:
    digest(folder, "import", "clips", str(sheet), "--yes")
    search = ["articles", "--since", "1990-01-01", "--find"]
    assert "1 of 1 article" in good(folder, *search, "MAREN records")
    assert "On air" in good(folder, *search, "radio six")
    assert "0 of 0 articles" in good(folder, *search, "records nobody")

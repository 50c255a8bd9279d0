"""Sheets in which months and days stand in rows of their own above the clips."""

import tempfile
from datetime import date
from pathlib import Path

import pytest

from digest.collect.sheets.clip_sheet import ClipWish, read_clip_file
from tests.cases.clip_sheets import TODAY, book, rows, text


def days_of(content: bytes, name: str = "clips.csv") -> list[str]:
    """Return the days of the clips of a sheet; every row of it is accounted for."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        read = read_clip_file(file, ClipWish(), (), TODAY)
    [sheet] = read.sheets
    assert not sheet.set_aside
    return [clip.date.isoformat() for clip in sheet.clips]


@pytest.mark.parametrize(
    ("name", "lines", "days"),
    [
        (
            "clips.csv",
            """
            Date,Outlet,Headline,Page
            January 2024,,,
            3,Hallam Echo,On the third,12
            Thu 4th,Hallam Echo,And on the fourth,5
            February 2024,,,2
            11.,Hallam Echo,On the eleventh,5
            """,
            ["2024-01-03", "2024-01-04", "2024-02-11"],
        ),
        (
            "Presse 2023.csv",
            """
            Tag;Medium;Titel
            Januar;;
            3.;Uferbote;Am dritten des Monats
            März;;
            Mo 6.;Uferbote;Am sechsten des Monats
            """,
            ["2023-01-03", "2023-03-06"],
        ),
        (
            "clips.csv",
            """
            Datum;Medium;Titel
            2023;;
            03.02.;Uferbote;Am dritten Februar
            2024;;
            05.04.;Uferbote;Am fünften April
            """,
            ["2023-02-03", "2024-04-05"],
        ),
        (
            "clips.csv",
            """
            Outlet,Headline,Reach
            "Monday, 4 March 2024",,
            Hallam Echo,First of the fourth,1200
            Harbour Post,Second of the fourth,900
            "Tuesday, 5 March 2024",,
            Hallam Echo,First of the fifth,1200
            """,
            ["2024-03-04", "2024-03-04", "2024-03-05"],
        ),
        (
            "clips.csv",
            """
            March 2024,,
            Date,Outlet,Headline
            5,Hallam Echo,On the fifth
            April 2024,,
            Date,Outlet,Headline
            6,Hallam Echo,On the sixth
            """,
            ["2024-03-05", "2024-04-06"],
        ),
        (
            "clips.csv",
            """
            Date,Outlet,Headline
            March 2024,,
            2024-03-05,Hallam Echo,It has a date of its own
            2024-02-29,Hallam Echo,"So has this, of another month"
            """,
            ["2024-03-05", "2024-02-29"],
        ),
    ],
    ids=[
        "bare days",
        "months without a year",
        "years above days and months",
        "days above clips without a date",
        "headings again under each month",
        "rows with dates of their own",
    ],
)
def test_rows_are_dated_by_the_rows_above_them(
    name: str, lines: str, days: list[str]
) -> None:
    assert days_of(text(lines), name) == days


def test_a_long_diary_has_few_months() -> None:
    lines = ["Date,Outlet,Headline", "January 2024,,"]
    lines += [
        f"{day},Hallam Echo,What was said on day {day}" for day in range(1, 32)
    ]
    assert len(days_of("\n".join(lines).encode())) == 31


def test_a_spreadsheet_has_made_a_date_of_the_month() -> None:
    sheet = [
        ["Date", "Outlet", "Headline"],
        [date(2024, 3, 1), None, None],
        [5, "Hallam Echo", "On the fifth"],
        [16, "Hallam Echo", "On the sixteenth"],
    ]
    content = book(("2024", rows(*sheet)))
    assert days_of(content, "diary.xlsx") == ["2024-03-05", "2024-03-16"]


def test_what_was_done_is_said() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clips.csv"
        file.write_bytes(
            text("""
            Date,Outlet,Headline
            March 2024,,
            5,Hallam Echo,On the fifth
            """)
        )
        [sheet] = read_clip_file(file, ClipWish(), (), TODAY).sheets
    assert sheet.notes == (
        "rows dated by one above them, such as “March 2024”: 1; please check them",
    )
    [title] = sheet.passed_over
    assert title.reason == "the date of the rows below it"

"""Past clips from sheets: each row is a clip, or is named with the reason why it is none."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.sheets.clip_rows import SheetClip
from digest.collect.sheets.clip_sheet import (
    ClipFile,
    ClipWish,
    read_clip_file,
)
from digest.errors import DigestError
from digest.infra.sheets.cell_links import hides_links
from digest.settings import Outlet
from tests.cases.clip_sheets import (
    CASES,
    KEPT_BACK,
    TODAY,
    C,
    Clip,
    ClipCase,
    H,
    book,
    rows,
    table,
    text,
)

OUTLETS = (
    Outlet(name="The Courier", homepage=C, feeds=(f"{C}/feed",)),
    Outlet(name="Harbour Post", homepage=H, feeds=(f"{H}/feed",)),
)


def read(
    content: bytes, name: str = "clips.csv", wish: ClipWish | None = None
) -> ClipFile:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        return read_clip_file(file, wish or ClipWish(), OUTLETS, TODAY)


def clips_of(
    content: bytes, name: str = "clips.csv", wish: ClipWish | None = None
) -> list[SheetClip]:
    return [c for s in read(content, name, wish).sheets for c in s.clips]


@pytest.mark.parametrize(
    "case",
    CASES + KEPT_BACK,
    ids=lambda case: case.name,
)
def test_sheets_are_read_as_a_person_would(case: ClipCase) -> None:
    file = read(case.content, case.file, ClipWish(**case.wish))
    clips = [clip for sheet in file.sheets for clip in sheet.clips]
    assert (
        tuple(
            Clip(
                c.date.isoformat(),
                c.outlet,
                c.title,
                c.url,
                c.place,
                c.note,
                c.text,
            )
            for c in clips
        )
        == case.clips
    )
    aside = tuple(n.line for s in file.sheets for n in s.set_aside)
    over = tuple(n.line for s in file.sheets for n in s.passed_over)
    assert (aside, over) == (case.set_aside, case.passed_over)
    assert sum(sheet.blank for sheet in file.sheets) == case.blank
    assert any(s.dates.undecided for s in file.sheets) == case.undecided
    doubtful = dict.fromkeys(clip.line for clip in clips if clip.doubts)
    assert tuple(doubtful) == case.doubtful


# Columns


def test_columns_are_told_with_what_is_not_read() -> None:
    (sheet,) = read(
        text("""
            Date,Outlet,Headline,Reach,Sentiment
            2025-01-02,Hallam Echo,A pipe,900,neutral
        """)
    ).sheets
    assert sheet.columns.heading_of("date") == "Date"
    assert sheet.columns.unread == ("Reach", "Sentiment")
    assert sheet.columns.guessed == ()


@pytest.mark.parametrize(
    "heading", ["Quote / notes", "Notes and quotes", "Zitat / Bemerkung"]
)
def test_words_that_may_be_the_offices_own_are_a_note(heading: str) -> None:
    (clip,) = clips_of(
        text(f"""
            Date,Outlet,Headline,{heading}
            2025-01-02,Hallam Echo,A pipe,call them back
        """)
    )
    assert (clip.note, clip.text) == ("call them back", "")


def test_a_person_may_name_a_column() -> None:
    content = text("""
        Alpha,Beta,Gamma
        2025-01-02,Hallam Echo,One pipe
        2025-01-03,Hallam Echo,Two
    """)
    wish = ClipWish({"date": "alpha", "outlet": "Beta", "headline": "Gamma"})
    assert [c.title for c in clips_of(content, wish=wish)] == [
        "One pipe",
        "Two",
    ]


def test_a_column_that_does_not_exist_is_named() -> None:
    with pytest.raises(DigestError, match="found date=Delta"):
        read(
            text("Date,Outlet,Headline\n2025-01-02,Echo,One"),
            wish=ClipWish({"date": "Delta"}),
        )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Outlet,Headline\nHallam Echo,A pipe", "no column of dates"),
        ("Date,Outlet\n2025-01-02,Hallam Echo", "no column of headlines"),
        ("", "no column"),
        ("Name,Phone\nAda,5", "no column of dates"),
    ],
)
def test_a_sheet_that_is_none_of_clips_is_refused(
    content: str, words: str
) -> None:
    with pytest.raises(DigestError, match=words):
        read(content.encode())


def test_a_sheet_of_a_workbook_that_is_none_of_clips_is_named() -> None:
    content = book(
        (
            "Clips",
            rows(["Date", "Headline", "Outlet"], [date(2025, 1, 2), "A", "B"]),
        ),
        ("People", rows(["Name", "Phone"], ["Ada", 5])),
    )
    file = read(content, "clips.xlsx")
    assert [sheet.name for sheet in file.sheets] == ["Clips"]
    assert "not read: the sheet People" in file.notes[0]


def test_one_sheet_may_be_chosen() -> None:
    content = book(
        (
            "2024",
            rows(["Date", "Headline", "Outlet"], [date(2024, 1, 2), "A", "B"]),
        ),
        (
            "2025",
            rows(["Date", "Headline", "Outlet"], [date(2025, 1, 2), "C", "B"]),
        ),
    )
    wish = ClipWish(sheets=("2025",))
    assert [c.title for c in clips_of(content, "a.xlsx", wish)] == ["C"]
    with pytest.raises(DigestError, match="has no sheet 2026"):
        read(content, "a.xlsx", ClipWish(sheets=("2026",)))


# Dates


def test_a_person_may_say_the_order_of_day_and_month() -> None:
    content = text("Date,Outlet,Headline\n03/04/2024,Echo,A\n04/05/2024,Echo,B")
    for day_first, day in ((True, date(2024, 4, 3)), (False, date(2024, 3, 4))):
        wish = ClipWish(day_first=day_first)
        assert clips_of(content, wish=wish)[0].date == day
        assert not read(content, wish=wish).sheets[0].dates.undecided


@pytest.mark.parametrize(
    ("heading", "cells", "day_first", "because"),
    [
        ("Date (dd/mm/yyyy)", ["03/04/2024"], True, "the heading says"),
        ("Date (mm/dd/yyyy)", ["03/04/2024"], False, "the heading says"),
        (
            "Date",
            ["1/2/2024", "2/1/2024", "2/2/2024", "3/1/2024", "4/2/2024"],
            False,
            "in the order",
        ),
        ("Date", ["03/04/2024 5:12 PM"], False, "AM or PM"),
        ("Fecha", ["03/04/2024"], True, "seems to be from"),
        ("Date", ["21/04/2024", "03/04/2024"], True, "can be nothing else"),
    ],
)
def test_the_column_decides_how_a_date_is_read(
    heading: str, cells: Sequence[str], day_first: bool, because: str
) -> None:
    lines = [[heading, "Outlet", "Headline"]]
    lines += [[cell, "Echo", f"Headline {n}"] for n, cell in enumerate(cells)]
    (sheet,) = read(table(lines)).sheets
    assert sheet.dates.day_first == day_first
    assert because in sheet.dates.because
    assert not sheet.dates.undecided


def test_two_orders_in_one_column_are_said() -> None:
    (sheet,) = read(
        text(
            "Date,Outlet,Headline\n21/04/2024,Echo,A\n22/04/2024,Echo,B\n04/23/2024,Echo,C"
        )
    ).sheets
    assert [c.date.day for c in sheet.clips] == [21, 22, 23]
    assert "written in two orders" in sheet.notes[0]


def test_days_that_a_spreadsheet_took_for_months_are_said() -> None:
    days = [date(2024, month, 3) for month in (1, 2, 4, 5)]
    content = book(
        (
            "A",
            rows(
                ["Date", "Outlet", "Headline"],
                *([day, "Echo", f"Headline {day}"] for day in days),
                ["21/04/2024", "Echo", "Text"],
            ),
        )
    )
    (sheet,) = read(content, "a.xlsx").sheets
    assert "may have taken days for months" in sheet.notes[0]


def test_an_empty_date_is_that_of_the_row_above_if_a_person_says_so() -> None:
    content = text("""
        Date,Outlet,Headline
        2025-01-02,Hallam Echo,One
        ,,Two
    """)
    assert len(clips_of(content)) == 1
    wish = ClipWish(fills_down=True)
    assert [str(c.date) for c in clips_of(content, wish=wish)] == [
        "2025-01-02"
    ] * 2


def test_a_year_may_be_given() -> None:
    content = text("Date,Outlet,Headline\n5 March,Echo,One")
    assert (
        read(content).sheets[0].set_aside[0].reason
        == "the date has no year: 5 March"
    )
    (clip,) = clips_of(content, wish=ClipWish(year=2021))
    assert (str(clip.date), clip.doubts) == (
        "2021-03-05",
        ("the year is taken to be 2021",),
    )


# Files that are none


@pytest.mark.parametrize("name", ["clips.xlsx", "clips.ods", "clips.xls"])
def test_a_broken_spreadsheet_is_an_error_in_words(name: str) -> None:
    with pytest.raises(DigestError, match="cannot be opened"):
        read(b"PK\x03\x04 and no more", name)


def test_a_link_that_cannot_be_read_stops_nothing() -> None:
    content = book(
        (
            "A",
            rows(["Date", "Outlet", "Headline"], ["2025-01-02", "Echo", "One"]),
        )
    )
    source = zipfile.ZipFile(io.BytesIO(content))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                data += b"<"
            archive.writestr(name, data)
    try:
        clips = clips_of(target.getvalue(), "a.xlsx")
    except DigestError:
        return
    assert [clip.title for clip in clips] == ["One"]


# Properties

CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "Date",
            "Outlet",
            "Headline",
            "URL",
            "2025-01-02",
            "3/4/2024",
            f"{C}/a",
            "Total",
            '=HYPERLINK("x")',
            '"',
            "",
            "45356",
            "0/0/0000",
            "31/31/31",
        ]
    ),
)
TABLES = st.lists(st.lists(CELLS, max_size=6), max_size=12)


def check_sums(content: bytes, name: str, count: int | None = None) -> None:
    """Hold that a file is refused in words, or each of its rows below the headings is accounted for."""
    try:
        file = read(content, name)
    except DigestError:
        return
    for sheet in file.sheets:
        lines = [c.line for c in sheet.clips]
        lines += [note.line for note in (*sheet.passed_over, *sheet.set_aside)]
        assert len(set(lines)) == len(lines)
        assert len(lines) + sheet.blank == sheet.rows
        assert all(line > sheet.heading_line for line in lines)
        for clip in sheet.clips:
            assert clip.date <= TODAY
            assert clip.outlet
            assert not clip.url or clip.url.startswith(("http://", "https://"))
        if count is not None:
            assert sheet.rows <= count


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    check_sums(content, "clips.csv")


@given(TABLES, st.sampled_from([",", ";", "\t"]))
def test_any_table_is_read_or_refused_in_words_and_its_sums_add_up(
    lines: list[list[str]], delimiter: str
) -> None:
    lines = [["Date", "Outlet", "Headline", "URL"], *lines]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(lines)
    check_sums(out.getvalue().encode("utf-8", "replace"), "clips.csv", None)


@given(
    st.lists(
        st.tuples(
            st.dates(date(1950, 1, 1), TODAY),
            st.text("abc é漢", min_size=1, max_size=20),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_each_row_of_a_plain_sheet_is_a_clip_of_its_day(
    clips: list[tuple[date, str]],
) -> None:
    lines = [["Date", "Outlet", "Headline"]]
    lines += [[day.isoformat(), "Echo", f"x {title}"] for day, title in clips]
    stored = clips_of(table(lines))
    assert [clip.date for clip in stored] == [day for day, _ in clips]


def test_it_is_said_where_links_may_be_hidden(tmp_path: Path) -> None:
    """An .xlsb is an archive without the XML that names the links; an .xls is none at all."""
    file = tmp_path / "clips.xlsb"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.bin", b"")
    assert hides_links(file)
    file = tmp_path / "clips.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0")
    assert hides_links(file)
    file = tmp_path / "clips.xlsx"
    file.write_bytes(book(("2025", rows(["Date", "Outlet", "Headline"]))))
    assert not hides_links(file)

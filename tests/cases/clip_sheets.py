"""Sheets of past clips as press offices keep them, all invented, each with its right answer.

Their columns are named as monitoring services document them for their exports, and as people name
them. A day is the one on which a clip came out; rows that are no clips are named by their lines.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

TODAY = date(2026, 2, 27)
C = "https://courier.example"
H = "https://harbour.example"


@dataclass(frozen=True)
class Clip:
    """A clip as it is to be read."""

    day: str
    outlet: str
    title: str
    url: str = ""
    place: str = ""
    note: str = ""
    text: str = ""


@dataclass(frozen=True)
class ClipCase:
    """A sheet and its right answer."""

    name: str
    kind: str
    file: str
    content: bytes
    clips: tuple[Clip, ...]
    set_aside: tuple[int, ...] = ()  #: lines
    passed_over: tuple[int, ...] = ()  #: lines
    blank: int = 0
    undecided: bool = False
    doubtful: tuple[int, ...] = ()  #: lines about which something is said
    wish: dict[str, Any] = field(default_factory=dict)


def text(lines: str, encoding: str = "utf-8") -> bytes:
    """Return the lines of a text, without the indent of this file."""
    return (
        "\r\n".join(line.strip() for line in lines.strip().splitlines())
        + "\r\n"
    ).encode(encoding)


def table(
    rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def book(*sheets: tuple[str, Callable[[Worksheet], None]]) -> bytes:
    """Return a workbook of some sheets, each filled by a function."""
    workbook = openpyxl.Workbook()
    for number, (name, fill) in enumerate(sheets):
        sheet = workbook.active if number == 0 else workbook.create_sheet()
        assert isinstance(sheet, Worksheet)
        sheet.title = name
        fill(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def rows(*several: Sequence[Any]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in several:
            sheet.append(list(row))

    return fill


def linked(
    cells: dict[str, str], *several: Sequence[Any]
) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        rows(*several)(sheet)
        for cell, address in cells.items():
            sheet[cell].hyperlink = address

    return fill


def merged(
    ranges: Sequence[str], *several: Sequence[Any]
) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        rows(*several)(sheet)
        for cells in ranges:
            sheet.merge_cells(cells)

    return fill


MELTWATER = (
    "Date,Time,Document ID,URL,Input Name,Keywords,Information Type,Source Type,Source Name,Source Domain,"
    "Content Type,Author Name,Author Handle,Title,Opening Text,Hit Sentence,Image,Hashtags,Links,Country,"
    "Region,State,City,Language,Sentiment,Keyphrases,Reach,Global Reach,AVE"
).split(",")


def meltwater(**cells: str) -> list[str]:
    return [cells.get(name.replace(" ", "_"), "") for name in MELTWATER]


CASES = (
    ClipCase(
        "a coverage log of an American office",
        "logs",
        "coverage.csv",
        text(f"""
            Date,Outlet,Headline,Link,Notes
            1/5/2026,The Courier,Lead pipes counted in Hallam,{C}/a/1?utm_source=newsletter,Maren quoted
            01/23/26,Harbour Post,Council delays its pipe survey,{H}/pipes-survey,
            2/11/2026,The Courier,What is in the water?,https://www.courier.example/a/2,Op-ed pitched by us
        """),
        (
            Clip(
                "2026-01-05",
                "The Courier",
                "Lead pipes counted in Hallam",
                f"{C}/a/1",
                note="Maren quoted",
            ),
            Clip(
                "2026-01-23",
                "Harbour Post",
                "Council delays its pipe survey",
                f"{H}/pipes-survey",
            ),
            Clip(
                "2026-02-11",
                "The Courier",
                "What is in the water?",
                "https://www.courier.example/a/2",
                note="Op-ed pitched by us",
            ),
        ),
    ),
    ClipCase(
        "a clip book with titles, totals and a page",
        "totals and titles",
        "clips 2025.csv",
        text("""
            Open Water Trust – press clippings,,,,
            updated by Ana,,,,
            ,,,,
            Published,Publication,Article title,Page,URL
            14/03/2025,Hallam Echo,Pipes of lead,3,
            15/03/2025,Hallam Echo,The long wait for clean water,,https://echo.example/news/long-wait
            ,,,,
            Total,2,,,
        """),
        (
            Clip("2025-03-14", "Hallam Echo", "Pipes of lead", place="page 3"),
            Clip(
                "2025-03-15",
                "Hallam Echo",
                "The long wait for clean water",
                "https://echo.example/news/long-wait",
            ),
        ),
        passed_over=(8,),
        blank=1,
    ),
    ClipCase(
        "Meltwater, the columns of today",
        "exports",
        "Meltwater Export.csv",
        table(
            [
                MELTWATER,
                meltwater(
                    Date="07-Jul-2025",
                    Time="05:12PM",
                    URL=f"{C}/a/7",
                    Input_Name="Open Water",
                    Source_Type="news",
                    Source_Name="The Courier",
                    Source_Domain="courier.example",
                    Author_Name="Ida Brand",
                    Title="Trust sues Hallam County",
                    Opening_Text="HALLAM — A suit was filed on Monday.",
                    Hit_Sentence="Open Water said that it had waited for years.",
                    Country="US",
                    Language="English",
                    Reach="120000",
                ),
                meltwater(
                    Date="11-Aug-2025",
                    URL=f"{H}/hearing",
                    Source_Name="Harbour Post",
                    Title="Hearing in the case of lead pipes",
                    Hit_Sentence="Open Water asked for records.",
                    Reach="8000",
                ),
            ],
            "\t",
            "utf-16",
        ),
        (
            Clip(
                "2025-07-07",
                "The Courier",
                "Trust sues Hallam County",
                f"{C}/a/7",
                text="Open Water said that it had waited for years.\n\nHALLAM — A suit was filed on Monday.",
            ),
            Clip(
                "2025-08-11",
                "Harbour Post",
                "Hearing in the case of lead pipes",
                f"{H}/hearing",
                text="Open Water asked for records.",
            ),
        ),
    ),
    ClipCase(
        "Meltwater, the columns of before, as a workbook",
        "exports",
        "mentions.xlsx",
        book(
            (
                "Mentions",
                rows(
                    [
                        "Date",
                        "Headline",
                        "URL",
                        "Opening Text",
                        "Hit Sentence",
                        "Source",
                        "Influencer",
                        "Country",
                        "Reach",
                    ],
                    [
                        datetime(2024, 5, 6, 9, 30),  # noqa: DTZ001 # as a spreadsheet has it
                        "Water for Northgate",
                        f"{C}/a/9",
                        "",
                        "",
                        "The Courier",
                        "",
                        "US",
                        5000,
                    ],
                    [
                        datetime(2024, 5, 16, 23, 59),  # noqa: DTZ001 # as above
                        "Northgate waits",
                        f"{H}/wait",
                        "",
                        "Nobody came.",
                        "Harbour Post",
                        "",
                        "US",
                        90,
                    ],
                ),
            )
        ),
        (
            Clip(
                "2024-05-06", "The Courier", "Water for Northgate", f"{C}/a/9"
            ),
            Clip(
                "2024-05-16",
                "Harbour Post",
                "Northgate waits",
                f"{H}/wait",
                text="Nobody came.",
            ),
        ),
    ),
    ClipCase(
        "Cision, the columns of its list of mentions",
        "exports",
        "cision.csv",
        text(f"""
            Publication Date,Outlet,Author,Mention,Link,Media Type,Tone,Shares,Article Impact
            2025-10-02,The Courier,By Ida Brand and Leo Orr,Lead and the law,{C}/law,Online,Neutral,12,High
            2025-10-03,Radio Six,,Interview with Maren Oduya,,Radio,Positive,,Low
        """),
        (
            Clip("2025-10-02", "The Courier", "Lead and the law", f"{C}/law"),
            Clip("2025-10-03", "Radio Six", "Interview with Maren Oduya"),
        ),
    ),
    ClipCase(
        "Muck Rack, the columns of a coverage report",
        "exports",
        "coverage report.xlsx",
        book(
            (
                "Articles",
                rows(
                    [
                        "Media outlet",
                        "Headline",
                        "Journalist(s)",
                        "Date",
                        "Link",
                        "UVM",
                        "Journalist shares",
                        "Sentiment",
                        "Notes",
                    ],
                    [
                        "Harbour Post",
                        "A harbour of lead",
                        "Kim Ost",
                        date(2025, 11, 20),
                        f"{H}/lead",
                        91000,
                        3,
                        "Neutral",
                        "embargo kept",
                    ],
                    [
                        "The Courier",
                        "Trust: we told you so",
                        "Ida Brand",
                        date(2025, 12, 1),
                        f"{C}/told",
                        900,
                        0,
                        "Positive",
                        None,
                    ],
                ),
            )
        ),
        (
            Clip(
                "2025-11-20",
                "Harbour Post",
                "A harbour of lead",
                f"{H}/lead",
                note="embargo kept",
            ),
            Clip(
                "2025-12-01",
                "The Courier",
                "Trust: we told you so",
                f"{C}/told",
            ),
        ),
    ),
    ClipCase(
        "Google Alerts, logged by hand",
        "links that lead elsewhere",
        "alerts.csv",
        text("""
            Alert date,Title,Link
            2025-09-30,Lead found in two schools - The Courier,https://www.google.com/url?rct=j&sa=t&url=https://courier.example/schools&ct=ga&cd=CAIy
            2025-10-04,Pipes to be dug up | Harbour Post,https://www.google.com/url?q=https://harbour.example/dug-up&sa=U
        """),
        (
            Clip(
                "2025-09-30",
                "The Courier",
                "Lead found in two schools",
                f"{C}/schools",
            ),
            Clip(
                "2025-10-04",
                "Harbour Post",
                "Pipes to be dug up",
                f"{H}/dug-up",
            ),
        ),
    ),
    ClipCase(
        "Spanish, semicolons, Windows letters",
        "languages",
        "prensa.csv",
        text(
            """
            Fecha;Medio;Titular;Enlace;Observaciones;Página
            3/2/2025;El Faro del Río;El plomo llega a la escuela;https://faro.example/plomo;habló María;
            4/2/2025;Diario Montaña;“No bebáis el agua”;;;12
            """,
            "cp1252",
        ),
        (
            Clip(
                "2025-02-03",
                "El Faro del Río",
                "El plomo llega a la escuela",
                "https://faro.example/plomo",
                note="habló María",
            ),
            Clip(
                "2025-02-04",
                "Diario Montaña",
                "“No bebáis el agua”",
                place="página 12",
            ),
        ),
    ),
    ClipCase(
        "French, days in words",
        "languages",
        "revue de presse.csv",
        text("""
            Date de parution;Titre de presse;Titre de l'article;Lien;Commentaires
            1er mars 2024;Le Phare;Du plomb dans l'eau;https://phare.example/plomb;
            mar. 12 mars 2024;Le Phare;L'eau de Hallam, suite;https://phare.example/suite;deuxième volet
            14 févr. 2024;La Vallée;Une ville attend;;
        """),
        (
            Clip(
                "2024-03-01",
                "Le Phare",
                "Du plomb dans l'eau",
                "https://phare.example/plomb",
            ),
            Clip(
                "2024-03-12",
                "Le Phare",
                "L'eau de Hallam, suite",
                "https://phare.example/suite",
                note="deuxième volet",
            ),
            Clip("2024-02-14", "La Vallée", "Une ville attend"),
        ),
    ),
    ClipCase(
        "German, a workbook with pages",
        "languages",
        "Pressespiegel.xlsx",
        book(
            (
                "2025",
                rows(
                    [
                        "Erscheinungsdatum",
                        "Medium",
                        "Überschrift",
                        "Seite",
                        "Link",
                        "Bemerkung",
                        "Auflage",
                    ],
                    [
                        date(2025, 3, 5),
                        "Talbote",
                        "Blei im Rohr",
                        4,
                        None,
                        "Foto von uns",
                        40000,
                    ],
                    [
                        "12.03.2025",
                        "Hafenzeitung",
                        "Das Wasser der Anderen",
                        None,
                        "https://hafen.example/wasser",
                        None,
                        12000,
                    ],
                ),
            )
        ),
        (
            Clip(
                "2025-03-05",
                "Talbote",
                "Blei im Rohr",
                place="Seite 4",
                note="Foto von uns",
            ),
            Clip(
                "2025-03-12",
                "Hafenzeitung",
                "Das Wasser der Anderen",
                "https://hafen.example/wasser",
            ),
        ),
    ),
    ClipCase(
        "Arabic, figures and months of two regions",
        "languages",
        "قصاصات.csv",
        text(
            """
            التاريخ,الصحيفة,العنوان,الرابط,ملاحظات
            ٥ مارس ٢٠٢٤,صحيفة الميناء,الرصاص في مياه المدينة,https://mina.example/a1,
            12 نيسان 2024,جريدة الوادي,المدينة تنتظر,https://wadi.example/b2,مقابلة مع مارن
            """,
            "utf-8-sig",
        ),
        (
            Clip(
                "2024-03-05",
                "صحيفة الميناء",
                "الرصاص في مياه المدينة",
                "https://mina.example/a1",
            ),
            Clip(
                "2024-04-12",
                "جريدة الوادي",
                "المدينة تنتظر",
                "https://wadi.example/b2",
                note="مقابلة مع مارن",
            ),
        ),
    ),
    ClipCase(
        "Russian, letters of Windows",
        "languages",
        "публикации.csv",
        text(
            """
            Дата;Издание;Заголовок;Ссылка;Комментарий
            5 марта 2024;Вестник долины;Свинец в трубах города;https://vestnik.example/svinec;позвонили сами
            17.05.2024;Портовая газета;Город ждёт чистой воды;https://port.example/voda;
            """,
            "cp1251",
        ),
        (
            Clip(
                "2024-03-05",
                "Вестник долины",
                "Свинец в трубах города",
                "https://vestnik.example/svinec",
                note="позвонили сами",
            ),
            Clip(
                "2024-05-17",
                "Портовая газета",
                "Город ждёт чистой воды",
                "https://port.example/voda",
            ),
        ),
    ),
    ClipCase(
        "Polish, a month that is another one in Croatian",
        "languages",
        "media.csv",
        text("""
            Data publikacji;Redakcja;Tytuł;Link
            5 listopada 2024;Głos Doliny;Ołów w rurach;https://glos.example/olow
            3 marca 2024;Głos Doliny;Miasto czeka na wodę;https://glos.example/woda
        """),
        (
            Clip(
                "2024-11-05",
                "Głos Doliny",
                "Ołów w rurach",
                "https://glos.example/olow",
            ),
            Clip(
                "2024-03-03",
                "Głos Doliny",
                "Miasto czeka na wodę",
                "https://glos.example/woda",
            ),
        ),
    ),
    ClipCase(
        "a workbook with a merged title and a total",
        "workbooks",
        "media.xlsx",
        book(
            (
                "Log",
                merged(
                    ["A1:E1"],
                    ["Media coverage, Open Water", None, None, None, None],
                    [None],
                    [
                        "Date",
                        "Media outlet",
                        "Headline",
                        "Web link",
                        "Comments",
                    ],
                    [
                        date(2025, 6, 1),
                        "The Courier",
                        "Summer of lead",
                        f"{C}/summer",
                        "great photo",
                    ],
                    [
                        date(2025, 6, 13),
                        "Harbour Post",
                        "Taps are shut",
                        f"{H}/taps",
                        None,
                    ],
                    ["Total", 2, None, None, None],
                ),
            )
        ),
        (
            Clip(
                "2025-06-01",
                "The Courier",
                "Summer of lead",
                f"{C}/summer",
                note="great photo",
            ),
            Clip("2025-06-13", "Harbour Post", "Taps are shut", f"{H}/taps"),
        ),
        passed_over=(6,),
    ),
    ClipCase(
        "a day merged over its rows",
        "workbooks",
        "by day.xlsx",
        book(
            (
                "By day",
                merged(
                    ["A2:A4"],
                    ["Date", "Outlet", "Headline", "URL"],
                    [
                        date(2025, 8, 4),
                        "The Courier",
                        "Lead, again",
                        f"{C}/again",
                    ],
                    [None, "Harbour Post", "County answers", f"{H}/answers"],
                    [None, "Radio Six", "Live from the hearing", None],
                    [
                        date(2025, 8, 15),
                        "The Courier",
                        "A week later",
                        f"{C}/later",
                    ],
                ),
            )
        ),
        (
            Clip("2025-08-04", "The Courier", "Lead, again", f"{C}/again"),
            Clip(
                "2025-08-04", "Harbour Post", "County answers", f"{H}/answers"
            ),
            Clip("2025-08-04", "Radio Six", "Live from the hearing"),
            Clip("2025-08-15", "The Courier", "A week later", f"{C}/later"),
        ),
    ),
    ClipCase(
        "links behind the headlines",
        "workbooks",
        "linked.xlsx",
        book(
            (
                "Clips",
                linked(
                    {"C2": f"{C}/behind", "C3": f"{H}/behind"},
                    ["Date", "Outlet", "Headline", "Remarks"],
                    [
                        date(2025, 1, 20),
                        "The Courier",
                        "What lies behind",
                        "see also TV",
                    ],
                    [
                        date(2025, 1, 21),
                        "Harbour Post",
                        "Behind the pipes",
                        None,
                    ],
                    [date(2025, 1, 22), "Hallam Echo", "In print only", None],
                ),
            )
        ),
        (
            Clip(
                "2025-01-20",
                "The Courier",
                "What lies behind",
                f"{C}/behind",
                note="see also TV",
            ),
            Clip(
                "2025-01-21", "Harbour Post", "Behind the pipes", f"{H}/behind"
            ),
            Clip("2025-01-22", "Hallam Echo", "In print only"),
        ),
    ),
    ClipCase(
        "links made by a formula, and a column that says Link",
        "workbooks",
        "formula.xlsx",
        book(
            (
                "Clips",
                linked(
                    {"D3": f"{H}/formula"},
                    ["Date", "Outlet", "Headline", "Link"],
                    [
                        date(2025, 1, 20),
                        "The Courier",
                        f'=HYPERLINK("{C}/formula","By formula")',
                        None,
                    ],
                    [date(2025, 1, 21), "Harbour Post", "By a column", "Link"],
                ),
            )
        ),
        (
            Clip("2025-01-20", "The Courier", "By formula", f"{C}/formula"),
            Clip("2025-01-21", "Harbour Post", "By a column", f"{H}/formula"),
        ),
    ),
    ClipCase(
        "a sheet for each year, days without it, and contacts",
        "workbooks",
        "all years.xlsx",
        book(
            (
                "2023",
                rows(
                    ["When", "Outlet", "Headline", "URL"],
                    ["5 March", "The Courier", "First pipes", f"{C}/2023"],
                ),
            ),
            (
                "2024",
                rows(
                    ["When", "Outlet", "Headline", "URL"],
                    ["7 March", "The Courier", "More pipes", f"{C}/2024"],
                ),
            ),
            ("Contacts", rows(["Name", "Phone"], ["Ida Brand", "555"])),
        ),
        (
            Clip("2023-03-05", "The Courier", "First pipes", f"{C}/2023"),
            Clip("2024-03-07", "The Courier", "More pipes", f"{C}/2024"),
        ),
        doubtful=(2,),
    ),
    ClipCase(
        "days as people write them",
        "dates",
        "days.csv",
        table(
            [
                ["Date", "Outlet", "Headline"],
                ["March 5th, 2024", "Hallam Echo", "One"],
                ["Fri 8 Mar 2024", "Hallam Echo", "Two"],
                ["2024.03.09", "Hallam Echo", "Three"],
                ["10-Mar-24", "Hallam Echo", "Four"],
                ["Sept 3, 2024", "Hallam Echo", "Five"],
                ["5-6 October 2024", "Hallam Echo", "Six"],
                ["tbc", "Hallam Echo", "Seven"],
            ]
        ),
        (
            Clip("2024-03-05", "Hallam Echo", "One"),
            Clip("2024-03-08", "Hallam Echo", "Two"),
            Clip("2024-03-09", "Hallam Echo", "Three"),
            Clip("2024-03-10", "Hallam Echo", "Four"),
            Clip("2024-09-03", "Hallam Echo", "Five"),
            Clip("2024-10-05", "Hallam Echo", "Six"),
        ),
        set_aside=(8,),
        doubtful=(7,),
    ),
    ClipCase(
        "serial numbers of a spreadsheet",
        "dates",
        "serial.csv",
        text("""
            Date,Outlet,Headline,Reach
            45356,Hallam Echo,Numbers for days,45000
            45357.5,Hallam Echo,A day and a half,39000
        """),
        (
            Clip("2024-03-05", "Hallam Echo", "Numbers for days"),
            Clip("2024-03-06", "Hallam Echo", "A day and a half"),
        ),
    ),
    ClipCase(
        "years and months alone, and one in the future",
        "dates",
        "history.csv",
        text("""
            Date,Outlet,Headline
            1998,Hallam Echo,The first pipe
            March 2018,Hallam Echo,A pipe bursts
            2027-01-01,Hallam Echo,Not yet
            ,Hallam Echo,Whenever it was
        """),
        (
            Clip("1998-01-01", "Hallam Echo", "The first pipe"),
            Clip("2018-03-01", "Hallam Echo", "A pipe bursts"),
        ),
        set_aside=(4, 5),
    ),
    ClipCase(
        "days that can be read in two ways",
        "dates",
        "either.csv",
        text("""
            Date,Outlet,Headline
            03/04/2024,Hallam Echo,Either way
            05/04/2024,Hallam Echo,Or the other
        """),
        (
            Clip("2024-04-03", "Hallam Echo", "Either way"),
            Clip("2024-04-05", "Hallam Echo", "Or the other"),
        ),
        undecided=True,
    ),
    ClipCase(
        "days that only one order leaves in the past",
        "dates",
        "this year.csv",
        text("""
            Date,Outlet,Headline
            02/10/2026,Hallam Echo,In February
            02/12/2026,Hallam Echo,Also in February
        """),
        (
            Clip("2026-02-10", "Hallam Echo", "In February"),
            Clip("2026-02-12", "Hallam Echo", "Also in February"),
        ),
    ),
    ClipCase(
        "no headings at all",
        "headings",
        "list.csv",
        text(f"""
            2025-04-02,The Courier,The water of April is brown,{C}/april,they rang us twice before noon
            2025-05-13,Harbour Post,The water of May is no better,{H}/may,
            2025-06-14,The Courier,In June there is no water,{C}/june,
        """),
        (
            Clip(
                "2025-04-02",
                "The Courier",
                "The water of April is brown",
                f"{C}/april",
                note="they rang us twice before noon",
            ),
            Clip(
                "2025-05-13",
                "Harbour Post",
                "The water of May is no better",
                f"{H}/may",
            ),
            Clip(
                "2025-06-14",
                "The Courier",
                "In June there is no water",
                f"{C}/june",
            ),
        ),
    ),
    ClipCase(
        "headings in a language that is not known",
        "headings",
        "úrklippur.csv",
        text("""
            Dagsetning;Miðill;Fyrirsögn;Slóð
            5. mars 2024;Dalablaðið;Blý í vatni bæjarins fannst;https://dalur.example/bly
            7. mars 2024;Hafnarpóstur;Bærinn bíður eftir vatni;https://hofn.example/vatn
        """),
        (
            Clip(
                "2024-03-05",
                "Dalablaðið",
                "Blý í vatni bæjarins fannst",
                "https://dalur.example/bly",
            ),
            Clip(
                "2024-03-07",
                "Hafnarpóstur",
                "Bærinn bíður eftir vatni",
                "https://hofn.example/vatn",
            ),
        ),
    ),
    ClipCase(
        "groups, blank rows and the headings once more",
        "totals and titles",
        "grouped.csv",
        text(f"""
            Date;Outlet;Headline;URL
            INTERNATIONAL;;;
            14.01.2025;The Courier;Abroad, too;{C}/abroad

            NATIONAL;;;
            Date;Outlet;Headline;URL
            15.01.2025;Harbour Post;At home;{H}/home
            ;;;
        """),
        (
            Clip("2025-01-14", "The Courier", "Abroad, too", f"{C}/abroad"),
            Clip("2025-01-15", "Harbour Post", "At home", f"{H}/home"),
        ),
        passed_over=(2, 5, 6),
        blank=2,
    ),
    ClipCase(
        "a log of radio and television",
        "without addresses",
        "broadcast.csv",
        text("""
            Air date,Station,Program,Time code,What was said
            2025-02-03,Radio Six,Morning hour,7:45,"Maren Oduya, of Open Water, said that nobody had asked."
            2025-02-04,Channel Nine,The evening,18:02,Open Water was right.
        """),
        (
            Clip(
                "2025-02-03",
                "Radio Six",
                "Maren Oduya, of Open Water, said that nobody had asked.",
                place="7:45",
                text="Maren Oduya, of Open Water, said that nobody had asked.",
            ),
            Clip(
                "2025-02-04",
                "Channel Nine",
                "Open Water was right.",
                place="18:02",
                text="Open Water was right.",
            ),
        ),
    ),
    ClipCase(
        "print, and what is no address",
        "without addresses",
        "print.csv",
        text("""
            Date,Newspaper,Title,Page,Link
            2025-02-03,Hallam Echo,Front page news,1,https://www.echo.example/
            2025-02-04,Hallam Echo,Second page news,2-3,print only
            2025-02-05,Hallam Echo,Third page news,p. 3,n/a
        """),
        (
            Clip(
                "2025-02-03", "Hallam Echo", "Front page news", place="page 1"
            ),
            Clip(
                "2025-02-04",
                "Hallam Echo",
                "Second page news",
                place="page 2-3",
            ),
            Clip("2025-02-05", "Hallam Echo", "Third page news", place="p. 3"),
        ),
        doubtful=(2, 3),
    ),
    ClipCase(
        "notes over several lines, and addresses without http",
        "text files",
        "notes.csv",
        (
            b"Date,Outlet,Headline,URL,Notes\n"
            b'2025-07-01,The Courier,"A headline, with a comma",www.courier.example/comma,"first line\nsecond line"\n'
            b"2025-07-02,Harbour Post,Plain,harbour.example/plain,\n"
        ),
        (
            Clip(
                "2025-07-01",
                "The Courier",
                "A headline, with a comma",
                "https://www.courier.example/comma",
                note="first line\n\nsecond line",
            ),
            Clip(
                "2025-07-02",
                "Harbour Post",
                "Plain",
                "https://harbour.example/plain",
            ),
        ),
    ),
    ClipCase(
        "a quote that is never closed",
        "text files",
        "quote.csv",
        (
            "Date,Outlet,Headline,URL\n"
            f"2025-07-01,The Courier,Before,{C}/before\n"
            f'2025-07-02,The Courier,"Never closed,{C}/open\n'
            f"2025-07-03,The Courier,After,{C}/after\n"
        ).encode(),
        (
            Clip("2025-07-01", "The Courier", "Before", f"{C}/before"),
            Clip("2025-07-03", "The Courier", "After", f"{C}/after"),
        ),
        set_aside=(3,),
    ),
    ClipCase(
        "tabs in UTF-16, as a spreadsheet saves Unicode text",
        "text files",
        "unicode.txt",
        table(
            [
                ["Datum", "Zeitung", "Titel", "Seite"],
                ["03.02.2025", "Talbote", "Größe zählt", "7"],
                ["04.02.2025", "Hafenzeitung", "Ärger am Fluß", ""],
            ],
            "\t",
            "utf-16",
        ),
        (
            Clip("2025-02-03", "Talbote", "Größe zählt", place="Seite 7"),
            Clip("2025-02-04", "Hafenzeitung", "Ärger am Fluß"),
        ),
    ),
    ClipCase(
        "links and dates only",
        "without headlines",
        "links.csv",
        text(f"""
            date,link,comment
            2025-03-03,{C}/only-link,
            2025-03-04,{H}/only-link,seen by Ana
        """),
        (),
        set_aside=(2, 3),
    ),
)

#: Sheets that were written down after the rules were, to see how these do on others.
KEPT_BACK = (
    ClipCase(
        "Italian",
        "languages",
        "rassegna.csv",
        text("""
            Testata;Data;Titolo;Pagina;Link;Note
            La Voce del Porto;05/03/2024;Piombo nei tubi;;https://voce.example/piombo;chiamati noi
            Il Faro;18/03/2024;La città aspetta;9;;
        """),
        (
            Clip(
                "2024-03-05",
                "La Voce del Porto",
                "Piombo nei tubi",
                "https://voce.example/piombo",
                note="chiamati noi",
            ),
            Clip("2024-03-18", "Il Faro", "La città aspetta", place="pagina 9"),
        ),
    ),
    ClipCase(
        "Portuguese, in letters of Windows",
        "languages",
        "clipping.csv",
        text(
            """
            Data;Veículo;Título;Link;Observação
            05/03/2024;Diário do Cais;Chumbo na água da cidade;https://cais.example/chumbo;entrevista com Maren
            06/03/2024;Rádio Seis;“Ninguém veio”;;
            """,
            "cp1252",
        ),
        (
            Clip(
                "2024-03-05",
                "Diário do Cais",
                "Chumbo na água da cidade",
                "https://cais.example/chumbo",
                note="entrevista com Maren",
            ),
            Clip("2024-03-06", "Rádio Seis", "“Ninguém veio”"),
        ),
    ),
    ClipCase(
        "Japanese",
        "languages",
        "掲載一覧.csv",
        text("""
            掲載日,媒体,見出し,URL,備考
            2024年3月5日,港新聞,水道管から鉛,https://minato.example/namari,電話取材
            2024/3/12,谷日報,町は待つ,https://tani.example/matsu,
        """),
        (
            Clip(
                "2024-03-05",
                "港新聞",
                "水道管から鉛",
                "https://minato.example/namari",
                note="電話取材",
            ),
            Clip(
                "2024-03-12", "谷日報", "町は待つ", "https://tani.example/matsu"
            ),
        ),
    ),
    ClipCase(
        "German, headings with signs",
        "languages",
        "Clippings.csv",
        text("""
            Datum;Medium;Titel/Thema;Autor:in;Link
            5.3.2024;Talbote;Blei in der Schule;Eva Holm;https://talbote.example/blei
            06.03.24;Hafenzeitung;Eine Stadt wartet;;https://hafen.example/stadt
        """),
        (
            Clip(
                "2024-03-05",
                "Talbote",
                "Blei in der Schule",
                "https://talbote.example/blei",
            ),
            Clip(
                "2024-03-06",
                "Hafenzeitung",
                "Eine Stadt wartet",
                "https://hafen.example/stadt",
            ),
        ),
    ),
    ClipCase(
        "a form of Google Sheets: when it was logged, and when it came out",
        "logs",
        "form answers.csv",
        text(f"""
            Timestamp,Date published,Outlet name,Article headline,Link to article,Anything else?
            2/27/2026 9:12:01,1/30/2026,The Courier,Lead in the school,{C}/school,reporter is new
            2/27/2026 9:15:44,2/3/2026,Harbour Post,A vote is near,{H}/vote,
        """),
        (
            Clip(
                "2026-01-30", "The Courier", "Lead in the school", f"{C}/school"
            ),
            Clip("2026-02-03", "Harbour Post", "A vote is near", f"{H}/vote"),
        ),
    ),
    ClipCase(
        "what and where",
        "logs",
        "hits.csv",
        text(f"""
            Date of article,Where,What,URL,Our take
            Jan 5 2025,The Courier,What the county knew,{C}/knew,good for us
            Jan 15 2025,Harbour Post,The county did not know,{H}/not-know,
        """),
        (
            Clip(
                "2025-01-05", "The Courier", "What the county knew", f"{C}/knew"
            ),
            Clip(
                "2025-01-15",
                "Harbour Post",
                "The county did not know",
                f"{H}/not-know",
            ),
        ),
    ),
    ClipCase(
        "the kind of outlet before the outlet",
        "logs",
        "médias.csv",
        text("""
            Date;Type de média;Média;Titre;URL;Tonalité
            05/03/2024;Web;Le Phare;Une eau trouble;https://phare.example/trouble;neutre
            22/03/2024;Presse écrite;La Vallée;Le plomb, encore;;positive
        """),
        (
            Clip(
                "2024-03-05",
                "Le Phare",
                "Une eau trouble",
                "https://phare.example/trouble",
            ),
            Clip("2024-03-22", "La Vallée", "Le plomb, encore"),
        ),
    ),
    ClipCase(
        "Talkwalker, some of its columns",
        "exports",
        "export.csv",
        text(f"""
            published,url,title,content_snippet,host_url,domain_url,source_type,lang,reach
            2024-05-06T22:30:00Z,{C}/tw,Trust wins in court,The court ruled on Monday.,http://courier.example/,http://courier.example/,ONLINENEWS,en,900
            2024-05-07T01:00:00Z,{H}/tw,County appeals,,http://harbour.example/,http://harbour.example/,ONLINENEWS,en,90
        """),
        (
            Clip(
                "2024-05-06",
                "The Courier",
                "Trust wins in court",
                f"{C}/tw",
                text="The court ruled on Monday.",
            ),
            Clip("2024-05-07", "Harbour Post", "County appeals", f"{H}/tw"),
        ),
    ),
    ClipCase(
        "an archive of newspapers",
        "exports",
        "results.xlsx",
        book(
            (
                "Results",
                rows(
                    [
                        "Publication",
                        "Title",
                        "Byline",
                        "Publication date",
                        "Section",
                        "Page",
                        "Length",
                        "Language",
                    ],
                    [
                        "Hallam Echo",
                        "Pipes and politics",
                        "Leo Orr",
                        "March 5, 2019 Tuesday",
                        "News",
                        "A1",
                        "900 words",
                        "English",
                    ],
                    [
                        "Hallam Echo",
                        "A letter on lead",
                        "",
                        "March 19, 2019 Tuesday",
                        "Opinion",
                        "A9",
                        "90 words",
                        "English",
                    ],
                ),
            )
        ),
        (
            Clip("2019-03-05", "Hallam Echo", "Pipes and politics", place="A1"),
            Clip("2019-03-19", "Hallam Echo", "A letter on lead", place="A9"),
        ),
    ),
    ClipCase(
        "day, month and year in columns of their own",
        "dates",
        "three columns.csv",
        text("""
            Day,Month,Year,Outlet,Headline
            5,March,2024,Hallam Echo,In three parts
            16,April,2024,Hallam Echo,And in three again
        """),
        (
            Clip("2024-03-05", "Hallam Echo", "In three parts"),
            Clip("2024-04-16", "Hallam Echo", "And in three again"),
        ),
    ),
    ClipCase(
        "months above days",
        "dates",
        "diary 2024.csv",
        text("""
            Date,Outlet,Headline
            March 2024,,
            5,Hallam Echo,On the fifth
            16,Hallam Echo,On the sixteenth
        """),
        (
            Clip("2024-03-05", "Hallam Echo", "On the fifth"),
            Clip("2024-03-16", "Hallam Echo", "On the sixteenth"),
        ),
        passed_over=(2,),
    ),
    ClipCase(
        "a page and its file",
        "workbooks",
        "with files.xlsx",
        book(
            (
                "2025",
                linked(
                    {
                        "D2": f"{C}/file",
                        "E2": "https://files.example/courier.pdf",
                        "E3": "https://files.example/echo.pdf",
                    },
                    ["Date", "Outlet", "Headline", "Link", "PDF"],
                    [
                        date(2025, 1, 20),
                        "The Courier",
                        "With a file",
                        "open",
                        "open",
                    ],
                    [
                        date(2025, 1, 21),
                        "Hallam Echo",
                        "Only a file",
                        None,
                        "open",
                    ],
                ),
            )
        ),
        (
            Clip("2025-01-20", "The Courier", "With a file", f"{C}/file"),
            Clip(
                "2025-01-21",
                "Hallam Echo",
                "Only a file",
                "https://files.example/echo.pdf",
            ),
        ),
    ),
    ClipCase(
        "radio and its programmes, in Spanish",
        "without addresses",
        "radio.csv",
        text("""
            Fecha;Hora;Emisora;Programa;Tema;Minuto;Frase
            03/02/2025;8:00;Radio Seis;La mañana;Agua;12:30;Open Water tiene razón.
            14/02/2025;9:00;Onda Valle;El día;Agua;3;Nadie ha venido.
        """),
        (
            Clip(
                "2025-02-03",
                "Radio Seis",
                "Open Water tiene razón.",
                place="12:30",
                text="Open Water tiene razón.",
            ),
            Clip(
                "2025-02-14",
                "Onda Valle",
                "Nadie ha venido.",
                place="minuto 3",
                text="Nadie ha venido.",
            ),
        ),
    ),
    ClipCase(
        "addresses in the cells of headlines, the outlet in brackets of a log in a text",
        "headings",
        "pasted.tsv",
        table(
            [
                ["When", "Outlet", "Story"],
                ["4 Feb 2025", "The Courier", f"Lead and light {C}/light"],
                ["15 Feb 2025", "Harbour Post", f"{H}/no-headline"],
            ],
            "\t",
        ),
        (Clip("2025-02-04", "The Courier", "Lead and light", f"{C}/light"),),
        set_aside=(3,),
    ),
)

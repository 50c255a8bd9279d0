"""Colours: which rows of a spreadsheet are marked by the fill of their cells, or struck out.

People mark unsubscribed rows in red. The meaning of a colour cannot be known: a person is asked,
as about the words of a column. Formats: Office Open XML (ECMA-376, 18.8: styles, 18.3:
worksheets) and OpenDocument (ODF 1.3, part 3, 16.2). Of .xls and .xlsb the colours are not read.
Entities in XML are bounded by expat, so the standard library's parser is safe here (the noqa of
S314 below).
"""

import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from colorsys import rgb_to_hls
from pathlib import Path
from xml.etree import ElementTree  # noqa: ICN001 # its own name says more

from digest.infra.sheets.office_xml import attribute_of, excel_sheet_path

STRUCK_OUT = "struck out"
CHUNK_SIZE = 1 << 20  #: bytes of a worksheet that are read at a time
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
CELL_ROW = re.compile(rb'\br="[A-Z]+(\d+)"')
CELL_STYLE = re.compile(rb'\bs="(\d+)"')
#: Colours by number that old spreadsheets use (ECMA-376, 18.8.27): the first eight, twice.
INDEXED_COLOURS = (
    "000000",
    "FFFFFF",
    "FF0000",
    "00FF00",
    "0000FF",
    "FFFF00",
    "FF00FF",
    "00FFFF",
) * 2
#: The upper end of each hue, in degrees.
HUES = (
    (15, "red"),
    (45, "orange"),
    (70, "yellow"),
    (165, "green"),
    (195, "turquoise"),
    (260, "blue"),
    (330, "purple"),
    (361, "red"),
)
MIN_WHITE_LIGHTNESS = 0.97  #: 0 to 1; more is white
MAX_BLACK_LIGHTNESS = 0.15  #: 0 to 1; less is black, without a hue
MIN_SATURATION = 0.15  #: 0 to 1; less has no hue
#: Rows; fewer do not show whether every other one is coloured only to be read better.
MIN_ROWS_OF_BANDS = 4


def marks_of(file: Path, sheet_name: str) -> dict[int, str]:
    """Return the mark of each row (from 1) of a sheet that has one; nothing if none is known."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return _read_excel_marks(archive, sheet_name)
            if "content.xml" in names:
                return _read_open_document_marks(archive, sheet_name)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError):
        pass  # what cannot be read of the colours is no reason not to read the list
    return {}


def distinguishing_marks(
    marks: Mapping[int, str], rows: Iterable[int]
) -> dict[int, str]:
    """Return the marks of some rows if they distinguish the rows, else nothing.

    A colour that all rows have, or every other one, is there for the eye.
    """
    row_numbers = list(rows)
    mark_per_row = [marks.get(number, "") for number in row_numbers]
    if len(set(mark_per_row)) < 2 or _are_bands(mark_per_row):
        return {}
    return {number: marks[number] for number in row_numbers if number in marks}


def _are_bands(mark_per_row: list[str]) -> bool:
    """Return whether every other row has the same mark."""
    even_marks = set(mark_per_row[::2])
    odd_marks = set(mark_per_row[1::2])
    is_long = len(mark_per_row) >= MIN_ROWS_OF_BANDS
    return is_long and len(even_marks) == len(odd_marks) == 1


def _most_common_marks(counts: Mapping[int, Counter[str]]) -> dict[int, str]:
    return {row: marks.most_common(1)[0][0] for row, marks in counts.items()}


# Office Open XML


def _read_excel_marks(
    archive: zipfile.ZipFile, sheet_name: str
) -> dict[int, str]:
    mark_of_style = _read_excel_styles(archive)
    path = excel_sheet_path(archive, sheet_name)
    if not mark_of_style or not path:
        return {}
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row, style in _read_styled_excel_cells(archive, path):
        if style in mark_of_style:
            counts[row][mark_of_style[style]] += 1
    return _most_common_marks(counts)


def _read_excel_styles(archive: zipfile.ZipFile) -> dict[int, str]:
    """Return the styles of cells, by number, that colour a cell or strike it out."""
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
    fills = [
        _excel_fill_colour(fill) for fill in root.findall("{*}fills/{*}fill")
    ]
    struck_out = [
        _is_struck_out(font) for font in root.findall("{*}fonts/{*}font")
    ]
    marks = {}
    for number, style in enumerate(root.findall("{*}cellXfs/{*}xf")):
        mark = _excel_style_mark(style, fills, struck_out)
        if mark:
            marks[number] = mark
    return marks


def _excel_style_mark(
    style: ElementTree.Element, fills: Sequence[str], struck_out: Sequence[bool]
) -> str:
    """Return the mark of a style, which names a font and a fill by number; "" if it has none."""
    font = int(style.get("fontId", 0))
    fill = int(style.get("fillId", 0))
    if font < len(struck_out) and struck_out[font]:
        return STRUCK_OUT
    if fill < len(fills):
        return fills[fill]
    return ""


def _is_struck_out(font: ElementTree.Element) -> bool:
    strike = font.find("{*}strike")
    return strike is not None and strike.get("val", "1") not in {"0", "false"}


def _excel_fill_colour(fill: ElementTree.Element) -> str:
    """Return the word for the colour of a fill; "" if it has none or is white."""
    pattern = fill.find("{*}patternFill")
    if pattern is None or pattern.get("patternType", "none") in {
        "none",
        "gray125",
    }:
        return ""
    colour = pattern.find("{*}fgColor")
    if colour is None:
        return ""
    rgb = colour.get("rgb")
    if rgb:
        return colour_word(rgb[-6:])
    index = colour.get("indexed")
    if index:
        return _indexed_colour_word(int(index))
    theme = colour.get("theme", "")
    if theme in {"", "0"}:
        return ""
    return f"theme colour {theme}"


def _indexed_colour_word(number: int) -> str:
    if number < len(INDEXED_COLOURS):
        return colour_word(INDEXED_COLOURS[number])
    return f"colour {number}"


def _read_styled_excel_cells(
    archive: zipfile.ZipFile, path: str
) -> Iterator[tuple[int, int]]:
    """Yield row and style of the cells of a worksheet that have a style of their own."""
    with archive.open(path) as worksheet:
        incomplete = b""
        while chunk := worksheet.read(CHUNK_SIZE):
            text = incomplete + chunk
            end = text.rfind(b">") + 1
            incomplete = text[end:]
            for cell in CELL.finditer(text[:end]):
                row = CELL_ROW.search(cell[1])
                style = CELL_STYLE.search(cell[1])
                if row and style:
                    yield int(row[1]), int(style[1])


# OpenDocument


def _read_open_document_marks(
    archive: zipfile.ZipFile, sheet_name: str
) -> dict[int, str]:
    mark_of_style: dict[str, str] = {}
    counts: dict[int, Counter[str]] = {}
    row = 1
    in_sheet = False
    with archive.open("content.xml") as content:
        events = ElementTree.iterparse(content, ("start", "end"))  # noqa: S314
        for event, element in events:
            kind = element.tag.rpartition("}")[2]
            if event == "start":
                if kind == "table":
                    in_sheet = attribute_of(element, "name") == sheet_name
            elif kind == "style":
                mark = _open_document_style_mark(element)
                if mark:
                    mark_of_style[attribute_of(element, "name")] = mark
            elif kind == "table-row":
                if in_sheet:
                    counts[row] = _count_marks(element, mark_of_style)
                    row += int(
                        attribute_of(element, "number-rows-repeated") or 1
                    )
                element.clear()
    return _most_common_marks(
        {row: marks for row, marks in counts.items() if marks}
    )


def _count_marks(
    row: ElementTree.Element, mark_of_style: Mapping[str, str]
) -> Counter[str]:
    """Count the marks of the cells of a row that hold something."""
    counts: Counter[str] = Counter()
    for cell in row:
        style = attribute_of(cell, "style-name")
        if style in mark_of_style and len(cell):
            counts[mark_of_style[style]] += 1
    return counts


def _open_document_style_mark(style: ElementTree.Element) -> str:
    for properties in style:
        if attribute_of(properties, "text-line-through-style") not in {
            "",
            "none",
        }:
            return STRUCK_OUT
        colour = attribute_of(properties, "background-color")
        if colour.startswith("#"):
            return colour_word(colour[1:])
    return ""


def colour_word(colour: str) -> str:
    """Return the word for a colour of six hexadecimal digits; "" for white."""
    red = int(colour[:2], 16) / 255
    green = int(colour[2:4], 16) / 255
    blue = int(colour[4:6], 16) / 255
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    if lightness > MIN_WHITE_LIGHTNESS:
        return ""
    if saturation >= MIN_SATURATION:
        return next(word for end, word in HUES if hue * 360 < end)
    if lightness < MAX_BLACK_LIGHTNESS:
        return "black"
    return "grey"

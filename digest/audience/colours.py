"""Colours: which rows of a spreadsheet are marked by the fill of their cells, or struck out.

People mark who left in red. What a colour means nobody can know: it is asked, as the words of a
column are. Formats: Office Open XML (ECMA-376, 18.8: styles, 18.3: worksheets) and OpenDocument
(ODF 1.3, part 3, 16.2). Of .xls and .xlsb the colours are not read.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from colorsys import rgb_to_hls
from pathlib import Path
from xml.etree import ElementTree  # noqa: ICN001 # its own name says more

STRUCK = "struck out"
AT_ONCE = 1 << 20  #: bytes of a worksheet that are read at once
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
CELL_ROW, CELL_STYLE = re.compile(rb'\br="[A-Z]+(\d+)"'), re.compile(rb'\bs="(\d+)"')
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: Colours by number that old spreadsheets use (ECMA-376, 18.8.27): the first eight, twice.
INDEXED = (
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
HUES = ((15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (195, "turquoise"),
        (260, "blue"), (330, "purple"), (361, "red"))  # fmt: skip
BANDED = 4  #: rows; fewer do not show whether every other one is coloured only to be read better


def marks_of(file: Path, sheet_name: str) -> dict[int, str]:
    """Return the mark of each row (from 1) of a sheet that has one; nothing if none is known."""
    try:
        with zipfile.ZipFile(file) as packed:
            names = set(packed.namelist())
            if "xl/workbook.xml" in names:
                return _of_excel(packed, sheet_name)
            if "content.xml" in names:
                return _of_open_document(packed, sheet_name)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError):
        pass  # what cannot be read of the colours is no reason not to read the list
    return {}


def telling(marks: Mapping[int, str], rows: Iterable[int]) -> dict[int, str]:
    """Return the marks of some rows if they tell the rows apart, else nothing.

    A colour that all rows have, or every other one, is there for the eye.
    """
    numbers = list(rows)
    found = {number: marks[number] for number in numbers if number in marks}
    words = [found.get(number, "") for number in numbers]
    if len(set(words)) < 2:
        return {}
    even, odd = set(words[::2]), set(words[1::2])
    if len(words) >= BANDED and len(even) == len(odd) == 1:
        return {}
    return found


# Office Open XML


def _of_excel(packed: zipfile.ZipFile, sheet_name: str) -> dict[int, str]:
    styles = _excel_styles(packed)
    path = _excel_path(packed, sheet_name)
    if not styles or not path:
        return {}
    found: dict[int, Counter[str]] = {}
    for row, style in _excel_cells(packed, path):
        if style in styles:
            found.setdefault(row, Counter())[styles[style]] += 1
    return {row: words.most_common(1)[0][0] for row, words in found.items()}


def _excel_styles(packed: zipfile.ZipFile) -> dict[int, str]:
    """Return the styles of cells, by number, that colour a cell or strike it out."""
    root = ElementTree.fromstring(packed.read("xl/styles.xml"))  # noqa: S314 # expat bounds entities
    fills = [_excel_fill(fill) for fill in root.findall("{*}fills/{*}fill")]
    struck = [_is_struck(font) for font in root.findall("{*}fonts/{*}font")]
    found = {}
    for number, style in enumerate(root.findall("{*}cellXfs/{*}xf")):
        fill, font = int(style.get("fillId", 0)), int(style.get("fontId", 0))
        if font < len(struck) and struck[font]:
            found[number] = STRUCK
        elif fill < len(fills) and fills[fill]:
            found[number] = fills[fill]
    return found


def _is_struck(font: ElementTree.Element) -> bool:
    strike = font.find("{*}strike")
    return strike is not None and strike.get("val", "1") not in {"0", "false"}


def _excel_fill(fill: ElementTree.Element) -> str:
    """Return the word for the colour of a fill; "" if it has none or is white."""
    pattern = fill.find("{*}patternFill")
    if pattern is None or pattern.get("patternType", "none") in {"none", "gray125"}:
        return ""
    colour = pattern.find("{*}fgColor")
    if colour is None:
        return ""
    if colour.get("rgb"):
        return word_of(colour.get("rgb", "")[-6:])
    if colour.get("indexed"):
        number = int(colour.get("indexed", "0"))
        return word_of(INDEXED[number]) if number < len(INDEXED) else f"colour {number}"
    theme = colour.get("theme", "")
    return "" if theme in {"", "0"} else f"theme colour {theme}"


def _excel_path(packed: zipfile.ZipFile, sheet_name: str) -> str:
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))  # noqa: S314 # as above
    links = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.findall("{*}sheets/{*}sheet"):
        if sheet.get("name") == sheet_name:
            target = targets.get(sheet.get(RELATION), "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _excel_cells(packed: zipfile.ZipFile, path: str) -> Iterator[tuple[int, int]]:
    """Yield row and style of the cells of a worksheet that have a style of their own."""
    with packed.open(path) as raw:
        rest = b""
        while some := raw.read(AT_ONCE):
            text = rest + some
            end = text.rfind(b">") + 1
            text, rest = text[:end], text[end:]
            for cell in CELL.finditer(text):
                row, style = CELL_ROW.search(cell[1]), CELL_STYLE.search(cell[1])
                if row and style:
                    yield int(row[1]), int(style[1])


# OpenDocument


def _of_open_document(packed: zipfile.ZipFile, sheet_name: str) -> dict[int, str]:
    styles: dict[str, str] = {}
    found: dict[int, str] = {}
    row, inside = 0, False
    with packed.open("content.xml") as raw:
        for event, part in ElementTree.iterparse(raw, ("start", "end")):  # noqa: S314 # as above
            kind = part.tag.rpartition("}")[2]
            if event == "start":
                if kind == "table":
                    inside = _value(part, "name") == sheet_name
                continue
            if kind == "style":
                word = _open_document_style(part)
                styles |= {_value(part, "name"): word} if word else {}
            elif kind == "table-row":
                if inside:
                    words = Counter(
                        styles[name]
                        for cell in part
                        if (name := _value(cell, "style-name")) in styles and len(cell)
                    )
                    row += 1
                    if words:
                        found[row] = words.most_common(1)[0][0]
                    row += int(_value(part, "number-rows-repeated") or 1) - 1
                part.clear()
    return found


def _open_document_style(style: ElementTree.Element) -> str:
    for part in style:
        colour = _value(part, "background-color")
        if _value(part, "text-line-through-style") not in {"", "none"}:
            return STRUCK
        if colour.startswith("#"):
            return word_of(colour[1:])
    return ""


def _value(part: ElementTree.Element, name: str) -> str:
    """Return an attribute by its name, in whatever namespace."""
    return next(
        (v for key, v in part.attrib.items() if key.rpartition("}")[2] == name), ""
    )


def word_of(colour: str) -> str:
    """Return the word for a colour of six hexadecimal digits; "" for white."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, strength = rgb_to_hls(red, green, blue)
    if light > 0.97:
        return ""
    if strength < 0.15:
        return "black" if light < 0.15 else "grey"
    return next(word for end, word in HUES if hue * 360 < end)

"""Links behind the cells of a spreadsheet, which their text does not show.

Sources: hyperlinks of Office Open XML (ECMA-376, 18.3.1.47) and its formula HYPERLINK (18.17.7.157),
links of OpenDocument (ODF 1.3, part 3, 6.1.8). Of .xls and .xlsb the links are not read.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree  # noqa: ICN001 # its own name says more

from digest.infra.sheets.office_xml import (
    RELATION,
    attribute_of,
    excel_sheet_path,
    relation_targets,
)

#: A reference to a cell, or the first one of several: B7, $B$7, B7:B9.
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
LINK_FORMULA = re.compile(
    r"=?\s*HYPERLINK\(\s*\"([^\"]+)\"\s*(?:[,;]\s*\"((?:[^\"]|\"\")*)\"\s*)?\)",
    re.IGNORECASE,
)
LETTERS = 26
MAX_REPEATS = 1000  #: cells or rows; more are the empty end of a sheet

#: Row (from 1) and column (from 0).
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CellLink:
    """A link behind a cell."""

    address: str
    text: str = ""  #: what is shown for it, if the link says so itself


def read_cell_links(file: Path, sheet_name: str) -> dict[Position, CellLink]:
    """Return the links behind the cells of a sheet; nothing if none can be read."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return dict(_read_excel_links(archive, sheet_name))
            if "content.xml" in names:
                return dict(_read_open_document_links(archive, sheet_name))
    except (
        zipfile.BadZipFile,
        KeyError,
        ElementTree.ParseError,
        OSError,
        ValueError,
    ):
        pass  # what cannot be read of the links is no reason not to read the cells
    return {}


def hides_links(file: Path) -> bool:
    """Return whether the links behind the cells of a spreadsheet cannot be read: of .xls and .xlsb."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return True
    return names.isdisjoint({"xl/workbook.xml", "content.xml"})


def link_of_formula(text: str) -> CellLink | None:
    """Return the link that a formula HYPERLINK makes; None if a text is none."""
    match = LINK_FORMULA.fullmatch(text.strip())
    if match is None:
        return None
    shown = (match[2] or "").replace('""', '"')
    return CellLink(match[1].strip(), shown)


# Office Open XML


def _read_excel_links(
    archive: zipfile.ZipFile, sheet_name: str
) -> Iterator[tuple[Position, CellLink]]:
    path = excel_sheet_path(archive, sheet_name)
    if not path:
        return
    targets = _targets_of_sheet(archive, path)
    with archive.open(path) as worksheet:
        for element in _iterate_elements(worksheet, "row"):
            kind = element.tag.rpartition("}")[2]
            if kind == "c":
                link = link_of_formula(element.findtext("{*}f", ""))
                position = _position_of(element.get("r", ""))
            elif kind == "hyperlink":
                link = CellLink(targets.get(element.get(RELATION, ""), ""))
                position = _position_of(element.get("ref", ""))
            else:
                continue
            if link and link.address and position:
                yield position, link


def _targets_of_sheet(archive: zipfile.ZipFile, path: str) -> dict[str, str]:
    folder, _, name = path.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return {}
    return relation_targets(archive, relations)


def _iterate_elements(
    content: IO[bytes], record: str
) -> Iterator[ElementTree.Element]:
    """Yield the elements of a part as they end; forget each record once it has been yielded."""
    events = ElementTree.iterparse(content)  # noqa: S314
    for _event, element in events:
        yield element
        if element.tag.rpartition("}")[2] == record:
            element.clear()


def _position_of(reference: str) -> Position | None:
    """Return the row (from 1) and column (from 0) that a reference names; None if it is none."""
    match = REFERENCE.match(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * LETTERS + ord(letter) - ord("A") + 1
    return int(match[2]), column - 1


# OpenDocument


def _read_open_document_links(
    archive: zipfile.ZipFile, sheet_name: str
) -> Iterator[tuple[Position, CellLink]]:
    with archive.open("content.xml") as content:
        for table in _iterate_elements(content, "table"):
            if table.tag.rpartition("}")[2] != "table":
                continue
            if attribute_of(table, "name") == sheet_name:
                yield from _links_of_table(table)


def _links_of_table(
    table: ElementTree.Element,
) -> Iterator[tuple[Position, CellLink]]:
    number = 1
    for row in table.iter():
        if row.tag.rpartition("}")[2] != "table-row":
            continue
        for column, address in _links_of_row(row):
            yield (number, column), CellLink(address)
        number += _repeats_of(row, "number-rows-repeated")


def _links_of_row(row: ElementTree.Element) -> Iterator[tuple[int, str]]:
    """Yield the column (from 0) and address of each link of a row."""
    column = 0
    for cell in row:
        link = cell.find(".//{urn:oasis:names:tc:opendocument:xmlns:text:1.0}a")
        if link is not None:
            yield column, attribute_of(link, "href")
        column += _repeats_of(cell, "number-columns-repeated")


def _repeats_of(element: ElementTree.Element, name: str) -> int:
    """Return how often a row or cell stands there."""
    repeats = attribute_of(element, name)
    if not repeats.isdecimal():
        return 1
    return min(int(repeats), MAX_REPEATS)

"""XML of spreadsheets: find the parts of a workbook (ECMA-376, 18.2) and attributes of elements.

Entities in XML are bounded by expat, so the standard library's parser is safe here (the noqa of
S314 below).
"""

import zipfile
from xml.etree import ElementTree  # noqa: ICN001 # its own name says more

RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
)


def excel_sheet_path(archive: zipfile.ZipFile, sheet_name: str) -> str:
    """Return the path of a sheet in its archive; "" if there is none of that name."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    targets = relation_targets(archive, "xl/_rels/workbook.xml.rels")
    for sheet in book.findall("{*}sheets/{*}sheet"):
        if sheet.get("name") == sheet_name:
            target = targets.get(sheet.get(RELATION, ""), "")
            if target.startswith("/"):
                return target.lstrip("/")
            return f"xl/{target}"
    return ""


def relation_targets(archive: zipfile.ZipFile, path: str) -> dict[str, str]:
    """Return where the relations of a part lead, by their names (ECMA-376, part 2, 9.3)."""
    links = ElementTree.fromstring(archive.read(path))  # noqa: S314
    return {link.get("Id", ""): link.get("Target", "") for link in links}


def attribute_of(element: ElementTree.Element, name: str) -> str:
    """Return an attribute by its name, in whatever namespace; "" if there is none."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""

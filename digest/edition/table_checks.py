"""Table checks: what looks like a table and is none, and cells that a table has no column for."""

import re
from collections.abc import Sequence

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from digest.edition.problems import Problems

#: A table's second line (github.github.com/gfm, 4.10), and the lines of a grid.
_RULE = re.compile(
    r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)+\|?\s*|\s*\+[-=+]+\+\s*"
)
_ROW = re.compile(r"\s*\|.*\|\s*")


def check_tables(
    tokens: Sequence[Token], lines: Sequence[str], problems: Problems
) -> None:
    """Note what was meant as a table and is not read as one."""
    for position, token in enumerate(tokens):
        if token.type == "table_open":
            _check_rows(tokens[position:], lines, problems)
        elif token.type == "paragraph_open" and token.map:
            first, behind = token.map
            _check_paragraph(first, lines[first:behind], problems)


def _check_rows(
    tokens: Sequence[Token], lines: Sequence[str], problems: Problems
) -> None:
    """Note rows with more cells than the table has columns: the library drops them."""
    types = [token.type for token in tokens]
    column_count = types[: types.index("tr_close")].count("th_open")
    for token in tokens[: types.index("table_close")]:
        if token.type != "tr_open" or not token.map:
            continue
        first, _ = token.map
        cell_count = _count_cells(lines[first])
        if cell_count > column_count:
            problems.add_typed(
                first + 1,
                f"this row has {cell_count} cells, and its table {column_count} columns",
            )


def _count_cells(line: str) -> int:
    row = line.strip("> \t").removeprefix("|")
    cells = escapedSplit(row)
    if not cells[-1].strip():
        cells.pop()
    return len(cells)


def _check_paragraph(
    first: int, lines: Sequence[str], problems: Problems
) -> None:
    are_rows = [bool(_ROW.fullmatch(line)) for line in lines]
    for number, line in enumerate(lines, start=first + 1):
        if _RULE.fullmatch(line):
            problems.add_typed(
                number,
                "this is no table: |---|---| stands below its first line, with as many columns",
            )
            return
    if are_rows.count(True) > 1:
        problems.add_typed(
            first + are_rows.index(True) + 1,
            "this is no table: below its first line stands |---|---|, with as many columns",
        )

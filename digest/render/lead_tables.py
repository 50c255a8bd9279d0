"""Lead tables: a body's tables, so that they fit a phone, and as text."""

from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from markdown_it.token import Token

#: Letters of the words side by side that a phone shows: 272 pixels, without the cells' margins.
PHONE_LETTERS = 28
#: Letters of a line that a mail program shows in text, without breaking it.
TEXT_WIDTH = 68
_GAP = "  "
_WIDE = ("W", "F")


def dress_tables(tokens: Sequence[Token]) -> None:
    """Align the cells of tables, and let long words in them break.

    Only those: a year or a sum in a narrow column stays whole.
    """
    column_count = 0
    for position, token in enumerate(tokens):
        if token.type == "table_open":
            column_count = _count_columns(tokens[position:])
        if token.type not in ("th_open", "td_open"):
            continue
        words = tokens[position + 1].content
        _align_cell(token, words, PHONE_LETTERS // column_count)
        if token.type == "th_open" and words:
            token.attrSet("scope", "col")
        elif token.type == "th_open":
            # a head without words heads nothing (WCAG 2.2, 1.3.1)
            token.tag = "td"
            tokens[position + 2].tag = "td"


def _count_columns(tokens: Sequence[Token]) -> int:
    types = [token.type for token in tokens]
    return types[: types.index("tr_close")].count("th_open")


def _align_cell(cell: Token, words: str, letters: int) -> None:
    style = str(cell.attrGet("style") or "")
    if any(len(word) > letters for word in words.split()):
        style = f"{style};overflow-wrap:anywhere;word-break:break-word"
    cell.attrSet("style", style.lstrip(";"))


def write_table(rows: Sequence[Sequence[str]]) -> str:
    """Write a table as text: in columns, or row by row if it is too wide for a line."""
    widths = [max(map(_width_of, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > TEXT_WIDTH:
        return "\n\n".join(_write_rows(rows[0], rows[1:]))
    return "\n".join(_write_line(row, widths) for row in rows)


def _write_line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell + " " * (width - _width_of(cell))
        for cell, width in zip(row, widths, strict=True)
    ]
    return _GAP.join(cells).rstrip()


def _write_rows(
    head: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[str]:
    """Yield each row, every cell behind the head of its column."""
    for row in rows:
        lines = []
        for name, cell in zip(head, row, strict=True):
            lines.append(f"{name}: {cell}" if name else cell)
        yield "\n".join(lines)


def _width_of(text: str) -> int:
    """Return how many letters wide a text is; those of Chinese, Japanese and Korean count twice."""
    return sum(2 if east_asian_width(letter) in _WIDE else 1 for letter in text)

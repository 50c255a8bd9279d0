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
    letters = PHONE_LETTERS
    for position, token in enumerate(tokens):
        if token.type == "table_open":
            letters = _room_for_words(_longest_words(tokens[position:]))
        if token.type not in ("th_open", "td_open"):
            continue
        words = tokens[position + 1].content
        _align_cell(token, words, letters)
        if token.type == "th_open" and words:
            token.attrSet("scope", "col")
        elif token.type == "th_open":
            # a head without words heads nothing (WCAG 2.2, 1.3.1)
            token.tag = "td"
            tokens[position + 2].tag = "td"


def _longest_words(tokens: Sequence[Token]) -> list[int]:
    """Return how long the longest word of each column is, in the table that tokens begin with."""
    lengths: list[int] = []
    column = 0
    for position, token in enumerate(tokens):
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            column = 0
        if token.type not in ("th_open", "td_open"):
            continue
        words = tokens[position + 1].content.split()
        if column == len(lengths):
            lengths.append(1)
        lengths[column] = max(lengths[column], *map(len, words), 1)
        column += 1
    return lengths


def _room_for_words(lengths: Sequence[int]) -> int:
    """Return how long a word may be that stays whole: short ones leave their room to long ones."""
    room = PHONE_LETTERS
    share = PHONE_LETTERS
    for number, length in enumerate(sorted(lengths)):
        share = room // (len(lengths) - number)
        if length > share:
            return max(share, 1)
        room -= length
    return PHONE_LETTERS


def _align_cell(cell: Token, words: str, letters: int) -> None:
    style = str(cell.attrGet("style") or "")
    breaks = "overflow-wrap:normal;word-break:normal"  # MJML lets all words of a mail break
    if any(len(word) > letters for word in words.split()):
        breaks = "overflow-wrap:anywhere;word-break:break-word"
    cell.attrSet("style", f"{style};{breaks}".lstrip(";"))


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

"""Text wrapped for those who read it as it is, and whole again for those who know how (RFC 3676).

A line that ends in a space goes on in the next one: a mail program that knows `format=flowed` joins
them and wraps anew for its own window; one that does not shows lines of a length people can read.
"""

import re
from collections.abc import Iterator

PARAMETER = "format=flowed"
WIDTH = 72  #: characters; RFC 3676, 4.2 advises 78 at most

_QUOTE = re.compile(r"> |>$")  #: what begins otherwise with > is no quote of ours
#: A word with the space behind it.
_PIECE = re.compile(r"[^ ]*(?: +|$)")


def flowed(text: str) -> str:
    """Wrap text softly. No word is broken, so that every address stays whole."""
    return "\n".join(part for line in text.split("\n") for part in _wrapped(line))


def _wrapped(line: str) -> Iterator[str]:
    if _QUOTE.match(line):
        marks = ">"
    else:
        marks = ""
    # a space at a line's end would join it with the next
    said = (line[1:].removeprefix(" ") if marks else line).rstrip(" ")
    row = ""
    for piece in _PIECE.findall(said):
        if row.strip() and len(marks) + len(row) + len(piece.rstrip(" ")) > WIDTH:
            yield marks + _stuffed(row, marks)
            row = ""
        row += piece
    yield marks + _stuffed(row, marks)


def _stuffed(row: str, marks: str) -> str:
    """Keep a row from being read as something else (RFC 3676, 4.4)."""
    if row.startswith((" ", ">", "From ")) or (marks and row):
        return f" {row}"
    return row

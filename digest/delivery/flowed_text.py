"""Text wrapped as format=flowed (RFC 3676): short lines to read, joined again by mail programs.

A line that ends in a space continues in the next one: a mail program that knows `format=flowed` joins
them and wraps anew for its own window; one that does not shows lines of a length people can read.
"""

import re
from collections.abc import Iterator

PARAMETER = "format=flowed"
WIDTH = 72  #: characters; RFC 3676, 4.2 advises 78 at most

#: A quoted line of ours; a line that begins otherwise with > is none.
_QUOTE = re.compile(r"> |>$")
#: A word with the spaces behind it.
_WORD = re.compile(r"[^ ]*(?: +|$)")


def wrap_flowed(text: str) -> str:
    """Return text with soft line breaks. No word is broken, so that every address stays whole."""
    wrapped_lines: list[str] = []
    for line in text.split("\n"):
        wrapped_lines.extend(_wrap_line(line))
    return "\n".join(wrapped_lines)


def _wrap_line(line: str) -> Iterator[str]:
    quote_mark = ""
    text = line
    if _QUOTE.match(line):
        quote_mark = ">"
        text = line[1:].removeprefix(" ")
    row = ""
    # a space at a line's end would join it with the next
    for word in _WORD.findall(text.rstrip(" ")):
        width = len(quote_mark) + len(row) + len(word.rstrip(" "))
        if row.strip() and width > WIDTH:
            yield quote_mark + _stuff_row(row, quote_mark)
            row = ""
        row += word
    yield quote_mark + _stuff_row(row, quote_mark)


def _stuff_row(row: str, quote_mark: str) -> str:
    """Put a space before a row that would be read as something else (RFC 3676, 4.4)."""
    is_quoted_text = bool(quote_mark and row)
    if is_quoted_text or row.startswith((" ", ">", "From ")):
        return f" {row}"
    return row

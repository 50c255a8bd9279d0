"""Lines of a page that say in words who wrote it: "By Ada Byron", "Author: Ada Byron".

Inputs are a page's lines (`page_lines.list_lines`); outputs are names. They count where no markup and no
class says more.
"""

import re
from collections.abc import Iterator

from digest.collect.pages.author_names import (
    BY,
    is_sure_name,
    people_in,
    without_dates,
)
from digest.collect.pages.page_lines import Line, index_of_headline

#: Characters of a line that holds nothing but names and a date.
MAX_LINE_LENGTH = 120
#: Lines after the headline, and before it, among which a byline may stand.
LINES_AFTER = 12
LINES_BEFORE = 3
#: Characters of a line with a name and who that is.
MAX_LABELLED_LENGTH = 400
#: "Author: Ada Byron, a mathematician", in the languages of bylines.
LABEL = re.compile(
    r"\W*(?:autor(?:in|en|es|a)?|authors?|auteure?s?|written by|redaktion|text|von|by|par|por)"
    r"\s*:\s*",
    re.IGNORECASE,
)
#: A line that is "By Ada Byron", or "Autorin/Autor Ada Byron", and no more.
SIGNATURE = re.compile(
    r"(?:written by|geschrieben von|von|by|par|por|authors?|auteure?s?"
    r"|autor(?:in|en|es|a)?(?:/[^\W\d_]+)?)\s+"
    r"(?=[^\W\d_]+(?:\s+[^\W\d_]+){1,2}$)",
    re.IGNORECASE,
)


def find_signature(
    lines: list[Line], headline: str, outlet_names: set[str]
) -> tuple[str, ...]:
    """Return the names of a line beside the headline: "Posted on March 4 by Ada Byron"."""
    index = index_of_headline(lines, headline)
    if index is None:
        return ()
    after = lines[index + 1 : index + 1 + LINES_AFTER]
    before = lines[max(0, index - LINES_BEFORE) : index]
    for _, line in [*after, *reversed(before)]:
        names = _names_in_signed_line(line, outlet_names)
        if names:
            return names
    return ()


def find_labelled_name(
    lines: list[Line], outlet_names: set[str]
) -> tuple[str, ...]:
    """Return the name of a line "Author: …" or "By …", wherever in the text it stands."""
    for piece in _short_pieces(lines):
        names = people_in(_words_behind_label(piece), outlet_names)
        sure = tuple(name for name in names if is_sure_name(name))
        if sure:
            return sure
    return ()


def _names_in_signed_line(line: str, outlet_names: set[str]) -> tuple[str, ...]:
    """Return the names behind "By"; a single word only beside a date."""
    if len(line) > MAX_LINE_LENGTH:
        return ()
    pieces = without_dates(line)
    signed = [piece for piece in pieces if BY.match(piece)]
    names = people_in(signed, outlet_names)
    sure = tuple(name for name in names if is_sure_name(name))
    is_dated = pieces != [line]
    if sure or not is_dated:
        return sure
    return names[:1]


def _short_pieces(lines: list[Line]) -> Iterator[str]:
    """Yield what stands before, between and behind the dates of lines that may be labelled.

    A label that has a line for itself belongs to the next.
    """
    label = ""
    for _, line in lines:
        if len(line) <= MAX_LABELLED_LENGTH:
            yield from without_dates(label + line)
        label = f"{line} " if LABEL.fullmatch(line) else ""


def _words_behind_label(piece: str) -> list[str]:
    """Return what stands behind a label, to the first comma or slash; nothing if there is no label."""
    label = LABEL.match(piece) or SIGNATURE.match(piece)
    if label is None:
        return []
    words = re.split(r"[,/]", piece[label.end() :])[0]
    return [words]

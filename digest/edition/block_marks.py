"""Block marks: where an edition's text has a saved block, as a paragraph `{block: donate}`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from digest.edition.problems import Problems

#: A name is a part of a file's name and of addresses: it leads to no other folder.
BLOCK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
NAME_SHAPE = (
    "a name such as donate: lower-case letters, digits and hyphens, no more "
    "than 64"
)
_MARK = re.compile(r"\{\s*block\s*:\s*(?P<name>[^{}]*?)\s*\}", re.IGNORECASE)
#: Opening, text and closing of a paragraph, as the parser gives them.
_TOKENS_OF_PARAGRAPH = 3


@dataclass(frozen=True, slots=True)
class BlockMark:
    """A mark in a text: the name of the block, and the line."""

    name: str
    line: int  #: from 1


@dataclass(frozen=True, slots=True)
class MarkedEnd:
    """A part of an edition's text, cut where its saved blocks begin."""

    tokens: list[Token]  #: those before the first mark
    marks: tuple[BlockMark, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the blocks, in their order."""
        return tuple(mark.name for mark in self.marks)

    def end_line(self, default: int) -> int:
        """Return the line of the first mark, counted from 0; the default if there is none."""
        if not self.marks:
            return default
        return self.marks[0].line - 1


def is_block_name(name: str) -> bool:
    """Return whether a block may have this name."""
    return bool(BLOCK_NAME.fullmatch(name))


def dump_marks(names: Iterable[str]) -> Iterator[str]:
    """Yield the paragraphs of blocks in an edition's text."""
    for name in names:
        yield f"\n{{block: {name}}}\n"


def name_in_line(line: str) -> str:
    """Return the name of the block that a line marks; "" if it is no mark."""
    match = _MARK.fullmatch(line.strip())
    if match is None:
        return ""
    return match["name"]


def has_mark(text: str) -> bool:
    """Return whether a line of a text would be read as the mark of a block."""
    return any(_MARK.fullmatch(line.strip()) for line in text.splitlines())


def cut_at_marks(tokens: Sequence[Token], problems: Problems) -> MarkedEnd:
    """Separate the text of a part of an edition from the marks at its end.

    Notes marks that do not stand alone, and text below them.
    """
    before: list[Token] = []
    marks: list[BlockMark] = []
    position = 0
    while position < len(tokens):
        paragraph = tokens[position : position + _TOKENS_OF_PARAGRAPH]
        marks_here = _marks_of_paragraph(paragraph)
        if marks_here:
            marks += marks_here
            position += _TOKENS_OF_PARAGRAPH
            continue
        token = tokens[position]
        if marks and token.level == 0 and token.nesting >= 0:
            problems.add(
                _line_of(token),
                "a saved block stands behind all text of its lead or section: "
                "move the text above it",
            )
        _note_marks_within(token, problems)
        before.append(token)
        position += 1
    _note_wrong_names(marks, problems)
    return MarkedEnd(before, tuple(marks))


def note_repeated(marks: Iterable[BlockMark], problems: Problems) -> None:
    """Note blocks that stand in an edition twice."""
    names: set[str] = set()
    for mark in marks:
        if mark.name in names:
            problems.add(
                mark.line, f"the saved block {mark.name} a second time"
            )
        names.add(mark.name)


def _marks_of_paragraph(paragraph: Sequence[Token]) -> list[BlockMark]:
    """Return the marks of a paragraph that holds nothing else, one in each line."""
    if len(paragraph) < _TOKENS_OF_PARAGRAPH:
        return []
    opening, inline, _ = paragraph
    if opening.type != "paragraph_open" or opening.level != 0:
        return []
    marks = []
    for number, line in enumerate(inline.content.split("\n")):
        match = _MARK.fullmatch(line.strip())
        if match is None:
            return []
        marks.append(BlockMark(match["name"], _line_of(opening) + number))
    return marks


def _note_marks_within(token: Token, problems: Problems) -> None:
    """Note marks in a paragraph with other text: they were meant as blocks, and would be text."""
    if token.type != "inline":
        return
    for number, line in enumerate(token.content.split("\n")):
        if _MARK.fullmatch(line.strip()):
            problems.add(
                _line_of(token) + number,
                f"{line.strip()} stands alone: leave a blank line above and below it",
            )


def _note_wrong_names(marks: Iterable[BlockMark], problems: Problems) -> None:
    for mark in marks:
        if not is_block_name(mark.name):
            problems.add(
                mark.line,
                f"{{block: …}}: expected {NAME_SHAPE}; found {mark.name!r}",
            )


def _line_of(token: Token) -> int:
    """Return the first line of a block, counted from 1."""
    first, _ = token.map or (0, 0)
    return first + 1

"""Saved blocks: read the text of one, and keep the texts of those that an edition was sent with.

The text is Markdown as in a lead, buttons and images included. A heading (`# …`) may come first, and
nowhere else; `{.donate}` and the like at its end say how the block looks.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from markdown_it.token import Token

from digest.edition.block_marks import NAME_SHAPE, has_mark, is_block_name
from digest.edition.image_checks import check_pictures
from digest.edition.inline import read_plain
from digest.edition.lead_checks import check_body, read_references
from digest.edition.markdown import PARSER, dump_edition
from digest.edition.problems import Problems
from digest.errors import EditionError
from digest.model import Lead, RenderedEdition, SavedBlock

MAX_TEXT_LENGTH = 20_000  #: characters; a mail of more than 100 kB is cut off
_TOKENS_OF_HEADING = 3
#: What a heading may end with, as {.donate}.
LOOKS = ("donate", "event", "sponsor", "author")
_LOOK = re.compile(r"^(#{1,2}(?=[ \t]).*?)[ \t]*\{\.(\w+)\}[ \t]*(?=\n|$)")


def check_name(name: str) -> None:
    """Raise EditionError if a block may not have this name."""
    if not is_block_name(name):
        raise EditionError(f"a saved block needs {NAME_SHAPE}; found {name!r}")


def read_block(name: str, source: str) -> SavedBlock:
    """Read a block. Raises EditionError with every problem, its file and line."""
    check_name(name)
    text = source.removeprefix("\ufeff").replace("\r\n", "\n")
    block = SavedBlock(name, "", "", text)
    problems = Problems()
    text, look = _read_look(text, problems)
    block = replace(block, look=look)
    lines = text.split("\n")
    tokens = PARSER.parse(text)
    if not tokens:
        problems.add(1, "expected a text, found nothing")
    if len(text) > MAX_TEXT_LENGTH:
        problems.add(1, f"expected at most {MAX_TEXT_LENGTH} characters")
    body_start = 0
    if tokens and _is_title(tokens[0]):
        title = read_plain(tokens[1].children or (), 1, problems)
        _, body_start = tokens[0].map or (0, 0)
        tokens = tokens[_TOKENS_OF_HEADING:]
        block = replace(block, title=title)
    _check_body(tokens, problems)
    _check_marks(lines, problems)
    _raise_with_file(block, problems)
    body = "\n".join(lines[body_start:]).strip("\n").rstrip()
    return replace(block, body=body)


def _read_look(text: str, problems: Problems) -> tuple[str, str]:
    """Return a block's text without the mark behind its heading, and the look that this names."""
    match = _LOOK.match(text)
    if match is None:
        return text, ""
    heading, look = match.groups()
    if look not in LOOKS:
        looks = ", ".join(LOOKS)
        problems.add(1, f"{{.{look}}} is no look of a block: there are {looks}")
        return text, ""
    return heading + text[match.end() :], look


def check_typed_block(block: SavedBlock) -> None:
    """Refuse a block that is to be stored, if readers could not understand or follow it.

    Raises EditionError with every problem, its file and line. `read_block` reads what was stored before
    some problems were known.
    """
    problems = Problems()
    for line, words in find_typed_problems_of_block(block):
        problems.add(line, words)
    _raise_with_file(block, problems)


def find_typed_problems_of_block(
    block: SavedBlock,
) -> tuple[tuple[int, str], ...]:
    """Return what `check_typed_block` refuses: lines and words."""
    problems = Problems()
    text, _ = _read_look(block.source, Problems())
    check_body(text, {}, problems)
    return problems.typed


def check_lead(lead: Lead, other_leads: Iterable[Lead] = ()) -> None:
    """Raise EditionError if a lead's text holds what readers could not understand or follow.

    Also if it holds the mark of a block, which has its own place. Lines count from the text's first.
    A link may name an address that one of the edition's other leads gives.
    """
    problems = Problems()
    others = "\n\n".join(other.body for other in other_leads)
    check_body(lead.body, read_references(others), problems)
    problems.raise_typed()
    if has_mark(lead.body):
        raise EditionError(
            "a saved block is no part of a lead's text: take the line {block: …} out, and insert "
            "the block behind the lead"
        )


def source_as_sent(rendered: RenderedEdition) -> str:
    """Return the text of an edition with the texts of its blocks, whatever becomes of them.

    Without blocks it is the text as it was typed.
    """
    if not rendered.blocks:
        return rendered.markdown
    texts = tuple((block.name, block.source) for block in rendered.blocks)
    return dump_edition(replace(rendered.edition, block_texts=texts))


def _is_title(token: Token) -> bool:
    return token.type == "heading_open" and token.tag in ("h1", "h2")


def _check_body(tokens: list[Token], problems: Problems) -> None:
    check_pictures(tokens, problems)
    for token in tokens:
        if _is_title(token) and token.level == 0:
            first_line, _ = token.map or (0, 0)
            problems.add(
                first_line + 1,
                "a heading (#) stands in the first line only; write ### for a smaller one",
            )


def _check_marks(lines: Iterable[str], problems: Problems) -> None:
    for number, line in enumerate(lines, start=1):
        if has_mark(line):
            problems.add(number, "a saved block cannot hold another one")


def _raise_with_file(block: SavedBlock, problems: Problems) -> None:
    """Raise EditionError as Problems does, with the file before each line."""
    try:
        problems.raise_any()
    except EditionError as error:
        messages = str(error).splitlines()
        named = [f"{block.file}, {message}" for message in messages]
        raise EditionError("\n".join(named)) from None

"""Markdown: write an edition as a file that a person likes to read, and read it back.

The shape is CommonMark (commonmark.org/0.31.2) with a YAML head: `# Headline` opens a lead, an
italic first paragraph is its dek, `## Title {#key}` opens a section, and a section's lines are
`- [Headline](address) (Outlet)`, with more below it where there is more to say (`story_line.py`).
A paragraph `{block: donate}` shows a saved block: above everything, or behind all text of a lead or
section (`block_marks.py`). An edition that was sent has their texts under `blocks:` in its head.
Headlines, deks and outlets are plain text: what Markdown would take for a mark is escaped with a
backslash. Nothing is lost: `load(dump(edition)) == edition`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.edition.block_marks import (
    BlockMark,
    MarkedEnd,
    cut_at_marks,
    dump_marks,
    note_repeated,
)
from digest.edition.edition_head import dump_head, read_head
from digest.edition.image_checks import check_pictures
from digest.edition.inline import (
    escape_heading,
    escape_text,
    read_plain,
    without_empty,
)
from digest.edition.lead_checks import check_body
from digest.edition.problems import Problems
from digest.edition.story_line import dump_pick, read_picks
from digest.errors import EditionError
from digest.infra.markup.comments import COMMENT, add_comments
from digest.model import Edition, Lead, Section

_HEAD = re.compile(
    r"---[ \t]*\n(?P<yaml>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_SECTION_TITLE = re.compile(r"^(?P<title>.*?)\s*\{#(?P<key>[a-z][a-z0-9_]*)\}$")
_TEXT_TOKENS = frozenset({"text", "text_special", "softbreak"})


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.disable("text_join")  # keeps escaped characters separate from others
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    add_comments(parser)
    return parser


PARSER = _make_parser()


@dataclass(frozen=True, slots=True)
class _Body:
    """What stands below the head."""

    leads: tuple[Lead, ...]
    sections: tuple[Section, ...]
    blocks_on_top: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading of level 1 or 2 with all text below it; lines count from 0."""

    heading: Token | None  #: None for the text above the first heading
    tokens: list[Token]
    first_line: int  #: behind the heading
    end_line: int  #: not included


def dump_edition(edition: Edition) -> str:
    """Write an edition as Markdown.

    Raises EditionError if it holds what the shape cannot say, such as a headline of two lines.
    """
    text = "".join(_pieces(edition))
    if load_edition(text) != edition:
        raise EditionError(
            "this edition cannot be written as Markdown without losing something"
        )
    return text


@lru_cache(maxsize=64)
def load_edition(text: str) -> Edition:
    """Read an edition. Raises EditionError with every problem and its line."""
    return _read_edition(text, Problems())


def check_typed_text(text: str) -> None:
    """Refuse a text that an edition is to be stored as. Raises EditionError with every problem's line.

    It is stricter than `load_edition`, which reads what was stored before some problems were known.
    """
    problems = Problems(is_typed=True)
    _read_edition(text, problems)
    problems.raise_typed()


def find_typed_problems(text: str) -> tuple[tuple[int, str], ...]:
    """Return what `check_typed_text` refuses in a text that can be read: lines and words."""
    problems = Problems(is_typed=True)
    _read_edition(text, problems)
    return problems.typed


def _read_edition(text: str, problems: Problems) -> Edition:
    unified = text.removeprefix("\ufeff").replace("\r\n", "\n")
    match = _HEAD.match(unified)
    if not match:
        problems.fail(
            1, "expected --- above and below date:, subject: and preheader:"
        )
    head = read_head(match["yaml"], problems)
    body = unified[match.end() :]
    lines_of_head = match.group().count("\n")
    contents = _read_body(body.split("\n"), problems.below(lines_of_head))
    problems.raise_any()
    return Edition(
        date=head.date,
        subject=head.subject,
        preheader=head.preheader,
        leads=contents.leads,
        sections=contents.sections,
        language=head.language,
        blocks_on_top=contents.blocks_on_top,
        block_texts=head.block_texts,
        without_blocks=head.without_blocks,
    )


# Writing


def _pieces(edition: Edition) -> Iterator[str]:
    yield from dump_head(edition)
    yield from dump_marks(edition.blocks_on_top)
    for lead in edition.leads:
        yield from _pieces_of_lead(lead)
    for section in edition.sections:
        yield f"\n## {escape_text(section.title)} {{#{section.key}}}\n"
        if section.picks:
            yield "\n"
        yield from map(dump_pick, section.picks)
        yield from dump_marks(section.blocks_below)


def _pieces_of_lead(lead: Lead) -> Iterator[str]:
    yield f"\n# {escape_heading(lead.headline)}\n"
    if lead.dek:
        yield f"\n*{escape_text(lead.dek)}*\n"
    if lead.body:
        yield f"\n{lead.body}\n"
    yield from dump_marks(lead.blocks_below)


# Reading leads and sections


def _read_body(lines: Sequence[str], problems: Problems) -> _Body:
    leads: list[Lead] = []
    sections: list[Section] = []
    marks: list[BlockMark] = []
    on_top: tuple[str, ...] = ()
    env: dict[str, Any] = {}
    tokens = PARSER.parse("\n".join(lines), env)
    blocks = list(_blocks(tokens, len(lines)))
    for block in blocks:
        marked = cut_at_marks(block.tokens, problems)
        marks += marked.marks
        if block.heading is None:
            _check_above_headings(marked, problems)
            on_top = marked.names
            continue
        line_number = _first_line(block.heading) + 1
        if block.heading.tag == "h1":
            leads.append(
                _read_lead(block.heading, block, marked, lines, problems)
            )
            _check_lead_body(block, marked, lines, env, problems)
            if sections:
                problems.add(
                    line_number, "a lead (# …) stands above the sections (## …)"
                )
        else:
            section = _read_section(block.heading, marked, lines, problems)
            if section.key in [earlier.key for earlier in sections]:
                problems.add(
                    line_number, f"section {section.key} a second time"
                )
            sections.append(section)
    note_repeated(marks, problems)
    _check_references(env, blocks, problems)
    return _Body(tuple(leads), tuple(sections), on_top)


def _check_lead_body(
    block: _Block,
    marked: MarkedEnd,
    lines: Sequence[str],
    env: Mapping[str, Any],
    problems: Problems,
) -> None:
    """Note what readers of a lead could not understand or follow, for whoever types it."""
    if not problems.is_typed:
        return
    end = marked.end_line(block.end_line)
    text = "\n".join(lines[block.first_line : end])
    references = {
        name: reference
        for name, reference in env.get("references", {}).items()
        if not name.startswith("^")  # a footnote, to the parser of leads
    }
    check_body(text, references, problems.below(block.first_line))


def _check_references(
    env: Mapping[str, Any], blocks: Iterable[_Block], problems: Problems
) -> None:
    """Note addresses that are named outside of leads, where they would be lost."""
    kept_lines: set[int] = set()
    for block in blocks:
        if block.heading and block.heading.tag == "h1":
            kept_lines.update(range(block.first_line, block.end_line))
    for name, reference in env.get("references", {}).items():
        first, _ = reference["map"]
        if first not in kept_lines:
            problems.add_typed(
                first + 1,
                f"[{name.lower()}]: … stands in a lead, elsewhere it is lost",
            )


def _check_above_headings(marked: MarkedEnd, problems: Problems) -> None:
    if marked.tokens:
        line_number = _first_line(marked.tokens[0]) + 1
        words = "expected a headline (# …) or a section (## …) first"
        if marked.tokens[0].type == COMMENT:
            words = f"{words}: a comment stands in a lead"
        problems.add(line_number, words)


def _blocks(tokens: list[Token], line_count: int) -> Iterator[_Block]:
    """Cut at headings of level 1 and 2; the text above the first comes first."""
    cuts = [number for number, token in enumerate(tokens) if _is_cut(token)]
    borders = [*cuts, len(tokens)]
    border_lines = [*(_first_line(tokens[cut]) for cut in cuts), line_count]
    yield _Block(None, tokens[: borders[0]], 0, border_lines[0])
    for cut, end, end_line in zip(
        cuts, borders[1:], border_lines[1:], strict=True
    ):
        heading = _inline_of_heading(tokens[cut], tokens[cut + 1])
        inside = tokens[
            cut + 3 : end
        ]  # behind opening, text and closing of the heading
        yield _Block(heading, inside, _line_behind(heading), end_line)


def _is_cut(token: Token) -> bool:
    is_heading = token.type == "heading_open" and token.tag in ("h1", "h2")
    return is_heading and token.level == 0


def _first_line(token: Token) -> int:
    """Return the first line of a block, counted from 0."""
    first, _ = token.map or (0, 0)
    return first


def _line_behind(token: Token) -> int:
    """Return the line behind a block, counted from 0."""
    _, behind = token.map or (0, 0)
    return behind


def _inline_of_heading(heading: Token, inline: Token) -> Token:
    """Return the heading's inline token under the heading's tag and lines."""
    inline.tag = heading.tag
    inline.map = heading.map
    return inline


def _read_lead(
    heading: Token,
    block: _Block,
    marked: MarkedEnd,
    lines: Sequence[str],
    problems: Problems,
) -> Lead:
    line_number = _first_line(heading) + 1
    headline = read_plain(heading.children or (), line_number, problems)
    if not headline:
        problems.add(line_number, "expected a headline behind #")
    check_pictures(marked.tokens, problems)
    body_start = block.first_line
    dek = _dek_of(marked.tokens, problems)
    if dek is not None:
        body_start = _line_behind(marked.tokens[0])
    body = _trim_lines(lines[body_start : marked.end_line(block.end_line)])
    return Lead(headline, dek or "", body, marked.names)


def _dek_of(tokens: Sequence[Token], problems: Problems) -> str | None:
    """Return the text of a first paragraph that is all italic and nothing else."""
    if len(tokens) < 2 or tokens[0].type != "paragraph_open":
        return None
    children = without_empty(tokens[1].children or ())
    inside = children[1:-1]
    if not _is_between_italic_marks(children) or _has_marks(inside):
        return None
    return read_plain(inside, _first_line(tokens[0]) + 1, problems)


def _is_between_italic_marks(children: Sequence[Token]) -> bool:
    """Return whether something stands between italic marks, and nothing before or after them."""
    if len(children) < 3:
        return False
    marks = (children[0].type, children[-1].type)
    return marks == ("em_open", "em_close")


def _has_marks(tokens: Iterable[Token]) -> bool:
    return any(token.type not in _TEXT_TOKENS for token in tokens)


def _trim_lines(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def _read_section(
    heading: Token,
    marked: MarkedEnd,
    lines: Sequence[str],
    problems: Problems,
) -> Section:
    line_number = _first_line(heading) + 1
    text = read_plain(heading.children or (), line_number, problems)
    picks = tuple(read_picks(marked.tokens, lines, problems))
    match = _SECTION_TITLE.match(text)
    if not match or not match["title"]:
        problems.add(
            line_number,
            "expected a section's title and key: ## Title {#following}",
        )
        return Section("", text)
    return Section(match["key"], match["title"], picks, marked.names)

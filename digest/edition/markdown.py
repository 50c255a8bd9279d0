"""Markdown: write an edition as a file that a person likes to read, and read it back.

The shape is CommonMark (commonmark.org/0.31.2) with a YAML head: `# Headline` opens a lead, an
italic first paragraph is its dek, `## Title {#key}` opens a section, and a section's lines are
`- [Headline](address) (Outlet)`, with more below it where there is more to say (`story_line.py`).
A paragraph `{block: donate}` shows a saved block: above everything, or behind all text of a lead or
section (`block_marks.py`). An edition that was sent has their texts under `blocks:` in its head.
Headlines, deks and outlets are plain text: what Markdown would take for a mark is escaped with a
backslash. Nothing is lost: `load(dump(edition)) == edition`.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from digest.edition.block_marks import (
    BlockMark,
    MarkedEnd,
    cut_at_marks,
    dump_marks,
    is_block_name,
    note_repeated,
)
from digest.edition.image_checks import check_pictures
from digest.edition.inline import (
    escape_heading,
    escape_text,
    join_text,
    read_plain,
    without_empty,
)
from digest.edition.problems import Problems
from digest.edition.story_line import LANGUAGE, dump_pick, read_picks
from digest.errors import EditionError
from digest.model import EDITION_YEARS, Edition, Lead, Section

HEAD_KEYS = ("date", "subject", "preheader", "language")
#: Names of saved blocks of feeds.yaml that this edition leaves out.
WITHOUT_KEY = "without"
#: The key of the texts of saved blocks, which nobody types.
TEXTS_KEY = "blocks"

_HEAD = re.compile(
    r"---[ \t]*\n(?P<yaml>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_SECTION_TITLE = re.compile(r"^(?P<title>.*?)\s*\{#(?P<key>[a-z][a-z0-9_]*)\}$")
#: What YAML may read as text without quotes; `_loads_as_text` makes sure that it does.
_SIMPLE_TEXT = re.compile(r"[\w“‘(][^\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff:#]*")
#: YAML breaks long lines; a head's text stays on one.
_YAML_LINE_LENGTH = 1_000_000
_TEXT_TOKENS = frozenset({"text", "text_special", "softbreak"})


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.disable("text_join")  # keeps escaped characters separate from others
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


PARSER = _make_parser()


@dataclass(frozen=True, slots=True)
class _Head:
    """The values of an edition's YAML head."""

    date: date
    subject: str
    preheader: str
    language: str
    block_texts: tuple[tuple[str, str], ...]
    without_blocks: tuple[str, ...]


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
    problems = Problems()
    unified = text.removeprefix("\ufeff").replace("\r\n", "\n")
    match = _HEAD.match(unified)
    if not match:
        problems.fail(
            1, "expected --- above and below date:, subject: and preheader:"
        )
    head = _read_head(match["yaml"], problems)
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
    yield "---\n"
    yield f"date: {edition.date.isoformat()}\n"
    yield f"subject: {_yaml_text(edition.subject)}\n"
    yield f"preheader: {_yaml_text(edition.preheader)}\n"
    if edition.language:
        yield f"language: {_yaml_text(edition.language)}\n"
    if edition.without_blocks:
        names = ", ".join(map(_quoted_name, edition.without_blocks))
        yield f"{WITHOUT_KEY}: [{names}]\n"
    if edition.block_texts:
        yield f"{TEXTS_KEY}:\n"
    for name, text in edition.block_texts:
        yield f'  "{name}": {_yaml_text(text)}\n'
    yield "---\n"
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


def _quoted_name(name: str) -> str:
    """Return the name of a saved block as YAML reads it as text: 404, on and null are names too."""
    return f'"{name}"'


def _yaml_text(text: str) -> str:
    """Write text as a YAML value: bare where YAML reads it as text, else in quotes."""
    if not text:
        return ""
    if _SIMPLE_TEXT.fullmatch(text) and _loads_as_text(text):
        return text
    output = io.StringIO()
    yaml = YAML()
    yaml.width = _YAML_LINE_LENGTH
    yaml.allow_unicode = True
    yaml.dump([DoubleQuotedScalarString(text)], output)
    return output.getvalue().removeprefix("- ").rstrip("\n")


def _loads_as_text(text: str) -> bool:
    try:
        return bool(YAML(typ="safe", pure=True).load(text) == text)
    except YAMLError:
        return False


# Reading the head


def _read_head(source: str, problems: Problems) -> _Head:
    try:
        values = YAML(typ="rt").load(source) or {}
    except YAMLError as error:
        problems.fail(*_yaml_problem(error))
    if not isinstance(values, dict):
        problems.fail(2, "expected date:, subject: and preheader:")
    lines = _lines_of_keys(values)
    for key in values:
        if key not in (*HEAD_KEYS, WITHOUT_KEY, TEXTS_KEY):
            expected = ", ".join((*HEAD_KEYS, WITHOUT_KEY))
            problems.add(lines[key], f"unknown key {key}; known are {expected}")
    date_line, subject_line, preheader_line, language_line = (
        lines.get(key, 1) for key in HEAD_KEYS
    )
    return _Head(
        date=_read_date(values.get("date"), date_line, problems),
        subject=_read_text(values.get("subject"), subject_line, problems),
        preheader=_read_text(values.get("preheader"), preheader_line, problems),
        language=_read_language(
            values.get("language"), language_line, problems
        ),
        block_texts=_read_block_texts(
            values.get(TEXTS_KEY), lines.get(TEXTS_KEY, 1), problems
        ),
        without_blocks=_read_block_names(
            values.get(WITHOUT_KEY), lines.get(WITHOUT_KEY, 1), problems
        ),
    )


def _lines_of_keys(values: dict[str, Any]) -> dict[str, int]:
    """Return the line of each key in the file; the head begins in its second line."""
    if not isinstance(values, CommentedMap):
        return {}
    return {key: values.lc.key(key)[0] + 2 for key in values}


def _yaml_problem(error: YAMLError) -> tuple[int, str]:
    """Return the line in the file and the words for a head that is not YAML."""
    if not isinstance(error, MarkedYAMLError) or not error.problem_mark:
        first_line = str(error).splitlines()[0]
        return 2, f"the head is not YAML ({first_line})"
    mark = error.problem_mark
    # an open quote is found missing at the end; what helps is where it was opened
    is_open_quote = "end of stream" in (error.problem or "")
    if is_open_quote and error.context_mark:
        mark = error.context_mark
    words = f"the head is not YAML ({error.problem}); put the text in quotes"
    return mark.line + 2, words


def _read_date(value: Any, line: int, problems: Problems) -> date:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        day = date.min
    if day.year not in EDITION_YEARS:
        problems.add(
            line, f"date: expected a day such as 2026-02-27, found {value!r}"
        )
    return day


def _read_text(value: Any, line: int, problems: Problems) -> str:
    if isinstance(value, dict | list):
        problems.add(line, "expected text in quotes")
    if value is None:
        return ""
    return str(value)


def _read_language(value: Any, line: int, problems: Problems) -> str:
    if value is None:
        return ""
    tag = str(value)
    if tag and not LANGUAGE.fullmatch(tag):
        problems.add(
            line,
            f"language: expected a language tag such as es, found {value!r}",
        )
    return tag


def _read_block_texts(
    value: Any, line: int, problems: Problems
) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        problems.add(
            line, f"{TEXTS_KEY}: expected names and texts of saved blocks"
        )
        return ()
    return tuple((str(name), str(text or "")) for name, text in value.items())


def _read_block_names(
    value: Any, line: int, problems: Problems
) -> tuple[str, ...]:
    """Return the names of a list of saved blocks, each once; one alone needs no list."""
    if value is None:
        return ()
    names = value
    if not isinstance(value, list):
        names = [value]
    texts = [str(name) for name in names]
    if not all(map(is_block_name, texts)):
        problems.add(
            line,
            f"{WITHOUT_KEY}: expected names of saved blocks such as [donate], found {value!r}",
        )
        return ()
    return tuple(dict.fromkeys(texts))


# Reading leads and sections


def _read_body(lines: Sequence[str], problems: Problems) -> _Body:
    leads: list[Lead] = []
    sections: list[Section] = []
    marks: list[BlockMark] = []
    on_top: tuple[str, ...] = ()
    tokens = PARSER.parse("\n".join(lines))
    for block in _blocks(tokens, len(lines)):
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
    return _Body(tuple(leads), tuple(sections), on_top)


def _check_above_headings(marked: MarkedEnd, problems: Problems) -> None:
    if marked.tokens:
        line_number = _first_line(marked.tokens[0]) + 1
        problems.add(
            line_number, "expected a headline (# …) or a section (## …) first"
        )


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
    dek = _dek_of(marked.tokens)
    if dek is not None:
        body_start = _line_behind(marked.tokens[0])
    body = _trim_lines(lines[body_start : marked.end_line(block.end_line)])
    return Lead(headline, dek or "", body, marked.names)


def _dek_of(tokens: Sequence[Token]) -> str | None:
    """Return the text of a first paragraph that is all italic and nothing else."""
    if len(tokens) < 2 or tokens[0].type != "paragraph_open":
        return None
    children = without_empty(tokens[1].children or ())
    inside = children[1:-1]
    if not _is_between_italic_marks(children) or _has_marks(inside):
        return None
    return join_text(inside)


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

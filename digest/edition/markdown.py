"""An edition as a Markdown file that a person likes to read, and back, losing nothing.

The shape is CommonMark (commonmark.org/0.31.2) with a YAML head: `# Headline` opens a lead, an
italic first paragraph is its dek, `## Title {#key}` opens a section, and a section's lines are
`- [Headline](address) (Outlet)`, with more below it where there is more to say (`storyline.py`).
Headlines, deks and outlets are plain text: what Markdown would take for a mark is escaped with a
backslash.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from digest.edition.image_checks import check_pictures
from digest.edition.inline import escape, escape_heading, joined, plain
from digest.edition.problems import Problems
from digest.edition.story_line import LANGUAGE, read_picks, written
from digest.errors import EditionError
from digest.model import Edition, Lead, Section

HEAD = ("date", "subject", "preheader", "language")

_KEY = re.compile(r"^(?P<title>.*?)\s*\{#(?P<key>[a-z][a-z0-9_]*)\}$")
_SIMPLE_HEAD = re.compile(r"[\w“‘(][^\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff:#]*")


def _reader() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False})
    md.disable("text_join")  # what was escaped stays apart from what was not
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    md.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return md


_MD = _reader()


def dump(edition: Edition) -> str:
    """Write an edition as Markdown.

    Raises EditionError if it holds what the shape cannot say, such as a headline of two lines.
    """
    text = "".join(_pieces(edition))
    if load(text) != edition:
        raise EditionError(
            "this edition cannot be written as Markdown without losing something"
        )
    return text


@lru_cache(maxsize=64)
def load(text: str) -> Edition:
    """Read an edition. Raises EditionError with every problem and its line."""
    problems = Problems()
    head, body, first = _split_head(
        text.removeprefix("\ufeff").replace("\r\n", "\n"), problems
    )
    lines = body.split("\n")
    leads, sections = _read_blocks(lines, problems.below(first))
    problems.raise_any()
    return Edition(**head, leads=leads, sections=sections)


# Writing


def _pieces(edition: Edition) -> Iterator[str]:
    yield f"---\ndate: {edition.date.isoformat()}\n"
    yield f"subject: {_scalar(edition.subject)}\npreheader: {_scalar(edition.preheader)}\n"
    yield (
        f"language: {_scalar(edition.language)}\n---\n" if edition.language else "---\n"
    )
    for lead in edition.leads:
        yield f"\n# {escape_heading(lead.headline)}\n"
        yield f"\n*{escape(lead.dek)}*\n" if lead.dek else ""
        yield f"\n{lead.body}\n" if lead.body else ""
    for section in edition.sections:
        yield f"\n## {escape(section.title)} {{#{section.key}}}\n"
        yield "\n" if section.picks else ""
        yield from map(written, section.picks)


def _scalar(text: str) -> str:
    if not text:
        return ""
    if _SIMPLE_HEAD.fullmatch(text) and _loads_as_text(text):
        return text
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    yaml.dump([DoubleQuotedScalarString(text)], out)
    return out.getvalue().removeprefix("- ").rstrip("\n")


def _loads_as_text(text: str) -> bool:
    try:
        return bool(YAML(typ="safe", pure=True).load(text) == text)
    except YAMLError:
        return False


# Reading


def _split_head(text: str, problems: Problems) -> tuple[dict[str, Any], str, int]:
    """Return the head's values, the rest, and the line before the rest."""
    match = re.match(
        r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE
    )
    if not match:
        problems.fail(1, "expected --- above and below date:, subject: and preheader:")
    head = _head(match[1], problems)
    return head, text[match.end() :], match.group().count("\n")


def _head(source: str, problems: Problems) -> dict[str, Any]:
    try:
        values = YAML(typ="rt").load(source) or {}
    except YAMLError as e:
        problems.fail(*_yaml_problem(e))
    if not isinstance(values, dict):
        problems.fail(2, "expected date:, subject: and preheader:")
    if isinstance(values, CommentedMap):
        lines = {k: values.lc.key(k)[0] + 2 for k in values}
    else:
        lines = {}
    for key in values:
        if key not in HEAD:
            problems.add(lines[key], f"unknown key {key}; known are {', '.join(HEAD)}")
    return {
        "date": _date(values.get("date"), lines.get("date", 1), problems),
        "subject": _head_text(values.get("subject"), lines.get("subject", 1), problems),
        "preheader": _head_text(
            values.get("preheader"), lines.get("preheader", 1), problems
        ),
        "language": _language(
            values.get("language"), lines.get("language", 1), problems
        ),
    }


def _yaml_problem(e: YAMLError) -> tuple[int, str]:
    if not isinstance(e, MarkedYAMLError) or not e.problem_mark:
        return 2, f"the head is not YAML ({str(e).splitlines()[0]})"
    # an open quote is found missing at the end; what helps is where it was opened
    opened = "end of stream" in (e.problem or "") and e.context_mark
    line = (opened or e.problem_mark).line + 2
    return line, f"the head is not YAML ({e.problem}); put the text in quotes"


def _date(value: Any, line: int, problems: Problems) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        problems.add(line, f"date: expected a day such as 2026-02-27, found {value!r}")
        return date.min


def _head_text(value: Any, line: int, problems: Problems) -> str:
    if isinstance(value, dict | list):
        problems.add(line, "expected text in quotes")
    if value is None:
        return ""
    return str(value)


def _language(value: Any, line: int, problems: Problems) -> str:
    if value is None:
        tag = ""
    else:
        tag = str(value)
    if tag and not LANGUAGE.fullmatch(tag):
        problems.add(
            line, f"language: expected a language tag such as es, found {value!r}"
        )
    return tag


def _read_blocks(
    lines: Sequence[str], problems: Problems
) -> tuple[tuple[Lead, ...], tuple[Section, ...]]:
    leads: list[Lead] = []
    sections: list[Section] = []
    tokens = _MD.parse("\n".join(lines))
    for heading, inside, first, end in _blocks(tokens, len(lines)):
        if heading is None:
            if inside:
                line = _span(inside[0])[0]
                problems.add(
                    line + 1, "expected a headline (# …) or a section (## …) first"
                )
        elif heading.tag == "h1":
            leads.append(_lead(heading, inside, lines[first:end], problems))
            if sections:
                problems.add(
                    _span(heading)[0] + 1,
                    "a lead (# …) stands above the sections (## …)",
                )
        else:
            sections.append(_section(heading, inside, lines, problems))
            if sections[-1].key in [s.key for s in sections[:-1]]:
                problems.add(
                    _span(heading)[0] + 1, f"section {sections[-1].key} a second time"
                )
    return tuple(leads), tuple(sections)


def _blocks(
    tokens: list[Token], length: int
) -> Iterator[tuple[Token | None, list[Token], int, int]]:
    """Cut at headings of level 1 and 2: yield (heading, tokens inside, first line, end line)."""
    cuts = [
        i
        for i, t in enumerate(tokens)
        if t.type == "heading_open" and t.tag in ("h1", "h2") and not t.level
    ]
    starts = [0, *(_span(tokens[i])[1] for i in cuts)]
    ends = [*(_span(tokens[i])[0] for i in cuts), length]
    bounds = [*cuts, len(tokens)]
    yield None, tokens[: bounds[0]], 0, ends[0]
    for n, i in enumerate(cuts):
        heading = _located(tokens[i], tokens[i + 1])
        yield heading, tokens[i + 3 : bounds[n + 1]], starts[n + 1], ends[n + 1]


def _span(token: Token) -> tuple[int, int]:
    """Return the first line of a block and the line behind it; lines count from 0."""
    first, behind = token.map or (0, 0)
    return first, behind


def _located(heading: Token, inline: Token) -> Token:
    """Return the heading's inline token under the heading's tag and lines."""
    inline.tag = heading.tag
    inline.map = heading.map
    return inline


def _lead(
    heading: Token, inside: list[Token], lines: Sequence[str], problems: Problems
) -> Lead:
    line = _span(heading)[0] + 1
    headline = plain(heading.children or (), line, problems)
    if not headline:
        problems.add(line, "expected a headline behind #")
    check_pictures(inside, problems)
    lead = Lead(headline, body=_trim(lines))
    dek = _dek(inside)
    if dek is None:
        return lead
    after = _span(inside[0])[1] - _span(heading)[1]
    return replace(lead, dek=dek, body=_trim(lines[after:]))


def _dek(inside: Sequence[Token]) -> str | None:
    """Return the text of a first paragraph that is all italic and nothing else."""
    if len(inside) < 2 or inside[0].type != "paragraph_open":
        return None
    children = [c for c in inside[1].children or () if c.type != "text" or c.content]
    if len(children) < 3 or (children[0].type, children[-1].type) != (
        "em_open",
        "em_close",
    ):
        return None
    middle = children[1:-1]
    if not all(c.type in ("text", "text_special", "softbreak") for c in middle):
        return None
    return joined(middle)


def _trim(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def _section(
    heading: Token, inside: list[Token], lines: Sequence[str], problems: Problems
) -> Section:
    line = _span(heading)[0] + 1
    text = plain(heading.children or (), line, problems)
    match = _KEY.match(text)
    picks = tuple(read_picks(inside, lines, problems))
    if not match or not match["title"]:
        problems.add(line, "expected a section's title and key: ## Title {#following}")
        return Section("", text)
    return Section(match["key"], match["title"], picks)

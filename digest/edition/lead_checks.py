"""Lead checks: what a lead's Markdown, or a saved block's, was meant to be and is not.

Readers would see its marks, or follow a link to nowhere. Each is named with its line; what is really
meant so is written with a backslash.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.edition.button_checks import (
    BUTTON_ALONE,
    are_buttons,
    is_button,
)
from digest.edition.note_checks import check_notes
from digest.edition.problems import Problems
from digest.edition.table_checks import check_tables
from digest.infra.markup import make_markup_parser
from digest.infra.web_address import find_address_fault

_BREAKS = ("softbreak", "hardbreak")


@dataclass(frozen=True, slots=True)
class _Leftover:
    """Marks that mean nothing where they stand, and what is said of them."""

    pattern: re.Pattern[str]
    words: str  #: `{0}` is what was found


@dataclass(frozen=True, slots=True)
class _Placed:
    """A token of running text, the line that it stands in, and whether it begins it."""

    token: Token
    line: int
    begins_line: bool


def _make_leftover(pattern: str, words: str) -> _Leftover:
    return _Leftover(re.compile(pattern, re.IGNORECASE), words)


#: Within a line. The first that is found in a text is named.
_IN_LINES = (
    _make_leftover(
        r"<!--", "this comment is never closed: write --> behind it"
    ),
    _make_leftover(
        r"!\[[^\]]*\]\(",
        "this is no image: an address holds no spaces; rename the file",
    ),
    _make_leftover(
        r"\]\(", "this is no link: an address holds no spaces and ends with )"
    ),
    _make_leftover(
        r"\[\^[^\]\s]+\]",
        "{0} has no text: write {0}: … in a line of its own in this lead",
    ),
    _make_leftover(
        r"\[[^\[\]]+\]\[[^\[\]]*\]",
        "{0} has no address: write [its name]: https://… in a line of its own",
    ),
    _make_leftover(
        r"\[\[[^\[\]]+\]\]", "{0} is no link: write [words](https://…)"
    ),
    _make_leftover(
        r"\{\s*(?:[.#][a-z]|(?:width|lang|class|id|style|target)\s*=)[^{}]*\}",
        "{0} means nothing here; {{.button}} stands behind a link",
    ),
    _make_leftover(
        r"\*\*|~~|(?<!\w)__(?=\w)",
        r"readers would see {0}: it stands right before and behind words, without spaces",
    ),
    _make_leftover(r"==\w[^=]*==", "{0} marks nothing: write **…** for bold"),
)
#: At a line's beginning.
_AT_BEGINNINGS = (
    _make_leftover(
        r"^#{2,}(?=\S)", "{0} opens a small heading if a space follows: ### …"
    ),
    _make_leftover(
        r"^\[!\w+\]", "{0} means nothing here: write a word in bold"
    ),
    _make_leftover(r"^:::.*", "{0} means nothing here: leave it out"),
    _make_leftover(r"^\[toc\]$", "{0} means nothing here: leave it out"),
)


@cache
def _open_parser() -> MarkdownIt:
    parser = make_markup_parser(joins_text=False)
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def read_references(source: str) -> dict[str, object]:
    """Return the addresses that a text gives for links by reference."""
    env: dict[str, dict[str, object]] = {}
    _open_parser().parse(source, env)
    return env.get("references", {})


def check_body(
    source: str, references: dict[str, object], problems: Problems
) -> None:
    """Note what readers could not understand or follow; lines count from the body's first.

    `references` are those of the whole edition, for links such as [the ruling][ruling].
    """
    lines = source.split("\n")
    env = {"references": dict(references)}
    tokens = _open_parser().parse(source, env)
    check_notes(lines, env, problems)
    check_tables(tokens, lines, problems)
    line = 1
    for position, token in enumerate(tokens):
        if token.map:
            line = token.map[0] + 1
        if token.type == "fence":
            _check_fence(token, lines, problems)
        if token.type == "inline":
            is_paragraph = tokens[position - 1].type == "paragraph_open"
            own_paragraph = is_paragraph and token.level == 1
            _check_running_text(
                token.children or [], line, problems, is_alone=own_paragraph
            )


def _check_fence(
    fence: Token, lines: Sequence[str], problems: Problems
) -> None:
    first, behind = fence.map or (0, 0)
    last_line = lines[min(behind, len(lines)) - 1].strip(" \t>")
    if behind - first < 2 or not last_line.startswith(fence.markup):
        problems.add_typed(
            first + 1,
            f"{fence.markup} is never closed: write {fence.markup} below its last line",
        )


def _check_running_text(
    tokens: Sequence[Token], line: int, problems: Problems, *, is_alone: bool
) -> None:
    placed_tokens = list(_place_tokens(tokens, line))
    for placed in placed_tokens:
        if placed.token.type == "text":
            _check_words(placed, problems)
    for position, placed in enumerate(placed_tokens):
        if placed.token.type == "link_open":
            _check_link(tokens, position, placed.line, problems)
    if is_alone and are_buttons(tokens):
        return
    for placed in placed_tokens:
        if is_button(placed.token):
            problems.add_typed(placed.line, BUTTON_ALONE)


def _place_tokens(tokens: Sequence[Token], line: int) -> Iterator[_Placed]:
    """Yield tokens with their lines; the first stands in the line given."""
    begins_line = True
    for token in tokens:
        yield _Placed(token, line, begins_line)
        begins_line = token.type in _BREAKS
        line += token.content.count("\n") + begins_line


def _check_words(placed: _Placed, problems: Problems) -> None:
    leftovers = [*_IN_LINES]
    if placed.begins_line:
        leftovers += _AT_BEGINNINGS
    for words in _find_leftovers(placed.token.content, leftovers):
        problems.add_typed(placed.line, words)


def _find_leftovers(text: str, leftovers: Iterable[_Leftover]) -> Iterator[str]:
    """Yield what is said of the first of some leftovers that a text holds."""
    for leftover in leftovers:
        match = leftover.pattern.search(text)
        if match:
            yield leftover.words.format(match.group())
            return


# Links


def _check_link(
    tokens: Sequence[Token], position: int, line: int, problems: Problems
) -> None:
    link = tokens[position]
    url = str(link.attrGet("href") or "")
    fault = find_address_fault(url)
    if fault:
        problems.add_typed(line, f"the link to {url!r} leads nowhere: {fault}")
    if not _has_words(tokens, position):
        problems.add_typed(line, "a link without words: [words](https://…)")
    if link.info == "auto" and _ends_with_bracket(tokens[:position]):
        problems.add_typed(
            line, "this is no link: ( follows ] without a space: [words](…)"
        )
    unknown = set(str(link.attrGet("class") or "").split()) - {"button"}
    others = link.meta.get("insecure_attrs", {})
    for name in sorted({*unknown, *others}):
        problems.add_typed(
            line, f"{name} means nothing behind a link; {{.button}} does"
        )


def _has_words(tokens: Sequence[Token], position: int) -> bool:
    for token in tokens[position + 1 :]:
        if token.type == "link_close":
            return False
        if token.content.strip():
            return True
    return False


def _ends_with_bracket(tokens: Sequence[Token]) -> bool:
    if not tokens or tokens[-1].type != "text":
        return False
    return tokens[-1].content.endswith(("] (", ")["))

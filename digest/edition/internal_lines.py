"""Internal lines: what only an internal newsletter prints of a story, as a list below its line.

- [Headline](https://…) (Outlet)
  - Proof: The sentence that names us.
  - We said: “A sentence with which our people are quoted.”
  - Why: names us, source of the documents, in the body
  - Excerpt: The article's first sentences.

Each may be left out; `We said` may stand several times. All words are plain text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from digest.edition.inline import escape_text, read_plain
from digest.edition.problems import Problems
from digest.model import Pick

PROOF = "Proof"
SAID = "We said"
REASONS = "Why"
EXCERPT = "Excerpt"
LABELS = (PROOF, SAID, REASONS, EXCERPT)

_LABELLED = re.compile(
    rf"(?P<label>{'|'.join(LABELS)})\s*:\s*(?P<words>.+)", re.IGNORECASE
)
#: The level of the list below a story line, which is in an item of a list itself.
_LEVEL_OF_LIST = 2
_LIST_TOKENS = ("bullet_list", "list_item", "paragraph")


@dataclass(frozen=True, slots=True)
class ItemParts:
    """The tokens of a story's list item: its own, and those of the list below it."""

    own: list[Token]
    below: list[Token]


def dump_internal_lines(pick: Pick) -> Iterator[str]:
    """Yield the lines below a story line that only an internal newsletter has."""
    if pick.proof:
        yield _line_with_label(PROOF, pick.proof)
    for sentence in pick.our_quotes:
        yield _line_with_label(SAID, sentence)
    if pick.reasons:
        yield _line_with_label(REASONS, pick.reasons)
    if pick.excerpt:
        yield _line_with_label(EXCERPT, pick.excerpt)


def _line_with_label(label: str, words: str) -> str:
    return f"- {label}: {escape_text(words)}"


def split_item(item: Sequence[Token]) -> ItemParts:
    """Separate the tokens of a story's list item from those of the list below it."""
    own: list[Token] = []
    below: list[Token] = []
    is_below = False
    for token in item:
        borders_list = token.level == _LEVEL_OF_LIST and token.type.startswith(
            "bullet"
        )
        if borders_list:
            is_below = token.nesting > 0
        if borders_list or is_below:
            below.append(token)
        else:
            own.append(token)
    return ItemParts(own, below)


def read_internal_lines(
    pick: Pick,
    below: Sequence[Token],
    source: Sequence[str],
    problems: Problems,
    shape: str,
) -> Pick:
    """Return a pick with what the list below its line says; `shape` says what was expected."""
    for token in below:
        first, behind = token.map or (0, 0)
        is_of_list = token.type.startswith(_LIST_TOKENS)
        if token.type == "inline":
            _check_indentation(first, behind, source, problems)
            words = read_plain(token.children or [], first + 1, problems)
            pick = _with_line(pick, words, first + 1, problems, shape)
        elif not is_of_list:
            problems.add(first + 1, shape)
    return pick


def _check_indentation(
    first: int, behind: int, source: Sequence[str], problems: Problems
) -> None:
    """Note lines that Markdown counts to an item although they are no further in than it."""
    outer = _indentation_of(source[first])
    for line in range(first + 1, behind):
        if _indentation_of(source[line]) <= outer:
            problems.add(
                line + 1,
                f"the lines - {PROOF}: …, - {EXCERPT}: … come last: move this line above them",
            )


def _indentation_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def _with_line(
    pick: Pick, text: str, line: int, problems: Problems, shape: str
) -> Pick:
    match = _LABELLED.fullmatch(text)
    if not match:
        problems.add(line, shape)
        return pick
    label = match["label"].capitalize()
    words = match["words"]
    if label == SAID:
        return replace(pick, our_quotes=(*pick.our_quotes, words))
    if _words_under(label, pick):
        problems.add(line, f"- {label}: stands once below a story")
    if label == PROOF:
        return replace(pick, proof=words)
    if label == REASONS:
        return replace(pick, reasons=words)
    return replace(pick, excerpt=words)


def _words_under(label: str, pick: Pick) -> str:
    """Return what a pick says under a label that may stand once."""
    words = {
        PROOF: pick.proof,
        REASONS: pick.reasons,
        EXCERPT: pick.excerpt,
    }
    return words[label]

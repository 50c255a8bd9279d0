"""Story line: a pick as an item of a section's list, and back.

- [Headline](https://…) (Outlet) {.opinion .paywall lang=es}
  Also in [The Hill](https://…), NPR
  [Gift link](https://…)
  The editor's sentence on it.
  > A sentence pulled from the story.

Where a story has no address, `unlinked:` stands in its place, with a code that tells it from others.
Only the first line must be there. All words are plain text. An internal newsletter has more below
it (`internal_lines`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from digest.edition.inline import (
    check_address,
    escape_address,
    escape_line,
    escape_text,
    note_comment,
    read_plain,
    without_empty,
)
from digest.edition.internal_lines import (
    LABELS,
    dump_internal_lines,
    read_internal_lines,
    split_item,
)
from digest.edition.problems import Problems
from digest.infra.markup.comments import COMMENT
from digest.model import (
    UNLINKED,
    OtherOutlet,
    Pick,
    is_unlinked,
    make_unlinked_address,
)
from digest.settings import LANGUAGE_TAG

SHAPE = "expected a story line: - [Headline](https://…) (Outlet)"
_LABELS_SHAPE = ", ".join(f"- {label}: …" for label in LABELS)
SHAPE_BELOW = f"{SHAPE}; or, further in, {_LABELS_SHAPE}"
ALSO_SHAPE = "expected outlets, with or without a link: Also in [The Hill](https://…), NPR"
GIFT = "Gift link"
ALSO = "Also in "

LANGUAGE = re.compile(LANGUAGE_TAG)
_OUTLET_AND_MARKS = re.compile(
    r"^\s*\((?P<outlet>.+)\)(?:\s*\{(?P<marks>[^{}]*)\})?$"
)
_MARKS = re.compile(r"\{(?P<marks>(?:\.|lang=)[^{}]*)\}")
#: The first letter of an “Also in” that begins a line.
_ALSO_INITIAL = re.compile(f"^{ALSO[0]}(?={ALSO[1:].strip()}(?: |$))")
#: The level of a text that stands in a list's item; in a quote there it is deeper.
_LEVEL_IN_ITEM = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a story, as inline tokens."""

    number: int  #: from 1
    tokens: list[Token]


# Writing


def dump_pick(pick: Pick) -> str:
    """Return the lines of a pick."""
    headline = escape_text(pick.headline)
    outlet = escape_text(pick.outlet)
    first_line = f"- [{headline}]({escape_address(pick.url)}) ({outlet})"
    marks = _marks_of(pick)
    if marks:
        first_line += f" {{{marks}}}"
    lines = [first_line, *_lines_below(pick)]
    return "\n  ".join(lines) + "\n"


def _marks_of(pick: Pick) -> str:
    marks = []
    if pick.opinion:
        marks.append(".opinion")
    if pick.paywall:
        marks.append(".paywall")
    if pick.language:
        marks.append(f"lang={pick.language}")
    return " ".join(marks)


def _lines_below(pick: Pick) -> Iterator[str]:
    if pick.also_in:
        yield ALSO + ", ".join(map(_link_to_outlet, pick.also_in))
    if pick.gift:
        yield f"[{GIFT}]({escape_address(pick.gift)})"
    if pick.note:
        # an entity keeps the editor's own "Also in" apart from ours
        entity = f"&#{ord(ALSO[0])};"
        yield _ALSO_INITIAL.sub(entity, escape_line(pick.note))
    if pick.quote:
        yield f"> {escape_line(pick.quote)}"
    yield from dump_internal_lines(pick)


def _link_to_outlet(other: OtherOutlet) -> str:
    name = escape_text(other.outlet).replace(",", "\\,")
    if other.url:
        return f"[{name}]({escape_address(other.url)})"
    return name


# Reading a section's list


def read_picks(
    tokens: Sequence[Token], source: Sequence[str], problems: Problems
) -> Iterator[Pick]:
    """Yield the picks of a section's blocks; note what is no story line.

    `source` is the lines that the tokens were read from.
    """
    for token, inside in _list_items(tokens):
        line_number = _line_number(token, default=1)
        if token.type == COMMENT:
            note_comment(line_number, problems)
            continue
        if token.type != "list_item_open":
            problems.add(line_number, SHAPE)
            continue
        parts = split_item(inside)
        _check_quotes(parts.own, source, problems)
        pick = _read_pick(parts.own, line_number, problems)
        if pick:
            yield read_internal_lines(
                pick, parts.below, source, problems, SHAPE_BELOW
            )


def _line_number(token: Token, *, default: int) -> int:
    """Return the first line of a block, counted from 1."""
    if not token.map:
        return default
    return token.map[0] + 1


def _list_items(tokens: Sequence[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Yield each list item with the tokens inside it, and each other block's first token."""
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type.startswith("bullet_list"):
            position += 1  # go on with what is inside the list
            continue
        end = _closing_position(tokens, position)
        if token.type == "list_item_open":
            yield token, list(tokens[position + 1 : end])
        else:
            yield token, []
        position = end + 1


def _closing_position(tokens: Sequence[Token], start: int) -> int:
    """Return where the block closes that opens at `start`."""
    opening = tokens[start]
    if opening.nesting != 1:
        return start
    return next(
        position
        for position in range(start + 1, len(tokens))
        if _closes(tokens[position], opening)
    )


def _closes(token: Token, opening: Token) -> bool:
    return token.nesting < 0 and token.level == opening.level


def _is_quote(token: Token) -> bool:
    return token.type == "inline" and token.level > _LEVEL_IN_ITEM


def _check_quotes(
    item: Sequence[Token], source: Sequence[str], problems: Problems
) -> None:
    """Note lines that Markdown counts to a quote although no > says so: they were not meant so."""
    for quote in filter(_is_quote, item):
        first, behind = quote.map or (0, 0)
        for line in range(first, behind):
            if not source[line].lstrip().startswith(">"):
                problems.add(
                    line + 1,
                    "the quote (> …) comes last: move this line above it",
                )


# Reading one story


def _read_pick(
    item: list[Token], item_line: int, problems: Problems
) -> Pick | None:
    lines: list[_Line] = []
    quotes: list[str] = []
    for token in item:
        line_number = _line_number(token, default=item_line)
        if token.type != "inline":
            _check_block(token, line_number, problems)
        elif token.level == _LEVEL_IN_ITEM:
            lines += _split_lines(token, line_number)
        else:
            quotes.append(
                read_plain(token.children or [], line_number, problems)
            )
    pick = None
    if lines:
        pick = _read_first_line(lines, problems)
    if pick:
        pick = _read_lines_below(pick, lines, problems)
        return replace(pick, quote=" ".join(quotes))
    if not lines:
        problems.add(item_line, SHAPE)
    return None


def _check_block(token: Token, line: int, problems: Problems) -> None:
    if token.type == COMMENT:
        note_comment(line, problems)
    elif not token.type.startswith(("paragraph", "blockquote")):
        problems.add(line, SHAPE)


def _split_lines(inline: Token, first_number: int) -> list[_Line]:
    """Cut a paragraph at its line breaks, but not inside a link's words."""
    lines = [_Line(first_number, [])]
    link_depth = 0
    for child in without_empty(inline.children or ()):
        if child.type.startswith("link"):
            link_depth += child.nesting
        is_break = child.type in ("softbreak", "hardbreak")
        if is_break and not link_depth:
            lines.append(_Line(lines[-1].number + 1, []))
        else:
            lines[-1].tokens.append(child)
    return lines


def _read_first_line(lines: list[_Line], problems: Problems) -> Pick | None:
    """Read headline, address, outlet and marks, and take their lines off the list.

    The outlet may be in the line below the link.
    """
    line = lines.pop(0)
    closing = _position_of_link_end(line.tokens)
    if not closing:
        problems.add(line.number, SHAPE)
        return None
    opening = line.tokens[0]
    headline = read_plain(line.tokens[1:closing], line.number, problems)
    behind = line.tokens[closing + 1 :]
    if not behind and lines:
        behind = lines.pop(0).tokens
    text = read_plain(behind, line.number, problems, has_marks=True)
    match = _OUTLET_AND_MARKS.match(text)
    if not headline or not match:
        problems.add(line.number, SHAPE)
        return None
    outlet = match["outlet"].strip()
    url = str(opening.attrGet("href") or "")
    if url == UNLINKED:
        url = make_unlinked_address(outlet, headline)
    if not is_unlinked(url):
        check_address(url, line.number, problems)
    pick = Pick(headline, url, outlet)
    marks = (match["marks"] or "").split()
    return _with_marks(pick, marks, line.number, problems)


def _position_of_link_end(tokens: Sequence[Token]) -> int:
    """Return where the link closes that a line begins with; 0 if it begins with none."""
    if not tokens or tokens[0].type != "link_open":
        return 0
    types = [token.type for token in tokens]
    if "link_close" not in types:
        return 0
    return types.index("link_close")


def _with_marks(
    pick: Pick, marks: list[str], line: int, problems: Problems
) -> Pick:
    for mark in marks:
        name, _, value = mark.partition("=")
        if mark == ".opinion":
            pick = replace(pick, opinion=True)
        elif mark == ".paywall":
            pick = replace(pick, paywall=True)
        elif name == "lang" and LANGUAGE.fullmatch(value):
            pick = replace(pick, language=value)
        else:
            problems.add(
                line,
                f"unknown mark {mark}; known are .opinion, .paywall, lang=es",
            )
    return pick


def _read_lines_below(
    pick: Pick, lines: list[_Line], problems: Problems
) -> Pick:
    """Read “Also in” and gift links; what is neither is the editor's note."""
    notes: list[str] = []
    also_in = list(pick.also_in)
    for line in lines:
        if not line.tokens:
            continue
        gift = _gift_address(line.tokens)
        marks = _marks_alone(line.tokens)
        if marks:
            pick = _with_marks(pick, marks, line.number, problems)
        elif _names_other_outlets(line.tokens):
            also_in += _read_other_outlets(line, problems)
        elif gift:
            check_address(gift, line.number, problems)
            pick = replace(pick, gift=gift)
        else:
            notes.append(read_plain(line.tokens, line.number, problems))
    return replace(pick, also_in=tuple(also_in), note=" ".join(notes))


def _marks_alone(tokens: Sequence[Token]) -> list[str]:
    """Return the marks of a line that holds nothing else, as `{.opinion}` below a story."""
    if len(tokens) != 1 or tokens[0].type != "text":
        return []
    match = _MARKS.fullmatch(tokens[0].content.strip())
    if match is None:
        return []
    return match["marks"].split()


def _names_other_outlets(tokens: Sequence[Token]) -> bool:
    first = tokens[0]
    return first.type == "text" and f"{first.content} ".startswith(ALSO)


def _gift_address(tokens: Sequence[Token]) -> str:
    """Return the address of a line that is a gift link and nothing else, else ""."""
    types = [token.type for token in tokens]
    if types != ["link_open", "text", "link_close"]:
        return ""
    opening, words, _ = tokens
    if words.content.casefold() != GIFT.casefold():
        return ""
    return str(opening.attrGet("href") or "")


def _read_other_outlets(
    line: _Line, problems: Problems
) -> Iterator[OtherOutlet]:
    for part in _split_at_commas(line.tokens):
        urls = [
            str(token.attrGet("href"))
            for token in part
            if token.type == "link_open"
        ]
        words = [token for token in part if not token.type.startswith("link")]
        name = read_plain(words, line.number, problems)
        if not name or len(urls) > 1:
            problems.add(line.number, ALSO_SHAPE)
            return
        url = "".join(urls)
        if url:
            check_address(url, line.number, problems)
        yield OtherOutlet(name, url)


def _split_at_commas(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split the text behind “Also in” at commas outside of links that are not escaped."""
    first = tokens[0]
    names = first.content.removeprefix(ALSO.strip()).lstrip()
    parts: list[list[Token]] = [[]]
    link_depth = 0
    for token in (first.copy(content=names), *tokens[1:]):
        if token.type.startswith("link"):
            link_depth += token.nesting
        if token.type != "text" or link_depth:
            parts[-1].append(token)
            continue
        text, *further_texts = token.content.split(",")
        parts[-1].append(token.copy(content=text))
        parts += [[token.copy(content=further)] for further in further_texts]
    return parts

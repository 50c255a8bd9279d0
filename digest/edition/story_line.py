"""A pick as an item of a section's list, and back.

- [Headline](https://…) (Outlet) {.opinion .paywall lang=es}
  Also in [The Hill](https://…), NPR
  [Gift link](https://…)
  The editor's sentence on it.
  > A sentence pulled from the story.

Only the first line must be there. All words are plain text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from digest.edition.inline import destination, escape, escape_line, is_web, plain
from digest.edition.problems import Problems
from digest.model import Elsewhere, Pick
from digest.settings import LANGUAGE_TAG

SHAPE = "expected a story line: - [Headline](https://…) (Outlet)"
ALSO_SHAPE = (
    "expected outlets, with or without a link: Also in [The Hill](https://…), NPR"
)
GIFT = "Gift link"
ALSO = "Also in "

LANGUAGE = re.compile(LANGUAGE_TAG)
_BEHIND = re.compile(r"^\s*\((?P<outlet>.+)\)(?:\s*\{(?P<marks>[^{}]*)\})?$")

_OURS = re.compile(f"^{ALSO[0]}(?={ALSO[1:].strip()}(?: |$))")

Line = list[Token]


# Writing


def written(pick: Pick) -> str:
    """Return the lines of a pick."""
    story = (
        f"- [{escape(pick.headline)}]({destination(pick.url)}) ({escape(pick.outlet)})"
    )
    lines = [
        f"{story} {{{marks}}}" if (marks := _marks(pick)) else story,
        *_below(pick),
    ]
    return "\n  ".join(lines) + "\n"


def _marks(pick: Pick) -> str:
    if pick.language:
        language = f"lang={pick.language}"
    else:
        language = ""
    said = (
        ".opinion" if pick.opinion else "",
        ".paywall" if pick.paywall else "",
        language,
    )
    return " ".join(filter(None, said))


def _below(pick: Pick) -> Iterator[str]:
    if pick.also_in:
        yield ALSO + ", ".join(map(_elsewhere, pick.also_in))
    if pick.gift:
        yield f"[{GIFT}]({destination(pick.gift)})"
    if pick.note:
        # an entity keeps the editor's own "Also in" apart from ours
        yield _OURS.sub(f"&#{ord(ALSO[0])};", escape_line(pick.note))
    if pick.quote:
        yield f"> {escape_line(pick.quote)}"


def _elsewhere(other: Elsewhere) -> str:
    name = escape(other.outlet).replace(",", "\\,")
    if other.url:
        return f"[{name}]({destination(other.url)})"
    return name


# Reading


def read_picks(
    tokens: Sequence[Token], source: Sequence[str], problems: Problems
) -> Iterator[Pick]:
    """Yield the picks of a section's blocks; note what is no story line.

    `source` is the lines that the tokens were read from.
    """
    for token, inside in _items(tokens):
        line = (token.map or (0, 0))[0] + 1
        if token.type == "list_item_open":
            _check_quotes(inside, source, problems)
            yield from _pick(inside, line, problems)
        else:
            problems.add(line, SHAPE)


def _items(tokens: Sequence[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Yield each list item with the tokens inside it, and each other block's first token."""
    i = 0
    while i < len(tokens):
        token = tokens[i]
        end = _end(tokens, i)
        if token.type == "list_item_open":
            yield token, list(tokens[i + 1 : end])
        elif not token.type.startswith("bullet_list"):
            yield token, []
        if token.type.startswith("bullet_list"):
            i = i + 1
        else:
            i = end + 1


def _end(tokens: Sequence[Token], start: int) -> int:
    """Return where the block closes that opens at `start`."""
    if tokens[start].nesting != 1:
        return start
    level = tokens[start].level
    return next(
        i
        for i in range(start + 1, len(tokens))
        if tokens[i].nesting < 0 and tokens[i].level == level
    )


def _check_quotes(
    item: Sequence[Token], source: Sequence[str], problems: Problems
) -> None:
    """Note lines that Markdown counts to a quote although no > says so: they were not meant so."""
    for token in (t for t in item if t.type == "inline" and t.level > 3):
        first, behind = token.map or (0, 0)
        for n in range(first, behind):
            if not source[n].lstrip().startswith(">"):
                problems.add(
                    n + 1, "the quote (> …) comes last: move this line above it"
                )


def _pick(item: list[Token], line: int, problems: Problems) -> Iterator[Pick]:
    lines: list[tuple[int, Line]] = []
    quotes: list[str] = []
    for token in item:
        if token.type == "inline":
            at = (token.map or (line - 1, 0))[0] + 1
            if token.level == 3:
                lines += ((at + n, part) for n, part in enumerate(_lines(token)))
            else:
                quotes.append(plain(token.children or [], at, problems))
        elif not token.type.startswith(("paragraph", "blockquote")):
            problems.add((token.map or (line - 1, 0))[0] + 1, SHAPE)
    if lines and (story := _story(lines, problems)):
        yield replace(_more(story, lines, problems), quote=" ".join(quotes))
    elif not lines:
        problems.add(line, SHAPE)


def _lines(inline: Token) -> list[Line]:
    """Cut a paragraph at its line breaks, but not inside a link's words."""
    lines: list[Line] = [[]]
    depth = 0
    for child in inline.children or ():
        depth += child.nesting if child.type.startswith("link") else 0
        if child.type in ("softbreak", "hardbreak") and not depth:
            lines.append([])
        elif child.type != "text" or child.content:
            lines[-1].append(child)
    return lines


def _story(lines: list[tuple[int, Line]], problems: Problems) -> Pick | None:
    """Read the first line, and take it off the lines."""
    at, first = lines.pop(0)
    closing = next((i for i, c in enumerate(first) if c.type == "link_close"), 0)
    if not closing or first[0].type != "link_open":
        problems.add(at, SHAPE)
        return None
    behind = first[closing + 1 :] or (lines.pop(0)[1] if lines else [])
    headline = plain(first[1:closing], at, problems)
    match = _BEHIND.match(plain(behind, at, problems))
    url = str(first[0].attrGet("href") or "")
    if not headline or not match:
        problems.add(at, SHAPE)
        return None
    _check_address(url, at, problems)
    pick = Pick(headline, url, match["outlet"].strip())
    return _marked(pick, (match["marks"] or "").split(), at, problems)


def _marked(pick: Pick, marks: list[str], line: int, problems: Problems) -> Pick:
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
                line, f"unknown mark {mark}; known are .opinion, .paywall, lang=es"
            )
    return pick


def _more(pick: Pick, lines: list[tuple[int, Line]], problems: Problems) -> Pick:
    notes: list[str] = []
    for at, line in lines:
        if line and line[0].type == "text" and f"{line[0].content} ".startswith(ALSO):
            pick = replace(
                pick, also_in=pick.also_in + tuple(_also(line, at, problems))
            )
        elif url := _gift(line):
            _check_address(url, at, problems)
            pick = replace(pick, gift=url)
        elif line:
            notes.append(plain(line, at, problems))
    return replace(pick, note=" ".join(notes))


def _gift(line: Line) -> str:
    alone = [c.type for c in line] == ["link_open", "text", "link_close"]
    named = alone and line[1].content.casefold() == GIFT.casefold()
    if named:
        return str(line[0].attrGet("href") or "")
    return ""


def _also(line: Line, at: int, problems: Problems) -> Iterator[Elsewhere]:
    for part in _between_commas(line):
        url = next((str(c.attrGet("href")) for c in part if c.type == "link_open"), "")
        name = plain([c for c in part if not c.type.startswith("link")], at, problems)
        if not name or sum(c.type == "link_open" for c in part) > 1:
            problems.add(at, ALSO_SHAPE)
            return
        if url:
            _check_address(url, at, problems)
        yield Elsewhere(name, url)


def _between_commas(line: Line) -> list[Line]:
    """Cut behind “Also in” at commas that stand outside of links and are not escaped."""
    first = line[0].copy(content=line[0].content.removeprefix(ALSO.strip()).lstrip())
    parts: list[Line] = [[]]
    depth = 0
    for token in (first, *line[1:]):
        depth += token.nesting if token.type.startswith("link") else 0
        if token.type == "text" and not depth:
            head, *rest = token.content.split(",")
            parts[-1].append(token.copy(content=head))
            parts += ([token.copy(content=piece)] for piece in rest)
        else:
            parts[-1].append(token)
    return parts


def _check_address(url: str, line: int, problems: Problems) -> None:
    if not is_web(url):
        problems.add(line, f"expected a web address such as https://…, found {url!r}")

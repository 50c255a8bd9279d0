"""Markup of a plain text: a paragraph becomes a `div`, a line a `p`, an address a link. Pure.

Links are written in five ways: bare, in angle brackets behind their words, in Markdown, as notes at
the end, and broken into two lines.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import filterfalse

#: Characters of a text and of a line that are read: longer ones are made to be slow to read.
MAX_TEXT_LENGTH = 200_000
MAX_LINE_LENGTH = 2000
#: In plain text also without a scheme: www.example.org, example.org/path.
ADDRESS = re.compile(
    r"https?://[^\s<>\"]+|(?<![\w@./:-])(?:www\.[\w-]+(?:\.[\w-]+)+(?:/[^\s<>\"]*)?"
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[^\s<>\"]+)",
    re.IGNORECASE,
)
#: A line that ends in an address as long as lines are, and one that may be its end.
WRAPPED_ADDRESS = re.compile(
    r"^(?P<line>.{60,}|https?://.{50,})\n(?P<rest>[^\s<>\"]*[/?&=%_\d.-][^\s<>\"]*)$",
    re.MULTILINE,
)
ADDRESS_AT_END = re.compile(r"https?://[^\s<>\"]+$")
#: The beginning of a line that is no rest of an address.
NO_REST = re.compile(r"https?:|www\.|[-*•–—(\[]")
#: An address in angle brackets that is broken into lines (RFC 3986, appendix C).
BRACKETED_ADDRESS = re.compile(r"<\s*(https?://[^<>]*?)\s*>")
MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()]+)\)")
#: A note at the end of a text: "[3] https://example.org/…"
NOTE = re.compile(r"(?:\[(?=\d+\])|(?=\d+\.))(\d{1,3})[\].]:?\s+(https?://\S+)")
NOTE_LINE = re.compile(r"^\s*(?:\[\d{1,3}\]:?|\d{1,3}\.)\s+https?://")
NOTE_SIGN = re.compile(r"([^\[\]]*)\[(\d{1,3})\]")
#: A sign before its words, as Lynx writes it: "[2]Mayor resigns [3]Two held".
SIGN_BEFORE = re.compile(r"\[(\d{1,3})\](?=\S)([^\[\]\n]+)")
#: Before the words that a note belongs to: the end of a sentence or of a part of one.
CLAUSE_END = re.compile(r".*[.;:!?,]\s+(?=\S)", re.DOTALL)
#: "Title <https://example.org/…>", as programs write links that make text of HTML.
WORDS_AND_ADDRESS = re.compile(r"([^<>]*?)\s*<\s*(https?://[^<>\s]+)\s*>")
END_SIGNS = ".,;:!?'\"*_)]}»”’"
PARAGRAPH_BREAK = re.compile(r"\n[ \t>]*(?:\n[ \t>]*)+")
QUOTE_SIGNS = re.compile(r"^(?:>[ ]?)+", re.MULTILINE)
#: A line of nothing but signs, which separates.
RULE = re.compile(r"^[\W_]*$")


def mark_up_text(text: str) -> str:
    """Return a plain text as HTML: a paragraph is a `div`, a line a `p`, an address a link."""
    lines = text[:MAX_TEXT_LENGTH].replace("\r\n", "\n").split("\n")
    text = "\n".join(line[:MAX_LINE_LENGTH] for line in lines)
    text = QUOTE_SIGNS.sub("", text)
    text = BRACKETED_ADDRESS.sub(_join_address, text)
    text = WRAPPED_ADDRESS.sub(_join_lines, text)
    notes = _find_notes(text)
    paragraphs = PARAGRAPH_BREAK.split(text)
    marked = ("".join(_mark_up_lines(part, notes)) for part in paragraphs)
    return "".join(f"<div>{lines}</div>" for lines in marked if lines)


def _join_address(match: re.Match[str]) -> str:
    address = "".join(match[1].split())
    return f" <{address}>"


def _join_lines(match: re.Match[str]) -> str:
    """Return two lines as one, if an address at the end of the first goes on in the second."""
    line = match["line"]
    rest = match["rest"]
    if NO_REST.match(rest) or not ADDRESS_AT_END.search(line):
        return match[0]
    return line + rest


def _find_notes(text: str) -> dict[str, str]:
    """Return the addresses that stand at the end as notes, by their numbers."""
    lines = text.split("\n")
    note_lines = "\n".join(filter(NOTE_LINE.match, lines))
    body = "\n".join(filterfalse(NOTE_LINE.match, lines))
    notes = dict(NOTE.findall(note_lines))
    signs = {sign for _, sign in NOTE_SIGN.findall(body)}
    return {number: notes[number] for number in notes if number in signs}


def _mark_up_lines(paragraph: str, notes: dict[str, str]) -> Iterator[str]:
    for line in _lines_of(paragraph, has_notes=bool(notes)):
        if not RULE.match(line):
            yield f"<p>{_mark_up_line(line, notes)}</p>"


def _lines_of(paragraph: str, *, has_notes: bool) -> list[str]:
    """Return the lines of a paragraph; as one, if notes stand in its sentences."""
    lines = paragraph.split("\n")
    if not has_notes:
        return lines
    lines = list(filterfalse(NOTE_LINE.match, lines))
    if _are_sentences_with_notes(lines):
        return [" ".join(lines)]
    return lines


def _are_sentences_with_notes(lines: list[str]) -> bool:
    """Return whether lines are a text with notes, which may belong to words of the line before."""
    if any("http" in line for line in lines):
        return False
    if any(SIGN_BEFORE.match(line.lstrip()) for line in lines[:1]):
        return False
    return any(map(NOTE_SIGN.search, lines))


def _mark_up_line(line: str, notes: dict[str, str]) -> str:
    def mark_up_addresses(text: str) -> str:
        return _mark_up_addresses(text, notes)

    def mark_up_brackets(text: str) -> str:
        return _mark_up_parts(text, WORDS_AND_ADDRESS, mark_up_addresses)

    return _mark_up_parts(line, MARKDOWN_LINK, mark_up_brackets)


def _mark_up_parts(
    text: str, pattern: re.Pattern[str], mark_up_rest: Callable[[str], str]
) -> str:
    """Return a text in which words with their address are links; the rest is marked up otherwise."""
    parts: list[str] = []
    position = 0
    for link in pattern.finditer(text):
        parts.append(mark_up_rest(text[position : link.start()]))
        parts.append(_anchor(link[2], link[1].strip()))
        position = link.end()
    parts.append(mark_up_rest(text[position:]))
    return "".join(parts)


def _mark_up_addresses(text: str, notes: dict[str, str]) -> str:
    parts: list[str] = []
    position = 0
    for match in ADDRESS.finditer(text):
        address = _without_end_signs(match[0])
        parts.append(_mark_up_notes(text[position : match.start()], notes))
        parts.append(_anchor(address, ""))
        position = match.start() + len(address)
    parts.append(_mark_up_notes(text[position:], notes))
    return "".join(parts)


def _without_end_signs(address: str) -> str:
    """Return an address without the signs of the sentence behind it."""
    end = len(address)
    while end and address[end - 1] in END_SIGNS:
        is_closing = address[end - 1] == ")"
        if is_closing and address.count("(", 0, end) >= address.count(
            ")", 0, end
        ):
            break
        end -= 1
    return address[:end]


def _mark_up_notes(text: str, notes: dict[str, str]) -> str:
    if SIGN_BEFORE.match(text.lstrip()):
        return _mark_up_signs_before(text, notes)

    def link(match: re.Match[str]) -> str:
        if match[2] not in notes:
            return escape(match[0])
        start = CLAUSE_END.match(match[1])
        before = ""
        if start:
            before = start[0]
        words = match[1][len(before) :].strip()
        return escape(before) + _anchor(notes[match[2]], words)

    rest_at = 0
    parts: list[str] = []
    for match in NOTE_SIGN.finditer(text):
        parts.append(link(match))
        rest_at = match.end()
    parts.append(escape(text[rest_at:]))
    return "".join(parts)


def _mark_up_signs_before(text: str, notes: dict[str, str]) -> str:
    """Return a line whose signs stand before the words that they belong to."""
    parts: list[str] = []
    rest_at = 0
    for match in SIGN_BEFORE.finditer(text):
        parts.append(escape(text[rest_at : match.start()]))
        rest_at = match.end()
        if match[1] in notes:
            parts.append(_anchor(notes[match[1]], match[2].strip()))
        else:
            parts.append(escape(match[0]))
    parts.append(escape(text[rest_at:]))
    return "".join(parts)


def _anchor(address: str, words: str) -> str:
    if not address.lower().startswith(("http://", "https://")):
        address = f"https://{address}"
    return f'<a href="{escape(address)}">{escape(words)}</a>'

"""Frame: what a new edition takes over from the last one of its newsletter.

Frame is what stands the same from one edition to the next: how many leads there are, sub-headings
and the labels of buttons, words that the last two editions share, and saved blocks. All else is
content of its day, and its place is marked with TK, which `digest check` does not let pass.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from markdown_it.token import Token

from digest.edition.block_operations import (
    END,
    TOP,
    insert_block,
    place_of_lead,
    place_of_section,
)
from digest.edition.markdown import PARSER
from digest.model import Edition, Lead

GAP = "TK"
_GAP = re.compile(rf"\b{GAP}\b")
#: Words up to a colon, dash or bar, such as a column's name before the headline of the day.
_RUBRIC = re.compile(r".*(?:: | [-–—|] )")
_BUTTON = re.compile(r"\[(?P<label>[^\]]*)\]\([^)]*\)\{\.button\}")


@dataclass(frozen=True, slots=True)
class LastEditions:
    """The last edition and the one before it, and which words of its head a person wrote."""

    last: Edition
    before: Edition | None
    #: of subject and preheader: those that were not made from the settings' templates
    typed_fields: frozenset[str]


def begin_like(
    current: Edition, earlier: LastEditions, open_fields: Iterable[str]
) -> Edition:
    """Return an edition without leads with the frame of the last one.

    `open_fields` are those of subject and preheader that nobody has written yet. Blocks that are in
    already stay where they are.
    """
    last = earlier.last
    leads_before: tuple[Lead, ...] = ()
    if earlier.before:
        leads_before = earlier.before.leads
    leads = []
    for number, lead in enumerate(last.leads):
        before = None
        if number < len(leads_before):
            before = leads_before[number]
        leads.append(frame_of_lead(lead, before))
    words = {
        field: _frame_of_head(field, earlier)
        for field in open_fields
        if _frame_of_head(field, earlier)
    }
    begun = replace(
        current,
        language=current.language or last.language,
        leads=tuple(leads),
        **words,  # type: ignore[arg-type]
    )
    return _with_blocks_of(last, begun)


def frame_of_lead(lead: Lead, before: Lead | None) -> Lead:
    """Return a lead with its place for each text; `before` is the one it had an edition earlier."""
    if before is None:
        before = Lead("")
    return Lead(
        headline=_frame_of_headline(lead.headline, before.headline),
        dek=_frame_of_words(lead.dek, before.dek),
        body="\n\n".join(_frame_of_body(lead.body, before.body)),
    )


def shared_words(last: str, before: str) -> str:
    """Return what two texts share: all, or a rubric that both begin with; "" if neither."""
    if last == before:
        return last
    rubric = _RUBRIC.match(last)
    if rubric and before.startswith(rubric[0]):
        return rubric[0]
    return ""


def _frame_of_head(field: str, earlier: LastEditions) -> str:
    """Return the frame of subject or preheader; "" if the settings' template makes it."""
    if field not in earlier.typed_fields or earlier.before is None:
        return ""
    last = str(getattr(earlier.last, field))
    shared = shared_words(last, str(getattr(earlier.before, field)))
    if not shared or shared == last:
        return shared
    return f"{shared}{GAP}"


def _frame_of_words(last: str, before: str) -> str:
    if last == before:
        return last
    return f"{shared_words(last, before)}{GAP}"


def _frame_of_headline(last: str, before: str) -> str:
    """Return the frame of a headline, with the last one in quotes, to tell which lead it was."""
    frame = _frame_of_words(last, before)
    if frame == last or _GAP.search(last):
        return frame
    rest = last.removeprefix(shared_words(last, before))
    return f"{frame} – “{rest}”"


def _frame_of_body(last: str, before: str) -> Iterator[str]:
    """Yield the paragraphs of a lead's frame; several in a row to be written are one."""
    standing = set(_paragraphs_of(before))
    previous = ""
    for paragraph in _paragraphs_of(last):
        frame = _frame_of_paragraph(paragraph, standing)
        if frame != GAP or previous != GAP:
            yield frame
        previous = frame


def _frame_of_paragraph(paragraph: str, standing: Iterable[str]) -> str:
    if paragraph in standing or paragraph.startswith("###"):
        return paragraph
    button = _BUTTON.fullmatch(paragraph)
    if button:
        return f"[{button['label']}]({GAP}){{.button}}"
    return GAP


def _paragraphs_of(body: str) -> Iterator[str]:
    """Yield the source of each block of a text: paragraphs, lists, headings."""
    lines = body.split("\n")
    for token in PARSER.parse(body):
        if _opens_block(token):
            first, behind = token.map or (0, 0)
            yield "\n".join(lines[first:behind]).strip("\n").rstrip()


def _opens_block(token: Token) -> bool:
    return token.level == 0 and token.nesting >= 0 and token.map is not None


def _with_blocks_of(last: Edition, edition: Edition) -> Edition:
    """Return an edition with the blocks of another, at the same places."""
    edition = _insert_missing(edition, last.blocks_on_top, TOP)
    for number, lead in enumerate(last.leads):
        place = place_of_lead(number)
        edition = _insert_missing(edition, lead.blocks_below, place)
    keys = {section.key for section in edition.sections}
    for section in last.sections:
        place = END
        if section.key in keys:
            place = place_of_section(section.key)
        edition = _insert_missing(edition, section.blocks_below, place)
    return edition


def _insert_missing(
    edition: Edition, names: Iterable[str], place: str
) -> Edition:
    """Return an edition with those blocks at a place that it does not have yet."""
    for name in names:
        if name not in edition.block_names:
            edition = insert_block(name, place)(edition)
    return edition

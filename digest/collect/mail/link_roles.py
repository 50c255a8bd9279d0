"""Roles of links in a mail, by how the mail is built, whatever its language. Pure.

- A counter of clicks gives all links one form: that of unsubscribing and those of the stories are alike.
- What stands in one line with a link that unsubscribes, or under it, is the mail's foot.
- The headlines of a mail are made alike: what is made like several of them is one, however short.
- A heading over links says what they are: "Events".
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, filterfalse
from urllib.parse import parse_qsl

from lxml.html import HtmlElement

from digest.collect.mail.address_forms import has_article_form
from digest.collect.mail.layout import Anchor, Block, Layout
from digest.collect.mail.line_signs import ends_with_price, is_of_event
from digest.collect.mail.mail_stories import is_in_sentence, is_telling
from digest.collect.mail.phrases import (
    has_leaving_words,
    has_managing_root,
    is_call,
    is_managing_text,
    is_service_heading,
)
from digest.collect.mail.story_units import is_own_line
from digest.infra.web_address import split_address

#: A part of an address that is written by a machine for a machine.
OPAQUE = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_~=.+-]{8,}$")
#: Words of a path that all links of a counter share: /ls/click, /u/nrd.php.
FIXED_PART = re.compile(r"[a-z_]{1,12}(?:\.[a-z]{2,4})?")
#: Links of stories that have the form of a link that unsubscribes, from which that form is a counter's.
MIN_COUNTED = 2
#: Headlines that are made alike, from which they are so on purpose.
MIN_ALIKE = 3
#: Links to different pages that say the same, from which it is a call, and its words at most.
MIN_REPEATED = 2
MIN_REPEATED_LONG = 3
MAX_CALL_WORDS = 8
NUMBER = re.compile(r"\d+")
#: Letters of the last part of an address that may be an article's name or number.
MIN_NAME_LENGTH = 5
#: Share of the telling links of a mail that are made alike, from which others are something else.
SHARE_OF_HEADLINES = 0.5
#: Elements around a link by which links are compared.
COMPARED_ANCESTORS = 3
#: The foot of a mail begins in its last part.
FOOT_STARTS_BEHIND = 0.4
#: Words of a heading over several links at most.
MAX_HEADING_WORDS = 4

#: How links are written: the host, the form of the path and the names of the parameters.
Form = tuple[str, tuple[str, ...], tuple[str, ...]]
Signature = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Roles:
    """What the build of a mail says of its links."""

    counter_forms: frozenset[Form]
    #: indices of links
    in_foot: frozenset[int] = field(default_factory=frozenset)
    alike_headlines: frozenset[int] = field(default_factory=frozenset)
    under_service_heading: frozenset[int] = field(default_factory=frozenset)
    #: calls in a sentence before all else: to the copy on the web, in any language
    at_top: frozenset[int] = field(default_factory=frozenset)
    #: names of outlets behind what they report
    sources: frozenset[int] = field(default_factory=frozenset)
    #: outside of the part of the mail that the headlines are in, and not standing out
    apart: frozenset[int] = field(default_factory=frozenset)

    def is_counted(self, url: str) -> bool:
        """Return whether an address has the form of all links of the mail's counter of clicks."""
        return form_of(url) in self.counter_forms


def find_roles(layout: Layout, sent: datetime | None) -> Roles:
    """Return what the build of a mail says of its links. `sent` is when the mail was sent."""
    alike_headlines = frozenset(_find_alike_headlines(layout))
    sources = frozenset(_find_sources(layout))
    return Roles(
        frozenset(_find_counter_forms(layout)),
        frozenset(_find_foot(layout)),
        alike_headlines,
        frozenset(_find_services(layout, sent)),
        frozenset(_find_at_top(layout)) - sources,
        sources,
        frozenset(_find_apart(alike_headlines, layout)),
    )


def mark_repeated_words(layout: Layout) -> None:
    """Mark the links whose few words others have, too, that lead elsewhere: "Mehr", "Ampliar"."""
    pages: dict[str, set[str]] = {}
    for anchor in layout.anchors:
        if _may_be_call(anchor.text):
            pages.setdefault(anchor.text.casefold(), set()).add(anchor.href)
    for anchor in layout.anchors:
        led_to = pages.get(anchor.text.casefold(), ())
        least = MIN_REPEATED
        if is_telling(
            anchor.text
        ):  # a headline may stand twice: above, and at its story
            least = MIN_REPEATED_LONG
        anchor.is_repeated = len(led_to) >= least


def _may_be_call(text: str) -> bool:
    if not text or len(text.split()) > MAX_CALL_WORDS:
        return False
    return not (is_managing_text(text) or has_managing_root(text))


def form_of(url: str) -> Form | None:
    """Return the form of an address that a machine has written; None of any other."""
    parts = split_address(url)
    segments = list(filter(None, parts.path.split("/")))
    parameters = dict(parse_qsl(parts.query))
    signs = [*segments, *parameters.values()]
    if has_article_form(url) or not any(map(OPAQUE.match, signs)):
        return None
    shape = tuple(map(_shape_of, segments))
    return (parts.netloc.lower(), shape, tuple(sorted(parameters)))


def _shape_of(segment: str) -> str:
    if FIXED_PART.fullmatch(segment):
        return segment
    return "*"


def _find_counter_forms(layout: Layout) -> Iterator[Form]:
    managing: set[Form] = set()
    counted: dict[Form, set[str]] = {}
    for anchor in layout.anchors:
        form = form_of(anchor.href)
        if form is None:
            continue
        if is_managing_text(anchor.text) or has_managing_root(anchor.text):
            managing.add(form)
        else:
            counted.setdefault(form, set()).add(anchor.href)
    for form in managing:
        if len(counted.get(form, ())) >= MIN_COUNTED:
            yield form


def _find_foot(layout: Layout) -> Iterator[int]:
    """Yield the links in the line of the last link that unsubscribes, and behind it."""
    leaving = [
        layout.first_block_of(anchor)
        for anchor in layout.anchors
        if has_leaving_words(anchor.text)
    ]
    if not leaving or leaving[-1] < len(layout.blocks) * FOOT_STARTS_BEHIND:
        return
    for block in layout.blocks[leaving[-1] :]:
        yield from block.anchors


def _find_at_top(layout: Layout) -> Iterator[int]:
    """Yield the links in the first line, if it says no more than that one may click."""
    for first in list(filter(_has_text, layout.blocks))[:1]:
        anchors = map(layout.anchors.__getitem__, first.anchors)
        if not _stands_out(first):
            yield from (
                one.index for one in anchors if _is_vague_part(one, layout)
            )


def _has_text(block: Block) -> bool:
    return bool(block.text)


def _is_vague_part(anchor: Anchor, layout: Layout) -> bool:
    return is_in_sentence(anchor, layout) and not is_telling(anchor.text)


def _find_alike_headlines(layout: Layout) -> Iterator[int]:
    may_be = [one for one in layout.anchors if _may_be_headline(one, layout)]
    groups: dict[Signature, list[Anchor]] = {}
    for anchor in may_be:
        groups.setdefault(_signature_of(anchor), []).append(anchor)
    for group in filter(_are_headlines, groups.values()):
        yield from (anchor.index for anchor in group)


def _may_be_headline(anchor: Anchor, layout: Layout) -> bool:
    return is_own_line(anchor, layout) and not _is_no_headline(anchor.text)


def _are_headlines(group: list[Anchor]) -> bool:
    """Return whether links that are made alike are so many, and telling enough."""
    telling = [anchor for anchor in group if is_telling(anchor.text)]
    is_most = len(telling) * 2 >= len(group)
    return len(group) >= MIN_ALIKE and len(telling) > 1 and is_most


def _find_apart(headlines: frozenset[int], layout: Layout) -> Iterator[int]:
    """Yield the links before the first headline that is made like others, and behind the last."""
    telling = [one for one in layout.anchors if is_telling(one.text)]
    if len(headlines) < max(1, len(telling) * SHARE_OF_HEADLINES):
        return
    for block in _blocks_apart(headlines, layout):
        anchors = map(layout.anchors.__getitem__, block.anchors)
        yield from (one.index for one in anchors if _is_named(one))


def _blocks_apart(headlines: frozenset[int], layout: Layout) -> Iterator[Block]:
    """Yield the lines outside of the part with the headlines, and under no heading like theirs."""
    under_headings = _find_under_headings(headlines, layout)
    for block in _blocks_outside(headlines, layout):
        if block.index not in under_headings:
            yield block


def _find_under_headings(headlines: frozenset[int], layout: Layout) -> set[int]:
    """Return the lines of headlines under headings that are made like one over the other headlines."""
    sections = list(_sections_of(layout))
    makes = {
        _make_of(heading.element)[:2]
        for heading, blocks in sections
        if any(not headlines.isdisjoint(block.anchors) for block in blocks)
    }
    return {
        block.index
        for heading, blocks in sections
        if _make_of(heading.element)[:2] in makes
        for block in blocks
        if _holds_headline(block, layout)
    }


def _holds_headline(block: Block, layout: Layout) -> bool:
    """Return whether a line is one link, which may be a headline."""
    if len(block.anchors) != 1:
        return False
    anchor = layout.anchors[block.anchors[0]]
    return anchor.text == block.text and is_telling(anchor.text)


def _blocks_outside(
    headlines: frozenset[int], layout: Layout
) -> Iterator[Block]:
    """Return the lines outside of the part with the headlines that do not stand out."""
    first, last = _part_of_headlines(headlines, layout)
    outside = [*layout.blocks[:first], *layout.blocks[last + 1 :]]
    return filterfalse(_stands_out, outside)


def _stands_out(block: Block) -> bool:
    return block.is_heading or block.is_bold


def _is_named(anchor: Anchor) -> bool:
    """Return whether a link has words of its own, and is no image that says what it shows."""
    return not (anchor.alt or is_call(anchor.text))


def _part_of_headlines(
    headlines: frozenset[int], layout: Layout
) -> tuple[int, int]:
    """Return the first and the last line that has a link which is made like a headline."""
    makes = {_signature_of(layout.anchors[one]) for one in headlines}
    places = [
        layout.first_block_of(anchor)
        for anchor in layout.anchors
        if _signature_of(anchor) in makes
    ]
    return min(places), max(places)


def find_series(targets: Iterable[str]) -> set[str]:
    """Return the addresses of pages of one kind: several that differ in numbers and their last part."""
    groups: dict[str, set[str]] = {}
    for target in targets:
        start, _, name = target.partition("#")[0].rpartition("/")
        if len(name) >= MIN_NAME_LENGTH:
            groups.setdefault(NUMBER.sub("0", start), set()).add(target)
    large = (group for group in groups.values() if len(group) >= MIN_ALIKE)
    return set(chain.from_iterable(large))


def _is_no_headline(text: str) -> bool:
    return is_call(text) or is_managing_text(text) or has_managing_root(text)


def _signature_of(anchor: Anchor) -> Signature:
    """Return how a link and what is around it are made."""
    elements = [anchor.element]
    for ancestor in anchor.element.iterancestors():
        if len(elements) > COMPARED_ANCESTORS:
            break
        elements.append(ancestor)
    return tuple(map(_make_of, elements))


def _make_of(element: HtmlElement) -> tuple[str, str, str]:
    style = re.sub(r"\s+", "", element.get("style") or "")
    return (str(element.tag), element.get("class") or "", style)


def _find_services(layout: Layout, sent: datetime | None) -> Iterator[int]:
    """Yield the links under headings that say that they are no news, up to the next heading.

    A heading in any language says so if half of its lines are events or goods with their prices.
    """
    for heading, blocks in _sections_of(layout):
        is_known = is_service_heading(heading.text)
        if is_known or _are_of_service(blocks, layout, sent):
            yield from chain.from_iterable(block.anchors for block in blocks)


def _are_of_service(
    blocks: list[Block], layout: Layout, sent: datetime | None
) -> bool:
    """Return whether half of the lines with links are events or goods."""
    linking = [block for block in blocks if block.anchors]
    events = [one for one in linking if _is_of_service(one, layout, sent)]
    return len(events) * 2 >= len(linking) > 0


def _find_sources(layout: Layout) -> Iterator[int]:
    """Yield the links of a few words that end lines of text, if several lines are made so."""
    ends = [
        layout.anchors[block.anchors[0]]
        for block in layout.blocks
        if len(block.anchors) == 1
    ]
    groups: dict[Signature, list[Anchor]] = {}
    for anchor in ends:
        if _is_source(anchor, layout):
            groups.setdefault(_signature_of(anchor), []).append(anchor)
    for group in groups.values():
        if len(group) >= MIN_ALIKE:
            yield from (anchor.index for anchor in group)


def _is_source(anchor: Anchor, layout: Layout) -> bool:
    """Return whether a link ends its line, is short like a name, and the line tells something else."""
    text = anchor.text
    block = layout.blocks[layout.first_block_of(anchor)]
    if not text or not block.text.rstrip(")]. ").endswith(text):
        return False
    if _is_no_headline(text) or len(text.split()) > MAX_HEADING_WORDS:
        return False
    return is_telling(block.text.removesuffix(text))


def _sections_of(layout: Layout) -> Iterator[tuple[Block, list[Block]]]:
    """Yield each heading with the lines up to the next."""
    heading: Block | None = None
    blocks: list[Block] = []
    for block in layout.blocks:
        if not _is_heading(block):
            blocks.append(block)
            continue
        if heading is not None:
            yield heading, blocks
        heading = block
        blocks = []
    if heading is not None:
        yield heading, blocks


def _is_of_service(block: Block, layout: Layout, sent: datetime | None) -> bool:
    """Return whether a line links an event to come, or goods with their price."""
    anchors = [layout.anchors[index] for index in block.anchors]
    if not any(map(_has_own_words, anchors)):
        return False
    return is_of_event(block.text, sent) or ends_with_price(block.text)


def _has_own_words(anchor: Anchor) -> bool:
    return bool(anchor.text) and not _is_call(anchor)


def _is_call(anchor: Anchor) -> bool:
    return anchor.is_repeated or is_call(anchor.text)


def _is_heading(block: Block) -> bool:
    """Return whether a line is a heading over several links: short, and linked nowhere."""
    words = block.text.split()
    if block.anchors or not 0 < len(words) <= MAX_HEADING_WORDS:
        return False
    return _stands_out(block) or block.text.isupper()

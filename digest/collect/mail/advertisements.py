"""Advertisements in mails: the links that belong to a label which says so.

A label ("Sponsored", "Presented by …") holds for the links in its own line, else for the part of the
mail that follows it: the largest one around the next link that does not hold the label, nor more
than a few stories. Pure.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from lxml.html import HtmlElement

from digest.collect.mail.layout import Anchor, Block, Layout
from digest.collect.mail.phrases import (
    is_advertisement_label,
    says_advertisement,
)

#: Addresses that one advertisement links.
MAX_LINKS = 4
#: Blocks and letters of one.
MAX_BLOCKS = 30
MAX_LETTERS = 1500
#: Blocks behind a label in which its advertisement begins.
MAX_BLOCKS_BEHIND = 5


def find_advertisements(layout: Layout) -> set[int]:
    """Return the indices of the links that are in advertisements."""
    indices = {one.index for one in layout.anchors if _is_marked(one)}
    labels = [one for one in layout.blocks if _is_label(one, layout)]
    for label in labels:
        indices.update(_links_of_label(label, layout))
    return _with_same_address(indices, layout)


def _is_label(block: Block, layout: Layout) -> bool:
    """Return whether a line is a label, or has one beside its link."""
    if says_advertisement(block.text):
        return True
    words = block.text
    for index in block.anchors:
        words = words.replace(layout.anchors[index].text, "")
    return is_advertisement_label(words)


def _with_same_address(indices: set[int], layout: Layout) -> set[int]:
    addresses = {layout.anchors[index].href for index in indices}
    return {one.index for one in layout.anchors if one.href in addresses}


def _is_marked(anchor: Anchor) -> bool:
    """Return whether a link itself says that it is an advertisement (HTML's rel=sponsored)."""
    if "sponsored" in (anchor.element.get("rel") or "").lower():
        return True
    return says_advertisement(anchor.text or anchor.alt)


def _links_of_label(label: Block, layout: Layout) -> Iterator[int]:
    yield from label.anchors
    first = _first_link_behind(label, layout)
    if first is None:
        return
    if label.anchors and not _is_same_site(first, label, layout):
        return
    part = _part_of_advertisement(first, label, layout)
    for block in layout.blocks_in(part):
        yield from block.anchors


def _first_link_behind(label: Block, layout: Layout) -> Anchor | None:
    for block in layout.blocks[label.index + 1 :][:MAX_BLOCKS_BEHIND]:
        if block.anchors:
            return layout.anchors[block.anchors[0]]
    return None


def _is_same_site(first: Anchor, label: Block, layout: Layout) -> bool:
    """Return whether a link behind a label leads where the link in the label leads."""
    start = _start_of(first.href)
    starts = [_start_of(anchor.href) for anchor in layout.anchors]
    if starts.count(start) * 2 > len(starts):  # a counter's, or the sender's
        return False
    return any(
        _start_of(layout.anchors[index].href) == start
        for index in label.anchors
    )


def _start_of(href: str) -> str:
    return "/".join(href.split("/")[:3])


def _part_of_advertisement(
    first: Anchor, label: Block, layout: Layout
) -> HtmlElement:
    """Return the largest part around a link that is one advertisement."""
    part = first.element
    for ancestor in first.element.iterancestors():
        blocks = layout.blocks_in(ancestor)
        if not _is_small(blocks, layout):
            break
        holds_label = layout.holds(ancestor, label.index)
        if holds_label and not _begins_with(blocks, label):
            break
        part = ancestor
        if holds_label:
            break
    return part


def _begins_with(blocks: Sequence[Block], label: Block) -> bool:
    """Return whether a label comes before every link in a part of a mail."""
    return not any(
        block.anchors for block in blocks if block.index < label.index
    )


def _is_small(blocks: Sequence[Block], layout: Layout) -> bool:
    if len(blocks) > MAX_BLOCKS or _count_addresses(blocks, layout) > MAX_LINKS:
        return False
    return sum(len(block.text) for block in blocks) <= MAX_LETTERS


def _count_addresses(blocks: Sequence[Block], layout: Layout) -> int:
    indices = chain.from_iterable(block.anchors for block in blocks)
    return len({layout.anchors[index].href for index in indices})

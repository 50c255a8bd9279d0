"""Units of a mail: links that hide where they lead, and belong to one story. Pure.

A newsletter links a story by its image, its headline and "Read more", and its counter of clicks gives
each of them an address of its own. What has no words of its own is of the headline beside it: it needs
not be asked where it leads, and is whatever the headline is.
"""

from collections.abc import Callable, Iterator, Set
from itertools import filterfalse, zip_longest

from digest.collect.mail.layout import Anchor, Block, Layout
from digest.collect.mail.mail_stories import is_telling
from digest.collect.mail.phrases import (
    has_managing_root,
    is_call,
    is_managing_text,
)

#: Lines between a headline and the link below it at most, and between an image and its headline.
MAX_LINES_TO_CALL = 8
MAX_LINES_TO_IMAGE = 3


def find_headlines_of_others(
    layout: Layout, alike: Set[int], hides: Callable[[Anchor], bool]
) -> dict[int, int]:
    """Return of links without words of their own the link that is their headline.

    `alike` are the links that are made like several headlines; `hides` tells whether a link hides
    where it leads: only those are put together.
    """
    units = _Units(layout, alike, hides)
    return dict(units.find_pairs())


class _Units:
    """The units of one text of a mail."""

    def __init__(
        self, layout: Layout, alike: Set[int], hides: Callable[[Anchor], bool]
    ) -> None:
        self._layout = layout
        self._alike = alike
        self._hides = hides

    def find_pairs(self) -> Iterator[tuple[int, int]]:
        """Yield links without words of their own, each with its headline."""
        headline: Anchor | None = None
        calls: list[Anchor] = []  #: behind each other, under no linked headline
        anchors = self._layout.anchors
        for anchor, following in zip_longest(anchors, anchors[1:]):
            if _is_call(anchor):
                if headline and self._is_under(anchor, headline):
                    yield anchor.index, headline.index
                    continue
                if calls and not self._is_beside(anchor, calls[-1]):
                    yield from _pair_with_best(calls)
                    calls = []
                if self._hides(anchor):
                    calls.append(anchor)
            elif anchor.text:
                headline = self._as_headline(anchor)
            elif self._is_image_over(anchor, following):
                yield anchor.index, anchor.index + 1
        yield from _pair_with_best(calls)

    def _is_beside(self, call: Anchor, earlier: Anchor) -> bool:
        """Return whether two links without words of their own are in one line, or in such lines."""
        start = self._layout.first_block_of(earlier)
        end = self._layout.first_block_of(call)
        between = self._layout.blocks[start + 1 : end + 1]
        return all(
            block.anchors and _is_linked(block, self._layout)
            for block in between
        )

    def _as_headline(self, anchor: Anchor) -> Anchor | None:
        """Return a link if it is a headline in a line of its own; None if not."""
        if _is_managing(anchor.text):
            return None
        is_named = anchor.index in self._alike or is_telling(anchor.text)
        if is_named and self._is_hidden_line(anchor):
            return anchor
        return None

    def _is_hidden_line(self, anchor: Anchor) -> bool:
        """Return whether a link hides where it leads, and is a line."""
        return self._hides(anchor) and is_own_line(anchor, self._layout)

    def _is_under(self, call: Anchor, headline: Anchor) -> bool:
        """Return whether nothing between a headline and a link below it begins another story."""
        if not self._hides(call):
            return False
        start = self._layout.last_block_of(headline) + 1
        end = self._layout.first_block_of(call)
        if end - start >= MAX_LINES_TO_CALL:
            return False
        return not any(map(_begins_story, self._layout.blocks[start:end]))

    def _is_image_over(self, image: Anchor, following: Anchor | None) -> bool:
        """Return whether an image is directly over a headline."""
        if following is None or not self._hides(image):
            return False
        if self._as_headline(following) is None or _is_call(following):
            return False
        layout = self._layout
        lines = layout.first_block_of(following) - layout.last_block_of(image)
        return lines <= MAX_LINES_TO_IMAGE


def _is_call(anchor: Anchor) -> bool:
    return bool(anchor.text) and (anchor.is_repeated or is_call(anchor.text))


def _is_managing(text: str) -> bool:
    return is_managing_text(text) or has_managing_root(text)


def _pair_with_best(calls: list[Anchor]) -> Iterator[tuple[int, int]]:
    """Yield links to one story, each with that which says most surely that it leads there.

    That is the first known call; a service that finds articles has its own tools beside it.
    """
    known = [one for one in calls if is_call(one.text)]
    for best in [*known, *calls][:1]:
        others = filterfalse(best.__eq__, calls)
        yield from ((call.index, best.index) for call in others)


def _is_linked(block: Block, layout: Layout) -> bool:
    """Return whether a line has not much more than links in it."""
    linked = sum(len(layout.anchors[index].text) for index in block.anchors)
    return linked * 2 > len(block.text)


def _begins_story(block: Block) -> bool:
    """Return whether a line that is no link may be the headline of another story."""
    stands_out = block.is_heading or block.is_bold
    return stands_out and not block.anchors


def is_own_line(anchor: Anchor, layout: Layout) -> bool:
    """Return whether a link is most of its line, and alone in it."""
    block = layout.blocks[layout.first_block_of(anchor)]
    is_alone = len(block.anchors) == 1
    return is_alone and len(anchor.text) * 2 > len(block.text)

"""Decisions about links by the lines that they stand in: events to come, goods, posts on networks. Pure."""

from collections.abc import Iterator
from datetime import datetime

from digest.collect.mail.address_forms import has_article_form
from digest.collect.mail.decisions import Decision
from digest.collect.mail.layout import Anchor, Block, Layout
from digest.collect.mail.line_signs import (
    ends_with_price,
    has_later_day,
    is_of_event,
    names_network,
)
from digest.collect.mail.mail_stories import Story, is_in_sentence
from digest.collect.mail.phrases import is_call, is_service_heading
from digest.model.mail import LinkKind

#: Signs behind a label in the line of a link: "Agenda · First aid for rivers".
LABEL_ENDS = ("·", "|", ":", "–", "—")

EVENT = Decision(LinkKind.SERVICE, "an event to come")
OFFER = Decision(LinkKind.SERVICE, "it is an offer")
LABELLED = Decision(LinkKind.SERVICE, "its label")
PERHAPS_LABELLED = Decision(LinkKind.DOUBTFUL, "its label")
POST = Decision(LinkKind.DOUBTFUL, "a post on a social network")


class Lines:
    """The lines of one text of a mail."""

    def __init__(self, layout: Layout, sent: datetime | None) -> None:
        self._layout = layout
        self._sent = sent
        #: links to results whose source is a network
        self._posts = {
            index
            for block in layout.blocks
            if not block.anchors and names_network(block.text)
            for index in self._result_beside(block)
        }

    def judge(self, story: Story) -> Decision | None:
        """Return what the lines of a story's links say of it; None if nothing."""
        if any(anchor.index in self._posts for anchor in story.anchors):
            return POST
        if has_later_day(story.target, self._sent):
            return EVENT
        decisions = map(self._judge_line, self._own_lines_of(story))
        return next(filter(None, decisions), None)

    def _own_lines_of(self, story: Story) -> Iterator[tuple[Anchor, str]]:
        """Yield the links with words of their own that are in no sentence, with their target."""
        for anchor in filter(_has_own_words, story.anchors):
            if not is_in_sentence(anchor, self._layout):
                yield anchor, story.target

    def _judge_line(self, link: tuple[Anchor, str]) -> Decision | None:
        anchor, target = link
        block = self._layout.blocks[self._layout.first_block_of(anchor)]
        if is_of_event(block.text, self._sent):
            return EVENT
        has_form = has_article_form(target)
        if ends_with_price(block.text) and not has_form:
            return OFFER
        if not is_service_heading(_label_before(anchor, block)):
            return None
        if has_form:
            return PERHAPS_LABELLED
        return LABELLED

    def _result_beside(self, source: Block) -> list[int]:
        """Return the links of the headline over or under the line of its source."""
        blocks = self._layout.blocks
        neighbours = [
            blocks[at]
            for at in (source.index - 1, source.index + 1)
            if 0 <= at < len(blocks)
        ]
        for block in neighbours:
            anchors = [self._layout.anchors[index] for index in block.anchors]
            if any(map(_has_own_words, anchors)):
                return block.anchors
        return []


def _has_own_words(anchor: Anchor) -> bool:
    return bool(anchor.text) and not (
        anchor.is_repeated or is_call(anchor.text)
    )


def _label_before(anchor: Anchor, block: Block) -> str:
    """Return the words before a link, or before the colon in it; "" if they are no label."""
    before = block.text.partition(anchor.text)[0].strip()
    if before.endswith(LABEL_ENDS):
        return before[:-1]
    label, colon, _ = anchor.text.partition(":")
    if colon and not before:
        return label
    return ""

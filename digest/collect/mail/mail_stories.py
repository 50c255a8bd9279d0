"""Stories of a mail: which links belong together, and the words that tell of them.

A story may be linked by its image, its headline and "Read more". Its headline is, in this order: what
the mail marks up as such, a linked headline, a heading or bold line over the link, the words of the
link, its image's alternative text. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, filterfalse

from lxml.html import HtmlElement

from digest.collect.feeds.clean import plain_text
from digest.collect.feeds.feed_dates import read_date
from digest.collect.mail.layout import Anchor, Block, Layout
from digest.collect.mail.phrases import (
    is_call,
    is_managing_text,
    says_advertisement,
)

MAX_TITLE_LENGTH = 300
MAX_SUMMARY_LENGTH = 1000
#: Blocks before a link in which its headline is looked for, and behind it for its text.
MAX_BLOCKS_BEFORE = 8
MAX_BLOCKS_BEHIND = 4
#: Words that make a text tell of something: "City council" does not.
MIN_TELLING_WORDS = 4
#: The same of a line that stands out.
MIN_WORDS_OF_TITLE = 2
#: Fewer words tell of something if they are long.
MIN_LONG_WORDS = 3
MIN_LONG_LETTERS = 18
#: Letters of a script without spaces that do.
MIN_TELLING_LETTERS = 10
#: What counts as a word: an arrow does not.
WORD = re.compile(r"\S*\w\S*")
WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
#: A link is in a sentence if so much else stands in its line.
MIN_SENTENCE_LENGTH = 30
#: Before a headline in a list of plain text.
LIST_SIGN = re.compile(r"[◆●■▼◇○•*▶►➤➜→]\s?\S")
SIGNS_BEFORE = re.compile(r"^(?:[◆●■▼◇○•*▶►➤➜→\s]|\d{1,2}[.)]\s)+")
MAX_PUBLISHER_WORDS = 6
MAX_PUBLISHER_LENGTH = 50
#: What ends the headline of a line that tells more.
CLAUSE_END = re.compile(r"(?:: |(?<=[^\d.].)\. )")
SENTENCE_ENDS = tuple(".!?…:,")
#: Letters of a notice of managing the mail at most; longer texts may only mention it.
MAX_NOTICE_LENGTH = 150
#: Between the facts in a line: "The Courier | 25 November 2026".
FACT_SEPARATOR = re.compile(r"\s*[|•·∙⋅●]\s*|\s+[–—-]\s+")
YEAR = re.compile(r"\b20\d\d\b")
MAX_DATE_LENGTH = 40
#: A line about who wrote, how long it takes, or which year it is: no name of an outlet.
NO_NAME = re.compile(
    r"^(?:by|por|von|par|di|door|de)\s|\bmin(?:ute)?s?\b|\bread$|^\d|\b20\d\d\b",
    re.IGNORECASE,
)
FOOTER = re.compile(
    r"©|\(c\) ?20\d\d|copyright|all rights reserved|todos los derechos|alle rechte|tous droits"
    r"|you(?:'re| are| have)? (?:receiv|subscrib|been sent)|this (?:e-?mail|message|newsletter) was sent"
    r"|was sent to|recib(?:es|e|iste) este|sie erhalten diese|vous recevez",
    re.IGNORECASE,
)
ARTICLE_TYPE = re.compile(r"schema\.org/(?:\w*Article|BlogPosting|Report)\b")


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says of a story."""

    title: str = ""
    summary: str = ""
    publisher: str = ""
    published: datetime | None = None
    #: whether the title stands as a headline, rather than within a sentence
    is_headline: bool = False


@dataclass(slots=True)
class Story:
    """The links of a mail that lead to one address."""

    target: str
    anchors: list[Anchor] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        """Its addresses as the mail has them."""
        return [anchor.href for anchor in self.anchors]

    @property
    def texts(self) -> list[str]:
        """The words of its links, without empty ones."""
        return [anchor.text for anchor in self.anchors if anchor.text]

    @property
    def calls(self) -> list[Anchor]:
        """The links that say only that there is more, as links to other stories do, too."""
        return [
            anchor
            for anchor in self.anchors
            if anchor.text and (anchor.is_repeated or is_call(anchor.text))
        ]

    @property
    def own_texts(self) -> list[str]:
        """The words of the other links."""
        calls = {anchor.index for anchor in self.calls}
        return [
            anchor.text
            for anchor in self.anchors
            if anchor.text and anchor.index not in calls
        ]


def is_telling(text: str) -> bool:
    """Return whether a text may be a headline: it says more than a name or a call."""
    if is_call(text) or len(text) < MIN_TELLING_LETTERS:
        return False
    if WITHOUT_SPACES.search(text):
        return True
    words_needed = MIN_TELLING_WORDS
    if len(text) >= MIN_LONG_LETTERS:
        words_needed = MIN_LONG_WORDS
    return len(WORD.findall(text)) >= words_needed


def is_in_sentence(anchor: Anchor, layout: Layout) -> bool:
    """Return whether a link is some words of a longer sentence."""
    if len(anchor.pieces) != 1:
        return False
    block = layout.blocks[anchor.pieces[0][0]]
    rest = len(block.text) - len(anchor.text)
    return rest > max(MIN_SENTENCE_LENGTH, len(anchor.text) // 2)


def describe_story(
    story: Story, layout: Layout, others: Sequence[Anchor], *, is_alert: bool
) -> Words:
    """Return what a mail says of a story; `others` are the links to anything else.

    Only an alert names the outlets of its stories; in newsletters a short line is something else.
    """
    marked = _marked_up_words(story)
    start, end = _bounds_of(story, layout, others)
    headline = _find_title(story, layout, start)
    title = marked.title or headline.text
    behind = layout.blocks[headline.block + 1 : end]
    texts = [block for block in behind if _is_of_story(block, story)]
    facts = [fact for block in texts for fact in _facts_of(block.text)]
    publisher = marked.publisher
    if is_alert and not publisher:
        publisher = _find_publisher(story, texts, title)
    return Words(
        title=_shorten(SIGNS_BEFORE.sub("", title), MAX_TITLE_LENGTH),
        summary=marked.summary or _find_summary(story, layout, texts, title),
        publisher=publisher,
        published=marked.published or _find_date(facts),
        is_headline=bool(marked.title) or headline.is_headline,
    )


def told_before_source(words: Words, story: Story, layout: Layout) -> Words:
    """Return the words of a story whose link is its outlet's name, behind what it reports.

    The headline is the line up to its first colon or full stop, and the outlet is named by the link.
    """
    anchor = story.anchors[0]
    line = layout.blocks[layout.first_block_of(anchor)].text
    before = line.rpartition(anchor.text)[0].strip(" ([–—-")
    title = CLAUSE_END.split(before, maxsplit=1)[0]
    if not is_telling(title):
        title = before
    return replace(
        words,
        title=_shorten(SIGNS_BEFORE.sub("", title), MAX_TITLE_LENGTH),
        publisher=words.publisher or anchor.text,
        is_headline=True,
    )


def _bounds_of(
    story: Story, layout: Layout, others: Sequence[Anchor]
) -> tuple[int, int]:
    """Return the first block of a story, and the block behind its last."""
    first = min(layout.first_block_of(anchor) for anchor in story.anchors)
    last = max(layout.last_block_of(anchor) for anchor in story.anchors)
    start = max(0, first - MAX_BLOCKS_BEFORE)
    end = min(len(layout.blocks), last + 1 + MAX_BLOCKS_BEHIND)
    for anchor in others:
        its_first = layout.first_block_of(anchor)
        its_last = layout.last_block_of(anchor)
        if its_last < first:
            start = max(start, its_last + 1)
        if its_first > last:
            end = min(end, its_first)
    return start, end


@dataclass(frozen=True, slots=True)
class _Title:
    """A candidate for a headline."""

    text: str
    block: int
    is_heading: bool = False
    is_bold: bool = False
    is_telling: bool = False
    is_in_sentence: bool = False
    is_headline: bool = True


def _find_title(story: Story, layout: Layout, start: int) -> _Title:
    """Return the headline of a story."""
    titles = [_titles_in(anchor, layout) for anchor in story.anchors]
    linked = list(chain.from_iterable(titles))
    if linked:
        return max(linked, key=_rank_of_title)
    at = layout.first_block_of(story.anchors[0])
    words = story.own_texts
    if words:
        return _Title(words[0], at, is_headline=False)
    alts = [anchor.alt for anchor in story.anchors]
    telling_alt = next(filter(is_telling, alts), "")
    if telling_alt and not story.texts:
        return _Title(telling_alt, at)
    above = _title_above(story, layout, start)
    return above or _Title(telling_alt, at)


def _titles_in(anchor: Anchor, layout: Layout) -> Iterator[_Title]:
    """Yield the words of a link that may be the headline."""
    in_sentence = is_in_sentence(anchor, layout)
    for index, words in anchor.pieces:
        block = layout.blocks[index]
        if not words or anchor.is_repeated or is_call(words):
            continue
        if is_managing_text(words[:100]):
            continue
        telling = is_telling(words)
        if in_sentence and not telling:
            continue
        yield _Title(
            words,
            index,
            block.is_heading,
            block.is_bold,
            telling,
            in_sentence,
            is_headline=not in_sentence,
        )


def _rank_of_title(title: _Title) -> tuple[bool, bool, bool, bool, int]:
    """Return how good a candidate is; of equals the one that stands first."""
    return (
        title.is_telling and title.is_heading,
        title.is_telling and title.is_bold and not title.is_in_sentence,
        title.is_telling and not title.is_in_sentence,
        title.is_telling,
        -title.block,
    )


def _title_above(story: Story, layout: Layout, start: int) -> _Title | None:
    """Return the line over a link that is its headline; None if there is none.

    That is the nearest heading; else the nearest bold line; else in a list the nearest line with its
    sign; else the first line that tells something in the smallest part of the mail around the link.
    """
    anchor = story.anchors[-1]
    at = layout.first_block_of(anchor)
    candidates = [
        block
        for block in layout.blocks[start : at + 1]
        if _is_of_story(block, story) and not _is_of_facts(block.text)
    ]
    telling = [one for one in candidates if is_telling(_without(one, anchor))]
    headings = [block for block in candidates if block.is_heading]
    if headings and not is_telling(headings[-1].text):
        # a section's, if a headline is bold below it
        bold = [block for block in telling if block.is_bold]
        below = [one for one in bold if one.index > headings[-1].index]
        headings = below or headings
    standing_out = (
        headings,
        [block for block in candidates if block.is_bold],
        [block for block in telling if LIST_SIGN.match(block.text)],
    )
    for blocks in standing_out:
        if blocks:
            text = SIGNS_BEFORE.sub("", blocks[-1].text)
            return _Title(text, blocks[-1].index)
    first = _first_around(anchor, telling, layout)
    if first is None:
        return None
    # an image without words may be a logo under any sentence
    is_called = layout.is_plain or bool(story.texts)
    return _Title(first.text, first.index, is_headline=is_called)


def _is_of_facts(text: str) -> bool:
    """Return whether a line is a date or too little for a headline."""
    is_too_short = len(text.split()) < MIN_WORDS_OF_TITLE
    if is_too_short and not WITHOUT_SPACES.search(text):
        return True
    is_short = len(text) <= MAX_DATE_LENGTH
    return is_short and bool(YEAR.search(text) and _find_date(_facts_of(text)))


def _first_around(
    anchor: Anchor, candidates: list[Block], layout: Layout
) -> Block | None:
    for ancestor in anchor.element.iterancestors():
        for block in candidates:
            if layout.holds(ancestor, block.index):
                return block
    return None


def _without(block: Block, anchor: Anchor) -> str:
    """Return the words of a block apart from those of a link in it."""
    if not anchor.text:
        return block.text
    return block.text.replace(anchor.text, "").strip()


def _is_of_story(block: Block, story: Story) -> bool:
    """Return whether a block tells of a story: it has no other's link, and is no boilerplate."""
    own = {anchor.index for anchor in story.anchors}
    if block.anchors and own.isdisjoint(block.anchors):
        return False
    return not _is_boilerplate(block.text)


def _is_boilerplate(text: str) -> bool:
    if is_call(text) or FOOTER.search(text) or says_advertisement(text):
        return True
    return len(text) < MAX_NOTICE_LENGTH and is_managing_text(text)


def _find_summary(
    story: Story, layout: Layout, texts: list[Block], title: str
) -> str:
    """Return the lines of a story behind its headline, or the sentence that links it."""
    anchor = story.anchors[0]
    if len(story.anchors) == 1 and is_in_sentence(anchor, layout):
        sentence = layout.blocks[layout.first_block_of(anchor)].text
        return _shorten(sentence, MAX_SUMMARY_LENGTH)
    lines = [_strip_calls(block, story) for block in _first_text(texts)]
    telling = filter(is_telling, filterfalse(title.__eq__, lines))
    return _shorten(" ".join(telling), MAX_SUMMARY_LENGTH)


def _first_text(blocks: list[Block]) -> Iterator[Block]:
    """Yield blocks up to the next line that stands out."""
    for position, block in enumerate(blocks):
        is_next_title = position > 0 and block.is_bold
        if block.is_heading or is_next_title:
            return
        yield block


def _strip_calls(block: Block, story: Story) -> str:
    """Return the words of a block without "Read more"."""
    line = block.text
    for anchor in story.calls:
        if anchor.index in block.anchors:
            line = line.removesuffix(anchor.text).strip()
    return line


def _find_publisher(story: Story, texts: list[Block], title: str) -> str:
    """Return the outlet's name, if a line or a link of its own gives it; "" if none does."""
    lines = [block.text for block in texts[:2]]
    facts = chain.from_iterable(map(_facts_of, lines))
    for words in chain(story.texts, facts):
        if words != title and _may_be_publisher(words):
            return words
    return ""


def _may_be_publisher(text: str) -> bool:
    """Return whether words are short, like a name, and no byline, date or boilerplate."""
    if len(text.split()) > MAX_PUBLISHER_WORDS or not _is_like_name(text):
        return False
    if NO_NAME.search(text):
        return False
    return not _is_boilerplate(text)


def _is_like_name(text: str) -> bool:
    """Return whether words begin with a capital, or are a site's address, and end no sentence."""
    if len(text) > MAX_PUBLISHER_LENGTH or text.endswith(SENTENCE_ENDS):
        return False
    return text[:1].isupper() or "." in text


def _facts_of(text: str) -> list[str]:
    facts = map(str.strip, FACT_SEPARATOR.split(text))
    return [fact for fact in facts if fact]


def _find_date(facts: list[str]) -> datetime | None:
    """Return the date that a story's facts give: a part of a line that is nothing but a date."""
    for fact in facts:
        if len(fact) <= MAX_DATE_LENGTH and YEAR.search(fact):
            date = read_date(fact)
            if date:
                return date
    return None


def _marked_up_words(story: Story) -> Words:
    """Return what a mail says of a story in microdata, as Google's alerts do (schema.org/Article)."""
    for anchor in story.anchors:
        for element in anchor.element.iterancestors():
            if ARTICLE_TYPE.search(element.get("itemtype") or ""):
                return _read_microdata(element)
    return Words()


def _read_microdata(element: HtmlElement) -> Words:
    values: dict[str, str] = {}
    dates: list[str] = []
    for item in element.xpath(".//*[@itemprop]"):
        name = item.get("itemprop")
        text = plain_text(item.text_content())
        if name in ("datePublished", "dateCreated"):
            dates.append(item.get("content") or item.get("datetime") or text)
        is_publisher = any(
            one.get("itemprop") in ("publisher", "sourceOrganization")
            for one in item.iterancestors()
        )
        if name in ("name", "headline") and not is_publisher:
            values.setdefault("title", text)
        elif name in ("publisher", "sourceOrganization", "description"):
            values.setdefault(name, text)
    publisher = values.get("publisher") or values.get("sourceOrganization", "")
    return Words(
        title=values.get("title", ""),
        summary=_shorten(values.get("description", ""), MAX_SUMMARY_LENGTH),
        publisher=publisher,
        published=_find_date(dates),
    )


def _shorten(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0] + "…"

"""Body of an article: asides are dropped from the page, trafilatura reads it, the text is trimmed.

The rules for what is dropped and trimmed come from looking at the errors on labelled pages
(`benchmarks/extract.py` measures them); they name no outlet.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from lxml.html import HtmlElement

from digest.collect.feeds.clean import clean_paragraphs, plain_text

#: Elements that hold a page's own words, not the article's: by tag, or by what their class says.
ASIDES = "//form|//aside|//figcaption"
ASIDE_CLASSES = ("newsletter", "promo", "bio", "infobox", "byline", "recommend")
CLASSED = "//*[self::div or self::section or self::ul or self::p or self::span or self::figure][{}]"
LOWER_CLASS = "translate(@class,'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz')"
CLASSED_ASIDES = CLASSED.format(
    " or ".join(f"contains({LOWER_CLASS},'{word}')" for word in ASIDE_CLASSES)
)
#: A larger share of the page than this is no aside, whatever it is called.
MAX_ASIDE_SHARE = 0.3
#: A paragraph of which this share is link leads elsewhere: "Read also: …".
MOSTLY_LINK = 0.85
MIN_LINK_LENGTH = 15  # letters of such a paragraph

#: Headings behind which other articles are listed.
OTHERS_HEADING = re.compile(
    r"^\W*(more (from|on)|more stories|related|read (more|next|also)|recommended"
    r"|most (read|popular)|popular|also read|see also|you may also like|trending|up next"
    r"|mehr (zum thema|von|aus|über)|lesen sie (auch|mehr)|auch interessant|ähnliche"
    r"|weitere (artikel|themen|meldungen)|das könnte sie|à lire aussi|lire aussi|sur le même sujet"
    r"|leia (também|mais)|veja também|lee también|te puede interesar|noticias relacionadas"
    r"|les også|läs också|læs også|leggi anche|lees ook|czytaj (też|także)"
    r"|přečtěte si|関連記事|あわせて読みたい)\b.{0,40}$",
    re.IGNORECASE,
)
MAX_HEADING_LENGTH = 60
#: Behind this share of the text, such a heading ends the article; before it, only the line goes.
NEAR_THE_END = 0.75
#: The headline may be repeated within so many first paragraphs.
MAX_HEADLINE_PARAGRAPHS = 8
#: Lines that a page puts into every article.
BOILERPLATE = re.compile(
    r"^\W*(click here|sign up|subscribe|follow (us|\w+ on)|read (more|also|next)\b|also read"
    r"|les også|läs också|læs også|lesen sie auch|lire aussi|à lire|leia (também|mais)|copyright|©"
    r"|all rights reserved|our standards:|an error (has )?occurred|there was an error"
    r"|thank(s| you) for (signing|subscri)|get the (latest|app|day)|advertisement|anzeige"
    r"|please (log ?out|enable)|you must (confirm|be logged|log)|download the|join our"
    r"|listen to this article|print article|order reprints)",
    re.IGNORECASE,
)
MAX_LINE_LENGTH = 160
#: Invisible; added to a paragraph that is the same as another, so that trafilatura keeps both.
REPEAT_MARK = "\u2063"
# characters by which a paragraph is found again in the page
OPENING_LENGTH = 80
# characters of a paragraph that occurs only once in a page
MIN_TELLING_LENGTH = 100
MAX_CONTAINERS = 30  # of one kind; more of them hold comments or teasers
#: The text of all containers is taken if it is longer than trafilatura's by this factor.
MUCH_LONGER = 1.15


Kind = tuple[str, str]  #: an element's tag and class
Texts = list[str]


def extract_body(tree: HtmlElement, url: str, headlines: Iterable[str]) -> str:
    """Return the article's text, paragraphs apart by a blank line; "" if there is none.

    `tree` is used up. `headlines` are what the page calls the article: not part of its text.
    """
    from trafilatura import bare_extraction

    _drop_asides(tree)
    _mark_repeats(tree)
    folded_headlines = {
        _fold_text(headline) for headline in headlines if headline
    }
    # trafilatura changes the tree, and the rest of it may be needed
    continuation = Continuation(tree)
    document = bare_extraction(
        tree, url=url, include_comments=False, with_metadata=False
    )
    extracted = ""
    if document:
        extracted = clean_paragraphs(
            (document.text or "").replace(REPEAT_MARK, "")
        )
    text = _trim_text(extracted, folded_headlines)
    whole = _trim_text(continuation.find_whole(text), folded_headlines)
    if len(whole) > MUCH_LONGER * len(text):
        return whole
    return text


class Continuation:
    """The page's text by container: some outlets break one article into several alike."""

    def __init__(self, tree: HtmlElement) -> None:
        self._containers: dict[Kind, list[Texts]] = {}
        for element in tree.iter("div", "section", "article"):
            if _may_continue(element):
                kind = (element.tag, element.get("class"))
                texts = list(_iterate_texts(element))
                self._containers.setdefault(kind, []).append(texts)

    def find_whole(self, text: str) -> str:
        """Return the text of all containers like the one that holds this text's beginning."""
        opening = _opening_of(text)
        if not opening:
            return ""
        for containers in self._containers.values():
            if not 1 < len(containers) < MAX_CONTAINERS:
                continue
            texts = list(chain.from_iterable(containers))
            if any(opening in paragraph for paragraph in texts):
                return "\n\n".join(dict.fromkeys(texts))
        return ""


def _may_continue(element: HtmlElement) -> bool:
    """Return whether a container has a class, paragraphs of its own and no main heading."""
    if not element.get("class"):
        return False
    return element.find("p") is not None and element.find(".//h1") is None


def _opening_of(text: str) -> str:
    """Return the beginning of the first paragraph that is long enough to be recognised by it."""
    for paragraph in text.split("\n\n"):
        if len(paragraph) > MIN_TELLING_LENGTH:
            return paragraph[:OPENING_LENGTH]
    return ""


def _iterate_texts(container: HtmlElement) -> Iterator[str]:
    for element in container.iter("p", "h2", "h3", "blockquote"):
        text = plain_text(element.text_content().replace(REPEAT_MARK, ""))
        if text:
            yield text


def _drop_asides(tree: HtmlElement) -> None:
    page_length = len(tree.text_content())
    asides = tree.xpath(ASIDES) + tree.xpath(CLASSED_ASIDES)
    for element in asides:
        if len(element.text_content()) < MAX_ASIDE_SHARE * page_length:
            _drop_element(element)
    lines = tree.iter("p", "li", "h2", "h3", "h4", "h5")
    links = [line for line in lines if _leads_elsewhere(line)]
    for element in links:
        _drop_element(element)


def _leads_elsewhere(element: HtmlElement) -> bool:
    length = _count_letters(element)
    length_of_links = sum(_count_letters(link) for link in element.iter("a"))
    return length >= MIN_LINK_LENGTH and length_of_links >= MOSTLY_LINK * length


def _count_letters(element: HtmlElement) -> int:
    return sum(len(word) for word in element.text_content().split())


def _drop_element(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _mark_repeats(tree: HtmlElement) -> None:
    """Make paragraphs of the same text different, which trafilatura would take for one."""
    counts: Counter[str] = Counter()
    for paragraph in tree.iter("p"):
        text = paragraph.text_content()
        if len(text) > OPENING_LENGTH:
            paragraph.text = (paragraph.text or "") + REPEAT_MARK * counts[text]
            counts[text] += 1


def _trim_text(text: str, folded_headlines: set[str]) -> str:
    """Return text without its headline, boilerplate, and what follows "More from …"."""
    trimmed: list[str] = []
    position = 0
    for number, paragraph in enumerate(text.split("\n\n")):
        if _announces_others(paragraph):
            if position > NEAR_THE_END * len(text):
                break
            continue
        position += len(paragraph)
        is_beginning = number < MAX_HEADLINE_PARAGRAPHS
        if is_beginning and _fold_text(paragraph) in folded_headlines:
            continue
        if not _is_boilerplate(paragraph):
            trimmed.append(paragraph)
    return "\n\n".join(trimmed)


def _announces_others(paragraph: str) -> bool:
    """Return whether this is a heading such as "More from the Ledger"."""
    if len(paragraph) >= MAX_HEADING_LENGTH:
        return False
    return OTHERS_HEADING.match(paragraph) is not None


def _is_boilerplate(paragraph: str) -> bool:
    if len(paragraph) >= MAX_LINE_LENGTH:
        return False
    return BOILERPLATE.match(paragraph) is not None


def _fold_text(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()

"""The body of an article: trafilatura's, of a page that was weeded first, and trimmed after.

What is weeded and trimmed was found by looking at the errors on labelled pages
(`benchmarks/extract.py` measures it); the rules name no outlet.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from digest.collect.feeds.clean import paragraphs, plain

#: Elements that hold a page's own words, not the article's: by tag, or by what their class says.
ASIDES = "//form|//aside|//figcaption"
SAYS = ("newsletter", "promo", "bio", "infobox", "byline", "recommend")
CLASSED = "//*[self::div or self::section or self::ul or self::p or self::span or self::figure][{}]"
LOWER = "translate(@class,'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz')"
WEEDS = CLASSED.format(" or ".join(f"contains({LOWER},'{word}')" for word in SAYS))
#: More of the page than this is no aside, whatever it is called.
TOO_MUCH = 0.3
#: A paragraph of which this much is link leads elsewhere: "Read also: …".
MOSTLY_LINK = 0.85
LINK_LENGTH = 15

#: Headings behind which other articles are listed.
ELSEWHERE = re.compile(
    r"^\W*(more (from|on)|more stories|related|read (more|next|also)|recommended"
    r"|most (read|popular)|popular|also read|see also|you may also like|trending|up next"
    r"|mehr (zum thema|von|aus|über)|lesen sie (auch|mehr)|auch interessant|ähnliche"
    r"|weitere (artikel|themen|meldungen)|das könnte sie|à lire aussi|lire aussi|sur le même sujet"
    r"|leia (também|mais)|veja também|lee también|te puede interesar|noticias relacionadas"
    r"|les også|läs också|læs også|leggi anche|lees ook|czytaj (też|także)"
    r"|přečtěte si|関連記事|あわせて読みたい)\b.{0,40}$",
    re.IGNORECASE,
)
HEADING_LENGTH = 60
NEAR_THE_END = 0.75
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
LINE_LENGTH = 160
REPEAT = "\u2063"  # invisible; told apart by it, trafilatura keeps paragraphs that are the same
OPENING = 80  # characters by which a paragraph is found again in the page


def body(tree: HtmlElement, url: str, headlines: Iterable[str]) -> str:
    """Return the article's text, paragraphs apart by a blank line; "" if there is none.

    `tree` is used up. `headlines` are what the page calls the article: not part of its text.
    """
    from trafilatura import bare_extraction

    _weed(tree)
    _mark_repeats(tree)
    known = {_folded(h) for h in headlines if h}
    # trafilatura rewrites the tree it is given, and the rest of it may be needed
    whole = Continuation(tree)
    document = bare_extraction(
        tree, url=url, include_comments=False, with_metadata=False
    )
    found = _trimmed(
        paragraphs((document.text or "").replace(REPEAT, "")) if document else "", known
    )
    longer = _trimmed(whole.of(found), known)
    if len(longer) > 1.15 * len(found):
        return longer
    return found


class Continuation:
    """The page's text by container: some outlets break one article into several alike."""

    def __init__(self, tree: HtmlElement) -> None:
        self._texts: dict[tuple[str, str], list[list[str]]] = {}
        for e in tree.iter("div", "section", "article"):
            if e.get("class") and e.find("p") is not None and e.find(".//h1") is None:
                kind = (e.tag, e.get("class"))
                self._texts.setdefault(kind, []).append(list(_texts(e)))

    def of(self, text: str) -> str:
        """Return the text of all containers like the one that holds this text's beginning."""
        start = next((p[:OPENING] for p in text.split("\n\n") if len(p) > 100), "")
        for containers in self._texts.values() if start else ():
            if 1 < len(containers) < 30 and any(
                start in p for c in containers for p in c
            ):
                return "\n\n".join(dict.fromkeys(p for c in containers for p in c))
        return ""


def _texts(container: HtmlElement) -> Iterator[str]:
    for e in container.iter("p", "h2", "h3", "blockquote"):
        if text := plain(e.text_content().replace(REPEAT, "")):
            yield text


def _weed(tree: HtmlElement) -> None:
    page = len(tree.text_content())
    for e in [*tree.xpath(ASIDES), *tree.xpath(WEEDS)]:
        if len(e.text_content()) < TOO_MUCH * page:
            _drop(e)
    for e in [
        e for e in tree.iter("p", "li", "h2", "h3", "h4", "h5") if _leads_elsewhere(e)
    ]:
        _drop(e)


def _leads_elsewhere(e: HtmlElement) -> bool:
    size = _letters(e)
    links = sum(map(_letters, e.iter("a")))
    return size >= LINK_LENGTH and links >= MOSTLY_LINK * size


def _letters(e: HtmlElement) -> int:
    return sum(map(len, e.text_content().split()))


def _drop(e: HtmlElement) -> None:
    if e.getparent() is not None:
        e.drop_tree()


def _mark_repeats(tree: HtmlElement) -> None:
    seen: Counter[str] = Counter()
    for p in tree.iter("p"):
        text = p.text_content()
        if len(text) > OPENING:
            p.text = (p.text or "") + REPEAT * seen[text]
            seen[text] += 1


def _trimmed(text: str, headlines: set[str]) -> str:
    """Return text without its headline, boilerplate, and what follows "More from …"."""
    kept: list[str] = []
    seen = 0
    size = len(text)
    for n, paragraph in enumerate(text.split("\n\n")):
        if len(paragraph) < HEADING_LENGTH and ELSEWHERE.match(paragraph):
            if seen > NEAR_THE_END * size:
                break
            continue
        seen += len(paragraph)
        boilerplate = len(paragraph) < LINE_LENGTH and BOILERPLATE.match(paragraph)
        if not boilerplate and not (n < 8 and _folded(paragraph) in headlines):
            kept.append(paragraph)
    return "\n\n".join(kept)


def _folded(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()

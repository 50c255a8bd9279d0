"""Authors of an article: from its metadata, else from the line beneath its headline.

Outlets without a named author give their own name: that does not count as an author.
"""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from digest.collect.feeds.clean import plain_text

#: Words before a name in a byline.
BY = re.compile(
    r"^\W*(?:(?:written|posted|published|text|story|geschrieben|verfasst|escrito|words)\s+)?"
    r"(?:by|von|par|por|di|av|af|door|autor(?:in|es)?|authors?|auteure?s?|text|foto)\b\s*:?\s+",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\s*(?:[,;/|·•&\n]|\s(?:and|und|et|y|e|och|og|en|with|mit|avec)\s)\s*",
    re.IGNORECASE,
)
#: Words after a name that are no part of it: degrees, roles, the outlet's address.
DEGREES = re.compile(
    r"\(.*?\)|,?\s+(?:Ph\.?D|M\.?D|MBA|R\.?N|J\.?D|Esq)\.?(?=\W|$)|기자$|\s외 \d+명$"
)
NOBODY = re.compile(
    r"^(?:no author|unknown|admin\w*|guest|author|staff|editor(?:ial)?|anonymous|webmaster|user"
    r"|news ?(?:desk|room)|autor(?:en|in)?|datum|quelle|ver(?:ö|oe)ffentlicht|bearbeiten|ceo"
    r"|(?:(?:facebook|twitter|instagram|youtube|whatsapp|telegram|linkedin)\s*)+"
    r"|.*\b(?:https?|www|com|editors?|read more|follow|email|updated"
    r"|share|comment\w*|min(?:utes?)? read|newsletter|profile|posts?|view|bio)\b.*)$",
    re.IGNORECASE,
)
WORD = r"[^\W\d_][\w.'’`­-]*"
NAME = re.compile(rf"{WORD}(?:\s+{WORD}){{0,4}}")
#: An outlet signs with its address: "Redaktion example.de".
SITE = re.compile(r"\w{3,}\.[a-z]{2,3}$")
#: Elements around a byline that hold the article, and such as hold something else.
ARTICLE_CONTAINERS = ("html", "body", "main", "article")
OTHER_CONTAINERS = ("footer", "nav", "aside")
ELSEWHERE_CLASS = re.compile(r"[Cc]omment|related|teaser")
#: Characters of one name, and of a line that holds nothing but names.
MAX_NAME_LENGTH = 50
MAX_LINE_LENGTH = 120
#: Elements of a page that are looked at for each place.
MAX_ELEMENTS = 50
#: Letters of an outlet's name that is told by its beginning alone.
MIN_OUTLET_LENGTH = 4
SOFT_HYPHEN = "\u00ad"
#: Where markup says that this is the author: a single word may be a name.
MARKED_UP = (
    "//a[@rel='author']",
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author' and not(self::meta)]",
    "//*[contains(@class,'author') and contains(@class,'vcard')]//a",
)
#: Where only an address or a class says so, the surest first: a name has two words.
NAMED_SO = (
    "//a[contains(@href,'/author/') or contains(@href,'/auteur') or contains(@href,'/autor')"
    " or contains(@href,'/authors/') or contains(@href,'/redaktion/')]",
    "//*[contains(@class,'author-name') or contains(@class,'authorname')"
    " or contains(@class,'author__name') or contains(@class,'byline__name')"
    " or contains(@class,'byline-name') or contains(@class,'person-link')]",
    "//*[contains(@class,'byline') or contains(@class,'Byline')]//a",
    "//*[contains(@class,'author') or contains(@class,'Author')]//a",
    "//*[self::p or self::span or self::div][contains(@class,'byline') or"
    " contains(@class,'Byline') or contains(@class,'author') or contains(@class,'Author')]",
)


def find_authors(
    tree: HtmlElement,
    in_json_ld: Iterable[str],
    in_meta_tags: Iterable[str],
    outlet_names: set[str],
) -> tuple[str, ...]:
    """Return the authors' names: by JSON-LD, else by meta tags, else as the page shows them.

    `outlet_names` are folded as `fold_name` does.
    """
    authors = _people_in(in_json_ld, set())
    if authors:
        # an outlet's address is better than nobody, where JSON-LD names it
        return _without_sites(authors) or authors
    for byline in in_meta_tags:
        authors = _without_sites(_people_in([byline], outlet_names))
        if authors:
            return authors
    return _without_sites(_shown_authors(tree, outlet_names))


def is_of_article(element: HtmlElement) -> bool:
    """Return whether an element is not a comment's, a teaser's or the footer's."""
    return not any(
        _is_elsewhere(ancestor) for ancestor in element.iterancestors()
    )


def fold_name(name: str) -> str:
    """Return a name without case, spaces and punctuation."""
    return re.sub(r"[\W_]", "", name.casefold().removeprefix("the "))


def _is_elsewhere(element: HtmlElement) -> bool:
    if element.tag in ARTICLE_CONTAINERS:
        return False
    if element.tag in OTHER_CONTAINERS:
        return True
    if "comment" in element.get("id", ""):
        return True
    return ELSEWHERE_CLASS.search(element.get("class", "")) is not None


def _shown_authors(
    tree: HtmlElement, outlet_names: set[str]
) -> tuple[str, ...]:
    authors = _marked_up_authors(tree, outlet_names)
    return authors or _classed_authors(tree, outlet_names)


def _marked_up_authors(
    tree: HtmlElement, outlet_names: set[str]
) -> tuple[str, ...]:
    for xpath in MARKED_UP:
        authors = _first_byline(tree, xpath, outlet_names)
        if authors:
            return authors
    return ()


def _classed_authors(
    tree: HtmlElement, outlet_names: set[str]
) -> tuple[str, ...]:
    for xpath in NAMED_SO:
        authors = _first_byline(tree, xpath, outlet_names)
        full_names = tuple(name for name in authors if " " in name)
        if full_names:
            return full_names
    return ()


def _first_byline(
    tree: HtmlElement, xpath: str, outlet_names: set[str]
) -> tuple[str, ...]:
    """Return the names in the first byline found at a place, with those standing beside it."""
    candidates = tree.xpath(xpath)[:MAX_ELEMENTS]
    elements = [element for element in candidates if is_of_article(element)]
    for element in elements:
        lines = _lines_beside(element, elements)
        authors = _people_in(lines, outlet_names)
        if authors:
            return authors
    return ()


def _lines_beside(
    element: HtmlElement, elements: list[HtmlElement]
) -> list[str]:
    """Return the short texts of an element and of its neighbours."""
    neighbours = [
        other for other in elements if _stand_together(other, element)
    ]
    texts = [_text_of(neighbour) for neighbour in neighbours]
    return [text for text in texts if len(text) <= MAX_LINE_LENGTH]


def _stand_together(one: HtmlElement, other: HtmlElement) -> bool:
    if one.getparent() is other.getparent():
        return True
    return _grandparent_of(one) is _grandparent_of(other)


def _grandparent_of(element: HtmlElement) -> HtmlElement | None:
    parent = element.getparent()
    if parent is None:
        return None
    return parent.getparent()


def _text_of(element: HtmlElement) -> str:
    return plain_text(" ".join(element.itertext()))


def _people_in(texts: Iterable[str], outlet_names: set[str]) -> tuple[str, ...]:
    """Return the names in bylines, each once, without the outlet's own."""
    people: dict[str, None] = {}
    for text in texts:
        for name in _split_names(text):
            if not _is_outlet(name, outlet_names):
                people[name] = None
    return tuple(people)


def _split_names(text: str) -> Iterator[str]:
    """Yield the names in a byline."""
    line = plain_text(text).replace(SOFT_HYPHEN, "")
    line = DEGREES.sub("", line)
    line = BY.sub("", line).strip()
    for part in BETWEEN.split(line):
        name = part.strip(" .,;:–—-")
        if _is_name(name):
            yield name


def _is_name(text: str) -> bool:
    if "@" in text or len(text) > MAX_NAME_LENGTH:
        return False
    if NOBODY.match(text):
        return False
    if NAME.fullmatch(text.replace("_", "")):
        return True
    return text.isidentifier()  # an account's name


def _without_sites(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if not SITE.search(name))


def _is_outlet(name: str, outlet_names: set[str]) -> bool:
    folded = fold_name(name)
    return any(_are_alike(folded, outlet_name) for outlet_name in outlet_names)


def _are_alike(folded: str, outlet_name: str) -> bool:
    if folded == outlet_name:
        return True
    if len(outlet_name) < MIN_OUTLET_LENGTH:
        return False
    return folded.startswith(outlet_name) or outlet_name.startswith(folded)

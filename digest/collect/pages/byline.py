"""Who wrote an article: from its metadata, else from the line beneath its headline.

Outlets name themselves as author where they name nobody: a name that is the outlet's is none.
"""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from digest.collect.feeds.clean import plain

#: What stands before a name in a byline.
BY = re.compile(
    r"^\W*(?:(?:written|posted|published|text|story|geschrieben|verfasst|escrito|words)\s+)?"
    r"(?:by|von|par|por|di|av|af|door|autor(?:in|es)?|authors?|auteure?s?|text|foto)\b\s*:?\s+",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\s*(?:[,;/|·•&\n]|\s(?:and|und|et|y|e|och|og|en|with|mit|avec)\s)\s*",
    re.IGNORECASE,
)
#: What follows a name and is none: degrees, roles, the address of the outlet.
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
ELSEWHERE = re.compile(r"[Cc]omment|related|teaser")
NAME_LENGTH = 50
LINE_LENGTH = 120
MOST = 50
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


def authors(
    tree: HtmlElement, linked_data: Iterable[str], meta: Iterable[str], outlet: set[str]
) -> tuple[str, ...]:
    """Return the authors' names: by JSON-LD, else by meta tags, else as the page shows them.

    `outlet` holds the outlet's own names, folded as `folded` does.
    """
    if said := _people(linked_data, set()):
        return _apart_from_sites(said) or said
    for text in meta:
        if people := _apart_from_sites(_people([text], outlet)):
            return people
    return _apart_from_sites(_shown(tree, outlet))


def of_the_article(e: HtmlElement) -> bool:
    """Say whether an element is not a comment's, a teaser's or the footer's."""
    around = (
        a for a in e.iterancestors() if a.tag not in ("html", "body", "main", "article")
    )
    return not any(
        a.tag in ("footer", "nav", "aside")
        or ELSEWHERE.search(a.get("class") or "")
        or "comment" in (a.get("id") or "")
        for a in around
    )


def folded(name: str) -> str:
    """Return a name without case, spaces and punctuation."""
    return re.sub(r"[\W_]", "", name.casefold().removeprefix("the "))


def _shown(tree: HtmlElement, outlet: set[str]) -> tuple[str, ...]:
    for place in MARKED_UP:
        if found := _at(tree, place, outlet):
            return found
    for place in NAMED_SO:
        if found := tuple(n for n in _at(tree, place, outlet) if " " in n):
            return found
    return ()


def _at(tree: HtmlElement, place: str, outlet: set[str]) -> tuple[str, ...]:
    """Return the names in the first byline found at a place, with those standing beside it."""
    nodes = [e for e in tree.xpath(place)[:MOST] if of_the_article(e)]
    for node in nodes:
        texts = [_text(n) for n in nodes if _together(n, node)]
        if found := _people([t for t in texts if len(t) <= LINE_LENGTH], outlet):
            return found
    return ()


def _together(one: HtmlElement, other: HtmlElement) -> bool:
    return one.getparent() is other.getparent() or _above(one) is _above(other)


def _above(e: HtmlElement) -> HtmlElement | None:
    parent = e.getparent()
    if parent is None:
        return None
    return parent.getparent()


def _text(e: HtmlElement) -> str:
    return plain(" ".join(e.itertext()))


def _people(said: Iterable[str], outlet: set[str]) -> tuple[str, ...]:
    names = (name for text in said for name in _names(text))
    return tuple(dict.fromkeys(n for n in names if not _is_outlet(n, outlet)))


def _names(text: str) -> Iterator[str]:
    line = BY.sub("", DEGREES.sub("", plain(text).replace("\u00ad", ""))).strip()
    for part in BETWEEN.split(line):
        name = part.strip(" .,;:–—-")
        if "@" in name or len(name) > NAME_LENGTH or NOBODY.match(name):
            continue
        if NAME.fullmatch(name.replace("_", "")) or (name and name.isidentifier()):
            yield name


def _apart_from_sites(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(n for n in names if not SITE.search(n))


def _is_outlet(name: str, outlet: set[str]) -> bool:
    found = folded(name)
    return any(
        found == o or (len(o) > 3 and (found.startswith(o) or o.startswith(found)))
        for o in outlet
    )

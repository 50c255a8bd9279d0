"""Authors of an article: from its metadata, else from the byline that stands on the page.

Outlets without a named author give their own name: it counts only where JSON-LD gives it and the
page names nobody else. Why these rules and no others: docs/decisions/0038-rules-of-pages.md.
"""

import re
from collections.abc import Callable, Iterable

from lxml.etree import XPath
from lxml.html import HtmlElement

from digest.collect.feeds.clean import plain_text
from digest.collect.pages.author_names import (
    BY,
    is_full_name,
    is_written_as_name,
    people_in,
    without_sites,
)
from digest.collect.pages.page_lines import index_of_headline, list_lines

#: Elements around a byline that hold the article, and such as hold something else.
ARTICLE_CONTAINERS = ("html", "body", "main", "article")
OTHER_CONTAINERS = ("nav", "aside", "figure", "figcaption")
#: Of readers' comments, other articles, and pictures' credits.
ELSEWHERE = re.compile(r"comment|related|teaser|caption", re.IGNORECASE)
#: What a footer belongs to, else to the page (HTML standard, 4.3.8); or what its class says.
SECTIONS = ("article", "section", "main")
FOOTER_OF_ARTICLE = re.compile(r"entry|post|article")
#: Characters of a line that holds nothing but names.
MAX_LINE_LENGTH = 120
#: Elements of a page that are looked at for each place.
MAX_ELEMENTS = 50
#: Lines after the headline among which a byline may stand.
LINES_AFTER = 12

LOWER = (
    "translate({},'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz')"
)
LOWER_CLASS = LOWER.format("@class")
#: What classes call an author, in English and the languages whose word is near it.
AUTHOR_WORDS = "byline author autor auteur writer contributor".split()
#: Folders of addresses in which outlets have their authors' pages.
AUTHOR_FOLDERS = (
    "/author/ /authors/ /auteur /autor /redaktion/ /profile/ /people/ /staff/"
    " /by/".split()
)
HAS_AUTHOR_CLASS = " or ".join(
    f"contains({LOWER_CLASS},'{word}')" for word in AUTHOR_WORDS
)
HAS_AUTHOR_FOLDER = " or ".join(
    f"contains({LOWER.format('@href')},'{folder}')" for folder in AUTHOR_FOLDERS
)
#: Where markup says that this is the author (HTML's rel, schema.org's itemprop, hCard).
MARKED_UP = (
    XPath("//a[@rel='author']"),
    XPath("//*[@itemprop='author']//*[@itemprop='name']"),
    XPath("//*[@itemprop='author' and not(self::meta)]"),
    XPath("//*[contains(@class,'author') and contains(@class,'vcard')]//a"),
)
AUTHOR_PAGES = XPath(f"//a[{HAS_AUTHOR_FOLDER}]")
#: Where only an address or a class says so, the surest first.
NAMED_SO = (
    AUTHOR_PAGES,
    XPath(f"//*[({HAS_AUTHOR_CLASS}) and contains({LOWER_CLASS},'name')]"),
    XPath(f"//body//*[{HAS_AUTHOR_CLASS}]//a"),
    XPath(f"//body//*[{HAS_AUTHOR_CLASS}]"),
)
#: The page of one author, and not of all: its address ends behind the name.
PAGE_OF_ONE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|redaktion)/[^/]+/?$", re.IGNORECASE
)

OutletNames = set[str]  #: folded as `author_names.fold_name` does
Names = tuple[str, ...]


def find_authors(
    tree: HtmlElement,
    in_json_ld: Iterable[str],
    in_meta_tags: Iterable[Iterable[str]],
    outlet_names: OutletNames,
) -> Names:
    """Return the authors' names: by JSON-LD, else by meta tags, else as the page shows them.

    `in_meta_tags` has the bylines of each kind of tag, the surest kind first.
    """
    in_linked_data = people_in(in_json_ld, set())
    if without_sites(people_in(in_linked_data, outlet_names)):
        return without_sites(in_linked_data)
    for bylines in in_meta_tags:
        authors = without_sites(people_in(bylines, outlet_names))
        if authors:
            return authors
    shown = without_sites(_find_shown(tree, outlet_names))
    return shown or in_linked_data


def is_of_article(element: HtmlElement) -> bool:
    """Return whether an element is not a comment's, a teaser's or the page's footer's."""
    return not any(
        _is_elsewhere(ancestor) for ancestor in element.iterancestors()
    )


def _is_elsewhere(element: HtmlElement) -> bool:
    if element.tag in ARTICLE_CONTAINERS:
        return False
    if element.tag in OTHER_CONTAINERS:
        return True
    if element.tag == "footer":
        return not _is_footer_of_article(element)
    names = f"{element.get('class', '')} {element.get('id', '')}"
    if ELSEWHERE.search(names) is None:
        return False
    return element.find(".//h1") is None  # else it holds the whole article


def _is_footer_of_article(footer: HtmlElement) -> bool:
    if FOOTER_OF_ARTICLE.search(footer.get("class", "")):
        return True
    return next(footer.iterancestors(*SECTIONS), None) is not None


def _find_shown(tree: HtmlElement, outlet_names: OutletNames) -> Names:
    """Return the authors whom the page shows, by the surest sign that it gives."""
    for xpath in MARKED_UP:
        authors = _find_byline(tree, xpath, outlet_names, is_written_as_name)
        if authors:
            return authors
    for xpath in NAMED_SO:
        authors = _find_byline(tree, xpath, outlet_names, _is_sure_name)
        if authors:
            return authors
    spelt_out = _find_beside_headline(tree, outlet_names)
    return spelt_out or _find_single_name(tree, outlet_names)


def _is_sure_name(name: str) -> bool:
    return is_full_name(name) and is_written_as_name(name)


def _find_byline(
    tree: HtmlElement,
    xpath: XPath,
    outlet_names: OutletNames,
    is_accepted: Callable[[str], bool],
) -> Names:
    """Return the names in the first byline found at a place, with those standing beside it."""
    candidates = xpath(tree)[:MAX_ELEMENTS]
    elements = [element for element in candidates if is_of_article(element)]
    for element in elements:
        lines = _lines_beside(element, elements)
        names = people_in(lines, outlet_names)
        accepted = tuple(name for name in names if is_accepted(name))
        if accepted:
            return accepted
    return ()


def _find_beside_headline(
    tree: HtmlElement, outlet_names: OutletNames
) -> Names:
    """Return the names of a line behind the headline that begins with "By", and so on."""
    lines = list_lines(tree)
    index = index_of_headline(lines, "")
    if index is None:
        return ()
    for _, line in lines[index + 1 : index + 1 + LINES_AFTER]:
        if len(line) > MAX_LINE_LENGTH or not BY.match(line):
            continue
        names = people_in([line], outlet_names)
        sure = tuple(name for name in names if _is_sure_name(name))
        if sure:
            return sure
    return ()


def _find_single_name(tree: HtmlElement, outlet_names: OutletNames) -> Names:
    """Return the one word that is a link to an author's page: a first name, or an account."""
    for link in AUTHOR_PAGES(tree)[:MAX_ELEMENTS]:
        if not PAGE_OF_ONE.search(link.get("href")):
            continue
        text = _text_of(link)
        if " " in text or not is_of_article(link):
            continue
        names = people_in([text], outlet_names)
        if names:
            return names
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

"""Authors of an article: from its metadata, else from the byline that stands on the page.

An outlet's own name counts only where JSON-LD or markup gives it for the author and the page names
nobody else. Why these rules and no others: docs/decisions/0038-rules-of-pages.md, 0041.
"""

import re
from collections.abc import Callable, Iterable

from lxml.etree import XPath
from lxml.html import HtmlElement

from digest.collect.feeds.clean import plain_text
from digest.collect.pages.author_names import (
    is_full_name,
    is_sure_name,
    is_written_as_name,
    people_in,
    without_organisations,
)
from digest.collect.pages.signed_lines import (
    find_labelled_name,
    find_signature,
)

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

LOWER = (
    "translate({},'ABCDEFGHIJKLMNOPQRSTUVWXYZ','abcdefghijklmnopqrstuvwxyz')"
)
LOWER_CLASS = LOWER.format("@class")
#: What classes call an author, in English and the languages whose word is near it.
AUTHOR_WORDS = "byline author autor auteur writer contributor".split()
#: Folders of addresses in which outlets have their authors' pages.
AUTHOR_FOLDERS = (
    "/author/ /authors/ /auteur /autor /redaktion/ /profile/ /profil/ /staff/"
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
    XPath(
        "//*[contains(@class,'author') and contains(@class,'vcard')]"
        "//a[not(@rel='tag')]"
    ),
)
#: "/licenses/by/" is Creative Commons'.
AUTHOR_PAGES = XPath(
    f"//a[({HAS_AUTHOR_FOLDER}) and not(contains(@href,'/licenses/'))]"
)
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
ListTexts = Callable[[Iterable[HtmlElement]], list[str]]


def find_authors(
    tree: HtmlElement,
    in_json_ld: Iterable[str],
    in_meta_tags: Iterable[Iterable[str]],
    outlet_names: OutletNames,
) -> Names:
    """Return the authors' names: by JSON-LD, else by markup, by meta tags, or as the page shows them.

    Markup goes before meta tags, which many pages fill with whoever owns the site.
    `in_meta_tags` has the bylines of each kind of tag, the surest kind first.
    """
    in_linked_data = people_in(in_json_ld, set())
    if without_organisations(people_in(in_linked_data, outlet_names)):
        return without_organisations(in_linked_data)
    marked_up = _find_marked_up(tree, outlet_names)
    if any(is_full_name(name) for name in marked_up):
        return marked_up
    for bylines in in_meta_tags:
        authors = without_organisations(people_in(bylines, outlet_names))
        if authors:
            return authors
    shown = without_organisations(marked_up or _find_shown(tree, outlet_names))
    return shown or in_linked_data or _find_marked_up(tree, set())


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
    return (
        _find_named_so(tree, outlet_names, _lines_of)
        or find_signature(tree, outlet_names)
        or _find_named_so(tree, outlet_names, _pieces_of)
        or find_labelled_name(tree, outlet_names)
        or _find_single_name(tree, outlet_names)
    )


def _find_marked_up(tree: HtmlElement, outlet_names: OutletNames) -> Names:
    """Return the authors whom markup says to be such."""
    for xpath in MARKED_UP:
        authors = _find_byline(
            tree, xpath, outlet_names, is_written_as_name, _lines_of
        )
        if authors:
            return authors
    return ()


def _find_named_so(
    tree: HtmlElement, outlet_names: OutletNames, list_texts: ListTexts
) -> Names:
    """Return the authors whom an address or a class gives away."""
    for xpath in NAMED_SO:
        authors = _find_byline(
            tree, xpath, outlet_names, is_sure_name, list_texts
        )
        if authors:
            return authors
    return ()


def _find_byline(
    tree: HtmlElement,
    xpath: XPath,
    outlet_names: OutletNames,
    is_accepted: Callable[[str], bool],
    list_texts: ListTexts,
) -> Names:
    """Return the names in the first byline found at a place, with those standing beside it."""
    candidates = xpath(tree)[:MAX_ELEMENTS]
    elements = [element for element in candidates if is_of_article(element)]
    for element in elements:
        neighbours = _list_neighbours(element, elements)
        names = people_in(list_texts(neighbours), outlet_names)
        accepted = tuple(name for name in names if is_accepted(name))
        if accepted:
            return accepted
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


def _list_neighbours(
    element: HtmlElement, elements: list[HtmlElement]
) -> list[HtmlElement]:
    """Return an element and those that stand beside it."""
    return [other for other in elements if _stand_together(other, element)]


def _lines_of(elements: Iterable[HtmlElement]) -> list[str]:
    """Return the short texts of elements."""
    texts = [_text_of(element) for element in elements]
    return [text for text in texts if len(text) <= MAX_LINE_LENGTH]


def _pieces_of(elements: Iterable[HtmlElement]) -> list[str]:
    """Return the texts of elements piece by piece, as their markup parts them."""
    return [
        plain_text(piece)
        for element in elements
        if len(_text_of(element)) <= MAX_LINE_LENGTH
        for piece in element.itertext()
    ]


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

"""Authors of an article: from its metadata, else from the byline that stands on the page.

An outlet's own name counts only where JSON-LD or markup gives it for the author and the page names
nobody else. Why these rules and no others: docs/decisions/0038-rules-of-pages.md, 0041.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from digest.collect.feeds.clean import plain_text
from digest.collect.pages.author_names import (
    BY,
    is_full_name,
    is_sure_name,
    is_written_as_name,
    people_in,
    without_organisations,
)
from digest.collect.pages.page_lines import Line, list_lines
from digest.collect.pages.page_parts import Surroundings
from digest.collect.pages.signed_lines import (
    find_labelled_name,
    find_signature,
)

#: Characters of a line that holds nothing but names.
MAX_LINE_LENGTH = 120
#: Elements of a page that are looked at for each place.
MAX_ELEMENTS = 50

#: What classes call an author, in English and the languages whose word is near it.
AUTHOR_CLASS = re.compile(
    r"byline|author|autor|auteur|writer|contributor", re.IGNORECASE
)
NAME_CLASS = re.compile(r"name", re.IGNORECASE)
#: Folders of addresses in which outlets have their authors' pages; "/licenses/by/" is Creative
#: Commons'.
AUTHOR_FOLDER = re.compile(
    r"/(?:authors?/|auteur|autor|(?:redaktion|profile?|staff|(?<!licenses/)by)/)",
    re.IGNORECASE,
)
#: Where markup says that this is the author (HTML's rel, schema.org's itemprop, hCard). The values of
#: both attributes are lists of words: "author nofollow" (HTML standard, 2.3.7).
_IS_AUTHOR = "contains(concat(' ', @{}, ' '), ' author ')"
REL_AUTHOR = _IS_AUTHOR.format("rel")
ITEMPROP_AUTHOR = _IS_AUTHOR.format("itemprop")
MARKED_UP = (
    XPath(f"//a[{REL_AUTHOR}]"),
    XPath(f"//*[{ITEMPROP_AUTHOR}]//*[@itemprop='name']"),
    XPath(f"//*[{ITEMPROP_AUTHOR} and not(self::meta)]"),
    XPath(
        "//*[contains(@class,'author') and contains(@class,'vcard')]"
        "//a[not(@rel='tag')]"
    ),
)
WITH_CLASS = XPath("//body//*[@class]")
#: The page of one author, and not of all: its address ends behind the name.
PAGE_OF_ONE = re.compile(
    r"/(?:authors?|autor(?:en|es)?|auteurs?|redaktion)/[^/]+/?$", re.IGNORECASE
)

OutletNames = set[str]  #: folded as `author_names.fold_name` does
Names = tuple[str, ...]
#: elements that may name the author, for one reason
Place = list[HtmlElement]
#: a short element with its text
Byline = tuple[HtmlElement, str]


class ShownPlaces:
    """Where a page may show its authors, although neither data nor markup name them."""

    def __init__(
        self, tree: HtmlElement, headline: str, surroundings: Surroundings
    ) -> None:
        self.headline = headline
        self._tree = tree
        self._surroundings = surroundings

    @cached_property
    def pages(self) -> list[Byline]:
        """Return the links to authors' pages."""
        links = _iterate_author_pages(self._tree)
        return _short_bylines(_first_of_article(links, self._surroundings))

    @cached_property
    def bylines(self) -> list[list[Byline]]:
        """Return these links, and what has an author's class, the surest first."""
        classed = _list_classed(self._tree, self._surroundings)
        return [self.pages, *map(_short_bylines, classed)]

    @cached_property
    def lines(self) -> list[Line]:
        """Return the page's lines."""
        return list_lines(self._tree)


def find_authors(
    tree: HtmlElement,
    headline: str,
    in_json_ld: Iterable[str],
    in_meta_tags: Iterable[Iterable[str]],
    outlet_names: OutletNames,
) -> Names:
    """Return the authors' names: by JSON-LD, else by markup, by meta tags, or as the page shows them.

    Markup goes before meta tags, which many pages fill with whoever owns the site.
    An outlet's own name is taken last: some blogs are called as their authors are signed.
    `in_meta_tags` has the bylines of each kind of tag, the surest kind first.
    """
    in_linked_data = people_in(in_json_ld, set())
    if without_organisations(people_in(in_linked_data, outlet_names)):
        return without_organisations(in_linked_data)
    surroundings = Surroundings(tree)
    places = [
        _first_of_article(xpath(tree), surroundings) for xpath in MARKED_UP
    ]
    marked_up = _find_marked_up(places, outlet_names)
    if any(is_full_name(name) for name in marked_up):
        return marked_up
    shown = ShownPlaces(tree, headline, surroundings)
    for bylines in in_meta_tags:
        authors = without_organisations(people_in(bylines, outlet_names))
        if any(is_full_name(name) for name in authors):
            return authors
        if authors:
            return _find_full_signature(shown, outlet_names) or authors
    people = without_organisations(
        marked_up or _find_shown(shown, outlet_names)
    )
    return (
        people
        or in_linked_data
        or _find_marked_up(places, set())
        or _find_shown(shown, set())
    )


def _find_full_signature(
    shown: ShownPlaces, outlet_names: OutletNames
) -> Names:
    """Return the names beside the headline if they are in full: else an account says as much."""
    names = find_signature(shown.lines, shown.headline, outlet_names)
    if any(is_full_name(name) for name in names):
        return names
    return ()


def _first_of_article(
    elements: Iterable[HtmlElement], surroundings: Surroundings
) -> Place:
    """Return the first elements that belong to the article, out of so many of the page."""
    return [
        element
        for element in islice(elements, MAX_ELEMENTS)
        if surroundings.is_of_article(element)
    ]


def _find_marked_up(places: list[Place], outlet_names: OutletNames) -> Names:
    """Return the authors whom markup says to be such."""
    for place in places:
        bylines = _short_bylines(place)
        authors = _find_byline(bylines, outlet_names, is_written_as_name)
        if authors:
            return authors
    return ()


def _find_shown(shown: ShownPlaces, outlet_names: OutletNames) -> Names:
    """Return the authors whom the page shows, by the surest sign that it gives."""
    named_so = _find_named_so(shown.bylines, outlet_names)
    if named_so:
        return named_so
    pieces = list(map(_pieces_of, shown.bylines))
    return (
        find_signature(shown.lines, shown.headline, outlet_names)
        or _find_named_so(pieces, outlet_names)
        or _find_single_name(shown.pages, outlet_names)
        or _find_signed_word(shown.bylines, outlet_names)
        or find_labelled_name(shown.lines, outlet_names)
    )


def _iterate_author_pages(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the links to authors' pages."""
    for link in tree.iter("a"):
        if AUTHOR_FOLDER.search(link.get("href", "")):
            yield link


def _list_classed(
    tree: HtmlElement, surroundings: Surroundings
) -> tuple[Place, Place, Place]:
    """Return what has an author's class: names, links within it, and it itself, the surest first."""
    classed = [
        element
        for element in WITH_CLASS(tree)
        if AUTHOR_CLASS.search(element.get("class"))
    ]
    names = (
        element
        for element in classed
        if NAME_CLASS.search(element.get("class"))
    )
    links = dict.fromkeys(
        link
        for element in classed[:MAX_ELEMENTS]
        for link in islice(element.iter("a"), MAX_ELEMENTS)
    )
    return (
        _first_of_article(names, surroundings),
        _first_of_article(links, surroundings),
        _first_of_article(classed, surroundings),
    )


def _find_named_so(
    places: list[list[Byline]], outlet_names: OutletNames
) -> Names:
    """Return the authors whom an address or a class gives away."""
    for bylines in places:
        authors = _find_byline(bylines, outlet_names, is_sure_name)
        if authors:
            return authors
    return ()


def _find_byline(
    bylines: list[Byline],
    outlet_names: OutletNames,
    is_accepted: Callable[[str], bool],
) -> Names:
    """Return the names in the first byline that has any, with those standing beside it."""
    for element, _ in bylines:
        lines = [
            text for other, text in bylines if _stand_together(other, element)
        ]
        names = people_in(lines, outlet_names)
        accepted = tuple(name for name in names if is_accepted(name))
        if accepted:
            return accepted
    return ()


def _find_single_name(pages: list[Byline], outlet_names: OutletNames) -> Names:
    """Return the one word that is a link to an author's page: a first name, or an account."""
    for link, text in pages:
        if " " in text or not PAGE_OF_ONE.search(link.get("href")):
            continue
        names = people_in([text], outlet_names)
        if names:
            return names
    return ()


def _find_signed_word(
    places: list[list[Byline]], outlet_names: OutletNames
) -> Names:
    """Return the one word behind "By" or "Author:" in a byline that names nobody else."""
    texts = (text for bylines in places for _, text in bylines)
    signed = (text for text in texts if BY.match(text))
    names = (_only_name_in(text, outlet_names) for text in signed)
    return next(filter(None, names), ())


def _only_name_in(text: str, outlet_names: OutletNames) -> Names:
    """Return the first name of a byline without the outlet's."""
    names = people_in([text], set())
    if names != people_in([text], outlet_names):
        return ()
    return tuple(name for name in names[:1] if is_written_as_name(name))


def _short_bylines(place: Place) -> list[Byline]:
    """Return the elements whose text is short, with that text."""
    texts = ((element, _short_text(element)) for element in place)
    return [(element, text) for element, text in texts if text]


def _short_text(element: HtmlElement) -> str:
    """Return an element's text; "" if it is long, of which no more is read than tells so."""
    pieces = []
    length = 0
    for piece in element.itertext():
        words = piece.strip()
        length += len(words)
        if length > MAX_LINE_LENGTH:
            return ""
        pieces.append(words)
    text = plain_text(" ".join(pieces))
    if len(text) > MAX_LINE_LENGTH:
        return ""
    return text


def _pieces_of(bylines: list[Byline]) -> list[Byline]:
    """Return the texts of elements piece by piece, as their markup parts them."""
    return [
        (element, plain_text(piece))
        for element, _ in bylines
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

"""Surroundings of an element, which say whether it belongs to the article.

Input is a parsed page; output is a yes or no for each element. The effort is in proportion to the
page, however deep it is: each element is judged once.
"""

import re

from lxml.html import HtmlElement

#: Elements that hold the article, and such as hold something else.
ARTICLE_CONTAINERS = ("html", "body", "main", "article")
OTHER_CONTAINERS = ("nav", "aside", "figure", "figcaption")
#: Of readers' comments, other articles, pictures' credits, and menus.
ELSEWHERE = re.compile(
    r"comment|related|teaser|caption|sidebar|(?:^|[\s_-])(?:nav|menu)",
    re.IGNORECASE,
)
#: What a footer belongs to, else to the page (HTML standard, 4.3.8); or what its class says.
SECTIONS = ("article", "section", "main")
FOOTER_OF_ARTICLE = re.compile(r"entry|post|article")


class Surroundings:
    """The elements around those of one page."""

    def __init__(self, tree: HtmlElement) -> None:
        #: whether what is within an element belongs to the article
        self._verdicts: dict[HtmlElement, bool] = {}
        self._with_heading = _list_with_heading(tree)

    def is_of_article(self, element: HtmlElement) -> bool:
        """Return whether an element is not a comment's, a teaser's or the page's footer's."""
        unknown = []
        is_of_article = True
        for ancestor in element.iterancestors():
            if ancestor in self._verdicts:
                is_of_article = self._verdicts[ancestor]
                break
            unknown.append(ancestor)
        for ancestor in reversed(unknown):
            is_of_article = is_of_article and not self._is_elsewhere(ancestor)
            self._verdicts[ancestor] = is_of_article
        return is_of_article

    def _is_elsewhere(self, element: HtmlElement) -> bool:
        if element.tag in ARTICLE_CONTAINERS:
            return False
        if element.tag in OTHER_CONTAINERS:
            return True
        if element.tag == "footer":
            return not _is_footer_of_article(element)
        names = f"{element.get('class', '')} {element.get('id', '')}"
        if ELSEWHERE.search(names) is None:
            return False
        return element not in self._with_heading  # else it holds the article


def _list_with_heading(tree: HtmlElement) -> set[HtmlElement]:
    """Return the elements within which a main heading stands."""
    holders: set[HtmlElement] = set()
    for heading in tree.iter("h1"):
        for ancestor in heading.iterancestors():
            if ancestor in holders:
                break
            holders.add(ancestor)
    return holders


def _is_footer_of_article(footer: HtmlElement) -> bool:
    if FOOTER_OF_ARTICLE.search(footer.get("class", "")):
        return True
    return next(footer.iterancestors(*SECTIONS), None) is not None

"""What an element of a page belongs to."""

import pytest
from lxml.html import document_fromstring

from digest.collect.pages.page_parts import Surroundings


@pytest.mark.parametrize(
    ("markup", "is_of_article"),
    [
        ("<article><p id=x></p></article>", True),
        ("<nav><ul><li id=x></li></ul></nav>", False),
        ("<div class=comments><div><p id=x></p></div></div>", False),
        ("<div class=comments><h1>Rates</h1><p id=x></p></div>", True),
        ("<div class=comments><h1>Rates</h1><figure><p id=x></p></figure></div>", False),
        ("<footer><p id=x></p></footer>", False),
        ("<article><footer><p id=x></p></footer></article>", True),
        ("<footer class=entry-footer><p id=x></p></footer>", True),
    ],
)  # fmt: skip
def test_an_element_belongs_to_what_is_around_it(
    markup: str, is_of_article: bool
) -> None:
    page = document_fromstring(f"<html><body>{markup}</body></html>")
    element = page.get_element_by_id("x")
    surroundings = Surroundings(page)
    assert surroundings.is_of_article(element) is is_of_article
    assert surroundings.is_of_article(element) is is_of_article

"""Lines of a page, as its readers see them."""

from lxml.html import HtmlElement, document_fromstring

from digest.collect.pages.page_lines import index_of_headline, list_lines

DEEP = 5000  # levels, far more than Python's own limit of calls


def parse(body: str) -> HtmlElement:
    return document_fromstring(f"<html><body>{body}</body></html>")


def test_blocks_are_lines_and_inline_markup_is_part_of_them() -> None:
    page = parse(
        "before<h1>Rates <em>to</em> rise</h1><!-- no line -->after<p>By <a>Ada</a>"
        "<br>4 March</p><nav>Menu</nav>end"
    )
    assert list_lines(page) == [
        ("body", "before"),
        ("h1", "Rates to rise"),
        ("body", "after"),
        ("p", "By Ada"),
        ("p", "4 March"),
        ("body", "end"),
    ]
    assert index_of_headline(list_lines(page), "Rates to rise") == 1


def test_a_smaller_heading_is_the_headline_only_if_it_says_so() -> None:
    lines = list_lines(parse("<h1>Notes</h1><h3>Rates to rise</h3>"))
    assert index_of_headline(lines, "Rates to rise") == 1
    assert index_of_headline(lines, "Prices to fall") == 0
    small = list_lines(parse("<h3>Rates to rise</h3>"))
    assert index_of_headline(small, "Prices to fall") is None


def test_a_deep_page_is_read_as_any_other() -> None:
    body = parse("<p></p>")[0]
    innermost = body
    for _ in range(DEEP):
        innermost = innermost.makeelement("div")
        body.append(innermost)
        body = innermost
    innermost.text = "By Ada Byron"
    assert list_lines(body.getroottree().getroot()) == [("div", "By Ada Byron")]

"""Titles, links and keys of articles: plain text, web addresses, no trackers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.feeds.clean import (
    absolute_url,
    article_key,
    paragraphs_of_markup,
    plain_text,
    plain_text_of_summary,
    strip_trackers,
)
from tests.cases.feeds import item, rss
from tests.collect.feeds.test_parse import parse


def test_titles_are_plain_text_and_links_are_web_addresses() -> None:
    hostile = rss(
        item(
            "&lt;script&gt;alert(1)&lt;/script&gt;Fish &amp;amp; chips 5 &lt; 6",
            "javascript:alert(1)",
        ),
        item("Fine", "data:text/html,x"),
        item("Rel", "../b"),
    )
    first, second, third = parse(hostile, "https://c.example/feeds/x", "C")
    assert first.title == "Fish & chips 5 < 6"
    assert (first.url, second.url, third.url) == ("", "", "https://c.example/b")


@given(st.text())
def test_plain_text_is_one_line_without_controls(text: str) -> None:
    found = plain_text(text)
    assert found == " ".join(found.split())
    assert not any(ord(c) < 32 for c in found)


#: Letters, markup that needs a real parser, and half a pair of surrogates, as JSON may hold one.
ODD_MARKUP = st.lists(
    st.sampled_from(["a", " ", "\n", "<p>", "</p>", "<br/>", "<b>", "<", "&lt;", "&#10;", "<!-- x -->", "<script>", "</script>", "\ud800", "é"])
).map("".join)  # fmt: skip


@given(ODD_MARKUP)
def test_any_markup_is_read_as_paragraphs_of_clean_lines(markup: str) -> None:
    for paragraph in paragraphs_of_markup(markup).split("\n\n"):
        assert paragraph == " ".join(paragraph.split())
        assert paragraph.isprintable()
    assert "\ud800" not in plain_text(markup)


@pytest.mark.parametrize(
    "other",
    ["http://www.a.example/x", "https://a.example/x/", "https://a.example/x?utm_medium=m&fbclid=1", "https://a.example:443/x#xtor=RSS-1"],
)  # fmt: skip
def test_addresses_of_one_article_share_a_key(other: str) -> None:
    assert article_key(other) == article_key("https://a.example/x")


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        (
            "https://a.example/x?utm_source=rss&id=1&utm_medium=m#p",
            "https://a.example/x?id=1#p",
        ),
        ("https://a.example/x?utm_source=rss", "https://a.example/x"),
        ("https://a.example/%7Ex?b=%20&a", "https://a.example/%7Ex?b=%20&a"),
        (
            "https://a.example/x#y?utm_source=z",
            "https://a.example/x#y?utm_source=z",
        ),
    ],
)
def test_an_address_is_printed_without_trackers_and_otherwise_untouched(
    address: str, printed: str
) -> None:
    assert strip_trackers(address) == printed


def test_addresses_of_two_articles_do_not() -> None:
    assert (
        len(
            {
                article_key(u)
                for u in (
                    "https://a.example/x?id=1",
                    "https://a.example/x?id=2",
                    "https://b.example/x",
                    "https://a.example/x#part-2",
                )
            }
        )
        == 4
    )


@given(st.text(max_size=60))
def test_a_link_is_a_web_address_or_nothing(raw: str) -> None:
    assert absolute_url(raw, "https://a.example/") == "" or absolute_url(
        raw, "https://a.example/"
    ).startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("&lt;p&gt;The &lt;a href='/l'&gt;lease&lt;/a&gt;&lt;/p&gt;", "The lease"),
        ("<p>The &lt;a href='/l'&gt;lease&lt;/a&gt;</p>", "The lease"),
        ("A guide to &lt;head&gt; elements, 3 &lt; 4", "A guide to <head> elements, 3 < 4"),
    ],
)  # fmt: skip
def test_markup_of_a_summary_that_was_escaped_twice_goes(
    markup: str, text: str
) -> None:
    assert plain_text_of_summary(markup) == text

"""Whole texts that feeds give in elements of their own: read by both parsers."""

import pytest

from digest.collect.feeds.parse import Origin, convert_entries, parse_feed

NAMED = "The ledger of the quarry was found by Open Water on Monday."
WHOLE = f"<p>Nobody had looked.</p><p>{NAMED}</p>"
ESCAPED = WHOLE.replace("<", "&lt;")
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def feed_of_item(extra: str, declared: str = "", *, broken: bool) -> bytes:
    """Return a feed of one item with a short description; a broken one is for feedparser."""
    end = "</channel></rss>"
    if broken:
        end = "<unclosed>"
    return (
        f'<rss version="2.0" {declared}><channel><title>C</title><item><title>A quarry</title>'
        f"<link>https://c.example/a</link><description>Short.</description>{extra}</item>{end}"
    ).encode()


def text_of(feed: bytes) -> str:
    document = parse_feed(feed)
    (article,) = convert_entries(document, Origin("https://c.example/f"))
    return article.text


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize(
    "name",
    ["fulltext", "full-text", "full_text", "fullText", "body", "content"],
)
def test_a_whole_text_is_read_whatever_its_element_is_called(
    name: str, *, broken: bool
) -> None:
    extra = f"<{name}>{ESCAPED}</{name}>"
    assert NAMED in text_of(feed_of_item(extra, broken=broken))


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ('xmlns:t="http://turbo.example"', "t:content"),
        ('xmlns:r="http://news.example/fulltext"', "r:fulltext"),
        ('xmlns:c="http://purl.org/rss/1.0/modules/content"', "c:encoded"),
    ],
)
def test_a_whole_text_may_have_a_namespace(declared: str, name: str) -> None:
    extra = f"<{name}>{ESCAPED}</{name}>"
    assert NAMED in text_of(feed_of_item(extra, declared, broken=False))


@pytest.mark.parametrize(
    "extra",
    [
        f"<body {XHTML}>{WHOLE}</body>",
        f"<div {XHTML}>{WHOLE}</div>",
        '<x:body xmlns:x="http://www.w3.org/1999/xhtml"><x:p>Nobody had looked.</x:p>'
        f"<x:p>{NAMED}</x:p></x:body>",
        f"<fulltext>{WHOLE}</fulltext>",
    ],
    ids=["body", "div", "prefixed", "not escaped"],
)
def test_markup_within_an_item_is_its_text_in_paragraphs(extra: str) -> None:
    text = text_of(feed_of_item(extra, broken=False))
    assert text == f"Nobody had looked.\n\n{NAMED}"


def test_the_longest_of_several_texts_is_read() -> None:
    extra = f"<text>In short.</text><!-- x --><fulltext>{ESCAPED}</fulltext>"
    assert NAMED in text_of(feed_of_item(extra, broken=False))


def test_the_words_of_a_picture_are_not_the_articles_text() -> None:
    declared = 'xmlns:m="http://search.yahoo.com/mrss/"'
    extra = f"<m:content><m:text>{ESCAPED}</m:text></m:content><m:text>{ESCAPED}</m:text>"
    assert text_of(feed_of_item(extra, declared, broken=False)) == ""

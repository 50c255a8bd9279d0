"""Links in odd forms, and what fragments name."""

import pytest

from digest.collect.feeds.clean import absolute_url, article_key
from digest.collect.feeds.link_forms import names_piece


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("www.c.example/1", "http://www.c.example/1"),
        ("WWW.other.example/1?a=b", "http://WWW.other.example/1?a=b"),
        ("www.c.example:8080/1", "http://www.c.example:8080/1"),
        ("c.example/news/1", "http://c.example/news/1"),
        ("sport.c.example", "http://sport.c.example"),
        ("http:/other.example/1", "http://other.example/1"),
        ("HTTPS:///other.example/1", "https://other.example/1"),
        ("https:other.example/1", "https://other.example/1"),
        ("http://http://other.example/1", "http://other.example/1"),
        ("http://https://other.example/1", "https://other.example/1"),
        ('<a href="https://c.example/1">Read on</a>', "https://c.example/1"),
    ],
)
def test_a_link_leads_where_it_was_meant_to(link: str, address: str) -> None:
    assert absolute_url(link, "http://c.example/feeds/all.xml") == address


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("news/1", "https://c.example/feeds/news/1"),
        ("story.php/1", "https://c.example/feeds/story.php/1"),
        ("www.html", "https://c.example/feeds/www.html"),
        ("2026.02.26/rates", "https://c.example/feeds/2026.02.26/rates"),
        ("/www.c.example/1", "https://c.example/www.c.example/1"),
        ("https:/story", "https://c.example/story"),
        ("?id=www.c.example", "https://c.example/feeds/all?id=www.c.example"),
        ("https://c.example/?u=http://d.example/", "https://c.example/?u=http://d.example/"),
    ],
)  # fmt: skip
def test_a_relative_link_stays_one(link: str, address: str) -> None:
    assert absolute_url(link, "https://c.example/feeds/all") == address


@pytest.mark.parametrize(
    "fragment",
    ["comments", "respond", "disqus_thread", "xtor=RSS-1", "c", "0", "12", "more-204", "!", "/",
     ":~:text=rates", "utm_source=x", "top"],
)  # fmt: skip
def test_a_place_that_any_page_has_is_no_piece(fragment: str) -> None:
    assert not names_piece(fragment)


@pytest.mark.parametrize(
    "fragment", ["!/a/1", "/a/1", "!story?id=4", "/story?id=4", "item-3", "v2"]
)
def test_a_route_or_a_section_may_be_a_piece(fragment: str) -> None:
    assert names_piece(fragment)
    assert article_key(f"https://c.example/x#{fragment}") != article_key(
        "https://c.example/x"
    )


@pytest.mark.parametrize(
    "visit",
    [";jsessionid=0A91FF", ";JSESSIONID=0A91FF?x=1", "?PHPSESSID=77&x=1", "?x=1&CFID=3&CFTOKEN=4"],
)  # fmt: skip
def test_the_number_of_a_visit_distinguishes_no_articles(visit: str) -> None:
    plain = "?x=1" if "x=1" in visit else ""
    assert article_key(f"https://c.example/a{visit}") == article_key(
        f"https://c.example/a{plain}"
    )
